"""Target groups: where a load balancer sends requests, and how it asks whether a target is well.

Facts: aws-reality.md 3.10 and 3.11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import balancing
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.resource import Change, Handle, Live, Resource

if TYPE_CHECKING:
    from mypy_boto3_elbv2.type_defs import MatcherTypeDef

GRPC_HEALTH = (
    "/AWS.ALB/healthcheck"  # AWS's default: no service has it, and saying so (12, unimplemented) is being well
)
VERSIONS = {"http": "HTTP1", "grpc": "GRPC"}
DRAIN_S = 300  # AWS's default
DRAIN, DELAY = "muvi:drain", "deregistration_delay.timeout_seconds"
REAL = "real deregistration delay"  # ours, beside AWS's own fields: only where it was looked at


class TargetGroup(
    Resource,
    mutable={"health", "interval", "timeout", "healthy", "unhealthy", "drain_s"},
    completes=True,
    name_limit=32,
    actions={
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:CreateTargetGroup",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        "tag:GetResources",
    },
    within="vpc",
    card="target-groups",
):
    """Addresses of one service's containers, which speak ``protocol`` on ``port``.

    health: the path asked; an http service answers 200, a gRPC one 0, or 12 on ``GRPC_HEALTH``.
    interval, timeout: seconds between two questions, and for an answer. healthy, unhealthy: how many answers in a row
    change AWS's mind; its own defaults would take 150 seconds to believe in a new container.
    drain_s: seconds that an address taken off the list may take to finish; AWS's own 300 make each roll-out wait.
    A gRPC group goes behind an HTTPS listener only.
    """

    vpc: Handle[Any]
    port: int
    protocol: Literal["http", "grpc"]
    health: str
    interval: int = 10
    timeout: int = 5
    healthy: int = 2
    unhealthy: int = 3
    drain_s: int = DRAIN_S

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        raw = balancing.chosen(balancing.target_groups(aws), known_id, aws.physical(self), "TargetGroup")
        live = balancing.named(aws, raw, "TargetGroup", self.address) if raw else None
        return replace(live, raw={**live.raw, **self._delays(aws, live)}) if live else None

    def create(self, aws: Aws) -> str:
        answer = aws.elbv2.create_target_group(
            Name=aws.physical(self),
            TargetType="ip",
            Protocol="HTTP",
            ProtocolVersion=VERSIONS[self.protocol],
            Port=self.port,
            VpcId=self.vpc.id,
            Tags=aws.tag_pairs(self),
            **self._health_check(),
        )
        return answer["TargetGroups"][0]["TargetGroupArn"]

    def _health_check(self) -> dict[str, Any]:
        return {
            "HealthCheckEnabled": True,
            "HealthCheckProtocol": "HTTP",
            "HealthCheckPort": "traffic-port",
            "HealthCheckPath": self.health,
            "HealthCheckIntervalSeconds": self.interval,
            "HealthCheckTimeoutSeconds": self.timeout,
            "HealthyThresholdCount": self.healthy,
            "UnhealthyThresholdCount": self.unhealthy,
            "Matcher": self._matcher(),
        }

    def newborn(self) -> dict[str, Any]:
        return {"drain_s": DRAIN_S}

    def observe(self, live: Live) -> dict[str, Any]:
        versions = {version: protocol for protocol, version in VERSIONS.items()}
        version = live.raw.get("ProtocolVersion", "HTTP1")
        return {
            "vpc": live.raw["VpcId"],
            "port": live.raw["Port"],
            "protocol": versions.get(version, version),
            "health": self._health(live.raw),
            "interval": live.raw["HealthCheckIntervalSeconds"],
            "timeout": live.raw["HealthCheckTimeoutSeconds"],
            "healthy": live.raw["HealthyThresholdCount"],
            "unhealthy": live.raw["UnhealthyThresholdCount"],
            "drain_s": live.raw[DELAY],
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Of the health check all of it: its path and the answer it expects belong together."""
        changed = {change.field for change in changes}
        if changed - {"drain_s"}:
            aws.elbv2.modify_target_group(TargetGroupArn=live.id, **self._health_check())
        if "drain_s" in changed:
            seconds = str(self.drain_s)
            if live.raw.get(REAL) != self.drain_s:
                aws.elbv2.modify_target_group_attributes(
                    TargetGroupArn=live.id, Attributes=[{"Key": DELAY, "Value": seconds}]
                )
            aws.elbv2.add_tags(ResourceArns=[live.id], Tags=tags.pairs({DRAIN: seconds}))

    def delete(self, aws: Aws, live: Live) -> None:
        """ResourceInUse rises while a listener points at it, and for a moment after."""
        with unless_gone():
            aws.elbv2.delete_target_group(TargetGroupArn=live.id)

    def _matcher(self) -> MatcherTypeDef:
        """The code of a healthy answer. AWS refuses an HTTP code for gRPC."""
        if self.protocol == "http":
            return {"HttpCode": "200"}
        return {"GrpcCode": "12" if self.health == GRPC_HEALTH else "0"}

    def _health(self, raw: Mapping[str, Any]) -> str:
        """The path, with the answer expected where that is not ours."""
        path, matcher = raw.get("HealthCheckPath", ""), raw.get("Matcher", {})
        code = matcher.get("GrpcCode") or matcher.get("HttpCode")
        return path if code in self._matcher().values() or path != self.health else f"{path} answering {code}"

    def _delays(self, aws: Aws, live: Live) -> dict[str, int]:
        """The delay as the tag remembers it, for AWS tells it of one group a call; to a thorough look, as it is.

        The tag is written last, so one that differs from what is there tells of a change that was interrupted.
        """
        remembered = int(live.tags.get(DRAIN, DRAIN_S))
        if not aws.thorough or (aws.as_of and remembered == self.drain_s):
            return {DELAY: remembered}
        with unless_gone():
            answer = aws.read("elbv2", "describe_target_group_attributes", TargetGroupArn=live.id)["Attributes"]
            real = int(next((each["Value"] for each in answer if each["Key"] == DELAY), remembered))
            return {DELAY: remembered if real == self.drain_s else real, REAL: real}
        return {DELAY: remembered}
