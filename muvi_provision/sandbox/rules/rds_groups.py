"""Subnet groups and cluster parameter groups."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found
from muvi_provision.sandbox.databases.parameters import APPLY_TYPES, FAMILIES, allowed, takes
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_SUBNETS = ("CreateDBSubnetGroup", "ModifyDBSubnetGroup")
_PARAMETERS = ("ModifyDBClusterParameterGroup", "ResetDBClusterParameterGroup")


@rule(
    "rds",
    "CreateDBSubnetGroup",
    "InvalidParameterValue",
    "a name: letters, digits and ._- and spaces, not default",
    source="4.1 a",
)
def subnet_group_name(call: Call, view: View) -> str | None:
    name = str(call.params["DBSubnetGroupName"])
    good = re.fullmatch(r"[A-Za-z0-9 ._-]{1,255}", name) and name.lower() != "default"
    return None if good else f"The parameter DBSubnetGroupName is not a valid identifier: {name}"


@rule("rds", "CreateDBSubnetGroup", "DBSubnetGroupAlreadyExists", "names of subnet groups are unique", source="4.1 c")
def subnet_group_exists(call: Call, view: View) -> str | None:
    name = found.plain(call.params["DBSubnetGroupName"])
    return f"The DB subnet group '{name}' already exists." if name in found.subnet_groups(view) else None


@rule("rds", "CreateDBSubnetGroup", "DBSubnetGroupQuotaExceeded", "a region holds 50 subnet groups", source="4.1 i")
def too_many_subnet_groups(call: Call, view: View) -> str | None:
    full = len(found.subnet_groups(view)) >= view.quotas["db_subnet_groups"]
    return "The quota for DB subnet groups has been exceeded." if full else None


@rule(
    "rds",
    (*_SUBNETS, "CreateDBProxy", "CreateDBProxyEndpoint"),
    "InvalidSubnet",
    "the subnets are there, and all in one VPC",
    source="4.1 e",
)
def subnets_there(call: Call, view: View) -> str | None:
    held = {one: view.find("subnet", one) for one in subnets_of(call)}
    missing = [one for one, subnet in held.items() if subnet is None]
    if missing:
        return f"Some input subnets in :[{', '.join(missing)}] are invalid."
    several = len({subnet.vpc_id for subnet in held.values()}) > 1
    return "The subnets are not all in the same VPC." if several or not held else None


@rule("rds", _SUBNETS, "DBSubnetGroupDoesNotCoverEnoughAZs", "a subnet group is in two zones or more", source="4.1 e")
def enough_zones(call: Call, view: View) -> str | None:
    if len(zones_of(call, view)) > 1:
        return None
    add = "Please add subnets to cover at least 2 AZs."
    return f"The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. {add}"


@rule("rds", _SUBNETS, "DBSubnetQuotaExceededFault", "a subnet group has 20 subnets at most", source="4.1 i")
def too_many_subnets(call: Call, view: View) -> str | None:
    return "The quota for subnets in a DB subnet group has been exceeded." if len(subnets_of(call)) > 20 else None


@rule(
    "rds",
    "ModifyDBSubnetGroup",
    "SubnetAlreadyInUse",
    "a subnet with an instance in it stays in the group",
    source="4.1 g",
)
def subnet_kept(call: Call, view: View) -> str | None:
    name, wanted = found.plain(call.params["DBSubnetGroupName"]), call.params["SubnetIds"]
    clusters = [one.name for one in found.clusters(view).values() if one.subnet_group == name]
    held = [view.ec2.enis.get(one.interface) for one in found.instances(view).values() if one.cluster in clusters]
    used = sorted({one.subnet_id for one in held if one is not None} - set(wanted))
    return f"Some of the subnets to be deleted are currently in use: {', '.join(used)}" if used else None


@rule(
    "rds",
    "DeleteDBSubnetGroup",
    "InvalidDBSubnetGroupStateFault",
    "no cluster uses a subnet group that goes",
    source="4.1 f",
)
def subnet_group_in_use(call: Call, view: View) -> str | None:
    name = found.plain(call.params["DBSubnetGroupName"])
    used = [one.name for one in found.clusters(view).values() if one.subnet_group == name]
    return f"Cannot delete the subnet group '{name}' because it is used by: {', '.join(used)}" if used else None


def subnets_of(call: Call) -> list[Any]:
    return list(call.params.get("SubnetIds") or call.params.get("VpcSubnetIds") or ())


def zones_of(call: Call, view: View) -> set[str]:
    held = (view.find("subnet", one) for one in subnets_of(call))
    return {one.availability_zone for one in held if one is not None}


def _name(call: Call) -> str:
    return found.plain(call.params.get("DBClusterParameterGroupName"))


@rule(
    "rds",
    "CreateDBClusterParameterGroup",
    "InvalidParameterValue",
    "a name: letters, digits and single hyphens, and a family that exists",
    source="RDS API: CreateDBClusterParameterGroup",
)
def parameter_group_name(call: Call, view: View) -> str | None:
    if not re.fullmatch(r"[a-z](-?[a-z0-9])*", _name(call)) or len(_name(call)) > 255:
        return f"The parameter DBClusterParameterGroupName is not a valid identifier: {_name(call)}"
    family = call.params["DBParameterGroupFamily"]
    return None if family in FAMILIES else f"ParameterGroupFamily {family} is not a valid parameter group family."


@rule(
    "rds",
    "CreateDBClusterParameterGroup",
    "DBParameterGroupAlreadyExists",
    "names of parameter groups are unique",
    source="1.4",
)
def parameter_group_exists(call: Call, view: View) -> str | None:
    return f"Parameter group {_name(call)} already exists" if _name(call) in found.parameter_groups(view) else None


@rule(
    "rds",
    "CreateDBClusterParameterGroup",
    "DBParameterGroupQuotaExceeded",
    "a region holds 50 cluster parameter groups",
    source="4.2 i",
)
def too_many_parameter_groups(call: Call, view: View) -> str | None:
    full = len(found.parameter_groups(view)) >= view.quotas["db_cluster_parameter_groups"]
    return "The quota for DB cluster parameter groups has been exceeded." if full else None


@rule(
    "rds",
    _PARAMETERS,
    "InvalidParameterValue",
    "AWS's own parameter groups are not changed",
    source="RDS API: ModifyDBClusterParameterGroup",
)
def default_group(call: Call, view: View) -> str | None:
    default = _name(call).startswith("default.")
    return "The parameter group name is reserved and cannot be modified." if default else None


@rule(
    "rds",
    _PARAMETERS,
    "InvalidParameterValue",
    "the parameters exist, at most 20 in a call",
    source="RDS API: ModifyDBClusterParameterGroup, Parameters",
)
def known_parameters(call: Call, view: View) -> str | None:
    said = call.params.get("Parameters", ())
    unknown = [one.get("ParameterName") for one in said if one.get("ParameterName") not in APPLY_TYPES]
    if unknown:
        return f"Could not find parameter with name: {unknown[0]}"
    return "A maximum of 20 parameters can be modified in a single request." if len(said) > 20 else None


@rule(
    "rds",
    _PARAMETERS,
    "InvalidParameterCombination",
    "a static parameter is applied by the next start",
    source="RDS API: ModifyDBClusterParameterGroup, Parameters",
)
def static_parameters(call: Call, view: View) -> str | None:
    for one in call.params.get("Parameters", ()):
        if APPLY_TYPES.get(one["ParameterName"]) == "static" and one.get("ApplyMethod") == "immediate":
            return f"cannot use immediate apply method for static parameter: {one['ParameterName']}"
    return None


@rule(
    "rds",
    "ModifyDBClusterParameterGroup",
    "InvalidParameterValue",
    "a parameter has a value that it takes",
    source="RDS API: DescribeDBClusterParameters, AllowedValues",
)
def parameter_values(call: Call, view: View) -> str | None:
    for one in call.params.get("Parameters", ()):
        name, value = str(one["ParameterName"]), str(one.get("ParameterValue", ""))
        if not takes(name, value):
            return f"Invalid parameter value: {value} for: {name} allowed values are: {allowed(name)}"
    return None


@rule(
    "rds",
    "DeleteDBClusterParameterGroup",
    "InvalidDBParameterGroupState",
    "no cluster uses a group that goes",
    source="RDS API: DeleteDBClusterParameterGroup",
)
def parameter_group_in_use(call: Call, view: View) -> str | None:
    name = _name(call)
    if name.startswith("default."):
        return "Default DBClusterParameterGroup cannot be deleted"
    used = any(one.said["DBClusterParameterGroupName"] == name for one in found.clusters(view).values())
    message = "One or more database instances are still members of this parameter group, so it cannot be deleted"
    return message if used else None
