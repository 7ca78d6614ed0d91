"""New versions of services: each is rolled out once, and called ready only when it runs and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from muvi_provision.cli.errors import exit_code
from muvi_provision.errors import ReadinessFailed
from muvi_provision.sandbox.faults import Faults
from tests.laws.hands import assert_settled, begun, change, client, family, push, revision, service, with_images
from tests.world import World

Worlds = Callable[..., World]


@pytest.fixture
def world(first_days: Worlds) -> Worlds:
    return first_days


ROLLED = [("update", "service/main"), ("update", "task-definition/main")]


def running(one: World) -> World:
    """All services with their first images."""
    with_images(one)
    assert not one.run().errors
    begun(one)
    return one


def definition(one: World, name: str) -> Mapping[str, Any]:
    """The container that a service is told to run."""
    arn = service(one, name)["taskDefinition"]
    return dict(client(one, "ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"])


def container(one: World, name: str) -> Mapping[str, Any]:
    return dict(definition(one, name)["containerDefinitions"][0])


@pytest.mark.parametrize("speed", [0, 1])
def test_a_new_image_under_the_same_tag_is_one_revision_and_one_roll_out(world: Worlds, speed: float) -> None:
    one = running(world("tiny", speed=speed))
    digest = push(one, "second", "main")["main"]
    assert {finding.address for finding in one.plan().findings.values() if finding.changes} == {
        address for _, address in ROLLED
    }
    began = one.clock.monotonic()
    assert not one.run().errors
    assert begun(one) == ROLLED
    assert_settled(one, "main")
    assert container(one, "main")["image"].endswith(f"tiny-main@{digest}")
    assert [len(family(one, name)) for name in ("main", "gateway")] == [2, 1]
    assert one.clock.monotonic() > began or speed == 0, "it was waited for"
    assert (one.run().counts.writes, begun(one)) == (0, [])


@pytest.mark.parametrize("speed", [0, 1])
def test_ready_is_when_the_new_version_has_taken_over(world: Worlds, speed: float) -> None:
    """Others may only go on then, so the address is settled no sooner than the deployment is complete."""
    one = running(world("tiny", speed=speed))
    push(one, "second", "main")
    states: list[tuple[str, str]] = []

    def look(event: Any) -> None:
        if type(event).__name__ == "Settled" and event.resource == "service/main":
            primary = service(one, "main")["deployments"][0]
            states.append((primary["taskDefinition"].rpartition(":")[2], primary["rolloutState"]))

    one.heard = Heard(look)
    assert not one.run().errors
    assert states == [("2", "COMPLETED")]


class Heard(list[Any]):
    """Events, each of which is looked at as it comes."""

    def __init__(self, look: Callable[[Any], None]) -> None:
        super().__init__()
        self._look = look

    def append(self, event: Any) -> None:
        super().append(event)
        self._look(event)


@pytest.mark.parametrize("how", ["exit", "unhealthy"])
def test_a_roll_out_that_ecs_rolled_back_has_failed_though_the_service_is_stable(world: Worlds, how: str) -> None:
    one = running(world("tiny"))
    one.cloud.faults = Faults(crash={"tiny-main": how})
    push(one, "crashes", "main")
    report = one.run()
    shown = service(one, "main")
    assert shown["taskDefinition"].endswith(":1"), "the version before it runs again"
    assert (shown["runningCount"], len(shown["deployments"])) == (1, 1)
    error = report.errors["service/main"]
    assert isinstance(error, ReadinessFailed)
    assert "put the version before it back" in error.why
    assert {"exit": "exit code 1", "unhealthy": "health checks"}[how] in error.why
    assert error.next == ("muvi logs main", "muvi redeploy main")
    assert exit_code(report) == 1
    assert "service/main" not in {finding.address for finding in one.plan().findings.values() if not finding.changes}
    assert set(one.run().errors) == {"service/main"}, "it is tried again, and told again"
    assert len(family(one, "main")) == 2, "without another revision"
    one.cloud.faults = Faults()
    assert not one.run().errors, "the same version, once it does start"
    assert_settled(one, "main")
    assert revision(one, "main") == 2


@pytest.mark.parametrize("how", ["exit", "unhealthy"])
def test_a_version_that_crashes_is_told_long_before_ecs_gives_it_up(world: Worlds, how: str) -> None:
    one = running(world("tiny", speed=1))
    one.cloud.faults = Faults(crash={"tiny-main": how})
    push(one, "crashes", "main")
    began = one.clock.monotonic()
    report = one.run()
    assert set(report.errors) == {"service/main"}
    assert one.clock.monotonic() - began < 500
    assert service(one, "main")["runningCount"] >= 1, "the version before it still answers"
    one.cloud.faults = Faults()
    push(one, "better", "main")
    begun(one)
    assert not one.run().errors
    assert begun(one) == ROLLED
    assert_settled(one, "main")
    assert not one.teardown().errors
    assert one.cloud.snapshot() == one.empty


def test_no_room_for_a_new_version_beside_the_old_one(world: Worlds) -> None:
    """It fits at rest and not while one takes over; ECS would wait for ever without an error."""
    one = running(world("tiny", speed=1, quotas={"fargate_vcpus": 1}))
    push(one, "second")
    began = one.clock.monotonic()
    report = one.run()
    assert set(report.errors) == {"service/gateway", "service/main"}
    for error in report.errors.values():
        assert isinstance(error, ReadinessFailed)
        assert "limit on the number of vCPU" in error.why
        assert "request-service-quota-increase" in error.why
    assert one.clock.monotonic() - began < 300
    one.cloud.quotas["fargate_vcpus"] = 4
    one.clock.sleep(1000)
    assert not one.run().errors
    assert_settled(one, "main")
    assert_settled(one, "gateway")


def test_how_many_copies_there_are_is_not_fought_over(world: Worlds) -> None:
    one = running(world("tiny"))
    client(one, "ecs").update_service(cluster="tiny-main", service="tiny-main", desiredCount=3)
    assert one.drift().is_none
    assert one.plan().is_empty
    assert one.run().counts.writes == 0
    assert service(one, "main")["runningCount"] == 3
    push(one, "second", "main")
    assert not one.run().errors
    assert_settled(one, "main")
    assert service(one, "main")["desiredCount"] == 3, "a new version does not change it either"
    client(one, "ecs").update_service(cluster="tiny-main", service="tiny-main", desiredCount=0)
    assert one.run().counts.writes == 0
    push(one, "third", "main")
    assert not one.run().errors
    assert service(one, "main")["desiredCount"] == 0


def test_many_runs_make_no_revision(world: Worlds) -> None:
    one = running(world("tiny"))
    client(one, "ecs").update_service(cluster="tiny-main", service="tiny-main", forceNewDeployment=True)
    for _ in range(3):
        one.clock.sleep(1000)
        assert one.run().counts.writes == 0
    assert [len(family(one, name)) for name in ("main", "gateway")] == [1, 1]
    services = one.environment.services
    change(one, services={**services, "main": services["main"].model_copy(update={"memory": 2048})})
    assert not one.run().errors
    assert [len(family(one, name)) for name in ("main", "gateway")] == [2, 1]
    change(one, services=services)
    assert not one.run().errors
    assert len(family(one, "main")) == 3, (
        "going back is a revision too: a service never runs an older one than the newest"
    )
    assert_settled(one, "main")


def test_a_revision_that_somebody_rolled_out_by_hand_is_taken_back_and_left_where_it_is(world: Worlds) -> None:
    """It bears none of our tags, so it is nobody's business of ours; what our service runs is."""
    one = running(world("tiny"))
    ecs, shown = client(one, "ecs"), definition(one, "main")
    names = ("family", "networkMode", "requiresCompatibilities", "executionRoleArn", "taskRoleArn")
    kept = {key: shown[key] for key in names}
    alike = {**shown["containerDefinitions"][0], "image": "nginx"}
    registered = ecs.register_task_definition(**kept, cpu="256", memory="512", containerDefinitions=[alike])
    theirs = registered["taskDefinition"]["taskDefinitionArn"]
    assert one.drift().is_none
    ecs.update_service(cluster="tiny-main", service="tiny-main", taskDefinition=theirs)
    assert {finding.address for finding in one.drift().changed} == {"service/main"}
    report = one.run()
    assert (report.errors, begun(one)) == ({}, [("update", "service/main")])
    assert (revision(one, "main"), one.run().counts.writes) == (1, 0)
    push(one, "second", "main")
    assert not one.run().errors
    assert_settled(one, "main")
    assert revision(one, "main") == 3
    assert not one.teardown().errors
    left = one.cloud.snapshot()
    assert family(one, "main") == [theirs]
    ecs.deregister_task_definition(taskDefinition=theirs)
    ecs.delete_task_definitions(taskDefinitions=[theirs])
    assert left.keys() - one.empty.keys() == {"ecs"}
    assert one.cloud.snapshot() == one.empty


