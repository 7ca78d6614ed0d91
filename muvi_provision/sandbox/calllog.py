"""What was called: counts by operation, reads and writes, the most at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from muvi_provision.sandbox.call import Call


@dataclass(frozen=True)
class Entry:
    """One call that was answered."""

    name: str
    mutating: bool
    status: int


class CallLog:
    """Thread-safe; ``entries`` are in the order in which the answers were ready."""

    def __init__(self, keep: int = 100_000) -> None:
        self._lock = threading.Lock()
        self._keep = keep
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self.entries: list[Entry] = []
            self.counts: Counter[str] = Counter()
            self.reads = self.writes = self.in_flight = self.most_in_flight = 0

    @contextmanager
    def flight(self) -> Iterator[None]:
        with self._lock:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def note(self, call: Call, status: int) -> None:
        with self._lock:
            self.counts[call.name] += 1
            self.reads += not call.mutating
            self.writes += call.mutating
            self.entries.append(Entry(call.name, call.mutating, status))
            del self.entries[: -self._keep]

    def stats(self) -> dict[str, object]:
        with self._lock:
            return {
                "calls": sum(self.counts.values()),
                "reads": self.reads,
                "writes": self.writes,
                "most_in_flight": self.most_in_flight,
                "by_operation": dict(sorted(self.counts.items())),
            }
