"""Engines that are broken on purpose, one promise each, to show that the matrix notices.

Each is a context manager; inside it every engine in the process has that one fault.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from muvi_provision.aws import clients, waits
from muvi_provision.engine import undoing
from muvi_provision.state.store import State


@contextmanager
def sound() -> Iterator[None]:
    """Nothing is broken."""
    yield


@contextmanager
def token_made_anew() -> Iterator[None]:
    """A create that is taken up again gets another client token than the one that died."""
    intend = State.intend

    def anew(self: State, *said: Any, **more: Any) -> Any:
        return dataclasses.replace(intend(self, *said, **more), token=self.chance.token())

    with patch.object(State, "intend", anew):
        yield


@contextmanager
def intent_after_the_call() -> Iterator[None]:
    """What is about to be made is on disk only once it is made."""
    intend, made = State.intend, State.made

    def silent(self: State, *said: Any, **more: Any) -> Any:
        with patch.object(self, "_write", lambda entry: None):
            return intend(self, *said, **more)

    def late(self: State, address: str, known_id: str) -> Any:
        record = self.record(address)
        assert record is not None
        if record.status == "intended":
            intend(self, address, record.kind, record.step, record.wanted, record.needs)
        return made(self, address, known_id)

    with patch.object(State, "intend", silent), patch.object(State, "made", late):
        yield


@contextmanager
def delete_without_a_look_at_the_tags() -> Iterator[None]:
    """What is recorded is deleted, whosever it is by now."""
    with patch.object(undoing, "confirm_ownership", lambda *_: None):
        yield


@contextmanager
def waiter_skipped() -> Iterator[None]:
    """Whatever is there counts as ready."""
    with patch.object(waits, "outcome", lambda name, live: "success"):
        yield


@contextmanager
def retry_on_everything() -> Iterator[None]:
    """A write whose answer was lost goes out again, as if it were a read."""
    before = clients.Retries.__init__

    def reckless(self: Any, clock: Any, chance: Any, mutates: Any, stopping: Any) -> None:
        before(self, clock, chance, lambda operation: False, stopping)

    with patch.object(clients.Retries, "__init__", reckless):
        yield


BROKEN: tuple[Callable[[], AbstractContextManager[None]], ...] = (
    token_made_anew,
    intent_after_the_call,
    delete_without_a_look_at_the_tags,
    waiter_skipped,
    retry_on_everything,
)
