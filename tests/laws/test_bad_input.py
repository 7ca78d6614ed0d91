"""Days 2 and 3 asked for what nobody there has: it is said in words, and the rest is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from muvi_provision.cli.errors import exit_code
from muvi_provision.environment import Environment
from muvi_provision.errors import AwsRefused, QuotaTooLow, StepFailed
from muvi_provision.resource import Verdict
from tests.canonical import canonical
from tests.laws.hands import assert_mended, assert_says, begun, change, client, push, service, undone
from tests.world import World

Worlds = Callable[..., World]


@pytest.fixture
def world(first_days: Worlds) -> Worlds:
    return first_days


@pytest.fixture
def built(built_first: Any) -> Any:
    return built_first


Built = Callable[[str], Any]


def with_cache(environment: Environment, node_type: str) -> dict[str, Any]:
    return {"caches": {"main": environment.caches["main"].model_copy(update={"node_type": node_type})}}


def with_class(environment: Environment, instance_class: str) -> dict[str, Any]:
    database = environment.databases["main"].model_copy(update={"instance_class": instance_class})
    return {"databases": {"main": database}}


def with_version(environment: Environment, version: str) -> dict[str, Any]:
    return {"aurora": environment.aurora.model_copy(update={"version": version})}


@dataclass(frozen=True)
class Mistake:
    """Something the region does not have, what is refused because of it, and what stands on that."""

    write: Callable[[Environment, str], dict[str, Any]]
    wrong: str
    refused: str
    alternatives: tuple[str, ...]
    lost: tuple[str, ...]


MACHINES = ("aurora-instance/main-writer", "aurora-instance/main-reader")
BEHIND = ("db-proxy-target/main", "service/main")
TOLD = ("parameter/caches/main/REDIS_HOST", "task-definition/main", "service/main")
MISTAKES = [
    Mistake(with_cache, "cache.r9g.large", "replication-group/main", ("cache.t3.micro (", "USD an hour"), TOLD),
    Mistake(with_class, "db.r8g.large", MACHINES[0], ("db.t4g.medium (", "USD an hour"), (MACHINES[1], *BEHIND)),
    Mistake(with_class, "db.serverless", MACHINES[0], ("bounds",), (MACHINES[1], *BEHIND)),
    Mistake(with_version, "14.2", "aurora-cluster/main", ("14.24", "14.22"), (*MACHINES, *BEHIND)),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake.wrong for mistake in MISTAKES])
def test_what_the_region_lacks_is_refused_in_the_plan_and_costs_what_stands_on_it(
    world: Worlds, mistake: Mistake
) -> None:
    one = world("tiny")
    change(one, region="me-central-1")
    one.region = "me-central-1"
    right = one.environment
    change(one, **mistake.write(right, mistake.wrong))
    before = one.cloud.snapshot()
    plan = one.plan()
    assert set(plan.errors) == {mistake.refused}
    assert_says(plan.errors[mistake.refused], AwsRefused, mistake.wrong, *mistake.alternatives)
    assert "me-central-1" in str(plan.errors[mistake.refused]) or mistake.wrong == "db.serverless"
    report = one.run()
    assert set(report.errors) == {mistake.refused}
    assert_says(report.errors[mistake.refused], AwsRefused, mistake.wrong, *mistake.alternatives)
    assert set(report.skipped) == set(mistake.lost)
    assert undone(one) == {mistake.refused, *mistake.lost}
    one.environment = right
    assert_mended(one, made={mistake.refused, *mistake.lost})
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


def test_a_quota_for_containers_that_is_too_small(world: Worlds, built: Built) -> None:
    one = world("tiny", quotas={"fargate_vcpus": 1})
    services = one.environment.services
    change(one, services={name: plan.model_copy(update={"tasks": 2}) for name, plan in services.items()})
    told = one.plan().errors
    assert set(told) == {"service/gateway", "service/main"}
    report = one.run()
    assert set(report.errors) == set(told) == undone(one)
    assert exit_code(report) == QuotaTooLow.exit_code
    for error in (*told.values(), *report.errors.values()):
        assert_says(error, QuotaTooLow, "2 vCPU", "may run 1")
        assert "request-service-quota-increase" in error.next[0]
        assert "--desired-value 4" in error.next[0], "a new version needs as much again while it takes over"
    one.cloud.quotas["fargate_vcpus"] = 4
    assert_mended(one, made={"service/gateway", "service/main"})


FULL = [
    (
        {"db_instances": 1, "db_proxies": 0, "cache_nodes": 0, "ecr_repositories": 1, "namespaces": 0},
        {MACHINES[1], "db-proxy/main", "replication-group/main", "repository/main", "namespace/main"},
    ),
    (
        {"db_clusters": 0, "ecs_clusters": 0, "cache_subnet_groups": 0},
        {"aurora-cluster/main", "ecs-cluster/main", "cache-subnet-group/main"},
    ),
    (
        {"db_subnet_groups": 0, "db_cluster_parameter_groups": 0},
        {"db-subnet-group/main", "cluster-parameter-group/main"},
    ),
]


@pytest.mark.parametrize(("quotas", "refused"), FULL, ids=[next(iter(quotas)) for quotas, _ in FULL])
def test_an_account_that_is_full(world: Worlds, built: Built, quotas: dict[str, int], refused: set[str]) -> None:
    one = world("tiny", threads=1, quotas={"fargate_vcpus": 6, **quotas})
    report = one.run()
    assert set(report.errors) == refused
    assert exit_code(report) == QuotaTooLow.exit_code
    for error in report.errors.values():
        assert_says(error, QuotaTooLow, "answered", "the account may not have more of these")
    lacking = refused | {address for address in report.skipped if not address.startswith("gate/")}
    assert undone(one) == lacking
    one.cloud.quotas |= dict.fromkeys(quotas, 100)
    assert_mended(one, made={address for address in lacking if not address.startswith("image/")})
    assert canonical(one.cloud.snapshot()) == built("tiny")


def test_a_master_secret_that_somebody_has_spoilt(world: Worlds, built: Built) -> None:
    one = world("tiny")
    one.run(steps=["1.1", "1.2", "1.7", "1.8", "1.9", "1.10", "2.1", "2.2"])
    secrets = client(one, "secretsmanager")
    good = secrets.get_secret_value(SecretId="tiny/main/rds")["SecretString"]
    secrets.put_secret_value(SecretId="tiny/main/rds", SecretString="spoilt-beyond-recognition")
    report = one.run()
    assert set(report.errors) == {"aurora-cluster/main"}
    assert_says(report.errors["aurora-cluster/main"], StepFailed, "master user cannot be read", "JSON")
    assert "put-secret-value" in report.errors["aurora-cluster/main"].next[0]
    assert "spoilt" not in str(report.errors)
    secrets.put_secret_value(SecretId="tiny/main/rds", SecretString=good)
    assert_mended(one, made={"aurora-cluster/main", *MACHINES, *BEHIND})


def test_an_image_that_is_not_there(world: Worlds, built: Built) -> None:
    """Nobody waits for it: its service stands ready with no copies, and the run after the push raises it."""
    one = world("tiny")
    report = one.run()
    assert not report.errors
    assert exit_code(report) == 9
    assert "tiny-gateway:latest" in report.gates["gate/images"]
    assert "muvi images copy" in report.gates["gate/images"]
    assert service(one, "main")["desiredCount"] == 0
    push(one, "first", "main")
    begun(one)
    report = one.run()
    assert not report.errors
    assert begun(one) == [("update", "service/main"), ("update", "task-definition/main")]
    assert "tiny-main" not in report.gates["gate/images"]
    shown = service(one, "main")
    assert (shown["desiredCount"], shown["runningCount"]) == (1, 1)
    assert service(one, "gateway")["desiredCount"] == 0
    again = one.run()
    assert (again.counts.writes, exit_code(again)) == (0, 9)
    assert one.plan().of(Verdict.CREATE, Verdict.UPDATE) == []
