"""Eight services, built and taken down: the account is as before; and a restart in the middle changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import World, image

NAMES = [f"service-{number}" for number in range(8)]
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def build(world: World) -> None:
    group = world.balanced()
    for name in NAMES:
        world.service(world.definition(name), name, loadBalancers=world.behind(group), deploymentConfiguration=BREAKER)
    world.wait(200)
    for name in NAMES:
        seen = world.seen(name)
        assert (seen["runningCount"], seen["deployments"][0]["rolloutState"]) == (2, "COMPLETED")
    assert world.health(group) == ["healthy"] * 16


def tear_down(world: World) -> None:
    for name in NAMES:
        world.ecs.update_service(cluster="uat", service=name, desiredCount=0)
        world.ecs.delete_service(cluster="uat", service=name)
    world.wait(200)
    for name in NAMES:
        assert world.seen(name)["status"] == "INACTIVE"
        world.ecs.deregister_task_definition(taskDefinition=f"{name}:1")
    gone = world.ecs.delete_task_definitions(taskDefinitions=[f"{name}:1" for name in NAMES])
    assert gone["failures"] == []
    for balancer in world.elb.describe_load_balancers()["LoadBalancers"]:
        for listener in world.elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            world.elb.delete_listener(ListenerArn=listener["ListenerArn"])
        world.elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    world.wait(10)  # aws-reality 3.10 f
    for group in world.elb.describe_target_groups()["TargetGroups"]:
        world.elb.delete_target_group(TargetGroupArn=group["TargetGroupArn"])
    world.wait(200)


@pytest.mark.parametrize("speed", [0, 1, 2])
def test_eight_services(clock: Leaping, connect: Connect, speed: float) -> None:
    cloud = Cloud(clock, speed=speed, quotas={"fargate_vcpus": 8})
    world = World(cloud, connect, clock)
    before = cloud.snapshot()
    build(world)
    described = cloud.snapshot()["ecs"][REGION]
    assert (len(described["service"]), len(described["task_definition"])) == (8, 8)
    assert {one["rollout"] for one in described["service"].values()} == {"COMPLETED"}
    tear_down(world)
    assert cloud.snapshot() == before


def test_at_no_speed_everything_happens_when_looked_at(cloud: Cloud, connect: Connect, clock: Leaping) -> None:
    world = World(cloud, connect, clock)
    old = world.definition()
    made = world.service(old, deploymentConfiguration=BREAKER)
    assert (made["runningCount"], made["deployments"][0]["rolloutState"]) == (0, "IN_PROGRESS")
    assert (world.seen()["runningCount"], world.seen()["deployments"][0]["rolloutState"]) == (2, "COMPLETED")
    image(world.ecr, "web", "2")
    cloud.faults = Faults(crash={"web:2": "exit"})
    bad = world.definition("web", world.container(tag="2"))
    world.ecs.update_service(cluster="uat", service="web", taskDefinition=bad)
    primary: dict[str, Any] = world.seen()["deployments"][0]
    assert (primary["taskDefinition"], primary["rolloutState"]) == (old, "COMPLETED")  # rolled back
    off = {"deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    world.ecs.update_service(cluster="uat", service="web", deploymentConfiguration=off)
    world.ecs.update_service(cluster="uat", service="web", taskDefinition=bad)
    assert world.seen()["deployments"][0]["failedTasks"] == 10  # then the scheduler waits
    world.ecs.delete_service(cluster="uat", service="web", force=True)
    assert world.seen()["status"] == "INACTIVE"


def test_a_restart_in_the_middle(clock: Leaping, connect: Connect, tmp_path: Path) -> None:
    cloud = Cloud(clock, speed=1)
    world = World(cloud, connect, clock)
    group = world.balanced()
    world.service(world.definition(), loadBalancers=world.behind(group))
    world.wait(40)
    assert world.seen()["pendingCount"] == 2
    persistence.keep(cloud, tmp_path)
    world.wait(30)
    again = Cloud(clock, speed=1)
    assert persistence.restore(again, tmp_path)
    world.cloud = again
    world.ecs, world.elb, world.ecr = (connect(again, name) for name in ("ecs", "elbv2", "ecr"))
    assert world.health(group) == ["initial", "initial"]
    world.wait(30)
    assert world.seen()["deployments"][0]["rolloutState"] == "COMPLETED"
    digest = world.ecr.describe_images(repositoryName="web")["imageDetails"][0]["imageDigest"]
    (got,) = world.ecr.batch_get_image(repositoryName="web", imageIds=[{"imageDigest": digest}])["images"]
    assert "layers" in got["imageManifest"]
    cloud.clock.sleep(1)
    assert cloud.snapshot()["ecs"] == again.snapshot()["ecs"]
