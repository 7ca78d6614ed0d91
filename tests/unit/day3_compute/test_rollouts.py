"""How far a roll-out has come, told from what DescribeServices shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muvi_provision.aws import waits
from muvi_provision.day3_compute import rollouts
from muvi_provision.day3_compute.rollouts import judged
from muvi_provision.resource import Live

OLD, NEW = "arn:aws:ecs:::task-definition/uat-main:1", "arn:aws:ecs:::task-definition/uat-main:2"
THEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STUCK = (
    "(service uat-main) was unable to stop or start tasks during a deployment because of the service deployment "
    "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
)
LIMIT = "(service uat-main) was unable to place a task. Reason: You've reached the limit on the number of vCPUs."


def deployment(definition: str = NEW, state: str = "IN_PROGRESS", **more: Any) -> dict[str, Any]:
    said = {"status": "PRIMARY", "taskDefinition": definition, "rolloutState": state, "id": "ecs-svc/2"}
    return {**said, "runningCount": 0, "pendingCount": 0, "failedTasks": 0, "createdAt": THEN, **more}


def service(*deployments: dict[str, Any], desired: int = 1, **more: Any) -> dict[str, Any]:
    return {"status": "ACTIVE", "desiredCount": desired, "deployments": list(deployments), **more}


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        pytest.param(service(deployment(state="COMPLETED")), "done", id="completed"),
        pytest.param(service(deployment()), "going on", id="just begun"),
        pytest.param(service(deployment(), desired=0), "done", id="nothing is to run"),
        pytest.param(service(deployment(failedTasks=1)), "going on", id="one accident"),
        pytest.param(service(deployment(failedTasks=2)), "failed", id="tasks end again and again"),
        pytest.param(service(deployment(failedTasks=5, runningCount=1)), "going on", id="but one runs now"),
        pytest.param(service(deployment(state="FAILED")), "failed", id="given up, with nothing to roll back to"),
        pytest.param(service(deployment(OLD, "COMPLETED")), "failed", id="rolled back"),
        pytest.param(service(deployment(OLD, "COMPLETED"), desired=0), "failed", id="rolled back, and scaled to none"),
        pytest.param(service(deployment(OLD)), "going on", id="being rolled back"),
        pytest.param(service(), "going on", id="no deployment shown yet"),
        pytest.param(service(deployment(), status="DRAINING"), "deleting", id="being deleted"),
    ],
)
def test_what_ecs_shows_after_it_was_told(shown: dict[str, Any], state: str) -> None:
    assert judged(shown, NEW, is_told=True).state == state


def test_before_it_was_told_another_version_is_no_roll_back() -> None:
    assert judged(service(deployment(OLD, "COMPLETED")), NEW, is_told=False).state == "going on"


def test_without_an_image_any_version_will_do() -> None:
    assert judged(service(deployment(OLD, "COMPLETED")), None, is_told=True).state == "done"


def test_the_deployment_that_was_given_up_is_named_while_it_is_listed() -> None:
    failed = deployment(NEW, "FAILED", status="INACTIVE", id="ecs-svc/3")
    told = judged(service(deployment(OLD, "COMPLETED"), failed), NEW, is_told=True)
    assert (told.deployment, told.problem) == ("ecs-svc/3", rollouts.ROLLED_BACK)


@pytest.mark.parametrize(
    ("events", "pending", "state"),
    [
        pytest.param([(5, LIMIT)], 0, "failed", id="said last"),
        pytest.param([(5, STUCK)], 0, "failed", id="the percentages leave no room"),
        pytest.param([(5, LIMIT)], 1, "going on", id="one starts all the same"),
        pytest.param([(5, LIMIT), (9, "(service uat-main) has started 1 tasks.")], 0, "going on", id="it went on"),
        pytest.param([(-60, LIMIT)], 0, "going on", id="of an earlier roll-out"),
    ],
)
def test_what_is_told_only_by_an_event(events: Any, pending: int, state: str) -> None:
    said = [{"createdAt": THEN + timedelta(seconds=at), "message": text} for at, text in events]
    told = judged(service(deployment(pendingCount=pending), events=said), NEW, is_told=True)
    assert told.state == state
    assert (told.problem in (LIMIT, STUCK)) == (state == "failed")


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("done", "success"), ("going on", "retry"), ("failed", "failure"), ("deleting", "failure")],
)
def test_the_wait_understands_its_words(state: str, outcome: str) -> None:
    live = Live("arn", {"rollout": state, "problem": "because"})
    assert waits.outcome("service_rolled_out", live) == outcome
    assert waits.is_going("service_rolled_out", live) == (state == "deleting")
    assert waits.reason("service_rolled_out", live) == "because"
