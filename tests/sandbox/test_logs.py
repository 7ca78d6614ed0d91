"""Log groups."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import refused

TAGS = {"muvi:address": "log_group/api"}


@pytest.fixture
def logs(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "logs")


def names(logs: Any, **asked: Any) -> list[str]:
    return [one["logGroupName"] for one in logs.describe_log_groups(**asked)["logGroups"]]


def arn_of(logs: Any, name: str) -> str:
    return str(logs.describe_log_groups(logGroupIdentifiers=[name])["logGroups"][0]["logGroupArn"])


@pytest.mark.parametrize("name", ["a b", "a:b", "é", "x" * 513, "aws/x"])
def test_names(logs: Any, name: str) -> None:
    assert refused(logs.create_log_group, logGroupName=name) == "InvalidParameterException"
    logs.create_log_group(logGroupName="/ecs/uat-api_1.#")


def test_once(logs: Any) -> None:
    logs.create_log_group(logGroupName="a")
    assert refused(logs.create_log_group, logGroupName="a") == "ResourceAlreadyExistsException"
    logs.delete_log_group(logGroupName="a")
    assert refused(logs.delete_log_group, logGroupName="a") == "ResourceNotFoundException"
    logs.create_log_group(logGroupName="a")


def test_events_are_kept_for_so_many_days(logs: Any) -> None:
    """aws-reality 5.4 g."""
    logs.create_log_group(logGroupName="a")
    for days in (0, 2, 42, 4000):
        assert refused(logs.put_retention_policy, logGroupName="a", retentionInDays=days) == "InvalidParameterException"
    assert refused(logs.put_retention_policy, logGroupName="b", retentionInDays=7) == "ResourceNotFoundException"
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]
    logs.put_retention_policy(logGroupName="a", retentionInDays=3653)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 3653


def test_a_prefix_also_finds_longer_names(logs: Any) -> None:
    for name in ("/ecs/uat-api", "/ecs/uat-api-v2", "/other"):
        logs.create_log_group(logGroupName=name)
    assert names(logs, logGroupNamePrefix="/ecs/uat-api") == ["/ecs/uat-api", "/ecs/uat-api-v2"]
    assert names(logs, logGroupIdentifiers=["/ecs/uat-api"]) == ["/ecs/uat-api"]
    assert names(logs, logGroupNamePattern="api-v") == ["/ecs/uat-api-v2"]
    both = {"logGroupNamePrefix": "/ecs", "logGroupNamePattern": "api"}
    assert refused(logs.describe_log_groups, **both) == "InvalidParameterException"
    pages = logs.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 2})
    assert [len(one["logGroups"]) for one in pages] == [2, 1]


def test_tags_go_with_their_group(logs: Any) -> None:
    logs.create_log_group(logGroupName="a", tags=TAGS)
    arn = arn_of(logs, "a")
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == TAGS
    assert refused(logs.list_tags_for_resource, resourceArn=f"{arn}:*") == "InvalidParameterException"
    many = {f"k{number}": "v" for number in range(50)}
    assert refused(logs.tag_resource, resourceArn=arn, tags=many) == "TooManyTagsException"
    logs.tag_resource(resourceArn=arn, tags={"a": "b"})
    logs.delete_log_group(logGroupName="a")
    assert refused(logs.list_tags_for_resource, resourceArn=arn) == "ResourceNotFoundException"
    logs.create_log_group(logGroupName="a")
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_what_the_sandbox_has_not_it_does_not_pretend(logs: Any) -> None:
    rare = {"logGroupName": "a", "logGroupClass": "INFREQUENT_ACCESS"}
    assert refused(logs.create_log_group, **rare) == "SandboxNotImplemented"
    assert refused(logs.create_log_group, logGroupName="a", deletionProtectionEnabled=True) == "SandboxNotImplemented"
    logs.create_log_group(logGroupName="a", logGroupClass="STANDARD")


def test_events(logs: Any) -> None:
    named = {"logGroupName": "a", "logStreamName": "s"}
    logs.create_log_group(logGroupName="a")
    logs.create_log_stream(**named)
    at = 1000 * 1_795_000_000
    logs.put_log_events(**named, logEvents=[{"timestamp": at, "message": "ready"}])
    asked = {"logGroupName": "a", "filterPattern": "ready"}
    assert [one["message"] for one in logs.filter_log_events(**asked)["events"]] == ["ready"]
    assert [one["message"] for one in logs.get_log_events(**named, startFromHead=True)["events"]] == ["ready"]


def test_built_and_taken_down_and_kept_over_a_restart(logs: Any, cloud: Cloud, clock: Leaping) -> None:
    before = cloud.snapshot()
    for name in ("a", "b"):
        logs.create_log_group(logGroupName=name, tags=TAGS)
    described = cloud.snapshot()["logs"]["me-central-1"]["log_group"]
    assert [one["tags"] for one in described.values()] == [TAGS, TAGS]
    again = Cloud(clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot()
    again.reset()
    for name in ("a", "b"):
        logs.delete_log_group(logGroupName=name)
    assert cloud.snapshot() == before
