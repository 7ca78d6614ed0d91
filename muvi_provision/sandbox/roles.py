"""Whether a role may be assumed by a service, and what its policies allow it.

Conditions are taken as met. aws-reality 5.2 b: other services learn of a new role or policy only later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox.view import View

SETTLE_S = 10  # aws-reality 5.2 b: 10-30 seconds are typical

Statement = Mapping[str, Any]


def find(view: View, arn: str) -> Any:
    """The role, or None."""
    return next((one for one in view.backend("iam", "aws").roles.values() if one.arn == arn), None)


def named(view: View, name: str) -> Any:
    """The role of that name, or None."""
    return next((one for one in view.backend("iam", "aws").roles.values() if one.name == name), None)


def seen(view: View, role: Any) -> bool:
    """Whether IAM itself shows the role: one that was just made it may not show yet (aws-reality 1.6, 13)."""
    return bool(view.now >= getattr(role, "seen_from", 0.0))


def settle(view: View, role: str, *, assumable: bool = False) -> None:
    """From now on the services wait for a role's policies, and for the role itself when that is new."""
    since, _ = view.books.settling.get(role, (0.0, 0.0))
    later = view.now + max(view.seconds(SETTLE_S), view.lag_s)
    view.books.settling[role] = (later if assumable else since, later)


def settled(view: View, arn: str, *, policies: bool = False) -> bool:
    """Whether the other services have heard of the role (and of its policies)."""
    role = find(view, arn)
    since = view.books.settling.get(role.name, (0.0, 0.0)) if role is not None else (0.0, 0.0)
    return view.now >= max(since if policies else since[:1])


def assumable(view: View, arn: str, service: str) -> bool:
    """There is such a role, ``service`` is trusted by it and has heard of it."""
    role = find(view, arn)
    return role is not None and settled(view, arn) and service in trusted(role.assume_role_policy_document)


def trusted(document: str) -> set[str]:
    """The services that a trust policy names."""
    found: set[str] = set()
    for statement in statements(document):
        principal = statement.get("Principal")
        if statement.get("Effect") == "Allow" and isinstance(principal, Mapping):
            found |= set(_listed(principal.get("Service", [])))
    return found


def allows(view: View, arn: str, action: str, resource: str) -> bool:
    """Whether the role's own policies, inline and attached, let it do ``action`` to ``resource``."""
    role = find(view, arn)
    if role is None or not settled(view, arn, policies=True):
        return False
    matching = [one for one in _policies(role) if _matches(one, action, resource)]
    return bool(matching) and all(one.get("Effect") == "Allow" for one in matching)


def permits(view: View, arn: str, action: str) -> bool:
    """Whether the role's own policies let it do ``action`` to anything at all."""
    role = find(view, arn)
    if role is None or not settled(view, arn, policies=True):
        return False
    said = [one for one in _policies(role) if _covers(one, "Action", action.lower(), fold=True)]
    return any(one.get("Effect") == "Allow" for one in said)


def granted(document: str, account: str, action: str, resource: str = "*") -> bool:
    """Whether a resource's policy lets another account do ``action``."""
    matching = [
        one
        for one in statements(document)
        if _names_account(one.get("Principal"), account)
        and _matches({"Resource": resource} | dict(one), action, resource)
    ]
    return bool(matching) and all(one.get("Effect") == "Allow" for one in matching)


def statements(document: Any) -> list[Statement]:
    """A policy's statements; of one that cannot be read, none."""
    try:
        said = json.loads(document) if isinstance(document, str) else document
        return _mappings(_listed(said.get("Statement", [])))
    except (ValueError, AttributeError):
        return []


def _policies(role: Any) -> Iterator[Statement]:
    for document in role.policies.values():
        yield from statements(document)
    for policy in role.managed_policies.values():
        version = next(one for one in policy.versions if one.version_id == policy.default_version_id)
        yield from statements(version.document)


def _matches(statement: Statement, action: str, resource: str) -> bool:
    return _covers(statement, "Action", action.lower(), fold=True) and _covers(statement, "Resource", resource)


def _covers(statement: Statement, member: str, wanted: str, *, fold: bool = False) -> bool:
    if f"Not{member}" in statement:
        return not _any(statement[f"Not{member}"], wanted, fold)
    return _any(statement.get(member, []), wanted, fold)


def _any(patterns: Any, wanted: str, fold: bool) -> bool:
    return any(_like(str(one).lower() if fold else str(one), wanted) for one in _listed(patterns))


def _like(pattern: str, text: str) -> bool:
    spelled = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    return re.fullmatch(spelled, text, re.DOTALL) is not None


def _names_account(principal: Any, account: str) -> bool:
    named = principal.get("AWS", []) if isinstance(principal, Mapping) else principal
    return any(one in ("*", account) or f":iam::{account}:" in str(one) for one in _listed(named or []))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _mappings(values: list[Any]) -> list[Statement]:
    return [one for one in values if isinstance(one, Mapping)]
