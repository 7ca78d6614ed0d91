"""EventBridge's rules and their targets (aws-reality 7.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import event_rules, roles, schedules
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_WRONG, _MANY = "ValidationException", "LimitExceededException"
_PUT, _TARGETS = "PutRule", ("PutTargets", "RemoveTargets", "ListTargetsByRule")
_ON_A_BUS = (_PUT, *_TARGETS, "DescribeRule", "ListRules", "EnableRule", "DisableRule", "DeleteRule")
_PER_RULE, _PER_CALL = 5, 10
_MATCHES = ("prefix", "suffix", "anything-but", "numeric", "cidr", "exists", "equals-ignore-case", "wildcard")
_NEED_ROLE = ("states", "codepipeline", "ecs", "codebuild", "batch", "kinesis", "ssm")


@rule(
    "events",
    (*_ON_A_BUS, "ListRuleNamesByTarget"),
    "ResourceNotFoundException",
    "the default bus is the only one",
    source="7.2 a",
)
def bus(call: Call, view: View) -> str | None:
    said = str(call.params.get("EventBusName", event_rules.BUS)).rpartition("/")[2]
    return None if said == event_rules.BUS else f"Event bus {said} does not exist."


@rule("events", _PUT, _WRONG, "a rule has a schedule or a pattern", source="EventBridge API: PutRule")
def something(call: Call, view: View) -> str | None:
    said = call.params.get("ScheduleExpression") or call.params.get("EventPattern")
    return None if said else "Parameter(s) EventPattern or ScheduleExpression must be specified."


@rule("events", _PUT, _WRONG, "a schedule is six fields of which one day is ?, or a rate", source="7.2")
def schedule(call: Call, view: View) -> str | None:
    said = call.params.get("ScheduleExpression")
    return "Parameter ScheduleExpression is not valid." if said and not schedules.valid(said) else None


@rule(
    "events",
    _PUT,
    "InvalidEventPatternException",
    "a pattern is an object whose ends are lists",
    source="EventBridge User Guide: event patterns",
)
def pattern(call: Call, view: View) -> str | None:
    said = call.params.get("EventPattern")
    trouble = next(_complaints(said), None) if said else None
    return f"Event pattern is not valid. Reason: {trouble}" if trouble else None


def _complaints(said: str) -> Iterator[str]:
    try:
        found = json.loads(said)
    except ValueError:
        yield "Filter is not valid JSON"
        return
    if not isinstance(found, dict):
        yield "Filter is not an object"
        return
    yield from _branches(found)


def _branches(said: Mapping[str, Any]) -> Iterator[str]:
    if not said:
        yield "Empty objects are not allowed"
    for name, one in said.items():
        if isinstance(one, dict):
            yield from _branches(one)
        elif not isinstance(one, list):
            yield f'"{name}" must be an object or an array'
        elif not one:
            yield "Empty arrays are not allowed"
        else:
            yield from (complaint for each in one for complaint in _end(name, each))


def _end(name: str, said: Any) -> Iterator[str]:
    """One value that will do, or one way of matching; ``$or`` has branches."""
    if name == "$or" and isinstance(said, dict):
        yield from _branches(said)
    elif isinstance(said, list):
        yield "Match value must be String, number, true, false, or null"
    elif isinstance(said, dict):
        yield from (f"Unrecognized match type {each}" for each in said if each not in _MATCHES)
        if len(said) != 1:
            yield "Only one key allowed in match expression"


@rule("events", _PUT, _MANY, "a bus holds 300 rules", source="7.2 i")
def too_many(call: Call, view: View) -> str | None:
    held = event_rules.shelf(view)
    full = call.params["Name"] not in held and len(held) >= view.quotas["event_rules"]
    return "The requested resource exceeds the maximum number allowed." if full else None


@rule(
    "events",
    "PutTargets",
    "ResourceNotFoundException",
    "a rule is known a moment after it was made",
    source="1.6, 7.2 e",
)
def not_known_yet(call: Call, view: View) -> str | None:
    found = event_rules.shelf(view).get(call.params["Rule"])
    known = found is not None and view.now >= found.seen_from
    return None if known else f"Rule {call.params['Rule']} does not exist on EventBus {event_rules.BUS}."


@rule("events", "PutTargets", _WRONG, "10 targets a call", source="7.2 i")
def per_call(call: Call, view: View) -> str | None:
    many = len(call.params["Targets"]) > _PER_CALL
    constraint = "Member must have length less than or equal to 10"
    return (
        f"1 validation error detected: Value at 'targets' failed to satisfy constraint: {constraint}" if many else None
    )


@rule("events", "PutTargets", _MANY, "5 targets a rule", source="7.2 i")
def per_rule(call: Call, view: View) -> str | None:
    there = event_rules.shelf(view)[call.params["Rule"]].targets
    many = len(set(there) | {one["Id"] for one in call.params["Targets"]}) > _PER_RULE
    return "The requested resource exceeds the maximum number allowed." if many else None


@rule("events", "PutTargets", _WRONG, "a target is named by its ARN", source="EventBridge API: PutTargets")
def arns(call: Call, view: View) -> str | None:
    for one in call.params["Targets"]:
        if not (one["Arn"].startswith("arn:") and len(one["Arn"].split(":")) >= 6):
            return f"Parameter {one['Arn']} is not valid. Reason: Provided Arn is not in correct format."
    return None


@rule(
    "events", "PutTargets", _WRONG, "what EventBridge itself starts comes with a role that it may assume", source="7.2"
)
def role(call: Call, view: View) -> str | None:
    for one in call.params["Targets"]:
        if one["Arn"].split(":")[2] in _NEED_ROLE and not one.get("RoleArn"):
            return f"RoleArn is required for target {one['Arn']}."
        if one.get("RoleArn") and not roles.assumable(view, one["RoleArn"], "events.amazonaws.com"):
            return f"Provided role '{one['RoleArn']}' cannot be assumed by principal 'events.amazonaws.com'."
    return None


@rule("events", "PutTargets", _WRONG, "a target is told one thing, and a constant is JSON", source="7.2")
def told(call: Call, view: View) -> str | None:
    for one in call.params["Targets"]:
        if sum(name in one for name in ("Input", "InputPath", "InputTransformer")) > 1:
            return f"Only one of Input, InputPath, or InputTransformer must be provided for target {one['Id']}."
        try:
            json.loads(one.get("Input", "{}"))
        except ValueError:
            return f"Parameter Input is not valid. Reason: Input of target {one['Id']} is not valid JSON text."
    return None


@rule("events", "PutTargets", _WRONG, "a task on Fargate comes with its subnets", source="7.2")
def fargate(call: Call, view: View) -> str | None:
    for one in call.params["Targets"]:
        ecs = one["Arn"].split(":")[2] == "ecs"
        network = one.get("EcsParameters", {}).get("NetworkConfiguration", {}).get("awsvpcConfiguration", {})
        if ecs and not one.get("EcsParameters"):
            return f"EcsParameters is required for target {one['Arn']}."
        if ecs and one["EcsParameters"].get("LaunchType") == "FARGATE" and not network.get("Subnets"):
            return "NetworkConfiguration is required for Fargate launch type."
    return None


@rule("events", "DeleteRule", _WRONG, "a rule goes after its targets", source="7.2 f")
def targets_first(call: Call, view: View) -> str | None:
    found = event_rules.shelf(view).get(call.params["Name"])
    return "Rule can't be deleted since it has targets." if found is not None and found.targets else None


@rule("events", (_PUT, "TagResource"), _WRONG, "50 tags a rule, none of them AWS's", source="1.5")
def tags(call: Call, view: View) -> str | None:
    held = event_rules.tagged(call, view).tags if call.operation == "TagResource" else {}
    said = {one["Key"] for one in call.params.get("Tags", ())}
    if any(key.lower().startswith("aws:") for key in said):
        return "Tag keys beginning with aws: are reserved for system use."
    return "The number of tags exceeds the maximum of 50." if len(said | set(held)) > 50 else None
