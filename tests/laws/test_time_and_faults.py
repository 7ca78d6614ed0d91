"""Law 9: what AWS does with time, and whom it refuses, changes how long a run takes and never what it makes.

Durations are AWS's own here, on a clock that leaps; every failure names the seed that brings it back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from typing import Any

import pytest

from muvi_provision.aws import waits
from muvi_provision.cli.errors import exit_code
from muvi_provision.engine import events
from muvi_provision.engine.dismantling import Dismantling, subject
from muvi_provision.engine.graph import critical_path
from muvi_provision.engine.stack import Wanted
from muvi_provision.errors import ReadinessFailed, SignInExpired, TimedOut
from muvi_provision.sandbox.faults import Faults
from muvi_provision.state.records import INTENDED, READY
from tests.canonical import addresses, canonical
from tests.laws.hands import undone
from tests.world import World

Worlds = Callable[..., World]
Built = Callable[[str], Any]

NAT = "nat-gateway/a"

LINGERING = 120.0
"""Seconds that a load balancer's network interfaces outlive it (aws-reality.md 3.9)."""


def trouble(seed: int) -> dict[str, Any]:
    """A cloud in a bad mood: some of everything, as the seed has it."""
    dice = random.Random(seed)
    ordinals = frozenset(n for n in range(1, 500) if dice.random() < 0.06)
    faults = Faults(
        latency_ms=dice.choice((0, 40, 300)),
        throttle={"*": (dice.choice((2.0, 5.0)), 5), "ec2": (dice.choice((4.0, 20.0)), 20)},
        lost_answer_chance=dice.choice((0.0, 0.1, 0.3)),
        cut=dice.random() < 0.5,
        error_before=ordinals,
        seed=seed,
    )
    return {"seed": seed, "threads": dice.choice((1, 4, 16)), "lag_s": dice.choice((0, 3, 20)), "faults": faults}


def assert_builds_and_leaves_nothing(one: World, wanted: Any, said: object) -> None:
    before = one.cloud.snapshot()
    report = one.run()
    assert not report.errors, (said, report.errors)
    known = addresses(one.cloud.snapshot())
    assert len(known) == len(set(known)), (said, sorted(a for a in known if known.count(a) > 1))
    assert canonical(one.cloud.snapshot()) == wanted, said
    assert not one.teardown().errors, said
    assert one.cloud.snapshot() == before, said
    assert one.site().state.records() == [], said


@pytest.mark.parametrize("env", ["tiny", "uat"])
def test_slow_readiness_and_slow_deletes(world: Worlds, built: Built, env: str) -> None:
    assert_builds_and_leaves_nothing(world(env, speed=1), built(env), "speed 1")


@pytest.mark.parametrize("lag_s", [2, 25, 110])
@pytest.mark.parametrize("speed", [0, 1])
def test_not_found_yet_after_create(world: Worlds, built: Built, lag_s: int, speed: int) -> None:
    assert_builds_and_leaves_nothing(world("tiny", speed=speed, lag_s=lag_s), built("tiny"), f"lag {lag_s}")


def test_not_listed_yet_after_create(world: Worlds, built: Built) -> None:
    """What shows only after so many listings may cost a run, for time leaps while nobody lists; never the result."""
    one = world("tiny", speed=1, lag_reads=2)
    runs = next(number for number in range(1, 6) if not one.run().errors)
    assert canonical(one.cloud.snapshot()) == built("tiny"), f"after {runs} runs"
    assert any(one.plan().is_empty for _ in range(4)), "what the run had no need to look at is shown in time too"


def test_throttling(world: Worlds, built: Built) -> None:
    one = world("tiny", speed=1, faults=Faults(throttle={"*": (2, 3), "ec2": (5, 10)}))
    assert_builds_and_leaves_nothing(one, built("tiny"), "throttled")
    assert one.cloud.injector.injected["throttle"] > 20


@pytest.mark.parametrize("rest", [1, 2, 3])
@pytest.mark.parametrize("speed", [0, 1])
def test_errors_before_every_third_call(world: Worlds, built: Built, speed: int, rest: int) -> None:
    one = world("tiny", speed=speed, threads=1, faults=Faults(error_before=frozenset(range(rest, 900, 3))))
    assert_builds_and_leaves_nothing(one, built("tiny"), f"error before calls {rest} + 3n")
    assert one.cloud.injector.injected["error_before"] > 20


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once(world: Worlds, built: Built, seed: int) -> None:
    assert_builds_and_leaves_nothing(world("tiny", speed=1, **trouble(seed)), built("tiny"), f"seed {seed}")


def test_everything_at_once_in_a_whole_environment(world: Worlds, built: Built) -> None:
    assert_builds_and_leaves_nothing(world("uat", speed=1, **trouble(77)), built("uat"), "seed 77")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_everything_at_once_many_times(world: Worlds, built: Built, seed: int) -> None:
    env = "uat" if seed % 8 == 0 else "tiny"
    assert_builds_and_leaves_nothing(world(env, speed=1, **trouble(seed)), built(env), f"{env}, seed {seed}")


@pytest.mark.parametrize("env", ["tiny", "uat", "prodlike"])
def test_time_is_spent_on_the_longest_chain_only(world: Worlds, env: str) -> None:
    one = world(env, speed=1)
    began = one.clock.monotonic()
    assert not one.run().errors
    assert one.clock.monotonic() - began <= 1.15 * critical_path(one.stack().nodes.values())
    path = longest_ending(one)
    began = one.clock.monotonic()
    assert not one.teardown().errors
    assert one.clock.monotonic() - began <= 1.15 * path + LINGERING


