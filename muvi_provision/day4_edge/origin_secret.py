"""The secret header by which a load balancer tells this stack's CloudFront from everybody else's.

Facts: aws-reality 6.7. Its value is read where it is sent and nowhere else; which version of it an object has is
remembered in a tag, so that nobody has to look at the value to compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import is_gone

HEADER = "X-Muvi-Origin"
VERSION = "muvi:origin-secret"
ACTION = "secretsmanager:GetSecretValue"


def current(aws: Aws, arn: str, version: str) -> str:
    """The value of that version; not by the shared reads, which last."""
    return _text(aws.secretsmanager.get_secret_value(SecretId=arn, VersionId=version))


def accepted(aws: Aws, arn: str, version: str) -> list[str]:
    """The value of that version and the one before it, which CloudFront still sends from some places for minutes."""
    values = [current(aws, arn, version)]
    try:
        values.append(_text(aws.secretsmanager.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")))
    except Exception as error:
        if not is_gone(error):
            raise
    return list(dict.fromkeys(values))


def without_values(shown: Any) -> Any:
    """What AWS shows of a distribution or a rule, without the values of headers: what is found is told to many."""
    match shown:
        case Mapping():
            left_out = {"HeaderValue", "Values"} if "HttpHeaderName" in shown else {"HeaderValue"}
            return {key: without_values(value) for key, value in shown.items() if key not in left_out}
        case list():
            return [without_values(each) for each in shown]
    return shown


def _text(answer: Any) -> str:
    return str(answer["SecretString"])
