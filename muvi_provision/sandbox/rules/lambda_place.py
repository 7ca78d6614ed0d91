"""What a function stands on: its role, its subnets and groups (aws-reality 7.1 e)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import functions, roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.lambda_settings import MADE, SET, WRONG
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

# 7.1 e: what the execution role itself must be allowed when there is a VPC
_NETWORK = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")


@rule("lambda", SET, "AccessDeniedException", "the role is this account's", status=403, source="from memory")
def own_role(call: Call, view: View) -> str | None:
    said = call.params.get("Role", "")
    ours = not said or said.startswith(f"arn:aws:iam::{view.account}:")
    return None if ours else "Cross-account pass role is not allowed."


@rule("lambda", SET, WRONG, "Lambda may assume the role, and has heard of it", source="7.1 e")
def role(call: Call, view: View) -> str | None:
    said = call.params.get("Role")
    bad = said is not None and not roles.assumable(view, said, "lambda.amazonaws.com")
    return "The role defined for the function cannot be assumed by Lambda." if bad else None


@rule("lambda", SET, WRONG, "subnets and groups are given together", source="Lambda API: VpcConfig")
def together(call: Call, view: View) -> str | None:
    subnets, groups = _wanted(call, view)
    alone = bool(subnets) != bool(groups)
    return "SubnetIds and SecurityIds must coexist or be both empty list." if alone else None


@rule("lambda", SET, WRONG, "subnets and groups are there, and of one VPC", source="Lambda API: VpcConfig")
def network(call: Call, view: View) -> str | None:
    subnets, groups = _wanted(call, view)
    vpcs = set()
    for kind, ids in (("subnet", subnets), ("security_group", groups)):
        for one in ids:
            found = view.find(kind, one)
            if found is None:
                return _missing(kind, one)
            vpcs.add(found.vpc_id)
    return "Security Groups are required to be in the same VPC as the subnets." if len(vpcs) > 1 else None


def _missing(kind: str, wanted: str) -> str:
    if kind == "subnet":
        asked, code, said = "DescribeSubnets", "InvalidSubnetID.NotFound", f"The subnet ID '{wanted}' does not exist"
    else:
        asked, code = "DescribeSecurityGroups", "InvalidGroup.NotFound"
        said = f"The security group '{wanted}' does not exist"
    return f"Error occurred while {asked}. EC2 Error Code: {code}. EC2 Error Message: {said}"


@rule("lambda", SET, WRONG, "in a VPC the role may make and delete interfaces", source="7.1 e")
def network_role(call: Call, view: View) -> str | None:
    subnets, _ = _wanted(call, view)
    said = call.params.get("Role") or functions.asked(call, view).settings["Role"]
    for action in _NETWORK if subnets else ():
        if not roles.allows(view, said, f"ec2:{action}", "*"):
            return f"The provided execution role does not have permissions to call {action} on EC2"
    return None


def _wanted(call: Call, view: View) -> tuple[list[str], list[str]]:
    said: Mapping[str, Any] = call.params.get("VpcConfig", {})
    if call.operation != MADE and said:
        said = functions.asked(call, view).settings["VpcConfig"] | dict(said)
    return list(said.get("SubnetIds") or ()), list(said.get("SecurityGroupIds") or ())
