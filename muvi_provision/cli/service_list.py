"""The services as ECS shows them: how many copies, which image, how far a roll-out is, what ECS said last."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.holdings import in_our_words, made

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session

BATCH, TASKS_AT_ONCE = 10, 100
CLUSTER = "ecs-cluster/main"
PLAINER = (
    (r"^\(service [^)]*\),? ?", ""),
    (r"\(deployment ecs-svc/\d+\) ", ""),
    (r"\(task ([0-9a-f]{8})[0-9a-f]*\)", r"\1"),
    (r"\(target-group [^)]*\)", "its target group"),
    (r"\(port (\d+)\)", r"port \1"),
    (r"\((?:instance|taskSet|registryArn) [^)]*\) ?", ""),
    (r"\b1 (running )?tasks: ", "task "),
)


@dataclass(frozen=True)
class Served:
    """One service. ``state`` in words; ``said``: ECS's last event, in words, and ``said_at`` when."""

    name: str
    tag: str
    state: str = "not built"
    wanted: int = 0
    running: int = 0
    pending: int = 0
    digests: tuple[str, ...] = ()
    since: datetime | None = None
    said: str = ""
    said_at: datetime | None = None
    is_waiting: bool = False

    @property
    def is_made(self) -> bool:
        return self.state != "not built"

    @property
    def has_failed(self) -> bool:
        return self.state == "failed"

    def described(self) -> dict[str, Any]:
        """For a program."""
        return {
            "service": self.name,
            "state": self.state,
            "wanted": self.wanted,
            "running": self.running,
            "pending": self.pending,
            "tag": self.tag,
            "digests": list(self.digests),
            "since": self.since.isoformat() if self.since else None,
            "said": self.said,
            "said_at": self.said_at.isoformat() if self.said_at else None,
            "waiting_for_image": self.is_waiting,
        }


def listed(session: Session) -> list[Served]:
    """Every service of the environment, in its order. Asks AWS only about what is recorded."""
    shown = raws(session)
    digests = running_digests(session, shown) if shown else {}
    return [_served(session, name, shown.get(name), digests.get(name, frozenset())) for name in _names(session)]


def _names(session: Session) -> tuple[str, ...]:
    return tuple(session.environment.services)


def tag_of(session: Session, name: str) -> str:
    """The tag a service wants of its repository."""
    return session.environment.services[name].tag or session.environment.images.tag


def raws(session: Session) -> dict[str, dict[str, Any]]:
    """By name, the recorded services as ECS shows them, ten in one question."""
    ids = {str(record.id): name for name in _names(session) if (record := made(session, f"service/{name}"))}
    cluster = made(session, CLUSTER)
    if not ids or cluster is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    arns = list(ids)
    for start in range(0, len(arns), BATCH):
        with in_our_words("ecs:DescribeServices"):
            answer = session.connection.aws.ecs.describe_services(
                cluster=str(cluster.id), services=arns[start : start + BATCH], include=["TAGS"]
            )
        found |= {ids[raw["serviceArn"]]: dict(raw) for raw in answer["services"] if raw["serviceArn"] in ids}
    return found


def running_digests(session: Session, shown: Mapping[str, Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """By service, the digests of the images its running tasks were started from.

    What no task tells is read from the version that the service (of ``shown``) runs.
    """
    cluster = made(session, CLUSTER)
    groups = {
        f"service:{str(record.id).rpartition('/')[2]}": name
        for name in _names(session)
        if (record := made(session, f"service/{name}"))
    }
    if cluster is None or not groups:
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    with in_our_words("ecs:DescribeTasks"):
        for task in _tasks(session, str(cluster.id)):
            if name := groups.get(task.get("group", "")):
                found[name] |= {one["imageDigest"] for one in task.get("containers", ()) if one.get("imageDigest")}
    for name, raw in shown.items():
        if raw["runningCount"] and not found[name]:
            found[name] = _pinned(session, raw["taskDefinition"])
    return {name: frozenset(digests) for name, digests in found.items()}


def _pinned(session: Session, definition: str) -> set[str]:
    """The digests a task definition names."""
    with in_our_words("ecs:DescribeTaskDefinition"):
        told = session.connection.aws.read("ecs", "describe_task_definition", taskDefinition=definition)
    images = (one.get("image", "") for one in told["taskDefinition"]["containerDefinitions"])
    return {image.partition("@")[2] for image in images if "@" in image}


def _tasks(session: Session, cluster: str) -> Iterator[Mapping[str, Any]]:
    aws = session.connection.aws
    arns: list[Any] = aws.listing("ecs", "list_tasks", "taskArns", cluster=cluster, desiredStatus="RUNNING")
    for start in range(0, len(arns), TASKS_AT_ONCE):
        yield from aws.ecs.describe_tasks(cluster=cluster, tasks=arns[start : start + TASKS_AT_ONCE])["tasks"]


def _served(session: Session, name: str, raw: Mapping[str, Any] | None, digests: frozenset[str]) -> Served:
    if raw is None:
        state = "gone" if made(session, f"service/{name}") else "not built"
        return Served(name, tag_of(session, name), state)
    primary = primary_of(raw)
    newest = max(raw.get("events", ()), key=lambda event: event["createdAt"], default=None)
    return Served(
        name, tag_of(session, name), state_of(raw), raw["desiredCount"], raw["runningCount"], raw["pendingCount"],
        tuple(sorted(digests)), primary.get("updatedAt") or raw.get("createdAt"),
        plain(newest["message"]) if newest else "", newest["createdAt"] if newest else None, is_waiting(raw),
    )  # fmt: skip


def primary_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The newest deployment."""
    return next((each for each in raw.get("deployments", ()) if each.get("status") == "PRIMARY"), {})


def is_waiting(raw: Mapping[str, Any]) -> bool:
    """Whether it was made without copies because its image was not there."""
    from muvi_provision.day3_compute import ecs_tags
    from muvi_provision.day3_compute.services import WAITING_FOR

    return WAITING_FOR in ecs_tags.read(raw.get("tags"))


def state_of(raw: Mapping[str, Any]) -> str:
    """In words: where the service stands."""
    from muvi_provision.day3_compute import rollouts

    if raw.get("status") == "INACTIVE":
        return "gone"
    if is_waiting(raw):
        return "waiting for its image"
    judged = rollouts.judged(raw, None, is_told=True)
    if judged.state == "done":
        return _at_rest(raw["runningCount"], raw["desiredCount"])
    return {"going on": "rolling out", "failed": "failed", "deleting": "being deleted"}[judged.state]


def _at_rest(running: int, wanted: int) -> str:
    """Copies that end after a roll-out are started again and again, and it stays complete."""
    if not wanted:
        return "no copies wanted"
    return "running" if running >= wanted else "too few running"


def plain(message: str) -> str:
    """An event of ECS without ARNs and long ids; with what it means, where that is known."""
    from muvi_provision.day3_compute.stopped_tasks import meaning

    text = message
    for pattern, instead in PLAINER:
        text = re.sub(pattern, instead, text)
    text, means = text.strip().rstrip("."), meaning(message)
    return f"{text}; {means}" if means else text
