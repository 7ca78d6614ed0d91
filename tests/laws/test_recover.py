"""Law 11: the state file lost, rebuilt from tags and names, and the next plan is empty."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision.engine.recovering import Recovered, recover
from muvi_provision.errors import UsageError
from tests.canonical import canonical
from tests.laws.hands import client, with_images
from tests.world import World

Worlds = Callable[..., World]


def recovered(one: World) -> Recovered:
    return recover(one.stack(), one.site(), one.cloud.account)


@pytest.mark.parametrize("env", ["uat", "prodlike"])
def test_a_lost_state_is_rebuilt(world: Worlds, env: str) -> None:
    one = world(env)
    before = one.cloud.snapshot()
    one.run()
    known, cloud = one.site().state.contents(), one.cloud.snapshot()
    shutil.rmtree(one.folder)
    assert one.plan().errors  # what is there looks like somebody else's
    found = recovered(one)
    assert one.cloud.snapshot() == cloud
    assert found.lineage == known.header.lineage
    again = one.site().state.contents()
    assert {(r.address, r.id, r.status) for r in again.records.values()} == {
        (r.address, r.id, r.status) for r in known.records.values()
    }
    assert one.plan().is_empty
    assert one.run().counts.writes == 0
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


def test_what_waits_for_a_change_is_recorded_all_the_same(world: Worlds) -> None:
    """A service whose next task definition is not registered yet is there, whatever it will run then."""
    one = world("tiny")
    before = one.cloud.snapshot()
    assert not with_images(one).run().errors
    known = {record.address for record in one.site().state.records()}
    client(one, "secretsmanager").put_secret_value(SecretId="tiny/gateway/api-key", SecretString="s3cret-value")
    shutil.rmtree(one.folder)
    recovered(one)
    assert {record.address for record in one.site().state.records()} == known
    assert not one.run().errors
    assert one.plan().is_empty
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


def test_all_five_days_are_found_again(finished: Worlds) -> None:
    """With a domain that leads to them, code and images; by names, marks and comments where AWS keeps no tags."""
    one = finished()
    known, cloud = one.site().state.contents(), one.cloud.snapshot()
    shutil.rmtree(one.folder)
    recovered(one)
    again = one.site().state.contents()
    assert {(r.address, r.id, r.status) for r in again.records.values()} == {
        (r.address, r.id, r.status) for r in known.records.values()
    }
    assert one.plan().is_empty
    assert one.drift().is_none
    assert one.run().counts.writes == 0
    assert one.cloud.snapshot() == cloud
    assert not one.teardown().errors
    assert one.cloud.snapshot().keys() == {"logs", "iam", "route53"}


@pytest.mark.parametrize("point", [12, 40, 65])
def test_half_of_days_4_and_5_is_found_again_and_finished(finished: Worlds, point: int) -> None:
    """Killed right after a call, the answer unheard and the state lost with it."""
    one = finished()
    whole = canonical(one.cloud.snapshot())
    late = {step.number for step in one.steps if step.number[0] in "45"}
    assert not one.teardown(only={r.address for r in one.site().state.records() if r.step in late}).errors
    assert one.killed_at_call(one.run, point, "after")
    shutil.rmtree(one.folder)
    recovered(one)
    assert not one.run().errors
    assert one.plan().is_empty
    assert one.run().counts.writes == 0
    assert canonical(one.cloud.snapshot()) == whole
    assert not one.teardown().errors
    assert one.cloud.snapshot().keys() == {"logs", "iam", "route53"}


def test_half_a_stack_is_rebuilt_and_finished(world: Worlds) -> None:
    one = world("tiny")
    assert one.killed_at_call(one.run, 25, "after")
    shutil.rmtree(one.folder)
    recovered(one)
    assert not one.run().errors
    assert one.plan().is_empty


def test_nothing_to_recover(world: Worlds) -> None:
    one = world("tiny")
    with pytest.raises(UsageError, match="nothing in this account"):
        recovered(one)
    assert one.site().state.is_new


def test_two_lineages_are_not_mixed(world: Worlds) -> None:
    """Two copies of the project, each with objects of the same environment."""
    one = world("tiny", seed=1)
    one.run(steps=["1.1"])
    shutil.rmtree(one.folder)
    site = one.site()
    tags = {"muvi:env": "tiny", "muvi:address": "elastic-ip/nat-a", "muvi:lineage": "f" * 32}
    spelled: Any = [{"Key": key, "Value": value} for key, value in tags.items()]
    with site.aws.writing("another copy"):
        site.aws.ec2.allocate_address(TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": spelled}])
    with pytest.raises(UsageError, match="2 lineages"):
        recovered(one)
