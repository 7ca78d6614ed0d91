"""Replication groups of Redis: what is refused, and what gets through."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.redis_stand import Stand
from tests.sandbox.refusals import group, network, refused


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


@pytest.mark.parametrize("name", ["1a", "a--b", "a-", "a_b", "x" * 41])
def test_ids(stand: Stand, name: str) -> None:
    assert stand.refusing(name=name) == "InvalidParameterValue"
    stand.make("x" * 40)


def test_an_id_is_kept_in_lower_case_and_taken_once(stand: Stand) -> None:
    stand.make("Sessions")
    assert stand.refusing(name="sessions") == "ReplicationGroupAlreadyExists"
    assert stand.shown("SESSIONS")["ReplicationGroupId"] == "sessions"


def test_node_types_are_the_region_s(stand: Stand, connect: Connect) -> None:
    """aws-reality 2.3: no t4g in the Emirates."""
    assert stand.refusing(CacheNodeType="cache.t4g.micro") == "InvalidParameterValue"
    assert stand.refusing(CacheNodeType="cache.r6g.medium") == "InvalidParameterValue"
    sold = {
        one["CacheNodeType"]
        for one in stand.redis.describe_reserved_cache_nodes_offerings()["ReservedCacheNodesOfferings"]
    }
    assert {"cache.t3.small", "cache.m6g.large", "cache.r7g.large"} <= sold
    asked = {"CacheNodeType": "cache.t4g.micro", "ProductDescription": "redis"}
    assert stand.redis.describe_reserved_cache_nodes_offerings(**asked)["ReservedCacheNodesOfferings"] == []
    elsewhere = connect(stand.cloud, "elasticache", region="eu-central-1")
    assert elsewhere.describe_reserved_cache_nodes_offerings(**asked)["ReservedCacheNodesOfferings"]
    stand.make(CacheNodeType="cache.m6g.large")


def test_versions(stand: Stand) -> None:
    assert stand.refusing(EngineVersion="7.9") == "InvalidParameterCombination"
    assert stand.refusing(Engine="memcached") == "InvalidParameterValue"
    assert stand.refusing(Engine="valkey") == "SandboxNotImplemented"
    told = stand.redis.describe_cache_engine_versions(Engine="redis", EngineVersion="7.1")["CacheEngineVersions"]
    assert [one["CacheParameterGroupFamily"] for one in told] == ["redis7"]
    stand.make(EngineVersion="7.x")
    (node,) = stand.redis.describe_cache_clusters(CacheClusterId="sessions-001")["CacheClusters"]
    assert (node["EngineVersion"], node["CacheParameterGroup"]["CacheParameterGroupName"]) == (
        "7.1.0",
        "default.redis7",
    )
    downgraded = {"ReplicationGroupId": "sessions", "EngineVersion": "7.0"}
    assert refused(stand.redis.modify_replication_group, **downgraded) == "InvalidParameterCombination"


def test_a_token_needs_encryption(stand: Stand) -> None:
    assert stand.refusing(AuthToken="a" * 16) == "InvalidParameterCombination"
    tls = {"TransitEncryptionEnabled": True}
    assert stand.refusing(AuthToken="short", **tls) == "InvalidParameterValue"
    assert stand.refusing(AuthToken="with a space in it", **tls) == "InvalidParameterValue"
    stand.make(AuthToken="a-good-token-of-16+"[:18], **tls)
    assert stand.shown()["AuthTokenEnabled"]
    assert "a-good-token" not in str(stand.cloud.snapshot())


def test_failover_needs_a_second_node(stand: Stand) -> None:
    assert stand.refusing(AutomaticFailoverEnabled=True) == "InvalidParameterCombination"
    assert stand.refusing(MultiAZEnabled=True, NumCacheClusters=2) == "InvalidParameterCombination"
    stand.make(AutomaticFailoverEnabled=True, MultiAZEnabled=True, NumCacheClusters=2)
    fewer = {"ReplicationGroupId": "sessions", "NewReplicaCount": 0, "ApplyImmediately": True}
    assert refused(stand.redis.decrease_replica_count, **fewer) == "InvalidParameterValue"


def test_what_it_stands_on_is_there(stand: Stand) -> None:
    other = group(stand.ec2, network(stand.ec2, second=31).vpc, "elsewhere")
    assert stand.refusing(CacheSubnetGroupName="none") == "CacheSubnetGroupNotFoundFault"
    assert stand.refusing(CacheParameterGroupName="none") == "CacheParameterGroupNotFound"
    assert stand.refusing(CacheParameterGroupName="default.redis6.x") == "InvalidParameterCombination"
    assert stand.refusing(SecurityGroupIds=["sg-00000000000000000"]) == "InvalidParameterValue"
    assert stand.refusing(SecurityGroupIds=[other]) == "InvalidParameterValue"
    stand.make(CacheParameterGroupName="default.redis7")


def test_a_subnet_is_left(stand: Stand) -> None:
    for one in stand.net.subnets:
        stand.ec2.delete_subnet(SubnetId=one)
    assert stand.refusing() == "InvalidVPCNetworkStateFault"
    assert stand.redis.describe_cache_subnet_groups()["CacheSubnetGroups"][0]["Subnets"] == []
    fresh = stand.ec2.create_subnet(VpcId=stand.net.vpc, CidrBlock="10.30.9.0/24")["Subnet"]["SubnetId"]
    stand.redis.modify_cache_subnet_group(CacheSubnetGroupName="uat", SubnetIds=[fresh])
    stand.make(NumCacheClusters=2)
    assert [one["SubnetId"] for one in stand.interfaces()] == [fresh, fresh]


@pytest.mark.parametrize(
    ("region", "code"), [("us-east-1", "use1"), ("ap-southeast-1", "apse1"), ("me-central-1", "mec1")]
)
def test_addresses_are_the_region_s(cloud: Cloud, connect: Connect, clock: Leaping, region: str, code: str) -> None:
    def there(cloud: Cloud, service: str) -> Any:
        return connect(cloud, service, region=region)

    ec2, redis = there(cloud, "ec2"), there(cloud, "elasticache")
    vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.40.0.0/24")["Subnet"]["SubnetId"]
    redis.create_cache_subnet_group(CacheSubnetGroupName="g", CacheSubnetGroupDescription="x", SubnetIds=[subnet])
    said = {"ReplicationGroupDescription": "x", "CacheNodeType": "cache.t3.micro", "CacheSubnetGroupName": "g"}
    redis.create_replication_group(ReplicationGroupId="r", **said)
    (shown,) = redis.describe_replication_groups()["ReplicationGroups"]
    address = shown["NodeGroups"][0]["PrimaryEndpoint"]["Address"]
    assert (address[:2], address.endswith(f".ng.0001.{code}.cache.amazonaws.com")) == ("r.", True)


def test_numbers(stand: Stand) -> None:
    for count in (0, 7):
        assert stand.refusing(NumCacheClusters=count) == "InvalidParameterValue"
    assert stand.refusing(SnapshotRetentionLimit=36) == "InvalidParameterValue"
    stand.make(NumCacheClusters=6, SnapshotRetentionLimit=35)


def test_the_quota_of_nodes(clock: Leaping, connect: Connect) -> None:
    stand = Stand(Cloud(clock, quotas={"cache_nodes": 3}), connect, clock)
    stand.make("a", NumCacheClusters=2)
    assert stand.refusing(name="b", NumCacheClusters=2) == "NodeQuotaForCustomerExceeded"
    stand.make("b")
    more = {"ReplicationGroupId": "b", "NewReplicaCount": 1, "ApplyImmediately": True}
    assert refused(stand.redis.increase_replica_count, **more) == "NodeQuotaForCustomerExceeded"
    stand.cloud.reset()


def test_what_the_sandbox_has_not_it_does_not_pretend(stand: Stand) -> None:
    assert stand.refusing(NumNodeGroups=2) == "SandboxNotImplemented"
    assert stand.refusing(TransitEncryptionMode="preferred") == "SandboxNotImplemented"
    stand.make(NumNodeGroups=1, ClusterMode="disabled")
    named = {"ReplicationGroupId": "sessions", "NotificationTopicArn": "arn:aws:sns:me-central-1:000011112222:a"}
    assert refused(stand.redis.modify_replication_group, **named) == "SandboxNotImplemented"
    lone = {"CacheClusterId": "a", "Engine": "redis", "CacheNodeType": "cache.t3.micro", "NumCacheNodes": 1}
    assert refused(stand.redis.create_cache_cluster, **lone) == "SandboxNotImplemented"
