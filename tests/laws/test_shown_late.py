"""What a killed process made may show late: the next one looks for it before it makes another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision.sandbox.faults import Faults
from tests.canonical import addresses, canonical
from tests.world import World

Worlds = Callable[..., World]
Built = Callable[[str], Any]


@pytest.mark.parametrize("operation", ["CreateVpc", "CreateInternetGateway"])
def test_an_old_intent_taken_up_again_and_killed_is_still_looked_for(
    world: Worlds, built: Built, operation: str
) -> None:
    """The intent is an hour old, its call is not: AWS may not show yet what the dead process made."""
    one = world("tiny", speed=1, lag_s=10, threads=1, faults=Faults(deny=frozenset({f"ec2:{operation}"})))
    assert one.run().errors
    one.clock.sleep(3600)
    one.cloud.faults = Faults()
    assert one.killed_around(one.run, operation, "after")
    assert not one.run().errors
    known = addresses(one.cloud.snapshot())
    assert sorted(a for a in known if known.count(a) > 1) == []
    assert canonical(one.cloud.snapshot()) == built("tiny")


@pytest.mark.parametrize("operation", ["CreateSubnet", "CreateSecurityGroup", "CreateRouteTable"])
@pytest.mark.parametrize("lag_s", [5, 25])
def test_what_a_killed_process_made_may_show_late(world: Worlds, built: Built, operation: str, lag_s: int) -> None:
    one = world("tiny", speed=1, lag_s=lag_s, threads=1)
    assert one.killed_around(one.run, operation, "after")
    assert_builds(one, built("tiny"))


@pytest.mark.parametrize(("operation", "step"), [("CreateSubnet", "1.2"), ("CreateSecurityGroup", "1.7")])
def test_what_has_a_name_of_its_own_may_show_very_late(world: Worlds, operation: str, step: str) -> None:
    """AWS refuses a second one, so the first is there and will show: up to five minutes (aws-reality.md 1.6)."""
    one = world("tiny", speed=1, lag_s=90)
    assert not one.run(steps=["1.1"]).errors
    assert one.killed_around(lambda disk: one.run(disk, ["1.1", step]), operation, "after")
    report = one.run(steps=["1.1", step])
    assert not report.errors, report.errors


def assert_builds(one: World, wanted: Any) -> None:
    report = one.run()
    assert not report.errors, report.errors
    known = addresses(one.cloud.snapshot())
    assert len(known) == len(set(known))
    assert canonical(one.cloud.snapshot()) == wanted
