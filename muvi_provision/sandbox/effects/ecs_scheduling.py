"""The service scheduler: as many healthy tasks as are desired, deployments that complete, fail and are rolled back.

Seconds are AWS's. A rollout obeys the deployment configuration's two percentages; the circuit breaker counts the
tasks of a deployment that fail before it is complete (aws-reality 5.7).
"""

from __future__ import annotations

import math
import uuid
from typing import Any

from muvi_provision.sandbox.effects import ecs_placing, ecs_records, ecs_stopping
from muvi_provision.sandbox.fleet import NEVER, Deployment, Service, Task
from muvi_provision.sandbox.view import View

_DRAIN_S = 20  # from DRAINING to INACTIVE when nothing runs
_LISTED_S = 3600  # an INACTIVE service can be seen for a while
_PAUSE_S, _PAUSE_AFTER = 300, 10  # the scheduler slows down
_STUCK = "was unable to stop or start tasks during a deployment because of the service deployment configuration"
_ADVICE = "Update the minimumHealthyPercent or maximumPercent value and try again"


def look(view: View, service: Service, at: float) -> None:
    """Do what is to be done for a service now."""
    service.due = NEVER
    if service.status == "DRAINING":
        _wind_down(view, service, at)
    elif service.status == "INACTIVE":
        view.books.fleet.services.pop((view.region, service.arn))
    else:
        _break_circuit(service, at)
        _stop_surplus(view, service, at)
        _start_missing(view, service, at)
        _conclude(view, service, at)


def deploy(service: Service, definition: str, at: float) -> None:
    """A new deployment takes over."""
    for one in service.deployments:
        one.status = "ACTIVE"
    network = service.settings.get("networkConfiguration", {})
    fresh = Deployment(deployment_id(), definition, network, at, at, service.desired)
    fresh.reason = f"ECS deployment {fresh.id} in progress."
    service.deployments.insert(0, fresh)
    service.due, service.steady, service.pause, service.failures = at, False, 0, 0


def deployment_id() -> str:
    return f"ecs-svc/{uuid.uuid4().int % 10**19:019d}"


def drain(view: View, service: Service, at: float) -> None:
    """The service is deleted: its tasks first, then the rest of it."""
    service.status, service.desired = "DRAINING", 0
    service.due = service.pause = at + view.seconds(_DRAIN_S)
    _end(view, service, [one for one in ecs_records.tasks(view, service=service.arn) if one.alive], at)


def failed(view: View, service: Service, task: Task, at: float) -> None:
    """One of its tasks failed by itself."""
    service.failures += 1
    service.steady = False
    for one in service.deployments:
        if one.id == task.deployment and one.rollout == "IN_PROGRESS":
            one.failed_tasks += 1
            one.updated = at
    where = f"(task {task.id}) failed: {task.reason}" if task.code == "TaskFailedToStart" else f"(task {task.id})"
    ecs_records.tell(service, at, f"(deployment {task.deployment}) {where if task.code else where + ' is unhealthy'}")
    if service.failures % _PAUSE_AFTER == 0:
        service.pause = at + (view.seconds(_PAUSE_S) or _PAUSE_S)
        ecs_records.tell(service, at, "is unable to consistently start tasks successfully")


def threshold(desired: int) -> int:
    """aws-reality 5.7: half the desired count, at least 3, at most 200."""
    return min(200, max(3, math.ceil(desired / 2)))


def _break_circuit(service: Service, at: float) -> None:
    primary, breaker = service.primary, _configuration(service).get("deploymentCircuitBreaker", {})
    tripped = primary.rollout == "IN_PROGRESS" and primary.failed_tasks >= threshold(service.desired)
    if not breaker.get("enable") or not tripped:
        return
    primary.rollout, primary.updated = "FAILED", at
    primary.reason = "ECS deployment circuit breaker: tasks failed to start."
    ecs_records.tell(service, at, f"(deployment {primary.id}) deployment failed: tasks failed to start")
    before = service.completed
    if breaker.get("rollback") and before is not None and before is not primary:
        _roll_back(service, before, at)


def _roll_back(service: Service, before: Deployment, at: float) -> None:
    """To the last deployment that completed; with none there is nothing to go back to (aws-reality 5.7)."""
    bad = service.primary
    bad.status, bad.desired = "ACTIVE", 0
    bad.reason += f" Rolling back to deploymentId {before.id}."
    service.deployments = [before, *(one for one in service.deployments if one is not before)]
    before.status, before.rollout, before.updated, before.failed_tasks = "PRIMARY", "IN_PROGRESS", at, 0
    before.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {before.id}."
    before.desired, service.pause, service.failures = service.desired, 0, 0
    ecs_records.tell(service, at, f"rolling back to deployment {before.id}")


