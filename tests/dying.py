"""How a process of a world dies: what blows, and the disks that die with it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

from muvi_provision.state.disk import Disk


class Killed(BaseException):
    """The process died here."""


@dataclasses.dataclass
class Fuse:
    """Blows when its count is used up; afterwards everything is dead. ``None`` never blows."""

    left: int | None = None
    dead: bool = False
    passed: int = 0
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def burn(self) -> bool:
        """Counts one point; whether this is the one where it blows."""
        with self._lock:
            if self.dead:
                raise Killed
            self.passed += 1
            if self.left is None:
                return False
            self.left -= 1
            self.dead = self.left < 0
            return self.dead

    def check(self) -> None:
        if self.dead:
            raise Killed


class FusedDisk(Disk):
    """A disk that dies before, in the middle of, or after one write."""

    def __init__(self, fuse: Fuse, how: str) -> None:
        self.fuse, self.how = fuse, how

    def append(self, path: Path, content: bytes) -> None:
        self._write(lambda part: super(FusedDisk, self).append(path, part), content)

    def write(self, path: Path, content: bytes) -> None:
        self._write(lambda part: super(FusedDisk, self).write(path, part), content)

    def rename(self, old: Path, new: Path) -> None:
        self._write(lambda part: super(FusedDisk, self).rename(old, new) if part else None, b"1")

    def remove(self, path: Path) -> None:
        self._write(lambda part: super(FusedDisk, self).remove(path) if part else None, b"1")

    def _write(self, write: Callable[[bytes], None], content: bytes) -> None:
        if not self.fuse.burn():
            return write(content)
        if self.how == "torn" and len(content) > 1:
            write(content[: len(content) // 2])
        elif self.how == "after":
            write(content)
        raise Killed


class DeadDisk(Disk):
    """A disk that nobody writes to any more once the process is dead."""

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse

    def append(self, path: Path, content: bytes) -> None:
        self.fuse.check()
        super().append(path, content)

    def write(self, path: Path, content: bytes) -> None:
        self.fuse.check()
        super().write(path, content)

    def rename(self, old: Path, new: Path) -> None:
        self.fuse.check()
        super().rename(old, new)
