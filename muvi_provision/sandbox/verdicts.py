"""What a web ACL says to a request: its rules in their order, as far as what they ask is known (aws-reality 6.8).

A statement is met (True), or not (False), or nobody can tell (None): rates, labels, most of what AWS's own groups look
for, and whence a request comes while ``books.visitor`` does not say. A rule of which nobody can tell is passed over.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import unquote_plus

from muvi_provision.sandbox import firewall
from muvi_provision.sandbox.firewall import WebAcl, kind_of
from muvi_provision.sandbox.front_doors import Request
from muvi_provision.sandbox.view import View

Verdict = bool | None
_COMMON, _NAMELESS = "AWSManagedRulesCommonRuleSet", "NoUserAgent_HEADER"
_CHANGES: dict[str, Callable[[str], str]] = {"NONE": str, "LOWERCASE": str.lower, "URL_DECODE": unquote_plus}
_SIZES = {"EQ": operator.eq, "NE": operator.ne, "LE": operator.le, "LT": operator.lt, "GE": operator.ge}
_SIZES |= {"GT": operator.gt}


def blocks(view: View, acl: WebAcl, request: Request) -> bool:
    """Whether it keeps the request out. What only counts, or sets browsers a riddle, does nothing."""
    for rule in sorted(acl.said["Rules"], key=lambda one: int(one["Priority"])):
        if not _is_met(view, rule["Statement"], request):
            continue
        action = kind_of(rule.get("Action") or _of_group(rule))
        if action in ("Allow", "Block"):
            return action == "Block"
    return "Block" in acl.said["DefaultAction"]


def _of_group(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a group of rules does of itself, unless it is overridden."""
    return rule["OverrideAction"] if "Count" in rule["OverrideAction"] else {"Block": {}}


def _is_met(view: View, statement: Mapping[str, Any], request: Request) -> Verdict:
    kind = kind_of(statement)
    found = _KINDS.get(kind)
    return found(view, statement[kind], request) if found is not None else None


def _all(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    told = [_is_met(view, one, request) for one in body["Statements"]]
    return False if False in told else None if None in told else True


def _any(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    told = [_is_met(view, one, request) for one in body["Statements"]]
    return True if True in told else None if None in told else False


def _not(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    told = _is_met(view, body["Statement"], request)
    return None if told is None else not told


def _from_set(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    address, found = view.books.visitor[0], firewall.ip_set_by_arn(view, str(body["ARN"]))
    if not address or found is None or body.get("IPSetForwardedIPConfig"):
        return None
    return any(ip_address(address) in ip_network(one) for one in found.addresses)


def _from_country(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    country = view.books.visitor[1]
    return country in body["CountryCodes"] if country and not body.get("ForwardedIPConfig") else None


def _group(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    """Of all that AWS's groups look for, what everybody can see: who does not say what program he is."""
    overridden = {one["Name"] for one in body.get("RuleActionOverrides", ()) if "Block" not in one["ActionToUse"]}
    if body["Name"] != _COMMON or _NAMELESS in overridden or request.headers.get("user-agent"):
        return None
    below = body.get("ScopeDownStatement")
    return _is_met(view, below, request) if below else True


def _bytes(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    wanted, position = _text(body["SearchString"]), str(body["PositionalConstraint"])
    word = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    tests: dict[str, Callable[[str], bool]] = {
        "EXACTLY": wanted.__eq__,
        "STARTS_WITH": lambda text: text.startswith(wanted),
        "ENDS_WITH": lambda text: text.endswith(wanted),
        "CONTAINS": lambda text: wanted in text,
        "CONTAINS_WORD": lambda text: word.search(text) is not None,
    }
    return _of_part(body, request, tests[position])


def _expression(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    return _of_part(body, request, lambda text: re.search(body["RegexString"], text) is not None)


def _size(view: View, body: Mapping[str, Any], request: Request) -> Verdict:
    compare, limit = _SIZES[body["ComparisonOperator"]], int(body["Size"])
    return _of_part(body, request, lambda text: bool(compare(len(text.encode("latin-1", "replace")), limit)))


def _of_part(body: Mapping[str, Any], request: Request, test: Callable[[str], bool]) -> Verdict:
    """Whether a part of the request passes a test, once it is changed as the statement says."""
    part = _part(body["FieldToMatch"], request)
    changes = [str(one["Type"]) for one in _ordered(body["TextTransformations"])]
    if part is None or not set(changes) <= set(_CHANGES):
        return None
    for one in changes:
        part = _CHANGES[one](part)
    return test(part)


def _ordered(changes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(changes, key=lambda one: int(one["Priority"]))


def _part(field: Mapping[str, Any], request: Request) -> str | None:
    """The text that a statement looks at; None for parts that are not read here."""
    match field:
        case {"UriPath": _}:
            return request.path
        case {"QueryString": _}:
            return request.query
        case {"Method": _}:
            return request.method
        case {"SingleHeader": {"Name": name}}:
            return request.headers.get(str(name).lower(), "")
        case {"Body": _}:
            return request.body.decode("latin-1")
    return None


def _text(said: Any) -> str:
    return said.decode("latin-1") if isinstance(said, bytes) else str(said)


_KINDS: dict[str, Callable[[View, Any, Request], Verdict]] = {
    "AndStatement": _all,
    "OrStatement": _any,
    "NotStatement": _not,
    "IPSetReferenceStatement": _from_set,
    "GeoMatchStatement": _from_country,
    "ManagedRuleGroupStatement": _group,
    "ByteMatchStatement": _bytes,
    "RegexMatchStatement": _expression,
    "SizeConstraintStatement": _size,
}
