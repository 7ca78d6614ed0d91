"""Clusters: the same name gives the same one, a deleted one stays to be seen."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

_INSIGHTS = {"name": "containerInsights", "value": "disabled"}


@instead("ecs", "CreateCluster")
def same_cluster(call: Call, view: View) -> Any:
    """aws-reality 5.5 c: with the name of an active cluster it is given back as it is."""
    name, held = call.params.get("clusterName") or "default", view.backend("ecs").clusters
    found = held.get(name)
    if found is None or found.status != "ACTIVE":
        found = view.backend("ecs").create_cluster(
            name,
            [dict(tag) for tag in call.params.get("tags", ())],
            _merged([_INSIGHTS], call.params.get("settings", [])),
            call.params.get("configuration"),
            call.params.get("capacityProviders"),
            call.params.get("defaultCapacityProviderStrategy"),
            service_connect_defaults=call.params.get("serviceConnectDefaults"),
        )
    return {"cluster": _shown(view, found, {"TAGS", "SETTINGS", "CONFIGURATIONS"})}


@instead("ecs", "DescribeClusters")
def clusters(call: Call, view: View) -> Any:
    """aws-reality 5.5 d: tags and settings only when they are asked for."""
    held, include = view.backend("ecs").clusters, set(call.params.get("include", ()))
    found, failures = [], []
    for wanted in call.params.get("clusters") or ["default"]:
        name = wanted.rpartition("/")[2]
        if name in held:
            found.append(_shown(view, held[name], include))
        else:
            arn = f"arn:aws:ecs:{view.region}:{view.account}:cluster/{name}"
            failures.append({"arn": arn, "reason": "MISSING"})
    return {"clusters": found, "failures": failures}


@instead("ecs", "ListClusters")
def listed(call: Call, view: View) -> Any:
    return {"clusterArns": [one.arn for one in view.backend("ecs").clusters.values() if one.status == "ACTIVE"]}


@instead("ecs", ("UpdateClusterSettings", "UpdateCluster"))
def changed(call: Call, view: View) -> Any:
    """The emulator has no UpdateClusterSettings."""
    found = ecs_records.cluster_of(call, view)
    found.settings = _merged(found.settings, call.params.get("settings", []))
    if call.operation == "UpdateCluster":
        found.configuration = call.params.get("configuration", found.configuration)
        found.service_connect_defaults = call.params.get("serviceConnectDefaults", found.service_connect_defaults)
    return {"cluster": _shown(view, found, {"TAGS", "SETTINGS", "CONFIGURATIONS"})}


@instead("ecs", "DeleteCluster")
def deleted(call: Call, view: View) -> Any:
    """aws-reality 5.5 d: INACTIVE from then on, and without its tags."""
    found = ecs_records.cluster_of(call, view)
    found.status, found.tags = "INACTIVE", []
    return {"cluster": _shown(view, found, set())}


def _merged(before: list[dict[str, str]], said: list[dict[str, str]]) -> list[dict[str, str]]:
    held = {one["name"]: one["value"] for one in (*before, *said)}
    return [{"name": name, "value": value} for name, value in held.items()]


def _shown(view: View, one: Any, include: set[str]) -> dict[str, Any]:
    tasks = ecs_records.unstopped(view, one.name)
    running = sum(task.phase == "running" for task in tasks)
    services = [service for service in ecs_records.services(view, one.name) if service.status == "ACTIVE"]
    shown: dict[str, Any] = {
        "clusterArn": one.arn,
        "clusterName": one.name,
        "status": one.status,
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": running,
        "pendingTasksCount": sum(task.phase == "starting" for task in tasks),
        "activeServicesCount": len(services),
        "statistics": [],
        "tags": list(one.tags or []) if "TAGS" in include else [],
        "settings": list(one.settings) if "SETTINGS" in include else [],
        "capacityProviders": list(one.capacity_providers or []),
        "defaultCapacityProviderStrategy": list(one.default_capacity_provider_strategy or []),
    }
    if one.configuration and "CONFIGURATIONS" in include:
        shown["configuration"] = one.configuration
    return shown | ({"serviceConnectDefaults": one.service_connect_defaults} if one.service_connect_defaults else {})
