"""One writer: who holds the state, since when, doing what."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from muvi_provision.clock import Clock
from muvi_provision.errors import Locked
from muvi_provision.state.disk import not_written

UNLOCK = ("muvi status", "muvi state unlock")


@dataclass(frozen=True)
class Holder:
    """Who wrote the lock file."""

    who: str
    host: str
    pid: int
    since: str
    command: str

    def __str__(self) -> str:
        return f"{self.who} on {self.host} (process {self.pid}) since {self.since}: {self.command}"


class Lock:
    """A lock file held open under the system's own file lock, which a dead process cannot keep.

    Raises Locked, naming the holder, when another process has it. A holder on another host is believed
    even when the file lock is free, since shared folders do not always carry it across: ``state unlock``.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._descriptor: int | None = None

    def take(self, command: str) -> Holder | None:
        """Takes the lock and returns the dead holder it was taken over from, if there was one."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise not_written(error, self.path) from error
        before = self.holder()
        if not self._lock_soon(descriptor):
            os.close(descriptor)
            raise self._refusal(self.holder())
        if before and before.host != socket.gethostname():
            _unlock(descriptor)
            raise self._refusal(before)
        self._descriptor = descriptor
        self._write(
            Holder(_user(), socket.gethostname(), os.getpid(), self.clock.now().isoformat(timespec="seconds"), command)
        )
        return before

    def _lock_soon(self, descriptor: int) -> bool:
        """Tries more than once, since ``is_held`` of another process has it for a moment."""
        for _ in range(3):
            if _try_lock(descriptor):
                return True
            self.clock.sleep(0.05)
        return False

    def release(self) -> None:
        """Gives it back, leaving an empty file."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            self.abandon()

    def abandon(self) -> None:
        """Lets go as a dying process does: the file still names it."""
        if self._descriptor is not None:
            _unlock(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """Who the file names, alive or not."""
        try:
            return Holder(**json.loads(self.path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def is_held(self) -> bool:
        """Whether a living process on this host has it, or the file names another host."""
        if self.holder() is None:
            return False
        try:
            descriptor = os.open(self.path, os.O_RDWR)
        except OSError:
            return False
        free = _try_lock(descriptor)
        _unlock(descriptor) if free else os.close(descriptor)
        holder = self.holder()
        return not free or (holder is not None and holder.host != socket.gethostname())

    def _write(self, holder: Holder) -> None:
        assert self._descriptor is not None
        try:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, json.dumps(asdict(holder)).encode())
        except OSError as error:
            self.abandon()
            raise not_written(error, self.path) from error

    def _refusal(self, holder: Holder | None) -> Locked:
        return Locked(
            f"held by {holder}" if holder else "held by another process",
            where=str(self.path),
            why="two runs at once would make things twice",
            next=("muvi status",) if holder is None or holder.host == socket.gethostname() else UNLOCK,
        )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _lock_functions() -> tuple[Callable[[int], None], Callable[[int], None]]:
    if sys.platform == "win32":
        import msvcrt

        # Windows locks bytes, not files, and others may not read a locked byte: one far behind the text
        def windows(mode: int) -> Callable[[int], None]:
            def change(descriptor: int) -> None:
                os.lseek(descriptor, 1 << 20, os.SEEK_SET)
                msvcrt.locking(descriptor, mode, 1)

            return change

        return windows(msvcrt.LK_NBLCK), windows(msvcrt.LK_UNLCK)

    import fcntl

    return lambda d: fcntl.flock(d, fcntl.LOCK_EX | fcntl.LOCK_NB), lambda d: fcntl.flock(d, fcntl.LOCK_UN)


def _try_lock(descriptor: int) -> bool:
    try:
        _lock_functions()[0](descriptor)
    except OSError:
        return False
    return True


def _unlock(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        _lock_functions()[1](descriptor)
    os.close(descriptor)
