"""Rules of security groups that are changed in place, and those that are taken away."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.rules.security_groups import portless, said_badly, unknown_peer
from muvi_provision.sandbox.view import View

_MODIFY = "ModifySecurityGroupRules"
_REVOKE = ("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress")
_KINDS = {
    "CidrIpv4": "an IPv4 CIDR",
    "CidrIpv6": "an IPv6 CIDR",
    "ReferencedGroupId": "a referenced group id",
    "PrefixListId": "a prefix list id",
}


@rule("ec2", (_MODIFY, *_REVOKE), "InvalidGroup.NotFound", "the group whose rules are changed is there", source="13")
def group_missing(call: Call, view: View) -> str | None:
    wanted = call.params.get("GroupId")
    return f"The security group '{wanted}' does not exist" if view.find("security_group", wanted) is None else None


@rule("ec2", _MODIFY, "InvalidSecurityGroupRuleId.NotFound", "the rules that are changed are the group's", source="13")
def rule_missing(call: Call, view: View) -> str | None:
    held = _held(call, view)
    missing = [one["SecurityGroupRuleId"] for one in _said(call) if one["SecurityGroupRuleId"] not in held]
    return f"The security group rule ID '{missing[0]}' does not exist" if missing else None


@rule(
    "ec2", _MODIFY, "MissingParameter", "a changed rule says its protocol", source="EC2 API: ModifySecurityGroupRules"
)
def no_protocol(call: Call, view: View) -> str | None:
    bad = any(not one["SecurityGroupRule"].get("IpProtocol") for one in _said(call))
    return "The request must contain the parameter ipProtocol" if bad else None


@rule(
    "ec2",
    _MODIFY,
    "InvalidParameterCombination",
    "a changed rule has exactly one other side",
    source="botocore model: SecurityGroupRuleRequest; its code from memory",
)
def one_peer(call: Call, view: View) -> str | None:
    bad = any(len(_peers(one)) != 1 for one in _said(call))
    return f"Exactly one of {', '.join(_KINDS)} must be given" if bad else None


@rule(
    "ec2",
    _MODIFY,
    "InvalidParameterValue",
    "a rule stays of its type: a range, a group or a prefix list",
    source="botocore model: SecurityGroupRuleRequest",
)
def other_type(call: Call, view: View) -> str | None:
    held = _held(call, view)
    for one in _said(call):
        (new,), old = _peers(one), _type_of(held[one["SecurityGroupRuleId"]])
        if new != old:
            return f"You may not specify {_KINDS[new]} for an existing {_KINDS[old].partition(' ')[2]} rule."
    return None


@rule("ec2", _MODIFY, "InvalidGroup.NotFound", "a changed rule names a group of its VPC", source="3.8 e, 13")
def peer_missing(call: Call, view: View) -> str | None:
    named = (one["SecurityGroupRule"].get("ReferencedGroupId") for one in _said(call))
    return unknown_peer(view, call.params.get("GroupId"), [one for one in named if one])


@rule("ec2", _MODIFY, "InvalidPrefixListID.NotFound", "a changed rule names a prefix list that is there", source="1.1")
def list_missing(call: Call, view: View) -> str | None:
    named = (one["SecurityGroupRule"].get("PrefixListId") for one in _said(call))
    missing = [one for one in named if one and one not in view.ec2.managed_prefix_lists]
    return f"The prefix list ID '{missing[0]}' does not exist" if missing else None


@rule("ec2", _MODIFY, "InvalidParameterValue", "a changed TCP or UDP rule has both ports, in order", source="3.8")
def ports(call: Call, view: View) -> str | None:
    found = (portless(one["SecurityGroupRule"]) for one in _said(call))
    return next((one for one in found if one), None)


@rule("ec2", _MODIFY, "InvalidParameterValue", "a changed description has AWS's characters", source="3.8 a")
def description(call: Call, view: View) -> str | None:
    found = (said_badly(str(one["SecurityGroupRule"].get("Description") or "")) for one in _said(call))
    return next((one for one in found if one), None)


@rule("ec2", _REVOKE, "MissingParameter", "what is taken away is said", source="EC2 API: RevokeSecurityGroupIngress")
def nothing_said(call: Call, view: View) -> str | None:
    ways = ("IpPermissions", "SecurityGroupRuleIds", "IpProtocol")
    lacks = not any(call.params.get(one) for one in ways)
    return "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided." if lacks else None


def _said(call: Call) -> list[dict[str, Any]]:
    return list(call.params.get("SecurityGroupRules", ()))


def _peers(said: dict[str, Any]) -> list[str]:
    return [one for one in _KINDS if said["SecurityGroupRule"].get(one)]


def _held(call: Call, view: View) -> dict[str, Any]:
    group = view.find("security_group", call.params.get("GroupId"))
    return {one.id: one for one in (*group.ingress_rules, *group.egress_rules)} if group is not None else {}


def _type_of(one: Any) -> str:
    if one.cidr_ipv4 or one.cidr_ipv6:
        return "CidrIpv4" if one.cidr_ipv4 else "CidrIpv6"
    return "PrefixListId" if one.prefix_list_id else "ReferencedGroupId"
