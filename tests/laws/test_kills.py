"""Laws 3 and 4: a process killed at any point, or that never hears an answer, costs nothing.

A chain of processes: each is killed at its next point, and the one after it takes up from there, until one gets
to the end. The points are a seeded sample here, densest in the small environment, which has one of everything;
`poe matrix` has every mutating call of all of them.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.canonical import addresses, canonical
from tests.laws.conftest import ENVIRONMENTS, PUSHED, fresh
from tests.world import World

Worlds = Callable[..., World]
LONGEST = 4000
SEED = int(os.environ.get("MUVI_SEED", "20261125"))


def chain(one: World, die: Callable[[int], bool]) -> int:
    """Processes until one was not killed."""
    for process in range(LONGEST):
        if not die(process):
            return process
    raise AssertionError("the chain makes no progress")


def assert_nothing_doubled(one: World) -> None:
    known = addresses(one.cloud.snapshot())
    assert len(known) == len(set(known)), sorted(a for a in known if known.count(a) > 1)


def assert_as_without_kills(one: World, wanted: Any) -> None:
    assert_nothing_doubled(one)
    assert canonical(one.cloud.snapshot()) == wanted
    assert one.plan().is_empty
    assert one.run().counts.writes == 0


EVERY = [pytest.param(env, 0, marks=pytest.mark.slow) for env in (*ENVIRONMENTS, "tiny", PUSHED)]
SAMPLED = [("tiny", 10), (PUSHED, 20), ("uat", 60), ("prodlike", 120)]
CHAINS = pytest.mark.parametrize(("env", "stride"), [*SAMPLED, *EVERY])
"""stride: at most so many mutating calls from one death to the next; 0: at each of them somebody dies."""


def deaths(env: str, how: str, job: str, stride: int) -> Callable[[int], int]:
    """After how many mutating calls a process dies."""
    first, dice = (1 if how == "before" else 0), random.Random(f"{env} {how} {job} {SEED}")
    return lambda _: dice.randrange(first, stride) if stride else first


@CHAINS
@pytest.mark.parametrize("how", ["before", "after"])
def test_killed_at_mutating_calls_of_a_run(
    world: Worlds, built: Callable[[str], Any], env: str, stride: int, how: str
) -> None:
    (one, _), point = fresh(world, env), deaths(env, how, "run", stride)
    kills = chain(one, lambda process: one.killed_at_call(one.run, point(process), how))
    assert kills > (2 if stride else 50)
    assert_as_without_kills(one, built(env))


@CHAINS
@pytest.mark.parametrize("how", ["before", "after"])
def test_killed_at_mutating_calls_of_a_teardown(world: Worlds, env: str, stride: int, how: str) -> None:
    (one, before), point = fresh(world, env), deaths(env, how, "teardown", stride)
    one.run()
    kills = chain(one, lambda process: one.killed_at_call(one.teardown, point(process), how))
    assert kills > (1 if stride else 30)
    assert one.cloud.snapshot() == before
    assert one.site().state.records() == []


def test_teardowns_that_all_die_after_their_first_call_get_to_an_end(world: Worlds) -> None:
    """What one of them asked for is not asked for again by the next, though asking is harmless."""
    one = world("tiny", threads=3)
    before = one.cloud.snapshot()
    one.run()
    made = len(one.site().state.records())
    assert chain(one, lambda _: one.killed_at_call(one.teardown, 0, "after")) < 2 * made
    assert one.cloud.snapshot() == before


@pytest.mark.parametrize("env", ENVIRONMENTS)
@pytest.mark.parametrize("how", ["before", "torn", "after"])
@pytest.mark.parametrize("job", ["run", "teardown"])
def test_killed_at_state_writes(world: Worlds, built: Callable[[str], Any], env: str, how: str, job: str) -> None:
    one = world(env, threads=4)
    before = one.cloud.snapshot()
    if job == "teardown":
        one.run()
    points = random.Random(f"{env} {how} {job} {SEED}")
    kills = chain(one, lambda _: one.killed_at_write(getattr(one, job), points.randrange(1, 90), how))
    assert kills > 3
    if job == "run":
        assert_as_without_kills(one, built(env))
    else:
        assert one.cloud.snapshot() == before


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_every_answer_of_a_run_is_lost(world: Worlds, built: Callable[[str], Any], env: str) -> None:
    one = world(env)
    report = one.losing_answers(one.run, range(0, 10_000, 2))
    assert not report.errors, report.errors
    assert_as_without_kills(one, built(env))


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_every_answer_of_a_teardown_is_lost(world: Worlds, env: str) -> None:
    one = world(env)
    before = one.cloud.snapshot()
    one.run()
    report = one.losing_answers(one.teardown, range(0, 10_000, 2))
    assert not report.errors, report.errors
    assert one.cloud.snapshot() == before


def test_a_kill_then_a_teardown(world: Worlds) -> None:
    """Whatever was begun is found and taken down, although its record has no id."""
    for point in range(0, 60, 7):
        one = world("tiny", seed=point + 1)
        before = one.cloud.snapshot()
        assert one.killed_at_call(one.run, point, "after")
        assert not one.teardown().errors
        assert one.cloud.snapshot() == before, f"killed after mutating call {point}"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["before", "torn", "after"])
@pytest.mark.parametrize("job", ["run", "teardown"])
def test_killed_at_each_single_state_write(world: Worlds, built: Callable[[str], Any], how: str, job: str) -> None:
    """One death a world, at the first write, the second, and so on, until a process gets to its end."""
    for point in range(LONGEST):
        one = world("tiny", threads=1, seed=point + 1)
        before = one.cloud.snapshot()
        if job == "teardown":
            one.run()
        died = one.killed_at_write(getattr(one, job), point, how)
        assert not getattr(one, job)().errors, f"killed {how} state write {point} of {job}"
        cloud = one.cloud.snapshot()
        assert (canonical(cloud) == built("tiny")) if job == "run" else (cloud == before), f"{job} {how} {point}"
        if not died:
            assert point > 50
            return
    raise AssertionError("it never got to its end")
