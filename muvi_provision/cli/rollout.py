"""Waiting for one deployment of a service, until it is complete or ECS has given it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.holdings import in_our_words
from muvi_provision.errors import ReadinessFailed, TimedOut

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session
    from muvi_provision.resource import Live

WAIT = "service_rolled_out"
HEARTBEAT = 30.0
LONGEST_NAP = 5.0  # seconds: somebody is looking on
TAKEN_OVER = "another deployment has taken its place"


def waited(session: Session, service: str, live: Live, deployment: str) -> None:
    """Returns when it is complete. Raises ReadinessFailed saying why it is not, TimedOut."""
    from muvi_provision.aws import waits

    call, wait, began = session.call, waits.WAITS[WAIT], session.call.clock.monotonic()
    told, told_at = "", began
    while True:
        raw = _read(session, live)
        state, problem = judged(raw, deployment)
        if state == "done":
            return
        if state == "failed":
            raise _failed(session, service, live, raw, deployment, problem)
        now = call.clock.monotonic()
        if now - began > wait.limit:
            raise TimedOut(_counts(raw), where=f"service/{service}", why=wait.slow, next=("muvi services",))
        if _counts(raw) != told or now - told_at >= HEARTBEAT:
            told, told_at = _counts(raw), now
            call.say(f"{service}: {told}")
        call.clock.sleep(min(LONGEST_NAP, waits.next_poll(now - began, wait.usual, session.connection.pace)))


def _read(session: Session, live: Live) -> Mapping[str, Any]:
    with in_our_words("ecs:DescribeServices"):
        answer = session.connection.aws.ecs.describe_services(cluster=live.raw["clusterArn"], services=[live.id])
    return answer["services"][0]


def judged(raw: Mapping[str, Any], deployment: str) -> tuple[str, str]:
    """``done``, ``failed`` or ``going on``, and the problem. Only that deployment counts, not what came before it."""
    from muvi_provision.day3_compute import rollouts

    mine = next((each for each in raw.get("deployments", ()) if each.get("id") == deployment), None)
    if mine is None or mine.get("status") != "PRIMARY":
        given_up = mine is None or mine.get("rolloutState") == "FAILED"
        return "failed", rollouts.ROLLED_BACK if given_up else TAKEN_OVER
    found = rollouts.judged(raw, None, is_told=True)
    return found.state, found.problem


def _failed(
    session: Session, service: str, live: Live, raw: Mapping[str, Any], deployment: str, problem: str
) -> ReadinessFailed:
    from muvi_provision.day3_compute import stopped_tasks

    cluster = str(live.raw["clusterArn"]).rpartition("/")[2]
    aws = session.site().aws.seen_from(session.site().moment())
    with in_our_words("ecs:DescribeTasks"):
        why = stopped_tasks.why(aws, cluster, str(raw["serviceName"]), deployment, problem)
    return ReadinessFailed(
        f"the new copies of {service} did not stay up", where=f"service/{service}", why=why,
        next=(f"muvi logs {service}", "muvi services"),
    )  # fmt: skip


def _counts(raw: Mapping[str, Any]) -> str:
    from muvi_provision.cli.service_list import primary_of

    new = primary_of(raw)
    return (
        f"{new.get('runningCount', 0)} of {raw['desiredCount']} new copies run, {new.get('pendingCount', 0)} starting"
    )
