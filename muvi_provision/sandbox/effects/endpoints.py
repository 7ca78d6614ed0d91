"""VPC endpoints: their interfaces, their routes, and the time they take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from muvi_provision.sandbox import interfaces, lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.rules.endpoints import private_dns
from muvi_provision.sandbox.view import View


@amend("ec2", "CreateVpcEndpoint")
def defaults(call: Call, view: View, params: dict[str, Any]) -> None:
    params.setdefault("VpcEndpointType", "Gateway")
    params["PrivateDnsEnabled"] = bool(private_dns(call))
    if params["VpcEndpointType"] == "Interface" and not params.get("SecurityGroupIds"):
        default = view.ec2.get_default_security_group(params["VpcId"])  # aws-reality 3.7 g
        params["SecurityGroupIds"] = [default.id] if default else []


@after("ec2", "CreateVpcEndpoint")
def endpoint_made(call: Call, view: View, result: Any) -> None:
    endpoint = result["VpcEndpoint"]
    if endpoint.vpc_endpoint_type != "Interface":
        endpoint.subnet_ids = endpoint.subnet_ids or []
        return
    for wanted in endpoint.network_interface_ids:
        interface = view.ec2.enis[wanted]
        interfaces.manage(view, interface, _description(endpoint), "vpc_endpoint", endpoint.security_group_ids)
        interfaces.readdress(view, interface)
    lifecycles.begin_making(view, "vpc_endpoint", endpoint.id)


@after("ec2", "ModifyVpcEndpoint")
def endpoint_changed(call: Call, view: View, result: Any) -> None:
    """The emulator only changes lists: neither routes nor interfaces."""
    endpoint = view.find("vpc_endpoint", call.params["VpcEndpointId"])
    if "PrivateDnsEnabled" in call.params:
        endpoint.private_dns_enabled = call.params["PrivateDnsEnabled"]
    if call.params.get("ResetPolicy"):
        import json

        endpoint.policy_document = json.dumps(endpoint.DEFAULT_POLICY)
    if endpoint.vpc_endpoint_type == "Interface":
        _reinterface(view, endpoint)
        return
    _unroute(view, endpoint, call.params.get("RemoveRouteTableIds", ()))
    for table in call.params.get("AddRouteTableIds", ()):
        held = [one.destination_prefix_list_id for one in view.ec2.route_tables[table].routes]
        if endpoint.destination_prefix_list_id not in held:
            prefix = endpoint.destination_prefix_list_id
            view.ec2.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix)


@instead("ec2", "DeleteVpcEndpoints")
def endpoints_going(call: Call, view: View) -> Any:
    """aws-reality 1.1: what fails is in the answer's body, nothing is raised."""
    failed = []
    for wanted in call.params.get("VpcEndpointIds", ()):
        endpoint = view.find("vpc_endpoint", wanted)
        if endpoint is None:
            message = f"The VPC endpoint ID '{wanted}' does not exist"
            failed.append({"ResourceId": wanted, "Error": {"Code": "InvalidVpcEndpoint.NotFound", "Message": message}})
        else:
            _delete(view, endpoint)
    return {"Unsuccessful": failed}


def _delete(view: View, endpoint: Any) -> None:
    if endpoint.vpc_endpoint_type == "Interface":
        if endpoint.state != "deleting":
            lifecycles.begin_deleting(view, "vpc_endpoint", endpoint.id)
        return
    _unroute(view, endpoint, endpoint.route_table_ids)
    view.ec2.vpc_end_points.pop(endpoint.id)
    view.ec2.tags.pop(endpoint.id, None)


def _unroute(view: View, endpoint: Any, tables: Iterable[str]) -> None:
    for table in (view.ec2.route_tables.get(one) for one in tables):
        if table is not None:
            table._routes = {key: one for key, one in table._routes.items() if one.gateway_id != endpoint.id}


def _reinterface(view: View, endpoint: Any) -> None:
    there = {view.ec2.enis[one].subnet_id: one for one in endpoint.network_interface_ids}
    for subnet in set(there) - set(endpoint.subnet_ids):
        interfaces.drop(view, there.pop(subnet))
    for subnet in endpoint.subnet_ids:
        if subnet not in there:
            there[subnet] = interfaces.add(view, subnet, _description(endpoint), "vpc_endpoint")
    endpoint.network_interface_ids = list(there.values())
    for one in there.values():
        interfaces.regroup(view, view.ec2.enis[one], endpoint.security_group_ids)


def _description(endpoint: Any) -> str:
    return f"VPC Endpoint Interface {endpoint.id}"
