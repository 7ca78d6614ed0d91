"""Before any write: is this the account we are pinned to, and surely not production?"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from muvi_provision.errors import GuardRefused, ProductionRefused, UsageError, WrongAccount


@dataclass(frozen=True)
class Forbidden:
    """What is production: account ids, patterns of profile names and aliases, address ranges."""

    accounts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()


def refuse_production_profile(profile: str | None, forbidden: Forbidden) -> None:
    """Raises ProductionRefused for a profile whose name says production; asks AWS nothing."""
    _refuse_names([profile] if profile else [], forbidden, "profile")


def refuse_production_identity(arn: str, forbidden: Forbidden) -> None:
    """Raises ProductionRefused for a user or role whose name (or a user's path) says production."""
    kind, *names = arn.split(":", 5)[-1].split("/")
    if kind == "assumed-role":
        names = names[:1]  # what follows is the session's own name, often a person's address
    _refuse_names(names, forbidden, "role" if kind == "assumed-role" else "user")


def refuse_mixed_endpoints(endpoints: Mapping[str, str | None]) -> None:
    """Raises GuardRefused unless one cloud answers for all services. None: a service's own endpoint."""
    if len({url and url.rstrip("/") for url in endpoints.values()}) > 1:
        told = ", ".join(f"{service} to {url or 'AWS'}" for service, url in endpoints.items())
        raise GuardRefused(
            f"not all calls would go to the same place: {told}",
            where="AWS_ENDPOINT_URL_* or endpoint_url in the AWS config file",
            why="one place would say whose account this is while the changes are made in another",
            next=("aws configure list", "muvi plan --sandbox"),
        )


def refuse_production_range(network: str, forbidden: Forbidden) -> None:
    """Raises ProductionRefused when a network of ours would overlap production's."""
    ours = ip_network(network)
    for taken in forbidden.ranges:
        if ours.overlaps(ip_network(taken)):
            raise ProductionRefused(
                f"the network {network} overlaps production's {taken}",
                where="network.range",
                why="traffic meant for one could reach the other",
                next=("muvi config show", "muvi config validate"),
            )


def refuse_production_aliases(aliases: Iterable[str], forbidden: Forbidden) -> None:
    """Raises ProductionRefused for an account whose alias says production."""
    _refuse_names(aliases, forbidden, "account alias")


def confirm_account(account: str, forbidden: Forbidden, *, pinned: str | None, remembered: str | None) -> None:
    """Raises unless ``account`` is the one this environment is pinned to.

    pinned: the environment file's. remembered: the state's, from the first confirmed run. Raises
    ProductionRefused for a forbidden account, WrongAccount for another than pinned.
    """
    if account in forbidden.accounts:
        raise ProductionRefused(
            f"you are signed in to account {account}, which the environment lists as production",
            where="production.accounts",
            next=("aws configure list-profiles", "muvi plan --profile NAME"),
        )
    for source, expected in (("the environment file", pinned), ("the state", remembered)):
        if expected and expected != account:
            raise WrongAccount(
                f"you are signed in to account {account}, but {source} says {expected}",
                where="account",
                why="everything this environment has made is in the other account",
                next=("aws configure list-profiles", "muvi plan --profile NAME"),
            )


def confirm_region(region: str, remembered: str) -> None:
    """Raises UsageError when the state's objects are in another region."""
    if remembered and remembered != region:
        raise UsageError(
            f"the environment says region {region}, but what was made is in {remembered}",
            where="region",
            why="a stack lives in one region; take it down there before building it elsewhere",
            next=(f"muvi teardown --region {remembered}", f"muvi plan --region {remembered}"),
        )


def _refuse_names(names: Iterable[str], forbidden: Forbidden, what: str) -> None:
    for name in names:
        for pattern in forbidden.names:
            if fnmatch.fnmatchcase(name.lower(), pattern.lower()):
                raise ProductionRefused(
                    f"the {what} {name!r} matches {pattern!r}",
                    where="production.names",
                    why="a name that says production is taken at its word",
                    next=("aws configure list-profiles", "muvi plan --profile NAME"),
                )
