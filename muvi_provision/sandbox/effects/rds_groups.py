"""Subnet groups and cluster parameter groups."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found, shown
from muvi_provision.sandbox.databases.objects import ParameterGroup, SubnetGroup
from muvi_provision.sandbox.databases.pages import paged
from muvi_provision.sandbox.databases.parameters import APPLY_TYPES, FAMILIES, allowed
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View


@instead("rds", "CreateDBSubnetGroup")
def subnet_group_made(call: Call, view: View) -> Any:
    said, name = call.params, found.plain(call.params["DBSubnetGroupName"])
    vpc = view.find("subnet", said["SubnetIds"][0]).vpc_id
    one = SubnetGroup(
        found.arn(view, "subgrp", name),
        name,
        found.tags_of(said),
        said["DBSubnetGroupDescription"],
        vpc,
        list(said["SubnetIds"]),
    )
    view.backend("rds").subnet_groups[name] = one
    return {"DBSubnetGroup": shown.subnet_group(view, one)}


@instead("rds", "DescribeDBSubnetGroups")
def subnet_groups(call: Call, view: View) -> Any:
    wanted = found.plain(call.params.get("DBSubnetGroupName"))
    held = [one for one in found.subnet_groups(view).values() if wanted in ("", one.name)]
    return paged(call, "DBSubnetGroups", [shown.subnet_group(view, one) for one in held])


@instead("rds", "ModifyDBSubnetGroup")
def subnet_group_changed(call: Call, view: View) -> Any:
    one = found.subnet_groups(view)[found.plain(call.params["DBSubnetGroupName"])]
    one.subnets = list(call.params["SubnetIds"])
    one.description = call.params.get("DBSubnetGroupDescription", one.description)
    return {"DBSubnetGroup": shown.subnet_group(view, one)}


@instead("rds", "DeleteDBSubnetGroup")
def subnet_group_gone(call: Call, view: View) -> Any:
    del view.backend("rds").subnet_groups[found.plain(call.params["DBSubnetGroupName"])]
    return {}


def _name(call: Call) -> str:
    return found.plain(call.params.get("DBClusterParameterGroupName"))


def _defaults(view: View) -> list[ParameterGroup]:
    """Those that AWS itself keeps, one a family."""
    return [
        ParameterGroup(
            found.arn(view, "cluster-pg", f"default.{family}"),
            f"default.{family}",
            {},
            family,
            f"Default cluster parameter group for {family}",
        )
        for family in FAMILIES
    ]


@instead("rds", "CreateDBClusterParameterGroup")
def parameter_group_made(call: Call, view: View) -> Any:
    said, name = call.params, _name(call)
    one = ParameterGroup(
        found.arn(view, "cluster-pg", name),
        name,
        found.tags_of(said),
        said["DBParameterGroupFamily"],
        said["Description"],
    )
    view.backend("rds").db_cluster_parameter_groups[name] = one
    return {"DBClusterParameterGroup": shown.parameter_group(one)}


@instead("rds", "DescribeDBClusterParameterGroups")
def parameter_groups(call: Call, view: View) -> Any:
    held = [*found.parameter_groups(view).values(), *_defaults(view)]
    listed = [shown.parameter_group(one) for one in held if _name(call) in ("", one.name)]
    return paged(call, "DBClusterParameterGroups", listed)


@instead("rds", "ModifyDBClusterParameterGroup")
def parameter_group_changed(call: Call, view: View) -> Any:
    one = found.parameter_groups(view)[_name(call)]
    for said in call.params["Parameters"]:
        one.changed[said["ParameterName"]] = (str(said["ParameterValue"]), said["ApplyMethod"])
    return {"DBClusterParameterGroupName": one.name}


@instead("rds", "ResetDBClusterParameterGroup")
def parameter_group_reset(call: Call, view: View) -> Any:
    one = found.parameter_groups(view)[_name(call)]
    named = {said["ParameterName"] for said in call.params.get("Parameters", ())}
    for name in list(one.changed):
        if call.params.get("ResetAllParameters") or name in named:
            del one.changed[name]
    return {"DBClusterParameterGroupName": one.name}


@instead("rds", "DescribeDBClusterParameters")
def parameters(call: Call, view: View) -> Any:
    """Source=user leaves those that were changed."""
    one = found.parameter_groups(view).get(_name(call))
    changed = one.changed if one is not None else {}
    listed = [_parameter(name, changed) for name in sorted(APPLY_TYPES)]
    source = call.params.get("Source")
    return paged(call, "Parameters", [each for each in listed if source in (None, each["Source"])])


def _parameter(name: str, changed: dict[str, tuple[str, str]]) -> dict[str, Any]:
    kind = APPLY_TYPES[name]
    value, method = changed.get(name, (None, "immediate" if kind == "dynamic" else "pending-reboot"))
    said = {} if value is None else {"ParameterValue": value}
    said |= {"AllowedValues": allowed(name)} if allowed(name) else {}
    return said | {
        "ParameterName": name,
        "Source": "engine-default" if value is None else "user",
        "ApplyType": kind,
        "DataType": "string",
        "IsModifiable": True,
        "ApplyMethod": method,
        "SupportedEngineModes": ["provisioned"],
    }


@instead("rds", "DeleteDBClusterParameterGroup")
def parameter_group_gone(call: Call, view: View) -> Any:
    view.backend("rds").db_cluster_parameter_groups.pop(_name(call), None)
    return {}