def test_a_secret_that_gets_its_value_is_given_to_the_containers_in_the_next_run(world: Worlds) -> None:
    """Until then it is left out, since a container that is promised a value that is not there does not start."""
    one = running(world("tiny"))
    assert "GATEWAY_API_KEY" not in {each["name"] for each in container(one, "gateway")["secrets"]}
    secrets = client(one, "secretsmanager")
    arn = secrets.put_secret_value(SecretId="tiny/gateway/api-key", SecretString="given-by-hand-12345")["ARN"]
    report = one.run()
    assert (report.errors, dict(report.gates)) == ({}, {})
    assert begun(one) == [("update", "service/gateway"), ("update", "task-definition/gateway")]
    assert {"name": "GATEWAY_API_KEY", "valueFrom": arn} in container(one, "gateway")["secrets"]
    assert_settled(one, "gateway")
    assert (one.run().counts.writes, begun(one)) == (0, [])
    secrets.put_secret_value(SecretId="tiny/gateway/api-key", SecretString="given-again-67890")
    assert one.run().counts.writes == 0, "another value of it is `muvi redeploy`'s business"


@pytest.mark.parametrize("speed", [0, 1])
def test_two_services_on_one_image_are_rolled_out_together(world: Worlds, speed: float) -> None:
    one = world("tiny", speed=speed)
    services = one.environment.services
    second = services["main"].model_copy(update={"image": "main", "load_balancer": None, "port": 5003})
    change(one, services={**services, "tickets": second})
    running(one)
    assert one.environment.repositories == ("gateway", "main")
    digest = push(one, "second", "main")["main"]
    assert not one.run().errors
    assert begun(one) == sorted([*ROLLED, ("update", "service/tickets"), ("update", "task-definition/tickets")])
    for name in ("main", "tickets"):
        assert container(one, name)["image"].endswith(f"tiny-main@{digest}")
        assert container(one, name)["name"] == name
        assert_settled(one, name)
    assert one.run().counts.writes == 0
    assert not one.teardown().errors
    assert one.cloud.snapshot() == one.empty


def test_an_image_that_vanished_leaves_what_runs_alone(world: Worlds) -> None:
    """Somebody deletes the tag: the gate says so, and the service goes on with what it has."""
    one = running(world("tiny"))
    client(one, "ecr").batch_delete_image(repositoryName="tiny-main", imageIds=[{"imageTag": "latest"}])
    report = one.run()
    assert not report.errors
    assert "tiny-main:latest" in report.gates["gate/images"]
    assert service(one, "main")["runningCount"] == 1
    assert revision(one, "main") == 1
    assert one.run().counts.writes == 0
    assert one.drift().is_none
    push(one, "second", "main")
    assert not one.run().errors
    assert_settled(one, "main")
