"""The network itself."""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import leftovers
from muvi_provision.day1_network.tagged import Shown, Tagged, unless_gone
from muvi_provision.resource import Change, Live, Obstacle

EVERYWHERE = "0.0.0.0/0"
"""Every address there is; in a route, whatever is not in the network."""


class Vpc(
    Tagged,
    ready="vpc_available",
    mutable={"dns_support", "dns_hostnames"},
    completes=True,
    found_by="tags",
    actions={
        "ec2:CreateVpc", "ec2:CreateTags", "ec2:DescribeVpcs", "ec2:DescribeVpcAttribute",
        "ec2:ModifyVpcAttribute", "ec2:DeleteVpc",
        *leftovers.ACTIONS,
    },
    card="vpc",
):  # fmt: skip
    """A private network. AWS gives it DNS support but no DNS host names, which private names need as well."""

    cidr: str
    dns_support: bool = True
    dns_hostnames: bool = True
    shown = Shown("describe_vpcs", "Vpcs", "VpcId")

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        live = super().find(aws, known_id)
        if live is None or aws.shallow:
            return live
        with unless_gone():
            support = aws.read("ec2", "describe_vpc_attribute", VpcId=live.id, Attribute="enableDnsSupport")
            hostnames = aws.read("ec2", "describe_vpc_attribute", VpcId=live.id, Attribute="enableDnsHostnames")
            return Live(live.id, {**hostnames, **support, **live.raw}, live.tags)
        return None

    def create(self, aws: Aws) -> str:
        made = aws.ec2.create_vpc(CidrBlock=self.cidr, TagSpecifications=aws.tag_specifications(self, "vpc"))
        return made["Vpc"]["VpcId"]

    def newborn(self) -> dict[str, Any]:
        return {"dns_support": True, "dns_hostnames": False}  # 3.1

    def observe(self, live: Live) -> dict[str, Any]:
        return {
            "cidr": live.raw["CidrBlock"],
            "dns_support": live.raw["EnableDnsSupport"]["Value"],
            "dns_hostnames": live.raw["EnableDnsHostnames"]["Value"],
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        # one attribute a call; host names stand on support, so support goes first on and last off (3.1)
        for name in sorted((change.field for change in changes), reverse=self.dns_support):
            if name == "dns_support":
                aws.ec2.modify_vpc_attribute(VpcId=live.id, EnableDnsSupport={"Value": self.dns_support})
            if name == "dns_hostnames":
                aws.ec2.modify_vpc_attribute(VpcId=live.id, EnableDnsHostnames={"Value": self.dns_hostnames})

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.ec2.delete_vpc(VpcId=live.id)

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:
        return (*leftovers.interfaces(aws, "vpc-id", live.id), *leftovers.strangers(aws, live.id))
