"""Rules, in place of the emulator, which takes any expression and leaves rules out of the index of tags."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import event_rules
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.event_rules import BUS, Rule
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

_PAGE = 100
_SEEN_S = 2  # aws-reality 1.6
_SETTINGS = ("ScheduleExpression", "EventPattern", "State", "Description", "RoleArn")


@instead("events", "PutRule")
def put(call: Call, view: View) -> Any:
    """aws-reality 1.4: what is not said of a rule that is there is reset; its tags and its targets are left alone."""
    name, held = call.params["Name"], event_rules.shelf(view)
    settings = {one: call.params[one] for one in _SETTINGS if one in call.params}
    if name in held:
        held[name].settings = settings
    else:
        tags = {one["Key"]: one["Value"] for one in call.params.get("Tags", ())}
        seen_from = view.now + view.seconds(_SEEN_S)
        held[name] = Rule(name, event_rules.arn_of(view, name), settings, tags, seen_from)
    return {"RuleArn": held[name].arn}


@instead("events", "CreateEventBus")
def another_bus(call: Call, view: View) -> Any:
    """Schedules work on the default bus only (aws-reality 7.2 a), and nothing here needs another."""
    raise NotImplementedError(call.operation)


@instead("events", "DescribeRule")
def described(call: Call, view: View) -> Any:
    return shown(event_rules.asked(call, view)) | {"CreatedBy": view.account}


@instead("events", "ListRules")
def listed(call: Call, view: View) -> Any:
    start = call.params.get("NamePrefix", "")
    found = [shown(one) for name, one in sorted(event_rules.shelf(view).items()) if name.startswith(start)]
    kept, token = page(found, call.params.get("NextToken"), call.params.get("Limit", _PAGE))
    return {"Rules": kept} | ({"NextToken": token} if token else {})


def shown(one: Rule) -> dict[str, Any]:
    return one.settings | {"Name": one.name, "Arn": one.arn, "State": one.state, "EventBusName": BUS}


@instead("events", ("EnableRule", "DisableRule"))
def switched(call: Call, view: View) -> Any:
    on = call.operation == "EnableRule"
    event_rules.asked(call, view).settings["State"] = "ENABLED" if on else "DISABLED"
    return {}


@instead("events", "DeleteRule")
def deleted(call: Call, view: View) -> Any:
    """aws-reality 7.2 f: of one that is not there it is no error."""
    event_rules.shelf(view).pop(call.params["Name"], None)
    return {}


@instead("events", "ListTagsForResource")
def tags(call: Call, view: View) -> Any:
    found = event_rules.tagged(call, view).tags
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(found.items())]}


@instead("events", "TagResource")
def tagged(call: Call, view: View) -> Any:
    event_rules.tagged(call, view).tags.update({one["Key"]: one["Value"] for one in call.params["Tags"]})
    return {}


@instead("events", "UntagResource")
def untagged(call: Call, view: View) -> Any:
    for key in call.params["TagKeys"]:
        event_rules.tagged(call, view).tags.pop(key, None)
    return {}


def _index(view: View) -> dict[str, dict[str, str]]:
    return {one.arn: one.tags for one in event_rules.kept(view).values()}


tagging.register("events:rule", _index)
