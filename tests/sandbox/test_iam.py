"""Roles and their policies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import MANAGED, allow, trust
from tests.sandbox.refusals import refused

ECS = trust("ecs-tasks.amazonaws.com")


@pytest.fixture
def iam(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "iam")


def role(iam: Any, name: str = "task", **more: Any) -> str:
    return str(iam.create_role(**({"RoleName": name, "AssumeRolePolicyDocument": ECS} | more))["Role"]["Arn"])


@pytest.mark.parametrize(
    "document",
    [
        "{}",
        "nonsense",
        "[]",
        ECS.replace('"Effect": "Allow"', '"Effect": "Perhaps"'),
        ECS.replace('"Principal"', '"Prinzipal"'),
        allow("sts:AssumeRole"),
    ],
)
def test_a_trust_policy_that_is_none(iam: Any, document: str) -> None:
    said = {"RoleName": "task", "AssumeRolePolicyDocument": document}
    assert refused(iam.create_role, **said) == "MalformedPolicyDocument"
    role(iam)
    assert refused(iam.update_assume_role_policy, RoleName="task", PolicyDocument=document) == "MalformedPolicyDocument"
    iam.update_assume_role_policy(RoleName="task", PolicyDocument=ECS)


def test_a_dash_from_a_spreadsheet(iam: Any) -> None:
    dashed = ECS.replace("ecs-tasks", "ecs\u2013tasks")
    assert refused(iam.create_role, RoleName="task", AssumeRolePolicyDocument=dashed) == "ValidationError"
    said = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    accented = said | {"Condition": {"StringEquals": {"aws:RequestTag/a": "\u00e9"}}}  # up to U+00FF
    role(iam, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [accented]}))


def test_how_long_documents_may_be(iam: Any) -> None:
    long = trust(*["ecs-tasks.amazonaws.com"] * 80)
    assert refused(iam.create_role, RoleName="task", AssumeRolePolicyDocument=long) == "LimitExceeded"
    role(iam, AssumeRolePolicyDocument=ECS + " " * 3000)  # whitespace is not counted
    half = allow(*(f"s3:Action{number:04}" for number in range(340)))
    put = {"RoleName": "task", "PolicyDocument": half}
    iam.put_role_policy(PolicyName="a", **put)
    iam.put_role_policy(PolicyName="a", **put)
    assert refused(iam.put_role_policy, PolicyName="b", **put) == "LimitExceeded"


@pytest.mark.parametrize("document", ["nonsense", "{}", ECS, allow("s3:*").replace('"Resource": "*"', '"X": "*"')])
def test_an_inline_policy_that_is_none(iam: Any, document: str) -> None:
    role(iam)
    put = {"RoleName": "task", "PolicyName": "p"}
    assert refused(iam.put_role_policy, PolicyDocument=document, **put) == "MalformedPolicyDocument"
    iam.put_role_policy(PolicyDocument=allow("s3:*"), **put)


def test_who_is_trusted_by_name_is_there(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    iam = connect(slow, "iam")
    arn = role(iam)
    said = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    named = json.dumps({"Version": "2012-10-17", "Statement": [said]})
    assert refused(iam.create_role, RoleName="b", AssumeRolePolicyDocument=named) == "MalformedPolicyDocument"
    clock.sleep(11)
    role(iam, "b", AssumeRolePolicyDocument=named)
    none = named.replace("role/task", "role/none")
    assert refused(iam.create_role, RoleName="c", AssumeRolePolicyDocument=none) == "MalformedPolicyDocument"


def test_names_are_one_in_any_case(iam: Any) -> None:
    role(iam, "Task")
    assert refused(iam.create_role, RoleName="tASK", AssumeRolePolicyDocument=ECS) == "EntityAlreadyExists"
    assert refused(iam.create_role, RoleName="x" * 65, AssumeRolePolicyDocument=ECS) == "ValidationError"


def test_quota_and_tags(connect: Connect) -> None:
    iam = connect(Cloud(quotas={"iam_roles": 1}), "iam")
    iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")  # AWS's own do not count
    said = {"RoleName": "a", "AssumeRolePolicyDocument": ECS}
    assert refused(iam.create_role, Tags=[{"Key": "k", "Value": "smart \u201cquotes\u201d"}], **said) == "InvalidInput"
    assert refused(iam.create_role, Tags=[{"Key": "aws:k", "Value": ""}], **said) == "InvalidInput"
    iam.create_role(Tags=[{"Key": "k", "Value": "a/b=c+d-e@f:g"}], **said)
    iam.tag_role(RoleName="a", Tags=[{"Key": "l", "Value": "m"}])
    assert {tag["Key"] for tag in iam.list_role_tags(RoleName="a")["Tags"]} == {"k", "l"}
    assert refused(iam.create_role, RoleName="b", AssumeRolePolicyDocument=ECS) == "LimitExceeded"


def test_a_role_gives_up_its_policies_first(cloud: Cloud, iam: Any) -> None:
    role(iam)
    iam.attach_role_policy(RoleName="task", PolicyArn=MANAGED)
    iam.attach_role_policy(RoleName="task", PolicyArn=MANAGED)
    iam.put_role_policy(RoleName="task", PolicyName="p", PolicyDocument=allow("s3:*"))
    assert refused(iam.delete_role, RoleName="task") == "DeleteConflict"
    iam.detach_role_policy(RoleName="task", PolicyArn=MANAGED)
    assert refused(iam.delete_role, RoleName="task") == "DeleteConflict"
    iam.delete_role_policy(RoleName="task", PolicyName="p")
    iam.delete_role(RoleName="task")
    assert refused(iam.get_role, RoleName="task") == "NoSuchEntity"
    assert cloud.snapshot() == {}


def test_ten_managed_policies(iam: Any) -> None:
    role(iam)
    arns = [one["Arn"] for one in iam.list_policies(Scope="AWS", MaxItems=11)["Policies"]]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="task", PolicyArn=arn)
    assert refused(iam.attach_role_policy, RoleName="task", PolicyArn=arns[10]) == "LimitExceeded"


def test_all_roles_at_once(cloud: Cloud, iam: Any) -> None:
    for number in range(5):
        role(iam, f"r{number}", Path="/uat/", Tags=[{"Key": "n", "Value": str(number)}])
    iam.attach_role_policy(RoleName="r3", PolicyArn=MANAGED)
    iam.put_role_policy(RoleName="r3", PolicyName="p", PolicyDocument=allow("s3:GetObject"))
    asked = {"Filter": ["Role"], "PaginationConfig": {"PageSize": 2}}
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(**asked))
    found = {one["RoleName"]: one for page in pages for one in page["RoleDetailList"]}
    assert (len(pages), sorted(found)) == (3, [f"r{number}" for number in range(5)])
    third = found["r3"]
    assert third["AssumeRolePolicyDocument"] == json.loads(ECS)
    assert third["RolePolicyList"] == [{"PolicyName": "p", "PolicyDocument": json.loads(allow("s3:GetObject"))}]
    assert [one["PolicyArn"] for one in third["AttachedManagedPolicies"]] == [MANAGED]
    assert (third["Path"], third["Tags"]) == ("/uat/", [{"Key": "n", "Value": "3"}])
    assert len(iam.list_roles(PathPrefix="/uat/")["Roles"]) == 5
    assert iam.list_roles(PathPrefix="/prod/")["Roles"] == []
    described = cloud.snapshot()["iam"]["aws"]["role"]["r3"]
    assert (described["attached"], described["tags"]) == ([MANAGED], {"n": "3"})


def test_service_linked_roles_are_aws_s(cloud: Cloud, iam: Any) -> None:
    service = {"AWSServiceName": "ecs.application-autoscaling.amazonaws.com"}
    made = iam.create_service_linked_role(**service)["Role"]
    assert made["RoleName"] == "AWSServiceRoleForApplicationAutoScaling_ECSService"
    assert refused(iam.create_service_linked_role, **service) == "InvalidInput"
    assert refused(iam.create_service_linked_role, AWSServiceName="none.amazonaws.com") == "AccessDenied"
    suffixed = {"AWSServiceName": "rds.amazonaws.com", "CustomSuffix": "x"}
    assert refused(iam.create_service_linked_role, **suffixed) == "InvalidInput"
    assert refused(iam.delete_role, RoleName=made["RoleName"]) == "UnmodifiableEntity"
    assert iam.get_role(RoleName=made["RoleName"])["Role"]["Path"].startswith("/aws-service-role/")
    assert cloud.snapshot() == {}


def test_lambda_hears_of_a_role_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    iam, functions = connect(slow, "iam"), connect(slow, "lambda")
    arn = role(iam, "fn", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
    said = {"FunctionName": "f", "Runtime": "python3.12", "Role": arn, "Handler": "a.b", "Code": {"ZipFile": _zip()}}
    assert refused(functions.create_function, **said) == "InvalidParameterValueException"
    clock.sleep(5)
    iam.put_role_policy(RoleName="fn", PolicyName="p", PolicyDocument=allow("logs:*"))
    clock.sleep(6)
    assert refused(functions.create_function, **said) == "InvalidParameterValueException"
    clock.sleep(5)
    assert functions.create_function(**said)["FunctionName"] == "f"


def test_rds_hears_of_a_role_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    iam, rds = connect(slow, "iam"), connect(slow, "rds")
    said = {"DBProxyName": "p", "EngineFamily": "POSTGRESQL", "VpcSubnetIds": ["subnet-00000000000000000"]}
    said |= {"RoleArn": role(iam, "proxy", AssumeRolePolicyDocument=trust("rds.amazonaws.com"))}
    with pytest.raises(ClientError, match="IAM role ARN value is invalid"):
        rds.create_db_proxy(**said)
    clock.sleep(11)
    with pytest.raises(ClientError) as caught:  # the role is known; there is no such subnet
        rds.create_db_proxy(**said)
    assert "IAM role ARN" not in str(caught.value)


def _zip() -> bytes:
    import io
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.py", "def b(*_): return 1")
    return file.getvalue()
