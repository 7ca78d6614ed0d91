"""ECS services: so many copies of a container kept running, behind a load balancer and under a name.

Facts: aws-reality 0.6 and 5.7.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.listeners import Listener
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.tagged import ranked
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day3_compute import ecs_tags, fargate_quota, rollouts, service_reads, stopped_tasks
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.image_lookup import Image
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

WAITING_FOR = "muvi:waiting-for"
WAITS, STARTED = "waiting for its image", "started"
STATE, PROBLEM = "rollout", "problem"


class EcsService(
    Resource,
    kind="service",
    ready="service_rolled_out",
    gone="service_gone",
    awaits={"image", "cluster", "listener"},
    mutable={
        "task_definition", "subnets", "groups", "target_group", "port", "grace_s", "minimum_percent",
        "maximum_percent", "names", "running",
    },
    outputs={"arn"},
    within="cluster",
    prices=("fargate.x86.vcpu", "fargate.x86.gb"),
    actions={
        "ecs:CreateService", "ecs:DeleteService", "ecs:DescribeServices", "ecs:DescribeTasks",
        "ecs:ListTaskDefinitions", "ecs:ListTasks", "ecs:TagResource", "ecs:UntagResource", "ecs:UpdateService",
        "iam:PassRole", *fargate_quota.ACTIONS,
    },
    again=("muvi logs {name}", "muvi redeploy {name}"),
    card="ecs",
):  # fmt: skip
    """``tasks`` copies of the container that ``task_definition`` (an ARN) describes. Its id is its ARN.

    image: what it runs. Without one it is made with no copies and a tag that says so (``running``); once the image is
    there the copies are started. From then on how many there are is automatic scaling's business, and never compared.
    target_group, port, listener: who brings it requests; the listener is only stood on, for ECS refuses a target
    group that no load balancer has. names: ARNs of discovery services.
    grace_s: seconds for which the load balancer's opinion of a new copy does not count.
    minimum_percent, maximum_percent: how many copies may be missing, or too many, while a new version takes over.
    cpu, memory: of one copy, for the price. cpu_in_all: units of all services, for the account's quota.
    Output: ``arn``.
    """

    cluster: Handle[EcsCluster]
    task_definition: str
    image: Handle[Image]
    subnets: tuple[Handle[Subnet], ...]
    groups: tuple[Handle[SecurityGroup], ...]
    tasks: int
    cpu: int
    memory: int
    cpu_in_all: int
    port: int = 0
    target_group: Handle[TargetGroup] | None = None
    listener: Handle[Listener] | None = None
    names: tuple[str, ...] = ()
    grace_s: int = 0
    minimum_percent: int = 100
    maximum_percent: int = 200
    running: str = STARTED

    def wanted(self) -> dict[str, Any]:
        """While there is no image it goes on with what it runs: a version that cannot be pulled is not rolled out."""
        wanted = super().wanted()
        if not self._has_image():
            del wanted["task_definition"], wanted["running"]
        return wanted

    def _has_image(self) -> bool:
        return not is_known(self.image.digest) or bool(self.image.digest)

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By name in its cluster. One that drains is shown to who knows its id, so that its end can be waited for."""
        cluster = service_reads.cluster_of(known_id) or self.cluster.id.rpartition("/")[2]
        raw = service_reads.described(aws, cluster, aws.physical(self), is_known=bool(known_id or aws.as_of))
        if raw is None or raw["status"] == "INACTIVE" or (raw["status"] == "DRAINING" and not known_id):
            return None
        return Live(raw["serviceArn"], {**raw, **self._rollout(aws, cluster, raw)}, ecs_tags.read(raw.get("tags")))

    def _rollout(self, aws: Aws, cluster: str, raw: dict[str, Any]) -> dict[str, str]:
        """What the wait looks at; the tasks themselves are read only once ECS has given up."""
        compared = self._has_image() and is_known(self.task_definition)
        rollout = rollouts.judged(raw, self.task_definition if compared else None, is_told=aws.written > 0)
        if rollout.state != "failed" or aws.shallow:
            return {STATE: rollout.state, PROBLEM: ""}
        problem = stopped_tasks.why(aws, cluster, raw["serviceName"], rollout.deployment, rollout.problem)
        return {STATE: rollout.state, PROBLEM: problem}

    def before(self, aws: Aws) -> None:
        fargate_quota.refuse_if_too_low(aws, self.address, self.cpu_in_all, self.maximum_percent)

    def create(self, aws: Aws) -> str:
        waiting = {} if self.image.digest else {WAITING_FOR: self.image.id}
        made = aws.ecs.create_service(
            cluster=self.cluster.id,
            serviceName=aws.physical(self),
            clientToken=aws.token,
            desiredCount=0 if waiting else self.tasks,
            launchType="FARGATE",
            platformVersion="LATEST",
            schedulingStrategy="REPLICA",
            tags=ecs_tags.spelt({**aws.tags(self), **waiting}),
            enableECSManagedTags=True,
            propagateTags="SERVICE",
            enableExecuteCommand=True,
            **self._definition(),
            **self._network(),
            **self._balancing(),
            **self._grace(),
            **self._registries(),
            **self._deployment(),
        )
        return made["service"]["serviceArn"]

    def _definition(self) -> dict[str, Any]:
        return {"taskDefinition": self.task_definition}

    def _network(self) -> dict[str, Any]:
        inside = {
            "subnets": [subnet.id for subnet in self.subnets],
            "securityGroups": [group.id for group in self.groups],
            "assignPublicIp": "DISABLED",
        }
        return {"networkConfiguration": {"awsvpcConfiguration": inside}}

    def _balancing(self) -> dict[str, Any]:
        if self.target_group is None:
            return {}
        target = {"targetGroupArn": self.target_group.id, "containerName": self.name, "containerPort": self.port}
        return {"loadBalancers": [target]}

    def _grace(self) -> dict[str, Any]:
        """It belongs to a load balancer, and ECS refuses it without one."""
        return {"healthCheckGracePeriodSeconds": self.grace_s} if self.target_group else {}

    def _registries(self) -> dict[str, Any]:
        return {"serviceRegistries": [{"registryArn": arn} for arn in self.names]} if self.names else {}

    def _deployment(self) -> dict[str, Any]:
        """What says nothing of its zones when its room is taken away is refused (5.7 g)."""
        said = {
            "minimumHealthyPercent": self.minimum_percent,
            "maximumPercent": self.maximum_percent,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        }
        spread = "ENABLED" if self.maximum_percent > 100 else "DISABLED"  # ECS cannot do it without room for one more
        return {"deploymentConfiguration": said, "availabilityZoneRebalancing": spread}

    def observe(self, live: Live) -> dict[str, Any]:
        raw = live.raw
        network = raw.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        deployment = raw.get("deploymentConfiguration", {})
        return {
            "task_definition": raw.get("taskDefinition", ""),
            "subnets": ranked(network.get("subnets", ()), self.subnets),
            "groups": ranked(network.get("securityGroups", ()), self.groups),
            "names": tuple(each["registryArn"] for each in raw.get("serviceRegistries", ())),
            "minimum_percent": deployment.get("minimumHealthyPercent", 100),
            "maximum_percent": deployment.get("maximumPercent", 200),
            "running": WAITS if WAITING_FOR in live.tags else STARTED,
            **self._seen_balancing(raw),
        }

    def _seen_balancing(self, raw: Any) -> dict[str, Any]:
        target: dict[str, Any] = next(iter(raw.get("loadBalancers", ())), {})
        if not target or self.target_group is None:
            return {"target_group": target.get("targetGroupArn")}
        grace = raw.get("healthCheckGracePeriodSeconds", 0)
        return {"target_group": target["targetGroupArn"], "port": target["containerPort"], "grace_s": grace}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Only what changed, and never how many copies there are, but when they are started for the first time.

        The tag that says so goes last; one that is left over from an interruption is all there is to do then.
        """
        changed = {change.field for change in changes}
        said = {key: value for fields, part in self._parts() if changed & fields for key, value in part.items()}
        if said != {"desiredCount": live.raw["desiredCount"]}:
            aws.ecs.update_service(cluster=live.raw["clusterArn"], service=live.id, **said)
        if "running" in changed:
            aws.ecs.untag_resource(resourceArn=live.id, tagKeys=[WAITING_FOR])

    def _parts(self) -> tuple[tuple[set[str], dict[str, Any]], ...]:
        """Which words of UpdateService say which fields; an empty list takes away what there was."""
        return (
            ({"task_definition"}, self._definition()),
            ({"running"}, {"desiredCount": self.tasks}),
            ({"subnets", "groups"}, self._network()),
            ({"target_group", "port"}, self._balancing() or {"loadBalancers": []}),
            ({"target_group", "grace_s"}, self._grace()),
            ({"names"}, self._registries() or {"serviceRegistries": []}),
            ({"minimum_percent", "maximum_percent"}, self._deployment()),
        )

    def delete(self, aws: Aws, live: Live) -> None:
        """With its copies, which ECS stops one after the other as the load balancer lets go of them."""
        service_reads.delete(aws, live.raw["clusterArn"], live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}

    def costs(self) -> tuple[tuple[str, float], ...]:
        """The copies it starts with; automatic scaling may add more."""
        processors = self.tasks * self.cpu / fargate_quota.UNITS
        return (("fargate.x86.vcpu", processors), ("fargate.x86.gb", self.tasks * self.memory / 1024))
