"""VPCs and subnets."""

from __future__ import annotations

import ipaddress
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


@rule("ec2", "CreateVpc", "VpcLimitExceeded", "a region holds 5 VPCs, the default one counts", source="3.1 i")
def too_many_vpcs(call: Call, view: View) -> str | None:
    return "The maximum number of VPCs has been reached." if len(view.ec2.vpcs) >= view.quotas["vpcs"] else None


@rule("ec2", "CreateVpc", "InvalidVpc.Range", "a VPC is a /16 to a /28", source="3.1 a")
def vpc_size(call: Call, view: View) -> str | None:
    network = network_of(call.params.get("CidrBlock"))
    bad = network is not None and not 16 <= network.prefixlen <= 28
    return f"The CIDR '{call.params['CidrBlock']}' is invalid." if bad else None


@rule("ec2", "DeleteVpc", "DependencyViolation", "a VPC goes last: nothing of ours may be left in it", source="3.1 f")
def vpc_in_use(call: Call, view: View) -> str | None:
    vpc = call.params["VpcId"]
    used = (
        [one for one in view.all("subnet") if one.vpc_id == vpc]
        or view.gateway_of(vpc)
        or [one for one in view.all("security_group") if one.vpc_id == vpc and not one.is_default]
        or view.alive("vpc_endpoint", vpc)
        or [one for one in view.alive("nat_gateway", vpc) if one.state != "failed"]
        or [one for one in view.all("route_table") if one.vpc_id == vpc and one.main_association_id is None]
        or view.interfaces(vpc=vpc)
    )
    return f"The vpc '{vpc}' has dependencies and cannot be deleted." if used else None


@rule("ec2", "ModifyVpcAttribute", "InvalidParameterCombination", "one attribute of a VPC at a time", source="3.1 g")
def one_vpc_attribute(call: Call, view: View) -> str | None:
    several = len([name for name in call.params if name.startswith("Enable")]) > 1
    return "Fields for multiple attribute types specified" if several else None


@rule(
    "ec2",
    "ModifyVpcAttribute",
    "InvalidParameterCombination",
    "DNS host names stand on DNS support",
    source="3.1 g; EC2 API: ModifyVpcAttribute, its code from memory",
)
def hostnames_without_support(call: Call, view: View) -> str | None:
    vpc, wanted = view.find("vpc", call.params["VpcId"]), call.params.get("EnableDnsHostnames") or {}
    bad = vpc is not None and wanted.get("Value") and not vpc.enable_dns_support
    return "enableDnsHostnames requires enableDnsSupport to be true" if bad else None


@rule("ec2", "CreateSubnet", "InvalidSubnet.Range", "a subnet is a /16 to a /28", source="3.2 a")
def subnet_size(call: Call, view: View) -> str | None:
    network = network_of(call.params.get("CidrBlock"))
    bad = network is not None and not 16 <= network.prefixlen <= 28
    return f"The CIDR '{call.params['CidrBlock']}' is invalid." if bad else None


@rule("ec2", "CreateSubnet", "InvalidParameterValue", "a subnet lies in a zone of its region", source="3.2 h")
def subnet_zone(call: Call, view: View) -> str | None:
    for name, known in (("AvailabilityZone", "name"), ("AvailabilityZoneId", "zone_id")):
        wanted, zones = call.params.get(name), [getattr(zone, known) for zone in view.zones()]
        if wanted and wanted not in zones:
            return (
                f"Value ({wanted}) for parameter {name[0].lower()}{name[1:]} is invalid. Subnets can currently only be "
                f"created in the following availability zones: {', '.join(zones)}."
            )
    return None


@rule("ec2", "CreateSubnet", "SubnetLimitExceeded", "a VPC holds 200 subnets", source="3.2 i")
def too_many_subnets(call: Call, view: View) -> str | None:
    count = len([one for one in view.all("subnet") if one.vpc_id == call.params["VpcId"]])
    return "The maximum number of subnets has been reached." if count >= view.quotas["subnets_per_vpc"] else None


@rule("ec2", "DeleteSubnet", "DependencyViolation", "a subnet is kept by any network interface in it", source="3.2 f")
def subnet_in_use(call: Call, view: View) -> str | None:
    subnet = call.params["SubnetId"]
    used = view.interfaces(subnet=subnet)
    return f"The subnet '{subnet}' has dependencies and cannot be deleted." if used else None


@rule(
    "ec2", "ModifySubnetAttribute", "InvalidParameterCombination", "one attribute of a subnet at a time", source="3.2 g"
)
def one_subnet_attribute(call: Call, view: View) -> str | None:
    several = len([name for name in call.params if name not in ("SubnetId", "DryRun")]) > 1
    return "Fields for multiple attribute types specified" if several else None


def network_of(cidr: Any) -> ipaddress.IPv4Network | None:
    """Canonical, or None when it is no network (which the emulator refuses)."""
    try:
        return ipaddress.IPv4Network(str(cidr), strict=False) if cidr else None
    except ValueError:
        return None
