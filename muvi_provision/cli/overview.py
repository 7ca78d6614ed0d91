"""How far the runbook has come, from the steps and the state alone: nothing here asks AWS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muvi_provision.engine.stack import Check, Gate, Node, Wanted
from muvi_provision.resource import Resource
from muvi_provision.state.records import DELETING, INTENDED, READY

if TYPE_CHECKING:
    from muvi_provision.engine.stack import Stack, Step
    from muvi_provision.runbook import Day
    from muvi_provision.state.records import Record
    from muvi_provision.state.store import State

ABSENT, DONE, WAITING, RESTING = "absent", "done", "waiting", "not yet"
LISTS = {
    "gate/secrets": "muvi secrets list",
    "gate/images": "muvi images list",
    "gate/delegation": "muvi outputs name-servers",
    "gate/functions": "muvi functions list",
    "gate/audit": "muvi run --step 5.6",
    "gate/connection": "muvi outputs connections",
}
"""By gate, in the runbook's order, the command that shows what it waits for and how it is opened."""


@dataclass(frozen=True)
class Thing:
    """One thing a step asks for, and how far it is: absent, intended, made, ready, deleting; done for acts and gates.

    What is wanted but not to be made yet (a function without code) is resting: nothing is missing.

    A gate that nothing stands on is waiting until it is done: for a person, while all else goes on.

    ``live`` is what AWS shows, where it was asked: same, update, vanished, blocked, or a reason it is not ready.
    """

    address: str
    kind: str
    status: str
    id: str = ""
    since: str = ""
    live: str = ""

    @property
    def is_there(self) -> bool:
        return self.status in (READY, DONE, RESTING)

    @property
    def is_in_flight(self) -> bool:
        """Whether something was begun and not finished."""
        return self.status not in (READY, DONE, ABSENT, WAITING, RESTING)


@dataclass(frozen=True)
class StepView:
    """One step and its things, in the order they are asked for. resting: those not to be made yet, which are done.

    looks: whether it makes nothing and only asks, as the smoke tests do.
    """

    number: str
    title: str
    things: tuple[Thing, ...]
    looks: bool = False

    @property
    def resting(self) -> int:
        return sum(thing.status == RESTING for thing in self.things)

    @property
    def done(self) -> int:
        return sum(thing.is_there for thing in self.things)


@dataclass(frozen=True)
class DayView:
    """One day and its steps."""

    number: int
    name: str
    title: str
    steps: tuple[StepView, ...]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def total(self) -> int:
        return sum(len(step.things) for step in self.steps)


@dataclass(frozen=True)
class Overview:
    """Days, steps and things. ``orphans``: recorded, but no step asks for them any more. ``holder``: who is at work."""

    days: tuple[DayView, ...]
    orphans: tuple[Thing, ...] = ()
    account: str = ""
    region: str = ""
    holder: str = ""
    last_change: str = ""

    @property
    def things(self) -> list[Thing]:
        return [thing for day in self.days for step in day.steps for thing in step.things]


def is_there(node: Node, state: State) -> bool:
    """Whether one thing a step asks for is finished, as far as the state knows. Checks always are."""
    return isinstance(node, Check) or _thing(node, state, {}).is_there


def is_by_the_way(node: Node) -> bool:
    """A gate that is asked in every run: what it waits for keeps no day from being finished."""
    return isinstance(node, Gate) and not node.lasting


def asked_of_you(stack: Stack, steps: Iterable[str]) -> tuple[str, ...]:
    """The command that lists what each gate of those steps waits for; for one that has none, the run that says it."""
    gates = [node for nodes in things_of(stack, steps).values() for node in nodes if is_by_the_way(node)]
    return tuple(LISTS.get(gate.address, f"muvi run --step {gate.step}") for gate in gates)


def things_of(stack: Stack, numbers: Iterable[str]) -> dict[str, list[Node]]:
    """By step number, what the steps ask for, checks left out."""
    found: dict[str, list[Node]] = {number: [] for number in numbers}
    for node in stack.nodes.values():
        if node.step in found and not isinstance(node, Check):
            found[node.step].append(node)
    return found


def looking(stack: Stack) -> dict[str, set[str]]:
    """The steps that make nothing and only ask, each with the addresses that it asks about."""
    checks: dict[str, set[str]] = {}
    for node in stack.nodes.values():
        if isinstance(node, Check):
            checks.setdefault(node.step, set()).update(node.needs)
    making = {node.step for node in stack.nodes.values() if not isinstance(node, Check)}
    return {step: needs for step, needs in checks.items() if step not in making}


