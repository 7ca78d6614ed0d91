"""What the sandbox holds of WAFv2: the web ACLs and IP sets of CloudFront's scope, which live in one region."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from muvi_provision.sandbox.view import View

HOME = "us-east-1"  # aws-reality 0.13
SCOPE = "CLOUDFRONT"
SETTLE_S = 10  # aws-reality 6.8 e: how long a new IP set cannot be named


@dataclass
class WebAcl:
    """``said``: the last create's or update's members, as GetWebACL tells them."""

    name: str
    id: str
    arn: str
    said: dict[str, Any]
    tags: dict[str, str]
    lock: str


@dataclass
class IpSet:
    """``usable_from`` in the cloud's seconds."""

    name: str
    id: str
    arn: str
    version: str
    addresses: list[str]
    description: str
    tags: dict[str, str]
    lock: str
    usable_from: float


@dataclass
class Shelf:
    """One account's, by id."""

    acls: dict[str, WebAcl] = field(default_factory=dict)
    ip_sets: dict[str, IpSet] = field(default_factory=dict)


def shelf(view: View) -> Shelf:
    found: Shelf = vars(view.backend("wafv2", HOME)).setdefault("shelf", Shelf())
    return found


def new_id() -> str:
    """Of an object, and of a lock."""
    return str(uuid.uuid4())


def arn_of(view: View, kind: str, name: str, wanted: str) -> str:
    """``kind`` is webacl or ipset."""
    return f"arn:aws:wafv2:{HOME}:{view.account}:global/{kind}/{name}/{wanted}"


def acl_by_arn(view: View, arn: str) -> WebAcl | None:
    return next((one for one in shelf(view).acls.values() if one.arn == arn), None)


def ip_set_by_arn(view: View, arn: str) -> IpSet | None:
    return next((one for one in shelf(view).ip_sets.values() if one.arn == arn), None)


def tagged(view: View, arn: str) -> WebAcl | IpSet | None:
    return acl_by_arn(view, arn) or ip_set_by_arn(view, arn)


def kind_of(statement: Mapping[str, Any]) -> str:
    """A statement has one member, and that is its kind."""
    return next(iter(statement))


def inside(statement: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statements that a statement is made of."""
    body = statement[kind_of(statement)] if statement else {}
    below = [*body.get("Statements", ()), body.get("Statement"), body.get("ScopeDownStatement")]
    return [one for one in below if one]


def every(rules: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """All statements of some rules, whatever they are in."""
    waiting = [rule["Statement"] for rule in rules]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += inside(one)


def ip_sets_of(rules: list[dict[str, Any]]) -> set[str]:
    """The ARNs of the IP sets that some rules name."""
    found = [one["IPSetReferenceStatement"] for one in every(rules) if "IPSetReferenceStatement" in one]
    return {str(one["ARN"]) for one in found}


def users_of_ip_set(view: View, arn: str) -> list[str]:
    """The ARNs of the web ACLs that name an IP set."""
    return [one.arn for one in shelf(view).acls.values() if arn in ip_sets_of(one.said.get("Rules", []))]
