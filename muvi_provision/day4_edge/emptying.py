"""Emptying a bucket before it is deleted: facts in aws-reality 6.4 f and 1.1.

A bucket goes only when nothing at all is in it: no version of anything, no mark that something was deleted, and no
upload that was never ended. What is gone stays gone, so whoever is interrupted goes on where it stopped.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws

PAGES = 100  # of a thousand each, before the teardown hears that it takes longer

ACTIONS = frozenset({
    "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
})  # fmt: skip


def empty(aws: Aws, bucket: str) -> None:
    """Takes out what is in it, a hundred thousand things at most; the rest at the next call.

    Raises ClientError for the first thing that AWS does not let go of (a legal hold), and NoSuchBucket.
    """
    _let_go(aws, bucket)
    for _ in range(PAGES):
        if aws.border.stopping.is_set():
            return
        page = aws.s3.list_object_versions(Bucket=bucket)  # always the first thousand: those before are gone
        kept: Any = (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        if not kept:
            return
        _take_out(aws, bucket, [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in kept])


def _take_out(aws: Aws, bucket: str, found: list[Any]) -> None:
    answer = aws.s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
    for refused in answer.get("Errors", ()):
        raise _refusal(refused)


def _refusal(refused: Any) -> Exception:
    """What S3 only writes into the body of an answer that is called a success."""
    from botocore.exceptions import ClientError

    what = f"{refused.get('Message', '')} ({refused.get('Key')}, version {refused.get('VersionId')})"
    said: Any = {"Error": {"Code": refused.get("Code", "InternalError"), "Message": what}}
    return ClientError(said, "DeleteObjects")


def _let_go(aws: Aws, bucket: str) -> None:
    """Ends the uploads of parts that nobody will end."""
    for page in aws.s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        for each in page.get("Uploads", ()):
            if aws.border.stopping.is_set():
                return
            _abort(aws, bucket, each["Key"], each["UploadId"])


def _abort(aws: Aws, bucket: str, key: str, upload: str) -> None:
    from muvi_provision.day1_network.tagged import unless_gone

    with unless_gone():
        aws.s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
