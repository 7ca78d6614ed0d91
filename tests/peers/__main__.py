"""Prints the table of ``docs/reliability.md``: ``python -m tests.peers``, half an hour with ten points."""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.peers.place import Place, Point
from tests.peers.tools import OURS, Installed, Tool, ours
from tests.peers.trial import Outcome, Undisturbed, killed, undisturbed

SEED = int(os.environ.get("MUVI_SEED", "20261125"))
Make = Callable[[Place], Tool]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10, help="how many calls to die at")
    parser.add_argument("--at-once", type=int, default=2, help="how many trials side by side")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "installed").mkdir()
        installed = Installed(folder / "installed")
        makes: list[Make] = [installed.tool, ours]
        wanted = [_undisturbed(folder, make) for make in makes]
        for make, each in zip((installed.name, OURS), wanted, strict=True):
            print(f"{make}: {each.kinds.total()} objects by {each.writes} mutating calls", flush=True)
        points = chosen(options.points, min(each.writes for each in wanted))
        jobs = [(make, each, point) for make, each in zip(makes, wanted, strict=True) for point in points]
        with ThreadPoolExecutor(options.at_once) as pool:
            show(pool.map(lambda job: _killed(folder, *job), jobs))


def chosen(count: int, calls: int) -> list[Point]:
    """Points all over a run of so many mutating calls: one in each of ``count`` equal parts."""
    dice, part = random.Random(SEED), calls / count
    return [
        Point(dice.randrange(int(part * n) + 1, max(int(part * (n + 1)), int(part * n) + 1) + 1), how)
        for n, how in enumerate(dice.choices(("before", "after"), k=count))
    ]


def _folder(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder)) / "state"


def _undisturbed(folder: Path, make: Make) -> Undisturbed:
    with Place(_folder(folder)) as place:
        return undisturbed(make(place), place)


def _killed(folder: Path, make: Make, wanted: Undisturbed, point: Point) -> Outcome:
    with Place(_folder(folder)) as place:
        return killed(make(place), place, point, wanted)


def show(outcomes: Iterable[Outcome]) -> None:
    """A line for each as soon as it is known, then the sums, then what was said."""
    told = []
    print("\n| tool | killed | second run | made twice | teardown | in no state | known, left | state |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for one in outcomes:
        told.append(one)
        print(_line(one), flush=True)
    for name in dict.fromkeys(one.tool for one in told):
        print(_sums(name, [one for one in told if one.tool == name]))
    print("\n" + "\n".join(dict.fromkeys(_said(told))))


def _line(one: Outcome) -> str:
    cells = (
        one.tool,
        f"{one.point.how} call {one.point.number}",
        "failed" if one.again else "well",
        one.twice,
        "failed" if one.down else "well",
        one.orphans,
        one.left,
        "unreadable" if one.unreadable else "well",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _sums(name: str, told: list[Outcome]) -> str:
    again, down = sum(bool(one.again) for one in told), sum(bool(one.down) for one in told)
    twice, orphans, left = (sum(getattr(one, what) for one in told) for what in ("twice", "orphans", "left"))
    unreadable = sum(one.unreadable for one in told)
    sums = (f"{again} failed", twice, f"{down} failed", orphans, left, f"{unreadable} unreadable")
    return f"| **{name}, {len(told)} kills** | | " + " | ".join(map(str, sums)) + " |"


def _said(told: list[Outcome]) -> Iterator[str]:
    for one in told:
        for what, why in (("second run", one.again), ("teardown", one.down)):
            if why:
                yield f"{one.tool}, {one.point.how} call {one.point.number}, {what}: {why}"


if __name__ == "__main__":
    main()
