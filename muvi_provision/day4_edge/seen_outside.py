"""Whether the world finds what day 4 made: questions for its gate and its checks. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day3_compute import service_reads
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day4_edge import smoke
from muvi_provision.day4_edge.delegation import is_delegated
from muvi_provision.day4_edge.public_certificates import IssuedCertificate
from muvi_provision.day4_edge.zones import HostedZone
from muvi_provision.engine.stack import Instructions, Question, Stack, Values
from muvi_provision.environment import Environment
from muvi_provision.resource import Handle


def delegated(zone: Handle[HostedZone], domain: str) -> Question:
    """Whether the internet asks our zone about the domain."""
    return lambda aws, values: is_delegated(aws, domain, _servers(values, zone))


def how_to_delegate(zone: Handle[HostedZone], domain: str) -> Instructions:
    """What a person does, with the four names that AWS gave the zone."""

    def say(aws: Aws, values: Values) -> str:  # noqa: ARG001
        servers = ", ".join(_servers(values, zone).split()) or "the four that the zone will have"
        return (
            f"The internet does not ask this stack about {domain} yet. Where {domain} or the domain above it is "
            f"registered, let NS records of {domain} name these servers and no others: {servers}. Then run day 4 "
            "again: the certificate is issued some minutes later, and the public names work. Until then everything "
            "answers under CloudFront's own names only."
        )

    return say


def _servers(values: Values, zone: Handle[HostedZone]) -> str:
    return str((values.get(zone.address) or {}).get("name_servers", ""))


def names_lead_somewhere(zone: Handle[HostedZone], domain: str, hosts: Iterable[str]) -> Question:
    """Whether each public name has an address. Before the domain is delegated none can, which the gate says."""
    wanted = tuple(hosts)

    def ask(aws: Aws, values: Values) -> bool:
        if not is_delegated(aws, domain, _servers(values, zone)):
            return True
        return all(aws.border.outside.look_up(name, "A") for name in wanted)

    return ask


def is_issued(zone: Handle[HostedZone], domain: str, issued: Handle[IssuedCertificate]) -> Question:
    """Whether the public names have their certificate. Before the domain is delegated they cannot, as the gate says."""
    return lambda aws, values: (
        bool((values.get(issued.address) or {}).get("arn")) or not is_delegated(aws, domain, _servers(values, zone))
    )


def balanced(stack: Stack) -> dict[Handle[EcsService], Handle[TargetGroup]]:
    """The services that load balancers lead to, with their target groups."""
    services = [name for name, plan in stack.environment.services.items() if plan.load_balancer]
    return {stack.get(EcsService, name): stack.get(TargetGroup, name) for name in services}


def works(environment: Environment, name: str) -> Question:
    """Whether one flow works from outside; one whose services run no copies has nothing to show yet."""

    def ask(aws: Aws, values: Values) -> bool:
        if any(_rests(aws, values, service) for service in environment.smoke[name].services):
            return True
        return smoke.flow(aws, environment, values, name).works

    return ask


def _rests(aws: Aws, values: Values, service: str) -> bool:
    """Whether no copies of a service are wanted, as before its image is there."""
    found: Mapping[str, object] = values.get(f"service/{service}") or {}
    arn = str(found.get("id", ""))
    raw = service_reads.described(aws, service_reads.cluster_of(arn), arn.rpartition("/")[2], is_known=bool(arn))
    return not (raw or {}).get("desiredCount")
