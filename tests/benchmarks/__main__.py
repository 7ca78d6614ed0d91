"""Prints every figure the documents claim: ``poe bench``, some minutes on two cores."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from muvi_provision.clock import SystemChance, SystemClock
from muvi_provision.state.store import State
from tests.benchmarks import answering, strictness
from tests.benchmarks.measuring import Bench, Measured, measure
from tests.benchmarks.peers import PEERS, WEEK

LATENCY_MS = 50
SPEED = 20.0
THROTTLE = {"ec2": (10.0, 30), "*": (5.0, 10)}  # calls a second, and how many at once
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
        against_the_peers(folder)
        the_week(folder)
        throttled(folder)
        waiting(folder)
        starting(folder)
        recording(folder)
    being_strict()


def against_the_peers(folder: Path) -> None:
    """Calls, seconds and memory, beside the peers' own work; ``day12`` has the shape of theirs."""
    print(f"On the sandbox, {LATENCY_MS} ms a call\n")
    print(f"{'':42}{'calls: run / no-op / down':>27}{'a resource':>12}{'wall s':>18}{'CPU s':>7}{'MB':>6}")
    for env, days in (("day12", ("day1", "day2")), ("uat", ("all",)), ("prodlike", ("all",))):
        bench = Bench(folder / env, env, latency_ms=LATENCY_MS)
        words = ("--from", "1.1", "--until", "2.7") if days == ("day1", "day2") else ()
        first, noop, again, down = (
            bench.muvi("run", "all", "--yes", *words),
            bench.muvi("plan", "all", *words),
            bench.muvi("run", "all", "--yes", *words),
            bench.muvi("teardown", "all", "--confirm", env),
        )
        bench.close()
        made = first.counts["created"]
        _row(f"muvi-provision, {env}, {made} resources", first.calls, noop.calls, down.calls, made, first, (noop, down))
        assert again.counts["writes"] == 0, "a second run must write nothing"
    for peer in PEERS:
        calls = f"{peer.run} / {peer.noop} / {peer.down}"
        each = peer.run / peer.objects
        print(f"{peer.name:42}{calls:>27}{each:>12.2f}{peer.wall:>18}{peer.cpu:>7}{peer.memory:>6}")
    print("\nThe peers' rows are for 92 (alchemy: 50) objects of days 1 and 2: day12 is the row beside them.\n")


def the_week(folder: Path) -> None:
    """Everything of uat on a cloud that answers at once, beside the peer's figures for a week of its own."""
    bench = Bench(folder / "week", "uat")
    first, noop = bench.muvi("run", "all", "--yes"), bench.muvi("plan", "all")
    bench.close()
    made = first.counts["created"]
    run, plan = WEEK["run"], WEEK["noop"]
    print("A whole week on a cloud that answers at once: run, and plan with nothing to do")
    print(f"  muvi-provision, uat, {made} resources: {first.calls} calls in {first.wall:.1f} s; ", end="")
    print(f"{noop.calls} calls in {noop.wall:.1f} s")
    print(f"  {WEEK['name']}, {WEEK['objects']} resources: {run[0]} calls in {run[1]:.0f} s; ", end="")
    print(f"{plan[0]} calls in {plan[1]:.0f} s")
    each = first.calls / made, run[0] / WEEK["objects"]
    print(f"  {each[0]:.2f} calls a resource for {each[1]:.2f}; {plan[0] / noop.calls:.1f} times fewer for the plan\n")


def throttled(folder: Path) -> None:
    """The peers' shape with AWS asking to be called less often."""
    bench = Bench(folder / "throttled", "day12", latency_ms=LATENCY_MS, throttle=THROTTLE)
    words = ("--from", "1.1", "--until", "2.7")
    first, down = bench.muvi("run", "all", "--yes", *words), bench.muvi("teardown", "all", "--confirm", "day12")
    bench.close()
    print(
        f"day12, throttled: run {first.calls} calls in {first.wall:.1f} s, teardown {down.calls} in {down.wall:.1f} s;"
    )
    print("nothing failed\n")


def _row(name: str, run: int, noop: int, down: int, made: int, first: Measured, others: tuple[Measured, ...]) -> None:
    calls, walls = f"{run} / {noop} / {down}", " / ".join(f"{m.wall:.1f}" for m in (first, *others))
    print(f"{name:42}{calls:>27}{run / made:>12.2f}{walls:>18}{first.cpu:>7.1f}{first.memory:>6.0f}")


def waiting(folder: Path) -> None:
    """How much longer the week takes than the longest chain of waits it cannot avoid, all SPEED times shorter."""
    for env in ("uat", "prodlike"):
        bench = Bench(folder / f"waiting-{env}", env, speed=SPEED)
        path = bench.said("plan", "all")["data"]["usual_s"]
        first, noop = bench.muvi("run", "all", "--yes"), bench.muvi("plan", "all")
        bench.close()
        print(
            f"All of {env}, waits {SPEED:.0f} times shorter than AWS's: {first.wall:.1f} s for a longest chain of",
            end=" ",
        )
        print(f"{path:.1f} s, {first.wall / path:.2f} times it (a process that only looks takes {noop.wall:.1f} s)")
    print()


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


def being_strict() -> None:
    """What the rules cost, beside the emulator without them."""
    print("\nThe strict sandbox beside the emulator alone, both answering at once:")
    print(f"  day 1 of uat takes {strictness.slower():.2f} times the CPU, program and cloud together;")
    print(f"  in the whole week the cloud is at work {strictness.share():.2f} times as long as the emulator in it")
    ours, emulator, ratio = answering.pairs()
    print(
        f"  from `sandbox start` to the first answer {ours:.1f} s, the emulator's own server {emulator:.1f} s:", end=" "
    )
    print(f"{ratio:.2f} times")


main()
