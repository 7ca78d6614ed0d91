"""Network interfaces of managed things: the emulator makes none for load balancers and never frees a NAT gateway's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.view import View

_OWNERS = {"ELB ": "amazon-elb", "RDS": "amazon-rds", "ElastiCache": "amazon-elasticache"}  # by their descriptions
FULL = "InsufficientFreeAddressesInSubnet"


@dataclass(frozen=True)
class Attachment:
    """How AWS shows that a managed interface is used: by whom, and that nobody else can take it away."""

    attachment_id: str
    instance_owner_id: str
    device_index: int = 1
    status: str = "attached"
    delete_on_termination: bool = False


def add(
    view: View, subnet: str, description: str, kind: str, groups: Iterable[str] = (), *, public: bool = False
) -> str:
    """A managed interface in ``subnet``; its id. ``public`` gives it an address outside the Elastic IPs."""
    from moto.ec2.utils import random_public_ip

    address = _free_address(view, subnet)
    if address is None:
        raise Refused(FULL, f"There are not enough free addresses in subnet '{subnet}' to satisfy the request.")
    interface = view.ec2.create_network_interface(subnet, address, group_ids=list(groups), description=description)
    manage(view, interface, description, kind, groups)
    if public:
        interface.public_ip = random_public_ip()
    return str(interface.id)


def manage(view: View, interface: Any, description: str, kind: str, groups: Iterable[str] = ()) -> None:
    """Make an interface look like one that belongs to AWS's own service."""
    interface.description = description
    interface.interface_type = kind
    interface.requester_managed = True
    owners = (owner for begin, owner in _OWNERS.items() if description.startswith(begin))
    interface.requester_id = next(owners, "amazon-aws")
    interface.status = "in-use"
    regroup(view, interface, groups)


def regroup(view: View, interface: Any, groups: Iterable[str]) -> None:
    found = (view.find("security_group", group) for group in groups)
    interface._group_set = [group for group in found if group is not None]


def readdress(view: View, interface: Any) -> bool:
    """Into its subnet's range, if there is room: the emulator picks any address."""
    address = _free_address(view, interface.subnet_id)
    if address is None:
        return False
    interface.private_ip_address = address
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    return True


def drop(view: View, wanted: str) -> None:
    """Free an interface, its addresses and its tags."""
    interface = view.ec2.enis.pop(wanted, None)
    if interface is None:
        return
    for address in view.ec2.addresses:
        if address.eni is interface:
            address.eni = address.association_id = address.instance = None
    view.ec2.tags.pop(wanted, None)


def description_of(balancer: Any) -> str:
    """aws-reality 3.9 f: what a load balancer's interfaces are recognised by."""
    return "ELB " + str(balancer.arn.partition(":loadbalancer/")[2])


def of_balancer(view: View, description: str) -> list[Any]:
    return [one for one in view.ec2.enis.values() if one.description == description]


def room(view: View, subnet: str) -> int:
    """How many addresses are left in a subnet; AWS keeps five."""
    size = ipaddress.ip_network(view.ec2.get_subnet(subnet).cidr_block, strict=False).num_addresses
    return max(0, size - 5 - len(view.interfaces(subnet=subnet)))


def install() -> None:
    """The emulator knows of attachments to instances only."""
    from moto.ec2.models.elastic_network_interfaces import NetworkInterface

    to_instance = NetworkInterface.attachment.fget
    NetworkInterface.attachment = property(lambda one: _attachment(one) or to_instance(one))


def _attachment(interface: Any) -> Attachment | None:
    managed = getattr(interface, "requester_managed", False)
    return Attachment(f"ela-attach-{interface.id[4:]}", interface.requester_id) if managed else None


def _free_address(view: View, subnet: str) -> str | None:
    network = ipaddress.ip_network(view.ec2.get_subnet(subnet).cidr_block, strict=False)
    taken = {one.private_ip_address for one in view.interfaces(subnet=subnet)}
    hosts = (str(host) for number, host in enumerate(network.hosts()) if number > 2)  # AWS keeps the first ones
    return next((host for host in hosts if host not in taken), None)
