"""Security group rules.

The emulator answers an authorize call with the rules of its last permission only, compares descriptions when it
looks for a rule, and forgets the descriptions of prefix lists: so these operations are carried out here.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import permissions
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View


@instead("ec2", ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"))
def authorize(call: Call, view: View) -> Any:
    group = _group(call, view)
    tags = {
        tag["Key"]: tag.get("Value", "")
        for one in call.params.get("TagSpecifications", ())
        for tag in one.get("Tags", ())
    }
    direction = permissions.direction(call.operation)
    made = [_rule(view, group, key, peer, direction, tags) for key, peer in permissions.asked(call.params)]
    getattr(group, direction).extend(made)
    return {"Return": True, "SecurityGroupRules": made}


@instead("ec2", ("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"))
def revoke(call: Call, view: View) -> Any:
    group, direction = _group(call, view), permissions.direction(call.operation)
    there = getattr(group, direction)
    ids = call.params.get("SecurityGroupRuleIds", [])
    unknown = [one for one in ids if one not in {rule.id for rule in there}]
    if unknown:
        raise Refused(
            "InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{unknown[0]}' does not exist"
        )
    keys = {key for key, _ in permissions.asked(call.params)}
    if keys - {permissions.key_of(rule) for rule in there}:
        raise Refused("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
    going = [rule for rule in there if rule.id in ids or permissions.key_of(rule) in keys]
    setattr(group, direction, [rule for rule in there if rule not in _Same(going)])
    for rule in going:
        view.ec2.tags.pop(rule.id, None)
    return {"Return": True, "UnknownIpPermissions": []}


@instead("ec2", ("UpdateSecurityGroupRuleDescriptionsIngress", "UpdateSecurityGroupRuleDescriptionsEgress"))
def describe_anew(call: Call, view: View) -> Any:
    group, direction = _group(call, view), permissions.direction(call.operation)
    there = {permissions.key_of(rule): rule for rule in getattr(group, direction)}
    by_id = {rule.id: rule for rule in there.values()}
    for key, peer in permissions.asked(call.params):
        if key not in there:
            raise Refused("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
        _describe(there[key], peer.get("Description"))
    for one in call.params.get("SecurityGroupRuleDescriptions", ()):
        if one["SecurityGroupRuleId"] not in by_id:
            raise Refused(
                "InvalidSecurityGroupRuleId.NotFound",
                f"The security group rule ID '{one['SecurityGroupRuleId']}' does not exist",
            )
        _describe(by_id[one["SecurityGroupRuleId"]], one.get("Description"))
    return {"Return": True}


@instead("ec2", "ModifySecurityGroupRules")
def change(call: Call, view: View) -> Any:
    """The emulator changes only ports and IPv4 ranges."""
    group = _group(call, view)
    for one in call.params["SecurityGroupRules"]:
        wanted, said = one["SecurityGroupRuleId"], one["SecurityGroupRule"]
        sides = ("ingress_rules", "egress_rules")
        side = next(each for each in sides if wanted in [rule.id for rule in getattr(group, each)])
        rules = getattr(group, side)
        place = [rule.id for rule in rules].index(wanted)
        permission = _permission(said)
        ((key, peer),) = permissions.asked({"IpPermissions": [permission]})
        if key in {permissions.key_of(rule) for rule in rules if rule.id != wanted}:
            raise Refused("InvalidPermission.Duplicate", "the specified rule already exists")
        changed = _rule(view, group, key, peer, side, {})
        changed.id = wanted
        rules[place] = changed
    return {"Return": True}


def _permission(said: dict[str, Any]) -> dict[str, Any]:
    """A changed rule, spelled as the authorize calls spell it."""
    names = {
        "CidrIpv4": ("IpRanges", "CidrIp"),
        "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "ReferencedGroupId": ("UserIdGroupPairs", "GroupId"),
        "PrefixListId": ("PrefixListIds", "PrefixListId"),
    }
    given = [name for name in names if said.get(name)]
    member, name = names[given[0]]
    kept = {key: said[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in said}
    described = {"Description": said["Description"]} if "Description" in said else {}
    return kept | {member: [{name: said[given[0]]} | described]}


def _group(call: Call, view: View) -> Any:
    group = view.find("security_group", call.params.get("GroupId"))
    if group is None:
        raise Refused("InvalidGroup.NotFound", f"The security group '{call.params.get('GroupId')}' does not exist")
    return group


def _rule(
    view: View, group: Any, key: permissions.Key, peer: dict[str, Any], direction: str, tags: dict[str, str]
) -> Any:
    from moto.ec2.models.security_groups import SecurityGroupRule

    protocol, first, last, name = key
    ranges = {"CidrIpv6" if ":" in name else "CidrIp": name} if "/" in name else {}
    owner = {"OwnerId": view.account, "UserId": view.account}
    source = {**peer, **owner} if name.startswith("sg-") else None
    prefix = {"PrefixListId": name} if name.startswith("pl-") else None
    if ranges and peer.get("Description"):
        ranges["Description"] = peer["Description"]
    ports = (None, None) if first is None else (str(first), str(last))
    made = SecurityGroupRule(
        view.ec2, protocol, group.id, *ports, ranges, source, prefix, is_egress=direction == "egress_rules", tags=tags
    )
    made.said = peer.get("Description")
    return made


def _describe(rule: Any, text: str | None) -> None:
    rule.said = text
    for place in (rule.ip_range, rule.source_group):
        if place:
            place.pop("Description", None)
            place.update({"Description": text} if text else {})


class _Same:
    """Rules by what they are, not by what they look like: the emulator's equality leaves out too much."""

    def __init__(self, rules: list[Any]) -> None:
        self._ids = {rule.id for rule in rules}

    def __contains__(self, rule: Any) -> bool:
        return rule.id in self._ids


def install() -> None:
    """The emulator describes only address ranges."""
    from moto.ec2.models.security_groups import SecurityGroupRule

    SecurityGroupRule.description = property(
        lambda rule: getattr(rule, "said", None) or rule.ip_range.get("Description")
    )
