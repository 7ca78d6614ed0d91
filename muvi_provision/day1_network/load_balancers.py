"""Application load balancers: facts in aws-reality.md 3.9."""

from __future__ import annotations

from typing import Any, Literal

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import balancing
from muvi_provision.day1_network.tagged import ranked, unless_gone
from muvi_provision.resource import Change, Handle, Live, Resource


class LoadBalancer(
    Resource,
    ready="load_balancer_available",
    gone="load_balancer_gone",
    mutable={"subnets", "groups"},
    outputs={"dns_name", "zone_id"},
    name_limit=32,
    prices=("alb.hour", "ipv4.inuse"),
    actions={
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
        "iam:CreateServiceLinkedRole",  # the first load balancer of an account makes one
        "tag:GetResources",
    },
    within="subnets",
    card="alb",
):
    """Takes requests in, in at least two zones, and passes each to a healthy target.

    gateway: the internet gateway that an internet-facing one needs in its subnets' VPC, None for an internal one;
    it is only stood on. A load balancer of this name in another VPC shows as one with other subnets.
    Outputs: ``dns_name``, and ``zone_id``, the hosted zone an alias record needs.
    """

    scheme: Literal["internet-facing", "internal"]
    subnets: tuple[Handle[Any], ...]
    groups: tuple[Handle[Any], ...]
    gateway: Handle[Any] | None

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        raw = balancing.chosen(balancing.load_balancers(aws), known_id, aws.physical(self), "LoadBalancer")
        return balancing.named(aws, raw, "LoadBalancer", self.address) if raw else None

    def create(self, aws: Aws) -> str:
        answer = aws.elbv2.create_load_balancer(
            Name=aws.physical(self),
            Type="application",
            Scheme=self.scheme,
            IpAddressType="ipv4",
            Subnets=[subnet.id for subnet in self.subnets],
            SecurityGroups=[group.id for group in self.groups],
            Tags=aws.tag_pairs(self),
        )
        return answer["LoadBalancers"][0]["LoadBalancerArn"]

    def observe(self, live: Live) -> dict[str, Any]:
        subnets = [zone["SubnetId"] for zone in live.raw["AvailabilityZones"]]
        return {
            "scheme": live.raw["Scheme"],
            "subnets": ranked(subnets, self.subnets),
            "groups": ranked(live.raw.get("SecurityGroups", []), self.groups),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Each call carries the whole set, for AWS drops what is not repeated."""
        changed = {change.field for change in changes}
        if "subnets" in changed:
            aws.elbv2.set_subnets(LoadBalancerArn=live.id, Subnets=[subnet.id for subnet in self.subnets])
        if "groups" in changed:
            aws.elbv2.set_security_groups(LoadBalancerArn=live.id, SecurityGroups=[group.id for group in self.groups])

    def delete(self, aws: Aws, live: Live) -> None:
        """Its listeners go with it. OperationNotPermitted rises when somebody protected it against deletion."""
        with unless_gone():
            aws.elbv2.delete_load_balancer(LoadBalancerArn=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"dns_name": live.raw["DNSName"], "zone_id": live.raw["CanonicalHostedZoneId"]}

    def costs(self) -> tuple[tuple[str, float], ...]:
        """The hours, and a public address for each zone of an internet-facing one; traffic comes on top."""
        addresses = float(len(self.subnets)) if self.scheme == "internet-facing" else 0.0
        return (("alb.hour", 1.0), ("ipv4.inuse", addresses)) if addresses else (("alb.hour", 1.0),)
