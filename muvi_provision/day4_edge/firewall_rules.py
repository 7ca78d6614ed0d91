"""Firewall rules in the environment's words and in AWS's, and from each to the other. Pure.

A rule in words is ``{"name": "limit-otp", "limit": 100, "window_s": 300, "path": "/otp"}``: the keys of the environment
file, with the address list's ARN in place of its addresses. Facts: aws-reality 6.8.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from muvi_provision.environment import Environment
from muvi_provision.environment.edge import FirewallRule

Words = dict[str, Any]
LISTS = ("allow", "block")
SORTS = ("limit", *LISTS, "group", "outside", "larger_than")
UNLIKE = "unlike"
_BLOCK: Words = {"Block": {}}
_ACTIONS: dict[str, Words] = {"allow": {"Allow": {}}}
_UNCHANGED = [{"Priority": 0, "Type": "NONE"}]


def rules(environment: Environment, arns: Mapping[str, Any]) -> tuple[Words, ...]:
    """The rules in file order; ``arns``: of the address lists, by rule."""
    return tuple(_words(name, plan, arns.get(name)) for name, plan in environment.firewall.items())


def lists(environment: Environment) -> dict[str, tuple[str, ...]]:
    """The address lists that rules need, by rule."""
    found = {name: plan.allow if plan.allow is not None else plan.block for name, plan in environment.firewall.items()}
    return {name: addresses for name, addresses in found.items() if addresses is not None}


def _words(name: str, plan: FirewallRule, arn: Any) -> Words:
    sort = next(each for each in SORTS if getattr(plan, each) is not None)
    value = arn if sort in LISTS else getattr(plan, sort)
    if sort == "allow" and plan.count:
        sort = "block"  # while it only counts there is no telling one from the other
    said: Words = {"name": name, sort: value}
    if sort == "limit":
        said["window_s"] = plan.window_s
        said |= {"path": plan.path} if plan.path else {}
    said |= {"count_rules": plan.count_rules} if plan.count_rules else {}
    return {**said, "count": True} if plan.count else said


def spelt(environment: str, words: Iterable[Words]) -> list[Any]:
    """The rules as AWS takes them, in their order."""
    return [_spelt(environment, priority, each) for priority, each in enumerate(words)]


def _spelt(environment: str, priority: int, words: Words) -> Words:
    sort = next(each for each in SORTS if each in words)
    counts = words.get("count", False)
    action = {"Count": {}} if counts else _ACTIONS.get(sort, _BLOCK)
    acts = {"OverrideAction": {"Count": {}} if counts else {"None": {}}} if sort == "group" else {"Action": action}
    return {
        "Name": words["name"],
        "Priority": priority,
        "Statement": _statement(sort, words),
        **acts,
        "VisibilityConfig": visible(f"{environment}-{words['name']}"),
    }


def visible(metric: str) -> Any:
    """What WAF shows of a rule, or of all, in CloudWatch."""
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": metric}


def _statement(sort: str, words: Words) -> Words:
    match sort:
        case "limit":
            return {"RateBasedStatement": _rate(words)}
        case "group":
            return {"ManagedRuleGroupStatement": _group(words)}
        case "outside":
            return {"NotStatement": {"Statement": {"GeoMatchStatement": {"CountryCodes": list(words["outside"])}}}}
        case "larger_than":
            return {"SizeConstraintStatement": _size(words["larger_than"])}
    return {"IPSetReferenceStatement": {"ARN": words[sort]}}


def _rate(words: Words) -> Words:
    """Each address by itself, as CloudFront sees it: a header that says another could be anybody's invention."""
    counted = {"Limit": words["limit"], "EvaluationWindowSec": words["window_s"], "AggregateKeyType": "IP"}
    if "path" not in words:
        return counted
    contains = {
        "SearchString": words["path"],
        "FieldToMatch": {"UriPath": {}},
        "TextTransformations": _UNCHANGED,
        "PositionalConstraint": "CONTAINS",
    }
    return {**counted, "ScopeDownStatement": {"ByteMatchStatement": contains}}


def _group(words: Words) -> Words:
    named = {"VendorName": "AWS", "Name": words["group"]}
    counting = [{"Name": rule, "ActionToUse": {"Count": {}}} for rule in words.get("count_rules", ())]
    return {**named, "RuleActionOverrides": counting} if counting else named


def _size(limit: int) -> Words:
    """A body longer than what is looked at is longer than any limit that may be set."""
    return {
        "FieldToMatch": {"Body": {"OversizeHandling": "MATCH"}},
        "ComparisonOperator": "GT",
        "Size": limit,
        "TextTransformations": _UNCHANGED,
    }


def read(environment: str, shown: Iterable[Mapping[str, Any]]) -> tuple[Words, ...]:
    """Rules as AWS shows them in words, by priority; one that no words could make is shown whole, as ``unlike``."""
    ordered = sorted(shown, key=lambda rule: rule["Priority"])
    return tuple(_read(environment, rule) for rule in ordered)


def _read(environment: str, shown: Mapping[str, Any]) -> Words:
    rule = _normal(shown)
    words = {"name": rule["Name"], **_said(rule.get("Statement", {}), rule.get("Action", {}))}
    if "Count" in rule.get("OverrideAction", {}) or "Count" in rule.get("Action", {}):
        words["count"] = True
    known = any(sort in words for sort in SORTS)
    if known and _normal(_spelt(environment, rule["Priority"], words)) == rule:
        return words
    return {"name": rule["Name"], UNLIKE: json.dumps(rule, sort_keys=True)}


def _said(statement: Mapping[str, Any], action: Mapping[str, Any]) -> Words:
    match statement:
        case {"IPSetReferenceStatement": {"ARN": arn}}:
            return {"allow" if "Allow" in action else "block": arn}
        case {"RateBasedStatement": {"Limit": limit, "EvaluationWindowSec": window} as rate}:
            path = rate.get("ScopeDownStatement", {}).get("ByteMatchStatement", {}).get("SearchString")
            return {"limit": limit, "window_s": window, **({"path": path} if path else {})}
        case {"ManagedRuleGroupStatement": {"Name": group} as named}:
            counting = tuple(each["Name"] for each in named.get("RuleActionOverrides", ()))
            return {"group": group, **({"count_rules": counting} if counting else {})}
        case {"NotStatement": {"Statement": {"GeoMatchStatement": {"CountryCodes": countries}}}}:
            return {"outside": tuple(countries)}
        case {"SizeConstraintStatement": {"Size": limit}}:
            return {"larger_than": limit}
    return {}


def _normal(shown: Any) -> Any:
    """Without what AWS adds (empty lists, the usual window), and with texts as texts."""
    match shown:
        case bytes():
            return shown.decode()
        case Mapping():
            kept = {key: _normal(value) for key, value in shown.items() if value not in (None, [], ())}
            if "AggregateKeyType" in kept:
                kept.setdefault("EvaluationWindowSec", 300)
            return kept
        case tuple() | list():
            return [_normal(each) for each in shown]
    return shown
