"""Automatic scaling: between how many copies of a service, and what decides how many.

Facts: aws-reality 7.4. What is registered belongs to the service by its name, and bears the service's tags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day3_compute import ecs_tags, service_reads
from muvi_provision.day3_compute.linked_roles import ServiceLinkedRole
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day5_serverless.dimensions import resource_label
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

_ECS: Any = {"ServiceNamespace": "ecs"}
_COPIES: Any = {**_ECS, "ScalableDimension": "ecs:service:DesiredCount"}
METRICS = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
    "requests": "ALBRequestCountPerTarget",
}


class ScalableTarget(
    Resource,
    mutable={"min", "max"},
    inherits="service",
    awaits={"service"},
    within="service",
    actions={
        "application-autoscaling:DeregisterScalableTarget", "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:ListTagsForResource", "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:TagResource",
        "ecs:DescribeServices", "ecs:ListTaskDefinitions",
    },
    card="auto-scaling",
):  # fmt: skip
    """The bounds within which copies of a service are started and stopped. Its id is ``service/<cluster>/<service>``.

    also: other least numbers that somebody sets at their hours (the workflow), and that are as good as ``min``.
    image_digest: of the image that the service runs, "" while there is none. Registering lifts a service to ``min``
    at once, and copies without an image end again and again; so it waits, and is not suspended instead, which a
    later run would have to tell from somebody's own pause.
    role: the one that automatic scaling acts in, only stood on.
    """

    service: Handle[EcsService]
    role: Handle[ServiceLinkedRole]
    image_digest: str
    min: int
    max: int
    also: tuple[int, ...] = ()

    def dormant(self) -> str:
        waits = is_known(self.image_digest) and not self.image_digest
        return "its service has no image yet" if waits else ""

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By the service's name, in the one listing of all of ECS's."""
        name = known_id or resource_id(self.service.id)
        every = aws.listing("application-autoscaling", "describe_scalable_targets", "ScalableTargets", **_ECS)
        raw = next((each for each in every if each["ResourceId"] == name), None)
        return Live(name, raw, service_tags(aws, name) or _own_tags(aws, raw)) if raw else None

    def create(self, aws: Aws) -> str:
        name = resource_id(self.service.id)
        aws.scaling.register_scalable_target(
            **_COPIES, ResourceId=name, MinCapacity=self.min, MaxCapacity=self.max, Tags=aws.tags(self)
        )
        return name

    def newborn(self) -> dict[str, Any]:
        return {"min": self.min, "max": self.max}

    def observe(self, live: Live) -> dict[str, Any]:
        least = live.raw["MinCapacity"]
        return {"min": self.min if least in self.also else least, "max": live.raw["MaxCapacity"]}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Only what changed: the least number may be that of an hour, which is left alone."""
        words = {"min": "MinCapacity", "max": "MaxCapacity"}
        said: Any = {words[change.field]: change.new for change in changes}
        aws.scaling.register_scalable_target(**_COPIES, ResourceId=live.id, **said)

    def delete(self, aws: Aws, live: Live) -> None:
        """Its policies and their alarms go with it. The service's own deletion would leave all of them (7.4 f)."""
        with unless_gone():
            aws.scaling.deregister_scalable_target(**_COPIES, ResourceId=live.id)


