"""What rules do when they fire, and events that make them fire. What fails stands in the answer (aws-reality 1.1)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from muvi_provision.sandbox import event_rules, functions
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import lambda_invoking
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.event_rules import Rule
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

_PAGE = 100


@instead("events", "PutTargets")
def put(call: Call, view: View) -> Any:
    """A target whose id is there is replaced. That a function lets itself be called nobody checks."""
    rule = event_rules.asked(call, view)
    failed = _failed(view, rule, [one["Id"] for one in call.params["Targets"]])
    for one in call.params["Targets"]:
        if one["Id"] not in failed:
            rule.targets[one["Id"]] = dict(one)
    return _told(failed)


@instead("events", "RemoveTargets")
def removed(call: Call, view: View) -> Any:
    rule = event_rules.asked(call, view)
    failed = _failed(view, rule, call.params["Ids"])
    for wanted in call.params["Ids"]:
        if wanted not in failed:
            rule.targets.pop(wanted, None)
    return _told(failed)


def _failed(view: View, rule: Rule, ids: list[str]) -> dict[str, str]:
    """Which targets the faults are against, with the code."""
    faults = view.faults.crash
    return {one: faults[f"target:{rule.name}/{one}"] for one in ids if f"target:{rule.name}/{one}" in faults}


def _told(failed: Mapping[str, str]) -> dict[str, Any]:
    entries = [
        {"TargetId": wanted, "ErrorCode": code, "ErrorMessage": f"The target {wanted} could not be changed."}
        for wanted, code in failed.items()
    ]
    return {"FailedEntryCount": len(entries), "FailedEntries": entries}


@instead("events", "ListTargetsByRule")
def listed(call: Call, view: View) -> Any:
    found = [one for _, one in sorted(event_rules.asked(call, view).targets.items())]
    kept, token = page(found, call.params.get("NextToken"), call.params.get("Limit", _PAGE))
    return {"Targets": kept} | ({"NextToken": token} if token else {})


@instead("events", "ListRuleNamesByTarget")
def named(call: Call, view: View) -> Any:
    wanted = call.params["TargetArn"]
    found = [
        name
        for name, rule in sorted(event_rules.shelf(view).items())
        if any(one["Arn"] == wanted for one in rule.targets.values())
    ]
    kept, token = page(found, call.params.get("NextToken"), call.params.get("Limit", _PAGE))
    return {"RuleNames": kept} | ({"NextToken": token} if token else {})


@instead("events", "PutEvents")
def sent(call: Call, view: View) -> Any:
    """Functions are called by the rules that fit; of what else rules start, nothing is started here."""
    told = [_entry(view, one) for one in call.params["Entries"]]
    return {"FailedEntryCount": sum("ErrorCode" in one for one in told), "Entries": told}


def _entry(view: View, said: Mapping[str, Any]) -> dict[str, str]:
    for name in ("Source", "DetailType", "Detail"):
        if not said.get(name):
            message = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": message}
    if said["Source"].startswith("aws."):
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
    try:
        detail = json.loads(said["Detail"])
    except ValueError:
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": said["DetailType"],
        "source": said["Source"],
        "account": view.account,
        "time": view.today.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": view.region,
        "resources": list(said.get("Resources", ())),
        "detail": detail,
    }
    _ring(view, event)
    return {"EventId": event["id"]}


def _ring(view: View, event: Mapping[str, Any]) -> None:
    for rule in list(event_rules.shelf(view).values()):
        pattern = rule.settings.get("EventPattern")
        if rule.state == "ENABLED" and pattern and _fits(pattern, event):
            for target in rule.targets.values():
                _call(view, rule, target, event)


def _fits(pattern: str, event: Mapping[str, Any]) -> bool:
    from moto.events.models import EventPattern

    return bool(EventPattern.load(pattern).matches_event(dict(event)))


def _call(view: View, rule: Rule, target: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    """aws-reality 7.2: without the function's own permission the call is dropped without a word."""
    function = functions.shelf(view).get(functions.name_of(target["Arn"])) if ":lambda:" in target["Arn"] else None
    if function is None or not allowed(function.statements, rule.arn):
        return
    if function.state(view.now) == "Active":
        lambda_invoking.run(view, function, target.get("Input", json.dumps(event)).encode())


def allowed(statements: Mapping[str, Mapping[str, Any]], rule: str) -> bool:
    """Whether a function lets EventBridge call it for this rule."""
    for one in statements.values():
        services = one["Principal"].get("Service") if isinstance(one["Principal"], dict) else None
        source = one.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", "*")
        if services == "events.amazonaws.com" and fnmatchcase(rule, source):
            return True
    return False
