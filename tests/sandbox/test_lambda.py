"""Functions: what is told of them, their code, calling them, their tags."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from muvi_provision.clock import SystemClock
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.server import Listener
from muvi_provision.sandbox.transport import InProcess
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.lambda_world import Functions, zipped
from tests.sandbox.refusals import refused

ELSEWHERE = "444455556666"


@pytest.fixture
def world(cloud: Cloud, connect: Connect, clock: Leaping) -> Functions:
    return Functions(cloud, connect, clock)


def test_what_is_told_of_a_function(world: Functions) -> None:
    world.make(Description="x", Tags={"a": "b"}, Environment={"Variables": {"KEY": "v"}})
    found = world.api.get_function(FunctionName="sync")
    told = found["Configuration"]
    digest = base64.b64encode(hashlib.sha256(zipped()).digest()).decode()
    assert (told["CodeSha256"], told["CodeSize"]) == (digest, len(zipped()))
    assert told["FunctionArn"] == f"arn:aws:lambda:{REGION}:{world.cloud.account}:function:sync"
    assert (told["Timeout"], told["MemorySize"], told["Architectures"]) == (3, 128, ["x86_64"])
    assert told["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/sync"}
    assert told["Environment"] == {"Variables": {"KEY": "v"}}
    assert told["LastModified"].startswith("2026-11-22T00:00:15.")
    assert found["Tags"] == {"a": "b"}
    for named in (told["FunctionArn"], f"{world.cloud.account}:function:sync", told["FunctionArn"] + ":$LATEST"):
        assert world.seen(named)["FunctionName"] == "sync"
    (version,) = world.api.list_versions_by_function(FunctionName="sync")["Versions"]
    assert version["Version"] == "$LATEST"
    assert refused(world.api.get_function, FunctionName="sync", Qualifier="1") == "ResourceNotFoundException"


def test_what_is_not_said_stays(world: Functions) -> None:
    """aws-reality 7.1 g."""
    world.make(Environment={"Variables": {"KEY": "v"}}, Timeout=30, LoggingConfig={"LogGroup": "/uat/sync"})
    world.api.update_function_configuration(FunctionName="sync", Timeout=31)
    found = world.seen()
    assert (found["Environment"]["Variables"], found["Timeout"]) == ({"KEY": "v"}, 31)
    world.api.update_function_configuration(FunctionName="sync", Environment={"Variables": {}})
    assert "Environment" not in world.seen()
    assert world.seen()["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/uat/sync"}


def test_a_listing_has_pages_and_no_states(world: Functions) -> None:
    for number in range(3):
        world.make(f"f{number}")
    first = world.api.list_functions(MaxItems=2)
    assert [one["FunctionName"] for one in first["Functions"]] == ["f0", "f1"]
    assert "State" not in first["Functions"][0]
    pages = world.api.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    assert [len(one["Functions"]) for one in pages] == [2, 1]


def test_the_code_is_fetched_from_its_address(world: Functions) -> None:
    world.make()
    reach = InProcess(world.cloud)
    where = world.api.get_function(FunctionName="sync")["Code"]["Location"]
    assert reach.fetch(where) == zipped()
    other = zipped({"index.py": b"pass"})
    world.api.update_function_code(FunctionName="sync", ZipFile=other)
    with pytest.raises(FileNotFoundError):
        reach.fetch(where)
    assert reach.fetch(world.api.get_function(FunctionName="sync")["Code"]["Location"]) == other


def test_the_code_of_another_account(world: Functions, loader: Any) -> None:
    there = Functions(world.cloud, _as_other(world, loader), world.clock)
    role = f"arn:aws:iam::{ELSEWHERE}:role/worker"
    there.make("theirs", Role=role, Code={"ZipFile": zipped({"index.py": b"theirs"})})
    found = there.api.get_function(FunctionName="theirs")
    assert found["Configuration"]["State"] == "Active"
    assert InProcess(world.cloud).fetch(found["Code"]["Location"]) == zipped({"index.py": b"theirs"})
    assert world.api.list_functions()["Functions"] == []
    arn = found["Configuration"]["FunctionArn"]
    assert refused(world.api.get_function, FunctionName=arn) == "AccessDeniedException"
    far = arn.replace(ELSEWHERE, world.cloud.account).replace(REGION, "eu-west-1")
    assert refused(world.api.get_function, FunctionName=far) == "ResourceNotFoundException"


def _as_other(world: Functions, loader: Any) -> Any:
    def connect(cloud: Cloud, service: str) -> Any:
        keys = {"aws_access_key_id": ELSEWHERE, "aws_secret_access_key": "x"}
        client = loader.client(service, region_name=REGION, endpoint_url="http://127.0.0.1:1", **keys)
        InProcess(cloud).attach(client.meta.events)
        return client

    return connect


def test_over_a_socket_the_code_is_fetched_too(clock: Leaping, connect: Connect, loader: Any) -> None:
    cloud = Cloud(SystemClock())
    world = Functions(cloud, connect, clock)
    world.make()
    listener = Listener(cloud, lambda verb, said: (404, {}))
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        api = loader.client("lambda", endpoint_url=listener.endpoint)
        where = api.get_function(FunctionName="sync")["Code"]["Location"]
        assert where.startswith(listener.endpoint)
        with urlopen(where) as answer:
            assert answer.read() == zipped()
    finally:
        listener.shutdown()
        listener.server_close()
        cloud.reset()


def test_code_from_a_bucket(world: Functions, connect: Connect) -> None:
    s3 = connect(world.cloud, "s3")
    s3.create_bucket(Bucket="builds-of-uat", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="builds-of-uat", Key="sync.zip", Body=zipped())
    with pytest.raises(ClientError, match="NoSuchKey"):
        world.make(Code={"S3Bucket": "builds-of-uat", "S3Key": "none.zip"})
    with pytest.raises(ClientError, match="NoSuchBucket"):
        world.make(Code={"S3Bucket": "builds-of-nobody", "S3Key": "sync.zip"})
    world.make(Code={"S3Bucket": "builds-of-uat", "S3Key": "sync.zip"})
    assert world.seen()["CodeSize"] == len(zipped())
    far = connect(world.cloud, "s3", "eu-west-1")
    far.create_bucket(Bucket="builds-far-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    far.put_object(Bucket="builds-far-away", Key="sync.zip", Body=zipped())
    with pytest.raises(ClientError, match="PermanentRedirect"):
        world.api.update_function_code(FunctionName="sync", S3Bucket="builds-far-away", S3Key="sync.zip")
    s3.delete_object(Bucket="builds-of-uat", Key="sync.zip")
    far.delete_object(Bucket="builds-far-away", Key="sync.zip")


def test_a_call_is_answered_and_logged(world: Functions) -> None:
    world.logs.create_log_group(logGroupName="/aws/lambda/sync")
    world.make()
    answer = world.api.invoke(FunctionName="sync", Payload=b'{"a": 1}', LogType="Tail")
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert json.loads(answer["Payload"].read()) == {"statusCode": 200, "body": '{"a": 1}'}
    tail = base64.b64decode(answer["LogResult"]).decode()
    lines = logged(world)
    assert [one.split()[0] for one in lines] == ["START", "END", "REPORT"]
    assert tail.splitlines() == lines
    world.api.invoke(FunctionName="sync")
    assert len(logged(world)) == 6
    assert len(world.logs.describe_log_streams(logGroupName="/aws/lambda/sync")["logStreams"]) == 1


def logged(world: Functions, name: str = "/aws/lambda/sync") -> list[str]:
    return [one["message"] for one in world.logs.filter_log_events(logGroupName=name)["events"]]


def test_a_call_that_is_only_tried_and_one_not_waited_for(world: Functions) -> None:
    world.logs.create_log_group(logGroupName="/aws/lambda/sync")
    world.make()
    assert world.api.invoke(FunctionName="sync", InvocationType="DryRun")["StatusCode"] == 204
    assert logged(world) == []
    assert world.api.invoke(FunctionName="sync", InvocationType="Event", Payload=b"{}")["StatusCode"] == 202
    assert len(logged(world)) == 3
    assert refused(world.api.invoke, FunctionName="none") == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("fate", "kind", "said"),
    [("error", "Runtime.ExitError", "exit status 1"), ("timeout", "Sandbox.Timedout", "timed out after 3.00 seconds")],
)
def test_a_function_that_fails(world: Functions, fate: str, kind: str, said: str) -> None:
    world.logs.create_log_group(logGroupName="/aws/lambda/sync")
    world.make()
    world.cloud.faults = Faults(crash={"function:sync": fate})
    answer = world.api.invoke(FunctionName="sync", LogType="Tail")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    told = json.loads(answer["Payload"].read())
    assert (told["errorType"], said in told["errorMessage"]) == (kind, True)
    assert any(line.startswith(f"[ERROR] {kind}") for line in logged(world))
    world.cloud.faults = Faults()
    assert "FunctionError" not in world.api.invoke(FunctionName="sync")


def test_a_handler_that_is_not_in_the_zip(world: Functions) -> None:
    """Nobody says so when the function is made."""
    world.make(Handler="app.main.handler")
    told = json.loads(world.api.invoke(FunctionName="sync")["Payload"].read())
    assert told["errorType"] == "Runtime.ImportModuleError"
    world.api.update_function_code(FunctionName="sync", ZipFile=zipped({"app/main.py": b"x"}))
    assert "FunctionError" not in world.api.invoke(FunctionName="sync")
    world.make("compiled", Runtime="java21", Handler="org.Main::handle")
    assert "FunctionError" not in world.api.invoke(FunctionName="compiled")


def test_a_log_group_that_is_missing(world: Functions) -> None:
    """Lambda makes it when the role may; that is how deleted groups come back."""
    world.make()
    world.api.invoke(FunctionName="sync")
    assert len(logged(world)) == 3
    world.role_named("mute")
    world.make("mute", Role=world.role("mute"), LoggingConfig={"LogGroup": "/uat/mute", "LogFormat": "JSON"})
    answer = world.api.invoke(FunctionName="mute", LogType="Tail")
    records = [json.loads(line) for line in base64.b64decode(answer["LogResult"]).decode().splitlines()]
    assert [one["type"] for one in records] == ["platform.start", "platform.report"]
    names = [one["logGroupName"] for one in world.logs.describe_log_groups()["logGroups"]]
    assert names == ["/aws/lambda/sync"]


def test_who_may_call(world: Functions) -> None:
    world.make()
    rule = f"arn:aws:events:{REGION}:{world.cloud.account}:rule/nightly"
    said = {"FunctionName": "sync", "Action": "lambda:InvokeFunction"}
    who = {"Principal": "events.amazonaws.com", "SourceArn": rule, "SourceAccount": world.cloud.account}
    made = json.loads(world.api.add_permission(StatementId="nightly", **said, **who)["Statement"])
    assert made["Principal"] == {"Service": "events.amazonaws.com"}
    conditions = {"StringEquals": {"AWS:SourceAccount": world.cloud.account}, "ArnLike": {"AWS:SourceArn": rule}}
    assert made["Condition"] == conditions
    world.api.add_permission(StatementId="other", Principal=ELSEWHERE, **said)
    policy = json.loads(world.api.get_policy(FunctionName="sync")["Policy"])
    assert [one["Sid"] for one in policy["Statement"]] == ["nightly", "other"]
    assert policy["Statement"][1]["Principal"] == {"AWS": f"arn:aws:iam::{ELSEWHERE}:root"}


def test_tags(world: Functions, connect: Connect) -> None:
    arn = world.make(Tags={"a": "b"})["FunctionArn"]
    world.api.tag_resource(Resource=arn, Tags={"c": "d"})
    world.api.untag_resource(Resource=arn, TagKeys=["a"])
    assert world.api.list_tags(Resource=arn)["Tags"] == {"c": "d"}
    index = connect(world.cloud, "resourcegroupstaggingapi")
    (found,) = index.get_resources(ResourceTypeFilters=["lambda:function"])["ResourceTagMappingList"]
    assert found == {"ResourceARN": arn, "Tags": [{"Key": "c", "Value": "d"}]}
    many = {f"k{number}": "v" for number in range(50)}
    assert refused(world.api.tag_resource, Resource=arn, Tags=many) == "InvalidParameterValueException"
    world.api.delete_function(FunctionName="sync")
    assert refused(world.api.list_tags, Resource=arn) == "ResourceNotFoundException"
    assert index.get_resources(ResourceTypeFilters=["lambda"])["ResourceTagMappingList"] == []
