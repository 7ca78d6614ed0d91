"""Task definitions: what a container of a service is told to run, with which variables, secrets and size.

Facts: aws-reality 5.6. Nothing in one can be changed: a change is a new revision, and the older ones stay to roll
back to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tag_index
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day3_compute import containers, ecs_tags, revisions
from muvi_provision.day3_compute.logs import LogGroup
from muvi_provision.references import plain
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

CONTENT = "muvi:content"


class TaskDefinition(
    Resource,
    mutable={
        "image", "port", "cpu", "memory", "execution_role", "task_role", "log_group", "environment", "secrets",
        "health_command", "grace_s", "content",
    },
    outputs={"arn"},
    actions={
        "ecs:DeleteTaskDefinitions", "ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition",
        "ecs:ListTagsForResource", "ecs:ListTaskDefinitions", "ecs:RegisterTaskDefinition", "ecs:TagResource",
        "iam:PassRole", tag_index.ACTION,
    },
    card="ecs",
):  # fmt: skip
    """The container of one service, which bears the service's name. Its id is the ARN of the newest revision.

    image: by digest, so that all copies are alike. cpu: 1024 units are one vCPU. memory: MiB. execution_role,
    task_role: ARNs; in the first ECS starts it, in the second the program acts. environment: variables by name.
    secrets: variable -> where AWS takes its value from; one without a value yet is left out, since a container that
    is promised it would not start. health_command: what ECS runs in it to see whether it is well, after ``grace_s``.
    content: what the newest revision was made of, in its tag; only compared when nothing else differs.
    Output: ``arn``, which is not known while a new revision is due.
    """

    image: str
    port: int
    cpu: int
    memory: int
    execution_role: str
    task_role: str
    log_group: Handle[LogGroup]
    environment: Mapping[str, Any]
    secrets: Mapping[str, Any]
    health_command: tuple[str, ...] = ()
    grace_s: int = 0
    content: str = ""

    def wanted(self) -> dict[str, Any]:
        wanted = super().wanted()
        given = plain(containers.with_values(self.secrets))
        grace = min(self.grace_s, containers.LONGEST_START_S)
        return {**wanted, "secrets": given, "grace_s": grace, "content": revisions.digest(self._definition(""))}

    def _definition(self, region: str) -> dict[str, Any]:
        """What is registered, but for the family and the tags."""
        return {
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
            "cpu": str(self.cpu),
            "memory": str(self.memory),
            "executionRoleArn": self.execution_role,
            "taskRoleArn": self.task_role,
            "containerDefinitions": [self._container(region)],
        }

    def _container(self, region: str) -> dict[str, Any]:
        return {
            "name": self.name,
            "image": self.image,
            "essential": True,
            "portMappings": [{"containerPort": self.port, "hostPort": self.port, "protocol": "tcp"}],
            "environment": containers.pairs(self.environment, "value"),
            "secrets": containers.pairs(containers.with_values(self.secrets), "valueFrom"),
            "logConfiguration": containers.log_configuration(self.log_group.id, region),
            **containers.health_check(self.health_command, self.grace_s),
            "stopTimeout": containers.STOP_S,
            "readonlyRootFilesystem": False,  # ECS Exec writes into it
            "linuxParameters": {"initProcessEnabled": True},
        }

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """The newest active revision, read only where its tag says that it is another one than the wanted.

        An interrupted deletion leaves none that is active, and the known one to be deleted still.
        """
        arn = self._newest(aws, known_id)
        if arn is None:
            return revisions.ended(aws, known_id) if known_id and aws.shallow else None
        with unless_gone():
            held = self._tags(aws, arn)
            if aws.shallow or held.get(CONTENT) == self.wanted()["content"]:
                return Live(arn, {}, held)
            return Live(arn, aws.read("ecs", "describe_task_definition", taskDefinition=arn)["taskDefinition"], held)
        return None

    def _newest(self, aws: Aws, known_id: str | None) -> str | None:
        """Whoever registered it; but beside one of somebody else's ours is the known one."""
        newest = revisions.newest(aws, aws.physical(self))
        if not newest or known_id in (None, newest) or aws.ownership.owns(self._tags(aws, newest), self.address):
            return newest
        if known_id in revisions.active(aws):
            return known_id
        return None if aws.shallow else newest

    def _tags(self, aws: Aws, arn: str) -> Mapping[str, str]:
        ask = lambda: ecs_tags.read(aws.read("ecs", "list_tags_for_resource", resourceArn=arn)["tags"])  # noqa: E731
        return tag_index.tags_of(aws, arn, self.address, ask)

    def create(self, aws: Aws) -> str:
        said = {CONTENT: self.wanted()["content"]}
        made = aws.ecs.register_task_definition(
            family=aws.physical(self),
            tags=ecs_tags.spelt({**aws.tags(self), **said}),
            **self._definition(aws.region),
        )
        return made["taskDefinition"]["taskDefinitionArn"]

    def observe(self, live: Live) -> dict[str, Any]:
        """Nothing where the tag says that all is as wanted; else each part, so that a plan says which differ."""
        content = live.tags.get(CONTENT, "")
        if not live.raw:
            return {"content": content}
        container: Mapping[str, Any] = next(iter(live.raw["containerDefinitions"]), {})
        seen = {
            "cpu": int(live.raw.get("cpu", 0)),
            "memory": int(live.raw.get("memory", 0)),
            "execution_role": live.raw.get("executionRoleArn", ""),
            "task_role": live.raw.get("taskRoleArn", ""),
            **containers.observed(container),
        }
        wanted = self.wanted()
        differs = any(not is_known(wanted[name]) or wanted[name] != value for name, value in seen.items())
        return seen if differs else {"content": content}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """A new revision, which is found as the newest one from then on."""
        self.create(aws)

    def delete(self, aws: Aws, live: Live) -> None:  # noqa: ARG002
        """Every revision of the family that is ours. What still runs goes on until its service ends it."""
        ours = lambda arn: aws.ownership.owns(revisions.tags_of(aws, arn), self.address)  # noqa: E731
        revisions.delete_all(aws, aws.physical(self), ours)

    def outputs(self, live: Live) -> dict[str, str]:
        """Unknown while the newest revision is not the wanted one, so that a plan says who will run the next one."""
        return {"arn": f"${{{self.address}.arn}}" if live.raw else live.id}
