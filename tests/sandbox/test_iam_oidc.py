"""Identity providers of others, and the roles that trust GitHub."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect
from tests.sandbox.refusals import refused

URL = "https://token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
TAGS = [{"Key": "muvi:address", "Value": "oidc_provider/github"}]
BRANCH = "repo:owner/code:ref:refs/heads/main"


@pytest.fixture
def iam(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "iam")


def made(iam: Any, url: str = URL, **more: Any) -> str:
    return str(iam.create_open_id_connect_provider(Url=url, **more)["OpenIDConnectProviderArn"])


def trust(arn: str, subject: Any = BRANCH, operator: str = "StringLike") -> str:
    conditions: dict[str, Any] = {"StringEquals": {"token.actions.githubusercontent.com:aud": AUDIENCE}}
    if subject is not None:
        conditions.setdefault(operator, {})["token.actions.githubusercontent.com:sub"] = subject
    said = {"Effect": "Allow", "Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity"}
    return json.dumps({"Version": "2012-10-17", "Statement": [said | {"Condition": conditions}]})


def test_its_life(cloud: Cloud, iam: Any) -> None:
    arn = made(iam, Tags=TAGS)
    assert arn == f"arn:aws:iam::{cloud.account}:oidc-provider/token.actions.githubusercontent.com"
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": arn}]
    assert iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"] == TAGS
    for _ in range(2):  # the second is no error
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=AUDIENCE)
    told = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (told["ClientIDList"], told["Url"]) == ([AUDIENCE], "token.actions.githubusercontent.com")
    assert (told["Tags"], told["CreateDate"].date().isoformat()) == (TAGS, "2026-11-22")
    described = cloud.snapshot()["iam"]["aws"]["oidc_provider"]
    assert described == {
        arn: {
            "url": "token.actions.githubusercontent.com",
            "audiences": [AUDIENCE],
            "tags": {"muvi:address": "oidc_provider/github"},
        }
    }
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=AUDIENCE)
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == []
    for _ in range(2):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert refused(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn) == "NoSuchEntity"
    wanted = {"OpenIDConnectProviderArn": arn, "ClientID": AUDIENCE}
    assert refused(iam.add_client_id_to_open_id_connect_provider, **wanted) == "NoSuchEntity"
    assert cloud.snapshot() == {}


@pytest.mark.parametrize("again", [URL, URL + "/", URL.replace("token", "Token")])
def test_one_of_a_url(iam: Any, again: str) -> None:
    made(iam, ClientIDList=[AUDIENCE])
    assert refused(iam.create_open_id_connect_provider, Url=again) == "EntityAlreadyExists"
    made(iam, "https://gitlab.com")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Url": URL.replace("https", "http")}, "ValidationError"),
        ({"Url": "token.actions.githubusercontent.com"}, "ValidationError"),
        ({"Url": URL + "?a=b"}, "ValidationError"),
        ({"ThumbprintList": ["6938fd4d98bab03faadb97b34396831e3780aea1"] * 6}, "InvalidInput"),
        ({"ThumbprintList": ["z" * 40]}, "InvalidInput"),
        ({"Tags": [{"Key": "aws:a", "Value": ""}]}, "InvalidInput"),
    ],
)
def test_what_is_refused(cloud: Cloud, iam: Any, wrong: dict[str, Any], code: str) -> None:
    assert refused(iam.create_open_id_connect_provider, **({"Url": URL} | wrong)) == code
    made(iam, ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"])


@pytest.mark.parametrize("subject", [None, "*", "?*", ["repo:owner/code:*", "*"], []])
def test_who_trusts_github_says_which_repository(iam: Any, subject: Any) -> None:
    arn = made(iam)
    document = trust(arn, subject)
    assert refused(iam.create_role, RoleName="deploy", AssumeRolePolicyDocument=document) == "MalformedPolicyDocument"
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=trust(arn))
    changed = {"RoleName": "deploy", "PolicyDocument": document}
    assert refused(iam.update_assume_role_policy, **changed) == "MalformedPolicyDocument"
    iam.update_assume_role_policy(RoleName="deploy", PolicyDocument=trust(arn, [BRANCH, BRANCH + "2"], "StringEquals"))


def test_it_is_kept(cloud: Cloud, iam: Any) -> None:
    made(iam, ClientIDList=[AUDIENCE], Tags=TAGS)
    again = Cloud(cloud.clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot() != {}
    again.reset()
