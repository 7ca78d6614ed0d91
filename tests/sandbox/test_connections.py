"""Connections: the same ones under both names of the service, and a handshake that only a person can make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.errors import SandboxError
from muvi_provision.sandbox import connections, persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.serve import Server
from tests.sandbox.conftest import Connect
from tests.sandbox.refusals import refused

HOME = "eu-central-1"
TAGS = [{"Key": "muvi:address", "Value": "connection/code"}]
SPELT = pytest.mark.parametrize("service", connections.SERVICES)


@pytest.fixture
def client(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "codeconnections", HOME)


@pytest.fixture
def either(cloud: Cloud, connect: Connect, service: str) -> Any:
    """By both names of the service."""
    return connect(cloud, service, HOME)


def made(client: Any, name: str = "code", **more: Any) -> str:
    return str(client.create_connection(**{"ProviderType": "GitHub", "ConnectionName": name} | more)["ConnectionArn"])


@SPELT
def test_a_region_without_connections(cloud: Cloud, connect: Connect, service: str) -> None:
    here = connect(cloud, service)
    asked = {"ProviderType": "GitHub", "ConnectionName": "code"}
    assert refused(here.create_connection, **asked) == "EndpointConnectionError"
    with pytest.raises(ClientError, match="Could not connect to the endpoint URL"):
        here.list_connections()
    assert connect(cloud, service, HOME).list_connections()["Connections"] == []
    assert cloud.snapshot() == {}


@SPELT
def test_pending_until_authorised(cloud: Cloud, connect: Connect, service: str) -> None:
    client = connect(cloud, service, HOME)
    arn = made(client)
    assert arn.startswith(f"arn:aws:{service}:{HOME}:{cloud.account}:connection/")
    told = client.get_connection(ConnectionArn=arn)["Connection"]
    assert (told["ConnectionStatus"], told["ProviderType"], told["OwnerAccountId"]) == (
        "PENDING",
        "GitHub",
        cloud.account,
    )
    assert connections.authorise(cloud, "code") == [arn]
    assert client.list_connections()["Connections"] == [told | {"ConnectionStatus": "AVAILABLE"}]
    with pytest.raises(SandboxError, match="other"):
        connections.authorise(cloud, "other")


def test_both_names_show_the_same(cloud: Cloud, connect: Connect, client: Any) -> None:
    older = connect(cloud, "codestar-connections", HOME)
    arn = made(client)
    assert older.get_connection(ConnectionArn=arn)["Connection"]["ConnectionArn"] == arn
    older.delete_connection(ConnectionArn=arn)
    assert refused(client.get_connection, ConnectionArn=arn) == "ResourceNotFoundException"
    assert refused(client.delete_connection, ConnectionArn=arn) == "ResourceNotFoundException"


def test_the_handshake_by_the_control_address(tmp_path: Path, connect: Connect) -> None:
    server = Server(tmp_path, {}, "me")
    try:
        assert server.control("authorise", {"name": "code"})[0] == 400
        arn = made(connect(server.cloud, "codeconnections", HOME))
        assert server.control("authorise", {"name": "code"}) == (200, {"authorised": [arn]})
    finally:
        server.listener.server_close()
        server.cloud.reset()


def test_each_time_another_one(client: Any) -> None:
    first, second = made(client), made(client)
    assert first != second
    client.delete_connection(ConnectionArn=first)
    assert made(client) not in (first, second)
    pages = [client.list_connections(MaxResults=1)]
    while token := pages[-1].get("NextToken"):
        pages.append(client.list_connections(MaxResults=1, NextToken=token))
    assert [len(one["Connections"]) for one in pages] == [1, 1]
    assert client.list_connections(ProviderTypeFilter="GitLab")["Connections"] == []
    assert len(client.list_connections(ProviderTypeFilter="GitHub")["Connections"]) == 2


@SPELT
def test_what_is_refused(either: Any, service: str) -> None:
    client = either
    assert refused(client.create_connection, ConnectionName="n") == "InvalidInputException"
    host = f"arn:aws:{service}:{HOME}:000011112222:host/h-1"
    both = {"ConnectionName": "n", "ProviderType": "GitHub", "HostArn": host}
    assert refused(client.create_connection, **both) == "InvalidInputException"
    alone = {"ConnectionName": "n", "ProviderType": "GitLabSelfManaged"}
    assert refused(client.create_connection, **alone) == "InvalidInputException"
    unknown = {"ConnectionName": "n", "ProviderType": "Sourceforge"}
    assert refused(client.create_connection, **unknown) == "ValidationException"
    long = {"ConnectionName": "n" * 33, "ProviderType": "GitHub"}
    assert refused(client.create_connection, **long) == "ValidationException"
    none = f"arn:aws:codeconnections:{HOME}:000011112222:connection/none"
    assert refused(client.get_connection, ConnectionArn=none) == "ResourceNotFoundException"
    for number in range(50):
        made(client, f"n{number}")
    assert refused(client.create_connection, ConnectionName="n", ProviderType="GitHub") == "LimitExceededException"


@SPELT
def test_tags_that_cannot_be(either: Any) -> None:
    arn = made(either, Tags=TAGS)
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert refused(either.tag_resource, ResourceArn=arn, Tags=many) == "LimitExceededException"
    system = [{"Key": "AWS:a", "Value": ""}]
    assert refused(either.tag_resource, ResourceArn=arn, Tags=system) == "InvalidInputException"
    assert refused(made, client=either, Tags=system) == "InvalidInputException"
    assert refused(either.list_tags_for_resource, ResourceArn=arn + "0") == "ResourceNotFoundException"
    assert either.list_tags_for_resource(ResourceArn=arn)["Tags"] == TAGS


def test_tags_are_kept_and_indexed(cloud: Cloud, connect: Connect, client: Any) -> None:
    arn = made(client, Tags=TAGS)
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == TAGS
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["muvi:address"])
    index = connect(cloud, "resourcegroupstaggingapi", HOME)
    (found,) = index.get_resources(ResourceTypeFilters=["codeconnections:connection"])["ResourceTagMappingList"]
    assert found == {"ResourceARN": arn, "Tags": [{"Key": "a", "Value": "b"}]}


def test_they_show_and_are_kept(cloud: Cloud, client: Any) -> None:
    arn = made(client, Tags=TAGS)
    described = cloud.snapshot()["codepipeline"][HOME]["connection"][arn]
    assert described == {
        "name": "code",
        "provider": "GitHub",
        "host": "",
        "status": "PENDING",
        "tags": {"muvi:address": "connection/code"},
    }
    again = Cloud(cloud.clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot()
    connections.authorise(again, "code")
    assert again.snapshot()["codepipeline"][HOME]["connection"][arn]["status"] == "AVAILABLE"
    again.reset()
    client.delete_connection(ConnectionArn=arn)
    assert cloud.snapshot() == {}
