"""Tasks come up, run, fail, drain and stop by the cloud's clock; services are looked at whenever one did.

Everything is a function of the records and of the time: what is due happens, in order, before anybody looks.
Seconds are AWS's.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import lifecycles
from muvi_provision.sandbox.effects import (
    ecs_logs,
    ecs_records,
    ecs_scheduling,
    ecs_starting,
    ecs_stopping,
    ecs_targets,
)
from muvi_provision.sandbox.fleet import NEVER, Service, Task
from muvi_provision.sandbox.view import View

HEALTHY_S = 30  # from running to healthy: one health check of a load balancer
_CRASH_S = 10


@lifecycles.also
def advance(view: View) -> None:
    """Let everything happen in this region that is due."""
    while due := _due(view):
        at, _, thing = min(due, key=lambda one: one[:2])
        if isinstance(thing, Task):
            _go_on(view, thing, at)
        else:
            ecs_scheduling.look(view, thing, at)


def _due(view: View) -> list[tuple[float, int, Task | Service]]:
    tasks = [(one.due, 0, one) for one in ecs_records.tasks(view) if one.due <= view.now]
    return [*tasks, *((one.due, 1, one) for one in ecs_records.services(view) if one.due <= view.now)]


def _go_on(view: View, task: Task, at: float) -> None:
    if task.phase == "starting":
        _start(view, task, at)
    elif task.phase == "running":
        _settle(view, task, at)
    elif task.phase == "draining":
        ecs_stopping.sigterm(view, task, at)
    elif task.phase == "stopping":
        ecs_stopping.stopped(view, task, at)
    else:
        view.books.fleet.tasks.pop((view.region, task.arn))


def _start(view: View, task: Task, at: float) -> None:
    definition = ecs_records.definition(view, task.definition)
    trouble = ecs_starting.trouble(view, task, definition)
    if trouble is not None:
        task.container_reason = trouble if trouble.startswith("CannotPull") else ""
        task.code, task.reason = "TaskFailedToStart", trouble
        _failed(view, task, at)
        ecs_stopping.stopped(view, task, at)
        return
    task.phase, task.started = "running", at
    ecs_logs.started(view, task, definition, at)
    service = ecs_stopping.service_of(view, task)
    if service is not None:
        ecs_targets.register(view, service, task)
    if task.registered:
        ecs_records.tell(service, at, f"registered 1 targets in (target-group {task.registered[0][0]})")
    task.due = at + view.seconds(_until_known(view, task, service, definition))
    ecs_stopping.look_soon(view, task, at)


def _until_known(view: View, task: Task, service: Service | None, definition: Any) -> float:
    """How long it takes until a task that runs is known to be well, or not to be."""
    fate = _fate(view, definition)
    if fate == "exit":
        return _CRASH_S
    if fate == "unhealthy" and service is not None:
        return ecs_targets.patience(view, service) or HEALTHY_S
    return HEALTHY_S if task.registered or ecs_records.checked(definition) else 0


def _settle(view: View, task: Task, at: float) -> None:
    definition = ecs_records.definition(view, task.definition)
    fate = _fate(view, definition)
    if fate == "exit":
        task.code, task.reason = "EssentialContainerExited", "Essential container in task exited"
        task.exit_code = 1
        ecs_logs.said(view, task, at, "fails as it was told to: exit code 1")
        _failed(view, task, at)
        ecs_stopping.stopped(view, task, at)
    elif fate == "unhealthy" and (task.registered or ecs_records.checked(definition)):
        group = f"ELB health checks in (target-group {task.registered[0][0]})" if task.registered else ""
        task.reason = f"Task failed {group or 'container health checks'}"
        ecs_logs.said(view, task, at, "gives its health checks no good answer, as it was told to")
        _failed(view, task, at)
        ecs_stopping.end(view, task, at, task.reason, "ServiceSchedulerInitiated")
    else:
        task.healthy, task.due = True, NEVER
        service = ecs_stopping.service_of(view, task)
        if service is not None:
            service.failures = 0
        ecs_stopping.look_soon(view, task, at)


def _fate(view: View, definition: Any) -> str:
    """What the faults have in store for one of its images."""
    for container in definition.container_definitions:
        name, tag = ecs_starting.repository_and_tag(str(container["image"]))
        for key in (f"{name}:{tag}", name):
            if key in view.faults.crash:
                return view.faults.crash[key]
    return ""


def _failed(view: View, task: Task, at: float) -> None:
    service = ecs_stopping.service_of(view, task)
    if service is not None:
        ecs_scheduling.failed(view, service, task, at)
