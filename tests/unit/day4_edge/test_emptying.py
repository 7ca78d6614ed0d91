"""Emptying: everything goes, in turns, and whoever is interrupted goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.patience import DELETING, patience_for
from muvi_provision.day4_edge import emptying
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.resource import Live
from tests.resources.contract import Bench
from tests.resources.examples_edge_names import MEDIA
from tests.unit.hands import by_hand

PLAIN = Bucket("plain")


def named(bench: Bench, bucket: Bucket = MEDIA) -> str:
    return bucket.bucket(bench.aws)


@pytest.fixture
def full(bench: Bench) -> Iterator[Bench]:
    """Two versions of one thing, a mark that another was deleted, and an upload that was never ended."""
    bench.make(replace(MEDIA, versioned=True))
    for body in (b"one", b"two"):
        by_hand(bench, "s3", "put_object", Bucket=named(bench), Key="poster.png", Body=body)
    by_hand(bench, "s3", "put_object", Bucket=named(bench), Key="gone.png", Body=b"x")
    by_hand(bench, "s3", "delete_object", Bucket=named(bench), Key="gone.png")
    by_hand(bench, "s3", "create_multipart_upload", Bucket=named(bench), Key="film.mp4")
    yield bench


def test_everything_in_it_goes_along(full: Bench) -> None:
    live = full.look(MEDIA, None)
    for _ in range(2):
        with full.writing(MEDIA) as aws:
            MEDIA.delete(aws, live)
    assert MEDIA.find(full.aws, live.id) is None


def test_a_run_takes_nothing_out(full: Bench) -> None:
    live = full.look(MEDIA, None)
    full.complete(MEDIA, live)
    shown = by_hand(full, "s3", "list_object_versions", Bucket=live.id)
    assert len([*shown["Versions"], *shown["DeleteMarkers"]]) == 4


def test_who_is_interrupted_goes_on_where_it_stopped(full: Bench) -> None:
    shown = by_hand(full, "s3", "list_object_versions", Bucket=named(full))
    first = {"Key": shown["Versions"][0]["Key"], "VersionId": shown["Versions"][0]["VersionId"]}
    by_hand(full, "s3", "delete_objects", Bucket=named(full), Delete={"Objects": [first]})
    with full.writing(MEDIA) as aws:
        MEDIA.delete(aws, full.look(MEDIA, None))
    assert MEDIA.find(full.aws, None) is None


def test_of_more_than_one_call_takes_out_the_teardown_hears(full: Bench, monkeypatch: Any) -> None:
    monkeypatch.setattr(emptying, "PAGES", 0)
    live = full.look(MEDIA, None)
    with pytest.raises(ClientError) as refused, full.writing(MEDIA) as aws:
        MEDIA.delete(aws, live)
    assert patience_for(refused.value, DELETING)
    assert [each.passes for each in MEDIA.obstacles(full.aws, live)] == [True]


def test_once_stopping_nothing_more_is_taken_out(full: Bench) -> None:
    live = full.look(MEDIA, None)
    full.border.stopping.set()
    try:
        with full.writing(MEDIA) as aws:
            emptying.empty(aws, live.id)
    finally:
        full.border.stopping.clear()
    assert len(by_hand(full, "s3", "list_object_versions", Bucket=live.id)["Versions"]) == 3


def test_a_thousand_a_call(bench: Bench) -> None:
    bench.make(PLAIN)
    for number in range(1001):
        by_hand(bench, "s3", "put_object", Bucket=named(bench, PLAIN), Key=f"{number:05}", Body=b"")
    start = len(bench.cloud.log.entries)
    with bench.writing(PLAIN) as aws:
        PLAIN.delete(aws, bench.look(PLAIN, None))
    called = [entry.name for entry in bench.cloud.log.entries[start:]]
    assert called.count("s3:DeleteObjects") == 2
    assert PLAIN.find(bench.aws, None) is None


def test_what_s3_keeps_is_told_although_it_calls_it_a_success() -> None:
    told = emptying._refusal({"Key": "a.png", "VersionId": "v1", "Code": "AccessDenied", "Message": "held"})
    assert isinstance(told, ClientError)
    assert told.response["Error"]["Code"] == "AccessDenied"
    assert "a.png" in str(told)


def test_one_that_is_gone_is_gone(bench: Bench) -> None:
    with bench.writing(MEDIA) as aws:
        MEDIA.delete(aws, Live(named(bench), {}))
