"""How many calls things take. Seconds are `poe bench`'s; calls are the same on every machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision.engine.graph import critical_path
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.faults import Faults
from tests.canonical import canonical
from tests.world import World

Worlds = Callable[..., World]
SIGNING_IN = 1  # "who am I", which every command asks before anything else
DAYS_1_2, DAYS_1_2_3 = (1, 2), (1, 2, 3)


def counted(one: World, job: Callable[[], Any]) -> tuple[Any, Counter[str]]:
    """What a process says, and its calls by operation."""
    seen: Counter[str] = Counter()

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        seen[f"{call.service}:{call.operation}"] += 1
        return go()

    one._around = around
    try:
        return job(), seen
    finally:
        one._around = None


def only_days(one: World, days: tuple[int, ...]) -> World:
    one.steps = tuple(step for step in one.steps if step.day in days)
    return one


def test_days_1_and_2_in_the_peers_shape(world: Worlds) -> None:
    """Terraform takes 407, 165 and 338 calls for its 92 objects, the floor 90, 20 and 72 (benchmarks/peers.py)."""
    one = only_days(world("day12", threads=16), DAYS_1_2)
    report, first = counted(one, one.run)
    assert not report.errors
    assert report.counts.created >= 92
    assert SIGNING_IN + first.total() <= 130, first
    plan, noop = counted(one, one.plan)
    assert plan.is_empty
    assert SIGNING_IN + noop.total() <= 40, noop
    down, gone = counted(one, one.teardown)
    assert not down.errors
    assert SIGNING_IN + gone.total() <= 100, gone


def test_three_days_of_uat(world: Worlds) -> None:
    one = only_days(world("uat", threads=16), DAYS_1_2_3)
    report, first = counted(one, one.run)
    assert not report.errors
    assert SIGNING_IN + first.total() <= 1.8 * report.counts.created, first
    plan, noop = counted(one, one.plan)
    assert plan.is_empty
    assert SIGNING_IN + noop.total() <= 60, noop


def test_the_whole_week_of_uat(world: Worlds) -> None:
    """Terraform takes 906 and 423 calls for 230 resources of a whole week (benchmarks/peers.py)."""
    one = world("uat", threads=16)
    report, first = counted(one, one.run)
    assert not report.errors
    assert report.counts.created > 300
    assert SIGNING_IN + first.total() <= 1.8 * report.counts.created, first
    plan, noop = counted(one, one.plan)
    assert plan.is_empty
    assert SIGNING_IN + noop.total() <= 80, noop


def test_polls_do_not_grow_with_what_is_waited_for(world: Worlds) -> None:
    """Six clusters and nine caches are asked about as often as one of each."""
    asked = []
    for many in (True, False):
        one = only_days(world("day12", threads=16, speed=1), DAYS_1_2)
        if not many:
            few = {"databases": dict([*one.environment.databases.items()][:1])}
            few |= {"caches": dict([*one.environment.caches.items()][:1])}
            one.environment = one.environment.model_copy(update=few)
        report, seen = counted(one, one.run)
        assert not report.errors
        reads = {name: count for name, count in seen.items() if name.startswith(("rds:Desc", "elasticache:Desc"))}
        asked.append(sum(reads.values()))
    many_reads, few_reads = asked
    assert many_reads <= few_reads + 4, asked


def test_the_peers_shape_under_throttling(world: Worlds) -> None:
    limits = {"*": (5.0, 10), "ec2": (10.0, 30)}
    one = only_days(world("day12", threads=16, faults=Faults(throttle=limits)), DAYS_1_2)
    assert not one.run().errors
    assert one.plan().is_empty
    assert not one.teardown().errors
    assert one.cloud.injector.injected["throttle"] > 5


def test_one_at_a_time_gives_the_same(world: Worlds, built: Callable[[str], Any]) -> None:
    one = world("tiny", threads=1)
    assert not one.run().errors
    assert canonical(one.cloud.snapshot()) == built("tiny")


@pytest.mark.parametrize("env", ["uat", "prodlike"])
def test_slow_things_overlap(world: Worlds, env: str) -> None:
    """Six clusters and nine caches are made together: a run takes hardly longer than its longest chain of waits."""
    one = only_days(world(env, threads=16, speed=1), (1,))
    assert not one.run().errors
    one.steps = tuple(step for step in world(env).steps if step.day in DAYS_1_2)
    day2 = {step.number for step in one.steps if step.day == 2}
    path = critical_path(node for node in one.stack().nodes.values() if node.step in day2)
    began = one.clock.monotonic()
    assert not one.run(steps=day2).errors
    assert path > 400
    assert one.clock.monotonic() - began <= 1.15 * path
