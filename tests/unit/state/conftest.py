"""A folder, a clock that stands still, tokens one after the other, and disks that go wrong."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.state.disk import Disk
from muvi_provision.state.store import State


class Standing:
    """Time does not pass; ``slept`` is what was asked of it."""

    def __init__(self) -> None:
        self.slept = 0.0

    def monotonic(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def next_of(self, arrivals: Any, within: float | None, *, busy: bool) -> Any:
        raise AssertionError("the state has no work to wait for")


class Counting:
    """Tokens one after the other."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def token(self) -> str:
        return f"{next(self._next):032x}"

    def fraction(self) -> float:
        return 0.5


class Quick(Disk):
    """Writes without waiting for the disk, of which a test needs no promise."""

    def append(self, path: Path, content: bytes) -> None:
        with path.open("ab") as file:
            file.write(content)

    def write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(content)

    def _sync_folder(self, folder: Path) -> None:
        pass


class Failing(Quick):
    """A disk that refuses everything once its room is used up."""

    def __init__(self, room: int, number: int = errno.ENOSPC) -> None:
        self.room, self.number = room, number

    def _burn(self, path: Path) -> None:
        self.room -= 1
        if self.room < 0:
            raise OSError(self.number, "No space left on device", str(path))

    def append(self, path: Path, content: bytes) -> None:
        self._burn(path)
        super().append(path, content)

    def write(self, path: Path, content: bytes) -> None:
        self._burn(path)
        super().write(path, content)

    def rename(self, old: Path, new: Path) -> None:
        self._burn(new)
        super().rename(old, new)


CHANCE = Counting()


def opened(folder: Path, disk: Disk | None = None) -> State:
    return State.open(folder, "uat", Standing(), CHANCE, disk or Quick())


def make(state: State, address: str, known_id: str = "", needs: tuple[str, ...] = ()) -> None:
    """An object all the way to ready."""
    kind = address.partition("/")[0]
    state.intend(address, kind, "1.1", {"name": address.partition("/")[2]}, needs)
    state.made(address, known_id or f"id-{address}")
    state.ready(address, {"arn": f"arn:{address}"})


@pytest.fixture
def open_state(tmp_path: Path) -> Callable[..., State]:
    """Opens the state of the test's own folder, as a new process does."""
    return lambda disk=None: opened(tmp_path / "state", disk)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"
