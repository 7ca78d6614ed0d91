"""What rules cost in web ACL capacity units, by AWS's table of the statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from muvi_provision.sandbox.firewall import inside, kind_of
from muvi_provision.sandbox.firewall_groups import GROUPS

MOST = 5000  # aws-reality 6.8 i; up to 1,500 are in the price
_TRANSFORMATION = 10
_CUSTOM_KEY = 30
Body = Mapping[str, Any]


def of(rules: list[dict[str, Any]]) -> int:
    """Of rules whose statements are well-formed."""
    return sum(_statement(rule["Statement"]) for rule in rules)


def _statement(statement: Mapping[str, Any]) -> int:
    """Its own, and that of what it is made of."""
    kind = kind_of(statement)
    own = _OWN[kind](statement[kind]) if kind in _OWN else 0
    return own + sum(_statement(one) for one in inside(statement))


def _matching(base: Callable[[Body], int]) -> Callable[[Body], int]:
    """A statement about a part of the request: each transformation of it costs, and some parts do."""

    def cost(body: Body) -> int:
        field, number = body.get("FieldToMatch") or {}, base(body)
        if "JsonBody" in field:
            number *= 2
        if "AllQueryArguments" in field:
            number += 10
        changed = [one for one in body.get("TextTransformations", ()) if one["Type"] != "NONE"]
        return number + _TRANSFORMATION * len(changed)

    return cost


def _bytes(body: Body) -> int:
    return 10 if str(body["PositionalConstraint"]).startswith("CONTAINS") else 2


def _ip_set(body: Body) -> int:
    return 5 if (body.get("IPSetForwardedIPConfig") or {}).get("Position") == "ANY" else 1


def _rate(body: Body) -> int:
    return 2 + _CUSTOM_KEY * len(body.get("CustomKeys", ()))


def _group(body: Body) -> int:
    return GROUPS[body["Name"]].capacity


def _flat(number: int) -> Callable[[Body], int]:
    return lambda body: number  # noqa: ARG005 (every statement is priced by its body)


_OWN: dict[str, Callable[[Body], int]] = {
    "ByteMatchStatement": _matching(_bytes),
    "SqliMatchStatement": _matching(lambda body: 30 if body.get("SensitivityLevel") == "HIGH" else 20),
    "XssMatchStatement": _matching(_flat(40)),
    "SizeConstraintStatement": _matching(_flat(1)),
    "RegexMatchStatement": _matching(_flat(3)),
    "RegexPatternSetReferenceStatement": _matching(_flat(25)),
    "GeoMatchStatement": _flat(1),
    "AsnMatchStatement": _flat(1),
    "LabelMatchStatement": _flat(1),
    "IPSetReferenceStatement": _ip_set,
    "RateBasedStatement": _rate,
    "ManagedRuleGroupStatement": _group,
}
