"""Nodes of replication groups: their type, how many there are, and what takes over when one fails."""

from __future__ import annotations

from muvi_provision.sandbox import cache_catalogue, caches
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.elasticache import name_of
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_CREATE, _MODIFY = "CreateReplicationGroup", "ModifyReplicationGroup"
_COUNTS = ("IncreaseReplicaCount", "DecreaseReplicaCount")


@rule("elasticache", (_CREATE, _MODIFY), "InvalidParameterValue", "a node type that the region sells", source="2.3")
def node_type(call: Call, view: View) -> str | None:
    wanted = call.params.get("CacheNodeType")
    if wanted is None and call.operation == _MODIFY:
        return None
    return None if wanted in cache_catalogue.node_types(view.region) else f"Invalid Cache Node Type: {wanted}."


@rule(
    "elasticache",
    _CREATE,
    "InvalidParameterValue",
    "a group has 1 to 6 nodes",
    source="ElastiCache API: CreateReplicationGroup, NumCacheClusters",
)
def node_count(call: Call, view: View) -> str | None:
    wanted = call.params.get("NumCacheClusters", 1)
    return None if 1 <= wanted <= 6 else "The number of cache clusters must be between 1 and 6."


@rule(
    "elasticache",
    _COUNTS,
    "InvalidParameterValue",
    "0 to 5 replicas, at once",
    source="ElastiCache API: IncreaseReplicaCount",
)
def replica_count(call: Call, view: View) -> str | None:
    wanted = call.params.get("NewReplicaCount", -1)
    if not call.params.get("ApplyImmediately"):
        return "The parameter ApplyImmediately must be true."
    return None if 0 <= wanted <= 5 else "NewReplicaCount must be between 0 and 5."


@rule(
    "elasticache",
    _COUNTS,
    "NoOperationFault",
    "the count really goes up, or down",
    source="ElastiCache API: IncreaseReplicaCount, NoOperationFault",
)
def no_change(call: Call, view: View) -> str | None:
    now, wanted = len(caches.shelf(view).groups[name_of(call)].members) - 1, call.params["NewReplicaCount"]
    wrong = wanted <= now if call.operation == "IncreaseReplicaCount" else wanted >= now
    return f"The replication group has {now} replicas already." if wrong else None


@rule("elasticache", _CREATE, "InvalidParameterCombination", "automatic failover: two nodes at least", source="4.7 g")
def failover(call: Call, view: View) -> str | None:
    alone = call.params.get("NumCacheClusters", 1) < 2
    message = "Must specify at least two cache clusters in order to enable auto failover."
    return message if alone and call.params.get("AutomaticFailoverEnabled") else None


@rule(
    "elasticache",
    (_MODIFY, "DecreaseReplicaCount"),
    "InvalidParameterValue",
    "automatic failover stays possible",
    source="ElastiCache API: DecreaseReplicaCount",
)
def failover_kept(call: Call, view: View) -> str | None:
    group = caches.shelf(view).groups[name_of(call)]
    nodes = call.params.get("NewReplicaCount", len(group.members) - 1) + 1
    wanted = call.params.get("AutomaticFailoverEnabled", group.failover)
    return "Automatic failover needs a primary and one replica at least." if wanted and nodes < 2 else None


@rule(
    "elasticache",
    (_CREATE, _MODIFY),
    "InvalidParameterCombination",
    "Multi-AZ: with automatic failover only",
    source="4.7 g",
)
def multi_az(call: Call, view: View) -> str | None:
    held = caches.shelf(view).groups.get(name_of(call))
    wanted = call.params.get("MultiAZEnabled", held is not None and held.multi_az)
    safe = call.params.get("AutomaticFailoverEnabled", held is not None and held.failover)
    return "Multi-AZ can only be enabled with automatic failover." if wanted and not safe else None


@rule(
    "elasticache", (_CREATE, "IncreaseReplicaCount"), "NodeQuotaForCustomerExceeded", "300 nodes a region", source="10"
)
def node_quota(call: Call, view: View) -> str | None:
    held = sum(len(one.members) for one in caches.shelf(view).groups.values())
    group = caches.shelf(view).groups.get(name_of(call))
    replicas = call.params.get("NewReplicaCount", 0) + 1 - len(group.members) if group else 0
    more = replicas if group else call.params.get("NumCacheClusters", 1)
    return "The maximum number of nodes in the region is reached." if held + more > view.quotas["cache_nodes"] else None


@rule("elasticache", "DeleteCacheCluster", "CacheClusterNotFound", "the node is there", 404, source="1.1")
def node_missing(call: Call, view: View) -> str | None:
    wanted = str(call.params["CacheClusterId"]).lower()
    return None if caches.group_of(view, wanted) else f"CacheCluster {wanted} not found."


@rule(
    "elasticache",
    "DeleteCacheCluster",
    "InvalidCacheClusterState",
    "of a group's nodes only a replica goes by itself, and not the last one where failover needs it",
    source="4.7 f, ElastiCache API: DeleteCacheCluster",
)
def node_needed(call: Call, view: View) -> str | None:
    wanted = str(call.params["CacheClusterId"]).lower()
    group = caches.group_of(view, wanted)
    if group is None or not group.usable:
        return f"Cache cluster {wanted} is not in available state."
    if wanted == next(iter(group.members)):
        return f"Cache cluster {wanted} is serving as primary for replication group {group.name} and cannot be deleted."
    last = group.failover and len(group.members) < 3
    return (
        f"Cache cluster {wanted} is the last replica of {group.name}, which has automatic failover." if last else None
    )
