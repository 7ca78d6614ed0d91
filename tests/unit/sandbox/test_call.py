"""A call, read off its HTTP request."""

from __future__ import annotations

import io
from typing import Any

import pytest

from muvi_provision.sandbox.call import Call, read


def request(service: str, body: bytes = b"", **more: str) -> Call:
    scope = f"AWS4-HMAC-SHA256 Credential=sandbox/20261122/me-central-1/{service}/aws4_request, SignedHeaders=host"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "HTTP_AUTHORIZATION": scope,
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    return read(environ | more, "000011112222")


def test_a_query_call() -> None:
    call = request(
        "ec2", b"Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16&TagSpecification.1.ResourceType=vpc"
    )
    assert (call.name, call.region, call.access_key, call.mutating) == (
        "ec2:CreateVpc",
        "me-central-1",
        "sandbox",
        True,
    )
    assert call.params == {"CidrBlock": "10.0.0.0/16", "TagSpecifications": [{"ResourceType": "vpc"}]}
    assert call.environ["wsgi.input"].read() == call.body


def test_a_json_call() -> None:
    target = {"HTTP_X_AMZ_TARGET": "secretsmanager.CreateSecret", "CONTENT_TYPE": "application/x-amz-json-1.1"}
    call = request("secretsmanager", b'{"Name": "a", "SecretBinary": "eA=="}', **target)
    assert (call.name, call.protocol) == ("secretsmanager:CreateSecret", "json")
    assert call.params == {"Name": "a", "SecretBinary": b"x"}


def test_a_rest_call() -> None:
    call = request("lambda", REQUEST_METHOD="GET", PATH_INFO="/2015-03-31/functions/f/configuration", CONTENT_TYPE="")
    assert (call.name, call.mutating) == ("lambda:GetFunctionConfiguration", False)
    assert call.params == {"FunctionName": "f"}


def test_a_call_of_nothing_known() -> None:
    call = request("nonsense", REQUEST_METHOD="PUT", PATH_INFO="/x", CONTENT_TYPE="")
    assert (call.name, call.params, call.protocol) == ("nonsense:PUT /x", {}, "json")


@pytest.mark.parametrize(
    ("signed", "client"),
    [
        ("elasticloadbalancing", "elbv2"),
        ("monitoring", "cloudwatch"),
        ("servicequotas", "service-quotas"),
        ("acm", "acm"),
    ],
)
def test_services_have_the_names_that_boto3_has_for_them(signed: str, client: str) -> None:
    assert request(signed).service == client


@pytest.mark.parametrize(
    ("operation", "mutating"),
    [
        ("DescribeVpcs", False),
        ("GetSecretValue", False),
        ("ListTagsForResource", False),
        ("AssumeRole", False),
        ("DeleteVpc", True),
        ("PutParameter", True),
    ],
)
def test_what_mutates(operation: str, mutating: bool) -> None:
    assert request("ec2", f"Action={operation}".encode()).mutating is mutating


def test_a_dry_run_mutates_nothing() -> None:
    assert not request("ec2", b"Action=CreateVpc&DryRun=true").mutating
    assert request("ec2", b"Action=CreateVpc&Tag.1.Value=DryRun%3Dtrue").mutating
