"""The few things the state asks of a disk, in one place so that tests can pull the plug at each."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from muvi_provision.errors import StateNotWritten


def not_written(error: OSError, place: Path) -> StateNotWritten:
    """The product's error for a disk that refused to write at ``place``."""
    look = () if os.name == "nt" else (f"df -h {place.parent}",)
    return StateNotWritten(
        error.strerror or str(error),
        where=str(error.filename or place),
        why="without its record nobody would know what was made",
        next=(*look, "muvi run"),
    )


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
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
