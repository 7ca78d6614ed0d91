"""Policies that stand on their own, tags, whom a role trusts, and how late IAM itself shows what was done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import MANAGED, allow, trust
from tests.sandbox.refusals import refused

ECS = trust("ecs-tasks.amazonaws.com")


@pytest.fixture
def iam(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "iam")


def policy(iam: Any, name: str = "read", document: str = "") -> str:
    made = iam.create_policy(PolicyName=name, PolicyDocument=document or allow("s3:GetObject"))
    return str(made["Policy"]["Arn"])


def test_the_life_of_a_policy(iam: Any) -> None:
    """aws-reality 5.2 e, f."""
    arn = policy(iam)
    assert refused(iam.create_policy, PolicyName="READ", PolicyDocument=allow("s3:*")) == "EntityAlreadyExists"
    iam.create_role(RoleName="task", AssumeRolePolicyDocument=ECS)
    iam.attach_role_policy(RoleName="task", PolicyArn=arn)
    assert refused(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
    iam.detach_role_policy(RoleName="task", PolicyArn=arn)
    more = {"PolicyArn": arn, "PolicyDocument": allow("s3:PutObject")}
    for _ in range(4):
        iam.create_policy_version(**more)
    assert refused(iam.create_policy_version, **more) == "LimitExceeded"
    assert refused(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
    for version in ("v2", "v3", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)
    assert refused(iam.delete_policy, PolicyArn=arn) == "NoSuchEntity"


def test_what_a_policy_says(iam: Any) -> None:
    assert refused(iam.create_policy, PolicyName="p", PolicyDocument="nonsense") == "MalformedPolicyDocument"
    assert refused(iam.create_policy, PolicyName="p", PolicyDocument=ECS) == "MalformedPolicyDocument"
    long = allow(*(f"s3:Action{number:04}" for number in range(400)))
    assert refused(iam.create_policy, PolicyName="p", PolicyDocument=long) == "LimitExceeded"
    policy(iam, "p")


def test_how_many(clock: Leaping, connect: Connect) -> None:
    said = {"iam_policies": 1, "iam_policies_per_role": 1, "oidc_providers": 1}
    iam = connect(Cloud(clock, quotas=said), "iam")
    own = policy(iam)
    assert refused(iam.create_policy, PolicyName="b", PolicyDocument=allow("s3:*")) == "LimitExceeded"
    iam.create_role(RoleName="task", AssumeRolePolicyDocument=ECS)
    iam.attach_role_policy(RoleName="task", PolicyArn=own)
    assert refused(iam.attach_role_policy, RoleName="task", PolicyArn=MANAGED) == "LimitExceeded"
    first = iam.create_open_id_connect_provider(Url="https://a.example")["OpenIDConnectProviderArn"]
    assert refused(iam.create_open_id_connect_provider, Url="https://b.example") == "LimitExceeded"
    named = {"OpenIDConnectProviderArn": first}
    for number in range(100):
        iam.add_client_id_to_open_id_connect_provider(**named, ClientID=f"audience-{number}")
    assert refused(iam.add_client_id_to_open_id_connect_provider, **named, ClientID="another") == "LimitExceeded"
    iam.add_client_id_to_open_id_connect_provider(**named, ClientID="audience-7")  # which it has


def test_tags(iam: Any) -> None:
    said = {"RoleName": "task", "AssumeRolePolicyDocument": ECS}
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    assert refused(iam.create_role, **said, Tags=twice) == "InvalidInput"
    assert refused(iam.create_role, **said, Tags=[{"Key": "a,b", "Value": "1"}]) == "InvalidInput"
    iam.create_role(**said, Tags=many[:49])
    assert refused(iam.tag_role, RoleName="task", Tags=many[48:]) == "LimitExceeded"
    iam.tag_role(RoleName="task", Tags=many[48:50])
    assert len(iam.list_role_tags(RoleName="task")["Tags"]) == 50


@pytest.mark.parametrize("service", ["ecs-task.amazonaws.com", "tagging.amazonaws.com", "lambda", "amazonaws.com"])
def test_a_service_that_aws_does_not_have(iam: Any, service: str) -> None:
    """aws-reality 5.2 e."""
    said = {"RoleName": "task", "AssumeRolePolicyDocument": trust("lambda.amazonaws.com", service)}
    assert refused(iam.create_role, **said) == "MalformedPolicyDocument"
    known = trust("lambda.amazonaws.com", "states.us-east-1.amazonaws.com", "monitoring.rds.amazonaws.com")
    iam.create_role(RoleName="task", AssumeRolePolicyDocument=known)


def test_iam_shows_a_new_role_late(clock: Leaping, connect: Connect) -> None:
    """aws-reality 1.6, 13: read after write."""
    cloud = Cloud(clock, lag_s=20)
    iam = connect(cloud, "iam")
    iam.create_role(RoleName="task", AssumeRolePolicyDocument=ECS)
    put = {"RoleName": "task", "PolicyName": "p", "PolicyDocument": allow("s3:GetObject")}
    assert refused(iam.put_role_policy, **put) == "NoSuchEntity"
    assert refused(iam.get_role, RoleName="task") == "NoSuchEntity"
    assert listed(iam) == {}
    assert refused(iam.create_role, RoleName="task", AssumeRolePolicyDocument=ECS) == "EntityAlreadyExists"
    clock.sleep(21)
    assert listed(iam) == {"task": []}
    iam.put_role_policy(**put)
    again = Cloud(clock, lag_s=20)
    persistence.load(again, persistence.dumped(cloud))
    assert listed(iam) == listed(connect(again, "iam")) == {"task": []}
    clock.sleep(21)
    assert listed(iam) == {"task": ["p"]}
    iam.delete_role_policy(RoleName="task", PolicyName="p")
    assert refused(iam.delete_role, RoleName="task") == "DeleteConflict"  # 5.2 f: not gone everywhere
    clock.sleep(21)
    iam.delete_role(RoleName="task")
    for each in (cloud, again):
        each.reset()


def listed(iam: Any) -> dict[str, list[str]]:
    """The roles of the account's one list, with their own policies."""
    found = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    return {one["RoleName"]: [each["PolicyName"] for each in one["RolePolicyList"]] for one in found}


