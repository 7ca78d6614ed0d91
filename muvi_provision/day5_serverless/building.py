"""Build projects: the machine on which a pipeline builds an image, and what it is told to do.

Facts: aws-reality 7.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import ACTION, tags_of
from muvi_provision.day2_data.roles import Role
from muvi_provision.day3_compute import ecs_tags
from muvi_provision.day3_compute.logs import LogGroup
from muvi_provision.resource import Change, Handle, Live, Resource

MACHINE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"  # kept by AWS; has docker, the AWS command line and jq
LONGEST_MIN = 30


class BuildProject(
    Resource,
    mutable={"role_arn", "log_group", "buildspec", "variables", "privileged"},
    outputs={"arn"},
    prices=("codebuild.general1.small",),
    actions={
        "codebuild:BatchGetProjects", "codebuild:CreateProject", "codebuild:DeleteProject", "codebuild:ListProjects",
        "codebuild:UpdateProject", "iam:PassRole", ACTION,
    },
    name_limit=150,
    card="codepipeline",
):  # fmt: skip
    """One build as a pipeline starts it, billed by the minute. Its id is its ARN, as is the output ``arn``.

    buildspec: the commands, as CodeBuild reads them. variables: what they are told. privileged: whether they may use
    docker. log_group: where what they say goes, beside what the containers say; CodeBuild's own would stay for ever.
    """

    role: Handle[Role]
    role_arn: str
    log_group: Handle[LogGroup]
    buildspec: str
    variables: Mapping[str, str]
    privileged: bool

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By name. What it is like costs a call for each, which a plan does without."""
        name = aws.physical(self)
        names: Any = aws.listing("codebuild", "list_projects", "projects")
        if name not in names:
            return None
        ask = lambda: ecs_tags.read(_described(aws, name).get("tags"))  # noqa: E731
        if known_id and takes_its_word(aws):
            return Live(known_id, {}, tags_of(aws, known_id, self.address, ask))
        raw = _described(aws, name)
        return Live(raw["arn"], raw, ecs_tags.read(raw.get("tags"))) if raw else None

    def create(self, aws: Aws) -> str:
        made = aws.codebuild.create_project(**self._said(aws), tags=ecs_tags.spelt(aws.tags(self)))
        return made["project"]["arn"]

    def _said(self, aws: Aws) -> Any:
        told = [{"name": name, "value": value, "type": "PLAINTEXT"} for name, value in sorted(self.variables.items())]
        return {
            "name": aws.physical(self),
            "description": f"Builds {self.name}",
            "source": {"type": "CODEPIPELINE", "buildspec": self.buildspec},
            "artifacts": {"type": "CODEPIPELINE"},
            "environment": {
                "type": "LINUX_CONTAINER",
                "image": MACHINE,
                "computeType": "BUILD_GENERAL1_SMALL",
                "privilegedMode": self.privileged,
                "environmentVariables": told,
            },
            "serviceRole": self.role_arn,
            "timeoutInMinutes": LONGEST_MIN,
            "queuedTimeoutInMinutes": LONGEST_MIN,
            "logsConfig": {
                "cloudWatchLogs": {"status": "ENABLED", "groupName": self.log_group.id, "streamName": "build"}
            },
        }

    def observe(self, live: Live) -> dict[str, Any]:
        """Nothing where a plan has not looked."""
        raw = live.raw
        if not raw:
            return {}
        there = raw["environment"]
        return {
            "role_arn": raw["serviceRole"],
            "log_group": raw.get("logsConfig", {}).get("cloudWatchLogs", {}).get("groupName", ""),
            "buildspec": raw["source"].get("buildspec", ""),
            "variables": {each["name"]: each["value"] for each in there.get("environmentVariables", ())},
            "privileged": there.get("privilegedMode", False),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        aws.codebuild.update_project(**self._said(aws))

    def delete(self, aws: Aws, live: Live) -> None:
        """Always succeeds."""
        aws.codebuild.delete_project(name=live.id.rpartition("/")[2])

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}


def takes_its_word(aws: Aws) -> bool:
    """Whether this is a plan's first look, for which it is enough that a listing shows what is recorded."""
    return not aws.thorough and not aws.as_of


def _described(aws: Aws, name: str) -> dict[str, Any]:
    found = aws.read("codebuild", "batch_get_projects", names=[name])["projects"]
    return dict(found[0]) if found else {}
