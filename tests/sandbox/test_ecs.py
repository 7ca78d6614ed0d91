"""Clusters and task definitions: what is refused and what gets through, with nothing to wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import World
from tests.sandbox.refusals import refused

WRONG = "InvalidParameterException"


@pytest.fixture
def world(cloud: Cloud, connect: Connect, clock: Leaping) -> World:
    return World(cloud, connect, clock)


def test_a_cluster_s_life(world: World) -> None:
    ecs, tags = world.ecs, [{"key": "a", "value": "b"}]
    assert refused(ecs.create_cluster, clusterName="not a name") == WRONG
    assert refused(ecs.create_cluster, clusterName="x", tags=[{"key": "aws:x", "value": ""}]) == WRONG
    made = ecs.create_cluster(clusterName="x", tags=tags)["cluster"]
    again = ecs.create_cluster(clusterName="x", tags=[{"key": "other", "value": ""}])["cluster"]
    assert (again["clusterArn"], again["tags"]) == (made["clusterArn"], tags)
    settings = [{"name": "containerInsights", "value": "enabled"}]
    assert refused(ecs.update_cluster_settings, cluster="x", settings=[settings[0] | {"value": "perhaps"}]) == WRONG
    ecs.update_cluster_settings(cluster="x", settings=settings)
    (found,) = ecs.describe_clusters(clusters=["x"], include=["TAGS", "SETTINGS"])["clusters"]
    assert (found["status"], found["settings"], found["tags"]) == ("ACTIVE", settings, tags)
    assert ecs.describe_clusters(clusters=["x"])["clusters"][0]["tags"] == []
    assert ecs.describe_clusters(clusters=["none"])["failures"][0]["reason"] == "MISSING"
    ecs.delete_cluster(cluster="x")
    assert ecs.describe_clusters(clusters=["x"])["clusters"][0]["status"] == "INACTIVE"
    assert ecs.list_clusters()["clusterArns"] == [made["clusterArn"].replace("/x", "/uat")]
    assert refused(ecs.delete_cluster, cluster="x") == "ClusterNotFoundException"
    assert ecs.create_cluster(clusterName="x")["cluster"]["status"] == "ACTIVE"
    assert set(world.cloud.snapshot()["ecs"][REGION]) == {"cluster"}


def test_a_new_account_s_role(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """aws-reality 5.3 b, 5.5 e: ECS makes it by itself, and the first request fails."""
    ecs, iam = connect(slow, "ecs"), connect(slow, "iam")
    with pytest.raises(ClientError, match="Unable to assume the service linked role"):
        ecs.create_cluster(clusterName="uat")
    assert iam.get_role(RoleName="AWSServiceRoleForECS")["Role"]["Path"] == "/aws-service-role/ecs.amazonaws.com/"
    clock.sleep(11)
    assert ecs.create_cluster(clusterName="uat")["cluster"]["status"] == "ACTIVE"


def test_how_many_clusters(connect: Connect) -> None:
    ecs = connect(Cloud(quotas={"ecs_clusters": 1}), "ecs")
    ecs.create_cluster(clusterName="a")
    ecs.create_cluster(clusterName="a")
    assert refused(ecs.create_cluster, clusterName="b") == "LimitExceededException"


def test_a_cluster_gives_up_its_services_and_tasks_first(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    world = World(slow, connect, clock)
    world.service(world.definition(), desired=0)
    assert refused(world.ecs.delete_cluster, cluster="uat") == "ClusterContainsServicesException"
    world.ecs.delete_service(cluster="uat", service="web")
    assert refused(world.ecs.delete_cluster, cluster="uat") == "ClusterContainsServicesException"  # it drains
    clock.sleep(25)
    place = {"taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": world.place}
    (task,) = world.ecs.run_task(cluster="uat", **place)["tasks"]
    assert refused(world.ecs.delete_cluster, cluster="uat") == "ClusterContainsTasksException"
    world.ecs.stop_task(cluster="uat", task=task["taskArn"])
    world.ecs.delete_cluster(cluster="uat")


def _container(**more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"containerDefinitions": [world.container(**more)]}


def _two(first: dict[str, Any], second: dict[str, Any]) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"containerDefinitions": [world.container(**first), world.container(**second)]}


def _said(**more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: more


def _bare(world: World) -> dict[str, Any]:
    return {key: value for key, value in world.container().items() if key != "logConfiguration"}


PLAIN = {"name": "plain", "image": "nginx:1"}
OPTIONS = {"awslogs-group": "/ecs/web", "awslogs-region": REGION}
BAD = {
    "a pair that is none": _said(cpu="256", memory="4096"),
    "no size": _said(cpu=None),
    "another network": _said(networkMode="bridge"),
    "a family": _said(family="not a family"),
    "no execution role for logs": _said(executionRoleArn=None),
    "no execution role for an image": lambda world: (
        {"containerDefinitions": [_bare(world)], "executionRoleArn": None}
    ),
    "no execution role for secrets": lambda world: {
        "containerDefinitions": [PLAIN | {"secrets": [{"name": "X", "valueFrom": "/x"}]}],
        "executionRoleArn": None,
    },
    "containers without an image": lambda world: {"containerDefinitions": [{"name": "web"}]},
    "containers that are larger together": _two({"memory": 300}, {"name": "other", "memory": 300, "portMappings": []}),
    "a role that is no ARN": _said(taskRoleArn="task"),
    "no containers": _said(containerDefinitions=[]),
    "a name twice": _two({}, {"portMappings": []}),
    "a port twice": _two({}, {"name": "other"}),
    "a host port": _container(portMappings=[{"containerPort": 80, "hostPort": 8080}]),
    "a log driver": _container(logConfiguration={"logDriver": "syslog"}),
    "log options missing": _container(logConfiguration={"logDriver": "awslogs", "options": OPTIONS}),
    "log options unknown": _container(
        logConfiguration={"logDriver": "awslogs", "options": OPTIONS | {"awslogs-stream-prefix": "x", "none": "y"}}
    ),
    "memory": _container(memory=1024),
    "cpu": _container(cpu=512),
    "privileged": _container(privileged=True),
    "nothing essential": _container(essential=False),
    "a health check": _container(healthCheck={"command": ["curl"]}),
    "too long a start": _container(healthCheck={"command": ["CMD", "x"], "startPeriod": 301}),
    "storage": _said(ephemeralStorage={"sizeInGiB": 201}),
    "the largest but one pair": _said(cpu="32768", memory="122881"),
    "a name of a container": _container(name="not a name"),
    "a secret twice": _container(secrets=[{"name": "X", "valueFrom": "/x"}, {"name": "X", "valueFrom": "/y"}]),
    "a secret in the open": _container(
        secrets=[{"name": "X", "valueFrom": "/x"}], environment=[{"name": "X", "value": "x"}]
    ),
    "too long a stop": _container(stopTimeout=121),
    "a device": _container(linuxParameters={"sharedMemorySize": 64}),
    "a path of the host's": _said(volumes=[{"name": "x", "host": {"sourcePath": "/x"}}]),
    "64 KiB": _container(environment=[{"name": "X", "value": "x" * 65_536}]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_task_definition_that_is_refused(world: World, case: str) -> None:
    assert refused(world.ecs.register_task_definition, **world.asked(**BAD[case](world))) == "ClientException"


def test_task_definitions_that_are_not(world: World) -> None:
    check = {"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"], "startPeriod": 60}
    side = {"name": "side", "image": "public.ecr.aws/x/y:1", "essential": False, "memoryReservation": 128}
    asked = world.asked("web", world.container(healthCheck=check, memory=256), side, tags=[{"key": "a", "value": "b"}])
    made = world.ecs.register_task_definition(**asked)
    assert made["taskDefinition"]["containerDefinitions"][0]["portMappings"] == [
        {"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}
    ]
    assert made["tags"] == asked["tags"]
    pairs = (("256", "512"), ("512", "4096"), ("1024", "8192"), ("4096", "30720"), ("16384", "122880"))
    for cpu, memory in (*pairs, ("32768", "249856")):
        assert world.definition("sizes", cpu=cpu, memory=memory)
    world.definition("units", cpu="1 vCPU", memory="2 GB")
    units = world.ecs.describe_task_definition(taskDefinition="units")["taskDefinition"]
    assert (units["cpu"], units["memory"]) == ("1024", "2048")
    assert world.definition("plain", PLAIN, executionRoleArn=None)


def test_variables_come_back_in_any_order(world: World) -> None:
    said = [{"name": name, "value": "x"} for name in ("A", "B", "C")]
    world.definition("web", world.container(environment=said, stopTimeout=120))
    (shown,) = world.ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["containerDefinitions"]
    assert shown["environment"] != said
    assert sorted(shown["environment"], key=lambda one: one["name"]) == said


def test_revisions_are_never_given_twice(world: World) -> None:
    ecs = world.ecs
    arns = [world.definition() for _ in range(3)]
    assert [arn.rpartition(":")[2] for arn in arns] == ["1", "2", "3"]
    world.definition("web2")
    assert ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"] == arns
    descending = ecs.list_task_definitions(familyPrefix="web", sort="DESC", maxResults=2)
    assert descending["taskDefinitionArns"] == arns[:0:-1]
    assert descending["nextToken"]
    (failure,) = ecs.delete_task_definitions(taskDefinitions=arns[2:])["failures"]
    assert "still in ACTIVE status" in failure["reason"]
    for arn in arns:
        ecs.deregister_task_definition(taskDefinition=arn)
    assert refused(ecs.describe_task_definition, taskDefinition="web") == "ClientException"
    assert ecs.describe_task_definition(taskDefinition="web:1")["taskDefinition"]["status"] == "INACTIVE"
    world.service(world.definition("used"), desired=0)
    ecs.deregister_task_definition(taskDefinition="used:1")
    for _ in range(2):  # one that is being deleted is not brought back
        ecs.delete_task_definitions(taskDefinitions=["used:1"])
        going = ecs.deregister_task_definition(taskDefinition="used:1")["taskDefinition"]
        assert going["status"] == "DELETE_IN_PROGRESS"
    gone = ecs.delete_task_definitions(taskDefinitions=[*arns, "web:9"])
    assert {one["status"] for one in gone["taskDefinitions"]} == {"DELETE_IN_PROGRESS"}
    assert [one["arn"] for one in gone["failures"]] == ["web:9"]
    assert refused(ecs.describe_task_definition, taskDefinition="web:1") == "ClientException"
    assert refused(ecs.delete_task_definitions, taskDefinitions=[f"x:{n}" for n in range(11)]) == WRONG
    assert refused(ecs.delete_task_definitions, taskDefinitions=[]) == WRONG
    assert world.definition().endswith(":4")
    assert ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])["taskDefinition"]["revision"] == 4
