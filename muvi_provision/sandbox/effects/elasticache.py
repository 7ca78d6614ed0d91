"""Replication groups of Redis: in place of the emulator, whose groups are never made and never end."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import cache_catalogue, caches, lifecycles
from muvi_provision.sandbox.caches import ReplicationGroup
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.rules.elasticache import name_of
from muvi_provision.sandbox.view import View

_KNOWN = {
    *("ReplicationGroupId", "ReplicationGroupDescription", "AutomaticFailoverEnabled", "MultiAZEnabled"),
    *("NumCacheClusters", "CacheNodeType", "Engine", "EngineVersion", "CacheParameterGroupName"),
    *("CacheSubnetGroupName", "SecurityGroupIds", "Tags", "PreferredMaintenanceWindow", "Port"),
    *("AutoMinorVersionUpgrade", "SnapshotRetentionLimit", "SnapshotWindow", "AuthToken"),
    *("TransitEncryptionEnabled", "AtRestEncryptionEnabled", "KmsKeyId"),
}
_ONLY = {  # of the other members, the one value that means what this sandbox does
    "NumNodeGroups": 1,
    "ClusterMode": "disabled",
    "NetworkType": "ipv4",
    "IpDiscovery": "ipv4",
    "TransitEncryptionMode": "required",
    "DataTieringEnabled": False,
}


@instead("elasticache", "CreateReplicationGroup")
def made(call: Call, view: View) -> Any:
    """Whatever else was asked for the sandbox has nothing for, and does not pretend to have."""
    unknown = [name for name, value in call.params.items() if name not in _KNOWN and value != _ONLY.get(name, [])]
    if unknown:
        raise NotImplementedError(unknown)
    group = _group(call, view)
    caches.shelf(view).groups[group.name] = group
    caches.place(view, group)
    lifecycles.begin_making(view, "replication_group", group.arn)
    return {"ReplicationGroup": shown(view, group)}


def _group(call: Call, view: View) -> ReplicationGroup:
    said, name = call.params, name_of(call)
    version = str(cache_catalogue.version(said.get("EngineVersion", cache_catalogue.LATEST)))
    subnets = caches.shelf(view).subnet_groups[said["CacheSubnetGroupName"].lower()]
    numbered = caches.spread(view, subnets, said.get("NumCacheClusters", 1), {})
    return ReplicationGroup(
        name=name,
        arn=caches.arn_of(view, "replicationgroup", name),
        description=said["ReplicationGroupDescription"],
        node_type=said["CacheNodeType"],
        version=version,
        port=said.get("Port", 6379),
        subnet_group=subnets.name,
        parameter_group=said.get("CacheParameterGroupName", f"default.{cache_catalogue.VERSIONS[version][1]}").lower(),
        security_groups=list(said.get("SecurityGroupIds") or [view.ec2.get_default_security_group(subnets.vpc).id]),
        members={f"{name}-{number}": subnet for number, subnet in numbered.items()},
        failover=bool(said.get("AutomaticFailoverEnabled")),
        multi_az=bool(said.get("MultiAZEnabled")),
        transit=bool(said.get("TransitEncryptionEnabled")),
        at_rest=bool(said.get("AtRestEncryptionEnabled")),
        token=bool(said.get("AuthToken")),
        key=said.get("KmsKeyId", ""),
        retention=said.get("SnapshotRetentionLimit", 0),
        window=said.get("SnapshotWindow", "00:00-01:00"),
        maintenance=said.get("PreferredMaintenanceWindow", "sun:02:00-sun:03:00"),
        tags={tag["Key"]: tag.get("Value", "") for tag in said.get("Tags", ())},
        made=view.today,
        upgrades=said.get("AutoMinorVersionUpgrade", True),
    )


_FIELDS = {
    "ReplicationGroupDescription": "description",
    "SnapshotRetentionLimit": "retention",
    "SnapshotWindow": "window",
    "PreferredMaintenanceWindow": "maintenance",
    "SecurityGroupIds": "security_groups",
    "CacheParameterGroupName": "parameter_group",
    "AutomaticFailoverEnabled": "failover",
    "MultiAZEnabled": "multi_az",
    "AutoMinorVersionUpgrade": "upgrades",
}
_CHANGEABLE = {"ReplicationGroupId", "ApplyImmediately", *_FIELDS, *caches.HEAVY}


@instead("elasticache", "ModifyReplicationGroup")
def changed(call: Call, view: View) -> Any:
    if set(call.params) - _CHANGEABLE:
        raise NotImplementedError(sorted(set(call.params) - _CHANGEABLE))
    group = caches.shelf(view).groups[name_of(call)]
    for member, attribute in _FIELDS.items():
        if member in call.params:
            setattr(group, attribute, call.params[member])
    for member, attribute in caches.HEAVY.items():
        wanted = _meant(call, member)
        if wanted not in (None, group.due.get(member, getattr(group, attribute))):
            group.pending[member] = str(wanted)
    if call.params.get("ApplyImmediately"):
        group.due |= group.pending
        group.pending = {}
    return _changing(view, group)


def _meant(call: Call, member: str) -> str | None:
    asked = call.params.get(member)
    return cache_catalogue.version(asked) if asked and member == "EngineVersion" else asked


@instead("elasticache", ("IncreaseReplicaCount", "DecreaseReplicaCount"))
def counted(call: Call, view: View) -> Any:
    if call.params.get("ReplicaConfiguration") or call.params.get("ReplicasToRemove"):
        raise NotImplementedError("replicas by zone or by name")
    group = caches.shelf(view).groups[name_of(call)]
    count = call.params["NewReplicaCount"] + 1
    kept = dict(list(group.members.items())[:count])
    subnets = caches.shelf(view).subnet_groups[group.subnet_group]
    for number, subnet in caches.spread(view, subnets, count - len(kept), kept).items():
        kept[f"{group.name}-{number}"] = subnet
    group.members = kept
    return _changing(view, group)


@instead("elasticache", "DeleteCacheCluster")
def replica_gone(call: Call, view: View) -> Any:
    """A replica by itself; its group goes on without it."""
    if call.params.get("FinalSnapshotIdentifier"):
        raise NotImplementedError("a last snapshot")
    wanted = str(call.params["CacheClusterId"]).lower()
    group = caches.group_of(view, wanted)
    assert group is not None  # a rule saw to that
    del group.members[wanted]
    _changing(view, group)
    return {"CacheCluster": {"CacheClusterId": wanted, "CacheClusterStatus": "deleting", "Engine": "redis"}}


def _changing(view: View, group: ReplicationGroup) -> Any:
    caches.place(view, group)
    lifecycles.begin_making(view, "replication_group_change", group.arn)
    return {"ReplicationGroup": shown(view, group)}


@instead("elasticache", "DeleteReplicationGroup")
def going(call: Call, view: View) -> Any:
    if call.params.get("RetainPrimaryCluster") or call.params.get("FinalSnapshotIdentifier"):
        raise NotImplementedError("a primary that stays, or a last snapshot")
    group = caches.shelf(view).groups[name_of(call)]
    lifecycles.begin_deleting(view, "replication_group", group.arn)
    return {"ReplicationGroup": shown(view, group)}


def shown(view: View, group: ReplicationGroup) -> dict[str, Any]:
    """A replication group as AWS tells it. Its addresses are known once it was available."""
    shard = {"NodeGroupId": "0001", "Status": group.status, "NodeGroupMembers": _nodes(view, group)}
    primary, reader = caches.endpoints(view, group)
    addresses = {
        "PrimaryEndpoint": {"Address": primary, "Port": group.port},
        "ReaderEndpoint": {"Address": reader, "Port": group.port},
    }
    told = {
        "ReplicationGroupId": group.name,
        "ARN": group.arn,
        "Description": group.description,
        "Status": group.status,
        "PendingModifiedValues": {},
        "MemberClusters": list(group.members),
        "NodeGroups": [shard | addresses] if group.placed else [],
        "AutomaticFailover": "enabled" if group.failover else "disabled",
        "MultiAZ": "enabled" if group.multi_az else "disabled",
        "SnapshotRetentionLimit": group.retention,
        "SnapshotWindow": group.window,
        "ClusterEnabled": False,
        "ClusterMode": "disabled",
        "CacheNodeType": group.node_type,
        "AuthTokenEnabled": group.token,
        "TransitEncryptionEnabled": group.transit,
        "AtRestEncryptionEnabled": group.at_rest,
        "ReplicationGroupCreateTime": group.made,
        "DataTiering": "disabled",
        "AutoMinorVersionUpgrade": group.upgrades,
        "NetworkType": "ipv4",
        "IpDiscovery": "ipv4",
        "Engine": "redis",
    }
    optional = {"KmsKeyId": group.key, "TransitEncryptionMode": "required" if group.transit else ""}
    return told | {name: value for name, value in optional.items() if value}


def _nodes(view: View, group: ReplicationGroup) -> list[dict[str, Any]]:
    return [
        {
            "CacheClusterId": member,
            "CacheNodeId": "0001",
            "PreferredAvailabilityZone": view.find("subnet", subnet).availability_zone,
            "CurrentRole": "replica" if place else "primary",
            "ReadEndpoint": {"Address": address(view, member), "Port": group.port},
        }
        for place, (member, subnet) in enumerate(group.members.items())
    ]


def address(view: View, member: str) -> str:
    """A single node's own name."""
    own, _, rest = caches.domain(view).partition(".")
    return f"{member}.{own}.0001.{rest}"
