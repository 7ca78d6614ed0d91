"""What was sent in confidence is not said again, however AWS quotes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import ShapeResolver

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.discretion import _sensitive
from tests.unit.aws.conftest import Wire

LINES = ("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49", "AwEHBG0wawIBAQQgabcdefgh")
KEY = "\n".join(("-----BEGIN PRIVATE KEY-----", *LINES, "-----END PRIVATE KEY-----", ""))
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ\n-----END CERTIFICATE-----\n"
SPELLED: dict[str, Callable[[str], str]] = {
    "as it is": lambda value: value,
    "as JSON": json.dumps,
    "as Python": repr,
    "a line of it": lambda value: value.splitlines()[1],
    "cut off": lambda value: value[:70],
}


def refused(aws: Aws, wire: Wire, message: str, call: Callable[[Aws], Any]) -> ClientError:
    wire.replies = [(400, json.dumps({"__type": "ValidationException", "message": message}))]
    with pytest.raises(ClientError) as caught, aws.writing("certificate-authority/internal"):
        call(aws)
    return caught.value


def new_secret(aws: Aws) -> Any:
    return aws.secretsmanager.create_secret(Name="uat/internal-ca/authority", SecretString=KEY)


def new_certificate(aws: Aws) -> Any:
    return aws.acm.import_certificate(Certificate=CERTIFICATE, PrivateKey=KEY.encode())


@pytest.mark.parametrize("call", [new_secret, new_certificate])
@pytest.mark.parametrize("spelled", SPELLED.values(), ids=SPELLED)
def test_a_secret_in_a_message_is_withheld(
    aws: Aws, wire: Wire, call: Callable[[Aws], Any], spelled: Callable[[str], str]
) -> None:
    told = str(refused(aws, wire, f"Value '{spelled(KEY)}' failed to satisfy constraint", call))
    assert not [line for line in LINES if line in told]
    assert "failed to satisfy constraint" in told


def test_a_secret_as_it_goes_over_the_wire_is_withheld(aws: Aws, wire: Wire) -> None:
    sent = base64.b64encode(KEY.encode()).decode()
    assert sent not in str(refused(aws, wire, f"Value '{sent}' at 'privateKey' is no key", new_certificate))


def test_no_part_of_the_answer_has_it(aws: Aws, wire: Wire) -> None:
    assert LINES[0] not in str(refused(aws, wire, f"about {KEY}", new_certificate).response)


def test_a_secret_inside_a_secret_is_withheld(aws: Aws, wire: Wire) -> None:
    """The authority's secret is JSON; a message may quote the key alone."""
    value = json.dumps({"certificate": "public-enough", "private_key": KEY})
    error = refused(
        aws, wire, f"no: {KEY}", lambda aws: aws.secretsmanager.create_secret(Name="uat/x", SecretString=value)
    )
    assert LINES[0] not in str(error)


def test_the_rest_of_the_message_is_kept(aws: Aws, wire: Wire) -> None:
    message = "You can't create this secret because uat/internal-ca/authority is already scheduled for deletion."
    assert message in str(refused(aws, wire, message, new_secret))


def test_another_call_is_told_in_full(aws: Aws, wire: Wire) -> None:
    """What one call sent is not taken out of the next one's message."""
    refused(aws, wire, "no", new_secret)
    error = refused(aws, wire, f"about {KEY}", lambda aws: aws.secretsmanager.describe_secret(SecretId="x"))
    assert LINES[0] in str(error)


def test_a_password_is_one_though_an_older_model_does_not_say_so() -> None:
    members = {each: {"shape": "Text"} for each in ("Name", "MasterPassword")}
    model: Any = {"Request": {"type": "structure", "members": members}, "Text": {"type": "string"}}
    shape = ShapeResolver(model).get_shape_by_name("Request", {})
    assert list(_sensitive({"Name": "uat-main", "MasterPassword": "abcdefgh"}, shape)) == ["abcdefgh"]


def test_the_header_that_load_balancers_want_is_withheld(aws: Aws, wire: Wire) -> None:
    value = "abcdefghijklmnopqrstuvwxyz0123"
    bears = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Muvi-Origin", "Values": [value]}}
    wire.replies = [
        (
            400,
            f"<ErrorResponse><Error><Code>ValidationError</Code><Message>bad {value}</Message></Error></ErrorResponse>",
        )
    ]
    with pytest.raises(ClientError) as caught, aws.writing("listener-rule/api"):
        aws.elbv2.create_rule(ListenerArn="arn", Conditions=[bears], Priority=1, Actions=[])  # type: ignore[list-item]
    assert value not in str(caught.value)
    assert "(withheld)" in str(caught.value)
