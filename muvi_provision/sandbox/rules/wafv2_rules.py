"""The rules of a web ACL: what they refer to and how they fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import firewall, firewall_capacity
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.firewall import kind_of
from muvi_provision.sandbox.firewall_groups import GROUPS
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.rules.wafv2 import invalid
from muvi_provision.sandbox.view import View

WRITES = ("CreateWebACL", "UpdateWebACL")
RULED = (*WRITES, "CheckCapacity")
_CODE = "WAFInvalidParameterException"
_GROUPS = ("ManagedRuleGroupStatement", "RuleGroupReferenceStatement")
_ALONE = (*_GROUPS, "RateBasedStatement")
ONE = "You have used none or multiple values for a field that requires exactly one value."
_LIMIT = "AWS WAF couldn\u2019t perform the operation because you exceeded your resource limit."


def said(call: Call) -> list[dict[str, Any]]:
    return list(call.params.get("Rules", ()))


@rule(
    "wafv2", WRITES, _CODE, "what is not matched is allowed or blocked, and not both", source="WAF API: DefaultAction"
)
def default_action(call: Call, view: View) -> str | None:
    return invalid(ONE, "DEFAULT_ACTION", "DefaultAction") if len(call.params["DefaultAction"]) != 1 else None


@rule("wafv2", RULED, _CODE, "a statement has one kind, all the way down", source="WAF API: Statement")
def one_kind(call: Call, view: View) -> str | None:
    bad = any(not _single(each["Statement"]) for each in said(call))
    return invalid(ONE, "STATEMENT", "Statement") if bad else None


def _single(statement: Mapping[str, Any]) -> bool:
    return len(statement) == 1 and all(_single(one) for one in firewall.inside(statement))


@rule("wafv2", RULED, _CODE, "the priorities of rules are unique", source="6.8")
def priorities(call: Call, view: View) -> str | None:
    found = [each["Priority"] for each in said(call)]
    twice = next((one for one in found if found.count(one) > 1), None)
    reason = "The rules have the same priority; it must be unique."
    return invalid(reason, "RULE", str(twice)) if twice is not None else None


@rule("wafv2", RULED, _CODE, "the names of rules are unique", source="WAF API: Rule")
def names(call: Call, view: View) -> str | None:
    found = [str(each["Name"]) for each in said(call)]
    twice = next((one for one in found if found.count(one) > 1), None)
    return invalid("The rules have the same name; it must be unique.", "RULE", twice) if twice else None


@rule("wafv2", RULED, _CODE, "a group of rules has an override action, another statement an action", source="6.8")
def actions(call: Call, view: View) -> str | None:
    for each in said(call):
        grouped = kind_of(each["Statement"]) in _GROUPS
        there, other = ("OverrideAction", "Action") if grouped else ("Action", "OverrideAction")
        if other in each and there not in each:
            return invalid("A reference in your rule statement is not valid.", "RULE", "Statement")
        if other in each or there not in each:
            return invalid(ONE, "RULE", "Rule")
        if len(each[there]) != 1:
            return invalid(ONE, "OVERRIDE_ACTION" if grouped else "RULE_ACTION", there)
    return None


@rule("wafv2", RULED, _CODE, "a metric has a name of its own", source="6.8 a")
def metrics(call: Call, view: View) -> str | None:
    seen = [each["VisibilityConfig"] for each in said(call)]
    seen += [call.params["VisibilityConfig"]] if "VisibilityConfig" in call.params else []
    bad = next((one["MetricName"] for one in seen if one["MetricName"] in ("All", "Default_Action")), None)
    return invalid("The metric name is reserved.", "METRIC_NAME", bad) if bad else None


@rule(
    "wafv2",
    RULED,
    _CODE,
    "rates and groups of rules are not within other statements",
    source="WAF API: RateBasedStatement",
)
def nesting(call: Call, view: View) -> str | None:
    below = [one for each in said(call) for one in firewall.inside(each["Statement"])]
    bad = any(kind_of(one) in _ALONE for top in below for one in _and_below(top))
    return invalid("A reference in your rule statement is not valid.", "STATEMENT", "Statement") if bad else None


def _and_below(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield statement
    for one in firewall.inside(statement):
        yield from _and_below(one)


@rule("wafv2", RULED, _CODE, "AND and OR join two statements at least", source="WAF API: AndStatement")
def joined(call: Call, view: View) -> str | None:
    for one in firewall.every(said(call)):
        if kind_of(one) in ("AndStatement", "OrStatement") and len(firewall.inside(one)) < 2:
            reason = "You haven\u2019t met a minimum requirement for a threshold setting."
            return invalid(reason, kind_of(one).replace("Statement", "_STATEMENT").upper(), "Statements")
    return None


@rule("wafv2", RULED, "WAFSubscriptionNotFoundException", "others' groups of rules are bought first", source="6.8 e")
def bought(call: Call, view: View) -> str | None:
    foreign = any(one["VendorName"] != "AWS" for one in _managed(call))
    return "You tried to use a managed rule group that\u2019s available by subscription." if foreign else None


@rule("wafv2", RULED, "WAFNonexistentItemException", "a managed group of rules is there", source="6.8")
def group_missing(call: Call, view: View) -> str | None:
    lost = any(one["Name"] not in GROUPS for one in _managed(call))
    return "AWS WAF couldn\u2019t perform the operation because your resource doesn\u2019t exist." if lost else None


def _managed(call: Call) -> list[Mapping[str, Any]]:
    """A rule's name in ``RuleActionOverrides`` that does not exist is ignored, as AWS does (6.8)."""
    found = (one.get("ManagedRuleGroupStatement") for one in firewall.every(said(call)))
    return [one for one in found if one]


