"""Load balancers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


@rule(
    "elbv2",
    "CreateLoadBalancer",
    "ValidationError",
    "a name: 1-32 letters, digits and inner hyphens, not internal-",
    source="3.9 a",
)
def balancer_name(call: Call, view: View) -> str | None:
    name = str(call.params.get("Name", ""))
    if len(name) > 32:
        return f"The load balancer name '{name}' cannot be longer than '32' characters"
    if name.startswith("internal-"):
        return f"The load balancer name '{name}' cannot begin with 'internal-'"
    return (
        None
        if _NAME.fullmatch(name)
        else f"The load balancer name '{name}' can only contain alphanumeric characters or hyphens"
    )


@rule("elbv2", "CreateLoadBalancer", "SubnetNotFound", "a load balancer's subnets are there", source="3.9 e")
def balancer_subnet_missing(call: Call, view: View) -> str | None:
    missing = [one for one in subnets_of(call) if view.find("subnet", one) is None]
    return f"The subnet ID '{missing[0]}' does not exist" if missing else None


@rule(
    "elbv2",
    ("CreateLoadBalancer", "SetSubnets"),
    "ValidationError",
    "a load balancer lies in two zones at least",
    source="3.9 e",
)
def balancer_zones(call: Call, view: View) -> str | None:
    few = len(subnets_of(call)) < 2 and call.params.get("Type", "application") == "application"
    return "At least two subnets in two different Availability Zones must be specified" if few else None


@rule(
    "elbv2",
    ("CreateLoadBalancer", "SetSubnets"),
    "InvalidConfigurationRequest",
    "one subnet a zone, all of one VPC",
    source="3.9 e",
)
def balancer_zone_twice(call: Call, view: View) -> str | None:
    found = [one for one in (view.find("subnet", wanted) for wanted in subnets_of(call)) if one is not None]
    zones = [one.availability_zone for one in found]
    if len(zones) > len(set(zones)):
        return "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
    return "The subnets must belong to one VPC" if len({one.vpc_id for one in found}) > 1 else None


@rule("elbv2", "CreateLoadBalancer", "InvalidSecurityGroup", "a load balancer's groups are of its VPC", source="3.9 e")
def balancer_group(call: Call, view: View) -> str | None:
    return _foreign(view, call.params.get("SecurityGroups", ()), _vpc(call, view))


@rule("elbv2", "SetSecurityGroups", "InvalidSecurityGroup", "a load balancer's groups are of its VPC", source="3.9 e")
def balancer_new_group(call: Call, view: View) -> str | None:
    balancer = view.find("load_balancer", call.params["LoadBalancerArn"])
    return _foreign(view, call.params.get("SecurityGroups", ()), balancer.vpc_id) if balancer is not None else None


@rule(
    "elbv2",
    ("CreateLoadBalancer", "SetSecurityGroups"),
    "InvalidConfigurationRequest",
    "a load balancer bears 5 groups",
    source="3.8 i; boto3#177",
)
def too_many_groups(call: Call, view: View) -> str | None:
    full = len(call.params.get("SecurityGroups", ())) > view.quotas["security_groups_per_interface"]
    return "The maximum number of security groups per load balancer has been reached." if full else None


@rule(
    "elbv2",
    "SetSecurityGroups",
    "InvalidConfigurationRequest",
    "an application load balancer keeps one group at least",
    source="ELBv2 API: SetSecurityGroups; from memory",
)
def no_group(call: Call, view: View) -> str | None:
    there = view.find("load_balancer", call.params["LoadBalancerArn"]) is not None
    none = there and not call.params.get("SecurityGroups")
    return "At least one security group must be specified for an application load balancer" if none else None


@rule("elbv2", "SetSubnets", "InvalidConfigurationRequest", "a load balancer stays in its VPC", source="3.9 g")
def other_network(call: Call, view: View) -> str | None:
    balancer = view.find("load_balancer", call.params["LoadBalancerArn"])
    found = (view.find("subnet", wanted) for wanted in subnets_of(call))
    away = balancer is not None and [one.id for one in found if one is not None and one.vpc_id != balancer.vpc_id]
    return f"The following subnets are in a different VPC than the load balancer: {away[0]}" if away else None


@rule(
    "elbv2",
    "CreateLoadBalancer",
    "InvalidSubnet",
    "an internet-facing load balancer needs an internet gateway",
    source="3.9 e",
)
def balancer_without_gateway(call: Call, view: View) -> str | None:
    vpc = _vpc(call, view)
    bad = call.params.get("Scheme", "internet-facing") == "internet-facing" and view.gateway_of(vpc) is None
    return f"VPC {vpc} has no internet gateway" if bad else None


@rule(
    "elbv2",
    "CreateLoadBalancer",
    "InvalidSubnet",
    "a load balancer wants 8 free addresses in each subnet",
    source="3.2 a",
)
def balancer_addresses(call: Call, view: View) -> str | None:
    small = [one for one in subnets_of(call) if view.find("subnet", one).available_ip_address_count < 8]
    fresh = not [one for one in view.all("load_balancer") if one.name == call.params["Name"]]
    return (
        f"Not enough IP space available in {small[0]}. ELB requires at least 8 free IP addresses in each subnet."
        if small and fresh
        else None
    )


@rule(
    "elbv2",
    "CreateLoadBalancer",
    "DuplicateLoadBalancerName",
    "one name a region; the same settings again give the same one",
    source="3.9 c",
)
def balancer_taken(call: Call, view: View) -> str | None:
    taken = [
        one for one in view.all("load_balancer") if one.name == call.params["Name"] and not same_balancer(call, one)
    ]
    return (
        f"A load balancer with the same name '{taken[0].name}' exists, but with different settings" if taken else None
    )


@rule(
    "elbv2",
    "CreateLoadBalancer",
    "TooManyLoadBalancers",
    "a region holds 50 application load balancers",
    source="3.9 i",
)
def too_many_balancers(call: Call, view: View) -> str | None:
    others = [one for one in view.all("load_balancer") if one.name != call.params["Name"]]
    return (
        "The maximum number of load balancers has been reached."
        if len(others) >= view.quotas["load_balancers"]
        else None
    )


@rule(
    "elbv2", "DeleteLoadBalancer", "OperationNotPermitted", "deletion protection is switched off first", source="3.9 f"
)
def balancer_protected(call: Call, view: View) -> str | None:
    balancer = view.find("load_balancer", call.params["LoadBalancerArn"])
    guarded = balancer is not None and str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true"
    return (
        f"Load balancer '{balancer.arn}' cannot be deleted because deletion protection is enabled" if guarded else None
    )


@rule(
    "elbv2",
    "DescribeLoadBalancers",
    "LoadBalancerNotFound",
    "every load balancer that is asked for is there",
    source="13",
)
def balancer_missing(call: Call, view: View) -> str | None:
    known = {value for one in view.all("load_balancer") for value in (one.arn, one.name)}
    asked = (*call.params.get("LoadBalancerArns", ()), *call.params.get("Names", ()))
    missing = [one for one in asked if one not in known]
    return f"Load balancers '[{', '.join(missing)}]' not found" if missing else None


def subnets_of(call: Call) -> list[str]:
    mapped: Iterator[str] = (one["SubnetId"] for one in call.params.get("SubnetMappings", ()))
    return [*call.params.get("Subnets", ()), *mapped]


def same_balancer(call: Call, balancer: Any) -> bool:
    """aws-reality 1.4: tags are not compared."""
    return (
        {one.id for one in balancer.subnets} == set(subnets_of(call))
        and balancer.scheme == call.params.get("Scheme", "internet-facing")
        and balancer.type == call.params.get("Type", "application")
        and (set(balancer.security_groups) == set(call.params.get("SecurityGroups", balancer.security_groups)))
    )


def _vpc(call: Call, view: View) -> str:
    found = (view.find("subnet", one) for one in subnets_of(call))
    return next((str(one.vpc_id) for one in found if one is not None), "")


def _foreign(view: View, groups: Any, vpc: str) -> str | None:
    for wanted in groups:
        group = view.find("security_group", wanted)
        if group is None or group.vpc_id != vpc:
            return f"One or more security groups are invalid: '{wanted}'"
    return None
