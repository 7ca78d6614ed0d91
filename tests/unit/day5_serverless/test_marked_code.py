"""Code from a bucket that knows no SHA-256: which one a function runs is remembered in a tag (aws-reality 7.1 b)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.patience import CREATING, patience_for
from muvi_provision.day5_serverless import packaging
from muvi_provision.day5_serverless.functions import CODE
from muvi_provision.resource import Change, Live, Resource
from tests.resources import examples_functions as examples
from tests.resources.contract import Bench
from tests.resources.examples_functions import FUNCTION, GROUND
from tests.sandbox.conftest import Leaping
from tests.unit.day3_compute.conftest import stand

PLACE = "s3://codes/sync-films.zip"
ADDRESS = "function-code/sync-films"


def put(bench: Bench, more: bytes = b"") -> None:
    with bench.aws.writing("somebody"):
        content = packaging.packed(examples.FILES / "one", "index.handler", "nodejs22.x").content
        bench.aws.s3.put_object(Bucket="codes", Key="sync-films.zip", Body=content + more)
    bench.make(replace(examples.CODE, code=PLACE))


def bucket(bench: Bench) -> None:
    with bench.aws.writing("somebody"):
        said: Any = {"LocationConstraint": bench.aws.region}
        bench.aws.s3.create_bucket(Bucket="codes", CreateBucketConfiguration=said)


def newer(bench: Bench, live: Live) -> tuple[Resource, tuple[Change, ...]]:
    """The function with another code in the bucket, and what differs then."""
    put(bench, b"\0")
    resource = bench.real(FUNCTION)
    return resource, bench.changes(resource, bench.look(resource, live.id))


def test_it_is_remembered_in_a_tag(bench: Bench) -> None:
    bench.stand(*GROUND)
    bucket(bench)
    put(bench)
    assert bench.values[ADDRESS]["sha256"].startswith("etag:")
    live = bench.make(FUNCTION)
    assert live.tags[CODE] == bench.values[ADDRESS]["sha256"]
    bench.silent(bench.real(FUNCTION), live.id)
    resource, changes = newer(bench, live)
    assert [change.field for change in changes] == ["sha256"]
    bench.silent(resource, bench.update(resource, live, changes).id)


def test_while_the_code_changes_there_is_no_tagging(slow: Bench, clock: Leaping) -> None:
    """Who tries again, as every update is, tags it then, and does not send the code once more."""
    stand(slow, clock, *GROUND)
    bucket(slow)
    put(slow)
    resource = slow.real(FUNCTION)
    with slow.writing(resource) as aws:
        resource.create(aws)
    clock.sleep(90)
    live = slow.look(resource, None)
    resource, changes = newer(slow, live)
    with pytest.raises(ClientError, match="An update is in progress") as refused:
        slow.update(resource, live, changes)
    assert patience_for(refused.value, CREATING) is not None
    clock.sleep(6)

    def again() -> None:
        slow.silent(resource, slow.update(resource, live, changes).id)

    sent = slow.called(again)
    assert "lambda:TagResource" in sent
    assert "lambda:UpdateFunctionCode" not in sent