@rule("wafv2", RULED, _CODE, "an IP set of the same scope", source="6.8 e")
def foreign_set(call: Call, view: View) -> str | None:
    start = firewall.arn_of(view, "ipset", "", "").rstrip("/")
    bad = next((arn for arn in sorted(firewall.ip_sets_of(said(call))) if not arn.startswith(f"{start}/")), None)
    return invalid("The referenced item is invalid.", "IP_SET_REFERENCE_STATEMENT", bad) if bad else None


@rule("wafv2", RULED, "WAFNonexistentItemException", "the IP set is there", source="6.8")
def set_missing(call: Call, view: View) -> str | None:
    lost = any(firewall.ip_set_by_arn(view, arn) is None for arn in firewall.ip_sets_of(said(call)))
    return "AWS WAF couldn\u2019t perform the operation because your resource doesn\u2019t exist." if lost else None


@rule("wafv2", RULED, "WAFUnavailableEntityException", "the IP set is not quite new", source="6.8 e")
def set_fresh(call: Call, view: View) -> str | None:
    found = [firewall.ip_set_by_arn(view, arn) for arn in firewall.ip_sets_of(said(call))]
    fresh = any(one is not None and view.now < one.usable_from for one in found)
    return "AWS WAF couldn\u2019t retrieve the resource that you requested. Retry your request." if fresh else None


@rule("wafv2", RULED, "WAFLimitsExceededException", "10 rates a web ACL", source="6.8 i")
def rate_count(call: Call, view: View) -> str | None:
    return _LIMIT if sum("RateBasedStatement" in each["Statement"] for each in said(call)) > 10 else None


@rule("wafv2", RULED, "WAFLimitsExceededException", "5,000 units of capacity a web ACL", source="6.8 i")
def capacity(call: Call, view: View) -> str | None:
    used = firewall_capacity.of(said(call))
    reason = "You exceeded the capacity limit for a rule group or web ACL."
    return invalid(reason, "WEB_ACL", str(used)) if used > firewall_capacity.MOST else None
