"""One example for every resource class; a class without one fails the contract test."""

from __future__ import annotations

import importlib.util
from typing import Any

from muvi_provision.day1_network.endpoints import GatewayEndpoint, InterfaceEndpoint
from muvi_provision.day1_network.gateways import ElasticIp, InternetGateway, NatGateway
from muvi_provision.day1_network.prefix_lists import PrefixList
from muvi_provision.day1_network.routes import Route, RouteTable, RouteTableAssociation
from muvi_provision.day1_network.security_groups import SecurityGroup, SecurityGroupRule
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.vpc import EVERYWHERE, Vpc
from muvi_provision.resource import Handle
from tests.resources.contract import REGION, Example


def at(address: str) -> Handle[Any]:
    """The handle of something that stands."""
    return Handle(address)


VPC = Vpc("main", cidr="10.240.0.0/16")
OTHER_VPC = Vpc("other", cidr="10.241.0.0/16")
PUBLIC_A = Subnet("public-a", vpc=at("vpc/main"), cidr="10.240.1.0/24", zone=f"{REGION}a")
APP_A = Subnet("app-a", vpc=at("vpc/main"), cidr="10.240.4.0/24", zone=f"{REGION}a")
APP_B = Subnet("app-b", vpc=at("vpc/main"), cidr="10.240.5.0/24", zone=f"{REGION}b")
INTERNET = InternetGateway("main", vpc=at("vpc/main"))
ADDRESS = ElasticIp("nat-a")
NAT = NatGateway(
    "a", subnet=at("subnet/public-a"), elastic_ip=at("elastic-ip/nat-a"), internet=at("internet-gateway/main")
)
PUBLIC = RouteTable("public", vpc=at("vpc/main"))
APP = RouteTable("app", vpc=at("vpc/main"))
SERVICE = SecurityGroup("svc-main", vpc=at("vpc/main"), description="Service main", open_egress=True)
BALANCER = SecurityGroup("alb-internal", vpc=at("vpc/main"), description="Load balancer internal")
CLOUDFRONT = PrefixList("cloudfront", list_name="com.amazonaws.global.cloudfront.origin-facing")


def rule(name: str, direction: Any, group: str, **more: Any) -> SecurityGroupRule:
    """A rule for port 5002 of one of the two groups."""
    words = {"from_port": 5002, "to_port": 5002, "description": "calls of main", **more}
    return SecurityGroupRule(name, group=at(group), direction=direction, **words)


WIDER = {"from_port": 5001, "to_port": 5003, "protocol": "udp", "description": "all calls"}

NETWORK = [
    Example(VPC, (), {"dns_hostnames": False, "dns_support": {"dns_support": False, "dns_hostnames": False}}),
    Example(APP_A, (VPC,)),
    Example(INTERNET, (VPC, OTHER_VPC), {"vpc": at("vpc/other")}),
    Example(ADDRESS),
    Example(NAT, (VPC, PUBLIC_A, INTERNET, ADDRESS)),
    Example(APP, (VPC,)),
    Example(
        Route("app", table=at("route-table/app"), destination=EVERYWHERE, nat=at("nat-gateway/a")),
        (VPC, PUBLIC_A, INTERNET, ADDRESS, NAT, APP),
        {
            "gateway": {"gateway": at("internet-gateway/main"), "nat": None},
            "nat": {"gateway": at("internet-gateway/main"), "nat": None},
        },
    ),
    Example(
        RouteTableAssociation("app-a", table=at("route-table/app"), subnet=at("subnet/app-a")),
        (VPC, APP_A, APP, PUBLIC),
        {"table": at("route-table/public")},
    ),
    Example(
        GatewayEndpoint(
            "s3", vpc=at("vpc/main"), service="s3", tables=(at("route-table/public"), at("route-table/app"))
        ),
        (VPC, APP, PUBLIC),
        {"tables": (at("route-table/app"),)},
    ),
    Example(
        InterfaceEndpoint(
            "ecr.api",
            vpc=at("vpc/main"),
            service="ecr.api",
            subnets=(at("subnet/app-b"), at("subnet/app-a")),
            groups=(at("security-group/svc-main"),),
        ),
        (VPC, APP_A, APP_B, SERVICE, BALANCER),
        {
            "subnets": (at("subnet/app-a"),),
            "groups": (at("security-group/svc-main"), at("security-group/alb-internal")),
        },
    ),
    Example(CLOUDFRONT),
    Example(SERVICE, (VPC,), {"open_egress": False}),
    Example(BALANCER, (VPC,), {"open_egress": True}),
    Example(
        rule("from-group", "ingress", "security-group/svc-main", source=at("security-group/alb-internal")),
        (VPC, SERVICE, BALANCER),
        {**WIDER, "source": at("security-group/svc-main")},
        unseen=frozenset({"tagged"}),
    ),
    Example(
        rule("to-group", "egress", "security-group/alb-internal", source=at("security-group/svc-main")),
        (VPC, SERVICE, BALANCER),
        {**WIDER, "source": at("security-group/alb-internal")},
    ),
    Example(
        rule("from-list", "ingress", "security-group/alb-internal", source=at("prefix-list/cloudfront")),
        (VPC, BALANCER, CLOUDFRONT),
        {"description": "CloudFront"},
    ),
    Example(
        rule("from-range", "ingress", "security-group/alb-internal", cidr=EVERYWHERE),
        (VPC, BALANCER),
        {**WIDER, "cidr": "10.240.0.0/16"},
    ),
]


def _part(name: str) -> list[Example]:
    """Those of one file beside this one, once it is there."""
    module = f"tests.resources.examples_{name}"
    if importlib.util.find_spec(module) is None:
        return []
    examples: list[Example] = importlib.import_module(module).EXAMPLES
    return examples


EXAMPLES: list[Example] = [
    *NETWORK, *_part("balancing"), *_part("data"), *_part("compute"), *_part("edge_names"), *_part("edge"),
    *_part("functions"), *_part("scaling"), *_part("delivery"),
]  # fmt: skip