def missing(stack: Stack, steps: Iterable[Step], state: State) -> list[Resource]:
    """The resources of those steps that are not there yet, as far as the state knows; look-ups left out."""
    nodes = [node for nodes in things_of(stack, [step.number for step in steps]).values() for node in nodes]
    wanted = [node for node in nodes if isinstance(node, Wanted) and not node.resource.declared.lookup]
    return [node.resource for node in wanted if not is_there(node, state)]


def resting(stack: Stack, steps: Iterable[str], state: State) -> int:
    """How many things of those steps are wanted, but not to be made yet."""
    nodes = [node for nodes in things_of(stack, steps).values() for node in nodes]
    return sum(_thing(node, state, {}).status == RESTING for node in nodes)


def overview(stack: Stack, days: Iterable[Day], state: State, live: Mapping[str, str], holder: str = "") -> Overview:
    """What the steps ask for, held against the state. ``live``: what AWS shows, by address."""
    views = tuple(
        DayView(day.number, day.name, day.title, tuple(_step(stack, step, state, live) for step in day.steps))
        for day in days
    )
    records = state.records()
    orphans = [record for record in records if record.address not in stack.nodes]
    changes = [time for record in records for time in (record.intended_at, record.made_at, record.ready_at) if time]
    return Overview(
        views,
        orphans=tuple(Thing(r.address, r.kind, r.status, r.id or "", r.ready_at or r.made_at) for r in orphans),
        account=state.header.account,
        region=state.header.region,
        holder=holder,
        last_change=max(changes, default=""),
    )


def _step(stack: Stack, step: Step, state: State, live: Mapping[str, str]) -> StepView:
    nodes, looks = things_of(stack, [step.number])[step.number], step.number in looking(stack)
    return StepView(step.number, step.title, tuple(_thing(node, state, live) for node in nodes), looks)


def _thing(node: Node, state: State, live: Mapping[str, str]) -> Thing:
    address, kind = node.address, node.address.partition("/")[0]
    record, deed = state.record(address), state.deed(address)
    if deed:
        resting = isinstance(node, Wanted) and record is None
        return Thing(address, kind, RESTING if resting else DONE, since=deed.done_at)
    if record is None and is_by_the_way(node) and _is_begun(node, state):
        return Thing(address, kind, WAITING)
    if record is None:
        return Thing(address, kind, ABSENT, live=live.get(address, ""))
    since = {INTENDED: record.intended_at, READY: record.ready_at}.get(record.status, record.made_at)
    return Thing(address, kind, record.status, record.id or "", since, live.get(address, ""))


def _is_begun(node: Node, state: State) -> bool:
    """Whether what it asks about is there; one that stands on nothing asks once its step was gone through."""
    if not node.needs:
        return any(record.step == node.step for record in state.records())
    return any(state.values(need) for need in node.needs)


def in_flight(view: Overview) -> list[Thing]:
    """What was begun and is not finished: being made, or being deleted."""
    idle = {thing.address for thing in never_made(view)}
    return [thing for thing in (*view.things, *view.orphans) if thing.is_in_flight and thing.address not in idle]


def waiting(view: Overview) -> list[str]:
    """The steps in which something waits for a person."""
    return [step.number for day in view.days for step in day.steps if any(t.status == WAITING for t in step.things)]


def never_made(view: Overview) -> list[Thing]:
    """What was only intended when the last run ended; while somebody is at work it is in flight instead."""
    if view.holder:
        return []
    return [thing for thing in (*view.things, *view.orphans) if thing.status == INTENDED]


def advice(view: Overview, records: Iterable[Record], day: str | None = None) -> str:
    """What to type next. ``day``: the one that was asked for, as it was typed."""
    records = list(records)
    if view.holder:
        return "muvi status --watch"
    if going := {_day_of(record) for record in records if record.status == DELETING}:
        # a teardown of one day must not go on as one of them all
        one = going == {_day_of(record) for record in records} or len(going) > 1
        return _with_day("muvi teardown", day or ("" if one else f"day{going.pop()}"))
    if all(thing.is_there or thing.status == WAITING for thing in view.things):
        waits = any(thing.status == WAITING for thing in view.things)
        return _with_day("muvi run" if waits else "muvi verify", day)
    return _with_day("muvi run", day) if records else "muvi plan day1"


def _day_of(record: Record) -> str:
    return record.step.partition(".")[0]


def _with_day(command: str, day: str | None) -> str:
    return f"{command} {day}" if day else command


def nothing_in(state: State) -> str:
    """That nothing is remembered, and where it was looked for: another folder has another state."""
    return f"nothing is recorded in {state.files.folder.absolute()}"
