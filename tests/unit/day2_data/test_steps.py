"""The day's steps, for every environment that ships."""

from __future__ import annotations

import pytest

from muvi_provision.day1_network import steps as day1
from muvi_provision.day2_data import placeholders, plans
from muvi_provision.day2_data import steps as day2
from muvi_provision.day2_data.secrets import Secret
from muvi_provision.engine.stack import Gate, Stack
from muvi_provision.environment import Environment
from tests.unit.day1_network.balancing.conftest import Rehearsal


def stack_of(environment: Environment) -> Stack:
    stack = Stack(environment)
    stack.record((*day1.STEPS, *day2.STEPS))
    return stack


def test_uat_has_writers_and_no_proxies(uat: Environment) -> None:
    addresses = stack_of(uat).nodes
    assert len([a for a in addresses if a.startswith("aurora-instance/")]) == 6
    assert len([a for a in addresses if a.startswith("replication-group/")]) == 9
    assert not [a for a in addresses if a.startswith(("db-proxy", "proxy-", "role/"))]


def test_prodlike_has_readers_and_a_read_only_door_each(prodlike: Environment) -> None:
    addresses = stack_of(prodlike).nodes
    assert len([a for a in addresses if a.endswith("-reader")]) == 5
    assert len([a for a in addresses if a.startswith("db-proxy-endpoint/")]) == 6


def test_a_target_waits_for_the_rules_that_let_its_proxy_through(prodlike: Environment) -> None:
    needs = stack_of(prodlike).nodes["db-proxy-target/main"].needs
    rules = {need for need in needs if need.startswith("security-group-rule/")}
    assert rules == {f"security-group-rule/{name}" for name in plans.roads(prodlike, "main")}
    assert len(rules) == 2


@pytest.mark.parametrize("section", ["databases", "caches", "secrets"])
def test_a_part_may_be_missing(uat: Environment, section: str) -> None:
    without: dict[str, dict[str, str]] = {section: {}, **({"secrets": {}} if section == "databases" else {})}
    assert stack_of(uat.model_copy(update=without)).nodes


def test_nothing_stands_on_the_gate(uat: Environment) -> None:
    stack = stack_of(uat)
    gate = stack.nodes["gate/secrets"]
    assert isinstance(gate, Gate)
    assert not gate.lasting
    assert not [node for node in stack.nodes.values() if "gate/secrets" in node.needs]


def test_the_gate_names_only_what_is_missing(rehearsal: Rehearsal) -> None:
    names = ("main/a", "main/b")
    for name in names:
        rehearsal.make(Secret(name, kind="given", description=""))
    assert not placeholders.filled(names)(rehearsal.another(), {})
    with rehearsal.aws.writing("a person"):
        rehearsal.aws.secretsmanager.put_secret_value(SecretId="uat/main/a", SecretString="given")
    told = placeholders.how_to_fill(names)(rehearsal.another(), {})
    assert told.splitlines()[1:] == ["muvi secrets set main/b"]
