"""The network of an environment: what the file says, and the subnets, gateways and tables that follow from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from muvi_provision.environment.addresses import PublicRange, SubnetRange, VpcRange
from muvi_provision.environment.section import Section

Tier = Literal["public", "app", "private"]
ZONES = (2, 6)
"""The fewest zones, because load balancers and databases want two, and the most."""
TIERS: tuple[Tier, ...] = ("public", "app", "private")


def _zone(letter: str) -> str:
    if not re.fullmatch(r"[a-z]", letter):
        raise ValueError(f'"{letter}" is not a zone: one letter, as in a for me-central-1a')
    return letter


def _endpoint(name: str) -> str:
    if name.startswith("com.amazonaws."):
        raise ValueError(f'"{name}" is the whole name: write only what follows the region')
    if not re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", name):
        raise ValueError(f'"{name}" is not the name of an AWS service, such as application-autoscaling')
    return name


ZoneLetter = Annotated[str, AfterValidator(_zone), Field(json_schema_extra={"pattern": "^[a-z]$"})]
EndpointName = Annotated[str, AfterValidator(_endpoint)]


class Network(Section):
    """The ``network`` group: one VPC, three tiers of subnets, the ways out of them."""

    range: VpcRange = Field(description="All addresses of the network; every subnet is a piece of it.")
    zones: tuple[ZoneLetter, ...] = Field(
        description="Letters of the availability zones (separate data centres) to build in; two is the least.",
        # counted by a check: pydantic counts only the members that are valid
        json_schema_extra={"minItems": ZONES[0], "maxItems": ZONES[1]},
    )
    nat_gateways: int = Field(
        default=1,
        ge=1,
        description="Doors to the internet for containers, billed by the hour: 1, or one for each zone.",
    )
    public: tuple[PublicRange, ...] = Field(
        description="One range for each zone, for load balancers and NAT gateways: the internet can reach these."
    )
    app: tuple[SubnetRange, ...] = Field(
        description="One range for each zone, for containers and functions: they reach out but cannot be reached."
    )
    private: tuple[SubnetRange, ...] = Field(
        description="One range for each zone, for databases and caches: no way in from the internet and none out."
    )
    gateway_endpoints: tuple[Literal["s3", "dynamodb"], ...] = Field(
        default=("s3",), description="AWS services reached by a free private road instead of the NAT gateway."
    )
    interface_endpoints: tuple[EndpointName, ...] = Field(
        default=(), description="AWS services reached by a private road that is billed for each zone and hour."
    )
    public_ingress: Literal["cloudfront", "anywhere"] = Field(
        default="cloudfront", description="Who may speak to the public load balancers: CloudFront only, or anybody."
    )


@dataclass(frozen=True, slots=True)
class SubnetPlan:
    """One subnet: ``app-a``, tier ``app``, zone ``me-central-1a``, letter ``a``, cidr ``10.240.4.0/24``."""

    name: str
    tier: Tier
    zone: str
    letter: str
    cidr: str


@dataclass(frozen=True, slots=True)
class NatPlan:
    """One NAT gateway, named by the letter of its zone, and the public subnet it stands in (``public-a``)."""

    name: str
    subnet: str


@dataclass(frozen=True, slots=True)
class RouteTablePlan:
    """One route table, the subnets that use it by name, and the NAT gateway its way out goes through, if any."""

    name: str
    tier: Tier
    nat: str | None
    subnets: tuple[str, ...]


def subnet_plans(network: Network, region: str) -> tuple[SubnetPlan, ...]:
    """One for each tier in each zone: public, app, private, and by zone within a tier."""
    ranges = {"public": network.public, "app": network.app, "private": network.private}
    return tuple(
        SubnetPlan(f"{tier}-{letter}", tier, f"{region}{letter}", letter, cidr)
        for tier in TIERS
        for letter, cidr in zip(network.zones, ranges[tier], strict=True)
    )


def nat_plans(network: Network) -> tuple[NatPlan, ...]:
    """As many as the file asks for, from the first zone on."""
    return tuple(NatPlan(letter, f"public-{letter}") for letter in network.zones[: network.nat_gateways])


def route_table_plans(network: Network) -> tuple[RouteTablePlan, ...]:
    """``public``; ``app``, or ``app-a``, ``app-b``, … when each zone has its own NAT gateway; ``private``."""
    return (
        RouteTablePlan("public", "public", None, _named("public", network)),
        *_app_tables(network),
        RouteTablePlan("private", "private", None, _named("private", network)),
    )


def _app_tables(network: Network) -> tuple[RouteTablePlan, ...]:
    if network.nat_gateways == 1:
        return (RouteTablePlan("app", "app", network.zones[0], _named("app", network)),)
    return tuple(RouteTablePlan(f"app-{letter}", "app", letter, (f"app-{letter}",)) for letter in network.zones)


def _named(tier: Tier, network: Network) -> tuple[str, ...]:
    return tuple(f"{tier}-{letter}" for letter in network.zones)
