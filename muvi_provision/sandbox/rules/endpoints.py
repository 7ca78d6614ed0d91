"""VPC endpoints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

GATEWAYS = ("s3", "dynamodb")  # the only services with gateway endpoints; both have interface endpoints too
_POLICY = 20_480
_FOREIGN = {
    "Gateway": ("SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"),
    "Interface": ("RouteTableIds",),
}  # botocore model: CreateVpcEndpoint says for each for which type it is


def kind_of(call: Call) -> str:
    return str(call.params.get("VpcEndpointType", "Gateway"))  # aws-reality 3.7 a: the default surprises


@lru_cache(maxsize=1)
def _services() -> frozenset[str]:
    from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, COVERED_ENDPOINT_SERVICES

    return frozenset(AWS_ENDPOINT_SERVICES) | frozenset(COVERED_ENDPOINT_SERVICES)


def _name(call: Call) -> str | None:
    """What the service is called after its region; None where AWS knows no such service there."""
    service = str(call.params.get("ServiceName", ""))
    name = service.removeprefix(f"com.amazonaws.{call.region}.")
    return name if name != service and name in _services() else None


@rule("ec2", "CreateVpcEndpoint", "InvalidServiceName", "the endpoint's service exists in this region", source="3.7 a")
def service_unknown(call: Call, view: View) -> str | None:
    service = call.params.get("ServiceName", "")
    foreign = service.startswith("com.amazonaws.vpce.")  # somebody's own service: not judged
    return f"The Vpc Endpoint Service '{service}' does not exist" if _name(call) is None and not foreign else None


@rule("ec2", "CreateVpcEndpoint", "InvalidParameter", "only S3 and DynamoDB have gateway endpoints", source="3.7 a")
def no_gateway(call: Call, view: View) -> str | None:
    bad = kind_of(call) == "Gateway" and _name(call) not in GATEWAYS
    return (
        f"Endpoint type (Gateway) does not match available service types ([Interface]) of {_name(call)}."
        if bad
        else None
    )


@rule(
    "ec2",
    "CreateVpcEndpoint",
    "InvalidParameter",
    "a gateway endpoint has route tables, an interface endpoint subnets, groups and private DNS",
    source="EC2 API: CreateVpcEndpoint",
)
def of_the_other_sort(call: Call, view: View) -> str | None:
    kind = kind_of(call)
    bad = [name for name in _FOREIGN.get(kind, ()) if call.params.get(name)]
    return f"{bad[0]} cannot be specified for endpoints of type {kind}" if bad else None


@rule("ec2", "CreateVpcEndpoint", "InvalidVpcID.NotFound", "the endpoint's VPC is there", source="13")
def vpc_unknown(call: Call, view: View) -> str | None:
    wanted = call.params["VpcId"]
    return f"The vpc ID '{wanted}' does not exist" if view.find("vpc", wanted) is None else None


@rule(
    "ec2",
    "CreateVpcEndpoint",
    "InvalidSubnetId.NotFound",
    "the endpoint's subnets are there, and in its VPC",
    source="3.7",
)
def subnet_unknown(call: Call, view: View) -> str | None:
    return strange_subnet(view, call.params.get("SubnetIds", ()), call.params["VpcId"])


@rule(
    "ec2",
    "CreateVpcEndpoint",
    "InvalidSecurityGroupId.NotFound",
    "the endpoint's groups are there, and in its VPC",
    source="3.7 g",
)
def group_unknown(call: Call, view: View) -> str | None:
    return strange_group(view, call.params.get("SecurityGroupIds", ()), call.params["VpcId"])


@rule(
    "ec2",
    "CreateVpcEndpoint",
    "InvalidRouteTableId.NotFound",
    "the endpoint's route tables are there, and in its VPC",
    source="3.7",
)
def table_unknown(call: Call, view: View) -> str | None:
    return strange_table(view, call.params.get("RouteTableIds", ()), call.params["VpcId"])


def strange_table(view: View, wanted: Iterable[str], vpc: str) -> str | None:
    """What AWS says of tables that are not there, or elsewhere."""
    own = {one.id for one in view.all("route_table") if one.vpc_id == vpc}
    missing = [one for one in wanted if one not in own]
    return f"The routeTable ID '{missing[0]}' does not exist" if missing else None


def strange_subnet(view: View, wanted: Iterable[str], vpc: str) -> str | None:
    own = {one.id for one in view.all("subnet") if one.vpc_id == vpc}
    missing = [one for one in wanted if one not in own]
    return f"The subnet ID '{missing[0]}' does not exist" if missing else None


def strange_group(view: View, wanted: Iterable[str], vpc: str) -> str | None:
    own = {one.id for one in view.all("security_group") if one.vpc_id == vpc}
    missing = [one for one in wanted if one not in own]
    return f"The security group ID '{missing[0]}' does not exist" if missing else None


@rule(
    "ec2",
    "CreateVpcEndpoint",
    "DuplicateSubnetsInSameZone",
    "an interface endpoint takes one subnet a zone",
    source="3.7",
)
def one_subnet_a_zone(call: Call, view: View) -> str | None:
    zones = [view.ec2.get_subnet(one).availability_zone for one in call.params.get("SubnetIds", ())]
    return "Found another VPC endpoint subnet in the availability zone" if len(zones) > len(set(zones)) else None


@rule(
    "ec2",
    "CreateVpcEndpoint",
    "InvalidParameter",
    "private DNS needs DNS support and DNS hostnames of the VPC",
    source="3.7 e",
)
def dns_off(call: Call, view: View) -> str | None:
    return nameless(view, call.params["VpcId"]) if private_dns(call) else None


def nameless(view: View, wanted: str) -> str | None:
    """What AWS says of private DNS in a VPC that gives no names."""
    vpc = view.find("vpc", wanted)
    both = "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
    return None if vpc.enable_dns_support and vpc.enable_dns_hostnames else both + str(vpc.id)


@rule("ec2", "CreateVpcEndpoint", "InvalidParameter", "one endpoint with private DNS a service and VPC", source="3.7 c")
def dns_taken(call: Call, view: View) -> str | None:
    service, vpc = call.params.get("ServiceName"), call.params["VpcId"]
    rivals = [one for one in view.alive("vpc_endpoint", vpc) if one.service_name == service and one.private_dns_enabled]
    taken = private_dns(call) and [one for one in rivals if str(one.vpc_endpoint_type) == "Interface"]
    message = "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
    return f"{message}{service} in the VPC {vpc}" if taken else None


@rule(
    "ec2",
    ("CreateVpcEndpoint", "ModifyVpcEndpoint"),
    "InvalidPolicyDocument",
    "an endpoint's policy is one, of 20,480 characters at most",
    source="3.7 i; EC2 error list",
)
def bad_policy(call: Call, view: View) -> str | None:
    text = call.params.get("PolicyDocument")
    if not text:
        return None
    if len(text) > _POLICY:
        return f"The policy document has more than {_POLICY} characters."
    try:
        said = json.loads(text)
    except ValueError:
        return "The policy contains invalid Json"
    return None if isinstance(said, dict) and said.get("Statement") else "The policy document has no statement."


@rule(
    "ec2", "CreateVpcEndpoint", "RouteAlreadyExists", "one gateway endpoint of a service a route table", source="3.7 c"
)
def table_taken(call: Call, view: View) -> str | None:
    if kind_of(call) != "Gateway":
        return None
    wanted = set(call.params.get("RouteTableIds", ()))
    for one in view.alive("vpc_endpoint", call.params["VpcId"]):
        shared = wanted & set(one.route_table_ids or ())
        if one.service_name == call.params.get("ServiceName") and shared:
            prefix = one.destination_prefix_list_id
            return f"route table {min(shared)} already has a route with destination-prefix-list-id {prefix}"
    return None


@rule(
    "ec2",
    "CreateVpcEndpoint",
    "VpcEndpointLimitExceeded",
    "20 gateway endpoints a region, 50 interface endpoints a VPC",
    source="3.7 i",
)
def too_many_endpoints(call: Call, view: View) -> str | None:
    kind = kind_of(call)
    there = [one for one in view.alive("vpc_endpoint") if str(one.vpc_endpoint_type or "Gateway") == kind]
    if kind == "Interface":
        there = [one for one in there if one.vpc_id == call.params["VpcId"]]
    limit = view.quotas["gateway_endpoints" if kind == "Gateway" else "interface_endpoints_per_vpc"]
    return "The maximum number of VPC endpoints has been reached." if len(there) >= limit else None


def private_dns(call: Call) -> Any:
    return kind_of(call) == "Interface" and call.params.get("PrivateDnsEnabled", True)
