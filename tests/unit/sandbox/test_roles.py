"""What policies allow, conditions apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muvi_provision.sandbox import roles

READ = "secretsmanager:GetSecretValue"
SECRET = "arn:aws:secretsmanager:me-central-1:000011112222:secret:uat/web-AbCdEf"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def said(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": "000011112222"}, "Action": READ, "Resource": SECRET} | more


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([said()], True),
        ([said(Action="SecretsManager:getsecretvalue")], True),
        ([said(Action=["ssm:*", "secretsmanager:Get*"])], True),
        ([said(Action="secretsmanager:GetSecretValu?")], True),
        ([said(Action="secretsmanager:Get")], False),
        ([said(Resource=SECRET.replace("AbCdEf", "*"))], True),
        ([said(Resource=SECRET.upper())], False),
        ([said(Resource=[])], False),
        ([said(), said(Effect="Deny", Action="*", Resource="*")], False),
        ([said(), said(Effect="Deny", Action="s3:*", Resource="*")], True),
        ([{key: value for key, value in said(NotAction="s3:*").items() if key != "Action"}], True),
        ([{key: value for key, value in said(NotAction=READ).items() if key != "Action"}], False),
        ([said(Principal="*")], True),
        ([said(Principal={"AWS": ["arn:aws:iam::000011112222:root"]})], True),
        ([said(Principal={"AWS": "444455556666"})], False),
        ([said(Principal={"Service": "ecs.amazonaws.com"})], False),
        ([], False),
    ],
)
def test_another_account_is_let_in(statements: list[dict[str, Any]], allowed: bool) -> None:
    assert roles.granted(policy(*statements), "000011112222", READ, SECRET) is allowed


def test_a_resource_policy_need_not_name_the_resource() -> None:
    bare = {key: value for key, value in said().items() if key != "Resource"}
    assert roles.granted(policy(bare), "000011112222", READ)


def test_a_single_statement_needs_no_list() -> None:
    assert roles.statements(json.dumps({"Statement": said()})) == [said()]
    assert roles.statements("nonsense") == roles.statements("[]") == roles.statements('{"Statement": ["x"]}') == []


def test_which_services_are_trusted() -> None:
    trust = policy(
        {
            "Effect": "Allow",
            "Principal": {"Service": ["a.amazonaws.com", "b.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        },
        {"Effect": "Deny", "Principal": {"Service": "c.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
    )
    assert roles.trusted(trust) == {"a.amazonaws.com", "b.amazonaws.com"}
