"""Interfaces of functions in a VPC: one for each subnet and set of groups, shared, and long outliving the functions.

aws-reality 7.1 f: they go some twenty minutes after the last function that used them, and not at all without the role
that must let go of them.
"""

from __future__ import annotations

import ipaddress
import uuid
from typing import Any

from muvi_provision.sandbox import functions, interfaces, lifecycles, roles
from muvi_provision.sandbox.books import Phase
from muvi_provision.sandbox.functions import Function
from muvi_provision.sandbox.view import View

NEW_S, KNOWN_S = 60, 5  # 7.1 b: until a function is active whose subnets and groups are new, or are in use already
_GONE_S = 1200
_LOOK_AGAIN_S = 60  # for a role that may come back


Failure = tuple[str, str]  # code, reason


def hold(view: View, function: Function) -> tuple[float, Failure | None]:
    """Give a function its interfaces; how long it takes, in AWS's seconds, and why it cannot be done after all."""
    fresh = False
    for subnet in function.subnets:
        there = _of(view, subnet, function.groups)
        if there is None and (failure := _no_room(view, subnet)):
            return NEW_S, failure
        if there is None:
            description = f"AWS Lambda VPC ENI-{function.name}-{uuid.uuid4()}"
            interfaces.add(view, subnet, description, "lambda", function.groups)
            fresh = True
        else:
            view.books.phases.pop((view.region, there.id), None)
    return NEW_S if fresh else KNOWN_S, None


def _no_room(view: View, subnet: str) -> Failure | None:
    """AWS keeps five addresses of each subnet (aws-reality 7.1 b, i)."""
    found = view.find("subnet", subnet)
    if len(view.interfaces(subnet=subnet)) >= ipaddress.ip_network(found.cidr_block).num_addresses - 5:
        return "SubnetOutOfIPAddresses", f"The subnet {subnet} has no free IP addresses."
    held = [one for one in view.interfaces(vpc=found.vpc_id) if one.interface_type == "lambda"]
    if len(held) >= view.quotas["lambda_interfaces_per_vpc"]:
        return (
            "EniLimitExceeded",
            f"The network interfaces of Lambda in the VPC {found.vpc_id} have reached their limit.",
        )
    return None


def release(view: View, function: Function, subnets: list[str], groups: list[str]) -> None:
    """``function`` no longer uses these: what nobody uses any more goes later, by the hand of its role."""
    used = [(subnet, set(one.groups)) for one in functions.shelf(view).values() for subnet in one.subnets]
    for subnet in subnets:
        there = _of(view, subnet, groups)
        if there is not None and (subnet, set(groups)) not in used:
            there.lambda_role = function.settings["Role"]
            lifecycles.begin_deleting(view, "lambda_interface", there.id)


def _of(view: View, subnet: str, groups: list[str]) -> Any:
    for one in view.interfaces(subnet=subnet):
        if one.interface_type == "lambda" and {group.id for group in one.group_set} == set(groups):
            return one
    return None


def _gone(view: View, wanted: str) -> None:
    interface = view.ec2.enis.get(wanted)
    if interface is None:
        return
    if roles.find(view, interface.lambda_role) is not None:
        interfaces.drop(view, wanted)
        return
    again = view.now + (view.seconds(_LOOK_AGAIN_S) or _LOOK_AGAIN_S)
    view.books.phases[view.region, wanted] = Phase("lambda_interface", "deleting", again)


lifecycles.register(lifecycles.Lifecycle("lambda_interface", "", "", 0, "", _GONE_S), end=_gone)
