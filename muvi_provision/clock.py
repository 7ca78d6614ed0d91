"""Time, waiting and randomness as arguments: the only place that touches the real ones."""

from __future__ import annotations

import queue
import random
import time
import uuid
from datetime import UTC, datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """What the product may know of time. Seconds everywhere."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        ...

    def now(self) -> datetime:
        """The date and time, UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...

    def next_of(self, arrivals: queue.SimpleQueue[T], within: float | None, *, busy: bool) -> T | None:
        """The next arrival, or None once ``within`` seconds have passed, or earlier for no reason.

        ``busy`` says that somebody is at work who will put an arrival on the queue: a clock that is
        not real must then wait for it, and may leap to the deadline only when nobody is.
        """
        ...


class SystemClock:
    """The real one."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def next_of(self, arrivals: queue.SimpleQueue[T], within: float | None, *, busy: bool) -> T | None:  # noqa: ARG002
        # half a second at most, since Windows delivers Ctrl-C only between two waits
        patience = 0.5 if within is None else max(0.0, min(within, 0.5))
        try:
            return arrivals.get(timeout=patience)
        except queue.Empty:
            return None


class Chance(Protocol):
    """Randomness: identifiers and the jitter of a delay."""

    def token(self) -> str:
        """32 hexadecimal digits, never the same twice."""
        ...

    def fraction(self) -> float:
        """Evenly between 0 and 1."""
        ...


class SystemChance:
    """The real one."""

    def token(self) -> str:
        return uuid.uuid4().hex

    def fraction(self) -> float:
        return random.random()  # noqa: S311 (jitter, not a secret)
