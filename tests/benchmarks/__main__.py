"""Prints every figure the documents claim: ``poe bench``, about two minutes on two cores."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from muvi_provision.clock import SystemChance, SystemClock
from muvi_provision.state.store import State
from tests.benchmarks.measuring import Bench, Measured, measure
from tests.benchmarks.peers import PEERS

LATENCY_MS = 50
SPEED = 20.0
LONGEST_WAIT = 150.0  # seconds a load balancer usually takes, the longest of day 1
BARE = """
import typer, rich.console
app = typer.Typer()
@app.command()
def one(): "One."
@app.command()
def two(): "Two."
app()
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        day_one(folder)
        waiting(folder)
        starting(folder)
        recording(folder)


def day_one(folder: Path) -> None:
    """Calls, seconds and memory of day 1, beside the peers' own work."""
    print(f"Day 1 on the sandbox, {LATENCY_MS} ms a call\n")
    print(f"{'':42}{'calls: run / no-op / down':>27}{'a resource':>12}{'wall s':>18}{'CPU s':>7}{'MB':>6}")
    for env in ("uat", "prodlike"):
        bench = Bench(folder / env, env, latency_ms=LATENCY_MS)
        first, noop, again, down = (
            bench.muvi("run", "day1", "--yes"),
            bench.muvi("plan", "day1"),
            bench.muvi("run", "day1", "--yes"),
            bench.muvi("teardown", "day1", "--confirm", env),
        )
        bench.close()
        made = first.counts["created"]
        _row(f"muvi-provision, {env}, {made} resources", first.calls, noop.calls, down.calls, made, first, (noop, down))
        assert again.counts["writes"] == 0, "a second run must write nothing"
    for peer in PEERS:
        calls = f"{peer.run} / {peer.noop} / {peer.down}"
        each = peer.run / peer.objects
        print(f"{peer.name:42}{calls:>27}{each:>12.2f}{peer.wall:>18}{peer.cpu:>7}{peer.memory:>6}")
    print("\nThe peers' rows are for 92 (alchemy: 50) objects of days 1 and 2: compare what is a resource.\n")


def _row(name: str, run: int, noop: int, down: int, made: int, first: Measured, others: tuple[Measured, ...]) -> None:
    calls, walls = f"{run} / {noop} / {down}", " / ".join(f"{m.wall:.1f}" for m in (first, *others))
    print(f"{name:42}{calls:>27}{run / made:>12.2f}{walls:>18}{first.cpu:>7.1f}{first.memory:>6.0f}")


def waiting(folder: Path) -> None:
    """How much longer a run takes than the longest chain of waits it cannot avoid."""
    bench = Bench(folder / "waiting", "uat", speed=SPEED)
    noop_cost = bench.muvi("plan", "day1").wall
    first = bench.muvi("run", "day1", "--yes")
    bench.close()
    path = LONGEST_WAIT / SPEED
    print(f"Waits {SPEED:.0f} times faster than AWS: {first.wall:.1f} s for a longest wait of {path:.1f} s", end=" ")
    print(f"(of which a process that only looks takes {noop_cost:.1f} s); {first.calls} calls,", end=" ")
    print(f"{first.calls / first.counts['created']:.2f} a resource\n")


def starting(folder: Path) -> None:
    """``--help`` against the smallest program on the same libraries, in turn."""
    bare = folder / "bare.py"
    bare.write_text(BARE)
    ours = _pairs(folder, (sys.executable, "-m", "muvi_provision", "--help"), (sys.executable, str(bare), "--help"))
    print(f"--help against a bare typer and rich program: {ours:.2f} times its CPU\n")


def _pairs(folder: Path, one: tuple[str, ...], other: tuple[str, ...], rounds: int = 15) -> float:
    took: Callable[[tuple[str, ...]], float] = lambda command: measure(command, folder)[1]  # noqa: E731
    took(one), took(other)
    return statistics.median(took(one) / took(other) for _ in range(rounds))


def recording(folder: Path) -> None:
    """What one recorded change costs at a thousand resources."""
    state = State.open(folder / "recording", "bench", SystemClock(), SystemChance())
    for number in range(1000):
        state.intend(f"thing/{number}", "thing", "1.1", {"name": str(number)}, ())
    times = []
    for number in range(1000):
        began = time.perf_counter()
        state.made(f"thing/{number}", f"id-{number}")
        times.append((time.perf_counter() - began) * 1000)
    median, worst = statistics.median(times), statistics.quantiles(times, n=100)[98]
    print(f"One recorded change at 1,000 resources: {median:.2f} ms (99 of 100 under {worst:.2f} ms)")


main()
