"""How distributions, buckets, firewall rules and what is tried from outside refer to one another."""

from __future__ import annotations

from collections.abc import Iterator

from muvi_provision.environment.draft import Complaint, Draft
from muvi_provision.environment.section import KeyPath
from muvi_provision.environment.service_checks import unknown

SOURCES = ("load_balancer", "bucket", "address")
JUDGEMENTS = ("limit", "allow", "block", "group", "outside", "larger_than")


def references_exist(draft: Draft) -> Iterator[Complaint]:
    """Whatever is named elsewhere in the file is there."""
    balancers, buckets = draft.names("load_balancers"), draft.names("buckets")
    for name in draft.names("distributions"):
        path = ("distributions", name)
        yield from unknown(((p := (*path, "load_balancer"), draft.text(*p)),), balancers, "load balancer")
        yield from unknown(((p := (*path, "bucket"), draft.text(*p)),), buckets, "bucket")
        for under in draft.names(*path, "paths"):
            inside = (*path, "paths", under)
            yield from unknown(((inside, draft.text(*inside)),), buckets, "bucket")
    for name in draft.names("smoke"):
        where = ("smoke", name, "distribution")
        yield from unknown(((where, draft.text(*where)),), draft.names("distributions"), "distribution")
        yield from unknown(draft.texts("smoke", name, "services"), draft.names("services"), "service")


def one_source_each(draft: Draft) -> Iterator[Complaint]:
    """A distribution has exactly one place its pages come from, and a public load balancer if it is one."""
    for name in draft.names("distributions"):
        path = ("distributions", name)
        yield from _exactly_one(draft, path, SOURCES)
        balancer = draft.text(*path, "load_balancer")
        if balancer and draft.text("load_balancers", balancer, "scheme") == "internal":
            yield (*path, "load_balancer"), f'"{balancer}" is internal: CloudFront only reaches public ones'


def one_judgement_each(draft: Draft) -> Iterator[Complaint]:
    """A firewall rule is of exactly one sort; a path and a window go with a limit only."""
    for name in draft.names("firewall"):
        path = ("firewall", name)
        yield from _exactly_one(draft, path, JUDGEMENTS)
        if draft.absent(*path, "limit") and not draft.absent(*path, "path"):
            yield (*path, "path"), "a path goes with a limit: it says which requests are counted"


def _exactly_one(draft: Draft, path: KeyPath, keys: tuple[str, ...]) -> Iterator[Complaint]:
    said = [key for key in keys if not draft.absent(*path, key)]
    if len(said) != 1:
        yield path, f"say exactly one of {', '.join(keys)}: {' and '.join(said) or 'none'} is said"


def hosts_apart(draft: Draft) -> Iterator[Complaint]:
    """No two distributions of one name."""
    taken: dict[str, str] = {}
    for name in draft.names("distributions"):
        host = draft.text("distributions", name, "host") or name
        if other := taken.get(host):
            yield ("distributions", name), f'its name in the domain, "{host}", already belongs to "{other}"'
        taken.setdefault(host, name)
