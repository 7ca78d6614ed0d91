"""Short stories of processes that die, lose answers and are refused, told by Hypothesis on one small network.

After every process the state must be sound; at the end everything wanted is there once, a second run writes nothing,
no secret was written down, and a teardown leaves nothing.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from muvi_provision import runbook
from muvi_provision.errors import MuviError
from muvi_provision.sandbox.faults import Faults
from muvi_provision.state.store import State
from tests.canonical import addresses
from tests.world import World

STEPS = ("1.1", "1.2", "1.3", "1.4", "1.7", "1.8", "1.10")
"""A network with its gateways, groups and rules, and an authority with its secrets: all in well under a second."""


@dataclass(frozen=True)
class Act:
    """One process: what it does, and what befalls it at which of its mutating calls or state writes."""

    job: str  # run, teardown, plan, drift
    fate: str  # none, before, after, lost, torn, full
    point: int


@dataclass(frozen=True)
class Story:
    """A cloud's mood and the processes that live through it. An instant cloud (speed 0) shows at once what it made.

    trouble: what lasts until somebody does something about it, by its name in ``TROUBLES``; "" for none.
    """

    acts: tuple[Act, ...]
    speed: int
    lag_s: int
    throttle: bool
    errors: frozenset[int]
    trouble: str
    seed: int


@dataclass
class Found:
    """What went wrong, by its name in the table."""

    counts: Counter[str] = field(default_factory=Counter)

    def note(self, what: str, story: object) -> None:
        self.counts[what] += 1
        raise AssertionError(f"{what}: {story}")


TROUBLES: dict[str, dict[str, Any]] = {
    "": {},
    "signed out": {"expire_credentials_after": 45},
    "not allowed to make": {"deny": frozenset({"ec2:CreateNatGateway", "ec2:AuthorizeSecurityGroupIngress"})},
    "not allowed to delete": {"deny": frozenset({"ec2:DeleteSubnet", "secretsmanager:DeleteSecret"})},
    "never ready": {"never_ready": frozenset({"nat_gateway"})},
    "fails": {"fail_ready": frozenset({"nat_gateway"})},
}
ACTS = st.builds(
    Act,
    job=st.sampled_from(["run", "run", "run", "teardown", "plan", "drift"]),
    fate=st.sampled_from(["none", "before", "after", "lost", "write before", "write torn", "write after"]),
    point=st.integers(0, 60),
)
STORIES = st.builds(
    Story,
    acts=st.lists(ACTS, min_size=1, max_size=5).map(tuple),
    speed=st.sampled_from([0, 1]),
    lag_s=st.sampled_from([0, 0, 3, 20]),
    throttle=st.booleans(),
    errors=st.frozensets(st.integers(1, 80), max_size=4),
    trouble=st.sampled_from(["", *TROUBLES]),
    seed=st.integers(0, 10_000),
)


def told(story: Story, found: Found) -> None:
    """Lives through it. Raises AssertionError with the story when a promise is broken."""
    with tempfile.TemporaryDirectory() as folder:
        one = world(Path(folder), story)
        before = one.cloud.snapshot()
        for act in story.acts:
            _lived(one, act)
            _sound(one, story, found)
        one.cloud.faults = Faults()
        if story.trouble == "fails":  # what was begun before is doomed, and said to have failed once more
            one.run()
        _ends_well(one, before, story, found)


def world(folder: Path, story: Story) -> World:
    throttle = {"*": (20.0, 10)} if story.throttle else {}
    faults = Faults(throttle=throttle, error_before=story.errors, seed=story.seed, **TROUBLES[story.trouble])
    one = World(
        folder,
        "tiny",
        seed=story.seed + 1,
        threads=4,
        speed=story.speed,
        faults=faults,
        lag_s=story.lag_s * story.speed,
        bare=True,
    )
    one.steps = tuple(step for step in runbook.steps() if step.number in STEPS)
    return one


def _lived(one: World, act: Act) -> None:
    """One process; that AWS refuses something for good is no concern here."""
    job: Callable[..., Any] = getattr(one, act.job)
    try:
        match act.fate.split():
            case ["before" | "after" as how] if act.job in ("run", "teardown"):
                one.killed_at_call(job, act.point, how)
            case ["write", how] if act.job in ("run", "teardown"):
                one.killed_at_write(job, act.point, how)
            case ["lost"]:
                one.losing_answers(job, range(act.point % 3, 200, 3))
            case _:
                job()
    except MuviError:
        return


def _sound(one: World, story: Story, found: Found) -> None:
    """What is on disk can be read, and contradicts itself nowhere."""
    state = State.open(one.folder, one.environment.name, one.clock, one.border().chance)
    if problems := list(state.contents().complaints()):
        found.note("damaged states", (problems, story))


def _ends_well(one: World, before: Any, story: Story, found: Found) -> None:
    report = one.run()
    if report.errors:
        found.note("re-runs that failed", (report.errors, story))
    known = addresses(one.cloud.snapshot())
    if len(known) != len(set(known)):
        found.note("made twice", ([a for a in known if known.count(a) > 1], story))
    if one.run().counts.writes:
        found.note("second runs that wrote", story)
    if any("PRIVATE KEY" in path.read_text(errors="replace") for path in one.folder.rglob("*") if path.is_file()):
        found.note("secrets written down", story)
    report = one.teardown()
    if report.errors or one.cloud.snapshot() != before:
        found.note("left over", (report.errors, story))
