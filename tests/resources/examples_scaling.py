"""Examples of what watches and scales: bounds and policies of services, alarms, filters, and the dashboard."""

from __future__ import annotations

from typing import Any

from muvi_provision.day3_compute.linked_roles import ServiceLinkedRole
from muvi_provision.day5_serverless.alarms import Alarm
from muvi_provision.day5_serverless.dashboards import Dashboard
from muvi_provision.day5_serverless.metric_filters import AuditTrail, MetricFilter
from muvi_provision.day5_serverless.scaling import ScalableTarget, ScalingPolicy
from muvi_provision.resource import Unknown
from tests.resources import examples_balancing as balancing
from tests.resources import examples_compute as compute
from tests.resources.contract import REGION, Example
from tests.resources.examples_balancing import at

SCALING_ROLE = ServiceLinkedRole("ecs-scaling", service="ecs.application-autoscaling.amazonaws.com")
SERVICE = compute.BALANCED
TARGET = ScalableTarget(
    "gateway",
    service=at(SERVICE.address),
    role=at(SCALING_ROLE.address),
    image_digest="sha256:0123",
    min=1,
    max=4,
    also=(3,),
)
OF_IT: dict[str, Any] = {"target": at(TARGET.address), "service": at(SERVICE.address)}
CPU = ScalingPolicy("gateway-cpu", metric="cpu", value=70, **OF_IT)
REQUESTS = ScalingPolicy(
    "gateway-requests",
    metric="requests",
    value=1000,
    load_balancer=at(balancing.PUBLIC.address),
    target_group=at(balancing.GATEWAY.address),
    **OF_IT,
)
ALARM = Alarm(
    "gateway-cpu",
    namespace="AWS/ECS",
    metric="CPUUtilization",
    threshold=85,
    description="The gateway is busy",
    dimensions={
        "ClusterName": Unknown(compute.CLUSTER.address, "id"),  # type: ignore[dict-item]
        "ServiceName": Unknown(SERVICE.address, "id"),  # type: ignore[dict-item]
    },
)
TRAIL = AuditTrail("main", group="/ecs/uat/gateway")  # any log group will do
NO_TRAIL = AuditTrail("none", group="aws-cloudtrail-logs")
FILTER = MetricFilter(
    "root-use",
    trail=at(TRAIL.address),
    log_group=Unknown(TRAIL.address, "log_group"),  # type: ignore[arg-type]
    pattern='{ $.userIdentity.type = "Root" }',
)


def graph(title: str, metric: str) -> dict[str, Any]:
    """One graph with one line."""
    of = {"ClusterName": Unknown(compute.CLUSTER.address, "id")}
    line = {"namespace": "AWS/ECS", "metric": metric, "label": "all", "of": of}
    return {"title": title, "region": REGION, "stat": "Average", "period": 60, "lines": (line,)}


DASHBOARD = Dashboard("main", cluster=at(compute.CLUSTER.address), graphs=(graph("Processor", "CPUUtilization"),))

STANDING = (*compute.RUNNING, *compute.BALANCING, SERVICE, SCALING_ROLE)

EXAMPLES = [
    Example(TARGET, STANDING, {"min": 2, "max": 6}),
    Example(CPU, (*STANDING, TARGET), {"value": 60, "scale_in_s": 600, "scale_out_s": 30}),
    Example(REQUESTS, (*STANDING, TARGET), {"value": 500}, unseen=frozenset({"target_group"})),
    Example(
        ALARM,
        STANDING,
        {
            "threshold": 90,
            "metric": "MemoryUtilization",
            "namespace": "AWS/Other",
            "statistic": "Maximum",
            "period_s": 60,
            "times": 5,
            "missing": "notBreaching",
            "description": "It is very busy",
            "dimensions": {"ClusterName": "uat-main"},
        },
    ),
    Example(TRAIL, (compute.LOGS,)),
    Example(NO_TRAIL, (), empty=frozenset({"log_group"})),
    Example(FILTER, (compute.LOGS, TRAIL), {"pattern": '{ $.errorCode = "AccessDenied*" }'}),
    Example(
        DASHBOARD,
        (compute.ECS_ROLE, compute.CLUSTER),
        {"graphs": (graph("Processor", "CPUUtilization"), graph("Memory", "MemoryUtilization"))},
    ),
]
