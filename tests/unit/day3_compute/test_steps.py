"""The whole of day 3, on days 1 and 2: what it makes, what it waits for, and what looking costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.day3_compute import service_plans
from muvi_provision.engine.checks import run_checks
from muvi_provision.engine.stack import Stack, Wanted
from muvi_provision.environment import Environment
from muvi_provision.naming import physical
from muvi_provision.resource import Verdict
from tests.sandbox import ecs_world
from tests.world import World

DAY3 = {step.number for step in runbook.of_day("day3")}


def recorded(environment: Environment) -> Stack:
    stack = Stack(environment)
    stack.record(runbook.steps())
    return stack


def asked_for(environment: Environment) -> Counter[str]:
    """How many of each kind day 3 asks for."""
    nodes = recorded(environment).nodes.values()
    return Counter(node.address.partition("/")[0] for node in nodes if isinstance(node, Wanted) and node.step in DAY3)


def test_what_uat_asks_for(uat: Environment) -> None:
    assert asked_for(uat) == {
        "repository": 8,
        "image": 8,
        "service-linked-role": 2,
        "role": 12,
        "log-group": 8,
        "ecs-cluster": 1,
        "namespace": 1,
        "discovery-service": 2,
        "task-definition": 8,
        "service": 8,
    }


def test_without_names_to_find_there_is_no_namespace(tiny: Environment) -> None:
    silent = tiny.model_copy(update={"discovery": tiny.discovery.model_copy(update={"services": ()})})
    assert not {"namespace", "discovery-service"} & asked_for(silent).keys()


def test_a_service_that_nothing_leads_to_has_no_target_group(tiny: Environment) -> None:
    alone = tiny.services["main"].model_copy(update={"load_balancer": None, "listener": None})
    services = {**tiny.services, "main": alone}
    resource: Any = recorded(tiny.model_copy(update={"services": services})).nodes["service/main"]
    assert resource.resource.target_group is None


@pytest.mark.parametrize(("tag", "images"), [("", {"image/gateway"}), ("v2", {"image/gateway", "image/gateway:v2"})])
def test_two_services_may_run_the_same_image(tiny: Environment, tag: str, images: set[str]) -> None:
    twin = tiny.services["main"].model_copy(update={"image": "gateway", "tag": tag})
    shared = tiny.model_copy(update={"services": {**tiny.services, "main": twin}})
    assert asked_for(shared)["repository"] == 1
    assert {address for address in recorded(shared).nodes if address.startswith("image/")} == images


def test_a_service_stands_on_its_way_out_its_doors_and_its_database(tiny: Environment) -> None:
    needs = set(recorded(tiny).nodes["service/main"].needs)
    assert {"route/app", "aurora-instance/main-writer", "listener/main", "task-definition/main"} <= needs
    assert any(need.startswith("security-group-rule/svc-main:") for need in needs)
    assert any("proxy" in need and need.endswith("target/main") for need in needs)


def test_all_services_together(uat: Environment) -> None:
    assert service_plans.size(uat, "main")["cpu_in_all"] == 4608, "4.5 vCPU, of the 6 a new account has"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Days 1 to 3, but no image."""
    world = World(tmp_path_factory.mktemp("tiny"), "tiny")
    world.steps = tuple(step for step in world.steps if step.day <= 3)
    world.run()
    yield world
    world.cloud.reset()


def push(world: World) -> None:
    aws = world.site().aws
    with aws.writing("somebody"):
        for name in world.environment.repositories:
            ecs_world.image(aws.ecr, physical(world.environment.name, name, 256), "latest")


def differing(world: World) -> dict[str, Verdict]:
    return {a: found.verdict for a, found in world.plan().findings.items() if found.verdict != Verdict.SAME}


def sentences(world: World) -> dict[str, bool]:
    return {check.sentence: check.holds for check in run_checks(world.stack(), world.site(), DAY3)}


def test_without_images_all_is_made_and_the_gate_names_them(made: World) -> None:
    report = made.run(steps=DAY3)
    assert not report.errors
    told = report.gates["gate/images"]
    assert "tiny-gateway:latest, tiny-main:latest" in told
    assert "muvi images copy" in told
    assert differing(made) == {}
    assert all(sentences(made).values())


def test_looking_at_day_three_costs_few_calls(made: World) -> None:
    made.plan()
    start = len(made.cloud.log.entries)
    made.plan()
    services = {"ecr", "iam", "logs", "ecs", "servicediscovery"}
    called = Counter(entry.name for entry in made.cloud.log.entries[start:])
    each = {name: count for name, count in called.items() if count > 1 and name.partition(":")[0] in services}
    assert each == {"ecr:GetLifecyclePolicy": 2, "ecr:DescribeImages": 2}, "one a repository and image, one of the rest"


def test_with_images_the_services_start_and_teardown_leaves_nothing(made: World) -> None:
    push(made)
    due = ("task-definition/gateway", "task-definition/main", "service/gateway", "service/main")
    assert differing(made) == dict.fromkeys(due, Verdict.UPDATE)
    report = made.run(steps=DAY3)
    assert not report.errors
    assert "gate/images" not in report.gates
    assert differing(made) == {}
    assert all(sentences(made).values())
    running = made.border().client("ecs", made.region).list_tasks(cluster="tiny-main")["taskArns"]
    assert len(running) == 2
    assert not made.teardown().errors
    assert not made.site().state.records()


def test_a_day_killed_in_the_middle_of_its_services_is_finished(tmp_path: Path) -> None:
    world = World(tmp_path, "tiny", seed=3)
    before = {step.number for step in runbook.steps()} - {"3.8"}
    world.run(steps=before)
    push(world)
    for point in range(40):
        if not world.killed_at_call(world.run, point, "after"):
            break
    assert differing(world) == {}
    arns = world.border().client("ecs", world.region).list_services(cluster="tiny-main")["serviceArns"]
    assert len(arns) == 2
