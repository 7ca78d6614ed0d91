"""Day 4 as it is told in runbook/day4-edge.md: names, certificate, files, firewall, CloudFront, and trying it all."""

from __future__ import annotations

from muvi_provision.day1_network.listeners import Listener
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.day2_data.secrets import Secret
from muvi_provision.day3_compute import well
from muvi_provision.day4_edge import edge_plans, firewall_rules, public_certificates, seen_outside
from muvi_provision.day4_edge.bucket_policies import BucketPolicy
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.day4_edge.delegation import Delegation
from muvi_provision.day4_edge.distributions import Distribution
from muvi_provision.day4_edge.firewall import IpSet, WebAcl
from muvi_provision.day4_edge.listener_rules import ListenerRule
from muvi_provision.day4_edge.managed_policies import ManagedPolicy
from muvi_provision.day4_edge.origin_access import OriginAccessControl
from muvi_provision.day4_edge.public_certificates import IssuedCertificate, PublicCertificate
from muvi_provision.day4_edge.records import CLOUDFRONT_ZONE, DnsRecord, ValidationRecord
from muvi_provision.day4_edge.zones import HostedZone, ParentZone, PrivateZone
from muvi_provision.engine.stack import Stack, Step, step

TITLE = "Edge"


@step("4.1", "Public zone")
def public_zone(stack: Stack) -> None:
    """Where the world asks what the stack's names mean, once the domain above says so."""
    domain = stack.environment.domain
    zone = stack.ensure(HostedZone("public", domain=domain))
    parent = stack.look_up(ParentZone("public", domain=domain))
    above = Delegation("public", parent=parent, zone=zone, domain=domain, name_servers=zone.name_servers)
    there = stack.ensure(above)
    told = seen_outside.how_to_delegate(zone, domain)
    stack.gate(
        "delegation",
        satisfied=seen_outside.delegated(zone, domain),
        instructions=told,
        needs=[zone, there],
        lasting=False,
    )


@step("4.2", "Public certificate", needs=["4.1"])
def public_certificate(stack: Stack) -> None:
    """A certificate that every browser believes, for the domain and all names directly below it."""
    domain, zone = stack.environment.domain, stack.get(HostedZone, "public")
    names = public_certificates.names_of(domain)
    certificate = stack.ensure(PublicCertificate("edge", names=names))
    proof = ValidationRecord(
        "edge", zone=zone, record_name=certificate.record_name, record_value=certificate.record_value
    )
    record, servers = stack.ensure(proof), zone.name_servers
    issued = IssuedCertificate("edge", certificate=certificate, record=record, domain=domain, name_servers=servers)
    stack.look_up(issued, after=[stack.get(Delegation, "public")])


@step("4.3", "Buckets")
def buckets(stack: Stack) -> None:
    """The places for files, closed to everybody who is not let in."""
    for name, plan in stack.environment.buckets.items():
        stack.ensure(
            Bucket(
                name,
                public=plan.public,
                versioned=plan.versioned,
                keep_versions_days=plan.keep_versions_days,
                expire_days=plan.expire_days,
                origins=plan.origins,
            )
        )


@step("4.4", "Firewall")
def firewall(stack: Stack) -> None:
    """Who is kept out before anything of ours is asked."""
    lists = firewall_rules.lists(stack.environment)
    arns = {name: stack.ensure(IpSet(name, addresses=addresses)).arn for name, addresses in lists.items()}
    if stack.environment.firewall:
        stack.ensure(WebAcl("edge", rules=firewall_rules.rules(stack.environment, arns)))


