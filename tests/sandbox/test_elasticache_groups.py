"""ElastiCache's subnet groups, parameter groups and tags."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.redis_stand import TAGS, Stand
from tests.sandbox.refusals import network, refused


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


def family(**more: str) -> dict[str, Any]:
    said = {"CacheParameterGroupName": "own", "CacheParameterGroupFamily": "redis7", "Description": "for a test"}
    return said | more


def subnets(stand: Stand, name: str = "other", **more: Any) -> dict[str, Any]:
    said = {"CacheSubnetGroupName": name, "CacheSubnetGroupDescription": "x", "SubnetIds": list(stand.net.subnets)}
    return said | more


@pytest.mark.parametrize("name", ["1a", "a_b", "a--b", "a-", "x" * 256, "default"])
def test_names(stand: Stand, name: str) -> None:
    assert refused(stand.redis.create_cache_subnet_group, **subnets(stand, name)) == "InvalidParameterValue"
    named = family(CacheParameterGroupName=name)
    assert refused(stand.redis.create_cache_parameter_group, **named) == "InvalidParameterValue"
    stand.redis.create_cache_subnet_group(**subnets(stand, "Upper"))
    (shown,) = stand.redis.describe_cache_subnet_groups(CacheSubnetGroupName="upper")["CacheSubnetGroups"]
    assert (shown["CacheSubnetGroupName"], shown["VpcId"]) == ("upper", stand.net.vpc)


def test_subnet_groups(stand: Stand) -> None:
    make = stand.redis.create_cache_subnet_group
    assert refused(make, **subnets(stand, "uat")) == "CacheSubnetGroupAlreadyExists"
    assert refused(make, **subnets(stand, SubnetIds=["subnet-00000000000000000"])) == "InvalidSubnet"
    foreign = [stand.net.subnets[0], network(stand.ec2, second=31).subnets[0]]
    assert refused(make, **subnets(stand, SubnetIds=foreign)) == "InvalidSubnet"
    assert refused(make, **subnets(stand, SubnetIds=[])) == "InvalidParameterValue"
    assert refused(make, **subnets(stand, SubnetIds=[stand.net.subnets[0]] * 21)) == "CacheSubnetQuotaExceededFault"
    named = {"CacheSubnetGroupName": "none"}
    for operation in ("describe_cache_subnet_groups", "delete_cache_subnet_group", "modify_cache_subnet_group"):
        code = refused(
            getattr(stand.redis, operation), **{key.replace("Groups", "Group"): one for key, one in named.items()}
        )
        assert code == "CacheSubnetGroupNotFoundFault"


def test_the_quota_of_subnet_groups(clock: Leaping, connect: Connect) -> None:
    stand = Stand(Cloud(clock, quotas={"cache_subnet_groups": 1}), connect, clock)
    assert refused(stand.redis.create_cache_subnet_group, **subnets(stand)) == "CacheSubnetGroupQuotaExceeded"
    stand.cloud.reset()


def test_a_subnet_group_in_use_stays(stand: Stand) -> None:
    stand.make()
    assert refused(stand.redis.delete_cache_subnet_group, CacheSubnetGroupName="uat") == "CacheSubnetGroupInUse"
    fewer = {"CacheSubnetGroupName": "uat", "SubnetIds": [stand.net.subnets[1]]}
    assert refused(stand.redis.modify_cache_subnet_group, **fewer) == "SubnetInUse"
    stand.redis.modify_cache_subnet_group(**fewer | {"SubnetIds": [stand.net.subnets[0]]})
    stand.redis.delete_replication_group(ReplicationGroupId="sessions")
    stand.redis.delete_cache_subnet_group(CacheSubnetGroupName="uat")
    assert "elasticache" not in stand.cloud.snapshot()


def test_parameter_groups(stand: Stand) -> None:
    make = stand.redis.create_cache_parameter_group
    assert refused(make, **family(CacheParameterGroupFamily="redis99")) == "InvalidParameterValue"
    make(**family())
    assert refused(make, **family()) == "CacheParameterGroupAlreadyExists"
    named = {"CacheParameterGroupName": "none"}
    for operation in ("describe_cache_parameter_groups", "describe_cache_parameters", "delete_cache_parameter_group"):
        assert refused(getattr(stand.redis, operation), **named) == "CacheParameterGroupNotFound"
    shown = stand.redis.describe_cache_parameter_groups()["CacheParameterGroups"]
    assert {"own", "default.redis7"} <= {one["CacheParameterGroupName"] for one in shown}
    gone = {"CacheParameterGroupName": "default.redis7"}
    assert refused(stand.redis.delete_cache_parameter_group, **gone) == "InvalidParameterValue"
    stand.make(CacheParameterGroupName="own")
    own = {"CacheParameterGroupName": "own"}
    assert refused(stand.redis.delete_cache_parameter_group, **own) == "InvalidCacheParameterGroupState"
    stand.redis.delete_replication_group(ReplicationGroupId="sessions")
    stand.redis.delete_cache_parameter_group(**own)
    assert refused(stand.redis.delete_cache_parameter_group, **own) == "CacheParameterGroupNotFound"


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("maxmemory-policy", "sometimes", "allkeys-lru"),
        ("timeout", "7", "20"),
        ("timeout", "-5", "0"),
        ("slowlog-log-slower-than", "ten", "-1"),
        ("notify-keyspace-events", "Q", "Ex"),
    ],
)
def test_parameters(stand: Stand, name: str, bad: str, good: str) -> None:
    stand.redis.create_cache_parameter_group(**family())

    def saying(value: str, which: str = name) -> dict[str, Any]:
        return {
            "CacheParameterGroupName": "own",
            "ParameterNameValues": [{"ParameterName": which, "ParameterValue": value}],
        }

    change = stand.redis.modify_cache_parameter_group
    assert refused(change, **saying(bad)) == "InvalidParameterValue"
    assert refused(change, **saying(good, "no-such-parameter")) == "InvalidParameterValue"
    assert refused(change, **saying("yes", "appendonly")) == "InvalidParameterValue"
    change(**saying(good))
    own = {"CacheParameterGroupName": "own", "Source": "user"}
    (shown,) = stand.redis.describe_cache_parameters(**own)["Parameters"]
    assert (shown["ParameterName"], shown["ParameterValue"]) == (name, good)
    stand.redis.reset_cache_parameter_group(CacheParameterGroupName="own", ResetAllParameters=True)
    assert stand.redis.describe_cache_parameters(**own)["Parameters"] == []


def test_tags(stand: Stand) -> None:
    make = stand.redis.create_cache_subnet_group
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    assert refused(make, **subnets(stand, Tags=many)) == "TagQuotaPerResourceExceeded"
    assert refused(make, **subnets(stand, Tags=[{"Key": "aws:x", "Value": "v"}])) == "InvalidParameterValue"
    arn = make(**subnets(stand, Tags=TAGS))["CacheSubnetGroup"]["ARN"]
    assert stand.redis.list_tags_for_resource(ResourceName=arn)["TagList"] == TAGS
    assert refused(stand.redis.add_tags_to_resource, ResourceName=arn, Tags=many[:50]) == "TagQuotaPerResourceExceeded"
    stand.redis.remove_tags_from_resource(ResourceName=arn, TagKeys=["muvi:address"])
    assert stand.redis.list_tags_for_resource(ResourceName=arn)["TagList"] == []
    for kind, code in {
        "subnetgroup": "CacheSubnetGroupNotFoundFault",
        "parametergroup": "CacheParameterGroupNotFound",
        "replicationgroup": "ReplicationGroupNotFoundFault",
        "cluster": "CacheClusterNotFound",
    }.items():
        missing = arn.replace("subnetgroup:other", f"{kind}:none")
        assert refused(stand.redis.list_tags_for_resource, ResourceName=missing) == code
    assert refused(stand.redis.list_tags_for_resource, ResourceName="nonsense") == "InvalidARN"


def test_pages(stand: Stand) -> None:
    for number in range(24):
        stand.redis.create_cache_subnet_group(**subnets(stand, f"g{number:02d}"))
    first = stand.redis.describe_cache_subnet_groups(MaxRecords=20)
    rest = stand.redis.describe_cache_subnet_groups(MaxRecords=20, Marker=first["Marker"])
    assert (len(first["CacheSubnetGroups"]), len(rest["CacheSubnetGroups"]), "Marker" in rest) == (20, 5, False)


def test_a_group_of_ones_own_is_of_the_version_one_goes_to(stand: Stand) -> None:
    stand.redis.create_cache_parameter_group(**family(CacheParameterGroupFamily="redis6.x"))
    stand.make(EngineVersion="6.2", CacheParameterGroupName="own")
    change = {"ReplicationGroupId": "sessions", "EngineVersion": "7.1", "ApplyImmediately": True}
    assert refused(stand.redis.modify_replication_group, **change) == "InvalidParameterCombination"
    stand.redis.modify_replication_group(**change, CacheParameterGroupName="default.redis7")
    (node,) = stand.redis.describe_cache_clusters()["CacheClusters"]
    assert (node["EngineVersion"], node["CacheParameterGroup"]["CacheParameterGroupName"]) == (
        "7.1.0",
        "default.redis7",
    )
