"""ElastiCache's subnet groups, parameter groups and tags: in place of the emulator, which has half of them."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import cache_catalogue, caches
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.caches import ParameterGroup, SubnetGroup
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.elasticache_reads import paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.rules.elasticache_groups import parameter_group_of, subnet_group_of
from muvi_provision.sandbox.view import View


@instead("elasticache", "CreateCacheSubnetGroup")
def subnet_group_made(call: Call, view: View) -> Any:
    name, subnets = subnet_group_of(call), list(call.params["SubnetIds"])
    vpc = view.find("subnet", subnets[0]).vpc_id
    arn, said = caches.arn_of(view, "subnetgroup", name), call.params["CacheSubnetGroupDescription"]
    group = SubnetGroup(name, arn, said, subnets, vpc, _tags(call))
    caches.shelf(view).subnet_groups[name] = group
    return {"CacheSubnetGroup": _subnet_group(view, group)}


@instead("elasticache", "ModifyCacheSubnetGroup")
def subnet_group_changed(call: Call, view: View) -> Any:
    group = caches.shelf(view).subnet_groups[subnet_group_of(call)]
    group.description = call.params.get("CacheSubnetGroupDescription", group.description)
    group.subnets = list(call.params.get("SubnetIds", group.subnets))
    return {"CacheSubnetGroup": _subnet_group(view, group)}


@instead("elasticache", "DeleteCacheSubnetGroup")
def subnet_group_gone(call: Call, view: View) -> Any:
    del caches.shelf(view).subnet_groups[subnet_group_of(call)]
    return {}


@instead("elasticache", "DescribeCacheSubnetGroups")
def subnet_groups(call: Call, view: View) -> Any:
    held, wanted = caches.shelf(view).subnet_groups, subnet_group_of(call)
    if wanted and wanted not in held:
        raise Refused("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {wanted} does not exist.")
    found = [_subnet_group(view, held[name]) for name in sorted(held) if wanted in ("", name)]
    return paged(call, "CacheSubnetGroups", found)


def _subnet_group(view: View, group: SubnetGroup) -> dict[str, Any]:
    there = [one for one in (view.find("subnet", wanted) for wanted in group.subnets) if one is not None]
    subnets = [{"SubnetIdentifier": one.id, "SubnetAvailabilityZone": {"Name": one.availability_zone}} for one in there]
    return {
        "CacheSubnetGroupName": group.name,
        "CacheSubnetGroupDescription": group.description,
        "VpcId": group.vpc,
        "Subnets": [one | {"SupportedNetworkTypes": ["ipv4"]} for one in subnets],
        "ARN": group.arn,
        "SupportedNetworkTypes": ["ipv4"],
    }


@instead("elasticache", "CreateCacheParameterGroup")
def parameter_group_made(call: Call, view: View) -> Any:
    name, said = parameter_group_of(call), call.params
    arn = caches.arn_of(view, "parametergroup", name)
    group = ParameterGroup(name, arn, said["CacheParameterGroupFamily"], said["Description"], _tags(call))
    caches.shelf(view).parameter_groups[name] = group
    return {"CacheParameterGroup": _parameter_group(group)}


@instead("elasticache", "DescribeCacheParameterGroups")
def parameter_groups(call: Call, view: View) -> Any:
    own, wanted = caches.shelf(view).parameter_groups, parameter_group_of(call)
    held = own | {name: _default(view, name) for name in cache_catalogue.DEFAULTS}
    if wanted and wanted not in held:
        raise Refused("CacheParameterGroupNotFound", f"CacheParameterGroup {wanted} not found.", 404)
    found = [_parameter_group(held[name]) for name in sorted(held) if wanted in ("", name)]
    return paged(call, "CacheParameterGroups", found)


def _default(view: View, name: str) -> ParameterGroup:
    family = cache_catalogue.DEFAULTS[name]
    values = {"cluster-enabled": "yes"} if name.endswith(".cluster.on") else {}
    said = f"Default parameter group for {family}"
    return ParameterGroup(name, caches.arn_of(view, "parametergroup", name), family, said, {}, values)


def _parameter_group(group: ParameterGroup) -> dict[str, Any]:
    return {
        "CacheParameterGroupName": group.name,
        "CacheParameterGroupFamily": group.family,
        "Description": group.description,
        "IsGlobal": False,
        "ARN": group.arn,
    }


@instead("elasticache", "ModifyCacheParameterGroup")
def parameters_changed(call: Call, view: View) -> Any:
    group = caches.shelf(view).parameter_groups[parameter_group_of(call)]
    for one in call.params["ParameterNameValues"]:
        group.values[one["ParameterName"]] = one["ParameterValue"]
    return {"CacheParameterGroupName": group.name}


@instead("elasticache", "ResetCacheParameterGroup")
def parameters_reset(call: Call, view: View) -> Any:
    group = caches.shelf(view).parameter_groups[parameter_group_of(call)]
    named = {one["ParameterName"] for one in call.params.get("ParameterNameValues", ())}
    every = call.params.get("ResetAllParameters")
    group.values = {name: value for name, value in group.values.items() if not every and name not in named}
    return {"CacheParameterGroupName": group.name}


@instead("elasticache", "DeleteCacheParameterGroup")
def parameter_group_gone(call: Call, view: View) -> Any:
    del caches.shelf(view).parameter_groups[parameter_group_of(call)]
    return {}


@instead("elasticache", "DescribeCacheParameters")
def parameters(call: Call, view: View) -> Any:
    """``Source``: user for what was changed, system for the rest."""
    name, wanted = parameter_group_of(call), call.params.get("Source")
    group = caches.shelf(view).parameter_groups.get(name) or _default(view, name)
    found = [
        {
            "ParameterName": one.name,
            "ParameterValue": group.values.get(one.name, one.default),
            "Source": "user" if one.name in group.values else "system",
            "DataType": one.kind,
            "AllowedValues": one.allowed,
            "IsModifiable": one.modifiable,
            "MinimumEngineVersion": "7.0.4" if group.family == "redis7" else "6.0.5",
            "ChangeType": "immediate",
        }
        for one in cache_catalogue.PARAMETERS.values()
    ]
    return paged(call, "Parameters", [one for one in found if wanted in (None, one["Source"])])


@instead("elasticache", ("ListTagsForResource", "AddTagsToResource", "RemoveTagsFromResource"))
def tagged(call: Call, view: View) -> Any:
    """All three answer with the tags there are now."""
    tags = caches.tags_of(view, call.params["ResourceName"])
    assert tags is not None  # a rule saw to that
    tags |= _tags(call)
    for key in call.params.get("TagKeys", ()):
        tags.pop(key, None)
    return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _tags(call: Call) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in call.params.get("Tags", ())}
