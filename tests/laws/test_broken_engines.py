"""The matrix is proved on engines that are broken on purpose: each breaks a promise, and it is noticed which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.day1_network.routes import RouteTable
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.engine.stack import Stack, Step
from muvi_provision.errors import NotOurs
from muvi_provision.sandbox.answers import ConnectionCut
from tests.canonical import addresses
from tests.laws import broken
from tests.laws.hands import client
from tests.world import World

Worlds = Callable[..., World]
TWICE, STOLEN, TOO_SOON, FAILED = "made twice", "a stranger's was deleted", "not ready when it was said to be", "failed"


def network(world: Worlds, **options: Any) -> World:
    """The first day of the small environment: enough to break."""
    one = world("tiny", threads=1, **options)
    one.steps = runbook.days()[0].steps
    return one


def doubled(one: World) -> bool:
    known = addresses(one.cloud.snapshot())
    return len(known) != len(set(known))


def lost_where_only_a_token_tells(world: Worlds) -> set[str]:
    """The answer was lost, and AWS shows late what it made: asked again, only the client token tells that it was."""
    one, lost = network(world, speed=1, lag_s=90), [1]
    one.steps = (one.steps[0], Step("1.2", "A table", lambda stack: stack.ensure(_table(stack))))

    def around(call: Any, go: Callable[[], Any]) -> Any:
        answer = go()
        if call.operation == "CreateRouteTable" and lost:
            lost.pop()
            raise ConnectionCut
        return answer

    one._around = around
    report = one.run()
    one._around = None
    return ({TWICE} if doubled(one) else set()) | ({FAILED} if report.errors else set())


def _table(stack: Stack) -> RouteTable:
    return RouteTable("app", vpc=stack.get(Vpc, "main"))


def killed_after_the_first_write(world: Worlds) -> set[str]:
    """Where only the intent on disk tells that there may be one."""
    one = network(world, speed=1, lag_s=20)
    assert one.killed_around(one.run, "CreateVpc", "after")
    report = one.run()
    return ({TWICE} if doubled(one) else set()) | ({FAILED} if report.errors else set())


def given_to_somebody_else(world: Worlds) -> set[str]:
    """A recorded object that bears another stack's tags by now."""
    one = network(world)
    one.run()
    record = one.site().state.record("subnet/app-a")
    assert record is not None and record.id
    client(one, "ec2").create_tags(Resources=[record.id], Tags=[{"Key": "muvi:lineage", "Value": "theirs"}])
    report = one.teardown()
    left = client(one, "ec2").describe_subnets(Filters=[{"Name": "subnet-id", "Values": [record.id]}])["Subnets"]
    refused = isinstance(report.errors.get("subnet/app-a"), NotOurs)
    return set() if left and refused else {STOLEN}


def slow(world: Worlds) -> set[str]:
    """AWS's own durations: whatever the state calls ready must be so."""
    one = network(world, speed=1)
    said: list[str] = []
    one.run(steps=["1.1", "1.2", "1.3", "1.4"])
    state = client(one, "ec2").describe_nat_gateways()["NatGateways"][0]["State"]
    said += [] if state == "available" else [state]
    return {TOO_SOON} if said else set()


def every_answer_lost(world: Worlds) -> set[str]:
    one = network(world)
    report = one.losing_answers(one.run, range(0, 10_000, 2))
    return ({TWICE} if doubled(one) else set()) | ({FAILED} if report.errors else set())


MATRIX = (
    lost_where_only_a_token_tells, killed_after_the_first_write, given_to_somebody_else, slow, every_answer_lost,
)  # fmt: skip


def broken_promises(world: Worlds) -> dict[str, set[str]]:
    """What the matrix finds, by its rows."""
    found = {row.__name__: row(world) for row in MATRIX}
    return {name: said for name, said in found.items() if said}


def test_a_sound_engine_keeps_every_promise(world: Worlds) -> None:
    with broken.sound():
        assert broken_promises(world) == {}


@pytest.mark.parametrize(
    ("engine", "row", "promise"),
    [
        (broken.token_made_anew, "lost_where_only_a_token_tells", TWICE),
        (broken.intent_after_the_call, "killed_after_the_first_write", TWICE),
        (broken.delete_without_a_look_at_the_tags, "given_to_somebody_else", STOLEN),
        (broken.waiter_skipped, "slow", TOO_SOON),
        (broken.retry_on_everything, "every_answer_lost", TWICE),
    ],
)
def test_a_broken_engine_is_found_out(world: Worlds, engine: Any, row: str, promise: str) -> None:
    with engine():
        found = broken_promises(world)
    assert promise in found.get(row, set()), found
