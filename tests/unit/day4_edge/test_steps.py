"""The whole of day 4, on the days before it: what it makes, what it waits for, and what looking costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from muvi_provision import runbook
from muvi_provision.day4_edge import smoke
from muvi_provision.engine.checks import run_checks
from muvi_provision.naming import physical
from muvi_provision.resource import Verdict
from muvi_provision.sandbox.outside import delegate
from tests.sandbox import ecs_world
from tests.world import World

DAY4 = {step.number for step in runbook.of_day("day4")}
DAYS = {step.number for step in runbook.steps() if step.day <= 4}
DOMAIN = "tiny.elsewhere.example"
SERVICES = {"route53", "cloudfront", "wafv2", "s3"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything, but no image, and the domain above belongs to somebody who has not delegated yet."""
    world = World(tmp_path_factory.mktemp("tiny"), "tiny")
    world.environment = world.environment.model_copy(update={"domain": DOMAIN})
    report = world.run(steps=DAYS)
    assert not report.errors
    assert "gate/delegation" in report.gates
    yield world
    world.cloud.reset()


def differing(world: World) -> dict[str, Verdict]:
    plan = world.plan().findings.items()
    days = {node.address for node in world.stack().nodes.values() if node.step in DAY4}
    return {address: found.verdict for address, found in plan if found.verdict != Verdict.SAME and address in days}


def sentences(world: World) -> dict[str, bool]:
    return {check.sentence: check.holds for check in run_checks(world.stack(), world.site(), DAY4)}


def test_the_gate_names_the_servers(made: World) -> None:
    told = made.run(steps=DAY4).gates["gate/delegation"]
    values = made.site().state.values("hosted-zone/public")
    assert values
    assert all(server in told for server in values["name_servers"].split())
    assert DOMAIN in told


def test_without_a_delegation_all_is_made_and_only_the_gate_is_closed(made: World) -> None:
    assert differing(made) == {}
    assert all(sentences(made).values())


def test_looking_at_day_four_costs_few_calls(made: World) -> None:
    made.plan()
    start = len(made.cloud.log.entries)
    made.plan()
    called = Counter(entry.name for entry in made.cloud.log.entries[start:])
    ours = {name: count for name, count in called.items() if name.partition(":")[0] in SERVICES}
    assert sum(ours.values()) <= 12, ours


def test_once_delegated_the_names_work_and_teardown_leaves_nothing(made: World) -> None:
    delegate(made.cloud, DOMAIN)
    push(made)
    report = made.run(steps=DAYS)
    assert not report.errors
    assert "gate/delegation" not in report.gates
    assert differing(made) == {}
    assert sentences(made) == dict.fromkeys(sentences(made), True)
    site = made.site()
    values = {address: site.state.values(address) or {} for address in made.stack().nodes}
    (outcome,) = smoke.tried(site.aws, made.environment, values)
    assert (outcome.via, outcome.status, outcome.door) == (f"api.{DOMAIN}", 200, None)
    assert not made.teardown().errors
    assert not made.site().state.records()


def push(world: World) -> None:
    aws = world.site().aws
    with aws.writing("somebody"):
        for name in world.environment.repositories:
            ecs_world.image(aws.ecr, physical(world.environment.name, name, 256), "latest")


def test_with_the_domain_above_in_the_account_one_run_is_enough(tmp_path: Path) -> None:
    """The zone above is told, the certificate waited for, and the distributions have their names at once."""
    world = World(tmp_path, "tiny")
    report = world.run(steps=DAYS)
    assert not report.errors
    assert "gate/delegation" not in report.gates
    assert differing(world) == {}
    assert (world.site().state.values("issued-certificate/edge") or {})["arn"]
