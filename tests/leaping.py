"""A clock that leaps and chance that comes again: time and luck of a world in one process."""

from __future__ import annotations

import queue
import random
import threading
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


class LeapingClock:
    """A clock whose waiting costs nothing: when nobody is at work, time leaps to the next deadline."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.start = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.time)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.time += seconds

    def next_of(self, arrivals: queue.SimpleQueue[T], within: float | None, *, busy: bool) -> T | None:
        if busy:
            return arrivals.get(timeout=120)
        try:
            return arrivals.get_nowait()
        except queue.Empty:
            self.sleep(within or 0.0)
            return None


class SeededChance:
    """Identifiers and jitter that come again with the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def token(self) -> str:
        with self._lock:
            return f"{self._random.getrandbits(128):032x}"

    def fraction(self) -> float:
        with self._lock:
            return self._random.random()
