"""S3's buckets."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.server import Listener
from muvi_provision.sandbox.transport import InProcess
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.refusals import refused

HERE = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
MINE = {"Bucket": "muvi-uat"}
TAGS = [{"Key": "a", "Value": "1"}]


@pytest.fixture
def s3(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "s3")


@pytest.fixture
def america(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "s3", "us-east-1")


@pytest.fixture
def bucket(s3: Any) -> dict[str, str]:
    s3.create_bucket(**MINE, **HERE)
    return MINE


def test_where_a_bucket_is_made(s3: Any, america: Any) -> None:
    assert refused(s3.create_bucket, **MINE) == "IllegalLocationConstraintException"
    wrong = {"CreateBucketConfiguration": {"LocationConstraint": "us-east-1"}}
    assert refused(america.create_bucket, **MINE, **wrong) == "InvalidLocationConstraint"
    s3.create_bucket(**MINE, **HERE)
    america.create_bucket(Bucket="muvi-america")
    assert s3.get_bucket_location(**MINE)["LocationConstraint"] == REGION
    assert s3.head_bucket(**MINE)["BucketRegion"] == REGION


def test_a_name_is_had_once(s3: Any, america: Any, cloud: Cloud, bucket: dict[str, str]) -> None:
    assert refused(s3.create_bucket, **bucket, **HERE) == "BucketAlreadyOwnedByYou"
    america.create_bucket(Bucket="muvi-america")
    america.create_bucket(Bucket="muvi-america")
    cloud.books.foreign_buckets.add("theirs")
    assert refused(s3.create_bucket, Bucket="theirs", **HERE) == "BucketAlreadyExists"
    cloud.quotas |= {"buckets": 2}
    assert refused(s3.create_bucket, Bucket="third", **HERE) == "TooManyBuckets"


@pytest.mark.parametrize("name", ["ab", "Muvi", "a..b", "a_b-c", "-abc", "192.168.5.4", "xn--abc", "a" * 64, "a.mrap"])
def test_names_that_are_none(s3: Any, name: str) -> None:
    assert refused(s3.create_bucket, Bucket=name, **HERE) == "InvalidBucketName"


def test_two_clouds_have_their_own_names(s3: Any, connect: Connect, clock: Leaping, bucket: dict[str, str]) -> None:
    other = connect(Cloud(clock), "s3")
    other.create_bucket(**bucket, **HERE)
    s3.delete_bucket(**bucket)
    other.head_bucket(**bucket)


def test_whose_a_bucket_is(s3: Any, america: Any, cloud: Cloud, loader: boto3.Session, bucket: dict[str, str]) -> None:
    assert refused(s3.head_bucket, Bucket="nobodys") == "404"
    assert refused(s3.get_bucket_tagging, Bucket="nobodys") == "NoSuchBucket"
    cloud.books.foreign_buckets.add("theirs")
    assert refused(s3.head_bucket, Bucket="theirs") == "403"
    assert refused(s3.list_objects_v2, Bucket="theirs") == "AccessDenied"
    stranger = loader.client(
        "s3", endpoint_url="http://127.0.0.1:1", aws_access_key_id="999988887777", aws_secret_access_key="x"
    )
    InProcess(cloud).attach(stranger.meta.events)
    assert refused(stranger.head_bucket, **bucket) == "403"
    assert refused(stranger.create_bucket, **bucket, **HERE) == "BucketAlreadyExists"


def test_a_bucket_elsewhere_says_where(cloud: Cloud, connect: Connect, bucket: dict[str, str]) -> None:
    told: list[int] = []

    def watching(call: Any, act: Any) -> Any:
        answer = act()
        told.append(answer.status)
        return answer

    asked = connect(cloud, "s3", "eu-west-1", around=watching)
    assert asked.head_bucket(**bucket)["BucketRegion"] == REGION  # boto3 asks again where it is
    assert told == [301, 200]


def test_a_new_bucket_is_closed_and_encrypted(s3: Any, bucket: dict[str, str]) -> None:
    blocked = s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert len(blocked) == 4
    assert all(blocked.values())
    owner = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert "Status" not in s3.get_bucket_versioning(**bucket)
    assert refused(s3.get_bucket_cors, **bucket) == "NoSuchCORSConfiguration"
    assert refused(s3.get_bucket_lifecycle_configuration, **bucket) == "NoSuchLifecycleConfiguration"
    assert refused(s3.get_bucket_policy, **bucket) == "NoSuchBucketPolicy"
    assert refused(s3.get_bucket_tagging, **bucket) == "NoSuchTagSet"


def test_there_are_no_lists_unless_they_are_switched_on(s3: Any, bucket: dict[str, str]) -> None:
    assert refused(s3.put_bucket_acl, ACL="public-read", **bucket) == "AccessControlListNotSupported"
    assert refused(s3.put_object, Key="a", ACL="public-read", **bucket) == "AccessControlListNotSupported"
    s3.put_object(Key="a", ACL="bucket-owner-full-control", **bucket)
    listed = {"Bucket": "listed", "ACL": "public-read", **HERE}
    assert refused(s3.create_bucket, **listed) == "InvalidBucketAclWithObjectOwnership"
    controls = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    s3.put_bucket_ownership_controls(OwnershipControls=controls, **bucket)
    s3.put_bucket_acl(ACL="private", **bucket)


def test_what_is_put_replaces_the_document(s3: Any, bucket: dict[str, str]) -> None:
    s3.put_public_access_block(PublicAccessBlockConfiguration={"BlockPublicAcls": True}, **bucket)
    blocked = s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert blocked["BlockPublicAcls"] is True
    assert blocked["BlockPublicPolicy"] is False
    s3.delete_public_access_block(**bucket)
    assert refused(s3.get_public_access_block, **bucket) == "NoSuchPublicAccessBlockConfiguration"
    cors = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.example"], "MaxAgeSeconds": 60}]
    s3.put_bucket_cors(CORSConfiguration={"CORSRules": cors}, **bucket)
    assert s3.get_bucket_cors(**bucket)["CORSRules"] == cors
    s3.delete_bucket_cors(**bucket)
    assert refused(s3.get_bucket_cors, **bucket) == "NoSuchCORSConfiguration"
    for days in (3, 5):
        rules = [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": days}}]
        s3.put_bucket_lifecycle_configuration(LifecycleConfiguration={"Rules": rules}, **bucket)
        assert s3.get_bucket_lifecycle_configuration(**bucket)["Rules"] == rules
    s3.delete_bucket_lifecycle(**bucket)
    assert refused(s3.get_bucket_lifecycle_configuration, **bucket) == "NoSuchLifecycleConfiguration"


def test_encryption_is_always_there(s3: Any, bucket: dict[str, str]) -> None:
    by_key = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}]
    s3.put_bucket_encryption(ServerSideEncryptionConfiguration={"Rules": by_key}, **bucket)
    assert s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"] == by_key
    s3.delete_bucket_encryption(**bucket)
    (rule,) = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_tags_with_the_bucket_and_later(s3: Any, america: Any, cloud: Cloud, connect: Connect) -> None:
    s3.create_bucket(CreateBucketConfiguration={"LocationConstraint": REGION, "Tags": TAGS}, **MINE)
    america.create_bucket(Bucket="muvi-america", CreateBucketConfiguration={"Tags": TAGS})
    assert s3.get_bucket_tagging(**MINE)["TagSet"] == TAGS
    assert america.get_bucket_tagging(Bucket="muvi-america")["TagSet"] == TAGS
    index = connect(cloud, "resourcegroupstaggingapi")
    found = index.get_resources(ResourceTypeFilters=["s3"])["ResourceTagMappingList"]
    assert found == [{"ResourceARN": "arn:aws:s3:::muvi-uat", "Tags": TAGS}]
    other = [{"Key": "b", "Value": "2"}]
    s3.put_bucket_tagging(Tagging={"TagSet": other}, **MINE)
    assert s3.get_bucket_tagging(**MINE)["TagSet"] == other
    twice = {"TagSet": [*other, *other]}
    assert refused(s3.put_bucket_tagging, Tagging=twice, **MINE) == "InvalidTag"
    assert refused(s3.put_bucket_tagging, Tagging={"TagSet": [{"Key": "aws:x", "Value": ""}]}, **MINE) == "InvalidTag"
    many = {"TagSet": [{"Key": str(number), "Value": ""} for number in range(51)]}
    assert refused(s3.put_bucket_tagging, Tagging=many, **MINE) == "BadRequest"
    s3.delete_bucket_tagging(**MINE)
    assert refused(s3.get_bucket_tagging, **MINE) == "NoSuchTagSet"


def test_a_bucket_goes_when_no_version_is_left(s3: Any, cloud: Cloud, bucket: dict[str, str]) -> None:
    s3.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}, **bucket)
    s3.put_object(Key="a/b", Body=b"one", **bucket)
    assert refused(s3.delete_bucket, **bucket) == "BucketNotEmpty"
    s3.delete_object(Key="a/b", **bucket)
    assert s3.list_objects_v2(**bucket)["KeyCount"] == 0
    assert refused(s3.delete_bucket, **bucket) == "BucketNotEmpty"
    held = s3.list_object_versions(**bucket)
    found = [*held["Versions"], *held["DeleteMarkers"]]
    named = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
    s3.delete_objects(Delete={"Objects": named[:1]}, **bucket)
    assert refused(s3.delete_bucket, **bucket) == "BucketNotEmpty"
    s3.delete_objects(Delete={"Objects": named[1:]}, **bucket)
    s3.delete_bucket(**bucket)
    assert refused(s3.head_bucket, **bucket) == "404"
    assert cloud.snapshot() == {}
    many = {"Objects": [{"Key": str(number)} for number in range(1001)]}
    s3.create_bucket(**bucket, **HERE)
    assert refused(s3.delete_objects, Delete=many, **bucket) == "MalformedXML"


def test_a_deleted_name_is_free_only_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    s3 = connect(slow, "s3")
    s3.create_bucket(**MINE, **HERE)
    s3.delete_bucket(**MINE)
    assert refused(s3.create_bucket, **MINE, **HERE) == "OperationAborted"
    clock.sleep(61)
    s3.create_bucket(**MINE, **HERE)


def test_uploads_in_parts(s3: Any, bucket: dict[str, str]) -> None:
    upload = s3.create_multipart_upload(Key="big", **bucket)["UploadId"]
    assert [one["UploadId"] for one in s3.list_multipart_uploads(**bucket)["Uploads"]] == [upload]
    s3.abort_multipart_upload(Key="big", UploadId=upload, **bucket)
    assert "Uploads" not in s3.list_multipart_uploads(**bucket)


def test_buckets_are_listed_by_region_prefix_and_page(s3: Any, america: Any, bucket: dict[str, str]) -> None:
    for name in ("muvi-a", "other"):
        america.create_bucket(Bucket=name)
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["muvi-a", "muvi-uat", "other"]
    assert [one["Name"] for one in s3.list_buckets(BucketRegion=REGION)["Buckets"]] == ["muvi-uat"]
    pages = list(s3.get_paginator("list_buckets").paginate(Prefix="muvi", PaginationConfig={"PageSize": 1}))
    assert [[one["Name"] for one in page["Buckets"]] for page in pages] == [["muvi-a"], ["muvi-uat"]]


def test_the_bucket_in_the_hosts_name(cloud: Cloud, loader: boto3.Session, bucket: dict[str, str]) -> None:
    """As on AWS itself, where the body has its checksum behind it."""
    s3 = loader.client("s3")
    InProcess(cloud).attach(s3.meta.events)
    s3.put_object(Key="form", Body=b"x=1&Action=Nonsense", **bucket)  # which is no call of the query protocol
    s3.delete_object(Key="form", **bucket)
    s3.put_object(Key="a/b c.txt", Body=b"words", ContentType="text/plain", **bucket)
    got = s3.get_object(Key="a/b c.txt", **bucket)
    assert (got["Body"].read(), got["ContentType"]) == (b"words", "text/plain")
    assert [one["Key"] for one in s3.list_objects_v2(**bucket)["Contents"]] == ["a/b c.txt"]


def test_both_spellings_over_a_socket(cloud: Cloud, loader: boto3.Session, bucket: dict[str, str]) -> None:
    import threading

    listener = Listener(cloud, lambda verb, said: (404, {}))
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    s3 = loader.client("s3", endpoint_url=listener.endpoint)
    try:
        s3.put_object(Key="page.html", Body=b"words", **bucket)
        assert s3.head_object(Key="page.html", **bucket)["ContentLength"] == 5
        assert refused(s3.head_object, Key="none", **bucket) == "404"
        address = urlsplit(s3.generate_presigned_url("get_object", Params={"Key": "page.html", **bucket}))
        for host, path in (("127.0.0.1", address.path), (f"{bucket['Bucket']}.localhost", "/page.html")):
            line = http.client.HTTPConnection("127.0.0.1", listener.server_port, timeout=10)
            line.request("GET", f"{path}?{address.query}", headers={"Host": f"{host}:{listener.server_port}"})
            assert line.getresponse().read() == b"words"
            line.close()
    finally:
        s3.close()
        listener.shutdown()
        listener.server_close()


def test_buckets_are_kept(s3: Any, cloud: Cloud, bucket: dict[str, str]) -> None:
    s3.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}, **bucket)
    s3.put_object(Key="a", Body=b"words", **bucket)
    s3.put_bucket_tagging(Tagging={"TagSet": TAGS}, **bucket)
    before, kept = cloud.snapshot(), persistence.dumped(cloud)
    cloud.reset()
    assert refused(s3.head_bucket, **bucket) == "404"
    persistence.load(cloud, kept)
    assert cloud.snapshot() == before
    assert s3.get_object(Key="a", **bucket)["Body"].read() == b"words"
    assert len(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]) == 4


def test_a_new_bucket_is_found_only_later(clock: Leaping, connect: Connect) -> None:
    s3 = connect(Cloud(clock, lag_s=60), "s3")
    s3.create_bucket(**MINE, **HERE)
    assert refused(s3.head_bucket, **MINE) == "404"
    assert refused(s3.get_bucket_cors, **MINE) == "NoSuchBucket"
    assert s3.list_buckets()["Buckets"] == []
    assert refused(s3.create_bucket, **MINE, **HERE) == "BucketAlreadyOwnedByYou"
    clock.sleep(60)
    assert refused(s3.get_bucket_cors, **MINE) == "NoSuchCORSConfiguration"
    assert refused(s3.get_bucket_cors, ExpectedBucketOwner="999988887777", **MINE) == "AccessDenied"