@step("4.5", "Only CloudFront", needs=["1.13"])
def only_cloudfront(stack: Stack) -> None:
    """A secret that this stack's CloudFront shows the load balancers, which turn everybody else away."""
    doors = edge_plans.doors(stack.environment)
    if doors:
        said = "What CloudFront shows the load balancers of this stack"
        secret = stack.ensure(Secret(edge_plans.ORIGIN_HEADER, kind="password", description=said))
    for door in doors:
        listener, group = stack.get(Listener, door.service), stack.get(TargetGroup, door.service)
        stack.ensure(
            ListenerRule(
                door.let_through,
                listener=listener,
                priority=door.first,
                target_group=group,
                secret=secret,
                secret_version=secret.version,
            )
        )
        stack.ensure(ListenerRule(door.turned_away, listener=listener, priority=door.last))


@step("4.6", "Distributions", needs=["1.11", "4.2", "4.3", "4.4", "4.5"])
def distributions(stack: Stack) -> None:
    """One address of CloudFront's for each public name, served near whoever asks."""
    for policy in edge_plans.policies(stack.environment):
        stack.look_up(ManagedPolicy(policy.name, sort=policy.sort, title=policy.title))
    if edge_plans.has_buckets(stack.environment):
        stack.ensure(OriginAccessControl("buckets"))
    for name in stack.environment.distributions:
        made_of, first = edge_plans.distribution(stack, name), edge_plans.first(stack, name)
        stack.ensure(Distribution(name, **made_of), after=first)
    for name, plan in stack.environment.buckets.items():
        bucket, readers = stack.get(Bucket, name), edge_plans.readers(stack, name)
        stack.ensure(BucketPolicy(name, bucket=bucket, public=plan.public, distributions=readers))


@step("4.7", "Public names", needs=["4.1", "4.6"])
def public_names(stack: Stack) -> None:
    """The names people type, each an alias of its distribution."""
    zone = stack.get(HostedZone, "public")
    for plan in edge_plans.public_names(stack.environment):
        leads_to = stack.get(Distribution, plan.of).domain_name
        stack.ensure(
            DnsRecord(plan.name, zone=zone, host=plan.host, target=leads_to, target_zone=CLOUDFRONT_ZONE, ipv6=True)
        )


@step("4.8", "Internal names", needs=["1.1", "1.11"])
def internal_names(stack: Stack) -> None:
    """The names services call one another by, which exist only inside the network."""
    network, domain = stack.get(Vpc, "main"), stack.environment.internal_domain
    zone = stack.ensure(PrivateZone("internal", vpc=network, domain=domain))
    for plan in edge_plans.internal_names(stack.environment):
        balancer = stack.get(LoadBalancer, plan.of)
        target, place = balancer.dns_name, balancer.zone_id
        stack.ensure(DnsRecord(plan.name, zone=zone, host=plan.host, target=target, target_zone=place))


@step("4.9", "Smoke tests", needs=["3.8", "4.7", "4.8"])
def smoke_tests(stack: Stack) -> None:
    """Whether the world finds the stack, and the stack finds itself well."""
    zone, domain = stack.get(HostedZone, "public"), stack.environment.domain
    issued = stack.get(IssuedCertificate, "edge")
    names = edge_plans.public_names(stack.environment)
    lead = seen_outside.names_lead_somewhere(zone, domain, [plan.host for plan in names])
    stack.check("every public name leads somewhere", lead, needs=[zone])
    has = seen_outside.is_issued(zone, domain, issued)
    stack.check("the public names have their certificate", has, needs=[zone, issued])
    services = seen_outside.balanced(stack)
    sentence = "every service that runs is well behind its load balancer"
    stack.check(sentence, well.reached(services), needs=[*services, *services.values()])
    for name, plan in stack.environment.smoke.items():
        distribution = stack.get(Distribution, plan.distribution)
        tried = seen_outside.works(stack.environment, name)
        stack.check(f"from outside: {plan.purpose}", tried, needs=[distribution])


STEPS: tuple[Step, ...] = (
    public_zone,
    public_certificate,
    buckets,
    firewall,
    only_cloudfront,
    distributions,
    public_names,
    internal_names,
    smoke_tests,
)
