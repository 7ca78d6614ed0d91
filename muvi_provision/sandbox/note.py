"""``server.json``: which process serves the sandbox, and where."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

NAME = "server.json"


@dataclass(frozen=True)
class Note:
    """What is remembered of a running sandbox. ``started`` is ISO 8601."""

    pid: int
    endpoint: str
    identity: str
    started: str
    version: str
    speed: float
    account: str


def write(folder: Path, noted: Note) -> None:
    """Whole or not at all; readable by its owner only."""
    draft = _draft(folder)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(noted), file, indent=2)
    draft.replace(folder / NAME)


def read(folder: Path) -> Note | None:
    """The note, or None where there is none that can be read."""
    try:
        said = json.loads((folder / NAME).read_text())
        return Note(**{one.name: said[one.name] for one in fields(Note)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clear(folder: Path) -> None:
    """Make room for another. Raises OSError where none can be written."""
    draft = _draft(folder)
    draft.touch(mode=0o600)
    draft.unlink()
    (folder / NAME).unlink(missing_ok=True)


def _draft(folder: Path) -> Path:
    return folder / f"{NAME}.{os.getpid()}"


def forget(folder: Path, identity: str) -> None:
    """Remove the note, unless another server has written its own since. One that stays proves nothing."""
    noted = read(folder)
    if noted is None or noted.identity == identity:
        with suppress(OSError):
            (folder / NAME).unlink()
