"""Automatic scaling: who is scaled by what, what an hour sets is left alone, and nothing starts without an image."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.day5_serverless import scaling_plans
from muvi_provision.day5_serverless.dimensions import dimension, resource_label
from muvi_provision.day5_serverless.scaling import ScalableTarget, ScalingPolicy, _own_tags
from muvi_provision.engine.examine import is_ours
from muvi_provision.engine.stack import Stack
from muvi_provision.environment import Environment
from muvi_provision.resource import Unknown
from tests.resources.contract import OURS, Bench
from tests.resources.examples_compute import NAME, NAMESPACE, RUNNING, SERVICE
from tests.resources.examples_scaling import CPU, REQUESTS, SCALING_ROLE, STANDING, TARGET
from tests.unit.day5_serverless.conftest import wanted
from tests.unit.hands import by_hand

HERE = "arn:aws:elasticloadbalancing:me-central-1:000011112222"
BALANCER = f"{HERE}:loadbalancer/app/uat-api/50dc6c495c0c9188"
GROUP = f"{HERE}:targetgroup/uat-gateway/73e2d6bc24d8a067"


def test_the_label_is_made_of_the_ends_of_two_arns() -> None:
    said = "app/uat-api/50dc6c495c0c9188/targetgroup/uat-gateway/73e2d6bc24d8a067"
    assert resource_label(BALANCER, GROUP) == said


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:ecs:me-central-1:000011112222:cluster/uat-main", "uat-main"),
        ("arn:aws:ecs:me-central-1:000011112222:service/uat-main/uat-gateway", "uat-gateway"),
        ("arn:aws:lambda:me-central-1:000011112222:function:uat-sync-films", "uat-sync-films"),
        ("arn:aws:states:me-central-1:000011112222:stateMachine:uat-main", None),
        ("uat-main-001", None),
        ("Global", None),
    ],
)
def test_what_cloudwatch_calls_things(arn: str, name: str | None) -> None:
    assert dimension(arn) == (name or arn)


def test_every_service_has_bounds_and_policies(prodlike: Environment) -> None:
    targets = wanted(prodlike, "scalable-target")
    assert set(targets) == {f"scalable-target/{name}" for name in prodlike.services}
    plans = {name: scaling_plans.policies(prodlike, name) for name in prodlike.services}
    assert [plan.metric for plan in plans["gateway"]] == ["cpu", "memory", "requests"]
    assert [plan.metric for plan in plans["ticket"]] == ["cpu", "memory"], "no load balancer counts its requests"


def test_no_requests_none_counted(tiny: Environment) -> None:
    gateway = tiny.services["gateway"]
    scaling = gateway.scaling.model_copy(update={"requests": 0})
    services = {**tiny.services, "gateway": gateway.model_copy(update={"scaling": scaling})}
    plans = scaling_plans.policies(tiny.model_copy(update={"services": services}), "gateway")
    assert [plan.metric for plan in plans] == ["cpu", "memory"]


def test_policies_of_one_service_are_put_one_after_the_other(tiny: Environment) -> None:
    stack = Stack(tiny)
    stack.record(runbook.steps())
    assert "scaling-policy/gateway-cpu" in stack.nodes["scaling-policy/gateway-memory"].needs
    assert "scaling-policy/gateway-memory" in stack.nodes["scaling-policy/gateway-requests"].needs


def test_what_the_workflow_sets_is_as_good(tiny: Environment, prodlike: Environment) -> None:
    assert scaling_plans.bounds(tiny, "main") == {"min": 1, "max": 10, "also": (2, 1)}
    assert scaling_plans.bounds(prodlike, "main")["also"] == (14, 7)
    assert scaling_plans.bounds(tiny, "gateway")["also"] == ()


@pytest.mark.parametrize(
    ("digest", "waits"), [("", True), ("sha256:01", False), (Unknown("image/gateway", "digest"), False)]
)
def test_without_an_image_nothing_is_lifted(digest: Any, waits: bool) -> None:
    assert bool(dataclasses.replace(TARGET, image_digest=digest).dormant()) is waits


def test_a_fewest_of_an_hour_is_left_alone_and_a_strange_one_is_not(bench: Bench) -> None:
    bench.stand(*STANDING, TARGET)
    named: Any = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/uat-main/uat-gateway",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    by_hand(bench, "application-autoscaling", "register_scalable_target", **named, MinCapacity=3)
    live = bench.silent(bench.real(TARGET), None)
    assert live.raw["MaxCapacity"] == 4
    by_hand(bench, "application-autoscaling", "register_scalable_target", **named, MinCapacity=2)
    resource = bench.real(TARGET)
    (change,) = bench.changes(resource, bench.look(resource, live.id))
    assert str(change) == "min: 2 -> 1"
    live = bench.update(resource, live, (change,))
    assert (live.raw["MinCapacity"], live.raw["MaxCapacity"]) == (1, 4)


def test_a_change_of_the_most_leaves_the_fewest_of_the_hour(bench: Bench) -> None:
    bench.stand(*STANDING, TARGET)
    named: Any = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    place = "service/uat-main/uat-gateway"
    by_hand(bench, "application-autoscaling", "register_scalable_target", **named, ResourceId=place, MinCapacity=3)
    wider = bench.real(dataclasses.replace(TARGET, max=8))
    live = bench.look(wider, place)
    live = bench.update(wider, live, bench.changes(wider, live))
    assert (live.raw["MinCapacity"], live.raw["MaxCapacity"]) == (3, 8)


def test_a_label_of_a_load_balancer_that_is_gone_is_a_difference(bench: Bench) -> None:
    bench.stand(*STANDING, TARGET)
    live = bench.make(REQUESTS)
    resource = bench.real(REQUESTS)
    old = live.raw["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["ResourceLabel"]
    moved = dataclasses.replace(
        resource, load_balancer=dataclasses.replace(resource.load_balancer, values={"id": BALANCER})
    )
    (change,) = bench.changes(moved, live)
    assert (change.field, change.old) == ("target_group", old)


def test_bounds_are_ours_though_their_service_is_gone(bench: Bench) -> None:
    """Somebody deleted the service by hand; AWS keeps the bounds, and the teardown must know whose they are."""
    bench.stand(*RUNNING, NAMESPACE, NAME, SERVICE, SCALING_ROLE)
    bench.make(TARGET)
    by_hand(bench, "ecs", "delete_service", cluster="uat-main", service="uat-gateway", force=True)
    live = bench.look(bench.real(TARGET), "service/uat-main/uat-gateway")
    assert is_ours(bench.real(TARGET), live, bench.aws)
    elsewhere = _own_tags(bench.aws, live.raw)
    assert OURS.owns(elsewhere, TARGET.address), "once ECS has forgotten the service, its own are left"


def test_one_listing_serves_all(bench: Bench) -> None:
    bench.stand(*STANDING, TARGET, CPU, REQUESTS)
    aws = bench.aws
    start = len(bench.cloud.log.entries)
    for one in (TARGET, CPU, REQUESTS):
        resource = bench.real(one)
        assert resource.find(aws, bench.values[one.address]["id"]) is not None
    called = [entry.name for entry in bench.cloud.log.entries[start:]]
    scaling = [name for name in called if name.startswith("application-autoscaling:")]
    assert sorted(scaling) == [
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
    ]


def test_a_policy_is_one_call_at_its_word() -> None:
    assert CPU.newborn() == {}
    assert ScalingPolicy.declared.goes_with == "target"
    assert not ScalingPolicy.declared.outputs | ScalableTarget.declared.outputs
