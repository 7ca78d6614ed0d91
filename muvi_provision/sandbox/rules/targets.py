"""Targets of target groups."""

from __future__ import annotations

import ipaddress
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.ec2_network import network_of
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

# beside the VPC's own: RFC 1918 and RFC 6598
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))


@rule("elbv2", "RegisterTargets", "ValidationError", "a target of an ip group is an address", source="3.10 g")
def not_an_address(call: Call, view: View) -> str | None:
    if not _takes_addresses(call, view):
        return None
    bad = [one["Id"] for one in call.params["Targets"] if network_of(one["Id"]) is None or "/" in one["Id"]]
    return f"The IP address '{bad[0]}' is not a valid IPv4 address" if bad else None


@rule(
    "elbv2",
    "RegisterTargets",
    "InvalidTarget",
    "a target's address is of the VPC, or a private one",
    source="3.10 g",
)
def outside(call: Call, view: View) -> str | None:
    group = _group(call, view)
    if not _takes_addresses(call, view):
        return None
    vpc = view.find("vpc", group.vpc_id)
    own = [network_of(one["cidr_block"]) for one in vpc._cidr_block_association_set.values()] if vpc is not None else []
    ranges = [one for one in (*own, *_PRIVATE) if one is not None]
    for one in call.params["Targets"]:
        if not any(ipaddress.IPv4Address(one["Id"]) in each for each in ranges):
            return f"The IP address '{one['Id']}' is not within the VPC '{group.vpc_id}' or a supported private range"
    return None


@rule("elbv2", "RegisterTargets", "TooManyTargets", "a target group holds 1,000 targets", source="3.10 i, 10")
def too_many_targets(call: Call, view: View) -> str | None:
    group = _group(call, view)
    held = {*(group.targets if group is not None else ()), *(one["Id"] for one in call.params["Targets"])}
    full = len(held) > view.quotas["targets_per_target_group"]
    return "The maximum number of targets has been reached for the target group." if full else None


def _group(call: Call, view: View) -> Any:
    return view.find("target_group", call.params["TargetGroupArn"])


def _takes_addresses(call: Call, view: View) -> bool:
    group = _group(call, view)
    return group is not None and group.target_type == "ip"
