"""The cluster, the roles of AWS's own it needs, and log groups."""

from __future__ import annotations

from dataclasses import replace

import pytest

from muvi_provision.day3_compute.linked_roles import ROLES, ServiceLinkedRole
from muvi_provision.day3_compute.logs import LogGroup
from muvi_provision.engine.examine import examine
from muvi_provision.errors import NameTaken
from tests.resources.contract import Bench
from tests.resources.examples_compute import CLUSTER, ECS_ROLE, LOGS
from tests.unit.hands import by_hand


def test_a_deleted_cluster_comes_back_to_life(bench: Bench) -> None:
    bench.stand(ECS_ROLE)
    live = bench.make(CLUSTER)
    resource = bench.real(CLUSTER)
    with bench.writing(resource) as aws:
        resource.delete(aws, live)
    shown = bench.aws.ecs.describe_clusters(clusters=["uat-main"])["clusters"]
    assert [each["status"] for each in shown] == ["INACTIVE"]
    assert resource.find(bench.aws, live.id) is None
    assert bench.make(CLUSTER).id == live.id


def test_somebody_elses_cluster_is_not_taken(bench: Bench) -> None:
    """ECS would hand it over without a word."""
    bench.stand(ECS_ROLE)
    by_hand(bench, "ecs", "create_cluster", clusterName="uat-main")
    with pytest.raises(NameTaken):
        examine(bench.real(CLUSTER), None, bench.aws)


@pytest.mark.parametrize("service", ROLES)
def test_a_linked_role_that_is_there_already_is_as_good(bench: Bench, service: str) -> None:
    role = ServiceLinkedRole("any", service=service)  # type: ignore[arg-type]
    by_hand(bench, "iam", "create_service_linked_role", AWSServiceName=service)
    found = bench.look(role, None)
    assert found.id == ROLES[service]
    with bench.one_write(role) as aws:
        assert role.create(aws) == found.id
    assert examine(role, None, bench.aws).verdict == "same", "it bears no tags of ours, and need not"


def test_a_linked_role_is_never_deleted(bench: Bench) -> None:
    live = bench.make(ECS_ROLE)
    before = bench.border.tally.writes
    with bench.writing(ECS_ROLE) as aws:
        ECS_ROLE.delete(aws, live)
    assert bench.border.tally.writes == before


def test_a_longer_name_is_not_mistaken_for_it(bench: Bench) -> None:
    bench.make(replace(LOGS, name="gateway-v2"))
    assert LOGS.find(bench.aws, None) is None


def test_its_arn_is_the_plain_one(bench: Bench) -> None:
    bench.make(LOGS)
    assert bench.values[LOGS.address]["id"] == "/ecs/uat/gateway"
    assert bench.values[LOGS.address]["arn"].endswith(":log-group:/ecs/uat/gateway")


def test_one_that_a_container_made_keeps_everything_and_is_nobodys(bench: Bench) -> None:
    by_hand(bench, "logs", "create_log_group", logGroupName="/ecs/uat/gateway")
    live = bench.look(LOGS, None)
    assert LOGS.observe(live) == {"retention_days": "for ever"}
    with pytest.raises(NameTaken):
        examine(LOGS, None, bench.aws)


def test_all_log_groups_take_one_call(bench: Bench) -> None:
    names = ("one", "two", "three")
    for name in names:
        bench.make(LogGroup(name, retention_days=14))
    aws = bench.aws
    start = len(bench.cloud.log.entries)
    for name in names:
        assert LogGroup(name, retention_days=14).find(aws, None)
    called = [entry.name for entry in bench.cloud.log.entries[start:]]
    assert called.count("logs:DescribeLogGroups") == 1
