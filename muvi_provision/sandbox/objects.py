"""The kinds of objects of the network and the load balancers: how to find one, and how AWS says there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muvi_provision.sandbox.view import View


@dataclass(frozen=True)
class Kind:
    """``all`` lists the objects; ``mark`` is what an id starts with, or an ARN contains."""

    name: str
    mark: str
    missing: str
    all: Callable[[View], Iterable[Any]]


def _groups(view: View) -> list[Any]:
    return list(chain.from_iterable(groups.values() for groups in view.ec2.groups.values()))


def _rules(view: View) -> list[Any]:
    return [rule for group in _groups(view) for rule in (*group.ingress_rules, *group.egress_rules)]


def _listeners(view: View) -> list[Any]:
    return [listener for balancer in view.elb.load_balancers.values() for listener in balancer.listeners.values()]


KINDS = [
    Kind("vpc", "vpc-", "InvalidVpcID.NotFound", lambda view: view.ec2.vpcs.values()),
    Kind(
        "subnet",
        "subnet-",
        "InvalidSubnetID.NotFound",
        lambda view: chain(*(one.values() for one in view.ec2.subnets.values())),
    ),
    Kind(
        "internet_gateway",
        "igw-",
        "InvalidInternetGatewayID.NotFound",
        lambda view: view.ec2.internet_gateways.values(),
    ),
    Kind("elastic_ip", "eipalloc-", "InvalidAllocationID.NotFound", lambda view: view.ec2.addresses),
    Kind("nat_gateway", "nat-", "NatGatewayNotFound", lambda view: view.ec2.nat_gateways.values()),
    Kind("route_table", "rtb-", "InvalidRouteTableID.NotFound", lambda view: view.ec2.route_tables.values()),
    Kind("vpc_endpoint", "vpce-", "InvalidVpcEndpointId.NotFound", lambda view: view.ec2.vpc_end_points.values()),
    Kind("security_group_rule", "sgr-", "InvalidSecurityGroupRuleId.NotFound", _rules),
    Kind("security_group", "sg-", "InvalidGroup.NotFound", _groups),
    Kind("network_interface", "eni-", "InvalidNetworkInterfaceID.NotFound", lambda view: view.ec2.enis.values()),
    Kind("load_balancer", ":loadbalancer/", "LoadBalancerNotFound", lambda view: view.elb.load_balancers.values()),
    Kind("target_group", ":targetgroup/", "TargetGroupNotFound", lambda view: view.elb.target_groups.values()),
    Kind("listener", ":listener/", "ListenerNotFound", _listeners),
]
BY_NAME = {kind.name: kind for kind in KINDS}


def register(kind: Kind) -> None:
    """Another service's kind."""
    KINDS.append(kind)
    BY_NAME[kind.name] = kind


def kind_of(text: str) -> Kind | None:
    """The kind that an id or ARN belongs to."""
    if text.startswith("arn:"):
        return next((kind for kind in KINDS if kind.mark.startswith(":") and kind.mark in text), None)
    return next((kind for kind in KINDS if not kind.mark.startswith(":") and text.startswith(kind.mark)), None)


def identity(one: Any) -> str:
    """An object's id: the ARN where it has no other, the allocation for an address."""
    return str(getattr(one, "allocation_id", None) or getattr(one, "id", None) or getattr(one, "arn", ""))


def find(view: View, kind: str, wanted: str) -> Any:
    """The object, or None."""
    return next((one for one in BY_NAME[kind].all(view) if identity(one) == wanted), None)
