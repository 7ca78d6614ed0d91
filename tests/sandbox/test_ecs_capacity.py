"""What tasks run on: Fargate by its name, or the capacity providers of a cluster."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import World
from tests.sandbox.refusals import refused

WRONG = "InvalidParameterException"
SPOT = [{"capacityProvider": "FARGATE_SPOT"}]


@pytest.fixture
def world(cloud: Cloud, connect: Connect, clock: Leaping) -> World:
    return World(cloud, connect, clock)


def provided(world: World, *names: str) -> None:
    usual: list[Any] = []
    world.ecs.put_cluster_capacity_providers(
        cluster="uat", capacityProviders=list(names), defaultCapacityProviderStrategy=usual
    )


def test_spot_is_for_clusters_that_have_it(world: World) -> None:
    """aws-reality 5.5."""
    said = {"cluster": "uat", "taskDefinition": world.definition(), "networkConfiguration": world.place}
    service = said | {"serviceName": "web", "desiredCount": 1, "capacityProviderStrategy": SPOT}
    with pytest.raises(ClientError, match="not associated with the cluster"):
        world.ecs.create_service(**service)
    assert refused(world.ecs.run_task, capacityProviderStrategy=SPOT, **said) == WRONG
    provided(world, "FARGATE", "FARGATE_SPOT")
    assert refused(world.ecs.create_service, launchType="FARGATE", **service) == WRONG
    world.ecs.create_service(**service)
    assert world.seen()["runningCount"] == 1
    assert len(world.ecs.run_task(capacityProviderStrategy=SPOT, **said)["tasks"]) == 1


def test_the_providers_of_a_cluster(world: World) -> None:
    put = world.ecs.put_cluster_capacity_providers
    said = {"cluster": "uat", "defaultCapacityProviderStrategy": SPOT}
    assert refused(put, capacityProviders=["FARGATE"], **said) == WRONG
    assert refused(put, capacityProviders=["FARGATE_SPOT", "none"], **said) == WRONG
    put(capacityProviders=["FARGATE_SPOT"], **said)
    assert world.ecs.describe_clusters(clusters=["uat"])["clusters"][0]["capacityProviders"] == ["FARGATE_SPOT"]


def test_another_strategy_wants_a_deployment(world: World) -> None:
    provided(world, "FARGATE", "FARGATE_SPOT")
    world.service(world.definition(), desired=1)
    update = {"cluster": "uat", "service": "web", "capacityProviderStrategy": SPOT}
    with pytest.raises(ClientError, match="you must force a new deployment"):
        world.ecs.update_service(**update)
    world.ecs.update_service(forceNewDeployment=True, **update)
    world.ecs.update_service(desiredCount=2, **update)
    assert world.seen()["capacityProviderStrategy"] == SPOT


def test_what_fargate_has_not(world: World) -> None:
    definition = world.definition()
    assert refused(world.service, definition=definition, schedulingStrategy="DAEMON") == WRONG
    assert refused(world.service, definition=definition, platformVersion="9.9.9") == "PlatformUnknownException"
    world.service(definition, platformVersion="1.4.0")
    said = {"cluster": "uat", "taskDefinition": definition, "launchType": "FARGATE"}
    for count in (0, 11):
        assert refused(world.ecs.run_task, count=count, networkConfiguration=world.place, **said) == WRONG
    answer = world.ecs.run_task(count=10, networkConfiguration=world.place, **said)
    assert len(answer["tasks"]) == 10
