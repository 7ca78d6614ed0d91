"""Why tasks of a service ended, in plain words, with what to do about it.

Facts: aws-reality 5.1, 5.6 and 5.7. ECS tells it in three places: of the task, of its container, and as a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone

MOST = 100  # tasks in one DescribeTasks


@dataclass(frozen=True)
class Cause:
    """``says``: words of AWS's, all of which are there; ``means``: what they mean and what helps."""

    says: tuple[str, ...]
    means: str


CAUSES = (
    Cause(
        ("does not contain descriptor matching platform",),
        "the image is built for another processor: build it for linux/amd64",
    ),
    Cause(
        ("exec format error",), "the program in the image is built for another processor: build it for linux/amd64"
    ),
    Cause(
        ("cannotpullcontainererror", "not found"),
        "the image is not in the repository any more: push it again, or name another tag",
    ),
    Cause(
        ("cannotpullcontainererror", "accessdenied"),
        "the execution role may not pull the image: `muvi drift` shows whether its policy is as it should be",
    ),
    Cause(
        ("cannotpullcontainererror",),
        "the image cannot be pulled: the app tier needs a way out through its NAT gateway, or private endpoints",
    ),
    Cause(
        ("secrets manager can't find the specified secret value",),
        "a secret that the container is given has no value yet: set it with `muvi secrets set`",
    ),
    Cause(
        ("resourceinitializationerror", "secret", "accessdenied"),
        "the execution role may not read a secret that the container is given: `muvi drift` shows its policy",
    ),
    Cause(
        ("resourceinitializationerror", "did not contain json key"),
        "a database's secret lacks its user name or password: put JSON with both into it with `aws secretsmanager "
        "put-secret-value --secret-id NAME --secret-string file://FILE`",
    ),
    Cause(
        ("unable to pull secrets or registry auth",),
        "the app tier cannot reach AWS: it needs a way out through its NAT gateway, or private endpoints",
    ),
    Cause(("log group does not exist",), "its log group is gone: `muvi run` makes it again"),
    Cause(("failed to validate logger args",), "its log group cannot be written: `muvi drift` shows what is wrong"),
    Cause(
        ("outofmemory",), "the program needs more memory than it is given: raise `memory` of the service"
    ),
    Cause(
        ("failed elb health checks",),
        "the load balancer got no good answer from it in time: check `health` and `port` of the service, or raise "
        "`deployment.grace_s`",
    ),
    Cause(
        ("failed container health checks",),
        "its own health command failed: its program must be in the image, and must answer",
    ),
    Cause(
        ("limit on the number of vcpu",),
        "the account may not run so many vCPU on Fargate at once: ask for more with `aws service-quotas "
        "request-service-quota-increase --service-code fargate --quota-code L-3032A538 --desired-value NUMBER`",
    ),
    Cause(
        ("because of the service deployment configuration",),
        "with so few copies ECS may neither stop an old one nor start a new one: give `deployment` a lower "
        "`minimum_percent` or a higher `maximum_percent`",
    ),
    Cause(("capacity is unavailable",), "AWS has no room on Fargate at this moment: try again later"),
    Cause(
        ("unable to assume",), "the role is not known to ECS yet, or does not trust it: try again in a minute"
    ),
    Cause(
        ("essential container in task exited",), "the program ended by itself: what it said last is in its log"
    ),
)  # fmt: skip
KILLED = 137


def meaning(said: str) -> str:
    """What words of AWS's mean, in a sentence; "" when they are none of the usual ones."""
    low = said.lower()
    return next((cause.means for cause in CAUSES if all(word in low for word in cause.says)), "")


def why(aws: Aws, cluster: str, service: str, deployment: str, problem: str) -> str:
    """Why a service's tasks do not stay up: what went wrong, AWS's own words, what they mean. Two reads.

    deployment: the id of the one asked about, "" for the newest task whatever deployment it was of.
    """
    told = _told(_last(aws, cluster, service, deployment))
    sentences = [problem, told, meaning(told) or meaning(problem)]
    return "; ".join(sentence.strip().rstrip(".") for sentence in sentences if sentence)


def _last(aws: Aws, cluster: str, service: str, deployment: str) -> Mapping[str, Any]:
    """The task of that deployment that ended last; ECS remembers ended ones for an hour."""
    with unless_gone():
        arns: Any = aws.listing(
            "ecs", "list_tasks", "taskArns", cluster=cluster, serviceName=service, desiredStatus="STOPPED"
        )
        ended = aws.read("ecs", "describe_tasks", cluster=cluster, tasks=arns[:MOST])["tasks"] if arns else []
        of_it = [task for task in ended if task.get("startedBy") == deployment] or ended
        return max(of_it, key=lambda task: str(task.get("stoppedAt") or task.get("stoppingAt") or ""), default={})
    return {}


def _told(task: Mapping[str, Any]) -> str:
    """What ECS says of a task and of its container."""
    container: Mapping[str, Any] = next(iter(task.get("containers", ())), {})
    said = dict.fromkeys(text for text in (task.get("stoppedReason", ""), container.get("reason", "")) if text)
    code = container.get("exitCode")
    numbers = [f"exit code {code}{' (killed)' if code == KILLED else ''}"] if code is not None else []
    return ", ".join([*said, *numbers])