def _stop_surplus(view: View, service: Service, at: float) -> None:
    alive = [one for one in ecs_records.tasks(view, service=service.arn) if one.alive]
    own = sorted(
        (one for one in alive if one.deployment == service.primary.id), key=lambda one: (one.healthy, -one.created)
    )
    old = sorted((one for one in alive if one.deployment != service.primary.id), key=lambda one: one.healthy)
    if service.primary.rollout == "FAILED":  # what runs goes on running
        well = [one for one in (*own, *old) if one.healthy]
        leaving = [one for one in alive if not one.healthy] + well[service.desired :]
    else:
        surplus = own[: max(0, len(own) - service.desired)]
        spared = math.ceil(service.desired * _configuration(service).get("minimumHealthyPercent", 100) / 100)
        healthy = sum(one.healthy for one in alive if one not in surplus)
        leaving = surplus + [one for one in old if not one.healthy]
        leaving += [one for one in old if one.healthy][: max(0, healthy - spared)]
    _end(view, service, leaving, at)


def _end(view: View, service: Service, leaving: list[Task], at: float) -> None:
    if not leaving:
        return
    if any(one.registered for one in leaving):
        ecs_records.tell(service, at, f"has begun draining connections on {len(leaving)} tasks")
    for one in leaving:
        ecs_stopping.end(
            view, one, at, f"Scaling activity initiated by (deployment {one.deployment})", "ServiceSchedulerInitiated"
        )
    named = " ".join(f"(task {one.id})" for one in leaving)
    ecs_records.tell(service, at, f"has stopped {len(leaving)} running tasks: {named}")


def _start_missing(view: View, service: Service, at: float) -> None:
    alive = [one for one in ecs_records.tasks(view, service=service.arn) if one.alive]
    missing = service.desired - sum(one.deployment == service.primary.id for one in alive)
    most = math.floor(service.desired * _configuration(service).get("maximumPercent", 200) / 100)
    room = min(missing, most - len(alive))
    if room <= 0 or service.primary.rollout == "FAILED":
        return _tell_stuck(view, service, missing, at)
    if at < service.pause:
        service.due = service.pause
        return None
    started = ecs_placing.place(view, service, room, at)
    if started:
        named = " ".join(f"(task {one.id})" for one in started)
        ecs_records.tell(service, at, f"has started {len(started)} tasks: {named}")
    return None


def _tell_stuck(view: View, service: Service, missing: int, at: float) -> None:
    """aws-reality 5.7: nothing is going or coming, and the two percentages leave no room for anything to."""
    still = all(one.healthy for one in ecs_records.unstopped(view, service=service.arn))
    said = bool(service.events) and _STUCK in service.events[0].message
    if missing > 0 and still and not said and service.primary.rollout == "IN_PROGRESS":
        ecs_records.tell(service, at, f"{_STUCK}. {_ADVICE}")


def _conclude(view: View, service: Service, at: float) -> None:
    remaining = ecs_records.unstopped(view, service=service.arn)
    primary = service.primary
    held = {one.deployment for one in remaining}
    service.deployments = [primary, *(one for one in service.deployments[1:] if one.id in held)]
    well = sum(one.healthy for one in remaining if one.deployment == primary.id)
    if primary.rollout == "FAILED" or well != service.desired or len(service.deployments) > 1:
        return
    if primary.rollout == "IN_PROGRESS":
        primary.rollout, primary.updated = "COMPLETED", at
        primary.reason = f"ECS deployment {primary.id} completed."
        service.completed = primary
        ecs_records.tell(service, at, f"(deployment {primary.id}) deployment completed")
    if not service.steady:
        service.steady = True
        ecs_records.tell(service, at, "has reached a steady state")


def _wind_down(view: View, service: Service, at: float) -> None:
    if at < service.pause:
        service.due = service.pause
        return
    if ecs_records.unstopped(view, service=service.arn):
        return  # looked at again when the last one has stopped
    service.status, service.deployments[1:] = "INACTIVE", []
    service.due = at + (view.seconds(_LISTED_S) or _LISTED_S)
    twins = view.backend("ecs").services
    twins.pop(f"{service.cluster}:{service.name}", None)


def _configuration(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = service.settings.get("deploymentConfiguration", {})
    return found
