"""Caches: what the region lacks, how versions are told apart, and what replicas change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.day2_data.cache_groups import CacheSubnetGroup
from muvi_provision.day2_data.redis import NODE, ReplicationGroup
from muvi_provision.engine.examine import compared
from muvi_provision.errors import AwsRefused
from muvi_provision.resource import Handle, Live, Verdict
from tests.unit.day1_network.balancing.conftest import Ground, Rehearsal


@pytest.fixture
def cache(rehearsal: Rehearsal, ground: Ground) -> ReplicationGroup:
    wanted = CacheSubnetGroup("main", subnets=ground.subnets, description="Private subnets")
    return ReplicationGroup(
        "main",
        subnet_group=rehearsal.handle(wanted, rehearsal.make(wanted)),
        groups=ground.groups[:1],
        parameter_group="default.redis7",
        description="seat locks",
        node_type="cache.t3.micro",
        version="7.1",
        transit_encryption=True,
    )


def test_it_is_encrypted_and_has_no_token(rehearsal: Rehearsal, cache: ReplicationGroup) -> None:
    live = rehearsal.make(cache)
    (said,) = (said for name, said in rehearsal.calls if name == "elasticache:CreateReplicationGroup")
    assert said["AtRestEncryptionEnabled"] is said["TransitEncryptionEnabled"] is True
    assert "AuthToken" not in said
    assert said["NumCacheClusters"] == 1
    assert said["AutomaticFailoverEnabled"] is False
    assert cache.outputs(live)["port"] == "6379"
    assert cache.outputs(live)["host"]


def test_a_node_type_there_is_not_is_refused_with_the_cheapest_there_are(
    rehearsal: Rehearsal, cache: ReplicationGroup
) -> None:
    with pytest.raises(AwsRefused) as refused:
        replace(cache, node_type="cache.x9.large").before(rehearsal.aws)
    told = str(refused.value.what)
    assert told.startswith("there is no cache.x9.large in eu-central-1: choose cache.")
    prices = [float(part.split()[0]) for part in told.split("(")[1:]]
    assert len(prices) > 2
    assert prices == sorted(prices)
    cache.before(rehearsal.aws)


@pytest.mark.parametrize(
    ("wanted", "told", "seen"),
    [("7.1", "7.1.0", "7.1"), ("7.0", "7.0.7", "7.0"), ("7.1", "7.0.7", "7.0.7"), ("7.1", "7.10.0", "7.10.0")],
)
def test_a_version_is_told_apart_by_its_beginning(wanted: str, told: str, seen: str) -> None:
    node = {
        "EngineVersion": told,
        "CacheSubnetGroupName": "uat-main",
        "SecurityGroups": [],
        "CacheParameterGroup": {"CacheParameterGroupName": "default.redis7"},
    }
    raw: dict[str, Any] = {
        "Description": "",
        "CacheNodeType": "cache.t3.micro",
        "MemberClusters": ["uat-main-001"],
        "TransitEncryptionEnabled": True,
        "AutomaticFailover": "disabled",
    }
    group: Handle[Any] = Handle("cache-subnet-group/main", {"id": "uat-main"})
    cache = ReplicationGroup(
        "main", subnet_group=group, groups=(), parameter_group="default.redis7", description="",
        node_type="cache.t3.micro", version=wanted, transit_encryption=True,
    )  # fmt: skip
    assert cache.observe(Live("uat-main", {**raw, NODE: node}))["version"] == seen
    assert "version" not in cache.observe(Live("uat-main", {**raw, NODE: None})), "there is no node yet"


def test_a_newer_version_is_a_change_in_place(rehearsal: Rehearsal, cache: ReplicationGroup) -> None:
    live = rehearsal.make(replace(cache, version="7.0"))
    live = rehearsal.mend(cache, live)
    assert not rehearsal.differs(cache, live)


def test_replicas_come_before_what_they_make_possible_and_go_after_it(
    rehearsal: Rehearsal, cache: ReplicationGroup
) -> None:
    two = replace(cache, replicas=2, failover=True)
    live = rehearsal.make(cache)
    rehearsal.names()
    live = rehearsal.mend(two, live)
    assert rehearsal.names()[:2] == ["elasticache:IncreaseReplicaCount", "elasticache:ModifyReplicationGroup"]
    assert not rehearsal.differs(two, live)
    live = rehearsal.mend(cache, live)
    assert rehearsal.names()[:2] == ["elasticache:ModifyReplicationGroup", "elasticache:DecreaseReplicaCount"]
    assert not rehearsal.differs(cache, live)


def test_plain_text_is_no_change_in_place(rehearsal: Rehearsal, cache: ReplicationGroup) -> None:
    finding = compared(replace(cache, transit_encryption=False), rehearsal.make(cache))
    assert finding.verdict == Verdict.BLOCKED


def test_every_node_costs(cache: ReplicationGroup) -> None:
    assert replace(cache, replicas=2).costs() == (("cache.t3.micro.redis", 3.0),)
