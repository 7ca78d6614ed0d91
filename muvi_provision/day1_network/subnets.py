"""The pieces of the network, one for each tier in each zone."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import leftovers
from muvi_provision.day1_network.tagged import Shown, Tagged, unless_gone
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.engine.stack import Question, Stack, Values
from muvi_provision.resource import Handle, Live, Obstacle, is_known

LOAD_BALANCER_NEEDS = 8
"""Free addresses a load balancer wants in each of its subnets (3.2)."""


class Subnet(
    Tagged,
    ready="subnet_available",
    actions={
        "ec2:CreateSubnet", "ec2:CreateTags", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces",
        "ec2:DeleteSubnet",
    },
    within="vpc",
    card="subnets",
):  # fmt: skip
    """A range of addresses in one zone. AWS refuses one that overlaps another (``InvalidSubnet.Conflict``)."""

    vpc: Handle[Vpc]
    cidr: str
    zone: str
    shown = Shown("describe_subnets", "Subnets", "SubnetId")

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        return super().find(aws, known_id) or (None if known_id else self._in_its_place(aws))

    def _in_its_place(self, aws: Aws) -> Live | None:
        """A subnet that has some of these addresses, whoever's: AWS would refuse a second one (3.2)."""
        if not is_known(self.vpc.id):
            return None
        wanted, inside = ip_network(self.cidr), [{"Name": "vpc-id", "Values": [self.vpc.id]}]
        there = (live for live in self._listed(aws, Filters=inside) if live.raw.get("CidrBlock"))
        return next((live for live in there if wanted.overlaps(ip_network(live.raw["CidrBlock"]))), None)

    def create(self, aws: Aws) -> str:
        made = aws.ec2.create_subnet(
            VpcId=self.vpc.id,
            CidrBlock=self.cidr,
            AvailabilityZone=self.zone,
            TagSpecifications=aws.tag_specifications(self, "subnet"),
        )
        return made["Subnet"]["SubnetId"]

    def observe(self, live: Live) -> dict[str, Any]:
        return {"vpc": live.raw["VpcId"], "cidr": live.raw["CidrBlock"], "zone": live.raw["AvailabilityZone"]}

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.ec2.delete_subnet(SubnetId=live.id)

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:
        return leftovers.interfaces(aws, "subnet-id", live.id)


def of_tier(stack: Stack, tier: str) -> tuple[Handle[Subnet], ...]:
    """The subnets of one tier that steps asked for, by zone."""
    return tuple(stack.get(Subnet, plan.name) for plan in stack.environment.subnets if plan.tier == tier)


def roomy(subnets: Iterable[Handle[Subnet]]) -> Question:
    """Whether each of these subnets still has the free addresses a load balancer wants."""

    def ask(aws: Aws, values: Values) -> bool:
        ids = {values[subnet.address]["id"] for subnet in subnets}
        seen = aws.listing("ec2", "describe_subnets", "Subnets", Filters=aws.ours())
        free = {each["SubnetId"]: each["AvailableIpAddressCount"] for each in seen}
        return all(free.get(each, 0) >= LOAD_BALANCER_NEEDS for each in ids)

    return ask
