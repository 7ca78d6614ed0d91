"""What is not ours, with real kinds: strangers' namesakes, another copy of the project, and tags taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.errors import ChangeBlocked, NameTaken, NotOurs
from muvi_provision.naming import LINEAGE
from muvi_provision.resource import Verdict
from tests.world import World

NETWORK = ["1.1", "1.2"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One world for all, since its clients are slow to make; each test gets an empty account and state."""
    return World(tmp_path_factory.mktemp("world"), "tiny")


@pytest.fixture
def one(kept: World, tmp_path: Path) -> Iterator[World]:
    kept.cloud.reset()
    kept.folder, environment = tmp_path / "state", kept.environment
    yield kept
    kept.environment = environment


def as_somebody(one: World, do: Callable[[Any], Any]) -> Any:
    """What a person does in the console."""
    site = one.site()
    with site.aws.writing("a person in the console"):
        return do(site.aws.ec2)


def id_of(one: World, address: str) -> str:
    record = one.site().state.record(address)
    assert record is not None
    assert record.id is not None
    return record.id


def with_range(one: World, old: str, new: str) -> None:
    network = one.environment.network
    ranges = tuple(type(each)(new) if str(each) == old else each for each in network.app)
    changed = network.model_copy(update={"app": ranges})
    one.environment = one.environment.model_copy(update={"network": changed})


def test_a_changed_subnet_range_is_blocked(one: World) -> None:
    assert not one.run(steps=NETWORK).errors
    before = one.cloud.snapshot()
    with_range(one, "10.241.4.0/24", "10.241.14.0/24")
    assert [finding.address for finding in one.plan().of(Verdict.BLOCKED)] == ["subnet/app-a"]
    report = one.run(steps=NETWORK)
    assert set(report.errors) == {"subnet/app-a"}
    error = report.errors["subnet/app-a"]
    assert isinstance(error, ChangeBlocked)
    assert error.next == ("muvi teardown --only subnet/app-a --with-users", "muvi run")
    assert "10.241.4.0/24 -> 10.241.14.0/24" in error.what
    assert report.counts.writes == 0
    assert one.cloud.snapshot() == before


def test_a_strangers_security_group_has_our_name(one: World) -> None:
    assert not one.run(steps=["1.1"]).errors
    made = as_somebody(
        one,
        lambda ec2: ec2.create_security_group(
            GroupName="Tiny-ALB-api", Description="of somebody else", VpcId=id_of(one, "vpc/main")
        ),
    )
    before = one.cloud.snapshot()["ec2"]
    error = one.plan().errors["security-group/alb-api"]
    assert isinstance(error, NameTaken)
    report = one.run(steps=["1.1", "1.7"])
    error = report.errors["security-group/alb-api"]
    assert set(report.errors) == {"security-group/alb-api"}
    assert isinstance(error, NameTaken)
    assert made["GroupId"] in error.what
    assert "none of our tags" in error.what
    after = one.cloud.snapshot()["ec2"]
    groups = "security_group"
    assert after[one.region][groups][made["GroupId"]] == before[one.region][groups][made["GroupId"]]
    assert not one.teardown(only=[r.address for r in one.site().state.records() if r.address != "vpc/main"]).errors
    assert made["GroupId"] in one.cloud.snapshot()["ec2"][one.region][groups]


def test_another_copy_of_the_project_has_a_network_of_the_same_name(one: World) -> None:
    assert not one.run(steps=["1.1"]).errors
    theirs = one.folder
    before = one.cloud.snapshot()
    one.folder = theirs.with_name("another-copy")
    assert isinstance(one.plan().errors["vpc/main"], NameTaken)
    report = one.run(steps=NETWORK)
    error = report.errors["vpc/main"]
    assert isinstance(error, NameTaken)
    assert "its tag muvi:lineage is another" in error.what
    assert "another copy" in error.why
    assert set(report.skipped.values()) == {"vpc/main"}
    assert report.counts.writes == 0
    assert one.cloud.snapshot() == before
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before, "what was never ours is not taken down"
    one.folder = theirs
    assert one.run(steps=["1.1"]).counts.same == 1


def test_an_object_whose_tags_were_taken_away(one: World) -> None:
    assert not one.run(steps=NETWORK).errors
    stripped = id_of(one, "subnet/app-a")
    as_somebody(one, lambda ec2: ec2.delete_tags(Resources=[stripped], Tags=[{"Key": LINEAGE}]))
    report = one.run(steps=NETWORK)
    assert set(report.errors) == {"subnet/app-a"}
    assert isinstance(report.errors["subnet/app-a"], NotOurs)
    assert report.counts.writes == 0
    report = one.teardown()
    assert isinstance(report.errors["subnet/app-a"], NotOurs)
    assert report.skipped == {"vpc/main": "subnet/app-a"}
    assert report.counts.deleted == 5
    assert list(one.cloud.snapshot()["ec2"][one.region]["subnet"]) == [stripped]
    assert {record.address for record in one.site().state.records()} == {"subnet/app-a", "vpc/main"}


def test_an_object_that_lost_only_its_name_is_still_ours(one: World) -> None:
    assert not one.run(steps=NETWORK).errors
    as_somebody(one, lambda ec2: ec2.delete_tags(Resources=[id_of(one, "subnet/app-a")], Tags=[{"Key": "Name"}]))
    assert not one.teardown().errors
    assert one.cloud.snapshot() == {}
