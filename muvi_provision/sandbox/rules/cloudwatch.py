"""Alarms: periods, statistics, how many (aws-reality 7.5)."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox import alarms
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_PUT, _WRONG = "PutMetricAlarm", "ValidationError"
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_TAGGED = (_PUT, "PutDashboard", "TagResource")
_DAY = 86_400
_EXTENDED = re.compile(r"p(\d{1,2}(\.\d{1,10})?|100)|(tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?|(PR|TM|TC|TS|WM)\(.+\)|IQM")


@rule(
    "cloudwatch",
    _PUT,
    _WRONG,
    "a metric by its name, or metric math, and not both",
    source="CloudWatch API: PutMetricAlarm",
)
def one_metric(call: Call, view: View) -> str | None:
    said = call.params
    if "Metrics" in said:
        both = [name for name in ("MetricName", "Namespace", "Period", "Statistic", "Dimensions") if said.get(name)]
        return "If you specify the Metrics parameter, you cannot specify MetricName." if both else None
    lacking = [name for name in ("MetricName", "Namespace", "Period") if not said.get(name)]
    return f"The parameter {lacking[0]} is required." if lacking else None


@rule("cloudwatch", _PUT, _WRONG, "one statistic, that CloudWatch has", source="CloudWatch API: PutMetricAlarm")
def statistic(call: Call, view: View) -> str | None:
    said = call.params
    given = [name for name in ("Statistic", "ExtendedStatistic") if said.get(name)]
    if "Metrics" not in said and len(given) != 1:
        return "Exactly one of Statistic and ExtendedStatistic must be specified"
    known = _EXTENDED.fullmatch(said.get("ExtendedStatistic", "p50"))
    return None if known else f"The value {said['ExtendedStatistic']} for parameter ExtendedStatistic is not supported."


@rule("cloudwatch", _PUT, _WRONG, "a period of 10, 20 or 30 seconds or of whole minutes", source="7.5")
def period(call: Call, view: View) -> str | None:
    bad = any(one not in (10, 20, 30) and (one <= 0 or one % 60) for one in _periods(call.params))
    return "Period must be 10, 20, 30 or a multiple of 60" if bad else None


@rule(
    "cloudwatch",
    _PUT,
    _WRONG,
    "an alarm looks back a day at most, seven with periods of an hour and more",
    source="7.5",
)
def looks_back(call: Call, view: View) -> str | None:
    for one in _periods(call.params):
        most = _DAY * 7 if one >= 3600 else _DAY
        if one * call.params["EvaluationPeriods"] > most:
            return f"Metrics cannot be checked across more than {most // _DAY} days (EvaluationPeriods * Period)"
    return None


def _periods(said: Any) -> list[int]:
    """Also of each metric of metric math."""
    math = [one.get("Period") or one.get("MetricStat", {}).get("Period") for one in said.get("Metrics", ())]
    return [int(one) for one in (said.get("Period"), *math) if one is not None]


@rule("cloudwatch", _PUT, _WRONG, "no more datapoints to alarm than periods", source="CloudWatch API: PutMetricAlarm")
def datapoints(call: Call, view: View) -> str | None:
    most = call.params["EvaluationPeriods"]
    bad = not 1 <= call.params.get("DatapointsToAlarm", most) <= most
    return "DatapointsToAlarm must be between 1 and EvaluationPeriods" if bad else None


@rule("cloudwatch", _PUT, _WRONG, "a threshold, or what it is computed from", source="CloudWatch API: PutMetricAlarm")
def threshold(call: Call, view: View) -> str | None:
    given = [name for name in ("Threshold", "ThresholdMetricId") if call.params.get(name) is not None]
    return None if len(given) == 1 else "Exactly one of Threshold and ThresholdMetricId must be specified"


@rule("cloudwatch", _PUT, _WRONG, "missing data is missing, ignored, breaching or not", source="7.5")
def missing_data(call: Call, view: View) -> str | None:
    said = call.params.get("TreatMissingData", "missing")
    known = said in ("missing", "ignore", "breaching", "notBreaching")
    return None if known else f"The value {said} for parameter TreatMissingData is not supported."


@rule("cloudwatch", _PUT, "LimitExceeded", "a region holds 5,000 alarms", source="7.5 e")
def too_many(call: Call, view: View) -> str | None:
    fresh = call.params["AlarmName"] not in alarms.shelf(view)
    full = fresh and len(alarms.shelf(view)) >= view.quotas["alarms"]
    return "The maximum limit of alarms has been exceeded." if full else None


@rule(
    "cloudwatch",
    "DeleteAlarms",
    "ResourceNotFound",
    "all alarms that are deleted are there",
    source="7.5 f",
    status=404,
)
def there(call: Call, view: View) -> str | None:
    missing = [one for one in call.params["AlarmNames"] if one not in alarms.shelf(view)]
    return f"The alarm {missing[0]} does not exist" if missing else None


@rule(
    "cloudwatch",
    "DescribeAlarms",
    _WRONG,
    "alarms are asked for by names or by a prefix",
    source="CloudWatch API: DescribeAlarms",
)
def one_way(call: Call, view: View) -> str | None:
    both = call.params.get("AlarmNames") and call.params.get("AlarmNamePrefix")
    return "AlarmNames and AlarmNamePrefix cannot be specified together." if both else None


@rule("cloudwatch", _PUT, _WRONG, "what an alarm sets off is named by its ARN", source="CloudWatch API: PutMetricAlarm")
def actions(call: Call, view: View) -> str | None:
    said = [one for name in _ACTIONS for one in call.params.get(name, ())]
    wrong = next((one for one in said if not (one.startswith("arn:") and len(one.split(":")) >= 6)), None)
    return f"Invalid arn syntax: {wrong}" if wrong is not None else None


@rule(
    "cloudwatch", _TAGGED, "InvalidParameterValue", "50 tags an alarm or a dashboard, none of them AWS's", source="1.5"
)
def tags(call: Call, view: View) -> str | None:
    held = alarms.tags(view, call.params.get("ResourceARN", "")) or {}
    said = {one["Key"] for one in call.params.get("Tags", ())}
    if any(key.lower().startswith("aws:") for key in said):
        return "Tag keys beginning with aws: are reserved for system use."
    return "The number of tags exceeds the maximum of 50." if len(said | set(held)) > 50 else None
