"""Buckets: how they are set, how plans know, whose they are, and how they are emptied."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.patience import CREATING, DELETING, patience_for
from muvi_provision.day4_edge import bucket_settings
from muvi_provision.day4_edge.buckets import SETTINGS, Bucket
from muvi_provision.engine.examine import examine
from muvi_provision.engine.patient import is_conflict
from muvi_provision.errors import NameTaken
from muvi_provision.resource import Live, Verdict, differences
from muvi_provision.state.records import Record
from tests.resources.contract import Bench
from tests.resources.examples_edge_names import MEDIA
from tests.sandbox.conftest import Leaping
from tests.unit.hands import by_hand

PLAIN = Bucket("plain")
FULL = Bucket(
    "full", public=True, versioned=True, keep_versions_days=7, expire_days=40, origins=("https://*.cinema.example", "*")
)


def named(bench: Bench, bucket: Bucket = MEDIA) -> str:
    return bucket.bucket(bench.aws)


def closely(bench: Bench, bucket: Bucket) -> dict[str, Any]:
    """What a drift sees of it differ."""
    live = bucket.find(replace(bench.aws, thorough=True, written=0), None)
    assert live
    return {change.field: change.old for change in bench.changes(bucket, live)}


def record(bench: Bench, bucket: Bucket) -> Record:
    return Record(bucket.address, "bucket", "4.3", "ready", named(bench, bucket))


def test_its_name_ends_in_the_account_and_is_never_too_long(bench: Bench) -> None:
    assert named(bench) == f"uat-media-{bench.cloud.account}"
    longest = Bucket("x" * 80).bucket(bench.aws)
    assert len(longest) == 63
    assert longest.endswith(bench.cloud.account)


@pytest.mark.parametrize("bucket", [PLAIN, MEDIA, FULL], ids=lambda bucket: bucket.name)
def test_after_a_run_it_is_set_as_wanted(bench: Bench, bucket: Bucket) -> None:
    bench.make(bucket)
    assert closely(bench, bucket) == {}


def test_only_what_a_new_bucket_is_not_is_written(bench: Bench) -> None:
    with bench.one_write(PLAIN) as aws:
        made = PLAIN.create(aws)
    newborn, start = PLAIN.newborn(), len(bench.cloud.log.entries)
    bench.update(PLAIN, Live(made, {}), differences(PLAIN.wanted(), newborn))
    written = [entry.name for entry in bench.cloud.log.entries[start:] if entry.name.startswith(("s3:Put", "s3:Del"))]
    assert written == ["s3:PutBucketLifecycleConfiguration", "s3:PutBucketTagging"]
    assert closely(bench, PLAIN) == {}, "what was not written is so by itself"


def test_a_new_bucket_is_as_the_class_says(bench: Bench) -> None:
    with bench.one_write(PLAIN) as aws:
        PLAIN.create(aws)
    live = PLAIN.find(replace(bench.aws, thorough=True, written=0), None)
    assert live
    assert PLAIN.observe(live) == PLAIN.newborn()


@pytest.mark.parametrize("name", ["us-east-1", "me-central-1", "eu-central-1"])
def test_it_is_made_in_the_region_of_the_stack(bench: Bench, name: str) -> None:
    aws = replace(bench.aws, region=name)
    with aws.writing(PLAIN.address):
        made = PLAIN.create(aws)
    found = PLAIN.find(replace(bench.aws, region=name), None)
    assert found
    assert (found.id, PLAIN.outputs(found)["domain"]) == (made, f"{made}.s3.{name}.amazonaws.com")
    assert bench.aws.ownership.owns(found.tags, PLAIN.address)


def test_one_that_is_only_made_is_ours_and_completed(bench: Bench) -> None:
    """The process died before anything was set."""
    with bench.one_write(FULL) as aws:
        FULL.create(aws)
    found = examine(FULL, None, bench.aws)
    assert found.verdict == Verdict.UPDATE
    assert found.live
    bench.complete(FULL, found.live)
    assert closely(bench, FULL) == {}


def test_one_that_died_before_its_note_is_written_again(bench: Bench) -> None:
    with bench.one_write(MEDIA) as aws:
        MEDIA.create(aws)
    by_hand(
        bench,
        "s3",
        "put_bucket_versioning",
        Bucket=named(bench),
        VersioningConfiguration={"Status": "Enabled"},
    )
    live = bench.complete(MEDIA, bench.look(MEDIA, None))
    assert bench.changes(MEDIA, live) == ()
    assert closely(bench, MEDIA) == {}, "what nobody noted was put right as well"


def test_a_plan_believes_the_note_and_a_drift_does_not(bench: Bench) -> None:
    bench.make(MEDIA)
    block: Any = bucket_settings.block(public=True)
    by_hand(bench, "s3", "put_public_access_block", Bucket=named(bench), PublicAccessBlockConfiguration=block)
    assert examine(MEDIA, record(bench, MEDIA), bench.aws).verdict == Verdict.SAME
    assert closely(bench, MEDIA) == {"public": True}


def test_what_is_wanted_otherwise_a_plan_sees_field_by_field(bench: Bench) -> None:
    bench.make(MEDIA)
    wanted = replace(MEDIA, versioned=True, expire_days=9, origins=("*",))
    found = examine(wanted, record(bench, MEDIA), bench.aws)
    told = {change.field: (change.old, change.new) for change in found.changes}
    assert told.pop("noted") == (False, True)
    assert told.pop("origins")[1] == ("*",)
    assert told == {"versioned": (False, True), "expire_days": (None, 9)}


def test_a_plan_of_several_takes_two_calls(bench: Bench) -> None:
    buckets = [PLAIN, MEDIA, FULL]
    bench.stand(*buckets)
    bench.border.inventory = type(bench.border.inventory)()
    start, aws = len(bench.cloud.log.entries), replace(bench.aws, as_of=0, written=0)
    for bucket in buckets:
        assert bucket.find(aws, named(bench, bucket))
    called = [entry.name for entry in bench.cloud.log.entries[start:]]
    assert sorted(called) == ["resourcegroupstaggingapi:GetResources", "s3:ListBuckets"]


def test_somebody_elses_tags_stay(bench: Bench) -> None:
    live = bench.make(MEDIA)
    tags = [{"Key": key, "Value": value} for key, value in {**live.tags, "cost-centre": "42"}.items()]
    by_hand(bench, "s3", "put_bucket_tagging", Bucket=live.id, Tagging={"TagSet": tags})
    wanted = replace(MEDIA, versioned=True)
    live = bench.complete(wanted, bench.look(wanted, live.id))
    assert live.tags["cost-centre"] == "42"
    assert live.tags[SETTINGS] == wanted.settings.note()


def test_what_holds_something_precious_is_not_known_by_the_index_alone(bench: Bench) -> None:
    """Its tags were taken off a moment ago, and the index does not know yet."""
    live = bench.make(MEDIA)
    by_hand(bench, "s3", "delete_bucket_tagging", Bucket=live.id)
    found = MEDIA.find(replace(bench.aws, certain=True, shallow=True), live.id)
    assert found
    assert found.tags == {}


class TestTaken:
    def test_a_strangers_name_is_told_before_anything_is_made(self, bench: Bench) -> None:
        bench.cloud.books.foreign_buckets.add(named(bench))
        with pytest.raises(NameTaken) as told:
            MEDIA.before(bench.aws)
        assert "somebody else's" in told.value.what
        assert "buckets.media" in told.value.why
        assert MEDIA.find(bench.aws, None) is None

    def test_a_free_name_is_none(self, bench: Bench) -> None:
        MEDIA.before(bench.aws)

    def test_one_of_this_account_that_is_not_tagged_is_not_ours(self, bench: Bench) -> None:
        place: Any = {"LocationConstraint": bench.aws.region}
        by_hand(bench, "s3", "create_bucket", Bucket=named(bench), CreateBucketConfiguration=place)
        with pytest.raises(NameTaken, match="it has none of our tags"):
            examine(MEDIA, None, bench.aws)

    def test_one_that_we_have_already_is_looked_for_again(self, bench: Bench) -> None:
        """After a lost answer, where the listing lags; but its tags must say so."""
        with bench.one_write(MEDIA) as aws:
            MEDIA.create(aws)
        with pytest.raises(ClientError) as refused, bench.writing(MEDIA) as aws:
            MEDIA.create(aws)
        assert refused.value.response["Error"]["Code"] == "BucketAlreadyOwnedByYou"
        assert is_conflict(refused.value)

    def test_a_name_that_was_deleted_a_moment_ago_is_waited_for(self, slow: Bench, clock: Leaping) -> None:
        live = slow.make(PLAIN)
        with slow.writing(PLAIN) as aws:
            PLAIN.delete(aws, live)
        with pytest.raises(ClientError) as refused, slow.writing(PLAIN) as aws:
            PLAIN.create(aws)
        row = patience_for(refused.value, CREATING)
        assert row
        assert row.lasting
        clock.sleep(row.limit)
        with slow.writing(PLAIN) as aws:
            PLAIN.create(aws)


@pytest.mark.parametrize(
    "operation", ["PutBucketVersioning", "PutPublicAccessBlock", "PutBucketPolicy", "DeleteBucketCors"]
)
def test_another_change_of_the_bucket_is_waited_for(operation: str) -> None:
    """aws-reality 6.4 e: also one after the other they may get in each other's way."""
    said: Any = {"Error": {"Code": "OperationAborted", "Message": "A conflicting conditional operation is in progress"}}
    row = patience_for(ClientError(said, operation), CREATING)
    assert row
    assert row.lasting
    assert patience_for(ClientError(said, "DeleteBucketPolicy"), DELETING)
