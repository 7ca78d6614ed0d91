"""NAT gateways: everything that happens to one happens later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from muvi_provision.sandbox import interfaces, lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.view import View

_FILTERS: dict[str, Callable[[Any], str]] = {
    "nat-gateway-id": lambda one: str(one.id),
    "state": lambda one: str(one.state),
    "subnet-id": lambda one: str(one.subnet_id),
    "vpc-id": lambda one: str(one.vpc_id),
}


@amend("ec2", "CreateNatGateway")
def without_taken_address(call: Call, view: View, params: dict[str, Any]) -> None:
    """aws-reality 3.5 b: AWS accepts an address that is in use, and fails later."""
    params.setdefault("ConnectivityType", "public")
    address = view.find("elastic_ip", params.get("AllocationId"))
    if address is not None and address.association_id:
        params.pop("AllocationId")


@after("ec2", "CreateNatGateway")
def nat_made(call: Call, view: View, result: Any) -> None:
    gateway = result["NatGateway"]
    interfaces.manage(view, gateway._eni, f"Interface for NAT Gateway {gateway.id}", "nat_gateway")
    placed = interfaces.readdress(view, gateway._eni)
    gateway.address_set[0] |= {"privateIp": gateway._eni.private_ip_address, "isPrimary": True, "status": "succeeded"}
    if call.params.get("AllocationId"):
        gateway.address_set[0]["allocationId"] = call.params["AllocationId"]
    lifecycles.begin_making(view, "nat_gateway", gateway.id, _failure(call, view, gateway, placed))


def _failure(call: Call, view: View, gateway: Any, placed: bool) -> tuple[str, str] | None:
    """aws-reality 3.5 b: what AWS finds out only afterwards."""
    wanted = call.params.get("AllocationId")
    address = view.find("elastic_ip", wanted)
    if address is not None and address.eni is not gateway._eni:
        return "Resource.AlreadyAssociated", f"Elastic IP address [{wanted}] is already associated"
    if not placed:
        return interfaces.FULL, f"Subnet {gateway.subnet_id} has insufficient free addresses to create this NAT gateway"
    if gateway.connectivity_type == "public" and view.gateway_of(gateway.vpc_id) is None:
        return "Gateway.NotAttached", f"Network {gateway.vpc_id} has no Internet gateway attached"
    return None


@instead("ec2", "DeleteNatGateway")
def nat_going(call: Call, view: View) -> Any:
    """Its interface and its address stay until it is really gone; a failed one is gone at once."""
    gateway = view.find("nat_gateway", call.params["NatGatewayId"])
    if gateway.state == "failed":
        view.books.phases.pop((view.region, gateway.id), None)
        view.ec2.nat_gateways.pop(gateway.id)
        view.ec2.tags.pop(gateway.id, None)
    elif gateway.state != "deleting":
        gateway.delete_time = view.today.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
        lifecycles.begin_deleting(view, "nat_gateway", gateway.id)
    return {"NatGatewayId": gateway.id}


@instead("ec2", "DescribeNatGateways")
def nats(call: Call, view: View) -> Any:
    """The emulator knows no tag filters here."""
    wanted = call.params.get("NatGatewayIds")
    filters = {one["Name"]: one.get("Values", []) for one in call.params.get("Filter", call.params.get("Filters", []))}
    found = [one for one in view.all("nat_gateway") if not wanted or one.id in wanted]
    return {"NatGateways": [one for one in found if _matches(view.ec2.tags.get(one.id, {}), one, filters)]}


def _matches(tags: Mapping[str, str], one: Any, filters: Mapping[str, list[str]]) -> bool:
    for name, values in filters.items():
        if name == "tag-key":
            shown = list(tags)
        elif name.startswith("tag:"):
            shown = [tags[name[4:]]] if name[4:] in tags else []
        elif name in _FILTERS:
            shown = [_FILTERS[name](one)]
        else:
            raise NotImplementedError(name)
        if not any(fnmatchcase(text, value) for text in shown for value in values):
            return False
    return True
