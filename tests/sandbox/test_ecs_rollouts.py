"""Services on the leaping clock: they come up, fail, roll out, roll back and go."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.effects.ecs_scheduling import threshold
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import World, image
from tests.sandbox.refusals import refused

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture
def world(slow: Cloud, connect: Connect, clock: Leaping) -> World:
    return World(slow, connect, clock)


def rollout(seen: dict[str, Any]) -> tuple[str, str]:
    primary = seen["deployments"][0]
    assert primary["status"] == "PRIMARY"
    return str(primary["rolloutState"]), str(primary["taskDefinition"])


def test_a_service_comes_up(world: World) -> None:
    group, definition = world.balanced(), world.definition()
    made = world.service(definition, loadBalancers=world.behind(group), healthCheckGracePeriodSeconds=60)
    assert (made["runningCount"], made["deployments"][0]["rolloutState"]) == (0, "IN_PROGRESS")
    world.wait(1)
    assert {task["lastStatus"] for task in world.tasks()} == {"PROVISIONING"}
    world.wait(20)
    assert {task["lastStatus"] for task in world.tasks()} == {"PENDING"}
    assert (world.seen()["pendingCount"], world.seen()["runningCount"], world.health(group)) == (2, 0, [])
    world.wait(45)
    assert {task["lastStatus"] for task in world.tasks()} == {"RUNNING"}
    assert world.health(group) == ["initial", "initial"]
    assert rollout(world.seen()) == ("IN_PROGRESS", definition)
    world.wait(30)
    assert world.health(group) == ["healthy", "healthy"]
    seen = world.seen()
    assert rollout(seen) == ("COMPLETED", definition)
    assert (seen["runningCount"], seen["pendingCount"], len(seen["deployments"])) == (2, 0, 1)
    assert world.messages()[0] == "(service web) has reached a steady state."
    assert "(service web) has started 2 tasks: (task " in " ".join(world.messages())
    world.ecs.get_waiter("services_stable").wait(cluster="uat", services=["web"], WaiterConfig={"MaxAttempts": 1})


def test_each_task_has_an_interface_until_it_stops(world: World) -> None:
    world.service(world.definition())
    world.wait(100)
    subnets = {detail["value"] for task in world.tasks() for detail in task["attachments"][0]["details"][:1]}
    assert subnets == set(world.net.subnets[:2])
    found = world.ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [world.group]}])
    assert len(found["NetworkInterfaces"]) == 2
    world.ecs.update_service(cluster="uat", service="web", desiredCount=0)
    world.wait(31)
    assert world.seen()["runningCount"] == 0
    assert world.ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    (first, *_) = world.tasks("STOPPED")
    assert (first["stopCode"], first["containers"][0]["exitCode"]) == ("ServiceSchedulerInitiated", 143)


def test_a_new_definition_rolls_out(world: World) -> None:
    group, old = world.balanced(delay=60), world.definition()
    world.service(old, loadBalancers=world.behind(group))
    world.wait(100)
    image(world.ecr, "web", "2")
    new = world.definition("web", world.container(tag="2"))
    changed = world.ecs.update_service(cluster="uat", service="web", taskDefinition=new)["service"]
    assert [one["status"] for one in changed["deployments"]] == ["PRIMARY", "ACTIVE"]
    world.wait(65)
    assert len(world.tasks()) == 4  # maximumPercent 200
    assert rollout(world.seen()) == ("IN_PROGRESS", new)
    world.wait(30)
    assert world.health(group) == ["draining", "draining", "healthy", "healthy"]
    assert rollout(world.seen()) == ("IN_PROGRESS", new)
    world.wait(91)
    assert world.health(group) == ["healthy", "healthy"]
    assert rollout(world.seen()) == ("COMPLETED", new)
    assert len(world.seen()["deployments"]) == 1


def test_half_at_a_time(world: World) -> None:
    world.service(world.definition(), deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 50})
    world.wait(61)
    assert rollout(world.seen())[0] == "COMPLETED"
    world.ecs.update_service(cluster="uat", service="web", forceNewDeployment=True)
    world.wait(1)
    assert [one["runningCount"] for one in world.seen()["deployments"]] == [0, 1]
    world.wait(400)
    assert rollout(world.seen())[0] == "COMPLETED"
    assert len(world.tasks()) == 2


def test_a_crash_loop_fails(world: World) -> None:
    world.cloud.faults = Faults.of({"crash": {"web": "exit"}})
    world.service(world.definition(), deploymentConfiguration=BREAKER)
    world.wait(75)
    (stopped, *_) = world.tasks("STOPPED")
    assert stopped["stoppedReason"] == "Essential container in task exited"
    assert (stopped["stopCode"], stopped["containers"][0]["exitCode"]) == ("EssentialContainerExited", 1)
    world.wait(200)
    seen = world.seen()
    assert rollout(seen)[0] == "FAILED"
    assert seen["deployments"][0]["failedTasks"] >= 3
    assert seen["deployments"][0]["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    world.wait(600)
    assert world.tasks() == []


def test_without_a_breaker_it_goes_on_forever_and_slower(world: World) -> None:
    world.cloud.faults = Faults(crash={"web:1": "exit"})
    world.service(world.definition())
    world.wait(800)
    assert rollout(world.seen())[0] == "IN_PROGRESS"
    assert any("unable to consistently start tasks" in one for one in world.messages())
    world.cloud.faults = Faults()
    world.wait(600)
    assert rollout(world.seen())[0] == "COMPLETED"


def test_a_bad_release_is_rolled_back(world: World) -> None:
    group, old = world.balanced(), world.definition()
    world.service(old, loadBalancers=world.behind(group), deploymentConfiguration=BREAKER)
    world.wait(100)
    before = {task["taskArn"] for task in world.tasks()}
    image(world.ecr, "web", "2")
    world.cloud.faults = Faults(crash={"web:2": "unhealthy"})
    new = world.definition("web", world.container(tag="2"))
    world.ecs.update_service(cluster="uat", service="web", taskDefinition=new)
    world.wait(160)
    (stopped, *_) = world.tasks("STOPPED")
    assert stopped["stoppedReason"] == f"Task failed ELB health checks in (target-group {group})"
    world.wait(1200)
    assert rollout(world.seen()) == ("COMPLETED", old)
    assert {task["taskArn"] for task in world.tasks()} == before
    assert any("rolling back to deployment" in one for one in world.messages())
    world.ecs.get_waiter("services_stable").wait(cluster="uat", services=["web"], WaiterConfig={"MaxAttempts": 1})


def test_a_bad_release_is_rolled_back_though_the_old_tasks_are_gone(world: World) -> None:
    old = world.definition()
    world.service(old, deploymentConfiguration=BREAKER | {"maximumPercent": 100, "minimumHealthyPercent": 0})
    world.wait(100)
    (before,) = world.seen()["deployments"]
    bad = world.definition("web", world.container(tag="none"))
    world.ecs.update_service(cluster="uat", service="web", taskDefinition=bad)
    world.wait(95)
    assert world.seen()["runningCount"] == 0
    world.wait(500)
    (after,) = world.seen()["deployments"]
    assert (after["id"], after["runningCount"]) == (before["id"], 2)
    assert rollout(world.seen()) == ("COMPLETED", old)


def test_unhealthy_is_seen_only_where_somebody_looks(world: World) -> None:
    world.cloud.faults = Faults(crash={"web": "unhealthy"})
    world.service(world.definition("plain"), "plain")
    check = {"command": ["CMD-SHELL", "curl -f http://localhost/"]}
    world.service(world.definition("seen", world.container(healthCheck=check)), "seen", desired=1)
    world.wait(95)
    assert rollout(world.seen("plain"))[0] == "COMPLETED"
    assert world.seen("seen")["deployments"][0]["failedTasks"] == 1


def test_a_quota_is_an_event_and_no_error(world: World) -> None:
    world.cloud.quotas["fargate_vcpus"] = 1
    world.service(world.definition(cpu="512", memory="1024"), desired=3)
    world.wait(70)
    seen = world.seen()
    assert (seen["runningCount"], seen["desiredCount"]) == (2, 3)
    said = "(service web) was unable to place a task. Reason: "
    assert f"{said}You've reached the limit on the number of vCPUs you can run concurrently." in world.messages()
    failures = world.ecs.run_task(
        cluster="uat", taskDefinition="web", launchType="FARGATE", networkConfiguration=world.place
    )["failures"]
    assert failures == [{"reason": "You've reached the limit on the number of vCPUs you can run concurrently"}]
    world.cloud.quotas["fargate_vcpus"] = 6
    world.wait(130)
    assert rollout(world.seen())[0] == "COMPLETED"


def test_it_scales_without_a_deployment(world: World) -> None:
    world.service(world.definition(), desired=1)
    world.wait(61)
    (before,) = world.seen()["deployments"]
    world.ecs.update_service(cluster="uat", service="web", desiredCount=3)
    world.wait(61)
    (now,) = world.seen()["deployments"]
    assert (now["id"], now["runningCount"], now["rolloutState"]) == (before["id"], 3, "COMPLETED")
    world.ecs.update_service(cluster="uat", service="web", desiredCount=1)
    world.wait(31)
    assert world.seen()["runningCount"] == 1


def test_a_stopped_task_is_replaced(world: World) -> None:
    world.service(world.definition(), desired=1)
    world.wait(61)
    (task,) = world.tasks()
    world.ecs.stop_task(cluster="uat", task=task["taskArn"], reason="for a test")
    world.wait(31)
    (stopped,) = world.tasks("STOPPED")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "for a test")
    assert len(world.tasks()) == 1
    assert world.tasks()[0]["taskArn"] != task["taskArn"]


def test_it_drains_before_it_is_gone(world: World) -> None:
    group = world.balanced(delay=120)
    world.service(world.definition(), loadBalancers=world.behind(group))
    world.wait(100)
    world.ecs.update_service(cluster="uat", service="web", desiredCount=0)
    world.ecs.delete_service(cluster="uat", service="web")
    assert world.seen()["status"] == "DRAINING"
    assert world.ecs.list_services(cluster="uat")["serviceArns"] == []
    assert world.health(group) == ["draining", "draining"]
    world.wait(119)
    assert (world.seen()["status"], world.health(group)) == ("DRAINING", ["draining", "draining"])
    world.wait(35)
    assert (world.seen()["status"], world.health(group)) == ("INACTIVE", [])
    world.wait(3601)
    answer = world.ecs.describe_services(cluster="uat", services=["web"])
    assert (answer["services"], answer["failures"][0]["reason"]) == ([], "MISSING")


def test_a_task_on_its_own(world: World) -> None:
    world.definition()
    (task,) = world.ecs.run_task(
        cluster="uat", taskDefinition="web", launchType="FARGATE", networkConfiguration=world.place, startedBy="me"
    )["tasks"]
    world.wait(61)
    assert world.ecs.list_tasks(cluster="uat", startedBy="me")["taskArns"] == [task["taskArn"]]
    world.ecs.get_waiter("tasks_running").wait(cluster="uat", tasks=[task["taskArn"]], WaiterConfig={"MaxAttempts": 1})
    world.ecs.stop_task(cluster="uat", task=task["taskArn"])
    world.wait(31)
    world.ecs.get_waiter("tasks_stopped").wait(cluster="uat", tasks=[task["taskArn"]], WaiterConfig={"MaxAttempts": 1})


def test_without_rollback_the_old_tasks_go_on(world: World) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    world.service(world.definition(), deploymentConfiguration=breaker)
    world.wait(100)
    bad = world.definition("web", world.container(tag="none"))
    world.ecs.update_service(cluster="uat", service="web", taskDefinition=bad)
    world.wait(400)
    assert rollout(world.seen()) == ("FAILED", bad)
    assert [one["runningCount"] for one in world.seen()["deployments"]] == [0, 2]
    world.ecs.update_service(cluster="uat", service="web", desiredCount=0)
    assert refused(world.ecs.delete_service, cluster="uat", service="web") == "InvalidParameterException"
    world.wait(31)
    assert world.seen()["runningCount"] == 0
    world.ecs.delete_service(cluster="uat", service="web")


def test_percentages_that_leave_no_room(world: World) -> None:
    """aws-reality 5.7: with one task, 150 in a hundred are one, and so are 50."""
    tight = {"minimumHealthyPercent": 50, "maximumPercent": 150}
    old = world.definition()
    world.service(old, desired=1, deploymentConfiguration=tight)
    world.wait(100)
    assert rollout(world.seen()) == ("COMPLETED", old)
    new = world.definition()
    world.ecs.update_service(cluster="uat", service="web", taskDefinition=new)
    world.wait(600)
    assert rollout(world.seen()) == ("IN_PROGRESS", new)
    assert [one["runningCount"] for one in world.seen()["deployments"]] == [0, 1]
    stuck = [one for one in world.messages() if "was unable to stop or start tasks during a deployment" in one]
    assert stuck == [world.messages()[0]]
    world.ecs.update_service(cluster="uat", service="web", desiredCount=2)  # then there is room
    world.wait(400)
    assert rollout(world.seen()) == ("COMPLETED", new)


@pytest.mark.parametrize(("desired", "failures"), [(1, 3), (6, 3), (7, 4), (20, 10), (1000, 200)])
def test_when_the_breaker_trips(desired: int, failures: int) -> None:
    assert threshold(desired) == failures