def test_being_somebody_else(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """aws-reality 5.2 b, 9; the emulator lets anybody be any role."""
    iam, sts = connect(slow, "iam"), connect(slow, "sts")
    said = {"Effect": "Allow", "Principal": {"AWS": slow.account}, "Action": "sts:AssumeRole"}
    own = json.dumps({"Version": "2012-10-17", "Statement": [said]})
    arn = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=own)["Role"]["Arn"]
    other = iam.create_role(RoleName="task", AssumeRolePolicyDocument=ECS)["Role"]["Arn"]
    asked = {"RoleArn": arn, "RoleSessionName": "test"}
    assert refused(sts.assume_role, **asked) == "AccessDenied"  # it is too new
    clock.sleep(11)
    assert sts.assume_role(**asked)["Credentials"]["SessionToken"]
    assert refused(sts.assume_role, **asked, DurationSeconds=7200) == "ValidationError"
    for wrong in (other, arn + "-none", arn.replace(slow.account, "999988887777")):
        assert refused(sts.assume_role, **asked | {"RoleArn": wrong}) == "AccessDenied"
    token = {"RoleSessionName": "test", "WebIdentityToken": "a.b.c"}
    assert refused(sts.assume_role_with_web_identity, RoleArn=arn, **token) == "AccessDenied"
    federated = {"Federated": f"arn:aws:iam::{slow.account}:oidc-provider/a.example"}
    guest = said | {"Principal": federated, "Action": "sts:AssumeRoleWithWebIdentity"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [guest]})
    arn = iam.create_role(RoleName="guest", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    assert sts.assume_role_with_web_identity(RoleArn=arn, **token)["Credentials"]
