"""What a load balancer thinks of the copies behind it, in plain words. Facts: aws-reality 3.10."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day3_compute import service_reads, stopped_tasks
from muvi_provision.engine.stack import Values

HEALTHY, RESTS = "healthy", "no copies are wanted"
# AWS's reason codes (Elastic Load Balancing API reference, TargetHealth)
REASONS = {
    "Elb.RegistrationInProgress": "the load balancer is still taking it on its list",
    "Elb.InitialHealthChecking": "the load balancer has not heard enough good answers yet",
    "Elb.InternalError": "the load balancer itself has a fault",
    "Target.ResponseCodeMismatch": "it answers the health check with another code than is expected",
    "Target.Timeout": "it does not answer the health check in time, or a security group is in the way",
    "Target.FailedHealthChecks": "it refuses the connection: nothing listens on that port, or it speaks otherwise",
    "Target.NotRegistered": "it is not on the load balancer's list",
    "Target.NotInUse": "no listener leads to its target group",
    "Target.DeregistrationInProgress": "the load balancer is letting go of it",
    "Target.InvalidState": "it is stopped",
    "Target.IpUnusable": "its address cannot be used",
    "Target.HealthCheckDisabled": "nobody asks after its health",
}
SILENT = "Target.Timeout"


@dataclass(frozen=True)
class Health:
    """One service: copies wanted and running, its targets by state, and why none is healthy.

    code: AWS's own reason of the most frequent kind; "" when there are no targets.
    """

    service: str
    wanted: int
    running: int
    targets: Mapping[str, int]
    why: str = ""
    code: str = ""

    @property
    def is_well(self) -> bool:
        """Whether at least one copy runs and, behind a load balancer, one is healthy there."""
        return bool(self.targets.get(HEALTHY)) if self.targets else self.running > 0 and not self.why


def of_service(aws: Aws, values: Values, service: str, *, balanced: bool) -> Health:
    """How one is. ``balanced``: a load balancer leads to it. Raises ClientError."""
    arn = str((values.get(f"service/{service}") or {}).get("id", ""))
    cluster = service_reads.cluster_of(arn)
    raw = service_reads.described(aws, cluster, arn.rpartition("/")[2], is_known=True) if arn else None
    wanted, running = (int(raw["desiredCount"]), int(raw["runningCount"])) if raw else (0, 0)
    if raw is None:
        return Health(service, 0, 0, {}, "it is not there")
    group = str((values.get(f"target-group/{service}") or {}).get("id", ""))
    found = _targets(aws, group) if balanced and group else []
    states = Counter(each["TargetHealth"]["State"] for each in found)
    if states[HEALTHY] or (not balanced and running >= wanted > 0):
        return Health(service, wanted, running, dict(states))
    why = _why(aws, cluster, raw, running, wanted) or in_words(found)
    return Health(service, wanted, running, dict(states), why, code_of(found))


def _targets(aws: Aws, group: str) -> list[Any]:
    with unless_gone():
        return list(aws.read("elbv2", "describe_target_health", TargetGroupArn=group)["TargetHealthDescriptions"])
    return []


def code_of(found: Sequence[Mapping[str, Any]]) -> str:
    """AWS's most frequent reason among targets as DescribeTargetHealth tells of them; "" where it gives none."""
    codes = Counter(each["TargetHealth"].get("Reason", "") for each in found)
    return str(codes.most_common(1)[0][0]) if codes else ""


def in_words(found: Sequence[Mapping[str, Any]]) -> str:
    """That reason in plain words, and AWS's own sentence behind it."""
    if not found:
        return "its target group is empty"
    code = code_of(found)
    of_it = (each["TargetHealth"] for each in found if each["TargetHealth"].get("Reason", "") == code)
    said, words = next(of_it).get("Description", ""), REASONS.get(code, "")
    return f"{words} ({said})" if words and said else words or said or "it is not healthy"


def _why(aws: Aws, cluster: str, raw: Mapping[str, Any], running: int, wanted: int) -> str:
    """What keeps copies from running; "" when enough do."""
    if not wanted:
        return RESTS
    if running >= wanted:
        return ""
    return stopped_tasks.why(aws, cluster, str(raw["serviceName"]), "", f"{running} of {wanted} copies run")
