"""Alarms, in place of the emulator, whose alarms are well before they have seen anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import alarms
from muvi_provision.sandbox.alarms import Alarm
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

_PAGE = 50
_KNOWN = {
    *("AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions"),
    *("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit", "Threshold"),
    *("EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "TreatMissingData", "Metrics", "Tags"),
    *("EvaluateLowSampleCountPercentile", "ThresholdMetricId"),
}
_ABSENT = ("PutCompositeAlarm", "SetAlarmState", "DescribeAlarmHistory", "DescribeAlarmsForMetric")


@instead("cloudwatch", "PutMetricAlarm")
def put(call: Call, view: View) -> Any:
    """aws-reality 1.4: an alarm that is there is replaced, and keeps the tags it has."""
    if set(call.params) - _KNOWN:
        raise NotImplementedError(sorted(set(call.params) - _KNOWN))
    said = {name: value for name, value in call.params.items() if name != "Tags"}
    alarms.put(view, said["AlarmName"], said, pairs(call))
    return {}


@instead("cloudwatch", _ABSENT)
def absent(call: Call, view: View) -> Any:
    """The emulator would do these to alarms of its own."""
    raise NotImplementedError(call.operation)


@instead("cloudwatch", "DescribeAlarms")
def described(call: Call, view: View) -> Any:
    """aws-reality 7.5 d: metric alarms, unless others are asked for; of those there are none here."""
    every = [shown(view, one) for name, one in sorted(alarms.shelf(view).items()) if _wanted(call, one)]
    found = [one for one in every if call.params.get("StateValue", one["StateValue"]) == one["StateValue"]]
    if "MetricAlarm" not in call.params.get("AlarmTypes", ["MetricAlarm"]):
        found = []
    kept, token = page(found, call.params.get("NextToken"), call.params.get("MaxRecords", _PAGE))
    return {"MetricAlarms": kept, "CompositeAlarms": []} | ({"NextToken": token} if token else {})


def _wanted(call: Call, one: Alarm) -> bool:
    names, start = call.params.get("AlarmNames"), call.params.get("ActionPrefix", "")
    if names and one.name not in names:
        return False
    actions = one.settings.get("AlarmActions", ())
    acts = not start or any(action.startswith(start) for action in actions)
    return one.name.startswith(call.params.get("AlarmNamePrefix", "")) and acts


def shown(view: View, one: Alarm) -> dict[str, Any]:
    verdict = alarms.verdict(view, one)
    usual: dict[str, Any] = {
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "Dimensions": [],
    }
    if "Metrics" in one.settings:
        del usual["Dimensions"]
    times = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
    told = {"AlarmArn": one.arn, "StateValue": verdict.state, "StateReason": verdict.reason}
    return usual | one.settings | told | dict.fromkeys(times, one.made)


@instead("cloudwatch", "DeleteAlarms")
def deleted(call: Call, view: View) -> Any:
    for name in call.params["AlarmNames"]:
        alarms.shelf(view).pop(name, None)
    return {}


@instead("cloudwatch", ("EnableAlarmActions", "DisableAlarmActions"))
def switched(call: Call, view: View) -> Any:
    for name in call.params["AlarmNames"]:
        if name in alarms.shelf(view):
            alarms.shelf(view)[name].settings["ActionsEnabled"] = call.operation == "EnableAlarmActions"
    return {}


@instead("cloudwatch", "ListTagsForResource")
def tags(call: Call, view: View) -> Any:
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(_tags_of(call, view).items())]}


@instead("cloudwatch", "TagResource")
def tagged(call: Call, view: View) -> Any:
    _tags_of(call, view).update(pairs(call))
    return {}


@instead("cloudwatch", "UntagResource")
def untagged(call: Call, view: View) -> Any:
    for key in call.params["TagKeys"]:
        _tags_of(call, view).pop(key, None)
    return {}


def _tags_of(call: Call, view: View) -> dict[str, str]:
    arn = call.params["ResourceARN"]
    found = alarms.tags(view, arn)
    if found is not None:
        return found
    more: Mapping[str, str] = {"ResourceType": "AlarmOrDashboard", "ResourceId": arn}
    raise Refused("ResourceNotFoundException", "The named resource does not exist.", 404, more)


def pairs(call: Call) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in call.params.get("Tags", ())}


def _index(view: View) -> dict[str, dict[str, str]]:
    return {one.arn: one.tags for one in alarms.kept(view).values()}


tagging.register("cloudwatch:alarm", _index)
