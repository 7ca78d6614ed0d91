"""Databases that AWS refuses to delete: a teardown switches that off, wherever it may be killed on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.canonical import canonical
from tests.laws.hands import begun, change, client
from tests.world import World

Worlds = Callable[..., World]
NAME = {"DBClusterIdentifier": "tiny-main"}


def protecting(one: World) -> World:
    change(one, aurora=one.environment.aurora.model_copy(update={"protected": True}))
    return one


def is_protected(one: World) -> bool:
    (cluster,) = client(one, "rds").describe_db_clusters(**NAME)["DBClusters"]
    return bool(cluster["DeletionProtection"])


@pytest.mark.parametrize("speed", [0, 1])
def test_a_teardown_of_a_protected_database_leaves_nothing(world: Worlds, speed: float) -> None:
    one = protecting(world("tiny", speed=speed))
    assert not one.run().errors
    assert is_protected(one)
    report = one.teardown()
    assert not report.errors, report.errors
    assert one.cloud.snapshot() == one.empty
    assert one.site().state.records() == []


@pytest.mark.parametrize("operation", ["ModifyDBCluster", "DeleteDBCluster"])
@pytest.mark.parametrize("how", ["before", "after"])
def test_a_teardown_that_was_killed_beside_it_goes_on(world: Worlds, how: str, operation: str) -> None:
    one = protecting(world("tiny", speed=1, threads=1))
    assert not one.run().errors
    assert one.killed_around(one.teardown, operation, how)
    if (operation, how) != ("DeleteDBCluster", "after"):
        assert is_protected(one) == (operation == "ModifyDBCluster" and how == "before")
    report = one.teardown()
    assert not report.errors, report.errors
    assert one.cloud.snapshot() == one.empty


def test_a_run_after_such_a_kill_protects_it_again(world: Worlds) -> None:
    one = protecting(world("tiny", speed=1, threads=1))
    assert not one.run().errors
    wanted = canonical(one.cloud.snapshot()["rds"])
    assert one.killed_around(one.teardown, "ModifyDBCluster", "after")
    assert not is_protected(one)
    report = one.run()
    assert not report.errors, report.errors
    assert is_protected(one)
    assert canonical(one.cloud.snapshot()["rds"]) == wanted
    assert one.plan().is_empty


def test_protection_is_as_the_environment_says(world: Worlds) -> None:
    one = world("tiny")
    assert not one.run().errors
    client(one, "rds").modify_db_cluster(DeletionProtection=True, ApplyImmediately=True, **NAME)
    (finding,) = one.drift().changed
    assert [(finding.address, each.field) for each in finding.changes] == [("aurora-cluster/main", "protected")]
    begun(one)
    assert not one.run().errors
    assert begun(one) == [("update", "aurora-cluster/main")]
    assert not is_protected(one)
    assert not protecting(one).run().errors
    assert is_protected(one)
    assert not one.teardown().errors
    assert one.cloud.snapshot() == one.empty
