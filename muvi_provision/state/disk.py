"""The few things the state asks of a disk, in one place so that tests can pull the plug at each."""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
from pathlib import Path

from muvi_provision.errors import StateNotWritten

NOBODY = "without its record nobody would know what was made"
_IN_THE_WAY = (errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)


def not_written(
    error: OSError, place: Path, *, why: str = NOBODY, again: tuple[str, ...] = ("muvi run",)
) -> StateNotWritten:
    """The product's error for a disk that refused to write at ``place``; ``again``: what to type once it takes it."""
    what, where = error.strerror or str(error), str(error.filename or place)
    return StateNotWritten(what, where=where, why=why, next=(*looks(error, place), *again))


def vanished(place: Path) -> StateNotWritten:
    """The product's error for a state that was there when the command began."""
    return StateNotWritten(
        "what was remembered is not there any more",
        where=str(place),
        why="somebody took it away while this was at work, or its disk has gone; bring it back, or have it rebuilt",
        next=("muvi state recover",),
    )


def looks(error: OSError, place: Path) -> tuple[str, ...]:
    """Commands that show what is amiss: whose it is and what stands there, or how full the disk is."""
    if os.name == "nt":
        return ()
    there = next((path for path in (place, *place.parents) if os.path.lexists(path)), Path())
    return (f"{'ls -ld' if error.errno in _IN_THE_WAY else 'df -h'} {shlex.quote(str(there))}",)


class Disk:
    """Durable writes. Every method raises OSError as the system does.

    What is written is private to its owner (mode 0600, folders 0700): the state names everything we own.
    """

    def read(self, path: Path) -> bytes | None:
        """The whole file, or None when there is none."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def is_there(self, path: Path) -> bool:
        try:
            return path.exists()
        except OSError:  # nobody may look, which is another matter
            return True

    def append(self, path: Path, content: bytes) -> None:
        """Adds to the end and returns once it is on the disk."""
        known = path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            _write_all(descriptor, content)
            _sync(descriptor)
        finally:
            os.close(descriptor)
        if not known:
            self._sync_folder(path.parent)

    def write(self, path: Path, content: bytes) -> None:
        """A whole new file, on the disk when this returns; not atomic, so never over one that is needed."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        """Puts ``old`` in the place of ``new``, all or nothing."""
        old.replace(new)
        self._sync_folder(new.parent)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def _sync_folder(self, folder: Path) -> None:
        with contextlib.suppress(PermissionError):  # Windows cannot open a folder, and need not
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _sync(descriptor: int) -> None:
    getattr(os, "fdatasync", os.fsync)(descriptor)
