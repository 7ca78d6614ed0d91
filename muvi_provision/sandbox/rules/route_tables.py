"""Route tables, routes and associations."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.ec2_network import network_of
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_WRITES = ("CreateRoute", "ReplaceRoute")
_TARGETS = (
    *("GatewayId", "NatGatewayId", "InstanceId", "NetworkInterfaceId", "VpcPeeringConnectionId", "VpcEndpointId"),
    *("TransitGatewayId", "LocalGatewayId", "CarrierGatewayId", "EgressOnlyInternetGatewayId", "CoreNetworkArn"),
    *("OdbNetworkArn", "LocalTarget"),
)
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


@rule("ec2", "CreateRouteTable", "RouteTableLimitExceeded", "a VPC holds 200 route tables", source="3.6 i")
def too_many_tables(call: Call, view: View) -> str | None:
    count = len([one for one in view.all("route_table") if one.vpc_id == call.params["VpcId"]])
    return (
        "The maximum number of route tables has been reached." if count >= view.quotas["route_tables_per_vpc"] else None
    )


@rule(
    "ec2",
    "DeleteRouteTable",
    "DependencyViolation",
    "a route table with associations stays, and so does the main one",
    source="3.6 f",
)
def table_in_use(call: Call, view: View) -> str | None:
    table = view.find("route_table", call.params["RouteTableId"])
    used = table is not None and (table.main_association_id or table._associations)
    return f"The routeTable '{table.id}' has dependencies and cannot be deleted." if used else None


@rule(
    "ec2",
    "AssociateRouteTable",
    "Resource.AlreadyAssociated",
    "a subnet is associated once (the main table does not count)",
    source="3.6 c",
)
def subnet_associated(call: Call, view: View) -> str | None:
    subnet = call.params.get("SubnetId")
    used = subnet and any(subnet in one._associations.values() for one in view.all("route_table"))
    table = call.params["RouteTableId"]
    message = f"the specified association for route table {table} conflicts with an existing association"
    return message if used else None


@rule(
    "ec2",
    ("AssociateRouteTable", "ReplaceRouteTableAssociation"),
    "InvalidParameterValue",
    "a table and its subnet lie in one VPC",
    source="3.6",
)
def other_network(call: Call, view: View) -> str | None:
    table = view.find("route_table", call.params["RouteTableId"])
    subnet = view.find("subnet", call.params.get("SubnetId") or _associated(call, view))
    apart = table is not None and subnet is not None and table.vpc_id != subnet.vpc_id
    return f"route table {table.id} and subnet {subnet.id} belong to different networks" if apart else None


@rule(
    "ec2",
    "DisassociateRouteTable",
    "InvalidParameterValue",
    "the main table's association cannot be taken away",
    source="3.6 f",
)
def main_association(call: Call, view: View) -> str | None:
    wanted = call.params["AssociationId"]
    main = any(one.main_association_id == wanted for one in view.all("route_table"))
    return f"cannot disassociate the main route table association {wanted}" if main else None


@rule("ec2", _WRITES, "MissingParameter", "a route says where it leads", source="EC2 API: CreateRoute; from memory")
def no_target(call: Call, view: View) -> str | None:
    lacks = not any(call.params.get(name) for name in _TARGETS)
    return f"The request must contain exactly one of {', '.join(map(_wire, _TARGETS[:4]))}, ..." if lacks else None


@rule(
    "ec2",
    _WRITES,
    "InvalidParameterCombination",
    "a route leads to one target",
    source="EC2 API: CreateRoute; from memory",
)
def two_targets(call: Call, view: View) -> str | None:
    said = [_wire(name) for name in _TARGETS if call.params.get(name)]
    return f"The parameters {' and '.join(said)} cannot be used together." if len(said) > 1 else None


@rule(
    "ec2", (*_WRITES, "DeleteRoute"), "MissingParameter", "a route has one destination", source="EC2 API: CreateRoute"
)
def no_destination(call: Call, view: View) -> str | None:
    good = len([name for name in _DESTINATIONS if call.params.get(name)]) == 1
    return None if good else f"The request must contain exactly one of {', '.join(map(_wire, _DESTINATIONS))}"


@rule("ec2", "CreateRoute", "RouteAlreadyExists", "one route a destination", source="3.6 c")
def route_exists(call: Call, view: View) -> str | None:
    table = view.find("route_table", call.params["RouteTableId"])
    prefix, cidr = call.params.get("DestinationPrefixListId"), call.params.get("DestinationCidrBlock")
    there = table is not None and [
        one
        for one in table.routes
        if (prefix and one.destination_prefix_list_id == prefix) or (cidr and one.destination_cidr_block == cidr)
    ]
    return f"The route identified by {cidr or prefix} already exists." if there else None


@rule("ec2", "CreateRoute", "RouteLimitExceeded", "a table holds 50 routes", source="3.6 i")
def too_many_routes(call: Call, view: View) -> str | None:
    table = view.find("route_table", call.params["RouteTableId"])
    full = (
        table is not None and len(table.routes) >= view.quotas["routes_per_table"] + 1
    )  # the local route is not counted
    return "The maximum number of routes has been reached." if full else None


@rule(
    "ec2",
    _WRITES,
    "InvalidNatGatewayID.NotFound",
    "a route leads to a NAT gateway that is there",
    source="3.6 b",
)
def nat_not_there(call: Call, view: View) -> str | None:
    wanted = call.params.get("NatGatewayId")
    gateway = view.find("nat_gateway", wanted)
    gone = wanted and (gateway is None or gateway.state in ("deleting", "deleted", "failed"))
    return f"The natGateway ID '{wanted}' does not exist" if gone else None


@rule(
    "ec2",
    _WRITES,
    "InvalidParameterValue",
    "a route leads to a gateway of its own VPC",
    source="3.6",
)
def gateway_elsewhere(call: Call, view: View) -> str | None:
    table = view.find("route_table", call.params["RouteTableId"])
    gateway = view.find("internet_gateway", call.params.get("GatewayId"))
    if table is None or gateway is None or (gateway.vpc and gateway.vpc.id == table.vpc_id):
        return None
    return f"route table {table.id} and network gateway {gateway.id} belong to different networks"


@rule(
    "ec2",
    _WRITES,
    "InvalidGatewayID.NotFound",
    "a route leads to a gateway that is there",
    source="3.6",
)
def gateway_not_there(call: Call, view: View) -> str | None:
    wanted = call.params.get("GatewayId", "")
    missing = wanted.startswith("igw-") and view.find("internet_gateway", wanted) is None
    return f"The gateway ID '{wanted}' does not exist" if missing else None


@rule(
    "ec2",
    _WRITES,
    "InvalidParameterValue",
    "what is in the VPC is reached inside it",
    source="VPC user guide: route tables, more specific routes; from memory",
)
def inside_the_network(call: Call, view: View) -> str | None:
    table, wanted = _table(call, view), network_of(call.params.get("DestinationCidrBlock"))
    mine = [network_of(one) for one in _ranges(view, table)] if wanted is not None else []
    within = any(one is not None and wanted is not None and wanted.subnet_of(one) for one in mine)
    diverted = any(
        call.params.get(name) for name in ("NetworkInterfaceId", "InstanceId", "VpcEndpointId", "LocalTarget")
    )
    said = f"The destination CIDR block {wanted} is equal to or more specific than one of this VPC's CIDR blocks. "
    return said + "This route can target only an interface or an instance." if within and not diverted else None


@rule("ec2", "DeleteRoute", "InvalidParameterValue", "the way inside the VPC stays", source="3.6; from memory")
def local_route(call: Call, view: View) -> str | None:
    wanted, table = network_of(call.params.get("DestinationCidrBlock")), _table(call, view)
    local = [one for one in table.routes if one.local] if table is not None else []
    bad = wanted is not None and str(wanted) in [one.destination_cidr_block for one in local]
    return f"cannot remove local route {wanted} in route table {table.id}" if bad else None


@rule(
    "ec2",
    "DeleteRoute",
    "InvalidParameterValue",
    "an endpoint's route goes with the endpoint only",
    source="3.7 f; VPC user guide: gateway endpoints",
)
def endpoint_route(call: Call, view: View) -> str | None:
    wanted, table = call.params.get("DestinationPrefixListId"), _table(call, view)
    ends = (
        [one for one in table.routes if str(one.gateway_id).startswith("vpce-")] if table is not None and wanted else []
    )
    bad = wanted in [one.destination_prefix_list_id for one in ends]
    return f"cannot remove VPC endpoint route {wanted} in route table {table.id}" if bad else None


def _table(call: Call, view: View) -> Any:
    return view.find("route_table", call.params["RouteTableId"])


def _ranges(view: View, table: Any) -> list[str]:
    vpc = view.find("vpc", table.vpc_id) if table is not None else None
    return [one["cidr_block"] for one in vpc._cidr_block_association_set.values()] if vpc is not None else []


def _associated(call: Call, view: View) -> str | None:
    """The subnet of an association that is to have another table."""
    wanted = call.params.get("AssociationId")
    held = (one._associations for one in view.all("route_table"))
    return next((str(each[wanted]) for each in held if wanted in each), None)


def _wire(name: str) -> str:
    return name[:1].lower() + name[1:]
