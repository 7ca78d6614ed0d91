"""How far the roll-out of a service has come: done, going on, or given up. Pure.

Facts: aws-reality 0.6 and 5.7. ECS calls a service stable after its circuit breaker has put the old version back, and
waits for ever for tasks that end again and again; so what is read here is the newest deployment itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["done", "going on", "failed", "deleting"]

ROLLED_BACK = "the new version did not start, so ECS put the version before it back"
QUOTA = "limit on the number of vcpu"
STUCK = "unable to stop or start tasks during a deployment"
CRASHES = 2  # tasks that ended before one ran: by then it is no accident


@dataclass(frozen=True)
class Rollout:
    """Its state; ``deployment``: the id of the one that failed ("" when that has gone), ``problem`` in words."""

    state: State
    deployment: str = ""
    problem: str = ""


def judged(service: Mapping[str, Any], definition: str | None, *, is_told: bool) -> Rollout:
    """The roll-out of a service as DescribeServices shows it.

    definition: the ARN that should run, None when it does not matter. is_told: whether ECS has been told of it, for
    otherwise another one is no roll-back.
    """
    if service.get("status") == "DRAINING":
        return Rollout("deleting")
    primary = next((each for each in service.get("deployments", ()) if each.get("status") == "PRIMARY"), None)
    if primary is None:
        return Rollout("going on")
    if definition is not None and primary.get("taskDefinition") != definition:
        return _another(service, primary, is_told)
    if service.get("desiredCount") == 0:
        return Rollout("done")
    return _of(service, primary)


def _another(service: Mapping[str, Any], primary: Mapping[str, Any], is_told: bool) -> Rollout:
    """Another version than the wanted one is being rolled out, or has been."""
    if not is_told or primary.get("rolloutState", "COMPLETED") == "IN_PROGRESS":
        return Rollout("going on")
    return Rollout("failed", _failed_before(service), ROLLED_BACK)


def _failed_before(service: Mapping[str, Any]) -> str:
    """The deployment that was given up, while ECS still lists it."""
    given_up = (each["id"] for each in service.get("deployments", ()) if each.get("rolloutState") == "FAILED")
    return next(given_up, "")


def _of(service: Mapping[str, Any], primary: Mapping[str, Any]) -> Rollout:
    state, name = primary.get("rolloutState", ""), str(primary.get("id", ""))
    if state == "COMPLETED":
        return Rollout("done")
    if state == "FAILED":
        return Rollout("failed", name, primary.get("rolloutStateReason", ""))
    if primary.get("runningCount", 0) == 0 and primary.get("failedTasks", 0) >= CRASHES:
        return Rollout("failed", name, f"{primary['failedTasks']} tasks ended before one was well")
    newest = _newest_event(service, primary)
    hopeless = QUOTA in newest.lower() or STUCK in newest.lower()
    if hopeless and not primary.get("pendingCount"):
        return Rollout("failed", name, newest)
    return Rollout("going on")


def _newest_event(service: Mapping[str, Any], primary: Mapping[str, Any]) -> str:
    """What ECS said last, if that was about this deployment."""
    since = primary.get("createdAt")
    said = [each for each in service.get("events", ()) if since is None or each["createdAt"] >= since]
    newest = max(said, key=lambda each: each["createdAt"], default=None)
    return str(newest["message"]) if newest else ""
