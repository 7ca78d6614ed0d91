"""Every point at which a process can die or not hear an answer, tried one after the other in one world."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.canonical import addresses, canonical
from tests.laws.conftest import GRANTED
from tests.world import World

SEED = int(os.environ.get("MUVI_SEED", "20261125"))
LONGEST = 6000
HOW = ("call before", "call after", "call lost", "write before", "write torn", "write after")
JOBS = ("run", "teardown")


@dataclass(frozen=True)
class Row:
    """One line of the table. stride: at most so many points from one death to the next; 0: somebody dies at each."""

    env: str
    job: str
    how: str
    stride: int = 0

    @property
    def again(self) -> str:
        """What to type to have it again."""
        stride = f" --stride {self.stride}" if self.stride else ""
        return f"MUVI_SEED={SEED} python -m tests.matrix --only '{self.env}/{self.job}/{self.how}'{stride} --stories 0"


@dataclass
class Outcome:
    """How many points were tried, and what went wrong by the name of the column."""

    row: Row
    points: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, column: str, what: object) -> None:
        self.wrong.setdefault(column, []).append(str(what))


ORPHANS, DOUBLES, FAILED, LEAKED = "orphans", "duplicates", "failed re-runs", "secrets leaked"
COLUMNS = (ORPHANS, DOUBLES, FAILED, LEAKED)


def rows(environments: tuple[str, ...], stride: int) -> Iterator[Row]:
    for env in environments:
        for job in JOBS:
            for how in HOW:
                yield Row(env, job, how, 0 if how == "call lost" else stride)


def tried(row: Row) -> Outcome:
    """Lives through all points of a row."""
    with tempfile.TemporaryDirectory() as folder:
        one = World(Path(folder) / "state", row.env, threads=3, quotas=GRANTED)
        before, found = one.cloud.snapshot(), Outcome(row)
        if row.job == "teardown":
            one.run()
        found.points = sum(_processes(one, row))
        _judge(one, row, before, found)
        return found


def _processes(one: World, row: Row) -> Iterator[int]:
    """Processes until one gets to its end; yields how many points each was."""
    what, how = row.how.split()
    if how == "lost":
        for first in (0, 1):
            yield _losing(one, row, first)
        return
    dice = random.Random(f"{row} {SEED}")
    least = 1 if how in ("before", "torn") else 0
    die = one.killed_at_call if what == "call" else one.killed_at_write
    for _ in range(LONGEST):
        point = dice.randrange(least, row.stride) if row.stride > least else least
        if not die(getattr(one, row.job), point, how):
            return
        yield 1
    raise AssertionError(f"no progress: {row.again}")


def _losing(one: World, row: Row, first: int) -> int:
    """A process that hears only every second answer of its mutating calls, the others the second time around."""
    if first:  # as it was before the first half
        one.teardown() if row.job == "run" else one.run()
    start = int(one.cloud.log.writes)
    one.losing_answers(getattr(one, row.job), range(first, 10_000, 2))
    return (one.cloud.log.writes - start + 1) // 2


def _judge(one: World, row: Row, before: Any, found: Outcome) -> None:
    known = addresses(one.cloud.snapshot())
    for address in sorted({each for each in known if known.count(each) > 1}):
        found.add(DOUBLES, address)
    report = getattr(one, row.job)()
    for address, error in report.errors.items():
        found.add(FAILED, f"{address}: {error}")
    if row.job == "run":
        recorded = {record.address for record in one.site().state.records()}
        for address in sorted(set(known) - recorded):
            found.add(ORPHANS, address)
        if writes := one.run().counts.writes:
            found.add(FAILED, f"the second run after it made {writes} writes")
        one.teardown()
    if canonical(one.cloud.snapshot()) != canonical(before):
        found.add(ORPHANS, f"left over: {addresses(one.cloud.snapshot()) or one.cloud.snapshot()}")
    for path in one.folder.rglob("*"):
        if path.is_file() and "PRIVATE KEY" in path.read_text(errors="replace"):
            found.add(LEAKED, path.name)
