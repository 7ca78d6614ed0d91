"""Processes on a shelf: each ``site`` is a new process with the same state folder and the same shelf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.waits import Pace
from muvi_provision.engine import events
from muvi_provision.engine.applier import Applier
from muvi_provision.engine.drift import Drift, find_drift
from muvi_provision.engine.planner import Plan, Planner
from muvi_provision.engine.site import Report, Site
from muvi_provision.engine.stack import Stack, Step
from muvi_provision.engine.undoing import Undoer
from muvi_provision.naming import Ownership
from muvi_provision.resource import Declared
from muvi_provision.state.disk import Disk
from muvi_provision.state.store import State
from tests.unit.engine.shelf import KINDS, Counting, Leaping, Shelf, ShelfBorder

Body = Callable[[Stack], Any]


class Bench:
    """One shelf, one state folder, and the steps that are asked for just now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Leaping()
        self.shelf = Shelf(self.clock)
        self.chance = Counting()
        self.heard: list[events.Event] = []
        self.steps: list[Step] = []
        self.threads = 4
        self.disk: Disk | None = None

    def asks(self, *bodies: Body) -> None:
        """The steps 1.1, 1.2 and so on, in place of those before."""
        self.steps = [Step(f"1.{place}", f"step {place}", body) for place, body in enumerate(bodies, 1)]

    @property
    def numbers(self) -> set[str]:
        return {step.number for step in self.steps}

    def stack(self) -> Stack:
        stack = Stack(environment=None)
        stack.record(self.steps)
        return stack

    def state(self) -> State:
        return State.open(self.folder, "uat", self.clock, self.chance, self.disk)

    def site(self) -> Site:
        state = self.state()
        if state.is_new:
            state.pin("000011112222", "nowhere")
        aws = Aws(ShelfBorder(self.shelf, self.clock), Ownership("uat", state.header.lineage), "nowhere")
        return Site(state, aws, self.clock, self.chance, self.heard.append, Pace(1.0), self.threads)

    def run(self, steps: Iterable[str] | None = None) -> Report:
        return Applier(self.site()).run(self.stack(), set(steps) if steps else self.numbers)

    def plan(self, steps: Iterable[str] | None = None) -> Plan:
        return Planner(self.site()).plan(self.stack(), set(steps) if steps else self.numbers)

    def teardown(self, only: Iterable[str] = ()) -> Report:
        site, chosen = self.site(), set(only)
        return Undoer(site).run([r for r in site.state.records() if not chosen or r.address in chosen])

    def drift(self) -> Drift:
        site = self.site()
        return find_drift(site.state.records(), site)

    def status(self) -> dict[str, str]:
        return {record.address: record.status for record in self.state().records()}

    def of(self, kind: type[events.Event]) -> list[Any]:
        return [event for event in self.heard if type(event) is kind]


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind, made in KINDS.items():
        monkeypatch.setitem(Declared.kinds, kind, made)
    yield


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "state")
