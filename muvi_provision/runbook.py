"""The days in order: their steps, numbers checked, and where the pages are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from muvi_provision.day1_network import steps as day1
from muvi_provision.day2_data import steps as day2
from muvi_provision.day3_compute import steps as day3
from muvi_provision.day4_edge import steps as day4
from muvi_provision.day5_serverless import steps as day5
from muvi_provision.engine.stack import Step
from muvi_provision.errors import UsageError


@dataclass(frozen=True)
class Day:
    """One day of the runbook: ``day1``, its title and its steps."""

    number: int
    title: str
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        return f"day{self.number}"


@cache
def days() -> tuple[Day, ...]:
    """All days. Raises ValueError when numbers repeat, or a step needs one that does not come before it."""
    found = (
        Day(1, day1.TITLE, day1.STEPS),
        Day(2, day2.TITLE, day2.STEPS),
        Day(3, day3.TITLE, day3.STEPS),
        Day(4, day4.TITLE, day4.STEPS),
        Day(5, day5.TITLE, day5.STEPS),
    )
    check([step for day in found for step in day.steps])
    return found


def check(steps: Sequence[Step]) -> None:
    """Raises ValueError for steps out of order, twice the same, or needing a later one."""
    seen: list[str] = []
    for step in steps:
        if step.number in seen:
            raise ValueError(f"step {step.number} is there twice")
        if late := [need for need in step.needs if need not in seen]:
            raise ValueError(f"step {step.number} needs {', '.join(late)}, which does not come before it")
        seen.append(step.number)
    if [step.number for step in sorted(steps, key=lambda step: step.order)] != seen:
        raise ValueError("the steps are not in the order of their numbers")


def steps() -> tuple[Step, ...]:
    """Every step of every day, in order."""
    return tuple(step for day in days() for step in day.steps)


def of_day(word: str) -> tuple[Step, ...]:
    """The steps of ``day1``, ``1`` or ``all``. Raises UsageError for a day there is not."""
    if word == "all":
        return steps()
    for day in days():
        if word in (day.name, str(day.number)):
            return day.steps
    names = ", ".join(day.name for day in days())
    raise UsageError(
        f"there is no {word}; there are {names} and all", next=("muvi plan all", f"muvi plan {days()[0].name}")
    )


def between(chosen: Iterable[Step], first: str | None = None, last: str | None = None) -> tuple[Step, ...]:
    """The chosen steps from number ``first`` to ``last``, both included. Raises UsageError for unknown numbers."""
    start = _order(first) if first else (0,)
    end = _order(last) if last else (10_000,)
    return tuple(step for step in chosen if start <= step.order <= end)


def _order(number: str) -> tuple[int, ...]:
    for step in steps():
        if step.number == number:
            return step.order
    raise UsageError(f"there is no step {number}", next=("muvi status",))


def pages() -> Path:
    """The folder of the runbook's pages and environments that came with this version."""
    package = Path(__file__).parent
    packed = package / "_runbook"
    return packed if packed.is_dir() else package.parent / "runbook"


def environments() -> tuple[Path, ...]:
    """Folders where environment files are looked for: the user's own first."""
    return (Path("runbook") / "environments", pages() / "environments")
