"""The index of tags and what is behind it: nothing that is gone, nothing that is recorded, nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from muvi_provision.engine import leftovers
from muvi_provision.engine.indexed import Tagged, ids, indexed, is_recorded
from muvi_provision.engine.leftovers import Leftover
from muvi_provision.naming import ADDRESS, ENVIRONMENT, LINEAGE
from muvi_provision.resource import Unknown
from muvi_provision.state.records import READY, Record
from tests.world import World

ARN = "arn:aws:ec2:eu-central-1:000011112222:vpc/vpc-1"


def tagged(arn: str, address: str, lineage: str = "mine") -> Tagged:
    return Tagged(arn, "eu-central-1", {ENVIRONMENT: "uat", ADDRESS: address, LINEAGE: lineage})


def recorded(address: str, known: str | None, **outputs: str) -> dict[str, Record]:
    return {address: Record(address, address.partition("/")[0], "1.1", READY, known, outputs=outputs)}


@pytest.mark.parametrize(
    ("arn", "known", "outputs"),
    [
        (ARN, "vpc-1", {}),
        ("arn:aws:s3:::uat-media-1", "uat-media-1", {}),
        ("arn:aws:ssm:eu-central-1:1:parameter/uat/caches/REDIS_HOST", "/uat/caches/REDIS_HOST", {}),
        ("arn:aws:logs:eu-central-1:1:log-group:/ecs/uat/main", "/ecs/uat/main", {}),
        (
            "arn:aws:rds:eu-central-1:1:db-proxy:prx-01",
            "uat-main",
            {"arn": "arn:aws:rds:eu-central-1:1:db-proxy:prx-01"},
        ),
        ("arn:aws:rds:eu-central-1:1:cluster:uat-main", "uat-main", {}),
    ],
)
def test_an_arn_is_known_by_what_stands_in_it(arn: str, known: str, outputs: dict[str, str]) -> None:
    assert known in ids(arn) or arn in outputs.values()
    assert is_recorded(tagged(arn, "thing/main"), recorded("thing/main", known, **outputs), "mine")
    assert not is_recorded(tagged(arn, "thing/main"), recorded("thing/main", "another", arn="arn:of:it"), "mine")
    assert not is_recorded(tagged(arn, "thing/main", "theirs"), recorded("thing/main", known, **outputs), "mine")
    assert not is_recorded(tagged(arn, "thing/main"), {}, "mine")


def test_what_a_recorded_one_makes_goes_with_it() -> None:
    task = tagged("arn:aws:ecs:eu-central-1:1:task/uat-main/0123", "service/main")
    assert task.sort == "ecs:task"
    assert is_recorded(task, recorded("service/main", "arn:of:the:service"), "mine")
    begun = tagged(ARN, "vpc/main")
    assert is_recorded(begun, recorded("vpc/main", None), "mine")  # a run that was killed takes it up again


def test_a_resource_of_which_nothing_but_its_name_is_known() -> None:
    found = leftovers.bare("log-group/old")
    assert found is not None
    assert found.address == "log-group/old"
    assert isinstance(found.retention_days, Unknown)  # type: ignore[attr-defined]
    assert leftovers.bare("teapot/main") is None
    assert leftovers.bare("vpc") is None


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, "tiny")
    report = made.run(steps={"4.3"})
    assert not report.errors
    return made


def look(world: World) -> list[Leftover]:
    site = world.site()
    return leftovers.leftovers(world.stack(), site)


def forget(world: World, *addresses: str) -> None:
    state = world.site().state
    for address in addresses:
        state.forget(address)


def s3(world: World) -> Any:
    return world.border().client("s3", world.region)


def test_the_index_is_not_believed(tmp_path: Path) -> None:
    world = World(tmp_path, "tiny", lag_s=60)
    assert not world.run(steps={"4.3"}).errors
    world.clock.sleep(61)
    forget(world, "bucket/cms", "bucket/menu")
    with world.site().aws.writing("test"):
        s3(world).delete_bucket(Bucket="tiny-menu-000011112222")
    shown = {each.address for each in indexed(world.site().aws)}
    assert {"bucket/cms", "bucket/menu"} <= shown  # the index shows what is gone
    assert [each.address for each in look(world)] == ["bucket/cms"]


def test_another_lineage_is_seen_and_never_recorded(world: World) -> None:
    (world.folder / "tiny.json").unlink()
    for file in world.folder.glob("tiny.*"):
        if file.suffix != ".lock":
            file.unlink()
    seen = look(world)
    assert {each.address for each in seen} == {f"bucket/{name}" for name in world.environment.buckets}
    assert not any(each.is_ours or each.can_go for each in seen)
    assert all(each.live for each in seen)
    site = world.site()
    assert leftovers.record(site.state, world.stack(), seen) == []
    assert site.state.records() == []


def test_a_kind_of_a_later_version_is_listed_with_its_doubt(world: World) -> None:
    tags = [{"Key": key, "Value": text} for key, text in world.site().aws.ownership.tags("teapot/main", "x").items()]
    with world.site().aws.writing("test"):
        s3(world).create_bucket(Bucket="tiny-teapot", CreateBucketConfiguration={"LocationConstraint": world.region})
        s3(world).put_bucket_tagging(Bucket="tiny-teapot", Tagging={"TagSet": tags})
    (one,) = look(world)
    assert (one.address, one.can_go, one.live) == ("teapot/main", False, None)
    assert "does not know this kind" in one.doubt


def test_what_is_recorded_for_its_deletion_stands_where_the_steps_have_it(world: World) -> None:
    forget(world, "bucket/cms")
    site, stack = world.site(), world.stack()
    (record,) = leftovers.record(site.state, stack, leftovers.leftovers(stack, site))
    assert (record.address, record.step, record.status) == ("bucket/cms", "4.3", READY)
    assert record.outputs["arn"] == "arn:aws:s3:::tiny-cms-000011112222"
    assert world.run(steps={"4.3"}).counts.created == 0
    leftovers.forget(site.state, [record])
    assert site.state.record("bucket/cms") is None
