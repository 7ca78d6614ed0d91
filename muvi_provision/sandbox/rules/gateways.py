"""Internet gateways, Elastic IPs and NAT gateways."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


@rule(
    "ec2",
    "CreateInternetGateway",
    "InternetGatewayLimitExceeded",
    "a region holds 5 internet gateways",
    source="3.3 i",
)
def too_many_gateways(call: Call, view: View) -> str | None:
    full = len(view.ec2.internet_gateways) >= view.quotas["internet_gateways"]
    return "The maximum number of internet gateways has been reached." if full else None


@rule(
    "ec2",
    "AttachInternetGateway",
    "Resource.AlreadyAssociated",
    "a VPC has one internet gateway, and a gateway one VPC",
    source="3.3 c",
)
def gateway_attached(call: Call, view: View) -> str | None:
    gateway = view.find("internet_gateway", call.params["InternetGatewayId"])
    if gateway is None:  # which is said first
        return None
    if gateway.vpc:
        return f"resource {gateway.id} is already attached to network {gateway.vpc.id}"
    other = view.gateway_of(call.params["VpcId"])
    return f"Network {call.params['VpcId']} already has an internet gateway attached" if other else None


@rule(
    "ec2",
    "DetachInternetGateway",
    "DependencyViolation",
    "a gateway stays while the VPC has mapped public addresses",
    source="3.3 f",
)
def mapped_addresses(call: Call, view: View) -> str | None:
    vpc = call.params["VpcId"]
    gateway = view.gateway_of(vpc)
    mapped = [one for one in view.interfaces(vpc=vpc) if one.public_ip]
    if gateway is None or gateway.id != call.params["InternetGatewayId"] or not mapped:
        return None
    unmap = "Please unmap those public address(es) before detaching the gateway."
    return f"Network {vpc} has some mapped public address(es). {unmap}"


@rule("ec2", "AllocateAddress", "AddressLimitExceeded", "a region holds 5 Elastic IPs", source="3.4 i")
def too_many_addresses(call: Call, view: View) -> str | None:
    full = len(view.ec2.addresses) >= view.quotas["elastic_ips"]
    return "The maximum number of addresses has been reached." if full else None


@rule(
    "ec2",
    "ReleaseAddress",
    "InvalidIPAddress.InUse",
    "an address is released only when nothing uses it",
    source="3.4 f",
)
def address_in_use(call: Call, view: View) -> str | None:
    address = view.find("elastic_ip", call.params.get("AllocationId"))
    used = address is not None and address.association_id
    return f"Address {address.public_ip} is in use." if used else None


@rule("ec2", "DisassociateAddress", "AuthFailure", "a NAT gateway's address is not taken away from it", source="3.4 f")
def address_of_nat(call: Call, view: View) -> str | None:
    wanted = call.params.get("AssociationId")
    used = [one for one in view.ec2.addresses if wanted == one.association_id and one.eni and one.eni.requester_managed]
    return "You do not have permission to access the specified resource." if used else None


@rule("ec2", "CreateNatGateway", "MissingParameter", "a public NAT gateway needs an Elastic IP", source="3.5 a")
def nat_needs_address(call: Call, view: View) -> str | None:
    public = call.params.get("ConnectivityType", "public") == "public"
    lacks = public and not call.params.get("AllocationId") and call.params.get("AvailabilityMode", "zonal") == "zonal"
    return "The request must contain the parameter AllocationId" if lacks else None


@rule("ec2", "CreateNatGateway", "NatGatewayLimitExceeded", "a zone holds 5 NAT gateways", source="3.5 i")
def too_many_nats(call: Call, view: View) -> str | None:
    subnet = view.find("subnet", call.params.get("SubnetId"))
    if subnet is None:
        return None
    zone = subnet.availability_zone
    there = [one for one in view.alive("nat_gateway") if view.ec2.get_subnet(one.subnet_id).availability_zone == zone]
    full = len([one for one in there if one.state != "failed"]) >= view.quotas["nat_gateways_per_zone"]
    return (
        f"Performing this operation would exceed the limit of {view.quotas['nat_gateways_per_zone']} NAT gateways"
        if full
        else None
    )


@rule(
    "ec2",
    "DeleteNatGateway",
    "NatGatewayNotFound",
    "a deleted NAT gateway is listed for an hour, and is not there",
    source="3.5 d",
)
def nat_missing(call: Call, view: View) -> str | None:
    wanted = call.params["NatGatewayId"]
    gateway = view.find("nat_gateway", wanted)
    missing = gateway is None or gateway.state == "deleted"
    return f"The Nat Gateway {wanted} was not found" if missing else None


@rule(
    "ec2",
    "DescribeNatGateways",
    "NatGatewayNotFound",
    "a NAT gateway that never was, or that is no longer listed",
    source="13",
)
def nat_unknown(call: Call, view: View) -> str | None:
    unknown = [one for one in call.params.get("NatGatewayIds", ()) if view.find("nat_gateway", one) is None]
    return f"The Nat Gateway {unknown[0]} was not found" if unknown else None
