"""Task definitions: revisions that are never given twice, and go in two steps."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.view import View

_PAGE = 100


@after("ecs", "RegisterTaskDefinition")
def registered(call: Call, view: View, result: Any) -> None:
    """aws-reality 5.6 a: the revision counts on, also when the last ones are gone; the emulator counts what is left."""
    made, held = result["taskDefinition"], view.backend("ecs").task_definitions
    key = (view.region, made.family)
    wanted = max(view.books.fleet.revisions.get(key, 0) + 1, made.revision)
    if wanted != made.revision:
        held[made.family][wanted] = held[made.family].pop(made.revision)
        made.revision = wanted
        made.arn = f"{made.arn.rpartition(':')[0]}:{wanted}"
    view.books.fleet.revisions[key] = wanted
    made.registered_at = view.today
    if "FARGATE" in made.compatibilities:  # "1 vCPU" is kept as "1024"
        made.cpu, made.memory = str(ecs_records.units(made.cpu)), str(ecs_records.units(made.memory))
    made.container_definitions = [_filled(one) for one in made.container_definitions]
    result["tags"] = list(made.tags)


@amend("ecs", "DescribeTaskDefinition")
def latest_active(call: Call, view: View, params: dict[str, Any]) -> None:
    """aws-reality 5.6 d: a family alone means its latest ACTIVE revision; the emulator takes the latest of all."""
    found = ecs_records.definition(view, call.params["taskDefinition"])
    if found is not None:
        params["taskDefinition"] = found.arn


@instead("ecs", "DeregisterTaskDefinition")
def on_its_way(call: Call, view: View) -> Any:
    """One that is being deleted goes on with that; the emulator would have it back."""
    found = ecs_records.definition(view, call.params["taskDefinition"])
    going = found is not None and found.status == "DELETE_IN_PROGRESS"
    return {"taskDefinition": found} if going else None


@after("ecs", "DeregisterTaskDefinition")
def deregistered(call: Call, view: View, result: Any) -> None:
    result["taskDefinition"].deregistered_at = view.today


@instead("ecs", "ListTaskDefinitions")
def listed(call: Call, view: View) -> Any:
    """A page at a time, by family and revision; "familyPrefix" is the whole family (aws-reality 5.6 d)."""
    family, status = call.params.get("familyPrefix"), call.params.get("status", "ACTIVE")
    found = [one for one in ecs_records.definitions(view) if family in (None, one.family) and one.status == status]
    found.sort(key=lambda one: (one.family, one.revision), reverse=call.params.get("sort") == "DESC")
    return paged(call, "taskDefinitionArns", [one.arn for one in found], _PAGE)


@instead("ecs", "DeleteTaskDefinitions")
def deleted(call: Call, view: View) -> Any:
    """aws-reality 5.6 f: DELETE_IN_PROGRESS until nothing refers to it; failures are in the answer."""
    going, failures = [], []
    for wanted in call.params["taskDefinitions"]:
        found = ecs_records.definition(view, wanted) if ":" in wanted.rpartition("/")[2] else None
        reason = _kept_because(found)
        if found is None or reason:
            failures.append({"arn": wanted, "reason": reason})
        else:
            found.status, found.delete_requested_at = "DELETE_IN_PROGRESS", view.today
            going.append(found)
    return {"taskDefinitions": going, "failures": failures}


@lifecycles.also
def forget(view: View) -> None:
    """Those that are being deleted, once no task and no deployment refers to them."""
    if not view.world.existing("ecs", view.account).get(view.region):
        return
    going = [one for one in ecs_records.definitions(view) if one.status == "DELETE_IN_PROGRESS"]
    if not going:
        return
    used = {one.definition for one in ecs_records.unstopped(view)}
    for service in ecs_records.services(view):
        used |= {one.definition for one in service.deployments if service.status != "INACTIVE"}
    for one in going:
        if one.arn not in used:
            del view.backend("ecs").task_definitions[one.family][one.revision]


def paged(call: Call, member: str, found: list[Any], usual: int) -> dict[str, Any]:
    """One page of a listing."""
    first, size = int(call.params.get("nextToken") or 0), int(call.params.get("maxResults") or usual)
    more = {"nextToken": str(first + size)} if first + size < len(found) else {}
    return {member: found[first : first + size], **more}


def _filled(container: dict[str, Any]) -> dict[str, Any]:
    """aws-reality 5.6 c: what is not said is added, and lists of names have no order; the answer differs."""
    ports = [
        {"hostPort": one["containerPort"], "protocol": "tcp"} | dict(one) for one in container.get("portMappings", ())
    ]
    turned = {name: list(container[name])[::-1] for name in ("environment", "secrets") if name in container}
    return container | turned | {"portMappings": ports, "systemControls": container.get("systemControls", [])}


def _kept_because(found: Any) -> str:
    if found is None:
        return "The specified task definition does not exist. Specify a valid account, family, revision and try again."
    if found.status == "ACTIVE":
        return "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
    return ""