def longest_ending(one: World) -> float:
    """Seconds that the longest chain of things usually takes to go, one after the other."""
    site = one.site()
    records = {record.address: record for record in site.state.records()}
    resources = {address: site.recorded(record) for address, record in records.items()}
    jobs = {job.name: job for job in Dismantling.of(records, resources, records.__contains__).jobs()}
    ends: dict[str, float] = {}
    for name in TopologicalSorter({name: job.needs for name, job in jobs.items()}).static_order():
        gone = resources[subject(name)].declared.gone
        alone = waits.GONE[gone].usual if gone and name in resources else 0.0
        ends[name] = alone + max((ends[need] for need in jobs[name].needs), default=0.0)
    return max(ends.values())


def _begun(one: World) -> Iterator[tuple[str, str]]:
    return ((event.verb, event.resource) for event in one.heard if isinstance(event, events.Begin))


def test_a_nat_gateway_that_fails(world: Worlds, built: Built) -> None:
    one = world("tiny", speed=1, faults=Faults(fail_ready=frozenset({"nat_gateway"})))
    report = one.run()
    assert set(report.errors) == {"nat-gateway/a"}
    error = report.errors["nat-gateway/a"]
    assert isinstance(error, ReadinessFailed)
    assert "internal failure" in error.why
    assert "InternalError" in error.why
    assert set(report.skipped) <= behind(one, NAT), "what stands on it, and nothing else"
    assert {"route/app", "service/gateway", "service/main"} <= report.skipped.keys()
    assert undone(one) == {NAT, *report.skipped}, "what only names it is there"
    one.cloud.faults = Faults()
    assert not one.run().errors
    assert canonical(_without_tombs(one)) == built("tiny")
    assert one.plan().is_empty


def behind(one: World, address: str) -> set[str]:
    """What stands on it, on what stands on it, and so on; gates and checks left out."""
    found = {address}
    for node in one.stack().nodes.values():  # in an order in which needs come first
        if isinstance(node, Wanted) and found.intersection(node.needs):
            found.add(node.address)
    return found - {address}


def _without_tombs(one: World) -> Any:
    """The cloud once what failed is no longer listed."""
    one.clock.sleep(2 * 3600)
    return one.cloud.snapshot()


def test_a_nat_gateway_that_never_gets_ready(world: Worlds, built: Built) -> None:
    one = world("tiny", speed=1, faults=Faults(never_ready=frozenset({"nat_gateway"})))
    before = one.cloud.snapshot()
    began = one.clock.monotonic()
    report = one.run()
    error = report.errors["nat-gateway/a"]
    assert isinstance(error, TimedOut)
    assert exit_code(report) == 8
    assert "internet gateway" in error.why
    limit = waits.WAITS["nat_gateway_available"].limit
    rest = critical_path(one.stack().nodes.values())
    assert limit <= one.clock.monotonic() - began <= 1.15 * max(limit, rest)
    record = one.site().state.record("nat-gateway/a")
    assert record is not None and record.id, "AWS goes on making it"
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


@pytest.mark.parametrize("calls", [1, 30, 75, 100])
def test_credentials_that_expire_in_the_middle(world: Worlds, built: Built, calls: int) -> None:
    one = world("tiny", speed=1, faults=Faults(expire_credentials_after=calls))
    with pytest.raises(SignInExpired) as caught:
        one.run()
    assert caught.value.exit_code == 4
    assert caught.value.next
    one.cloud.faults = Faults()
    state = one.site().state
    assert not state.mended
    assert all(record.status in (INTENDED, READY, "made") for record in state.records())
    assert not one.run().errors
    known = addresses(one.cloud.snapshot())
    assert len(known) == len(set(known))
    assert canonical(one.cloud.snapshot()) == built("tiny")


@pytest.mark.parametrize("calls", [1, 20, 60])
def test_credentials_that_expire_in_a_teardown(world: Worlds, calls: int) -> None:
    one = world("tiny", speed=1)
    before = one.cloud.snapshot()
    one.run()
    one.cloud.faults = Faults(expire_credentials_after=calls)
    with pytest.raises(SignInExpired):
        one.teardown()
    one.cloud.faults = Faults()
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


def test_nothing_is_begun_once_the_credentials_have_expired(world: Worlds) -> None:
    one = world("tiny", threads=4, faults=Faults(expire_credentials_after=40))
    with pytest.raises(SignInExpired):
        one.run()
    refused = one.cloud.injector.injected["expire_credentials_after"]
    assert 1 <= refused <= 4, "no more than were under way"


def test_a_denied_action_costs_what_stands_on_it(world: Worlds, built: Built) -> None:
    one = world("tiny", speed=1, faults=Faults(deny=frozenset({"ec2:CreateNatGateway"})))
    report = one.run()
    assert set(report.errors) == {"nat-gateway/a"}
    told = report.errors["nat-gateway/a"]
    assert "UnauthorizedOperation" in told.what
    assert "permission" in told.why
    assert set(report.skipped) == behind(one, NAT)
    assert exit_code(report) == 1
    assert undone(one) - set(one.site().state.contents().deeds) == {NAT, *behind(one, NAT)}
    one.cloud.faults = Faults()
    assert not one.run().errors
    assert canonical(one.cloud.snapshot()) == built("tiny")


def test_a_denied_delete_leaves_that_and_what_it_stands_on(world: Worlds) -> None:
    one = world("tiny")
    before = one.cloud.snapshot()
    one.run()
    one.cloud.faults = Faults(deny=frozenset({"ec2:DeleteInternetGateway"}))
    report = one.teardown()
    assert set(report.errors) == {"internet-gateway/main"}
    assert set(report.skipped) == {"vpc/main"}
    assert {r.address for r in one.site().state.records()} == {"internet-gateway/main", "vpc/main"}
    one.cloud.faults = Faults()
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before
