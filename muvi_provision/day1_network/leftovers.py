"""What keeps a piece of the network from being deleted: facts in aws-reality.md 3.1 f, 3.2 f, 3.3 f and 3.8 f.

A network interface holds its subnet, its groups and the network. Those that AWS made for something of its own go some
minutes after what they belonged to; one that somebody made goes when somebody deletes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.naming import ENVIRONMENT, LINEAGE
from muvi_provision.resource import Obstacle

MADE_BY_AWS = (
    "ELB ",
    "Interface for NAT Gateway",
    "VPC Endpoint Interface",
    "AWS Lambda VPC ENI",
    "RDSProxyNetworkInterface",
    "RDSNetworkInterface",
    "ElastiCache",
)
"""How the descriptions of interfaces begin that AWS makes and takes away itself."""


@dataclass(frozen=True)
class _Kind:
    """A kind of object that may stand in a VPC, and how EC2 lists those of one VPC."""

    noun: str
    operation: str
    result: str
    id: str
    within: str = "vpc-id"
    filters: str = "Filters"


_KINDS = (
    _Kind("subnet", "describe_subnets", "Subnets", "SubnetId"),
    _Kind("security group", "describe_security_groups", "SecurityGroups", "GroupId"),
    _Kind("route table", "describe_route_tables", "RouteTables", "RouteTableId"),
    _Kind(
        "internet gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId", "attachment.vpc-id"
    ),
    _Kind("NAT gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId", filters="Filter"),
    _Kind("VPC endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
)
_HOLDERS = {"subnet-id": "stands in subnet", "vpc-id": "stands in vpc", "group-id": "bears security group"}

ACTIONS = frozenset({
    "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways", "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints",
})  # fmt: skip
"""What asking about a VPC calls."""


def interfaces(aws: Aws, by: str, holder: str) -> tuple[Obstacle, ...]:
    """The network interfaces of a subnet, a group or a VPC; ``by`` is EC2's filter: ``subnet-id``, ``group-id``, ..."""
    return tuple(
        Obstacle(f"{_interface(raw)} {_HOLDERS[by]} {holder}", _passes(raw)) for raw in _listed(aws, by, holder)
    )


def public_addresses(aws: Aws, vpc: str) -> tuple[Obstacle, ...]:
    """The public addresses that an internet gateway still carries."""
    held = [raw for raw in _listed(aws, "vpc-id", vpc) if _public_address(raw)]
    return tuple(
        Obstacle(f"public address {_public_address(raw)} of {_interface(raw)} is mapped in vpc {vpc}", _passes(raw))
        for raw in held
    )


def strangers(aws: Aws, vpc: str) -> tuple[Obstacle, ...]:
    """What stands in a VPC and does not bear our tags."""
    return tuple(
        Obstacle(f"{kind.noun} {raw[kind.id]}, which is not ours, stands in vpc {vpc}", passes=_is_going(raw))
        for kind in _KINDS
        for raw in aws.listing(
            "ec2", kind.operation, kind.result, **{kind.filters: [{"Name": kind.within, "Values": [vpc]}]}
        )
        if not _goes_with_the_vpc(raw) and not is_ours(aws, raw)
    )


def naming_rules(aws: Aws, group: str) -> tuple[Obstacle, ...]:
    """The other groups with a rule that names this one. Ours lose their rules when they are deleted themselves."""
    found = {
        raw["GroupId"]: raw
        for side in ("ip-permission.group-id", "egress.ip-permission.group-id")
        for raw in aws.listing(
            "ec2", "describe_security_groups", "SecurityGroups", Filters=[{"Name": side, "Values": [group]}]
        )
        if raw["GroupId"] != group
    }
    return tuple(
        Obstacle(f"a rule of security group {each} names security group {group}", is_ours(aws, raw))
        for each, raw in found.items()
    )


def is_ours(aws: Aws, raw: Mapping[str, Any]) -> bool:
    """Whether an object as EC2 shows it bears this environment's tags, whatever its address."""
    said = tags.read(raw.get("Tags"))
    return said.get(ENVIRONMENT) == aws.ownership.env and said.get(LINEAGE) == aws.ownership.lineage


def _listed(aws: Aws, by: str, holder: str) -> list[dict[str, Any]]:
    only = [{"Name": by, "Values": [holder]}]
    return aws.listing("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=only)


def _passes(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("RequesterManaged")) or str(raw.get("Description", "")).startswith(MADE_BY_AWS)


def _interface(raw: Mapping[str, Any]) -> str:
    """``network interface eni-0123 ("made by hand", in use by i-0abc)``."""
    said = f'"{raw["Description"]}"' if raw.get("Description") else "without a description"
    attached = raw.get("Attachment", {})
    user = attached.get("InstanceId") or attached.get("InstanceOwnerId")
    return f"network interface {raw['NetworkInterfaceId']} ({said}, {f'in use by {user}' if user else 'not in use'})"


def _public_address(raw: Mapping[str, Any]) -> str:
    return str(raw.get("Association", {}).get("PublicIp", ""))


def _is_going(raw: Mapping[str, Any]) -> bool:
    return str(raw.get("State", "")).lower() in ("deleting", "deleted", "failed")


def _goes_with_the_vpc(raw: Mapping[str, Any]) -> bool:
    """The default group and the main route table, which AWS deletes with their VPC, and what is gone already."""
    main = any(each.get("Main") for each in raw.get("Associations", ()))
    return main or raw.get("GroupName") == "default" or str(raw.get("State", "")).lower() == "deleted"
