"""Why tasks ended, in words that help."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.day3_compute.stopped_tasks import CAUSES, meaning, why
from tests.resources.contract import Bench

# as AWS writes them (aws-reality 5.1, 5.6, 5.7)
SAYINGS = [
    (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain "
        "descriptor matching platform 'linux/amd64'",
        "linux/amd64",
    ),
    ("exec /app/server: exec format error", "linux/amd64"),
    ("CannotPullContainerError: uat-main@sha256:1: not found", "push it again"),
    ("CannotPullContainerError: AccessDeniedException: not authorized to perform ecr:BatchGetImage", "execution role"),
    ("CannotPullContainerError: ref pull has been retried: dial tcp: i/o timeout", "NAT gateway"),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: ResourceNotFoundException: Secrets "
        "Manager can't find the specified secret value for staging label: AWSCURRENT",
        "muvi secrets set",
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: not authorized "
        "to perform secretsmanager:GetSecretValue",
        "execution role",
    ),
    (
        "ResourceInitializationError: retrieved secret from Secrets Manager did not contain json key password",
        "user name or password",
    ),
    ("ResourceInitializationError: unable to pull secrets or registry auth: i/o timeout", "NAT gateway"),
    (
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed "
        "to create Cloudwatch log stream: The specified log group does not exist.",
        "muvi run",
    ),
    ("ResourceInitializationError: failed to validate logger args: denied", "muvi drift"),
    ("OutOfMemoryError: Container killed due to memory usage", "more memory"),
    ("Task failed ELB health checks in (target-group arn:aws:x)", "grace_s"),
    ("Task failed container health checks", "health command"),
    ("You've reached the limit on the number of vCPUs you can run concurrently", "request-service-quota-increase"),
    ("was unable to start tasks because of the service deployment configuration", "minimum_percent"),
    ("Capacity is unavailable at this time. Please try again later", "later"),
    ("ECS was unable to assume the role 'arn:aws:x' that was provided for this task", "role"),
    ("Essential container in task exited", "its log"),
]


@pytest.mark.parametrize(("said", "helps"), SAYINGS, ids=[said[:60] for said, _ in SAYINGS])
def test_the_usual_reasons_come_with_what_helps(said: str, helps: str) -> None:
    assert helps in meaning(said)


def test_each_cause_is_reached_by_something_aws_says() -> None:
    assert {meaning(said) for said, _ in SAYINGS} == {cause.means for cause in CAUSES}


def test_what_is_new_to_us_is_told_in_awss_words() -> None:
    assert meaning("Something else entirely") == ""


def answering(bench: Bench, tasks: list[dict[str, Any]]) -> None:
    """Puts ended tasks where the reads of this moment look."""
    aws = bench.aws
    place = {"cluster": "uat-main"}
    arns = [str(index) for index, _ in enumerate(tasks)]
    shared = bench.border.inventory
    listed = {**place, "serviceName": "uat-main", "desiredStatus": "STOPPED"}
    shared.get(("ecs", aws.region, "list_tasks", repr(sorted(listed.items()))), aws.as_of, lambda: arns)
    told = {**place, "tasks": arns}
    shared.get(("ecs", aws.region, "describe_tasks", repr(sorted(told.items()))), aws.as_of, lambda: {"tasks": tasks})


def ended(at: str, deployment: str = "ecs-svc/2", **more: Any) -> dict[str, Any]:
    said = {"stoppedAt": at, "startedBy": deployment, "stoppedReason": "Essential container in task exited"}
    return {**said, "containers": [{"name": "main", **more}]}


def test_the_task_that_ended_last_speaks_for_its_deployment(bench: Bench) -> None:
    answering(
        bench,
        [ended("09:01", exitCode=1), ended("09:03", exitCode=3), ended("09:09", "ecs-svc/1", exitCode=9)],
    )
    told = why(bench.aws.seen_from(0), "uat-main", "uat-main", "ecs-svc/2", "3 tasks ended before one was well")
    assert told == (
        "3 tasks ended before one was well; Essential container in task exited, exit code 3; the program ended by "
        "itself: what it said last is in its log"
    )


def test_a_container_that_was_killed_for_memory(bench: Bench) -> None:
    killed = ended("09:01", exitCode=137, reason="OutOfMemoryError: Container killed due to memory usage")
    answering(bench, [killed])
    told = why(bench.aws.seen_from(0), "uat-main", "uat-main", "ecs-svc/2", "")
    assert "OutOfMemoryError" in told
    assert "exit code 137 (killed)" in told
    assert "needs more memory" in told


def test_without_any_task_the_problem_stands_alone(bench: Bench) -> None:
    assert why(bench.aws, "uat-main", "uat-main", "ecs-svc/2", "it did not start.") == "it did not start"
