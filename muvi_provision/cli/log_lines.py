"""Events of a log group: the last ones, and those that come.

CloudWatch shows events seconds after they were written and not always in order, so whoever follows looks back a little
each time and knows events by their ids.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws
    from muvi_provision.clock import Clock

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LOOK_BACK = 30_000  # milliseconds by which an event may come late
KEPT = 20_000  # ids that are remembered
SHORTEST, LONGEST, SLOWER = 1.0, 5.0, 1.5  # seconds between two looks, and how they grow while nothing comes


@dataclass(frozen=True)
class Event:
    """One event. ``task``: the id of the ECS task, or of the function's environment, that wrote it."""

    id: str
    when: datetime
    task: str
    message: str


def seconds_of(text: str) -> int:
    """``10m`` as 600. Raises UsageError."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if not found or not int(found[1]):
        raise UsageError(
            f'"{text}" is not a time to look back: 30s, 10m, 2h or 1d', where="--since", next=("muvi logs --help",)
        )
    return int(found[1]) * UNITS[found[2]]


def pattern(text: str) -> str:
    """CloudWatch's filter for lines with exactly this text in them."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass
class Source:
    """A log group from a moment on (milliseconds since 1970). Remembers what it gave out."""

    aws: Aws
    group: str
    text: str
    start: int
    newest: int = 0
    seen: dict[str, None] = field(default_factory=dict)

    def last(self, count: int) -> list[Event]:
        """The last ones, oldest first."""
        kept: deque[Event] = deque(maxlen=count)
        for event in self.fresh():
            kept.append(event)
        return sorted(kept, key=lambda event: event.when)

    def fresh(self) -> Iterator[Event]:
        """What has not been given out yet. Raises botocore's errors."""
        start = max(self.start, self.newest - LOOK_BACK)
        asked: Any = {"logGroupName": self.group, "startTime": start}
        if self.text:
            asked["filterPattern"] = pattern(self.text)
        for page in self.aws.logs.get_paginator("filter_log_events").paginate(**asked):
            for raw in page["events"]:
                if raw["eventId"] not in self.seen:
                    self._remember(raw["eventId"], raw["timestamp"])
                    yield _event(raw)

    def _remember(self, known: str, at: int) -> None:
        self.seen[known] = None
        self.newest = max(self.newest, at)
        while len(self.seen) > KEPT:
            del self.seen[next(iter(self.seen))]


def _event(raw: Any) -> Event:
    when = datetime.fromtimestamp(raw["timestamp"] / 1000, UTC)
    task = raw["logStreamName"].rpartition("/")[2].removeprefix("[$LATEST]")
    return Event(raw["eventId"], when, task, raw["message"].rstrip("\n"))


def followed(source: Source, show: Callable[[Event], None], clock: Clock) -> NoReturn:
    """Shows what comes, for ever: looks soon while there is something, more rarely while there is not."""
    nap = SHORTEST
    while True:
        clock.sleep(nap)
        found = sorted(source.fresh(), key=lambda event: event.when)
        for event in found:
            show(event)
        nap = SHORTEST if found else min(LONGEST, nap * SLOWER)
