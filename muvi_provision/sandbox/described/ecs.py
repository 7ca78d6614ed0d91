"""Clusters, services and task definitions; tasks come and go, so they are only counted."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.fleet import Service
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    backend = view.backend("ecs")
    clusters = [one for one in backend.clusters.values() if one.status == "ACTIVE"]
    services = [one for one in ecs_records.services(view) if one.status != "INACTIVE"]
    kept = [one for one in ecs_records.definitions(view) if one.status != "DELETE_IN_PROGRESS"]
    alone = [one for one in ecs_records.unstopped(view) if not one.service]
    return {
        "cluster": {one.arn: _cluster(one) for one in clusters},
        "service": {one.arn: _service(view, one) for one in services},
        "task_definition": {one.arn: _definition(one) for one in kept},
        "task": {one.arn: {"definition": one.definition, "phase": one.phase} for one in alone},
    }


def _cluster(one: Any) -> dict[str, Any]:
    return {"name": one.name, "settings": {each["name"]: each["value"] for each in one.settings}} | _tags(one)


def _service(view: View, one: Service) -> dict[str, Any]:
    twin = view.backend("ecs").services.get(f"{one.cluster}:{one.name}")
    phases = [each.phase for each in ecs_records.unstopped(view, service=one.arn)]
    shown = {"name": one.name, "cluster": one.cluster, "status": one.status, "desired": one.desired}
    return (
        shown
        | {
            "definition": one.primary.definition,
            "rollout": one.primary.rollout,
            "settings": one.settings,
            "tasks": {phase: phases.count(phase) for phase in sorted(set(phases))},
        }
        | _tags(twin)
    )


def _definition(one: Any) -> dict[str, Any]:
    roles = {name: getattr(one, name, None) for name in ("execution_role_arn", "task_role_arn")}
    shown = {"family": one.family, "status": one.status, "cpu": one.cpu, "memory": one.memory}
    return shown | roles | {"containers": one.container_definitions, "platform": one.runtime_platform} | _tags(one)


def _tags(one: Any) -> dict[str, Any]:
    held = one.tags or [] if one is not None else []
    return {"tags": dict(sorted((tag["key"], tag.get("value", "")) for tag in held))}


SERVICES = {"ecs": describe}
