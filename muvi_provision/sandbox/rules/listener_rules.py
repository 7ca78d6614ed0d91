"""The rules of listeners."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.permissions import is_network
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_WRITES = ("CreateRule", "ModifyRule")
_UPON = ("ModifyRule", "DeleteRule")
_TAGGING = ("AddTags", "RemoveTags", "DescribeTags")
_PATTERNS = {
    "path-pattern": re.compile(r"""[A-Za-z0-9_\-.$/~"'@:+&*?;]{1,128}"""),
    "host-header": re.compile(r"(?=.{1,128}$)[A-Za-z0-9\-.*?]*\.[A-Za-z*?]+"),
    "http-request-method": re.compile(r"[A-Z_-]{1,40}"),
}
_SEVERAL = ("http-header", "query-string")  # a rule may have more than one condition of these only
_VALUES = 5  # aws-reality 3.12 i


@rule("elbv2", ("CreateRule", "DescribeRules"), "ListenerNotFound", "the listener of a rule is there", source="13")
def listener_missing(call: Call, view: View) -> str | None:
    wanted = call.params.get("ListenerArn")
    missing = wanted is not None and view.find("listener", wanted) is None
    return f"One or more listeners not found: '{wanted}'" if missing else None


@rule("elbv2", (*_UPON, "DescribeRules", *_TAGGING), "RuleNotFound", "the rule is there", source="13")
def rule_missing(call: Call, view: View) -> str | None:
    asked = [call.params.get("RuleArn"), *call.params.get("RuleArns", ()), *call.params.get("ResourceArns", ())]
    rules = [one for one in asked if one and ":listener-rule/" in one]
    missing = [one for one in rules if view.find("listener_rule", one) is None]
    return f"One or more rules not found: '{missing[0]}'" if missing else None


@rule(
    "elbv2",
    "DescribeRules",
    "ValidationError",
    "rules are told of a listener, or by their ARNs",
    source="ELBv2 API: DescribeRules",
)
def rules_of_what(call: Call, view: View) -> str | None:
    both = bool(call.params.get("ListenerArn")) == bool(call.params.get("RuleArns"))
    return "You must specify either listener rule ARNs or a listener ARN" if both else None


@rule("elbv2", _UPON, "OperationNotPermitted", "the default rule is the listener's own", source="3.12")
def default_rule(call: Call, view: View) -> str | None:
    found = view.find("listener_rule", call.params["RuleArn"])
    done = "deleted" if call.operation == "DeleteRule" else "modified"
    return f"Default rule '{found.arn}' cannot be {done}" if found.priority == "default" else None


@rule("elbv2", "CreateRule", "PriorityInUse", "one rule a priority", source="1.4")
def priority_taken(call: Call, view: View) -> str | None:
    wanted = str(call.params["Priority"])
    listener = view.find("listener", call.params["ListenerArn"])
    taken = wanted in {str(one.priority) for one in listener.rules.values()}
    return f"Priority '{wanted}' is currently in use" if taken else None


@rule(
    "elbv2", "CreateRule", "TooManyRules", "a load balancer has 100 rules, not counting default ones", source="3.12 i"
)
def too_many_rules(call: Call, view: View) -> str | None:
    balancer = view.find("load_balancer", view.find("listener", call.params["ListenerArn"]).load_balancer_arn)
    count = sum(len(one.rules) - 1 for one in balancer.listeners.values())
    limit = view.quotas["rules_per_load_balancer"]
    return f"The maximum number of rules per load balancer is {limit}" if count >= limit else None


@rule("elbv2", "CreateRule", "ValidationError", "a rule has a condition", source="ELBv2 API: CreateRule")
def unconditional(call: Call, view: View) -> str | None:
    return None if call.params.get("Conditions") else "A condition must be specified"


@rule("elbv2", _WRITES, "ValidationError", "five values in all conditions of a rule", source="3.12 i")
def too_many_values(call: Call, view: View) -> str | None:
    count = sum(len(values_of(one)) for one in call.params.get("Conditions", ()))
    return f"A rule can only have '{_VALUES}' condition values" if count > _VALUES else None


@rule(
    "elbv2",
    _WRITES,
    "ValidationError",
    "conditions on a header or the query may be several, the others one each",
    source="ELBv2 API: CreateRule",
)
def repeated_condition(call: Call, view: View) -> str | None:
    counted = Counter(str(one.get("Field")) for one in call.params.get("Conditions", ()))
    many = [kind for kind, count in counted.items() if count > 1 and kind not in _SEVERAL]
    return f"The '{many[0]}' condition can only be specified once" if many else None


@rule(
    "elbv2",
    _WRITES,
    "ValidationError",
    "a condition on a header names it, and is not on the host",
    source="ELBv2 API: HttpHeaderConditionConfig",
)
def header_name(call: Call, view: View) -> str | None:
    for one in call.params.get("Conditions", ()):
        if one.get("Field") == "http-header":
            name = str((one.get("HttpHeaderConfig") or {}).get("HttpHeaderName") or "")
            if not name or not values_of(one):
                return "A condition value must be specified for 'http-header'"
            if name.lower() == "host":
                return "The 'Host' header is not allowed in 'http-header'; use the 'host-header' condition"
    return None


@rule(
    "elbv2",
    _WRITES,
    "ValidationError",
    "what a condition compares has the characters of its kind",
    source="ELBv2 API: RuleCondition",
)
def condition_values(call: Call, view: View) -> str | None:
    for one in call.params.get("Conditions", ()):
        pattern = _PATTERNS.get(str(one.get("Field")))
        bad = [each for each in values_of(one) if pattern and not pattern.fullmatch(str(each))]
        if bad:
            return f"The {one['Field']} condition value '{bad[0]}' is not valid"
    return None


@rule(
    "elbv2",
    _WRITES,
    "ValidationError",
    "a condition on the source compares networks",
    source="ELBv2 API: RuleCondition",
)
def condition_source(call: Call, view: View) -> str | None:
    said = (one for one in call.params.get("Conditions", ()) if one.get("Field") == "source-ip")
    bad = [each for one in said for each in values_of(one) if not is_network(str(each))]
    return f"The source-ip condition value '{bad[0]}' must be a valid CIDR block" if bad else None


def values_of(condition: Mapping[str, Any]) -> list[Any]:
    """A condition's values, however they are spelt."""
    configs = [one for name, one in condition.items() if name.endswith("Config") and one]
    found = configs[0].get("Values", ()) if configs else condition.get("Values", ())
    return list(found or ())
