"""A stage for displays: terminals that keep what was drawn, a clock that stands, and runs made of events."""

from __future__ import annotations

import io
import queue
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pyte
import pytest

from muvi_provision.cli.drawing.display import console
from muvi_provision.cli.drawing.place import Place
from muvi_provision.cli.drawing.progress import Moment
from muvi_provision.cli.drawing.screen import Screen
from muvi_provision.engine import events
from muvi_provision.engine.events import Counts, Event
from muvi_provision.engine.site import Report
from muvi_provision.errors import ReadinessFailed
from muvi_provision.resource import Verdict

T = TypeVar("T")
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PLACE = Place(account="123456789012", region="me-central-1", is_sandbox=True)
STEPS = (("1.1", "VPC", 1), ("1.4", "NAT gateway", 2), ("1.8", "Rules between the groups", 56))
ADVICE = "a NAT gateway needs a free address in its subnet and an attached internet gateway"
FAILURE = ReadinessFailed(
    "nat-gateway/a (nat-1) failed",
    where="subnet/public-a",
    why="InsufficientFreeAddressesInSubnet",
    next=("muvi teardown --only nat-gateway/a", "muvi run"),
)


class StandingClock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.time = 1000.0

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return START + timedelta(seconds=self.time - 1000.0)

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def next_of(self, arrivals: queue.SimpleQueue[T], within: float | None, *, busy: bool) -> T | None:
        try:
            return arrivals.get(timeout=0.005)
        except queue.Empty:
            return None


class Stream(io.StringIO):
    """A stream of some encoding, which refuses what that cannot write; ``terminal``: whether it says it is one."""

    def __init__(self, encoding: str = "utf-8", terminal: bool = False) -> None:
        super().__init__()
        self._encoding, self._terminal = encoding, terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        text.encode(self._encoding)
        return super().write(text)


class Terminal(Stream):
    """A terminal of some size. ``screen`` is what one would see; ``scrolled`` counts the lines that left its top."""

    def __init__(self, columns: int = 80, lines: int = 24, encoding: str = "utf-8") -> None:
        super().__init__(encoding, terminal=True)
        self.screen = pyte.HistoryScreen(columns, lines)
        self.screen.set_mode(pyte.modes.LNM)  # the line discipline adds the carriage return
        self._input = pyte.Stream(self.screen)

    def write(self, text: str) -> int:
        self._input.feed(text)
        return super().write(text)

    @property
    def seen(self) -> list[str]:
        """The lines on the screen, without empty ones at the end."""
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    @property
    def text(self) -> str:
        return "\n".join(self.seen)

    @property
    def scrolled(self) -> int:
        return len(self.screen.history.top)

    def colours(self) -> set[str]:
        """The foreground colours on the screen."""
        return {cell.fg for line in self.screen.buffer.values() for cell in line.values()}


class Stage:
    """A live screen on a terminal, played to by hand."""

    def __init__(self, clock: StandingClock, columns: int = 80, lines: int = 24, encoding: str = "utf-8", **env: str):
        self.clock = clock
        self.terminal = Terminal(columns, lines, encoding)
        self.console = console(self.terminal, {"TERM": "xterm-256color", **env})
        self.console.size = (columns, lines)
        self.pen = Screen(self.console, PLACE)

    def play(self, told: Iterable[Event], *, after: float = 1.0) -> Terminal:
        """Hears events, lets time pass and draws."""
        for event in told:
            self.pen.take(Moment(event, self.clock.monotonic(), self.clock.now()))
        self.clock.sleep(after)
        self.pen.tick(self.clock.monotonic())
        return self.terminal

    def resize(self, columns: int, lines: int) -> None:
        self.terminal.screen.resize(lines, columns)
        self.console.size = (columns, lines)


def start(steps: Iterable[tuple[str, str, int]] = STEPS) -> events.RunStart:
    return events.RunStart(command="run", env="uat", steps=tuple(steps))


def begin(resource: str, step: str = "1.4", verb: str = "create") -> events.Begin:
    return events.Begin(step=step, resource=resource, verb=verb)


def waiting(resource: str, elapsed: float, usual: float = 105, step: str = "1.4", why: str = ADVICE) -> events.Waiting:
    return events.Waiting(step=step, resource=resource, verb="create", elapsed_s=elapsed, usual_s=usual, why=why)


def settled(resource: str, step: str = "1.4", verdict: Verdict = Verdict.CREATE) -> events.Settled:
    return events.Settled(step=step, resource=resource, id="id-1", verdict=verdict, elapsed_s=2.0)


def failed(resource: str = "nat-gateway/a", step: str = "1.4") -> events.Failed:
    return events.Failed(step=step, resource=resource, error=FAILURE)


def troubled() -> Report:
    """The report of a run with a failure, things not tried, a closed gate and an interruption."""
    return Report(
        Counts(created=3, failed=1, skipped=2, waiting=1, same=4, api_calls=40, writes=9),
        errors={"nat-gateway/a": FAILURE},
        skipped={"route/app-a": "nat-gateway/a", "route/app-b": "nat-gateway/a"},
        gates={"gate/delegate-domain": "Ask the registrar to delegate uat.cinema.example to:\n  ns-1.example"},
        going_on=("load-balancer/api",),
        interrupted=True,
    )


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()
