"""The second half of day 5 on all days before it: what waits for images, what an hour sets, and what is left."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.naming import physical
from muvi_provision.resource import Verdict
from tests.sandbox import ecs_world
from tests.world import World

NUMBERS = {step.number for step in runbook.of_day("day5")}
SCALING = ("scalable-target", "scaling-policy")
SERVICES = {"application-autoscaling", "cloudwatch", "stepfunctions", "codebuild", "codepipeline", "codeconnections"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything, but no image; run twice, as certificates want it."""
    world = World(tmp_path_factory.mktemp("tiny"), "tiny")
    world.run()
    world.run()
    yield world
    world.cloud.reset()


def push(world: World) -> None:
    aws = world.site().aws
    with aws.writing("somebody"):
        for name in world.environment.repositories:
            ecs_world.image(aws.ecr, physical(world.environment.name, name, 256), "latest")


def client(world: World, service: str) -> Any:
    return world.border().client(service, world.region)


def registered(world: World) -> dict[str, int]:
    """The fewest copies by service, as AWS has them."""
    found = client(world, "application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
    return {each["ResourceId"].rpartition("/")[2]: each["MinCapacity"] for each in found["ScalableTargets"]}


def differing(world: World) -> dict[str, Verdict]:
    return {a: found.verdict for a, found in world.plan().findings.items() if found.verdict != Verdict.SAME}


def test_without_images_nothing_is_scaled_and_nothing_has_failed(made: World) -> None:
    report = made.run(steps=NUMBERS)
    assert not report.errors
    assert registered(made) == {}
    assert not [address for address in differing(made) if address.partition("/")[0] in SCALING]
    assert "tiny-source (GitLab)" in report.gates["gate/connection"]


def test_looking_at_it_costs_one_call_a_kind(made: World) -> None:
    made.plan()
    start = len(made.cloud.log.entries)
    made.plan()
    called = Counter(entry.name for entry in made.cloud.log.entries[start:])
    ours = {name: count for name, count in called.items() if name.partition(":")[0] in SERVICES}
    assert set(ours.values()) == {1}, ours


def test_with_images_services_scale_within_their_bounds(made: World) -> None:
    push(made)
    report = made.run()
    assert not report.errors
    assert registered(made) == {"tiny-gateway": 1, "tiny-main": 1}
    policies = client(made, "application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")
    assert len(policies["ScalingPolicies"]) == 6
    assert differing(made) == {}


def start(world: World, moment: str) -> Any:
    """Starts the workflow as EventBridge would, and the end it came to."""
    steps = client(world, "stepfunctions")
    (machine,) = steps.list_state_machines()["stateMachines"]
    with world.site().aws.writing("EventBridge"):
        begun = steps.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps({"moment": moment}))
    return steps.describe_execution(executionArn=begun["executionArn"])


def test_what_an_hour_sets_is_not_undone_by_the_next_run(made: World) -> None:
    assert start(made, "busy")["status"] == "SUCCEEDED"
    assert registered(made)["tiny-main"] == 2
    assert differing(made) == {}
    assert not made.run().errors
    assert registered(made)["tiny-main"] == 2
    assert not [found for found in made.drift().findings.values() if found.verdict != Verdict.SAME]


def test_the_quiet_hours_change_the_database_too(made: World) -> None:
    assert start(made, "quiet")["status"] == "SUCCEEDED"
    assert registered(made)["tiny-main"] == 1
    assert differing(made) == {}


def test_an_unknown_hour_changes_nothing(made: World) -> None:
    ended = start(made, "never")
    assert (ended["status"], ended["error"]) == ("FAILED", "UnknownMoment")
    assert registered(made)["tiny-main"] == 1


def test_teardown_leaves_nothing_that_scales_watches_or_builds(made: World) -> None:
    report = made.teardown()
    assert not report.errors
    assert registered(made) == {}
    assert client(made, "cloudwatch").describe_alarms()["MetricAlarms"] == [], "automatic scaling's own are gone too"
    assert client(made, "cloudwatch").list_dashboards()["DashboardEntries"] == []
    assert client(made, "stepfunctions").list_state_machines()["stateMachines"] == []
    assert client(made, "codepipeline").list_pipelines()["pipelines"] == []
    assert client(made, "codebuild").list_projects()["projects"] == []
    assert client(made, "codeconnections").list_connections()["Connections"] == []
    assert client(made, "logs").describe_metric_filters()["metricFilters"] == []
    providers = client(made, "iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert len(providers) == 1, "GitHub's provider is the account's"
