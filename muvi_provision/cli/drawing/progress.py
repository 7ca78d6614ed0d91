"""What a run has come to so far, told by its events: the one account that every display draws from."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from muvi_provision.cli.drawing.glyphs import DONE, size
from muvi_provision.engine import events
from muvi_provision.engine.events import Counts, Event
from muvi_provision.errors import MuviError


@dataclass(frozen=True)
class Moment:
    """An event and when it was heard: seconds of the clock, and the date and time."""

    event: Event
    at: float
    when: datetime


@dataclass
class Active:
    """Something being created, updated, deleted, done or waited for.

    began: seconds of the clock. part: how much of it is over, where that is told.
    """

    address: str
    step: str
    verb: str
    began: float
    when: datetime
    usual_s: float = 0.0
    why: str = ""
    part: str = ""

    def elapsed(self, now: float) -> float:
        return max(0.0, now - self.began)

    def is_late(self, now: float) -> bool:
        """Whether it takes longer than such a thing usually does."""
        return 0 < self.usual_s < self.elapsed(now)


@dataclass
class StepProgress:
    """One step: how many things it has, and which of them are over."""

    number: str
    title: str = ""
    total: int = 0
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    gates: set[str] = field(default_factory=set)
    is_over: bool = False

    @property
    def finished(self) -> int:
        """How many of its things are there. What is done without an event counts once the step is over."""
        lost = len(self.failed) + len(self.skipped) + len(self.gates)
        return (
            max(len(self.done), self.total - lost)
            if self.is_over
            else min(len(self.done), self.total or len(self.done))
        )

    @property
    def has_begun(self) -> bool:
        return self.is_over or bool(self.done or self.failed or self.skipped or self.gates)


class Progress:
    """Counts and remembers. Lives on one thread."""

    def __init__(self) -> None:
        self.command = self.env = ""
        self.began: float | None = None
        self.steps: dict[str, StepProgress] = {}
        self.active: dict[str, Active] = {}
        self.failures: dict[str, MuviError] = {}
        self.gates: dict[str, str] = {}
        self.tally: Counter[str] = Counter()
        self.is_stopping = False

    def take(self, moment: Moment) -> None:
        """Hears one event."""
        event = moment.event
        if self.began is None:
            self.began = moment.at
        match event:
            case events.RunStart():
                self.command, self.env = event.command, event.env
                # a step without things is over before it begins, and no event will say so
                self.steps = {n: StepProgress(n, title, total, is_over=not total) for n, title, total in event.steps}
            case events.Begin() | events.Waiting():
                self._at_work(event, moment)
            case events.Moved():
                if active := self.active.get(event.resource):
                    active.part = f"{size(event.done)} of {size(event.total)}"
            case events.StepEnd():
                self._step_over(event.step)
            case events.Stopping():
                self.is_stopping = True
            case _:
                self._over(event)

    def _at_work(self, event: events.Begin | events.Waiting, moment: Moment) -> None:
        began = moment.at - (event.elapsed_s if isinstance(event, events.Waiting) else 0.0)
        new = Active(event.resource, event.step, event.verb, began, moment.when)
        active = self.active.setdefault(event.resource, new)
        if isinstance(event, events.Waiting):
            active.began = min(active.began, began)
            active.usual_s, active.why = event.usual_s, event.why

    def _step_over(self, number: str) -> None:
        self.step(number).is_over = True
        for address in [address for address, active in self.active.items() if active.step == number]:
            del self.active[address]

    def _over(self, event: Event) -> None:
        step = self.step(event.step)
        self.active.pop(event.resource, None)
        match event:
            case events.Settled():
                step.done.add(event.resource)
                self.tally[DONE[event.verdict]] += 1
            case events.Deleted():
                step.done.add(event.resource)
                self.tally["deleted"] += 1
            case events.Failed():
                step.failed.add(event.resource)
                self.failures[event.resource] = event.error
            case events.Skipped():
                step.skipped.add(event.resource)
            case events.GateClosed():
                step.gates.add(event.resource)
                self.gates[event.resource] = event.instructions

    def step(self, number: str) -> StepProgress:
        """The step of that number; one that was not announced is added."""
        return self.steps.setdefault(number, StepProgress(number)) if number else StepProgress("")

    def elapsed(self, now: float) -> float:
        return 0.0 if self.began is None else max(0.0, now - self.began)

    def longest(self) -> list[Active]:
        """What is going on, longest-running first."""
        return sorted(self.active.values(), key=lambda active: active.began)

    @property
    def finished(self) -> int:
        return sum(step.finished for step in self.steps.values())

    @property
    def total(self) -> int:
        return sum(max(step.total, step.finished) for step in self.steps.values())

    def counts(self, tally: tuple[int, int] = (0, 0)) -> Counts:
        """The counts as far as the events tell, and the calls that were made: for a run that ends without a report."""
        return dataclasses.replace(
            Counts(created=self.tally["created"], updated=self.tally["updated"], same=self.tally["unchanged"]),
            deleted=self.tally["deleted"],
            failed=len(self.failures),
            waiting=len(self.gates),
            skipped=sum(len(step.skipped) for step in self.steps.values()),
            api_calls=tally[0],
            writes=tally[1],
        )


def late(active: Iterable[Active], now: float) -> list[Active]:
    """Those that take longer than usual."""
    return [one for one in active if one.is_late(now)]
