"""Day 1 as it is told in runbook/day1-network.md: the network, its firewalls and its load balancers."""

from __future__ import annotations

from muvi_provision.day1_network import chain, routes, subnets
from muvi_provision.day1_network.authority import CertificateAuthority, TrustBundle
from muvi_provision.day1_network.certificates import LeafCertificate
from muvi_provision.day1_network.endpoints import GatewayEndpoint, InterfaceEndpoint, on_tables
from muvi_provision.day1_network.gateways import ElasticIp, InternetGateway, NatGateway, has_public_address
from muvi_provision.day1_network.listeners import Listener
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.prefix_lists import PrefixList
from muvi_provision.day1_network.routes import Route, RouteTable, RouteTableAssociation
from muvi_provision.day1_network.security_groups import SecurityGroup, SecurityGroupRule, only_these
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.target_groups import GRPC_HEALTH, TargetGroup
from muvi_provision.day1_network.vpc import EVERYWHERE, Vpc
from muvi_provision.engine.stack import Stack, Step, step

TITLE = "Network"


@step("1.1", "VPC")
def vpc(stack: Stack) -> None:
    """One private network, with names for what is in it."""
    stack.ensure(Vpc("main", cidr=stack.environment.network.range))


@step("1.2", "Subnets", needs=["1.1"])
def subnets_by_tier(stack: Stack) -> None:
    """One subnet for each tier in each availability zone."""
    network = stack.get(Vpc, "main")
    for plan in stack.environment.subnets:
        stack.ensure(Subnet(plan.name, vpc=network, cidr=plan.cidr, zone=plan.zone))


@step("1.3", "Internet gateway", needs=["1.1"])
def internet_gateway(stack: Stack) -> None:
    """The network's door to the internet."""
    stack.ensure(InternetGateway("main", vpc=stack.get(Vpc, "main")))


@step("1.4", "NAT gateway", needs=["1.2", "1.3"])
def nat_gateway(stack: Stack) -> None:
    """The app tier's way out, from an address that partners can put on their lists."""
    internet, made = stack.get(InternetGateway, "main"), []
    for plan in stack.environment.nat_gateways:
        address, subnet = stack.ensure(ElasticIp(f"nat-{plan.name}")), stack.get(Subnet, plan.subnet)
        made.append(stack.ensure(NatGateway(plan.name, subnet=subnet, elastic_ip=address, internet=internet)))
    stack.check("every NAT gateway is up and has a public address", has_public_address(made), needs=made)


@step("1.5", "Route tables", needs=["1.2", "1.3", "1.4"])
def route_tables(stack: Stack) -> None:
    """Which way each tier goes out: through the internet gateway, through the NAT gateway, or not at all."""
    network, internet = stack.get(Vpc, "main"), stack.get(InternetGateway, "main")
    for plan in stack.environment.route_tables:
        table, inside = stack.ensure(RouteTable(plan.name, vpc=network)), [stack.get(Subnet, n) for n in plan.subnets]
        for name, subnet in zip(plan.subnets, inside, strict=True):
            stack.ensure(RouteTableAssociation(name, table=table, subnet=subnet))
        if plan.tier == "public":
            stack.ensure(Route(plan.name, table=table, destination=EVERYWHERE, gateway=internet))
        if plan.nat:
            stack.ensure(Route(plan.name, table=table, destination=EVERYWHERE, nat=stack.get(NatGateway, plan.nat)))
        used = routes.used_by(table, inside)
        stack.check(f"the subnets of route table {plan.name} use it, and no others", used, needs=[table, *inside])
    private = routes.of_tier(stack, "private")
    stack.check("the private tier has no way out", routes.no_way_out(private), needs=private)


@step("1.6", "S3 endpoint", needs=["1.5"])
def s3_endpoint(stack: Stack) -> None:
    """A free private road to S3, so that what is read from it does not pass the NAT gateway."""
    network, tables = stack.get(Vpc, "main"), routes.of_tier(stack, "app")
    made = [
        stack.ensure(GatewayEndpoint(service, vpc=network, service=service, tables=tables))
        for service in stack.environment.network.gateway_endpoints
    ]
    stack.check(
        "the app tier has its private road in every route table", on_tables(made, tables), needs=[*made, *tables]
    )


@step("1.7", "Security groups", needs=["1.1"])
def security_groups(stack: Stack) -> None:
    """A firewall for each load balancer, service and data store."""
    network = stack.get(Vpc, "main")
    for plan in chain.groups(stack.environment):
        stack.ensure(SecurityGroup(plan.name, vpc=network, description=plan.description, open_egress=plan.open_egress))