class ScalingPolicy(
    Resource,
    mutable={"value", "target_group", "scale_in_s", "scale_out_s"},
    inherits="service",
    within="target",
    goes_with="target",
    name_limit=256,
    prices=("cw.alarm",),
    actions={
        "application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:PutScalingPolicy", "ecs:DescribeServices", "ecs:ListTaskDefinitions",
    },
    card="auto-scaling",
):  # fmt: skip
    """Keeps one figure of a service's copies near ``value``, by starting and stopping some. Its id is its ARN.

    value: per cent of processor or memory, or requests to each copy in a minute. The last are counted by the load
    balancer, which is named with the target group. scale_in_s, scale_out_s: seconds between two steps.
    """

    target: Handle[ScalableTarget]
    service: Handle[EcsService]
    metric: Literal["cpu", "memory", "requests"]
    value: int
    load_balancer: Handle[LoadBalancer] | None = None
    target_group: Handle[TargetGroup] | None = None
    scale_in_s: int = 300
    scale_out_s: int = 60

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By its ARN, or its name and the service's, in the one listing of all of ECS's."""
        every = aws.listing("application-autoscaling", "describe_scaling_policies", "ScalingPolicies", **_ECS)
        raw = next((each for each in every if self._is_it(aws, each, known_id)), None)
        return Live(raw["PolicyARN"], raw, service_tags(aws, raw["ResourceId"])) if raw else None

    def _is_it(self, aws: Aws, raw: Mapping[str, Any], known_id: str | None) -> bool:
        if known_id:
            return bool(raw["PolicyARN"] == known_id)
        return (raw["ResourceId"], raw["PolicyName"]) == (resource_id(self.service.id), aws.physical(self))

    def create(self, aws: Aws) -> str:
        made = aws.scaling.put_scaling_policy(
            **_COPIES,
            ResourceId=resource_id(self.service.id),
            PolicyName=aws.physical(self),
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=self._tracking(),
        )
        return made["PolicyARN"]

    def _tracking(self) -> Any:
        figure = {"PredefinedMetricType": METRICS[self.metric]}
        if self.load_balancer and self.target_group:
            figure["ResourceLabel"] = resource_label(self.load_balancer.id, self.target_group.id)
        return {
            "TargetValue": float(self.value),
            "PredefinedMetricSpecification": figure,
            "ScaleInCooldown": self.scale_in_s,
            "ScaleOutCooldown": self.scale_out_s,
        }

    def newborn(self) -> dict[str, Any]:
        return {}

    def observe(self, live: Live) -> dict[str, Any]:
        said: Mapping[str, Any] = live.raw.get("TargetTrackingScalingPolicyConfiguration", {})
        label = said.get("PredefinedMetricSpecification", {}).get("ResourceLabel")
        return {
            "value": int(said.get("TargetValue", 0)),
            "target_group": self.target_group.id if self.target_group and self._is_ours(label) else label,
            "scale_in_s": said.get("ScaleInCooldown", 0),
            "scale_out_s": said.get("ScaleOutCooldown", 0),
        }

    def _is_ours(self, label: str | None) -> bool:
        """Whether a label names the load balancer and target group that are there now."""
        balancer, group = self.load_balancer, self.target_group
        if not balancer or not group or not is_known((balancer.id, group.id)):
            return False
        return label == resource_label(balancer.id, group.id)

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """The same call again, which replaces the whole."""
        self.create(aws)

    def costs(self) -> tuple[tuple[str, float], ...]:
        """Automatic scaling watches each figure by two alarms of its own: too much, and too little."""
        return (("cw.alarm", 2.0),)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.scaling.delete_scaling_policy(
                **_COPIES, ResourceId=live.raw["ResourceId"], PolicyName=live.raw["PolicyName"]
            )


def resource_id(service: str) -> str:
    """``service/<cluster>/<service>`` of a service's ARN."""
    return service.rpartition(":")[2]


def service_tags(aws: Aws, resource: str) -> dict[str, str]:
    """The tags of the service that ``resource`` (its id here) names; {} when it is gone.

    They do not change, so what anybody has read of them before will do.
    """
    _, cluster, name = resource.split("/")
    for view in (aws.seen_from(0, written=0), aws):
        if raw := service_reads.described(view, cluster, name, is_known=True):
            return ecs_tags.read(raw.get("tags"))
    return {}


def _own_tags(aws: Aws, raw: Mapping[str, Any]) -> dict[str, str]:
    """Those given when it was registered: what is left to say whose it is when its service was deleted by hand."""
    arn = raw.get("ScalableTargetARN")
    if not arn:
        return {}
    with unless_gone():
        told = aws.read("application-autoscaling", "list_tags_for_resource", ResourceARN=arn)["Tags"]
        return dict(told)
    return {}
