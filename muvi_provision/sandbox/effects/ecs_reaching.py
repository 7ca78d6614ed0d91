"""Whether a task reaches what it needs before it runs: by the internet or by endpoints (aws-reality 5.1, 5.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox.fleet import Task
from muvi_provision.sandbox.view import View

_ANYWHERE = "0.0.0.0/0"


def unreachable(view: View, task: Task, services: list[str]) -> str | None:
    """The first of the services (as VPC endpoints are named) that cannot be reached; None when all can."""
    if _internet(view, task):
        return None
    there = _endpoints(view, view.find("subnet", task.subnet).vpc_id)
    return next((one for one in services if one not in there), None)


def _internet(view: View, task: Task) -> bool:
    """Through a NAT gateway, or through an internet gateway with an address of its own."""
    interface = view.ec2.enis.get(task.interface)
    public = interface is not None and bool(interface.public_ip)
    for route in _routes(view, task.subnet):
        if route.destination_cidr_block != _ANYWHERE:
            continue
        gateway = view.find("nat_gateway", str(route.nat_gateway_id or ""))
        if gateway is not None:
            return str(gateway.state) == "available"
        return public and str(route.gateway_id or "").startswith("igw-")
    return False


def _routes(view: View, subnet: str) -> list[Any]:
    """Of the subnet's own table, else of the VPC's main one."""
    vpc = view.find("subnet", subnet).vpc_id
    tables = [one for one in view.all("route_table") if one.vpc_id == vpc]
    own = [one for one in tables if subnet in one._associations.values()]
    found = own or [one for one in tables if one.main_association_id]
    return list(found[0].routes) if found else []


def _endpoints(view: View, vpc: str) -> set[str]:
    return set(_named(view, vpc))


def _named(view: View, vpc: str) -> Iterator[str]:
    for one in view.alive("vpc_endpoint", vpc):
        if str(one.state) == "available":
            yield str(one.service_name).partition(f".{view.region}.")[2]
