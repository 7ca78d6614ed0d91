"""Tasks: listed, described, run on their own, stopped."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_placing, ecs_records, ecs_shown, ecs_stopping
from muvi_provision.sandbox.effects.ecs_definitions import paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.fleet import Task
from muvi_provision.sandbox.view import View

_PAGE = 100
_KEPT = ("networkConfiguration", "overrides", "startedBy", "group")


@instead("ecs", "ListTasks")
def listed(call: Call, view: View) -> Any:
    """Those that shall run, unless STOPPED is asked for; the emulator knows none of a service."""
    cluster, status = ecs_records.cluster_of(call, view), call.params.get("desiredStatus", "RUNNING")
    found = [
        one.arn
        for one in ecs_records.tasks(view, cluster.name)
        if one.alive == (status != "STOPPED") and _wanted(call, one)
    ]
    return paged(call, "taskArns", sorted(found), _PAGE)


@instead("ecs", "DescribeTasks")
def described(call: Call, view: View) -> Any:
    cluster, tags = ecs_records.cluster_of(call, view), "TAGS" in call.params.get("include", ())
    found, failures = [], []
    for wanted in call.params["tasks"]:
        one = ecs_records.task(view, cluster.name, wanted)
        if one is None:
            arn = f"arn:aws:ecs:{view.region}:{view.account}:task/{cluster.name}/{wanted.rpartition('/')[2]}"
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(ecs_shown.task(view, one, tags=tags))
    return {"tasks": found, "failures": failures}


@instead("ecs", "RunTask")
def run(call: Call, view: View) -> Any:
    """aws-reality 5.7 i: only here is the quota an answer, in ``failures``."""
    cluster, definition = (
        ecs_records.cluster_of(call, view),
        ecs_records.definition(view, call.params["taskDefinition"]),
    )
    settings = {key: call.params[key] for key in _KEPT if key in call.params}
    tags = [dict(tag) for tag in call.params.get("tags", ())]
    made: list[Task] = []
    failures: list[dict[str, str]] = []
    for _ in range(int(call.params.get("count", 1))):
        obstacle = ecs_placing.obstacle_to(view, definition, settings["networkConfiguration"])
        if obstacle is None:
            made.append(ecs_placing.launch(view, cluster.name, definition, settings, view.now, tags))
        else:
            failures.append({"reason": obstacle})
    return {"tasks": [ecs_shown.task(view, one, tags=True) for one in made], "failures": failures}


@instead("ecs", "StopTask")
def stopped(call: Call, view: View) -> Any:
    """Its service starts another."""
    cluster = ecs_records.cluster_of(call, view)
    one = ecs_records.task(view, cluster.name, call.params["task"])
    if one is None:
        raise Refused("InvalidParameterException", "The referenced task was not found.")
    if one.alive:
        ecs_stopping.end(view, one, view.now, call.params.get("reason") or "Task stopped by user", "UserInitiated")
        ecs_stopping.look_soon(view, one, view.now)
    return {"task": ecs_shown.task(view, one, tags=True)}


def _wanted(call: Call, one: Task) -> bool:
    service, family = call.params.get("serviceName"), call.params.get("family")
    if service and one.service.rpartition("/")[2] != service.rpartition("/")[2]:
        return False
    if family and one.definition.rpartition("/")[2].partition(":")[0] != family:
        return False
    started = call.params.get("startedBy")
    return not started or started in (one.deployment, one.settings.get("startedBy"))
