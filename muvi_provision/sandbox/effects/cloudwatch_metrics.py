"""What metrics were: the emulator fails on percentiles of few values, and on arithmetic with them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from muvi_provision.sandbox import alarms
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

_KEPT = ((60, 0.125), (300, 15), (3600, 63), (float("inf"), 455))  # below so many seconds: for how many days
Series = dict[datetime, float]
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@instead("cloudwatch", "GetMetricData")
def got(call: Call, view: View) -> Any:
    """Metrics, and arithmetic with them; of the functions of metric math there is none here."""
    queries = call.params["MetricDataQueries"]
    found: dict[str, Series] = {one["Id"]: _series(call, view, one) for one in queries if "MetricStat" in one}
    for one in queries:
        if "Expression" in one:
            found[one["Id"]] = _computed(one["Expression"], found)
    descending = call.params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    shown = [one for one in queries if one.get("ReturnData", True)]
    return {"MetricDataResults": [_result(one, found[one["Id"]], descending) for one in shown], "Messages": []}


def _result(query: Mapping[str, Any], series: Series, descending: bool) -> dict[str, Any]:
    times = sorted(series, reverse=descending)
    label = query.get("Label") or query.get("MetricStat", {}).get("Metric", {}).get("MetricName") or query["Id"]
    told = {"Id": query["Id"], "Label": label, "StatusCode": "Complete", "Timestamps": times}
    return told | {"Values": [series[one] for one in times]}


def _series(call: Call, view: View, query: Mapping[str, Any]) -> Series:
    """A value for each period that begins between the two times and has any."""
    stat = query["MetricStat"]
    step, begin = timedelta(seconds=stat["Period"]), call.params["StartTime"]
    oldest = view.today.replace(tzinfo=begin.tzinfo) - _kept(stat["Period"])
    at = _floor(max(begin, oldest), stat["Period"])
    found: Series = {}
    while at < call.params["EndTime"]:
        just_before = timedelta(microseconds=1)  # a period holds its beginning and not its end
        held = alarms.values(view, stat["Metric"], at - just_before, at + step - just_before)
        value = alarms.statistic(held, stat["Stat"])
        if value is not None:
            found[at] = value
        at += step
    return found


def _kept(period: int) -> timedelta:
    """For how long CloudWatch has points so close together (aws-reality 8.1)."""
    return next(timedelta(days=days) for less, days in _KEPT if period < less)


def _floor(at: datetime, period: int) -> datetime:
    """Periods begin at whole ones."""
    return at - timedelta(seconds=at.timestamp() % period)


def _computed(expression: str, found: Mapping[str, Series]) -> Series:
    """Where every metric that the expression names has a value."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError as unknown:
        raise NotImplementedError(expression) from unknown
    named = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
    if not named or not named <= set(found):
        raise NotImplementedError(expression)
    times = set.intersection(*(set(found[one]) for one in named))
    computed: Series = {}
    for at in times:
        try:
            computed[at] = _value(tree, {one: found[one][at] for one in named})
        except ZeroDivisionError:
            continue  # such a point is left out
    return computed


def _value(tree: ast.expr, names: Mapping[str, float]) -> float:
    if isinstance(tree, ast.Name):
        return names[tree.id]
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float):
        return float(tree.value)
    if isinstance(tree, ast.BinOp) and type(tree.op) in _ARITHMETIC:
        return _ARITHMETIC[type(tree.op)](_value(tree.left, names), _value(tree.right, names))
    raise NotImplementedError(ast.unparse(tree))
