"""Services of ECS under names of Cloud Map."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import World
from tests.sandbox.refusals import refused

WRONG = "InvalidParameterException"


@pytest.fixture
def world(cloud: Cloud, connect: Connect, clock: Leaping) -> World:
    return World(cloud, connect, clock)


@pytest.fixture
def names(world: World) -> Any:
    return world.connect(world.cloud, "servicediscovery")


def named(world: World, names: Any, name: str = "web", kind: str = "A") -> dict[str, Any]:
    """A service of Cloud Map, in a namespace that is made for it."""
    begun = names.create_private_dns_namespace(Name=f"{name}.local", Vpc=world.net.vpc)["OperationId"]
    space = names.get_operation(OperationId=begun)["Operation"]["Targets"]["NAMESPACE"]
    dns = {"NamespaceId": space, "DnsRecords": [{"Type": kind, "TTL": 10}], "RoutingPolicy": "MULTIVALUE"}
    return dict(names.create_service(Name=name, DnsConfig=dns)["Service"])


def test_a_service_is_found_by_its_name(world: World, names: Any) -> None:
    registry, definition = named(world, names), world.definition()
    wrong = [{"registryArn": registry["Arn"][:-1] + "0"}]
    assert refused(world.service, definition=definition, serviceRegistries=wrong) == WRONG
    right = [{"registryArn": registry["Arn"]}]
    assert refused(world.service, definition=definition, serviceRegistries=right * 2) == WRONG
    world.service(definition, serviceRegistries=right)
    arns = {task["taskArn"].rpartition("/")[2] for task in world.tasks()}
    assert {one["Id"] for one in names.list_instances(ServiceId=registry["Id"])["Instances"]} == arns
    world.ecs.delete_service(cluster="uat", service="web", force=True)
    assert world.seen()["status"] == "INACTIVE"
    assert names.list_instances(ServiceId=registry["Id"])["Instances"] == []


def test_a_record_with_a_port_wants_to_know_it(world: World, names: Any) -> None:
    """aws-reality 5.8."""
    registry, definition = named(world, names, kind="SRV"), world.definition()
    bare = {"registryArn": registry["Arn"]}
    assert refused(world.service, definition=definition, serviceRegistries=[bare]) == WRONG
    world.service(definition, serviceRegistries=[bare | {"containerName": "web", "containerPort": 8080}])
    assert len(names.list_instances(ServiceId=registry["Id"])["Instances"]) == 2
