"""A change that AWS has accepted shows late: the run waits until it is so, and does not take it for refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.world import World

CLASS, NODE = "db.t4g.large", "cache.t3.small"


def test_other_machines_for_databases_and_caches(world: Callable[..., World]) -> None:
    one = _with_machines(world)
    _with_larger_machines(one)
    one.cloud.log.clear()
    report = one.run()
    assert not report.errors, report.errors
    regional = one.cloud.snapshot()
    machines = regional["rds"][one.region]["db_instance"].values()
    assert {(each["settings"]["DBInstanceClass"], each["status"]) for each in machines} == {(CLASS, "available")}
    groups = regional["elasticache"][one.region]["replication_group"].values()
    assert {(each["node_type"], each["status"]) for each in groups} == {(NODE, "available")}
    asked = one.cloud.log.counts["rds:ModifyDBInstance"]
    assert len(machines) <= asked <= 2 * len(machines)  # once more at most, while it does not show
    assert one.plan().is_empty


@pytest.mark.parametrize("point", [0, 1])
def test_a_run_that_dies_while_aws_changes_machines(world: Callable[..., World], point: int) -> None:
    """AWS refuses the next change meanwhile, which may be a quarter of an hour: the next run waits that long."""
    one = _with_machines(world)
    _with_larger_machines(one)
    assert one.killed_at_call(one.run, point, "after")
    report = one.run()
    assert not report.errors, report.errors
    assert one.plan().is_empty


def _with_machines(world: Callable[..., World]) -> World:
    one = world("tiny", speed=1)
    one.steps = tuple(step for step in one.steps if step.day <= 2)
    one.environment = one.environment.model_copy(update={"workflow": None})  # which changes classes at its own hours
    report = one.run()
    assert not report.errors, report.errors
    return one


def _with_larger_machines(one: World) -> None:
    was = one.environment
    database = was.databases["main"].model_copy(update={"instance_class": CLASS})
    cache = was.caches["main"].model_copy(update={"node_type": NODE})
    changed: dict[str, Any] = {"databases": {"main": database}, "caches": {"main": cache}}
    one.environment = was.model_copy(update=changed)
