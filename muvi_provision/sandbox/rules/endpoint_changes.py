"""VPC endpoints that are changed."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.endpoints import nameless, strange_group, strange_subnet, strange_table
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_MODIFY = "ModifyVpcEndpoint"
_FOREIGN = {
    "Gateway": (
        "AddSubnetIds",
        "RemoveSubnetIds",
        "AddSecurityGroupIds",
        "RemoveSecurityGroupIds",
        "PrivateDnsEnabled",
    ),
    "Interface": ("AddRouteTableIds", "RemoveRouteTableIds"),
}  # botocore model: ModifyVpcEndpoint says for each for which type it is


@rule("ec2", _MODIFY, "InvalidVpcEndpointId.NotFound", "the endpoint that is changed is there", source="13")
def endpoint_missing(call: Call, view: View) -> str | None:
    wanted = call.params["VpcEndpointId"]
    return f"The Vpc Endpoint Id '{wanted}' does not exist" if _endpoint(call, view) is None else None


@rule(
    "ec2",
    _MODIFY,
    "InvalidParameter",
    "a gateway endpoint's route tables are changed, an interface endpoint's subnets, groups and private DNS",
    source="EC2 API: ModifyVpcEndpoint",
)
def of_the_other_sort(call: Call, view: View) -> str | None:
    kind = str(_endpoint(call, view).vpc_endpoint_type or "Gateway")
    bad = [name for name in _FOREIGN.get(kind, ()) if call.params.get(name)]
    return f"{bad[0]} cannot be specified for endpoints of type {kind}" if bad else None


@rule(
    "ec2", _MODIFY, "InvalidRouteTableId.NotFound", "the tables that are added are of the endpoint's VPC", source="3.7"
)
def table_unknown(call: Call, view: View) -> str | None:
    return strange_table(view, call.params.get("AddRouteTableIds", ()), _endpoint(call, view).vpc_id)


@rule("ec2", _MODIFY, "InvalidSubnetId.NotFound", "the subnets that are added are of the endpoint's VPC", source="3.7")
def subnet_unknown(call: Call, view: View) -> str | None:
    return strange_subnet(view, call.params.get("AddSubnetIds", ()), _endpoint(call, view).vpc_id)


@rule("ec2", _MODIFY, "InvalidSecurityGroupId.NotFound", "the groups that are added are of its VPC", source="3.7 g")
def group_unknown(call: Call, view: View) -> str | None:
    return strange_group(view, call.params.get("AddSecurityGroupIds", ()), _endpoint(call, view).vpc_id)


@rule("ec2", _MODIFY, "DuplicateSubnetsInSameZone", "a changed endpoint has one subnet a zone", source="3.7")
def one_subnet_a_zone(call: Call, view: View) -> str | None:
    kept = set(_endpoint(call, view).subnet_ids or ()) - set(call.params.get("RemoveSubnetIds", ()))
    zones = [view.ec2.get_subnet(one).availability_zone for one in kept | set(call.params.get("AddSubnetIds", ()))]
    return "Found another VPC endpoint subnet in the availability zone" if len(zones) > len(set(zones)) else None


@rule("ec2", _MODIFY, "RouteAlreadyExists", "a table is not another endpoint's of the same service", source="3.7 c")
def table_taken(call: Call, view: View) -> str | None:
    mine, wanted = _endpoint(call, view), set(call.params.get("AddRouteTableIds", ()))
    for one in view.alive("vpc_endpoint", mine.vpc_id):
        shared = wanted & set(one.route_table_ids or ())
        if one is not mine and one.service_name == mine.service_name and shared:
            prefix = one.destination_prefix_list_id
            return f"route table {min(shared)} already has a route with destination-prefix-list-id {prefix}"
    return None


@rule("ec2", _MODIFY, "InvalidParameter", "private DNS is switched on where the VPC gives names", source="3.7 e")
def dns_off(call: Call, view: View) -> str | None:
    return nameless(view, _endpoint(call, view).vpc_id) if call.params.get("PrivateDnsEnabled") else None


@rule("ec2", _MODIFY, "InvalidParameter", "private DNS of a service is switched on once in a VPC", source="3.7 c")
def dns_taken(call: Call, view: View) -> str | None:
    mine = _endpoint(call, view)
    rivals = [
        one
        for one in view.alive("vpc_endpoint", mine.vpc_id)
        if one is not mine and one.service_name == mine.service_name and one.private_dns_enabled
    ]
    taken = call.params.get("PrivateDnsEnabled") and rivals
    message = "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
    return f"{message}{mine.service_name} in the VPC {mine.vpc_id}" if taken else None


def _endpoint(call: Call, view: View) -> Any:
    return view.find("vpc_endpoint", call.params["VpcEndpointId"])
