"""Starting, finding and stopping the sandbox's background process.

There is one for each state folder. It outlives the command that started it and is remembered in
``<state>/sandbox/server.json``; its process id alone proves nothing (ids are used again), so it is asked for
the identity that is written there.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muvi_provision.clock import Clock, SystemClock
from muvi_provision.errors import SandboxError
from muvi_provision.sandbox import launch, note
from muvi_provision.sandbox.filelock import one_at_a_time
from muvi_provision.state.disk import looks

if TYPE_CHECKING:
    from muvi_provision.sandbox.faults import Faults

DUMP = "cloud.pickle"
NEEDED = ("moto", "flask", "flask_cors")
DEADLINE_S = 30.0
_POLL_S = 0.05


@dataclass(frozen=True)
class Running:
    """A sandbox that answers at ``endpoint``; STS will name ``account``, ``faults`` are as ``Faults.of`` takes them."""

    endpoint: str
    pid: int
    started: datetime
    speed: float
    account: str
    faults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def credentials(self) -> dict[str, str]:
        """For boto3: never real ones."""
        return {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}


def start(
    state_dir: Path,
    *,
    speed: float = 100,
    faults: Faults | Mapping[str, Any] | None = None,
    quotas: Mapping[str, int] | None = None,
    account: str | None = None,
    lag_s: float = 0,
    port: int = 0,
    clock: Clock | None = None,
    deadline_s: float = DEADLINE_S,
) -> Running:
    """The sandbox of ``state_dir``: the one that runs (whatever its settings), else a new one.

    Raises:
        SandboxError: a library is missing, its folder cannot be written, or the process did not come up in time.
    """
    check_installed()
    folder = _folder(state_dir)
    settings: dict[str, Any] = {"speed": speed, "quotas": dict(quotas or {}), "lag_s": lag_s, "port": port}
    settings |= {"faults": _plain(faults)} | ({"account": account} if account else {})
    try:
        with one_at_a_time(folder):
            return _live(folder) or _launch(folder, settings, clock or SystemClock(), deadline_s)
    except OSError as error:
        raise _unwritable(error, folder) from error


def status(state_dir: Path) -> Running | None:
    """The sandbox that runs, or None."""
    return _live(state_dir / "sandbox")


def stop(state_dir: Path, *, clock: Clock | None = None, deadline_s: float = DEADLINE_S) -> bool:
    """Stop it, keeping its contents for the next start; False when none was running."""
    folder, waiting = state_dir / "sandbox", clock or SystemClock()
    running = _live(folder)
    if running is None:
        return False
    with suppress(SandboxError):  # it may be gone before its answer is out
        control(running, "stop")
    end = waiting.monotonic() + deadline_s
    while not _has_left(folder, running.pid):
        if waiting.monotonic() > end:
            raise SandboxError(f"process {running.pid} did not stop in {deadline_s:.0f} s", where=str(folder))
        waiting.sleep(_POLL_S)
    return True


def _has_left(folder: Path, pid: int) -> bool:
    """Whether it took its note away; where it may not, whether nobody answers any more."""
    noted = note.read(folder)
    if noted is None or noted.pid != pid:
        return True
    return not os.access(folder, os.W_OK) and _live(folder) is None


def reset(state_dir: Path) -> bool:
    """Empty it, running or not; False when there was nothing to empty. Raises SandboxError."""
    folder = state_dir / "sandbox"
    running = _live(folder)
    if running is not None:
        control(running, "reset")
        return True
    kept = (folder / DUMP).exists()
    try:
        (folder / DUMP).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(error, folder) from error
    return kept


def control(running: Running, verb: str, said: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Ask the control address: health, stats, settings, rules, snapshot, reset, stop, dns, web, delegate, authorise."""
    request = urllib.request.Request(  # noqa: S310 (always http://127.0.0.1)
        f"{running.endpoint}/_sandbox/{verb}", data=json.dumps(said or {}).encode(), method="POST"
    )
    try:
        with _direct().open(request, timeout=30) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        raise SandboxError(f"the sandbox refuses {verb}", where=running.endpoint, why=_refusal(error)) from error
    except (OSError, ValueError) as error:
        raise SandboxError(f"the sandbox does not answer {verb}", where=running.endpoint, why=str(error)) from error


def _refusal(error: urllib.error.HTTPError) -> str:
    """The reason that it gave."""
    try:
        with error:
            return str(json.load(error)["error"])
    except (OSError, ValueError, KeyError):
        return str(error)


def _direct() -> urllib.request.OpenerDirector:
    """No proxy: one that is set in the environment must not be asked for 127.0.0.1."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _folder(state_dir: Path) -> Path:
    folder = state_dir / "sandbox"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(error, folder) from error
    return folder


def _unwritable(error: OSError, folder: Path) -> SandboxError:
    why = ": ".join(filter(None, (Path(error.filename or "").name, error.strerror or str(error))))
    again = (*looks(error, folder), "muvi sandbox start")
    return SandboxError("its folder cannot be written", where=str(folder), why=why, next=again)


def _plain(faults: Faults | Mapping[str, Any] | None) -> Mapping[str, Any]:
    return faults if isinstance(faults, Mapping) else faults.plain() if faults else {}


def check_installed() -> None:
    """Raises SandboxError where a library is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise SandboxError(
            f"{', '.join(missing)} not installed",
            why="the sandbox is an optional part",
            next=("pip install 'muvi-provision[sandbox]'",),
        )


def _live(folder: Path) -> Running | None:
    """The server of this folder, when its process and its port answer with its identity."""
    noted = note.read(folder)
    if noted is None:
        return None
    running = Running(noted.endpoint, noted.pid, datetime.fromisoformat(noted.started), noted.speed, noted.account)
    try:
        with _direct().open(f"{noted.endpoint}/_sandbox/health", timeout=5) as answer:
            said = json.load(answer)
    except (OSError, ValueError):
        return None
    if (said.get("identity"), said.get("pid")) != (noted.identity, noted.pid):
        return None
    return replace(running, faults=said.get("faults", {}))


def _launch(folder: Path, settings: Mapping[str, Any], clock: Clock, deadline_s: float) -> Running:
    note.clear(folder)
    identity = secrets.token_hex(16)
    end = clock.monotonic() + deadline_s
    begin = launch.spawn(folder, identity, settings)
    while clock.monotonic() < end:
        noted = note.read(folder)
        if noted is not None and noted.identity == identity and (running := _live(folder)):
            return running
        if launch.complained(folder, begin):
            break
        clock.sleep(_POLL_S)
    said, again = launch.last_lines(folder, begin), ("muvi-provision sandbox start",)
    raise SandboxError("it did not come up", where=str(folder / launch.LOG), why=said, next=again)
