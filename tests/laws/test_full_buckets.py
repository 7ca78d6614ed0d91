"""Buckets with something in them: no run touches it, and a teardown takes all of it out, or says what it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muvi_provision.errors import AwsRefused
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from tests.laws.hands import assert_says, client, undone, users_of, without
from tests.world import World

Worlds = Callable[..., World]

BUCKET = "tiny-media-000011112222"
STORED = 1000  # with the versions, more than one call of DeleteObjects takes


def stocked(one: World, name: str = "media", many: int = 3) -> Any:
    """A bucket with files, versions of them, marks that some were deleted, and an upload that nobody ended."""
    do, bucket = client(one, "s3"), f"tiny-{name}-000011112222"
    for number in range(3):
        do.put_object(Bucket=bucket, Key=f"film-{number}", Body=b"a picture")
    shelf = one.cloud.view("us-east-1").backend("s3", "aws")  # a thousand calls would take long
    for number in range(3, many):
        shelf.put_object(bucket, f"film-{number}", b"a picture")
    do.put_object(Bucket=bucket, Key="film-0", Body=b"a better one")
    do.delete_object(Bucket=bucket, Key="film-1")
    upload = do.create_multipart_upload(Bucket=bucket, Key="long")["UploadId"]
    do.upload_part(Bucket=bucket, Key="long", UploadId=upload, PartNumber=1, Body=b"the beginning")
    return do.list_object_versions(Bucket=bucket)


def test_what_is_in_a_bucket_no_run_touches_and_a_teardown_takes_out(finished: Worlds) -> None:
    one = finished()
    before = stocked(one)
    assert one.run().counts.writes == 0
    assert one.drift().is_none
    after = client(one, "s3").list_object_versions(Bucket=BUCKET)
    assert [after[kind] for kind in ("Versions", "DeleteMarkers")] == [
        before[kind] for kind in ("Versions", "DeleteMarkers")
    ]
    assert len(client(one, "s3").list_multipart_uploads(Bucket=BUCKET)["Uploads"]) == 1
    assert not one.teardown().errors
    assert "s3" not in one.cloud.snapshot()


def test_more_than_one_call_takes_out(finished: Worlds) -> None:
    one = finished()
    stocked(one, many=STORED)
    deleted = one.cloud.log.counts["s3:DeleteObjects"]
    assert not without(one, "bucket/media").plan().errors
    assert one.cloud.log.counts["s3:DeleteObjects"] - deleted == 2
    assert "bucket/media" in undone(one)


def test_killed_while_a_bucket_is_being_emptied(finished: Worlds) -> None:
    """What is out is out; the next teardown goes on."""
    one = finished(threads=1)
    for name in ("media", "cms", "menu"):
        stocked(one, name)
    kills, emptied = 0, {f"bucket/{name}" for name in ("media", "cms", "menu")}
    chosen = {user for address in emptied for user in users_of(one, address)}
    while one.killed_at_call(lambda disk: one.teardown(disk, chosen), 2, "after" if kills % 2 else "before"):
        kills += 1
    assert kills > 4
    assert not one.teardown().errors
    assert "s3" not in one.cloud.snapshot()


HELD = (
    "<DeleteResult><Error><Key>film-2</Key><VersionId>v2</VersionId><Code>AccessDenied</Code>"
    "<Message>Access Denied because object protected by object lock.</Message></Error></DeleteResult>"
)


def test_what_s3_does_not_let_go_of_is_an_error_though_the_answer_is_a_success(finished: Worlds) -> None:
    one = finished()
    stocked(one)

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        if call.operation == "DeleteObjects":
            return Answer(200, (("Content-Type", "application/xml"),), HELD.encode())
        return go()

    one._around = around
    report = one.teardown()
    assert set(report.errors) == {"bucket/media"}
    assert_says(report.errors["bucket/media"], AwsRefused, "film-2", "v2", "object lock")
    one._around = None
    assert not one.teardown().errors
    assert "s3" not in one.cloud.snapshot()
