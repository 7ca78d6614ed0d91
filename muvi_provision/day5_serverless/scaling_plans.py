"""Between how many copies each service scales, and by which figures. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.engine.stack import Stack
from muvi_provision.environment import Environment

Metric = Literal["cpu", "memory", "requests"]


@dataclass(frozen=True)
class PolicyPlan:
    """One figure that is kept near a value: ``gateway-cpu``."""

    name: str
    metric: Metric
    value: int


def bounds(environment: Environment, service: str) -> dict[str, Any]:
    """The fewest and the most copies, and the other fewest that the workflow sets at its hours."""
    scaling = environment.services[service].scaling
    return {"min": scaling.min, "max": scaling.max, "also": hourly(environment, service)}


def hourly(environment: Environment, service: str) -> tuple[int, ...]:
    """The least numbers of copies that the workflow sets, if it is about this service."""
    workflow = environment.workflow
    if not workflow or workflow.service != service:
        return ()
    return tuple(dict.fromkeys(moment.min for moment in workflow.moments.values() if moment.min is not None))


def policies(environment: Environment, service: str) -> tuple[PolicyPlan, ...]:
    """By processor and memory; by requests too where a load balancer counts them."""
    plan = environment.services[service]
    figures: list[tuple[Metric, int]] = [("cpu", plan.scaling.cpu), ("memory", plan.scaling.memory)]
    if plan.load_balancer and plan.scaling.requests:
        figures.append(("requests", plan.scaling.requests))
    return tuple(PolicyPlan(f"{service}-{metric}", metric, value) for metric, value in figures)


def counted_by(stack: Stack, service: str, metric: Metric) -> dict[str, Any]:
    """Who counts the requests; nothing for the other figures."""
    balancer = stack.environment.services[service].load_balancer
    if metric != "requests" or not balancer:
        return {}
    return {"load_balancer": stack.get(LoadBalancer, balancer), "target_group": stack.get(TargetGroup, service)}
