"""Examples of the certificates, load balancers, target groups and listeners of day 1."""

from __future__ import annotations

from typing import Any

from muvi_provision.day1_network.authority import CertificateAuthority, TrustBundle
from muvi_provision.day1_network.certificates import LeafCertificate
from muvi_provision.day1_network.gateways import InternetGateway
from muvi_provision.day1_network.listeners import Listener
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.target_groups import GRPC_HEALTH, TargetGroup
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.resource import Handle, Unknown
from tests.resources.contract import REGION, Example


def at(address: str) -> Handle[Any]:
    """The handle of something that stands."""
    return Handle(address)


def piece(letter: str, cidr: str) -> Subnet:
    return Subnet(f"public-{letter}", vpc=at("vpc/main"), cidr=cidr, zone=f"{REGION}{letter}")


def leaf(name: str) -> LeafCertificate:
    names = (f"{name}.uat.microservices.internal", f"*.{name}.uat.microservices.internal")
    return LeafCertificate(name, names=names, days=365, renew_days_before=30, trust=at(BUNDLE.address), **SIGNED)


VPC = Vpc("main", cidr="10.240.0.0/16")
INTERNET = InternetGateway("main", vpc=at("vpc/main"))
SUBNETS = (piece("a", "10.240.1.0/24"), piece("b", "10.240.2.0/24"), piece("c", "10.240.3.0/24"))
API = SecurityGroup("alb-api", vpc=at("vpc/main"), description="Load balancer api")
ADMIN = SecurityGroup("alb-admin", vpc=at("vpc/main"), description="Load balancer admin")
GROUND = (VPC, INTERNET, *SUBNETS, API, ADMIN)
A, B, C = (at(subnet.address) for subnet in SUBNETS)

AUTHORITY = CertificateAuthority("internal", common_name="uat internal authority", years=10)
SIGNED: dict[str, Any] = {
    "authority": at(AUTHORITY.address),
    "authority_version": Unknown(AUTHORITY.address, "version"),
}
BUNDLE = TrustBundle("internal-ca", **SIGNED)
LEAF, OTHER_LEAF = leaf("internal"), leaf("other")

PUBLIC = LoadBalancer(
    "api",
    scheme="internet-facing",
    subnets=(B, A),
    groups=(at(API.address),),
    gateway=at(INTERNET.address),
)
INTERNAL = LoadBalancer("internal", scheme="internal", subnets=(A, B), groups=(at(API.address),), gateway=None)
GATEWAY = TargetGroup("gateway", vpc=at("vpc/main"), port=3001, protocol="http", health="/heartbeat")
WEBSITE = TargetGroup("website", vpc=at("vpc/main"), port=80, protocol="http", health="/api/healthcheck")
MAIN = TargetGroup("main", vpc=at("vpc/main"), port=5002, protocol="grpc", health=GRPC_HEALTH)
PAYMENT = TargetGroup("payment", vpc=at("vpc/main"), port=5003, protocol="grpc", health=GRPC_HEALTH)
HTTP = Listener(
    "gateway",
    load_balancer=at(PUBLIC.address),
    port=80,
    protocol="HTTP",
    target_group=at(GATEWAY.address),
    certificate=None,
)
HTTPS = Listener(
    "main",
    load_balancer=at(INTERNAL.address),
    port=5002,
    protocol="HTTPS",
    target_group=at(MAIN.address),
    certificate=at(LEAF.address),
)

EXAMPLES = [
    Example(AUTHORITY, unseen=frozenset({"kept"})),
    Example(BUNDLE, (AUTHORITY,), unseen=frozenset({"kept", "authority_version"})),
    Example(
        LEAF,
        (AUTHORITY, BUNDLE),
        {"names": (LEAF.names[0], "internal")},
        unseen=frozenset({"renewed", "authority_version"}),
    ),
    Example(PUBLIC, GROUND, {"subnets": (A, B, C), "groups": (at(ADMIN.address), at(API.address))}),
    Example(INTERNAL, GROUND, {"subnets": (A, C), "groups": (at(ADMIN.address),)}),
    Example(
        GATEWAY, (VPC,), {"health": "/ready", "interval": 20, "timeout": 8, "healthy": 4, "unhealthy": 4, "drain_s": 10}
    ),
    Example(MAIN, (VPC,), {"health": "/grpc.health.v1.Health/Check"}),
    Example(
        HTTP,
        (*GROUND, AUTHORITY, BUNDLE, LEAF, PUBLIC, GATEWAY, WEBSITE),
        {
            "port": 8080,
            "protocol": {"protocol": "HTTPS", "certificate": at(LEAF.address)},
            "target_group": at(WEBSITE.address),
        },
    ),
    Example(
        HTTPS,
        (*GROUND, AUTHORITY, BUNDLE, LEAF, OTHER_LEAF, INTERNAL, MAIN, PAYMENT),
        {
            "target_group": at(PAYMENT.address),
            "certificate": at(OTHER_LEAF.address),
            "security_policy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        },
    ),
]
