"""Alarms: periods, statistics, how many (aws-reality 7.5)."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox import alarms
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_PUT, _WRONG = "PutMetricAlarm", "ValidationError"
_DAY = 86_400
_EXTENDED = re.compile(r"p(\d{1,2}(\.\d{1,10})?|100)|(tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?|(PR|TM|TC|TS|WM)\(.+\)|IQM")


@rule("cloudwatch", _PUT, _WRONG, "a metric by its name, or metric math, and not both")
def one_metric(call: Call, view: View) -> str | None:
    said = call.params
    if "Metrics" in said:
        both = [name for name in ("MetricName", "Namespace", "Period", "Statistic", "Dimensions") if said.get(name)]
        return "If you specify the Metrics parameter, you cannot specify MetricName." if both else None
    lacking = [name for name in ("MetricName", "Namespace", "Period") if not said.get(name)]
    return f"The parameter {lacking[0]} is required." if lacking else None


@rule("cloudwatch", _PUT, _WRONG, "one statistic, that CloudWatch has")
def statistic(call: Call, view: View) -> str | None:
    said = call.params
    given = [name for name in ("Statistic", "ExtendedStatistic") if said.get(name)]
    if "Metrics" not in said and len(given) != 1:
        return "Exactly one of Statistic and ExtendedStatistic must be specified"
    known = _EXTENDED.fullmatch(said.get("ExtendedStatistic", "p50"))
    return None if known else f"The value {said['ExtendedStatistic']} for parameter ExtendedStatistic is not supported."


@rule("cloudwatch", _PUT, _WRONG, "a period of 10, 20 or 30 seconds or of whole minutes")
def period(call: Call, view: View) -> str | None:
    bad = any(one not in (10, 20, 30) and (one <= 0 or one % 60) for one in _periods(call.params))
    return "Period must be 10, 20, 30 or a multiple of 60" if bad else None


@rule("cloudwatch", _PUT, _WRONG, "an alarm looks back a day at most, seven with periods of an hour and more")
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


@rule("cloudwatch", _PUT, _WRONG, "no more datapoints to alarm than periods")
def datapoints(call: Call, view: View) -> str | None:
    most = call.params["EvaluationPeriods"]
    bad = not 1 <= call.params.get("DatapointsToAlarm", most) <= most
    return "DatapointsToAlarm must be between 1 and EvaluationPeriods" if bad else None


@rule("cloudwatch", _PUT, _WRONG, "a threshold, or what it is computed from")
def threshold(call: Call, view: View) -> str | None:
    given = [name for name in ("Threshold", "ThresholdMetricId") if call.params.get(name) is not None]
    return None if len(given) == 1 else "Exactly one of Threshold and ThresholdMetricId must be specified"


@rule("cloudwatch", _PUT, _WRONG, "missing data is missing, ignored, breaching or not")
def missing_data(call: Call, view: View) -> str | None:
    said = call.params.get("TreatMissingData", "missing")
    known = said in ("missing", "ignore", "breaching", "notBreaching")
    return None if known else f"The value {said} for parameter TreatMissingData is not supported."


@rule("cloudwatch", _PUT, "LimitExceeded", "a region holds 5,000 alarms")
def too_many(call: Call, view: View) -> str | None:
    fresh = call.params["AlarmName"] not in alarms.shelf(view)
    full = fresh and len(alarms.shelf(view)) >= view.quotas["alarms"]
    return "The maximum limit of alarms has been exceeded." if full else None


@rule("cloudwatch", "DeleteAlarms", "ResourceNotFound", "all alarms that are deleted are there", status=404)
def there(call: Call, view: View) -> str | None:
    missing = [one for one in call.params["AlarmNames"] if one not in alarms.shelf(view)]
    return f"The alarm {missing[0]} does not exist" if missing else None


@rule("cloudwatch", "DeleteAlarms", _WRONG, "100 alarms are deleted at a time")
def too_many_names(call: Call, view: View) -> str | None:
    many = len(call.params["AlarmNames"]) > 100
    return "The collection AlarmNames must not have a size greater than 100." if many else None
