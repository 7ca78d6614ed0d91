"""Route tables, routes and associations."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


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


@rule("ec2", "AssociateRouteTable", "InvalidParameterValue", "a table and its subnet lie in one VPC", source="3.6")
def other_network(call: Call, view: View) -> str | None:
    table = view.find("route_table", call.params["RouteTableId"])
    subnet = view.find("subnet", call.params.get("SubnetId"))
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
    ("CreateRoute", "ReplaceRoute"),
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
    ("CreateRoute", "ReplaceRoute"),
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
    ("CreateRoute", "ReplaceRoute"),
    "InvalidGatewayID.NotFound",
    "a route leads to a gateway that is there",
    source="3.6",
)
def gateway_not_there(call: Call, view: View) -> str | None:
    wanted = call.params.get("GatewayId", "")
    missing = wanted.startswith("igw-") and view.find("internet_gateway", wanted) is None
    return f"The gateway ID '{wanted}' does not exist" if missing else None