@step("1.8", "Rules between the groups", needs=["1.7"])
def rules_between_the_groups(stack: Stack) -> None:
    """Who may speak to whom, each rule naming another group."""
    for listed in chain.lists(stack.environment):
        stack.look_up(PrefixList(listed.name, list_name=listed.list_name))
    groups, rules = [stack.get(SecurityGroup, plan.name) for plan in chain.groups(stack.environment)], []
    for plan in chain.rules(stack.environment):
        rule = SecurityGroupRule(
            plan.name,
            group=stack.get(SecurityGroup, plan.group),
            direction=plan.direction,
            from_port=plan.port,
            to_port=plan.port,
            source=plan.other and stack.get(*plan.other),
            cidr=plan.cidr,
            description=plan.description,
        )
        rules.append(stack.ensure(rule))
    stack.check("no group lets in anything but these rules", only_these(groups, rules), needs=[*groups, *rules])


@step("1.9", "Private endpoints", needs=["1.2", "1.8"])
def private_endpoints(stack: Stack) -> None:
    """Private roads to other AWS services, where the environment asks for them."""
    network, inside = stack.get(Vpc, "main"), subnets.of_tier(stack, "app")
    for service in stack.environment.network.interface_endpoints:
        groups = (stack.get(SecurityGroup, chain.ENDPOINTS),)
        stack.ensure(InterfaceEndpoint(service, vpc=network, service=service, subnets=inside, groups=groups))


@step("1.10", "Internal certificate")
def internal_certificate(stack: Stack) -> None:
    """A certificate for the internal names, signed by an authority of our own."""
    domain, life = stack.environment.internal_domain, stack.environment.certificates
    common_name = f"{stack.environment.name} internal authority"
    authority = stack.ensure(CertificateAuthority("internal", common_name=common_name, years=life.authority_years))
    trust = stack.ensure(TrustBundle("internal-ca", authority=authority, authority_version=authority.version))
    stack.ensure(
        LeafCertificate(
            "internal",
            authority=authority,
            authority_version=authority.version,
            trust=trust,
            names=(f"*.{domain}", domain),
            days=life.leaf_days,
            renew_days_before=life.renew_days_before,
        )
    )


@step("1.11", "Load balancers", needs=["1.2", "1.3", "1.5", "1.8"])
def load_balancers(stack: Stack) -> None:
    """Public ones for CloudFront, an internal one for the services among themselves."""
    inside = {"internet-facing": subnets.of_tier(stack, "public"), "internal": subnets.of_tier(stack, "app")}
    gateway = {"internet-facing": stack.get(InternetGateway, "main"), "internal": None}
    for name, plan in stack.environment.load_balancers.items():
        stack.ensure(
            LoadBalancer(
                name,
                scheme=plan.scheme,
                subnets=inside[plan.scheme],
                groups=(stack.get(SecurityGroup, chain.balancer(name)),),
                gateway=gateway[plan.scheme],
            )
        )
    for scheme, used in inside.items():
        stack.check(f"{scheme} load balancers have room to grow in their subnets", subnets.roomy(used), needs=used)


@step("1.12", "Target groups", needs=["1.1"])
def target_groups(stack: Stack) -> None:
    """The address book of each service, and how to ask whether a copy of it is well."""
    network = stack.get(Vpc, "main")
    for name, plan in stack.environment.services.items():
        health, drain_s = plan.health or GRPC_HEALTH, stack.environment.deployment.drain_s
        stack.ensure(
            TargetGroup(name, vpc=network, port=plan.port, protocol=plan.protocol, health=health, drain_s=drain_s)
        )


@step("1.13", "Listeners", needs=["1.10", "1.11", "1.12"])
def listeners(stack: Stack) -> None:
    """Which port of which load balancer leads to which service."""
    certificate = {"HTTP": None, "HTTPS": stack.get(LeafCertificate, "internal")}
    for plan in chain.listeners(stack.environment):
        stack.ensure(
            Listener(
                plan.service,
                load_balancer=stack.get(LoadBalancer, plan.load_balancer),
                port=plan.port,
                protocol=plan.protocol,
                target_group=stack.get(TargetGroup, plan.service),
                certificate=certificate[plan.protocol],
            )
        )


STEPS: tuple[Step, ...] = (
    vpc,
    subnets_by_tier,
    internet_gateway,
    nat_gateway,
    route_tables,
    s3_endpoint,
    security_groups,
    rules_between_the_groups,
    private_endpoints,
    internal_certificate,
    load_balancers,
    target_groups,
    listeners,
)
