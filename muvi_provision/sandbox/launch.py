"""Bringing up a process that outlives the command that started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

LOG = "server.log"


def spawn(folder: Path, identity: str, settings: Mapping[str, Any]) -> int:
    """Start the server; where its part of the log begins."""
    command = [sys.executable, "-m", "muvi_provision.sandbox.serve", "--folder", str(folder.resolve())]
    command += ["--identity", identity, "--settings", json.dumps(settings)]
    with (folder / LOG).open("ab") as log:
        begin = log.tell()
        _detached(command, log)
    return begin


def _detached(command: list[str], log: IO[bytes]) -> None:
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "env": _environment()}
    if os.name == "posix":
        # it forks and its first half ends at once: nobody's child, and nobody has to wait for it
        subprocess.run([*command, "--detach"], check=False, start_new_session=True, **streams)  # noqa: S603
        return
    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    child = subprocess.Popen(command, creationflags=flags, close_fds=True, **streams)  # noqa: S603
    child.returncode = 0  # it is meant to outlive us: no warning about that


def _environment() -> dict[str, str]:
    """Without any credentials; and this very package, wherever it was imported from."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("AWS_", "BOTO_"))}
    home = str(Path(__file__).resolve().parents[2])
    paths = [home, *(one for one in kept.get("PYTHONPATH", "").split(os.pathsep) if one)]
    return kept | {"PYTHONPATH": os.pathsep.join(paths), "AWS_EC2_METADATA_DISABLED": "true"}


def complained(folder: Path, begin: int) -> bool:
    """Whether the log says that it will not come up."""
    said = last_lines(folder, begin)
    return "cannot listen" in said or "Traceback (most recent call last)" in said


def last_lines(folder: Path, begin: int, lines: int = 8) -> str:
    with (folder / LOG).open("rb") as log:
        log.seek(begin)
        said = log.read().decode("utf-8", "replace").strip().splitlines()
    return "\n".join(said[-lines:]) or "its log says nothing"
