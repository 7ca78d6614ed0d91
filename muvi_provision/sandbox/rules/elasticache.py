"""Replication groups of Redis."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox import cache_catalogue, caches
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_ID = re.compile(r"[a-z](?:-?[a-z0-9])*")
_TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")
_CREATE, _MODIFY = "CreateReplicationGroup", "ModifyReplicationGroup"
_COUNTS = ("IncreaseReplicaCount", "DecreaseReplicaCount")
_EXISTING = (_MODIFY, "DeleteReplicationGroup", *_COUNTS)


@rule(
    "elasticache",
    _CREATE,
    "InvalidParameterValue",
    "an id: 1-40 letters, digits and single hyphens, a letter first",
    source="4.7 a",
)
def group_id(call: Call, view: View) -> str | None:
    wanted = name_of(call)
    allowed = "must begin with a letter; must contain only ASCII letters, digits, and hyphens"
    if len(wanted) > 40 or not _ID.fullmatch(wanted):
        return f"The parameter ReplicationGroupId {allowed}; and must not end with a hyphen or contain two of them."
    return None


@rule(
    "elasticache",
    _CREATE,
    "ReplicationGroupAlreadyExists",
    "the id is free once the deletion has ended",
    source="4.7 c",
)
def taken(call: Call, view: View) -> str | None:
    there = name_of(call) in caches.shelf(view).groups
    return f"Replication group {name_of(call)} already exists." if there else None


@rule("elasticache", _EXISTING, "ReplicationGroupNotFoundFault", "the replication group is there", 404, source="1.1")
def missing(call: Call, view: View) -> str | None:
    there = name_of(call) in caches.shelf(view).groups
    return None if there else f"ReplicationGroup {name_of(call)} not found."


@rule("elasticache", (_MODIFY, *_COUNTS), "InvalidReplicationGroupState", "changes: once it is available", source="8.3")
def busy(call: Call, view: View) -> str | None:
    group = caches.shelf(view).groups[name_of(call)]
    if group.usable:
        return None
    return f"Replication group must be in available state to be modified; it is in {group.status} state."


@rule(
    "elasticache",
    "DeleteReplicationGroup",
    "InvalidReplicationGroupState",
    "deletion: once, and not while it is made",
    source="8.3",
)
def busy_deleting(call: Call, view: View) -> str | None:
    group = caches.shelf(view).groups[name_of(call)]
    allowed = group.status in ("available", "create-failed")
    said = f"Replication group {group.name} has status {group.status}, which is not valid for deletion."
    return None if allowed else said


@rule(
    "elasticache",
    _CREATE,
    "InvalidParameterValue",
    "the engine is redis",
    source="ElastiCache API: CreateReplicationGroup, Engine",
)
def engine(call: Call, view: View) -> str | None:
    wanted = call.params.get("Engine", "redis")
    if wanted == "valkey":
        raise NotImplementedError(wanted)
    return None if wanted == "redis" else f"The parameter Engine has an invalid value: {wanted}"


@rule(
    "elasticache", (_CREATE, _MODIFY), "InvalidParameterCombination", "a version of Redis that exists", source="4.7 g"
)
def engine_version(call: Call, view: View) -> str | None:
    wanted = str(call.params.get("EngineVersion", cache_catalogue.LATEST))
    return None if cache_catalogue.version(wanted) else f"Cannot find version {wanted} for redis"


@rule("elasticache", _MODIFY, "InvalidParameterCombination", "no version below the one it has", source="4.7 g")
def downgrade(call: Call, view: View) -> str | None:
    wanted = cache_catalogue.version(str(call.params.get("EngineVersion", "")))
    lower = wanted is not None and wanted < caches.shelf(view).groups[name_of(call)].version
    return f"The engine cannot be downgraded to version {wanted}." if lower else None


@rule(
    "elasticache",
    _CREATE,
    "InvalidParameterCombination",
    "an AUTH token: with encryption in transit only",
    source="4.7 g",
)
def token_needs_tls(call: Call, view: View) -> str | None:
    plain = call.params.get("AuthToken") and not call.params.get("TransitEncryptionEnabled")
    return "An AUTH token can only be set with encryption in transit (TLS) enabled." if plain else None


@rule("elasticache", _CREATE, "InvalidParameterValue", "an AUTH token: 16-128 printable characters", source="4.7 g")
def token_characters(call: Call, view: View) -> str | None:
    token = call.params.get("AuthToken")
    good = token is None or _TOKEN.fullmatch(token)
    return None if good else "Invalid AuthToken provided: 16-128 characters, the special ones of !&#$^<>- only."


@rule("elasticache", _CREATE, "CacheSubnetGroupNotFoundFault", "the subnet group is there", source="1.1")
def subnet_group(call: Call, view: View) -> str | None:
    wanted = str(call.params.get("CacheSubnetGroupName", "default")).lower()
    there = wanted in caches.shelf(view).subnet_groups
    return None if there else f"Cache Subnet Group {wanted} does not exist."


@rule(
    "elasticache",
    (_CREATE, "IncreaseReplicaCount"),
    "InvalidVPCNetworkStateFault",
    "a subnet of the group is left",
    source="4.7 e",
)
def subnet_left(call: Call, view: View) -> str | None:
    held = caches.shelf(view)
    group = held.groups.get(name_of(call))
    named = group.subnet_group if group else call.params["CacheSubnetGroupName"].lower()
    left = any(view.find("subnet", one) for one in held.subnet_groups[named].subnets)
    return None if left else f"No subnet of the cache subnet group {named} is left."


@rule(
    "elasticache",
    (_CREATE, _MODIFY),
    "CacheParameterGroupNotFound",
    "the parameter group is there",
    404,
    source="ElastiCache API: CreateReplicationGroup, CacheParameterGroupNotFoundFault",
)
def parameter_group(call: Call, view: View) -> str | None:
    wanted = call.params.get("CacheParameterGroupName")
    there = wanted is None or _family(view, wanted)
    return None if there else f"CacheParameterGroup {wanted} not found."


@rule(
    "elasticache",
    (_CREATE, _MODIFY),
    "InvalidParameterCombination",
    "the parameter group is of the version's family",
    source="from memory",
)
def family(call: Call, view: View) -> str | None:
    held = caches.shelf(view).groups.get(name_of(call))
    kept = held.parameter_group if held and held.parameter_group not in cache_catalogue.DEFAULTS else None
    wanted = call.params.get("CacheParameterGroupName", kept)
    told = str(call.params.get("EngineVersion", held.version if held else cache_catalogue.LATEST))
    needed = cache_catalogue.VERSIONS[str(cache_catalogue.version(told))][1]
    fits = wanted is None or _family(view, wanted) == needed
    return None if fits else f"Expected a parameter group of family {needed} but found {wanted}."


@rule(
    "elasticache",
    (_CREATE, _MODIFY),
    "InvalidParameterValue",
    "the security groups are there, in the VPC",
    source="from memory",
)
def security_groups(call: Call, view: View) -> str | None:
    held = caches.shelf(view)
    group = held.groups.get(name_of(call))
    named = group.subnet_group if group else str(call.params.get("CacheSubnetGroupName", "")).lower()
    for wanted in call.params.get("SecurityGroupIds", ()):
        found = view.find("security_group", wanted)
        if found is None or found.vpc_id != held.subnet_groups[named].vpc:
            return f"The security group {wanted} does not exist in the VPC of the subnet group."
    return None


@rule(
    "elasticache",
    (_CREATE, _MODIFY),
    "InvalidParameterValue",
    "snapshots are kept for 35 days at most",
    source="ElastiCache guide: automatic backups",
)
def retention(call: Call, view: View) -> str | None:
    days = call.params.get("SnapshotRetentionLimit", 0)
    return None if 0 <= days <= 35 else "SnapshotRetentionLimit must be between 0 and 35."


def name_of(call: Call) -> str:
    return str(call.params.get("ReplicationGroupId", "")).lower()


def _family(view: View, name: Any) -> str | None:
    held = caches.shelf(view).parameter_groups.get(str(name).lower())
    return held.family if held else cache_catalogue.DEFAULTS.get(str(name))
