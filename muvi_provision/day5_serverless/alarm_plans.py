"""Which figures are watched, and what is too much. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day5_serverless.metric_filters import MetricFilter
from muvi_provision.environment import Environment
from muvi_provision.naming import physical
from muvi_provision.resource import Handle, Resource, Unknown

NOTHING_IS_WELL = {"missing": "notBreaching"}  # what counts errors says nothing where there are none (7.5)


@dataclass(frozen=True)
class AlarmPlan:
    """One alarm: ``gateway-cpu``, and the fields it is made with."""

    name: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FilterPlan:
    """Something CloudTrail writes down: its pattern, and how often within five minutes is too often."""

    name: str
    pattern: str
    often: int
    says: str


SECURITY = (
    FilterPlan(
        "sign-in-failures",
        '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
        3,
        "Sign-ins to the console that failed",
    ),
    FilterPlan(
        "refusals",
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
        10,
        "Calls that AWS refused because nobody allowed them",
    ),
    FilterPlan(
        "root-use",
        '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) '
        '&& ($.eventType != "AwsServiceEvent") }',
        1,
        "Something done as the root user, whom nobody should be",
    ),
)
"""After the CIS benchmark for AWS accounts."""


def of_services(environment: Environment) -> tuple[AlarmPlan, ...]:
    """Of each service watched: processor, memory, and copies that a public load balancer finds unwell."""
    return tuple(plan for name in environment.alarms.services for plan in _of_service(environment, name))


def filters(environment: Environment) -> tuple[FilterPlan, ...]:
    """What is counted in CloudTrail's log group; nothing where the environment names none."""
    return SECURITY if environment.alarms.audit_log_group else ()


def of_filter(environment: Environment, plan: FilterPlan) -> AlarmPlan:
    """The alarm on what a filter counts, which is the metric of the filter's own name."""
    fields = {
        "counted": Handle[MetricFilter](f"{MetricFilter.declared.kind}/{plan.name}"),
        "metric": physical(environment.name, plan.name, MetricFilter.declared.name_limit),
        "dimensions": {},
        "threshold": plan.often,
        "statistic": "Sum",
        "times": 1,
        "description": plan.says,
    }
    return AlarmPlan(plan.name, {**fields, **NOTHING_IS_WELL})


def _of_service(environment: Environment, service: str) -> Iterator[AlarmPlan]:
    said = environment.alarms
    where = {
        "namespace": "AWS/ECS",
        "dimensions": {"ClusterName": _output(EcsCluster, "main"), "ServiceName": _output(EcsService, service)},
    }
    for metric, threshold, words in (("cpu", said.cpu, "processor"), ("memory", said.memory, "memory")):
        says = f"Copies of {service} have used {threshold} per cent of their {words} or more for 15 minutes"
        figure = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}[metric]
        yield AlarmPlan(f"{service}-{metric}", {**where, "metric": figure, "threshold": threshold, "description": says})
    balancer = environment.services[service].load_balancer
    if balancer and environment.load_balancers[balancer].scheme == "internet-facing":
        yield _unwell(service, balancer)


def _unwell(service: str, balancer: str) -> AlarmPlan:
    where = {"LoadBalancer": _output(LoadBalancer, balancer), "TargetGroup": _output(TargetGroup, service)}
    fields = {
        "namespace": "AWS/ApplicationELB",
        "metric": "UnHealthyHostCount",
        "dimensions": where,
        "threshold": 1,
        "statistic": "Maximum",
        "period_s": 60,
        "times": 5,
        "description": f"The load balancer has found a copy of {service} unwell for 5 minutes",
    }
    return AlarmPlan(f"{service}-unwell", {**fields, **NOTHING_IS_WELL})


def _output(kind: type[Resource], name: str) -> Any:
    return Unknown(f"{kind.declared.kind}/{name}", "id")
