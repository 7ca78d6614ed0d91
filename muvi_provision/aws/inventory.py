"""Reads shared by everything of a kind: one describe a kind and run, however many objects ask."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    fetched: int = -1
    value: Any = None


class Inventory:
    """A cache of read calls, each with the moment it began.

    Moments are counts, not seconds: ``moment()`` is later than every earlier one. A caller that has
    written an object asks with the moment of its write and gets an answer that began after it; the
    others go on sharing the older one. Threads that ask for the same thing share one call.
    """

    def __init__(self) -> None:
        self._moments = itertools.count(1)
        self._slots: dict[Hashable, _Slot] = {}
        self._lock = threading.Lock()

    def moment(self) -> int:
        return next(self._moments)

    def get(self, key: Hashable, as_of: int, fetch: Callable[[], Any]) -> Any:
        """The answer of ``fetch``, from a call that began at ``as_of`` or later."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
        with slot.lock:
            if slot.fetched < as_of or slot.fetched < 0:
                began = self.moment()
                slot.value = fetch()
                slot.fetched = began
            return slot.value
