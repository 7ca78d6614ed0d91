"""Errors in each protocol's shape, read back by botocore's own parsers."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.parsers import create_parser

from muvi_provision.sandbox.answers import Answer, Refused, error_answer


@pytest.mark.parametrize("protocol", ["json", "query", "ec2", "rest-xml", "rest-json"])
def test_botocore_reads_every_shape(protocol: str) -> None:
    answer = error_answer(protocol, Refused("Some.Code", "why <&> not", 418))
    said: dict[str, Any] = {"status_code": answer.status, "headers": dict(answer.headers), "body": answer.body}
    error = create_parser(protocol).parse(said, None)["Error"]
    assert (error["Code"], error["Message"]) == ("Some.Code", "why <&> not")


def test_s3_has_a_shape_of_its_own() -> None:
    answer = error_answer("rest-xml", Refused("NoSuchBucket", "no", 404), "s3")
    said: dict[str, Any] = {"status_code": 404, "headers": dict(answer.headers), "body": answer.body}
    assert create_parser("rest-xml").parse(said, None)["Error"]["Code"] == "NoSuchBucket"


def test_status_lines() -> None:
    assert Answer(412).status_line == "412 Precondition Failed"
    assert Answer(599).status_line == "599 Unknown"
    assert Answer(200).good
    assert not Answer(400).good
