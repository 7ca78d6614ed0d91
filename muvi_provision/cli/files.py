"""Files a person asked for."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from muvi_provision.errors import NameTaken, UsageError


def written(path: Path, text: str, option: str = "--out") -> None:
    """Writes a file in UTF-8. Raises UsageError when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written", where=option, why=error.strerror or str(error)) from error


def zip_written(path: Path, content: bytes, command: str, *, force: bool) -> bool:
    """Writes a zip whole or not at all; whether it is another one than before.

    Raises NameTaken for another one that is there (unless ``force``), UsageError when it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        before = path.read_bytes() if path.is_file() else None
        if before == content:
            return False
        if before is not None and not force:
            again = f"{command} --force", "muvi functions list"
            raise NameTaken(f"{path} is another zip", why="it may be a copy of another account's code", next=again)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise UsageError(f"{path} cannot be written", why=error.strerror or str(error), next=("df -h .",)) from error
    return True
