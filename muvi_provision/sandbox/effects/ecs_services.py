"""Services: what the API is told of them. The emulator keeps a twin of each, for its tags and for other services."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records, ecs_scheduling, ecs_shown
from muvi_provision.sandbox.effects.ecs_definitions import paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.fleet import NEVER, Service
from muvi_provision.sandbox.view import View

_SETTINGS = (
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "networkConfiguration",
    "deploymentConfiguration",
    "healthCheckGracePeriodSeconds",
    "schedulingStrategy",
    "deploymentController",
    "propagateTags",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "availabilityZoneRebalancing",
    "placementConstraints",
    "placementStrategy",
)
# a change of one of these starts a deployment
_DEPLOYED = (
    "networkConfiguration",
    "loadBalancers",
    "serviceRegistries",
    "platformVersion",
    "capacityProviderStrategy",
)
_ROLLING = {  # aws-reality 5.7
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "strategy": "ROLLING",
}
_PAGE = 10


def asked(call: Call) -> str:
    """Everything but the token, for comparing."""
    said = {key: value for key, value in call.params.items() if key != "clientToken"}
    return json.dumps(said, sort_keys=True, default=str)


@instead("ecs", "CreateService")
def made(call: Call, view: View) -> Any:
    cluster, name = ecs_records.cluster_of(call, view), call.params["serviceName"]
    there = ecs_records.service(view, cluster.name, name)
    if there is not None and there.status != "INACTIVE":  # the same token again: see rules/ecs_services
        return {"service": ecs_shown.service(view, there, tags=True)}
    definition = ecs_records.definition(view, call.params["taskDefinition"])
    arn = f"arn:aws:ecs:{view.region}:{view.account}:service/{cluster.name}/{name}"
    desired = int(call.params.get("desiredCount", 0))
    fresh = Service(arn, name, cluster.name, view.now, desired, _settings(call, cluster), [], NEVER)
    ecs_scheduling.deploy(fresh, definition.arn, view.now)
    view.books.fleet.services[view.region, arn] = fresh
    if call.params.get("clientToken"):
        view.books.fleet.tokens[view.region, call.params["clientToken"]] = (asked(call), arn)
    _twin(call, view, cluster, definition, fresh)
    return {"service": ecs_shown.service(view, fresh, tags=True)}


@instead("ecs", "UpdateService")
def changed(call: Call, view: View) -> Any:
    """aws-reality 5.7 g: what is not said stays; the desired count, too."""
    found = ecs_records.service_of(call, view)
    before, now = dict(found.settings), _changed_settings(call, found)
    found.settings = now
    if call.params.get("desiredCount") is not None:
        found.desired = int(call.params["desiredCount"])
        found.primary.desired, found.primary.updated, found.steady = found.desired, view.now, False
    wanted = call.params.get("taskDefinition")
    definition = ecs_records.definition(view, wanted).arn if wanted else found.primary.definition
    moved = any(before.get(one) != now.get(one) for one in _DEPLOYED)
    if moved or definition != found.primary.definition or call.params.get("forceNewDeployment"):
        ecs_scheduling.deploy(found, definition, view.now)
    found.due = view.now
    _tell_twin(view, found)
    return {"service": ecs_shown.service(view, found, tags=True)}


@instead("ecs", "DeleteService")
def deleted(call: Call, view: View) -> Any:
    """aws-reality 5.7 f: DRAINING until its tasks have stopped, then INACTIVE."""
    found = ecs_records.service_of(call, view)
    if found.status == "ACTIVE":
        ecs_scheduling.drain(view, found, view.now)
    return {"service": ecs_shown.service(view, found, tags=True)}


@instead("ecs", "DescribeServices")
def described(call: Call, view: View) -> Any:
    cluster, tags = ecs_records.cluster_of(call, view), "TAGS" in call.params.get("include", ())
    found, failures = [], []
    for wanted in call.params["services"]:
        one = ecs_records.service(view, cluster.name, wanted)
        if one is None:
            name = wanted.rpartition("/")[2]
            arn = f"arn:aws:ecs:{view.region}:{view.account}:service/{cluster.name}/{name}"
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(ecs_shown.service(view, one, tags=tags))
    return {"services": found, "failures": failures}


@instead("ecs", "ListServices")
def listed(call: Call, view: View) -> Any:
    """aws-reality 1.3: ten a page, and none that is DRAINING."""
    cluster = ecs_records.cluster_of(call, view)
    found = [one.arn for one in ecs_records.services(view, cluster.name) if one.status == "ACTIVE"]
    return paged(call, "serviceArns", sorted(found), _PAGE)


def _settings(call: Call, cluster: Any) -> dict[str, Any]:
    """aws-reality 5.7 g: zones are balanced where the service leaves room for it; the cluster has usual providers."""
    said = {key: call.params[key] for key in _SETTINGS if key in call.params}
    usual: dict[str, Any] = {
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "propagateTags": "NONE",
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "availabilityZoneRebalancing": "ENABLED" if _has_room(said) else "DISABLED",
        "platformVersion": "LATEST",
        "loadBalancers": [],
        "serviceRegistries": [],
        "placementConstraints": [],
        "placementStrategy": [],
    }
    if not said.get("launchType") and cluster.default_capacity_provider_strategy:
        usual["capacityProviderStrategy"] = list(cluster.default_capacity_provider_strategy)
    if said.get("loadBalancers"):
        usual["healthCheckGracePeriodSeconds"] = 0
    return (
        usual | said | {"deploymentConfiguration": _deployment(_ROLLING, said), "networkConfiguration": _network(said)}
    )


def _changed_settings(call: Call, found: Service) -> dict[str, Any]:
    said = {key: call.params[key] for key in _SETTINGS if key in call.params}
    merged = found.settings | said
    merged["deploymentConfiguration"] = _deployment(found.settings["deploymentConfiguration"], said)
    merged["networkConfiguration"] = (
        _network(said) if "networkConfiguration" in said else merged["networkConfiguration"]
    )
    return merged


def _has_room(said: Mapping[str, Any]) -> bool:
    most = int(said.get("deploymentConfiguration", {}).get("maximumPercent", 200))
    return most > 100 and said.get("schedulingStrategy") != "DAEMON"


def _deployment(before: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {**before, **said.get("deploymentConfiguration", {})}


def _network(said: Mapping[str, Any]) -> dict[str, Any]:
    given = said.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return {"awsvpcConfiguration": {"securityGroups": [], "assignPublicIp": "DISABLED", **given}}


def _twin(call: Call, view: View, cluster: Any, definition: Any, fresh: Service) -> None:
    view.backend("ecs").create_service(
        cluster.name,
        fresh.name,
        fresh.desired,
        definition.arn,
        tags=[dict(tag) for tag in call.params.get("tags", ())],
        launch_type="FARGATE",
    )
    _tell_twin(view, fresh)


def _tell_twin(view: View, service: Service) -> None:
    twin = view.backend("ecs").services[f"{service.cluster}:{service.name}"]
    twin.desired_count, twin.task_definition = service.desired, service.primary.definition
