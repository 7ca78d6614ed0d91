"""Replication groups of Redis: how they come, change and go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.lag import Lag
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.redis_stand import TAGS, Stand
from tests.sandbox.refusals import group, refused


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


@pytest.fixture
def slowly(slow: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(slow, connect, clock)


@pytest.fixture(params=[0, 1])
def either(request: pytest.FixtureRequest, connect: Connect, clock: Leaping) -> Iterator[Stand]:
    """At once, and as slow as AWS."""
    made = Cloud(clock, speed=request.param)
    yield Stand(made, connect, clock)
    made.reset()


def test_it_takes_its_time(slowly: Stand) -> None:
    stand = slowly
    arn = stand.make(NumCacheClusters=3, TransitEncryptionEnabled=True, Tags=TAGS)
    first = stand.shown()
    assert (first["Status"], first["NodeGroups"]) == ("creating", [])
    named = {"ReplicationGroupId": "sessions"}
    assert refused(stand.redis.modify_replication_group, **named) == "InvalidReplicationGroupState"
    assert refused(stand.redis.delete_replication_group, **named) == "InvalidReplicationGroupState"
    assert refused(stand.redis.add_tags_to_resource, ResourceName=arn, Tags=TAGS) == "InvalidReplicationGroupState"
    stand.clock.sleep(359)
    assert stand.shown()["Status"] == "creating"
    stand.clock.sleep(2)
    shown = stand.shown()
    assert (shown["Status"], shown["MemberClusters"]) == ("available", [f"sessions-00{one}" for one in (1, 2, 3)])
    (shard,) = shown["NodeGroups"]
    assert shard["PrimaryEndpoint"]["Address"].startswith("master.sessions.")
    assert shard["ReaderEndpoint"]["Address"].endswith(".mec1.cache.amazonaws.com")
    zones = [one["PreferredAvailabilityZone"] for one in shard["NodeGroupMembers"]]
    assert zones == ["me-central-1a", "me-central-1b", "me-central-1c"]
    stand.redis.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "b", "Value": "c"}])
    assert len(stand.redis.list_tags_for_resource(ResourceName=arn)["TagList"]) == 2
    stand.redis.delete_replication_group(**named)
    assert stand.shown()["Status"] == "deleting"
    assert refused(stand.redis.delete_replication_group, **named) == "InvalidReplicationGroupState"
    stand.clock.sleep(421)
    assert refused(stand.redis.describe_replication_groups, **named) == "ReplicationGroupNotFoundFault"
    assert refused(stand.redis.list_tags_for_resource, ResourceName=arn) == "ReplicationGroupNotFoundFault"
    assert refused(stand.redis.delete_replication_group, **named) == "ReplicationGroupNotFoundFault"


def test_changes(slowly: Stand) -> None:
    stand = slowly
    stand.make()
    stand.until("sessions", "available")
    other = group(stand.ec2, stand.net.vpc, "other")
    named = {"ReplicationGroupId": "sessions"}
    stand.redis.modify_replication_group(**named, SecurityGroupIds=[other], SnapshotRetentionLimit=3)
    assert stand.shown()["Status"] == "modifying"
    assert refused(stand.redis.modify_replication_group, **named) == "InvalidReplicationGroupState"
    stand.until("sessions", "available")
    assert [one["Groups"][0]["GroupId"] for one in stand.interfaces()] == [other]
    stand.redis.modify_replication_group(**named, CacheNodeType="cache.t3.small")
    stand.until("sessions", "available")
    (node,) = stand.redis.describe_cache_clusters(ShowCacheNodeInfo=True)["CacheClusters"]
    assert node["PendingModifiedValues"]["CacheNodeType"] == "cache.t3.small"
    assert (node["CacheNodeType"], node["CacheNodes"][0]["Endpoint"]["Port"]) == ("cache.t3.micro", 6379)
    stand.redis.modify_replication_group(**named, CacheNodeType="cache.t3.small", ApplyImmediately=True)
    assert (stand.shown()["Status"], stand.shown()["CacheNodeType"]) == ("modifying", "cache.t3.micro")
    stand.until("sessions", "available")
    assert stand.shown()["CacheNodeType"] == "cache.t3.small"


def test_replicas_come_and_go(stand: Stand) -> None:
    stand.make()
    counted = {"ReplicationGroupId": "sessions", "ApplyImmediately": True}
    stand.redis.increase_replica_count(**counted, NewReplicaCount=2)
    assert refused(stand.redis.increase_replica_count, **counted, NewReplicaCount=2) == "NoOperationFault"
    assert refused(stand.redis.increase_replica_count, **counted, NewReplicaCount=6) == "InvalidParameterValue"
    assert len(stand.interfaces()) == 3
    stand.redis.decrease_replica_count(**counted, NewReplicaCount=1)
    assert stand.shown()["MemberClusters"] == ["sessions-001", "sessions-002"]
    assert [one["Description"] for one in stand.interfaces()] == [
        "ElastiCache sessions-001",
        "ElastiCache sessions-002",
    ]


def test_a_replica_goes_by_itself(stand: Stand) -> None:
    stand.make(NumCacheClusters=3, AutomaticFailoverEnabled=True)
    gone = stand.redis.delete_cache_cluster(CacheClusterId="sessions-002")["CacheCluster"]
    assert gone["CacheClusterStatus"] == "deleting"
    assert stand.shown()["MemberClusters"] == ["sessions-001", "sessions-003"]
    for kept in ("sessions-001", "sessions-003"):  # the primary, and the last that can take over
        assert refused(stand.redis.delete_cache_cluster, CacheClusterId=kept) == "InvalidCacheClusterState"


def test_a_node_goes_with_its_group(stand: Stand) -> None:
    stand.make(Tags=TAGS)
    one = {"CacheClusterId": "sessions-001"}
    assert refused(stand.redis.delete_cache_cluster, **one) == "InvalidCacheClusterState"
    assert refused(stand.redis.delete_cache_cluster, CacheClusterId="none") == "CacheClusterNotFound"
    arn = stand.redis.describe_cache_clusters(**one)["CacheClusters"][0]["ARN"]
    assert stand.redis.list_tags_for_resource(ResourceName=arn)["TagList"] == TAGS
    stand.redis.delete_replication_group(ReplicationGroupId="sessions")
    assert refused(stand.redis.describe_cache_clusters, **one) == "CacheClusterNotFound"
    assert refused(stand.redis.list_tags_for_resource, ResourceName=arn) == "CacheClusterNotFound"


def test_its_interfaces_hold_the_network_and_linger(slowly: Stand) -> None:
    stand = slowly
    stand.make()
    assert refused(stand.ec2.delete_subnet, SubnetId=stand.net.subnets[0]) == "DependencyViolation"
    stand.until("sessions", "available")
    stand.redis.delete_replication_group(ReplicationGroupId="sessions")
    stand.until_gone()
    assert refused(stand.ec2.delete_security_group, GroupId=stand.door) == "DependencyViolation"
    gone = {"CacheSubnetGroupName": "uat"}
    assert refused(stand.redis.delete_cache_subnet_group, **gone) == "DependencyViolation"
    stand.clock.sleep(61)
    stand.redis.delete_cache_subnet_group(**gone)
    stand.ec2.delete_security_group(GroupId=stand.door)
    stand.ec2.delete_subnet(SubnetId=stand.net.subnets[0])


def test_one_that_fails_can_only_be_deleted(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, speed=1, faults=Faults(fail_ready=frozenset({"replication_group"})))
    stand = Stand(cloud, connect, clock)
    stand.make()
    stand.until("sessions", "create-failed")
    named = {"ReplicationGroupId": "sessions"}
    assert refused(stand.redis.modify_replication_group, **named) == "InvalidReplicationGroupState"
    stand.redis.delete_replication_group(**named)
    stand.until_gone()
    cloud.faults = Faults(never_ready=frozenset({"replication_group"}))
    stand.make()
    clock.sleep(100_000)
    assert stand.shown()["Status"] == "creating"
    cloud.reset()


def test_it_may_be_shown_late(clock: Leaping, connect: Connect) -> None:
    """aws-reality 4.7 d."""
    stand = Stand(Cloud(clock), connect, clock)
    stand.cloud.lag = Lag(30)
    arn, named = stand.make(), {"ReplicationGroupId": "sessions"}
    assert refused(stand.redis.describe_replication_groups, **named) == "ReplicationGroupNotFoundFault"
    assert refused(stand.redis.list_tags_for_resource, ResourceName=arn) == "ReplicationGroupNotFoundFault"
    assert stand.redis.describe_cache_clusters()["CacheClusters"] == []
    assert stand.refusing() == "ReplicationGroupAlreadyExists"
    clock.sleep(31)
    assert stand.shown()["Status"] == "available"
    stand.redis.delete_replication_group(**named)
    stand.cloud.reset()


def test_nine_groups_built_and_taken_down(either: Stand) -> None:
    either.clock.sleep(2)  # the network is ready
    before = either.cloud.snapshot()
    names = [f"uat-{number}" for number in range(9)]
    for name in names:
        either.make(name, NumCacheClusters=2, AutomaticFailoverEnabled=True, Tags=TAGS)
    for name in names:
        either.until(name, "available")
    assert len(either.interfaces()) == 18
    for name in names:
        either.redis.delete_replication_group(ReplicationGroupId=name)
    for name in names:
        either.until_gone(name)
    either.clock.sleep(61)
    assert either.cloud.snapshot() == before


def test_it_is_kept_over_a_restart(slowly: Stand, connect: Connect) -> None:
    stand = slowly
    stand.redis.create_cache_parameter_group(
        CacheParameterGroupName="own", CacheParameterGroupFamily="redis7", Description="for a test", Tags=TAGS
    )
    stand.make("a", CacheParameterGroupName="own")
    stand.make("b")
    stand.until("b", "available")
    stand.redis.delete_replication_group(ReplicationGroupId="b")
    again = Cloud(stand.clock, speed=1)
    persistence.load(again, persistence.dumped(stand.cloud))
    assert again.snapshot() == stand.cloud.snapshot()
    stand.clock.sleep(421)
    redis = connect(again, "elasticache")
    assert [one["ReplicationGroupId"] for one in redis.describe_replication_groups()["ReplicationGroups"]] == ["a"]
    again.reset()
