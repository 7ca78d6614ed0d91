"""A tool is killed at one point; then it is run again, as anybody would, and told to take everything down."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.peers.place import Place, Point
from tests.peers.tools import Tool, Unreadable

PATIENCE_S = 240.0  # for one command, which takes a third of that: it is told to end then, and has failed


@dataclass(frozen=True)
class Undisturbed:
    """What a run and a teardown that nobody kills come to: how many of each kind, in how many mutating calls."""

    kinds: Counter[str]
    writes: int


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    unreadable: the state, after the kill. again, down: why the plain second run, and the teardown after it, failed;
    empty when they did not. twice: how many objects too many there were between the two. orphans: what was there
    after all that and is in no state. left: what was there and is known.
    """

    tool: str
    point: Point
    unreadable: bool
    again: str
    twice: int
    down: str
    orphans: int
    left: int


def undisturbed(tool: Tool, place: Place) -> Undisturbed:
    """Raises AssertionError when even this fails: then nothing else can be told from it."""
    assert not (why := _failure(tool, tool.up)), why
    found = Undisturbed(place.kinds(), place.cloud.log.writes)
    assert not (why := _failure(tool, tool.down)), why
    assert not place.things()
    return found


def killed(tool: Tool, place: Place, point: Point, wanted: Undisturbed) -> Outcome:
    """Raises AssertionError when the tool got to its end before the point came."""
    with _begun(tool, tool.up, tool.folder / "killed.txt") as child:
        place.cloud.set(point, lambda: _kill(child))
        assert child.wait(PATIENCE_S) == -signal.SIGKILL, f"{tool.name} ended before {point}"
    unreadable = _known(tool) is None
    again = _failure(tool, tool.up)
    twice = (place.kinds() - wanted.kinds).total()
    down = _failure(tool, tool.down)
    known, things = _known(tool) or set(), set(place.things())
    return Outcome(tool.name, point, unreadable, again, twice, down, len(things - known), len(things & known))


def _known(tool: Tool) -> set[str] | None:
    try:
        return tool.known(tool.folder)
    except Unreadable:
        return None


@contextmanager
def _begun(tool: Tool, command: tuple[str, ...], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """In a group of its own, so that its plugins die with it, as they do when a machine goes."""
    with log.open("wb") as said:
        child = subprocess.Popen(
            command,
            cwd=tool.folder,
            env=dict(tool.environ),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            yield child
        finally:
            if child.poll() is None:
                _kill(child)
                child.wait()


def _kill(child: subprocess.Popen[bytes]) -> None:
    os.killpg(child.pid, signal.SIGKILL)


def _failure(tool: Tool, command: tuple[str, ...]) -> str:
    """What a command says is wrong; empty when it ends well."""
    log = tool.folder / "said.txt"
    with _begun(tool, command, log) as child:
        try:
            code = child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGTERM)  # it may still write its state
            with suppress(subprocess.TimeoutExpired):
                child.wait(PATIENCE_S)
            return f"no end after {PATIENCE_S:.0f} s"
    return _reason(log.read_text(errors="replace")) or f"code {code}" if code else ""


def _reason(said: str) -> str:
    """The errors that were told, by AWS's code where they have one, and how often."""
    lines = [line.strip(" │╷╵") for line in said.splitlines()]
    errors = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    codes = [code[1] if (code := re.search(r"api error ([\w.]+)", error)) else error for error in errors]
    return ", ".join(f"{code} ({times})" if times > 1 else code for code, times in Counter(codes).items())
