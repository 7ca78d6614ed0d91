"""What is put on a bucket is looked at first."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect
from tests.sandbox.refusals import refused

MINE = {"Bucket": "muvi-uat"}
RULE = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
SHARED = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://*.cinema.example"], "ExposeHeaders": ["ETag"]}


@pytest.fixture
def s3(cloud: Cloud, connect: Connect) -> Any:
    made = connect(cloud, "s3")
    made.create_bucket(CreateBucketConfiguration={"LocationConstraint": REGION}, **MINE)
    return made


def without(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in names}


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("MalformedXML", []),
        ("MalformedXML", [RULE | {"Status": "On"}]),
        ("MalformedXML", [without(RULE, "Filter")]),
        ("MalformedXML", [RULE | {"Prefix": ""}]),
        ("MalformedXML", [RULE | {"Filter": {"Prefix": "a", "ObjectSizeGreaterThan": 1}}]),
        ("MalformedXML", [RULE | {"Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}]),
        ("MalformedXML", [RULE | {"ID": str(number)} for number in range(1001)]),
        ("InvalidRequest", [without(RULE, "Expiration")]),
        ("InvalidArgument", [RULE, RULE]),
        ("InvalidArgument", [RULE | {"ID": "x" * 256}]),
        ("InvalidArgument", [RULE | {"Expiration": {"Days": 0}}]),
        ("InvalidArgument", [RULE | {"NoncurrentVersionExpiration": {"NoncurrentDays": 0}}]),
        ("InvalidArgument", [RULE | {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 0}}]),
    ],
)
def test_rules_of_age_that_are_none(s3: Any, code: str, rules: list[dict[str, Any]]) -> None:
    said = {"LifecycleConfiguration": {"Rules": rules}}
    assert refused(s3.put_bucket_lifecycle_configuration, **said, **MINE) == code
    assert refused(s3.get_bucket_lifecycle_configuration, **MINE) == "NoSuchLifecycleConfiguration"
    both = [RULE, RULE | {"ID": "parts", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]
    s3.put_bucket_lifecycle_configuration(LifecycleConfiguration={"Rules": both}, **MINE)
    assert s3.get_bucket_lifecycle_configuration(**MINE)["Rules"] == both


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("MalformedXML", []),
        ("MalformedXML", [SHARED | {"AllowedOrigins": []}]),
        ("MalformedXML", [SHARED] * 101),
        ("InvalidRequest", [SHARED | {"AllowedMethods": ["GET", "PATCH"]}]),
        ("InvalidRequest", [SHARED | {"AllowedOrigins": ["https://*.*.cinema.example"]}]),
        ("InvalidRequest", [SHARED | {"AllowedHeaders": ["x-*-*"]}]),
        ("InvalidRequest", [SHARED | {"ExposeHeaders": ["*"]}]),
    ],
)
def test_sharing_that_is_none(s3: Any, code: str, rules: list[dict[str, Any]]) -> None:
    assert refused(s3.put_bucket_cors, CORSConfiguration={"CORSRules": rules}, **MINE) == code
    s3.put_bucket_cors(CORSConfiguration={"CORSRules": [SHARED | {"AllowedHeaders": ["*"]}]}, **MINE)


def test_versions_are_kept_or_not(s3: Any) -> None:
    said = {"VersioningConfiguration": {}}
    assert refused(s3.put_bucket_versioning, **said, **MINE) == "IllegalVersioningConfigurationException"
    s3.put_bucket_versioning(VersioningConfiguration={"Status": "Suspended"}, **MINE)


def test_encryption_is_by_one_rule(s3: Any) -> None:
    def put(*kinds: dict[str, str]) -> dict[str, Any]:
        rules = [{"ApplyServerSideEncryptionByDefault": one} for one in kinds]
        return {"ServerSideEncryptionConfiguration": {"Rules": rules}, **MINE}

    plain, keyed = {"SSEAlgorithm": "AES256"}, {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/ours"}
    for bad in ((), (plain, plain), ({"SSEAlgorithm": "AES128"},)):
        assert refused(s3.put_bucket_encryption, **put(*bad)) == "MalformedXML"
    assert refused(s3.put_bucket_encryption, **put(keyed | plain)) == "InvalidArgument"
    s3.put_bucket_encryption(**put(keyed))


def test_whose_uploads_are(s3: Any) -> None:
    def put(*kinds: str) -> dict[str, Any]:
        return {"OwnershipControls": {"Rules": [{"ObjectOwnership": one} for one in kinds]}, **MINE}

    for bad in ((), ("ObjectWriter", "ObjectWriter"), ("Uploader",)):
        assert refused(s3.put_bucket_ownership_controls, **put(*bad)) == "MalformedXML"
    s3.put_bucket_ownership_controls(**put("ObjectWriter"))
    s3.delete_bucket_ownership_controls(**MINE)
    assert refused(s3.get_bucket_ownership_controls, **MINE) == "OwnershipControlsNotFoundError"


def test_keys_have_a_length(s3: Any) -> None:
    assert refused(s3.put_object, Key="\u00e4" * 513, Body=b"", **MINE) == "KeyTooLongError"
    s3.put_object(Key="a" * 1024, Body=b"", **MINE)
