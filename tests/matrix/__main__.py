"""The whole matrix: ``python -m tests.matrix``, or ``poe matrix``. Prints a table; exit 1 when a figure is not zero."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatchcase
from itertools import chain

from tests.matrix.points import COLUMNS, FAILED, SEED, Outcome, Row, rows, tried

ENVIRONMENTS = ("uat", "prodlike")
AT_ONCE = 100  # stories one process tells before it reports


def stories(first: int, count: int) -> Outcome:
    """So many stories, drawn from one seed."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    from tests.matrix.scenarios import STORIES, Found, Story, told

    found = Outcome(Row("small", "stories", f"seed {first}"), count)
    quiet = settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )

    @seed(first)
    @quiet
    @given(STORIES)
    def tell(story: Story) -> None:
        told(story, Found())

    try:
        tell()
    except (AssertionError, ExceptionGroup) as error:
        found.add(FAILED, f"MUVI_SEED={first} MUVI_STORIES={count} pytest tests/matrix: {_said(error)}")
    return found


def _said(error: Exception) -> str:
    """Several at once come in a group, and so does what did not happen a second time."""
    inner = error.exceptions if isinstance(error, ExceptionGroup) else ()
    return "\n".join([str(error), *map(_said, inner)])


def main(argv: list[str] | None = None) -> int:
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--env", action="append", help="uat, prodlike or tiny; uat and prodlike if left out")
    said.add_argument("--stride", type=int, default=0, help="a death at most so many points after the last; 0: at each")
    said.add_argument("--stories", type=int, default=10_000, help="how many random stories")
    said.add_argument("--only", default="*", help="rows by a pattern, as env/job/how: 'uat/*/call *'")
    options = said.parse_args(argv)
    wanted = [row for row in rows(tuple(options.env or ENVIRONMENTS), options.stride) if _is_meant(row, options.only)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        told = pool.map(stories, *zip(*_parts(options.stories), strict=True)) if options.stories else ()
        wrong = show(chain(pool.map(tried, wanted), told))
    return 1 if wrong else 0


def _is_meant(row: Row, only: str) -> bool:
    return fnmatchcase(f"{row.env}/{row.job}/{row.how}", only)


def _parts(count: int) -> Iterator[tuple[int, int]]:
    for first in range(0, count, AT_ONCE):
        yield SEED + first, min(AT_ONCE, count - first)


def show(outcomes: Iterable[Outcome]) -> bool:
    """The table, a line as soon as it is known; whether anything was wrong."""
    print(f"{'what':34}{'points':>8}" + "".join(f"{name:>16}" for name in COLUMNS), flush=True)
    wrong: list[Outcome] = []
    told = Outcome(Row("small", "stories", "of every fate"))
    for one in outcomes:
        if one.row.job == "stories":
            told.points += one.points
            for name, said in one.wrong.items():
                told.wrong.setdefault(name, []).extend(said)
        else:
            print(_line(one), flush=True)
        wrong += [one] if one.wrong else []
    if told.points:
        print(_line(told))
    for one in wrong:
        print(f"\n{one.row.again if one.row.job != 'stories' else one.row.how}")
        print("\n".join(f"  {name}: {what}" for name, said in one.wrong.items() for what in said))
    return bool(wrong)


def _line(one: Outcome) -> str:
    counted = "".join(f"{len(one.wrong.get(name, ())):16,}" for name in COLUMNS)
    return f"{one.row.env + ' ' + one.row.job + ', ' + one.row.how:34}{one.points:8,}{counted}"


if __name__ == "__main__":
    sys.exit(main())
