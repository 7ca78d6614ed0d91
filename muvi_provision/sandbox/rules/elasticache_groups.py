"""ElastiCache's subnet groups and parameter groups, and everybody's tags."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox import cache_catalogue, caches
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_NAME = re.compile(r"[a-z][a-z0-9-]{0,254}")
_TAG = re.compile(r"[\w\s_.:/=+\-@]*")
_SUBNETS = ("CreateCacheSubnetGroup", "ModifyCacheSubnetGroup")
_PARAMETERS = ("ModifyCacheParameterGroup", "DeleteCacheParameterGroup", "ResetCacheParameterGroup")
_TAGGED = ("ListTagsForResource", "AddTagsToResource", "RemoveTagsFromResource")
_CREATES = ("CreateCacheSubnetGroup", "CreateCacheParameterGroup", "CreateReplicationGroup")


@rule(
    "elasticache",
    _CREATES[0],
    "InvalidParameterValue",
    "a name: at most 255 letters, digits and hyphens",
    source="4.6 a",
)
def subnet_group_name(call: Call, view: View) -> str | None:
    return _bad_name("CacheSubnetGroupName", subnet_group_of(call))


@rule("elasticache", _CREATES[0], "CacheSubnetGroupAlreadyExists", "a name once in a region", source="4.6 c")
def subnet_group_taken(call: Call, view: View) -> str | None:
    there = subnet_group_of(call) in caches.shelf(view).subnet_groups
    return f"Cache subnet group {subnet_group_of(call)} already exists." if there else None


@rule("elasticache", _CREATES[0], "CacheSubnetGroupQuotaExceeded", "150 subnet groups a region", source="4.6 i")
def subnet_group_quota(call: Call, view: View) -> str | None:
    full = len(caches.shelf(view).subnet_groups) >= view.quotas["cache_subnet_groups"]
    return "You have reached the maximum number of cache subnet groups." if full else None


@rule(
    "elasticache",
    ("ModifyCacheSubnetGroup", "DeleteCacheSubnetGroup"),
    "CacheSubnetGroupNotFoundFault",
    "the subnet group is there",
    source="1.1",
)
def subnet_group_missing(call: Call, view: View) -> str | None:
    there = subnet_group_of(call) in caches.shelf(view).subnet_groups
    return None if there else f"Cache Subnet Group {subnet_group_of(call)} does not exist."


@rule("elasticache", _SUBNETS, "InvalidSubnet", "the subnets are there, in one VPC", source="4.6 e")
def subnets_there(call: Call, view: View) -> str | None:
    found = [view.find("subnet", one) for one in call.params.get("SubnetIds", ())]
    if None in found:
        return "Some input subnets are invalid."
    held = caches.shelf(view).subnet_groups.get(subnet_group_of(call))
    vpcs = {one.vpc_id for one in found} | ({held.vpc} if held else set())
    return "All subnets must be in the same VPC." if len(vpcs) > 1 else None


@rule("elasticache", _SUBNETS, "CacheSubnetQuotaExceededFault", "20 subnets a group", source="4.6 i")
def subnet_count(call: Call, view: View) -> str | None:
    return "A subnet group has 20 subnets at most." if len(call.params.get("SubnetIds", ())) > 20 else None


@rule(
    "elasticache",
    _SUBNETS,
    "InvalidParameterValue",
    "one subnet at least",
    source="ElastiCache API: CreateCacheSubnetGroup",
)
def some_subnet(call: Call, view: View) -> str | None:
    empty = call.params.get("SubnetIds") == []
    return "The parameter SubnetIds must contain at least one subnet." if empty else None


@rule(
    "elasticache",
    "ModifyCacheSubnetGroup",
    "SubnetInUse",
    "a subnet with a node in it stays in the group",
    source="ElastiCache API: ModifyCacheSubnetGroup, SubnetInUse",
)
def subnet_in_use(call: Call, view: View) -> str | None:
    users = [one for one in caches.shelf(view).groups.values() if one.subnet_group == subnet_group_of(call)]
    used = {subnet for one in users for subnet in one.members.values()}
    lost = used - set(call.params.get("SubnetIds", used))
    return f"The subnet {min(lost)} is in use by a cache node." if lost else None


@rule("elasticache", "DeleteCacheSubnetGroup", "CacheSubnetGroupInUse", "no replication group is in it", source="4.6 f")
def subnet_group_in_use(call: Call, view: View) -> str | None:
    used = any(one.subnet_group == subnet_group_of(call) for one in caches.shelf(view).groups.values())
    return f"Cache subnet group {subnet_group_of(call)} is currently in use by a cache cluster." if used else None


@rule(
    "elasticache",
    "DeleteCacheSubnetGroup",
    "DependencyViolation",
    "no interface lingers in the subnets of a group that goes",
    source="4.6 f",
)
def subnet_group_lingering(call: Call, view: View) -> str | None:
    used = subnet_group_of(call) in caches.shelf(view).lingering.values()
    return "Network interfaces in the subnets of the group are still being deleted." if used else None


@rule(
    "elasticache",
    _CREATES[1],
    "InvalidParameterValue",
    "a parameter group's name, and a family that exists",
    source="ElastiCache API: CreateCacheParameterGroup",
)
def parameter_group_name(call: Call, view: View) -> str | None:
    wanted = call.params["CacheParameterGroupFamily"]
    unknown = None if wanted in cache_catalogue.FAMILIES else f"CacheParameterGroupFamily {wanted} is not valid."
    return _bad_name("CacheParameterGroupName", parameter_group_of(call)) or unknown


@rule("elasticache", _CREATES[1], "CacheParameterGroupAlreadyExists", "a name once in a region", source="1.4")
def parameter_group_taken(call: Call, view: View) -> str | None:
    there = parameter_group_of(call) in caches.shelf(view).parameter_groups
    return f"CacheParameterGroup {parameter_group_of(call)} already exists." if there else None


@rule(
    "elasticache",
    _PARAMETERS,
    "InvalidParameterValue",
    "a default parameter group stays as it is",
    source="ElastiCache guide: default parameter groups",
)
def default_group(call: Call, view: View) -> str | None:
    named = parameter_group_of(call)
    message = f"The parameter group {named} is a default and cannot be changed."
    return message if named in cache_catalogue.DEFAULTS else None


@rule(
    "elasticache",
    (*_PARAMETERS, "DescribeCacheParameters"),
    "CacheParameterGroupNotFound",
    "the group is there",
    404,
    source="ElastiCache API: ModifyCacheParameterGroup, CacheParameterGroupNotFoundFault",
)
def parameter_group_missing(call: Call, view: View) -> str | None:
    named = parameter_group_of(call)
    there = named in caches.shelf(view).parameter_groups or named in cache_catalogue.DEFAULTS
    return None if there else f"CacheParameterGroup {named} not found."


@rule(
    "elasticache",
    "ModifyCacheParameterGroup",
    "InvalidParameterValue",
    "parameters that exist, with values they take",
    source="ElastiCache API: ModifyCacheParameterGroup",
)
def parameter_values(call: Call, view: View) -> str | None:
    asked: list[dict[str, Any]] = call.params.get("ParameterNameValues", [])
    if not 1 <= len(asked) <= 20:
        return "ParameterNameValues must have between 1 and 20 entries."
    for one in asked:
        known = cache_catalogue.PARAMETERS.get(str(one.get("ParameterName")))
        if known is None or not known.modifiable:
            return f"Could not find parameter with name: {one.get('ParameterName')}, or it is not modifiable."
        if not known.takes(str(one.get("ParameterValue", ""))):
            return f"Invalid value for {known.name}: allowed are {known.allowed}."
    return None


@rule(
    "elasticache",
    "DeleteCacheParameterGroup",
    "InvalidCacheParameterGroupState",
    "no replication group uses it",
    source="ElastiCache API: DeleteCacheParameterGroup",
)
def parameter_group_in_use(call: Call, view: View) -> str | None:
    used = any(one.parameter_group == parameter_group_of(call) for one in caches.shelf(view).groups.values())
    return f"The parameter group {parameter_group_of(call)} is in use by a cache cluster." if used else None


def subnet_group_of(call: Call) -> str:
    return str(call.params.get("CacheSubnetGroupName", "")).lower()


def parameter_group_of(call: Call) -> str:
    return str(call.params.get("CacheParameterGroupName", "")).lower()


def _bad_name(member: str, name: str) -> str | None:
    bad = not _NAME.fullmatch(name) or name.endswith("-") or "--" in name or name == "default"
    return f"The parameter {member} must be letters, digits and single hyphens, a letter first." if bad else None
