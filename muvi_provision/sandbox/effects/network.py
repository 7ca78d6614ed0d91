"""VPCs and subnets."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import interfaces, lifecycles
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.rules.ec2_network import network_of
from muvi_provision.sandbox.view import View

_OPTED = {True: "opted-in", False: "not-opted-in"}


@amend("ec2", ("CreateVpc", "CreateSubnet"))
def canonical_range(call: Call, view: View, params: dict[str, Any]) -> None:
    """aws-reality 3.1 a: 100.68.0.18/18 becomes 100.68.0.0/18."""
    network = network_of(params.get("CidrBlock"))
    if network is not None:
        params["CidrBlock"] = str(network)


@amend("ec2", "CreateSubnet")
def zone_by_name(call: Call, view: View, params: dict[str, Any]) -> None:
    """The emulator files subnets by the zone's name, and without one takes a zone of another region."""
    wanted = params.pop("AvailabilityZoneId", None)
    zones = view.zones()
    named = next((zone.name for zone in zones if zone.zone_id == wanted), zones[0].name)
    params.setdefault("AvailabilityZone", named)


@after("ec2", "CreateVpc")
def vpc_made(call: Call, view: View, result: Any) -> None:
    lifecycles.begin_making(view, "vpc", result["Vpc"].id)


@after("ec2", "CreateSubnet")
def subnet_made(call: Call, view: View, result: Any) -> None:
    subnet = result["Subnet"]
    subnet.default_for_az = subnet.map_public_ip_on_launch = (
        False  # the emulator takes a zone's first one for a default
    )
    lifecycles.begin_making(view, "subnet", subnet.id)


@after("ec2", "CreateNetworkInterface")
def interface_made(call: Call, view: View, result: Any) -> None:
    """The emulator picks an address from anywhere, and counts it for no subnet."""
    if not call.params.get("PrivateIpAddress") and not call.params.get("PrivateIpAddresses"):
        interfaces.readdress(view, result["NetworkInterface"])


@instead("ec2", "DescribeRegions")
def regions(call: Call, view: View) -> Any:
    """aws-reality 1.7, 2.2: one that answers is switched on for the account; those that are not are told on request."""
    wanted = call.params.get("RegionNames")
    every = [(one.name, one.endpoint, one.opt_in_status) for one in view.ec2.describe_regions()]
    unknown = set(wanted or ()) - {name for name, _, _ in every}
    if unknown:
        raise Refused("InvalidParameterValue", f"Invalid region(s): [{', '.join(sorted(unknown))}] provided.")
    told = [(name, at, _OPTED[name == view.region] if state == _OPTED[False] else state) for name, at, state in every]
    shown = [one for one in told if one[0] in wanted] if wanted else told
    found = [one for one in shown if call.params.get("AllRegions") or one[2] != _OPTED[False]]
    return {"Regions": [{"RegionName": name, "Endpoint": at, "OptInStatus": state} for name, at, state in found]}


@after("ec2", "DeleteVpc")
def vpc_gone(call: Call, view: View, result: Any) -> None:
    """aws-reality 3.1 f: its default network ACL goes with it."""
    vpc = call.params["VpcId"]
    for acl in [one for one in view.ec2.network_acls.values() if one.vpc_id == vpc]:
        del view.ec2.network_acls[acl.id]
    if not view.ec2.groups.get(vpc):
        view.ec2.groups.pop(vpc, None)
    untag(view)


@after("ec2", "DeleteSubnet")
def subnet_gone(call: Call, view: View, result: Any) -> None:
    """Its associations go with it; the emulator keeps them, and then the route table for ever."""
    subnet = call.params["SubnetId"]
    for table in view.ec2.route_tables.values():
        table._associations = {one: target for one, target in table._associations.items() if target != subnet}
    for acl in view.ec2.network_acls.values():
        acl._associations = {key: one for key, one in acl._associations.items() if one.subnet_id != subnet}
    untag(view)


@after("ec2", ("DeleteInternetGateway", "ReleaseAddress", "DeleteRouteTable", "DeleteSecurityGroup"))
def gone(call: Call, view: View, result: Any) -> None:
    untag(view)


def untag(view: View) -> None:
    """Tags go with their objects."""
    from muvi_provision.sandbox import objects

    alive = {objects.identity(one) for kind in objects.KINDS if not kind.mark.startswith(":") for one in kind.all(view)}
    for wanted in [one for one in view.ec2.tags if objects.kind_of(one) and one not in alive]:
        del view.ec2.tags[wanted]
    for key in [key for key in view.books.phases if key[0] == view.region and key[1].startswith(("vpc-", "subnet-"))]:
        if key[1] not in alive:
            del view.books.phases[key]
