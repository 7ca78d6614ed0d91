"""What ElastiCache tells of replication groups and of their nodes, and what it sells."""

from __future__ import annotations

import hashlib
from typing import Any

from muvi_provision.sandbox import cache_catalogue, caches
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.caches import ReplicationGroup
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.elasticache import address, shown
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View


def paged(call: Call, member: str, found: list[Any]) -> dict[str, Any]:
    """20 to 100 a page, 100 unless asked for fewer."""
    kept, marker = page(found, call.params.get("Marker"), call.params.get("MaxRecords", 100))
    return {member: kept} | ({"Marker": marker} if marker else {})


@instead("elasticache", "DescribeReplicationGroups")
def groups(call: Call, view: View) -> Any:
    held, wanted = caches.shelf(view).groups, str(call.params.get("ReplicationGroupId", "")).lower()
    if wanted and wanted not in held:
        raise Refused("ReplicationGroupNotFoundFault", f"ReplicationGroup {wanted} not found.", 404)
    found = [shown(view, held[name]) for name in sorted(held) if wanted in ("", name)]
    return paged(call, "ReplicationGroups", found)


@instead("elasticache", "DescribeCacheClusters")
def nodes(call: Call, view: View) -> Any:
    """A group's nodes are cache clusters of one node each."""
    if call.params.get("ShowCacheClustersNotInReplicationGroups"):
        return {"CacheClusters": []}
    wanted = str(call.params.get("CacheClusterId", "")).lower()
    if wanted and caches.group_of(view, wanted) is None:
        raise Refused("CacheClusterNotFound", f"CacheCluster not found: {wanted}", 404)
    detailed = bool(call.params.get("ShowCacheNodeInfo"))
    members = caches.of_nodes(view, looking=True)
    found = [_node(view, members[one], one, detailed) for one in sorted(members) if wanted in ("", one)]
    return paged(call, "CacheClusters", found)


def _node(view: View, group: ReplicationGroup, member: str, detailed: bool) -> dict[str, Any]:
    status = {"create-failed": "incompatible-network"}.get(group.status, group.status)
    zone = view.find("subnet", group.members[member]).availability_zone
    one = {
        "CacheClusterId": member,
        "ARN": caches.arn_of(view, "cluster", member),
        "ReplicationGroupId": group.name,
        "CacheNodeType": group.node_type,
        "Engine": "redis",
        "EngineVersion": cache_catalogue.VERSIONS[group.version][0],
        "CacheClusterStatus": status,
        "NumCacheNodes": 1,
        "PreferredAvailabilityZone": zone,
        "CacheClusterCreateTime": group.made,
        "PreferredMaintenanceWindow": group.maintenance,
        "PendingModifiedValues": group.pending | group.due,
        "CacheParameterGroup": {
            "CacheParameterGroupName": group.parameter_group,
            "ParameterApplyStatus": "in-sync",
            "CacheNodeIdsToReboot": [],
        },
        "CacheSubnetGroupName": group.subnet_group,
        "SecurityGroups": [{"SecurityGroupId": one, "Status": "active"} for one in group.security_groups],
        "AutoMinorVersionUpgrade": group.upgrades,
        "SnapshotRetentionLimit": group.retention,
        "SnapshotWindow": group.window,
        "AuthTokenEnabled": group.token,
        "TransitEncryptionEnabled": group.transit,
        "AtRestEncryptionEnabled": group.at_rest,
        "NetworkType": "ipv4",
        "IpDiscovery": "ipv4",
    }
    return one | ({"CacheNodes": [_inner(view, group, member, zone)]} if detailed and group.placed else {})


def _inner(view: View, group: ReplicationGroup, member: str, zone: str) -> dict[str, Any]:
    return {
        "CacheNodeId": "0001",
        "CacheNodeStatus": group.status,
        "CacheNodeCreateTime": group.made,
        "Endpoint": {"Address": address(view, member), "Port": group.port},
        "ParameterGroupStatus": "in-sync",
        "CustomerAvailabilityZone": zone,
    }


@instead("elasticache", "DescribeCacheEngineVersions")
def versions(call: Call, view: View) -> Any:
    """The whole version in the answer, as in everything AWS tells (aws-reality 4.7 g)."""
    if call.params.get("Engine", "redis") != "redis":
        raise NotImplementedError(call.params["Engine"])
    asked, family = call.params.get("EngineVersion"), call.params.get("CacheParameterGroupFamily")
    found = [
        {
            "Engine": "redis",
            "EngineVersion": short,
            "CacheParameterGroupFamily": own,
            "CacheEngineDescription": "Redis",
            "CacheEngineVersionDescription": f"redis version {full}",
        }
        for short, (full, own) in cache_catalogue.VERSIONS.items()
        if asked in (None, short) and family in (None, own)
    ]
    return paged(call, "CacheEngineVersions", found[-1:] if call.params.get("DefaultOnly") else found)


_YEAR_S = 365 * 24 * 3600


@instead("elasticache", "DescribeReservedCacheNodesOfferings")
def offerings(call: Call, view: View) -> Any:
    """What the region sells, as it can be reserved; without prices, which this sandbox does not know."""
    wanted, product = call.params.get("CacheNodeType"), call.params.get("ProductDescription", "redis")
    found = [
        {
            "ReservedCacheNodesOfferingId": hashlib.sha256(f"{view.region}/{one}/{years}".encode()).hexdigest()[:32],
            "CacheNodeType": one,
            "Duration": years * _YEAR_S,
            "ProductDescription": "redis",
            "OfferingType": "No Upfront",
        }
        for one in cache_catalogue.node_types(view.region)
        for years in (1, 3)
        if wanted in (None, one) and product == "redis"
    ]
    return paged(call, "ReservedCacheNodesOfferings", found)


@instead("elasticache", ("CreateCacheCluster", "ModifyCacheCluster", "CreateSnapshot", "CreateServerlessCache"))
def alone(call: Call, view: View) -> Any:
    """The emulator would make what never ends."""
    raise NotImplementedError(call.operation)
