"""The network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muvi_provision.sandbox import objects
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    found: Described = {}
    for kind, describe in _NETWORK.items():
        for one in objects.BY_NAME[kind].all(view):
            wanted = objects.identity(one)
            if view.phase(wanted) != "gone":
                found.setdefault(kind, {})[wanted] = describe(one) | _tags(view, wanted)
    found["network_acl"] = {one.id: _acl(one) | _tags(view, one.id) for one in view.ec2.network_acls.values()}
    return found


def _tags(view: View, wanted: str) -> dict[str, Any]:
    return {"tags": dict(sorted(view.ec2.tags.get(wanted, {}).items()))}


def _vpc(one: Any) -> dict[str, Any]:
    ranges = sorted(item["cidr_block"] for item in one._cidr_block_association_set.values())
    dns = {"dns_support": bool(one.enable_dns_support), "dns_hostnames": bool(one.enable_dns_hostnames)}
    return {"cidr": one.cidr_block, "ranges": ranges, "state": one.state, "default": one.is_default} | dns


def _subnet(one: Any) -> dict[str, Any]:
    public = {"public": str(one.map_public_ip_on_launch).lower() == "true", "state": one.state}
    return {"vpc": one.vpc_id, "cidr": one.cidr_block, "zone": one.availability_zone} | public


def _gateway(one: Any) -> dict[str, Any]:
    return {"vpc": one.vpc.id if one.vpc else None}


def _address(one: Any) -> dict[str, Any]:
    return {"interface": one.eni.id if one.eni else None, "associated": bool(one.association_id)}


def _nat(one: Any) -> dict[str, Any]:
    addresses = sorted(str(item.get("allocationId")) for item in one.address_set)
    return {
        "vpc": one.vpc_id,
        "subnet": one.subnet_id,
        "state": one.state,
        "addresses": addresses,
        "type": one.connectivity_type,
    }


def _table(one: Any) -> dict[str, Any]:
    routes = sorted((_destination(route), _target(route), route.state) for route in one.routes)
    associations = {"main": bool(one.main_association_id), "associations": sorted(one._associations.values())}
    return {"vpc": one.vpc_id, "routes": [list(route) for route in routes]} | associations


def _destination(route: Any) -> str:
    return str(route.destination_cidr_block or route.destination_ipv6_cidr_block or route.destination_prefix_list_id)


def _target(route: Any) -> str:
    return str(route.gateway_id or route.nat_gateway_id or route.network_interface_id or route.instance_id)


def _endpoint(one: Any) -> dict[str, Any]:
    held = {
        name: sorted(getattr(one, name) or ())
        for name in ("route_table_ids", "subnet_ids", "security_group_ids", "network_interface_ids")
    }
    shown = {"vpc": one.vpc_id, "service": one.service_name, "type": str(one.vpc_endpoint_type), "state": one.state}
    return shown | held | {"private_dns": bool(one.private_dns_enabled), "policy": one.policy_document}


def _group(one: Any) -> dict[str, Any]:
    return {"vpc": one.vpc_id, "name": one.name, "description": one.description, "default": one.is_default}


def _rule(one: Any) -> dict[str, Any]:
    peer = one.cidr_ipv4 or one.cidr_ipv6 or one.source_group.get("GroupId") or one.prefix_list_id
    shown = {"group": one.group_id, "egress": one.is_egress, "protocol": one.ip_protocol, "peer": peer}
    return shown | {"from": one.from_port, "to": one.to_port, "description": one.description}


def _interface(one: Any) -> dict[str, Any]:
    groups = sorted(group.id for group in one.group_set)
    shared = one.interface_type == "lambda"  # its description names the function that came first
    shown = "AWS Lambda VPC ENI" if shared else one.description
    return {"subnet": one.subnet_id, "description": shown, "groups": groups, "public": bool(one.public_ip)}


def _acl(one: Any) -> dict[str, Any]:
    return {
        "vpc": one.vpc_id,
        "default": str(one.default),
        "subnets": sorted(item.subnet_id for item in one._associations.values()),
    }


_NETWORK: dict[str, Callable[[Any], dict[str, Any]]] = {
    "vpc": _vpc,
    "subnet": _subnet,
    "internet_gateway": _gateway,
    "elastic_ip": _address,
    "nat_gateway": _nat,
    "route_table": _table,
    "vpc_endpoint": _endpoint,
    "security_group": _group,
    "security_group_rule": _rule,
    "network_interface": _interface,
}


SERVICES = {"ec2": describe}
