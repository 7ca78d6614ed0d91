"""Policies: who may read a bucket, and how a plan knows without reading it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.day4_edge.bucket_policies import BucketPolicy
from muvi_provision.engine.examine import examine
from muvi_provision.errors import NameTaken
from muvi_provision.resource import Resource, Unknown, Verdict
from muvi_provision.state.records import Record
from tests.resources.contract import Bench
from tests.resources.examples_edge_names import DISTRIBUTION, MEDIA, READERS, at
from tests.unit.hands import by_hand

MENU = replace(MEDIA, name="menu", public=True)
ANYBODY = BucketPolicy("menu", bucket=at(MENU.address), public=True)
OTHER = "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL"


def by_sid(bench: Bench, policy: BucketPolicy) -> dict[str, Any]:
    bucket = bench.values[policy.bucket.address]["id"]
    said = json.loads(by_hand(bench, "s3", "get_bucket_policy", Bucket=bucket)["Policy"])
    return {each["Sid"]: each for each in said["Statement"]}


def in_a_plan(bench: Bench, policy: Resource, known: str) -> Any:
    record = Record(policy.address, policy.declared.kind, "4.6", "ready", known)
    return examine(bench.real(policy), record, replace(bench.aws, as_of=0, written=0))


def test_without_tls_nobody_may_do_anything(bench: Bench) -> None:
    bench.stand(MEDIA, READERS)
    said = by_sid(bench, READERS)
    assert list(said) == ["OnlyWithTls"]
    assert (said["OnlyWithTls"]["Effect"], said["OnlyWithTls"]["Principal"]) == ("Deny", "*")
    assert said["OnlyWithTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_our_distributions_may_read(bench: Bench) -> None:
    bench.stand(MEDIA, replace(READERS, distributions=(DISTRIBUTION, OTHER)))
    said = by_sid(bench, READERS)["CloudFront"]
    assert (said["Effect"], said["Action"]) == ("Allow", "s3:GetObject")
    assert said["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert said["Condition"] == {"StringEquals": {"AWS:SourceArn": [DISTRIBUTION, OTHER]}}


def test_anybody_may_read_a_public_one_and_do_nothing_else(bench: Bench) -> None:
    bench.stand(MENU, ANYBODY)
    said = by_sid(bench, ANYBODY)["Anybody"]
    assert (said["Principal"], said["Action"]) == ("*", "s3:GetObject")
    assert said["Resource"] == f"arn:aws:s3:::{bench.values[MENU.address]['id']}/*"
    again = bench.look(bench.real(ANYBODY), None)
    assert bench.real(ANYBODY).observe(again)["public"] is True


def test_a_plan_knows_by_the_id_alone(bench: Bench) -> None:
    bench.stand(MEDIA, READERS)
    known = bench.values[READERS.address]["id"]
    bench.border.inventory = type(bench.border.inventory)()
    start = len(bench.cloud.log.entries)
    assert in_a_plan(bench, READERS, known).verdict == Verdict.SAME
    called = {entry.name for entry in bench.cloud.log.entries[start:]}
    assert called == {"s3:ListBuckets", "resourcegroupstaggingapi:GetResources"}


def test_a_plan_sees_what_is_wanted_otherwise(bench: Bench) -> None:
    bench.stand(MEDIA, READERS)
    known = bench.values[READERS.address]["id"]
    found = in_a_plan(bench, replace(READERS, distributions=(DISTRIBUTION,)), known)
    assert (found.verdict, [each.field for each in found.changes]) == (Verdict.UPDATE, ["intact"])
    new: Any = Unknown("distribution/media", "arn")
    found = in_a_plan(bench, replace(READERS, distributions=(new,)), known)
    assert (found.verdict, [each.field for each in found.changes]) == (Verdict.UPDATE, ["distributions"])


def test_an_update_gives_it_another_id(bench: Bench) -> None:
    bench.stand(MEDIA, READERS)
    wanted = bench.real(replace(READERS, distributions=(DISTRIBUTION,)))
    live = bench.look(wanted, bench.values[READERS.address]["id"])
    new = bench.update(wanted, live, bench.changes(wanted, live))
    assert new.id != live.id
    assert in_a_plan(bench, wanted, new.id).verdict == Verdict.SAME


@pytest.mark.parametrize("form", ["one in place of a list", "another order"])
def test_what_means_the_same_is_no_difference(bench: Bench, form: str) -> None:
    policy = replace(READERS, distributions=(DISTRIBUTION,) if form.startswith("one") else (DISTRIBUTION, OTHER))
    bench.stand(MEDIA, policy)
    said = list(by_sid(bench, policy).values())
    condition = said[1]["Condition"]["StringEquals"]
    condition["AWS:SourceArn"] = DISTRIBUTION if form.startswith("one") else [OTHER, DISTRIBUTION]
    document = json.dumps({"Version": "2012-10-17", "Statement": said[::-1]})
    bucket = bench.values[MEDIA.address]["id"]
    by_hand(bench, "s3", "put_bucket_policy", Bucket=bucket, Policy=document)
    resource = bench.real(policy)
    assert bench.changes(resource, bench.look(resource, None)) == ()


def test_a_statement_that_somebody_added_is_told_and_taken_out(bench: Bench) -> None:
    bench.stand(MEDIA, READERS)
    bucket = bench.values[MEDIA.address]["id"]
    more = {
        "Sid": "Mine",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{bench.cloud.account}:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    said = [*by_sid(bench, READERS).values(), more]
    document = json.dumps({"Version": "2012-10-17", "Statement": said})
    by_hand(bench, "s3", "put_bucket_policy", Bucket=bucket, Policy=document)
    resource = bench.real(READERS)
    live = bench.look(resource, None)
    assert [each.field for each in bench.changes(resource, live)] == ["intact"]
    bench.update(resource, live, bench.changes(resource, live))
    assert list(by_sid(bench, READERS)) == ["OnlyWithTls"]


def test_one_on_somebody_elses_bucket_is_not_ours(bench: Bench) -> None:
    bench.stand(MEDIA, READERS)
    by_hand(bench, "s3", "delete_bucket_tagging", Bucket=bench.values[MEDIA.address]["id"])
    with pytest.raises(NameTaken):
        examine(bench.real(READERS), None, bench.aws)


def test_with_its_bucket_it_is_gone(bench: Bench) -> None:
    bench.stand(MEDIA, READERS)
    resource, known = bench.real(READERS), str(bench.values[READERS.address]["id"])
    with bench.writing(MEDIA) as aws:
        MEDIA.delete(aws, bench.look(MEDIA, None))
    assert resource.find(bench.aws, known) is None
    assert resource.find(replace(bench.aws, as_of=0, written=0), known) is None


def test_before_there_is_a_bucket_there_is_none(bench: Bench) -> None:
    start = len(bench.cloud.log.entries)
    assert READERS.find(bench.aws, None) is None
    assert len(bench.cloud.log.entries) == start
