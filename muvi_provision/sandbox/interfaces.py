"""Network interfaces of managed things: the emulator makes none for load balancers and never frees a NAT gateway's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from muvi_provision.sandbox.view import View


def add(
    view: View, subnet: str, description: str, kind: str, groups: Iterable[str] = (), *, public: bool = False
) -> str:
    """A managed interface in ``subnet``; its id. ``public`` gives it an address outside the Elastic IPs."""
    from moto.ec2.utils import random_public_ip

    interface = view.ec2.create_network_interface(
        subnet, _free_address(view, subnet), group_ids=list(groups), description=description
    )
    manage(view, interface, description, kind, groups)
    if public:
        interface.public_ip = random_public_ip()
    return str(interface.id)


def manage(view: View, interface: Any, description: str, kind: str, groups: Iterable[str] = ()) -> None:
    """Make an interface look like one that belongs to AWS's own service."""
    interface.description = description
    interface.interface_type = kind
    interface.requester_managed = True
    interface.requester_id = "amazon-aws" if kind != "interface" else "amazon-elb"
    interface.status = "in-use"
    regroup(view, interface, groups)


def regroup(view: View, interface: Any, groups: Iterable[str]) -> None:
    found = (view.find("security_group", group) for group in groups)
    interface._group_set = [group for group in found if group is not None]


def readdress(view: View, interface: Any) -> None:
    """Into its subnet's range: the emulator picks any address."""
    address = _free_address(view, interface.subnet_id)
    interface.private_ip_address = address
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]


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


def _free_address(view: View, subnet: str) -> str:
    network = ipaddress.ip_network(view.ec2.get_subnet(subnet).cidr_block, strict=False)
    taken = {one.private_ip_address for one in view.interfaces(subnet=subnet)}
    hosts = (str(host) for number, host in enumerate(network.hosts()) if number > 2)  # AWS keeps the first ones
    return next(host for host in hosts if host not in taken)
