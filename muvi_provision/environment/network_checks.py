"""How the parts of the network fit together, and stay clear of production."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from muvi_provision.environment.draft import Complaint, Draft
from muvi_provision.environment.network import TIERS, ZONES
from muvi_provision.environment.section import KeyPath

RULE_BUDGET = 60
"""Inbound rules one security group may have. Source: Amazon VPC user guide, quotas."""

PREFIX_LIST_WEIGHT = 55
"""What the list of CloudFront's addresses counts for in that budget, each time a port is opened to it."""


def clear_of_production(draft: Draft) -> Iterator[Complaint]:
    """The network shares no address with production's."""
    for where, mine in draft.networks("network", "range"):
        for _, theirs in draft.networks("production", "ranges"):
            if mine.overlaps(theirs):
                yield where, f"{mine} overlaps {theirs}, which is production's: choose another range"


def production_named(draft: Draft) -> Iterator[Complaint]:
    """The file says where production is, or nothing could be kept clear of it."""
    if draft.length("production", "ranges") == 0:
        yield ("production", "ranges"), "it is empty: write the address ranges of production's networks"


def zones_enough(draft: Draft) -> Iterator[Complaint]:
    """As many zones as AWS asks for and a region may have."""
    given, (least, most) = draft.length("network", "zones"), ZONES
    if given is not None and not least <= given <= most:
        yield ("network", "zones"), f"{given} zone(s) are given: from {least} to {most} are needed"


def a_subnet_a_zone(draft: Draft) -> Iterator[Complaint]:
    """Each tier has as many ranges as there are zones."""
    zones = draft.length("network", "zones")
    for tier in TIERS:
        given = draft.length("network", tier)
        if zones is not None and given is not None and given != zones:
            yield ("network", tier), f"{given} range(s) for {zones} zone(s): write one for each zone"


def subnets_inside(draft: Draft) -> Iterator[Complaint]:
    """Every subnet is a piece of the network."""
    for _, whole in draft.networks("network", "range"):
        for where, piece in _subnets(draft):
            if not piece.subnet_of(whole):
                yield where, f"{piece} is not inside the network's range {whole}"


def subnets_apart(draft: Draft) -> Iterator[Complaint]:
    """No two subnets share an address."""
    seen: list[tuple[KeyPath, IPv4Network]] = []
    for where, piece in _subnets(draft):
        for other, earlier in seen:
            if piece.overlaps(earlier):
                yield where, f"{piece} overlaps {earlier}, which is already in {other[1]}"
        seen.append((where, piece))


def nat_gateways_fit(draft: Draft) -> Iterator[Complaint]:
    """One NAT gateway, or one a zone."""
    given, zones = draft.number("network", "nat_gateways"), draft.length("network", "zones")
    if given is not None and zones is not None and given > 1 and given != zones:
        yield (
            ("network", "nat_gateways"),
            f"{given} NAT gateways for {zones} zones: 1 for all, or {zones}, one for each",
        )


def rules_within_budget(draft: Draft) -> Iterator[Complaint]:
    """No load balancer's security group needs more inbound rules than AWS allows."""
    for name in draft.names("load_balancers"):
        needed, reason = _rules_needed(draft, name)
        if needed > RULE_BUDGET:
            yield ("load_balancers", name), f"its security group needs {needed} of {RULE_BUDGET} rules: {reason}"


def _subnets(draft: Draft) -> Iterator[tuple[KeyPath, IPv4Network]]:
    for tier in TIERS:
        yield from draft.networks("network", tier)


def _rules_needed(draft: Draft, balancer: str) -> tuple[int, str]:
    behind = [name for name in draft.names("services") if draft.text("services", name, "load_balancer") == balancer]
    if draft.text("load_balancers", balancer, "scheme") == "internet-facing":
        ports = {port for name in behind if (port := draft.number("services", name, "listener"))}
        weight = PREFIX_LIST_WEIGHT if draft.text("network", "public_ingress") == "cloudfront" else 1
        return weight * len(ports), f"{weight} for each of {len(ports)} ports opened to the outside"
    calls = (called for name in draft.names("services") for _, called in draft.texts("services", name, "calls"))
    return sum(called in behind for called in calls), "one for each call of a service through it"
