"""An account that a service has never been in: it makes a role of its own first (aws-reality 5.3 b)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.patience import patiently
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import network, refused


def names(iam: Any) -> set[str]:
    return {one["RoleName"] for one in iam.list_roles(PathPrefix="/aws-service-role/")["Roles"]}


def test_databases(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    rds, iam, net = connect(slow, "rds"), connect(slow, "iam"), network(connect(slow, "ec2"))
    assert names(iam) == set()
    group = {"DBSubnetGroupName": "data", "DBSubnetGroupDescription": "x", "SubnetIds": list(net.subnets)}
    rds.create_db_subnet_group(**group)
    assert names(iam) == {"AWSServiceRoleForRDS"}
    said = {"DBClusterIdentifier": "main", "Engine": "aurora-postgresql", "DBSubnetGroupName": "data"}
    said |= {"MasterUsername": "muvi", "MasterUserPassword": "correct-horse-battery"}
    with pytest.raises(ClientError, match="Verify that you have permission to create service linked role"):
        rds.create_db_cluster(**said)
    clock.sleep(11)
    rds.create_db_cluster(**said)
    assert refused(iam.create_service_linked_role, AWSServiceName="rds.amazonaws.com") == "InvalidInput"


def test_caches(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    redis, iam, net = connect(slow, "elasticache"), connect(slow, "iam"), network(connect(slow, "ec2"))
    group = {"CacheSubnetGroupName": "data", "CacheSubnetGroupDescription": "x", "SubnetIds": list(net.subnets)}
    redis.create_cache_subnet_group(**group)
    said = {"ReplicationGroupId": "a", "ReplicationGroupDescription": "x", "CacheNodeType": "cache.t3.micro"}
    said |= {"CacheSubnetGroupName": "data"}
    assert refused(redis.create_replication_group, **said) == "ServiceLinkedRoleNotFoundFault"
    clock.sleep(11)
    redis.create_replication_group(**said)
    assert names(iam) == {"AWSServiceRoleForElastiCache"}


class Half:
    """A middling chance."""

    def fraction(self) -> float:
        return 0.5

    def token(self) -> str:
        raise NotImplementedError


def test_a_run_waits_for_that(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """However old what it stands on is."""
    rds, redis, net = connect(slow, "rds"), connect(slow, "elasticache"), network(connect(slow, "ec2"))
    redis.create_cache_subnet_group(
        CacheSubnetGroupName="data", CacheSubnetGroupDescription="x", SubnetIds=list(net.subnets)
    )
    cache = {"ReplicationGroupId": "a", "ReplicationGroupDescription": "x", "CacheNodeType": "cache.t3.micro"}
    rds.create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="x", SubnetIds=list(net.subnets))
    cluster = {"DBClusterIdentifier": "main", "Engine": "aurora-postgresql", "MasterUsername": "muvi"}
    cluster |= {"MasterUserPassword": "correct-horse-battery", "DBSubnetGroupName": "data"}
    began = clock.at
    for create in (
        lambda: redis.create_replication_group(**cache, CacheSubnetGroupName="data"),
        lambda: rds.create_db_cluster(**cluster),
    ):
        assert patiently(create, clock, Half(), threading.Event(), longest=0.0)
    assert 10 <= clock.at - began < 40


def test_nothing_to_wait_for_where_nothing_takes_time(cloud: Cloud, connect: Connect) -> None:
    redis, net = connect(cloud, "elasticache"), network(connect(cloud, "ec2"))
    group = {"CacheSubnetGroupName": "data", "CacheSubnetGroupDescription": "x", "SubnetIds": list(net.subnets)}
    redis.create_cache_subnet_group(**group)
    said = {"ReplicationGroupId": "a", "ReplicationGroupDescription": "x", "CacheNodeType": "cache.t3.micro"}
    redis.create_replication_group(**said, CacheSubnetGroupName="data")
    assert "iam" not in cloud.snapshot()  # what AWS keeps for itself is nobody's leftover
