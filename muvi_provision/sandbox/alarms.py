"""What the sandbox holds of CloudWatch besides the data of metrics: alarms with their states, and dashboards.

The emulator's alarms are well as soon as they are made, and its dashboards belong to a region (aws-reality 7.5).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from muvi_provision.sandbox.view import View

_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
HOME = "us-east-1"  # where what belongs to no region is kept


@dataclass
class Alarm:
    """``settings`` are what PutMetricAlarm said; from ``looked_at`` on, in the cloud's seconds, it is evaluated."""

    name: str
    arn: str
    settings: dict[str, Any]
    tags: dict[str, str]
    made: datetime
    looked_at: float


@dataclass
class Dashboard:
    name: str
    arn: str
    body: str
    modified: datetime
    tags: dict[str, str] = field(default_factory=dict)


def shelf(view: View) -> dict[str, Alarm]:
    """One region's alarms, by name."""
    found: dict[str, Alarm] = vars(view.backend("cloudwatch")).setdefault("shelf", {})
    return found


def dashboards(view: View) -> dict[str, Dashboard]:
    """The account's (aws-reality 7.5 a: they are in no region)."""
    found: dict[str, Dashboard] = vars(view.backend("cloudwatch", HOME)).setdefault("boards", {})
    return found


def kept(view: View) -> dict[str, Alarm]:
    """The region's alarms, without making anything where there is nothing."""
    backend = view.world.everything().get("cloudwatch", {}).get(view.account, {}).get(view.region)
    found: dict[str, Alarm] = vars(backend).get("shelf", {}) if backend is not None else {}
    return found


def tags(view: View, arn: str) -> dict[str, str] | None:
    """Of the alarm or the dashboard with that ARN; None when there is none."""
    held: list[Alarm | Dashboard] = [*shelf(view).values(), *dashboards(view).values()]
    return next((one.tags for one in held if one.arn == arn), None)


def put(view: View, name: str, settings: Mapping[str, Any], tags: Mapping[str, str]) -> Alarm:
    """Make an alarm or change it. One that is there keeps its tags (aws-reality 1.4)."""
    there = shelf(view).get(name)
    arn = f"arn:aws:cloudwatch:{view.region}:{view.account}:alarm:{name}"
    kept_tags = there.tags if there is not None else dict(tags)
    first = view.now + view.seconds(settings.get("Period", 60))
    shelf(view)[name] = Alarm(name, arn, dict(settings), kept_tags, view.today, first)
    return shelf(view)[name]


@dataclass(frozen=True)
class Verdict:
    """An alarm's state, and why."""

    state: str
    reason: str


UNCHECKED = Verdict("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation")


def verdict(view: View, alarm: Alarm) -> Verdict:
    """aws-reality 7.5 b: nothing is known before the first period is over. Metric math is not looked at."""
    said = alarm.settings
    compared = _COMPARED.get(said["ComparisonOperator"])
    if view.now < alarm.looked_at or "MetricName" not in said or compared is None:
        return UNCHECKED
    points = _points(view, said)
    breaching = [compared(one, said["Threshold"]) if one is not None else None for one in points]
    return _judged(said, breaching)


def _judged(said: Mapping[str, Any], breaching: list[bool | None]) -> Verdict:
    """``breaching``: for each period whether it breaches the threshold, None without data."""
    missing = said.get("TreatMissingData", "missing")
    if missing in ("breaching", "notBreaching"):
        breaching = [missing == "breaching" if one is None else one for one in breaching]
    known = [one for one in breaching if one is not None]
    if not known:
        return Verdict("INSUFFICIENT_DATA", "Insufficient Data: no datapoints were received")
    wanted = said.get("DatapointsToAlarm", said["EvaluationPeriods"])
    if sum(known) >= min(wanted, len(known)):
        return Verdict("ALARM", f"Threshold Crossed: {sum(known)} datapoints breached the threshold")
    return Verdict("OK", f"Threshold Crossed: {len(known) - sum(known)} datapoints were not in breach of the threshold")


def _points(view: View, said: Mapping[str, Any]) -> list[float | None]:
    """One value for each of the last periods, the oldest first; None without data."""
    step, count = timedelta(seconds=said["Period"]), said["EvaluationPeriods"]
    begin = view.today - count * step
    stat = said.get("Statistic") or said["ExtendedStatistic"]
    starts = [begin + number * step for number in range(count)]
    return [statistic(values(view, said, one, one + step), stat) for one in starts]


def values(view: View, metric: Mapping[str, Any], begin: datetime, end: datetime) -> list[float]:
    """The data of one metric, whose dimensions must match exactly, after ``begin`` and up to ``end``."""
    wanted = sorted((one["Name"], one["Value"]) for one in metric.get("Dimensions", ()))
    first, last = _naive(begin), _naive(end)
    return [
        one.value
        for one in view.backend("cloudwatch").metric_data
        if (one.namespace, one.name) == (metric["Namespace"], metric["MetricName"])
        and sorted((each.name, each.value) for each in one.dimensions) == wanted
        and first < _naive(one.timestamp) <= last
        and hasattr(one, "value")
    ]


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def statistic(found: list[float], name: str) -> float | None:
    """One of CloudWatch's statistics; None without data. Raises NotImplementedError for one of the rarer ones."""
    if not found:
        return None
    if name == "Average":
        return sum(found) / len(found)
    simple: dict[str, Callable[[list[float]], float]] = {
        "Sum": sum,
        "Minimum": min,
        "Maximum": max,
        "SampleCount": lambda those: float(len(those)),
    }
    if name in simple:
        return float(simple[name](found))
    return _percentile(found, name)


def _percentile(found: list[float], name: str) -> float:
    """Between two values as CloudWatch does, in proportion."""
    if not name.startswith("p"):
        raise NotImplementedError(name)
    ordered, place = sorted(found), float(name[1:]) / 100 * (len(found) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
