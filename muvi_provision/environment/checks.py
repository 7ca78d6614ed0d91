"""Everything that one key alone cannot tell: all checks of a whole file, in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from muvi_provision.environment import (
    data_checks,
    edge_checks,
    firewall_checks,
    network_checks,
    serverless_checks,
    service_checks,
)
from muvi_provision.environment.draft import Complaint, Draft


def nothing_twice(draft: Draft) -> Iterator[Complaint]:
    """No list names the same thing twice: AWS refuses a whole call for one repeated rule."""
    for path in draft.lists():
        seen: set[str] = set()
        for where, text in draft.texts(*path):
            if text in seen:
                yield where, f'"{text}" is in this list twice'
            seen.add(text)


def account_not_production(draft: Draft) -> Iterator[Complaint]:
    """The account to build in is not one of production's."""
    account = draft.text("account")
    if account is not None and account in {theirs for _, theirs in draft.texts("production", "accounts")}:
        yield ("account",), f"{account} is one of production's accounts: nothing is ever built there"


def renewed_in_time(draft: Draft) -> Iterator[Complaint]:
    """A certificate is renewed during its life."""
    life, before = draft.number("certificates", "leaf_days"), draft.number("certificates", "renew_days_before")
    if life is not None and before is not None and before >= life:
        yield ("certificates", "renew_days_before"), f"{before} days before the end of {life} days is before the start"


CHECKS: tuple[Callable[[Draft], Iterator[Complaint]], ...] = (
    nothing_twice,
    account_not_production,
    renewed_in_time,
    network_checks.clear_of_production,
    network_checks.production_named,
    network_checks.zones_enough,
    network_checks.a_subnet_a_zone,
    network_checks.subnets_inside,
    network_checks.subnets_apart,
    network_checks.nat_gateways_fit,
    network_checks.rules_within_budget,
    data_checks.references_exist,
    data_checks.readers_known,
    data_checks.variables_apart,
    data_checks.database_secrets,
    service_checks.references_exist,
    service_checks.listeners_whole,
    service_checks.listeners_apart,
    service_checks.grpc_behind_https,
    service_checks.health_known,
    service_checks.sizes_sold,
    service_checks.scaling_sensible,
    service_checks.rollouts_move,
    service_checks.names_fit,
    edge_checks.references_exist,
    edge_checks.one_source_each,
    edge_checks.one_judgement_each,
    edge_checks.hosts_apart,
    firewall_checks.groups_known,
    firewall_checks.within_capacity,
    firewall_checks.rules_possible,
    serverless_checks.references_exist,
    serverless_checks.doors_open,
    serverless_checks.schedules_valid,
    serverless_checks.runtimes_known,
    serverless_checks.timezone_known,
    serverless_checks.variables_allowed,
    serverless_checks.moments_possible,
)


def complaints(draft: Draft) -> Iterator[Complaint]:
    """What all checks find wrong."""
    for check in CHECKS:
        yield from check(draft)
