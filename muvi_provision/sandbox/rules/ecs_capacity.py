"""What tasks run on: Fargate, by its name or by the capacity providers of the cluster (aws-reality 5.5, 5.7)."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_STARTED = ("CreateService", "UpdateService", "RunTask")
_WRONG = "InvalidParameterException"
_STRATEGY = "capacityProviderStrategy"
_MOST_RUN = 10


@rule("ecs", _STARTED, _WRONG, "a launch type, or capacity providers", source="ECS API: CreateService")
def one_of_both(call: Call, view: View) -> str | None:
    both = call.params.get("launchType") and call.params.get(_STRATEGY)
    unsupported = "Specifying both a launch type and capacity provider strategy is not supported."
    return f"{unsupported} Remove one and try again." if both else None


@rule("ecs", _STARTED, _WRONG, "a cluster has the capacity providers that are named", source="5.5")
def associated(call: Call, view: View) -> str | None:
    held = set(ecs_records.cluster_of(call, view).capacity_providers or ())
    return _strange(call.params.get(_STRATEGY, ()), held)


@rule("ecs", "PutClusterCapacityProviders", _WRONG, "a cluster's usual providers are among its own", source="5.5")
def usual_ones(call: Call, view: View) -> str | None:
    held, said = set(call.params["capacityProviders"]), call.params["defaultCapacityProviderStrategy"]
    for one in sorted(held - {"FARGATE", "FARGATE_SPOT"}):
        return f"The specified capacity provider {one} does not exist. Specify a valid name or ARN and try again."
    return _strange(said, held)


@rule("ecs", "UpdateService", _WRONG, "other capacity providers want a deployment", source="iss:kayac/ecspresso#977")
def forced(call: Call, view: View) -> str | None:
    if call.params.get("forceNewDeployment") or _STRATEGY not in call.params:
        return None
    before = ecs_records.service_of(call, view).settings.get(_STRATEGY, [])
    switching = "When switching from launch type to capacity provider strategy on an existing service"
    changing = "making a change to a capacity provider strategy on a service that is already using one"
    bad = list(call.params[_STRATEGY]) != list(before)
    return f"{switching}, or {changing}, you must force a new deployment." if bad else None


@rule("ecs", "CreateService", _WRONG, "Fargate has no instances to be on each of", source="ECS API: CreateService")
def daemon(call: Call, view: View) -> str | None:
    fargate = call.params.get("launchType") == "FARGATE" or call.params.get(_STRATEGY)
    bad = fargate and call.params.get("schedulingStrategy") == "DAEMON"
    return "The daemon scheduling strategy is not supported with the Fargate launch type." if bad else None


@rule("ecs", "RunTask", _WRONG, "a task is run where there is room for any: on Fargate", source="ECS API: RunTask")
def no_instances(call: Call, view: View) -> str | None:
    usual = ecs_records.cluster_of(call, view).default_capacity_provider_strategy
    fargate = call.params.get("launchType") == "FARGATE" or call.params.get(_STRATEGY) or usual
    return None if fargate else "No Container Instances were found in your cluster."


@rule("ecs", "RunTask", _WRONG, "1-10 tasks are run at a time", source="ECS API: RunTask")
def how_many(call: Call, view: View) -> str | None:
    good = 1 <= int(call.params.get("count", 1)) <= _MOST_RUN
    return None if good else f"count must be between 1 and {_MOST_RUN}."


@rule(
    "ecs", _STARTED, "PlatformUnknownException", "a version of Fargate that there is", source="ECS API: CreateService"
)
def platform(call: Call, view: View) -> str | None:
    known = call.params.get("platformVersion", "LATEST") in ("LATEST", "1.4.0", "1.3.0")
    return None if known else "The specified platform does not exist."


def _strange(strategy: Any, held: set[str]) -> str | None:
    """Said of a strategy with a provider that is not among those."""
    if all(one["capacityProvider"] in held for one in strategy):
        return None
    cannot = "cannot contain a capacity provider that is not associated with the cluster"
    advice = "Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
    return f"The specified capacity provider strategy {cannot}. {advice}"
