"""How a task ends: it drains, is told to stop, and gives back what it had. Seconds are AWS's."""

from __future__ import annotations

from muvi_provision.sandbox import interfaces
from muvi_provision.sandbox.effects import ecs_logs, ecs_records, ecs_targets
from muvi_provision.sandbox.fleet import NEVER, Service, Task
from muvi_provision.sandbox.view import View

_STOP_S = 30  # from SIGTERM to SIGKILL
_LISTED_S = 3600  # a stopped task can be seen for an hour


def end(view: View, task: Task, at: float, reason: str, code: str) -> None:
    """A task is told to stop: it drains first where it was registered."""
    task.reason, task.code, task.stopping, task.healthy = reason, code, at, False
    ecs_targets.deregister(view, task)
    if task.phase == "starting":
        stopped(view, task, at)
    elif task.registered:
        task.phase, task.due = "draining", at + view.seconds(ecs_targets.delay(view, task))
    else:
        sigterm(view, task, at)


def sigterm(view: View, task: Task, at: float) -> None:
    task.phase, task.due = "stopping", at + view.seconds(_STOP_S)
    ecs_logs.said(view, task, at, "ends: SIGTERM")


def stopped(view: View, task: Task, at: float) -> None:
    """Its network interface is free again, and so are its vCPUs."""
    ecs_targets.deregister(view, task)
    interfaces.drop(view, task.interface)
    if task.exit_code is None and task.started is not None:
        task.exit_code = 143  # ended by SIGTERM
    task.phase, task.healthy, task.stopped = "stopped", False, at
    task.stopping = at if task.stopping is None else task.stopping
    task.due = at + (view.seconds(_LISTED_S) or _LISTED_S)
    look_soon(view, task, at)
    for service in ecs_records.services(view):
        if service.unplaced > -NEVER:
            service.due = min(service.due, at)


def look_soon(view: View, task: Task, at: float) -> None:
    service = service_of(view, task)
    if service is not None:
        service.due = min(service.due, at)


def service_of(view: View, task: Task) -> Service | None:
    return view.books.fleet.services.get((view.region, task.service)) if task.service else None
