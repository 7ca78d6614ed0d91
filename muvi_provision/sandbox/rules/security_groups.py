"""Security groups and their rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import permissions
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

AUTHORIZE = ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
_NAMED = ("-1", "tcp", "udp", "icmp", "icmpv6")
_CHARACTERS = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*")


@rule(
    "ec2",
    "CreateSecurityGroup",
    "InvalidParameterValue",
    "a group's name: at most 255 of AWS's characters, not starting with sg-",
    source="3.8 a",
)
def group_name(call: Call, view: View) -> str | None:
    name = str(call.params.get("GroupName", ""))
    if name.lower().startswith("sg-"):
        return f"Invalid value '{name}' for groupName. Group names may not be in the format sg-*."
    bad = not name or len(name) > 255 or not _CHARACTERS.fullmatch(name)
    return f"Value ({name}) for parameter GroupName is invalid. {_ALLOWED}" if bad else None


@rule(
    "ec2",
    "CreateSecurityGroup",
    "InvalidParameterValue",
    "a group's description: mandatory, the same characters (no dashes or accents)",
    source="3.8 a",
)
def group_description(call: Call, view: View) -> str | None:
    said = str(call.params.get("Description", ""))
    bad = not said or len(said) > 255 or not _CHARACTERS.fullmatch(said)
    return f"Value ({said}) for parameter GroupDescription is invalid. {_ALLOWED}" if bad else None


@rule("ec2", "CreateSecurityGroup", "InvalidVpcID.NotFound", "the group's VPC is there", source="13")
def group_vpc(call: Call, view: View) -> str | None:
    wanted = call.params.get("VpcId")
    return f"The vpc ID '{wanted}' does not exist" if wanted and view.find("vpc", wanted) is None else None


@rule("ec2", "CreateSecurityGroup", "InvalidGroup.Duplicate", "one name a VPC, whatever its case", source="3.8 a, c")
def group_taken(call: Call, view: View) -> str | None:
    name, vpc = str(call.params["GroupName"]), call.params.get("VpcId")
    taken = [one for one in view.all("security_group") if one.vpc_id == vpc and one.name.lower() == name.lower()]
    return f"The security group '{name}' already exists for VPC '{vpc}'" if taken and vpc else None


@rule("ec2", "CreateSecurityGroup", "SecurityGroupLimitExceeded", "a region holds 2,500 groups", source="3.8 i")
def too_many_groups(call: Call, view: View) -> str | None:
    full = len(view.all("security_group")) >= view.quotas["security_groups"]
    return "The maximum number of security groups has been reached." if full else None


@rule("ec2", "DeleteSecurityGroup", "CannotDelete", "the default group of a VPC stays", source="3.8 f")
def default_group(call: Call, view: View) -> str | None:
    group = view.find("security_group", call.params.get("GroupId"))
    default = group is not None and group.is_default
    return f'the specified group: "{group.id}" name: "default" cannot be deleted by a user' if default else None


@rule(
    "ec2",
    "DeleteSecurityGroup",
    "DependencyViolation",
    "a group that a rule names or an interface uses stays",
    source="3.8 f",
)
def group_in_use(call: Call, view: View) -> str | None:
    wanted = call.params.get("GroupId")
    used = wanted and (view.interfaces(group=wanted) or [one for one in view.referring(wanted) if one.id != wanted])
    return f"resource {wanted} has a dependent object" if used else None


@rule("ec2", AUTHORIZE, "InvalidGroup.NotFound", "a rule names groups that are there, of its VPC", source="3.8 e")
def rule_group(call: Call, view: View) -> str | None:
    return unknown_peer(view, call.params.get("GroupId"), [one for one in _peers(call) if one.startswith("sg-")])


def unknown_peer(view: View, group: str | None, named: list[str]) -> str | None:
    """What AWS says of a rule in ``group`` that names these."""
    found = {one: view.find("security_group", one) for one in (group, *named) if one}
    missing = [one for one, held in found.items() if held is None]
    if missing:
        return f"The security group '{missing[0]}' does not exist"
    apart = len({held.vpc_id for held in found.values()}) > 1
    return "You have specified two resources that belong to different networks." if apart else None


@rule("ec2", AUTHORIZE, "MissingParameter", "a rule has another side", source="EC2 API: AuthorizeSecurityGroupIngress")
def rule_peer(call: Call, view: View) -> str | None:
    said = call.params.get("IpPermissions") or [call.params]
    bare = [one for one in said if not list(permissions.asked({"IpPermissions": [one]}))]
    return "The request must contain the parameter ipRanges, ipv6Ranges, groups or prefixListIds" if bare else None


@rule(
    "ec2",
    AUTHORIZE,
    "InvalidParameterValue",
    "a rule's protocol is -1, a name or a number of 0-255",
    source="botocore model",
)
def rule_protocol(call: Call, view: View) -> str | None:
    for (protocol, *_), _ in permissions.asked(call.params):
        if protocol not in _NAMED and not (protocol.isdigit() and int(protocol) <= 255):
            return f"Invalid value '{protocol}' for IP protocol. Unknown protocol."
    return None


@rule("ec2", AUTHORIZE, "InvalidParameterValue", "a TCP or UDP rule has both ports, in order", source="3.8")
def rule_ports(call: Call, view: View) -> str | None:
    for (protocol, first, last, _), _ in permissions.asked(call.params):
        said = portless({"IpProtocol": protocol, "FromPort": first, "ToPort": last})
        if said:
            return said
    return None


def portless(said: Mapping[str, Any]) -> str | None:
    """What AWS says of a rule that lacks its ports."""
    first, last = said.get("FromPort"), said.get("ToPort")
    ported = str(said.get("IpProtocol")).lower() in ("tcp", "udp", "6", "17")
    if not ported or (first is not None and last is not None and 0 <= first <= last <= 65_535):
        return None
    return f"Invalid value for portRange {first}-{last}. Must specify both from and to ports with TCP/UDP."


@rule("ec2", AUTHORIZE, "InvalidParameterValue", "a rule's range is a network", source="3.8")
def rule_range(call: Call, view: View) -> str | None:
    bad = [peer for peer in _peers(call) if not peer.startswith(("sg-", "pl-")) and not permissions.is_network(peer)]
    return f"CIDR block {bad[0]} is malformed" if bad else None


@rule("ec2", AUTHORIZE, "InvalidPrefixListID.NotFound", "a rule names prefix lists that are there", source="1.1")
def rule_prefix_list(call: Call, view: View) -> str | None:
    missing = [one for one in _peers(call) if one.startswith("pl-") and one not in view.ec2.managed_prefix_lists]
    return f"The prefix list ID '{missing[0]}' does not exist" if missing else None


@rule(
    "ec2", AUTHORIZE, "InvalidParameterValue", "a rule's description: at most 255 of AWS's characters", source="3.8 a"
)
def rule_description(call: Call, view: View) -> str | None:
    found = (said_badly(str(peer.get("Description") or "")) for _, peer in permissions.asked(call.params))
    return next((one for one in found if one), None)


def said_badly(text: str) -> str | None:
    """What AWS says of such a description of a rule."""
    good = len(text) <= 255 and _CHARACTERS.fullmatch(text)
    what = "Invalid rule description. Valid descriptions are strings less than 256 characters"
    return None if good else f"{what} from the following set: {_SET}"


@rule("ec2", AUTHORIZE, "InvalidParameterValue", "a rule is given once in a call", source="3.8 c")
def rule_twice(call: Call, view: View) -> str | None:
    keys = [key for key, _ in permissions.asked(call.params)]
    return "The same permission must not appear multiple times" if len(keys) > len(set(keys)) else None


@rule("ec2", AUTHORIZE, "InvalidPermission.Duplicate", "a rule that is there fails the whole call", source="3.8 c")
def rule_exists(call: Call, view: View) -> str | None:
    there = {permissions.key_of(one) for one in _there(call, view)}
    twice = [key for key, _ in permissions.asked(call.params) if key in there]
    return (
        f'the specified rule "peer: {twice[0][3]}, {twice[0][0]}, from port: {twice[0][1]}" already exists'
        if twice
        else None
    )


@rule(
    "ec2",
    AUTHORIZE,
    "RulesPerSecurityGroupLimitExceeded",
    "60 rules a direction; a prefix list counts its maximum",
    source="3.8 i",
)
def too_many_rules(call: Call, view: View) -> str | None:
    keys = [permissions.key_of(one) for one in _there(call, view)] + [key for key, _ in permissions.asked(call.params)]
    full = max(permissions.counted(view, keys)) > view.quotas["rules_per_security_group"]
    return "The maximum number of rules per security group has been reached." if full else None


def _there(call: Call, view: View) -> list[Any]:
    group = view.find("security_group", call.params.get("GroupId"))
    return list(getattr(group, permissions.direction(call.operation))) if group is not None else []


def _peers(call: Call) -> Iterator[str]:
    return (key[3] for key, _ in permissions.asked(call.params))


_SET = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
_ALLOWED = f"Character sets beyond ASCII are not supported; valid are strings less than 256 characters from {_SET}"
