"""Policies of buckets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping

MINE = {"Bucket": "muvi-uat"}
BUCKET = "arn:aws:s3:::muvi-uat"
READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
EDGE = READ | {"Principal": {"Service": "cloudfront.amazonaws.com"}}
EDGE |= {"Condition": {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::000011112222:distribution/E1"}}}
SECURE = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [BUCKET, f"{BUCKET}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


class Bucket:
    """One bucket, and what is said to its policies."""

    def __init__(self, s3: Any) -> None:
        self.s3 = s3
        s3.create_bucket(CreateBucketConfiguration={"LocationConstraint": REGION}, **MINE)

    def put(self, *statements: dict[str, Any]) -> None:
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        self.s3.put_bucket_policy(Policy=json.dumps(document), **MINE)

    def refusal(self, *statements: dict[str, Any]) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            self.put(*statements)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture
def bucket(cloud: Cloud, connect: Connect) -> Bucket:
    return Bucket(connect(cloud, "s3"))


def test_a_policy_is_told_as_it_was_put_until_it_is_deleted(bucket: Bucket) -> None:
    bucket.put(EDGE | {"Action": ["s3:GetObject"]}, SECURE)
    told = json.loads(bucket.s3.get_bucket_policy(**MINE)["Policy"])
    assert told["Statement"] == [EDGE, SECURE]  # a list of one is that one
    assert bucket.s3.get_bucket_policy_status(**MINE)["PolicyStatus"]["IsPublic"] is False
    bucket.s3.put_object(Key="a", Body=b"", **MINE)  # what is refused over HTTP is not refused to us
    bucket.s3.delete_bucket_policy(**MINE)
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        bucket.s3.get_bucket_policy(**MINE)


def test_no_public_policy_while_it_is_blocked(bucket: Bucket) -> None:
    code, message = bucket.refusal(READ)
    assert code == "AccessDenied"
    assert "BlockPublicPolicy" in message
    assert bucket.refusal(READ | {"Principal": {"AWS": ["*"]}})[0] == "AccessDenied"
    bucket.put(READ | {"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}})
    bucket.s3.put_public_access_block(PublicAccessBlockConfiguration={"BlockPublicPolicy": False}, **MINE)
    bucket.put(READ)
    assert bucket.s3.get_bucket_policy_status(**MINE)["PolicyStatus"]["IsPublic"] is True


def test_that_it_may_be_public_is_heard_of_only_later(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, lag_s=60)
    bucket = Bucket(connect(cloud, "s3"))
    clock.sleep(60)
    opened = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}, **MINE}
    bucket.s3.put_public_access_block(**opened)
    assert bucket.s3.get_public_access_block(**MINE)["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] is False
    assert bucket.refusal(READ)[0] == "AccessDenied"
    bucket.s3.put_public_access_block(**opened)
    clock.sleep(60)
    bucket.put(READ)
    bucket.s3.delete_public_access_block(**MINE)
    bucket.put(READ)


def test_a_policy_is_well_formed(bucket: Bucket) -> None:
    for text in ("nonsense", "[]"):
        with pytest.raises(ClientError, match="MalformedPolicy"):
            bucket.s3.put_bucket_policy(Policy=text, **MINE)
    assert bucket.refusal()[1] == "Missing required field Statement"
    for name in ("Effect", "Principal", "Action", "Resource"):
        rest = {key: value for key, value in EDGE.items() if key != name}
        assert bucket.refusal(rest) == ("MalformedPolicy", f"Missing required field {name}")
    assert bucket.refusal(EDGE | {"Action": "ec2:RunInstances"})[1] == "Policy has invalid action"
    assert bucket.refusal(EDGE | {"Resource": "arn:aws:s3:::other/*"})[1] == "Policy has invalid resource"
    assert "does not apply" in bucket.refusal(EDGE | {"Resource": BUCKET})[1]
    listing = EDGE | {"Action": ["s3:ListBucket", "s3:GetBucketLocation"]}
    assert "does not apply" in bucket.refusal(listing)[1]
    bucket.put(listing | {"Resource": BUCKET})
    assert bucket.refusal(EDGE | {"Conditions": {}})[1] == "Unknown field Conditions"
    for nobody in ({"Service": "cloudfront"}, {"AWS": "somebody"}, {"AWS": "arn:aws:s3:::muvi-uat"}):
        assert bucket.refusal(EDGE | {"Principal": nobody})[1] == "Invalid principal in policy"
    bucket.put(EDGE | {"Principal": {"AWS": ["arn:aws:iam::999988887777:root", "888877776666"]}})
    old = json.dumps({"Version": "2012-10-18", "Statement": [EDGE]})
    with pytest.raises(ClientError, match="valid version string"):
        bucket.s3.put_bucket_policy(Policy=old, **MINE)
    long = EDGE | {"Sid": "x" * 20_480}
    assert bucket.refusal(long)[0] == "PolicyTooLarge"


def test_s3_hears_of_a_role_only_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    bucket, iam = Bucket(connect(slow, "s3")), connect(slow, "iam", "us-east-1")
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = "arn:aws:iam::000011112222:role/app"
    mine = EDGE | {"Principal": {"AWS": arn}}
    assert bucket.refusal(mine) == ("MalformedPolicy", "Invalid principal in policy")
    assert iam.create_role(RoleName="app", AssumeRolePolicyDocument=document)["Role"]["Arn"] == arn
    assert bucket.refusal(mine) == ("MalformedPolicy", "Invalid principal in policy")
    clock.sleep(30)
    bucket.put(mine)
