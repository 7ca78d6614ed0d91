"""The statements of a web ACL's rules, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import firewall
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.firewall import kind_of
from muvi_provision.sandbox.firewall_groups import GROUPS
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.rules.wafv2 import invalid
from muvi_provision.sandbox.rules.wafv2_rules import ONE, RULED, WRITES, said
from muvi_provision.sandbox.view import View

_CODE = "WAFInvalidParameterException"
_WINDOWS = (60, 120, 300, 600)
_PARTLY = ("Body", "JsonBody", "Headers", "Cookies")  # more than WAF looks at may come


def _bodies(call: Call) -> Iterator[Mapping[str, Any]]:
    return (one[kind_of(one)] for one in firewall.every(said(call)))


def _rates(call: Call) -> list[Mapping[str, Any]]:
    found = (one.get("RateBasedStatement") for one in firewall.every(said(call)))
    return [one for one in found if one]


@rule("wafv2", RULED, _CODE, "a rate is counted over 60, 120, 300 or 600 seconds", source="6.8")
def window(call: Call, view: View) -> str | None:
    bad = [one["EvaluationWindowSec"] for one in _rates(call) if one.get("EvaluationWindowSec", 300) not in _WINDOWS]
    reason = "The evaluation window must be 60, 120, 300 or 600 seconds."
    return invalid(reason, "RATE_BASED_STATEMENT", str(bad[0])) if bad else None


_NEEDS = {"CONSTANT": "ScopeDownStatement", "FORWARDED_IP": "ForwardedIPConfig", "CUSTOM_KEYS": "CustomKeys"}


@rule("wafv2", RULED, _CODE, "what a rate is counted by comes with what that needs", source="6.8")
def aggregation(call: Call, view: View) -> str | None:
    for one in _rates(call):
        needed = _NEEDS.get(one["AggregateKeyType"])
        if needed and not one.get(needed):
            reason = f"{one['AggregateKeyType']} needs {needed}."
            return invalid(reason, "RATE_BASED_STATEMENT", "AggregateKeyType")
    return None


@rule("wafv2", RULED, _CODE, "a statement looks at one part of a request", source="WAF API: FieldToMatch")
def field_to_match(call: Call, view: View) -> str | None:
    bad = any("FieldToMatch" in one and len(one["FieldToMatch"]) != 1 for one in _bodies(call))
    return invalid(ONE, "FIELD_TO_MATCH", "FieldToMatch") if bad else None


@rule("wafv2", RULED, _CODE, "what is looked for has 200 bytes at most", source="WAF API: ByteMatchStatement")
def searched(call: Call, view: View) -> str | None:
    found = [_bytes(one["SearchString"]) for one in _bodies(call) if "SearchString" in one]
    bad = next((one for one in found if not 1 <= len(one) <= 200), None)
    reason = "The parameter exceeds the maximum length, or is empty."
    return invalid(reason, "BYTE_MATCH_STATEMENT", "SearchString") if bad is not None else None


def _bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()


@rule("wafv2", RULED, _CODE, "an expression can be read", source="WAF API: RegexMatchStatement")
def expression(call: Call, view: View) -> str | None:
    bad = next((text for one in _bodies(call) if (text := one.get("RegexString")) and not _is_readable(text)), None)
    reason = "The parameter contains formatting that is not valid."
    return invalid(reason, "REGEX_MATCH_STATEMENT", str(bad)) if bad is not None else None


def _is_readable(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


@rule("wafv2", RULED, _CODE, "transformations have priorities of their own", source="WAF API: TextTransformation")
def transformations(call: Call, view: View) -> str | None:
    for one in _bodies(call):
        found = [each["Priority"] for each in one.get("TextTransformations", ())]
        if len(set(found)) < len(found):
            reason = "The text transformations have the same priority; it must be unique."
            return invalid(reason, "TEXT_TRANSFORMATION", "Priority")
    return None


@rule("wafv2", RULED, "WAFConfigurationWarningException", "what is too large to look at is dealt with", source="6.8")
def oversize(call: Call, view: View) -> str | None:
    parts = [part for one in _bodies(call) for part in (one.get("FieldToMatch") or {}).items()]
    bad = any(name in _PARTLY and not (how or {}).get("OversizeHandling") for name, how in parts)
    words = "You are inspecting the web request body, headers, or cookies without specifying how to handle oversize"
    return f"{words} components." if bad else None


@rule("wafv2", RULED, _CODE, "an override is one action", source="WAF API: RuleActionOverride")
def overrides(call: Call, view: View) -> str | None:
    bad = any(len(each["ActionToUse"]) != 1 for one in _bodies(call) for each in one.get("RuleActionOverrides", ()))
    return invalid(ONE, "RULE_ACTION", "RuleAction") if bad else None


@rule("wafv2", RULED, _CODE, "a version only of a group that has versions", source="WAF API: ManagedRuleGroupStatement")
def version(call: Call, view: View) -> str | None:
    for one in firewall.every(said(call)):
        group = one.get("ManagedRuleGroupStatement")
        if group and group.get("Version") and not GROUPS[group["Name"]].versioned:
            reason = "The managed rule group does not support versioning."
            return invalid(reason, "MANAGED_RULE_SET_STATEMENT", str(group["Version"]))
    return None


@rule("wafv2", WRITES, _CODE, "an answer of one's own is among those of the web ACL", source="WAF API: CustomResponse")
def answers(call: Call, view: View) -> str | None:
    known = set(call.params.get("CustomResponseBodies") or ())
    for action in (call.params["DefaultAction"], *(each.get("Action", {}) for each in said(call))):
        own = (action.get("Block") or {}).get("CustomResponse") or {}
        key = own.get("CustomResponseBodyKey")
        if key and key not in known:
            return invalid("The referenced item is invalid.", "CUSTOM_RESPONSE", str(key))
    return None
