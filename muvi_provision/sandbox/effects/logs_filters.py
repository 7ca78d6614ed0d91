"""Metric filters: what is written to a log group is counted. The emulator adds one at each put, and counts nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

_PAGE = 50
_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))')
_JSON = re.compile(r'\{\s*\$\.([\w.]+)\s*(=|!=)\s*(?:"([^"]*)"|(\S+?))\s*\}')


@dataclass
class Filter:
    group: str
    name: str
    pattern: str
    transformations: list[dict[str, Any]]
    made: int  # in milliseconds


def shelf(view: View) -> dict[tuple[str, str], Filter]:
    """One region's filters, by group and name."""
    found: dict[tuple[str, str], Filter] = vars(view.backend("logs")).setdefault("filter_shelf", {})
    return found


@instead("logs", "PutMetricFilter")
def put(call: Call, view: View) -> Any:
    said = call.params
    key = (said["logGroupName"], said["filterName"])
    made = int(view.today.timestamp() * 1000)
    shelf(view)[key] = Filter(*key, said["filterPattern"], list(said["metricTransformations"]), made)
    return {}


@instead("logs", "DescribeMetricFilters")
def described(call: Call, view: View) -> Any:
    said = call.params
    found = [
        shown(one)
        for _, one in sorted(shelf(view).items())
        if said.get("logGroupName") in (None, one.group) and one.name.startswith(said.get("filterNamePrefix", ""))
    ]
    if "metricName" in said:
        found = [one for one in found if _feeds(one, said["metricNamespace"], said["metricName"])]
    kept, token = page(found, said.get("nextToken"), said.get("limit", _PAGE))
    return {"metricFilters": kept} | ({"nextToken": token} if token else {})


def _feeds(one: Mapping[str, Any], namespace: str, name: str) -> bool:
    return any(
        (each["metricNamespace"], each["metricName"]) == (namespace, name) for each in one["metricTransformations"]
    )


def shown(one: Filter) -> dict[str, Any]:
    told = {"filterName": one.name, "filterPattern": one.pattern, "logGroupName": one.group}
    return told | {"metricTransformations": one.transformations, "creationTime": one.made}


@instead("logs", "DeleteMetricFilter")
def deleted(call: Call, view: View) -> Any:
    del shelf(view)[call.params["logGroupName"], call.params["filterName"]]
    return {}


@after("logs", "DeleteLogGroup")
def going(call: Call, view: View, result: Any) -> None:
    """They go with their group."""
    for key in [key for key in shelf(view) if key[0] == call.params["logGroupName"]]:
        del shelf(view)[key]


@after("logs", "PutLogEvents")
def written(call: Call, view: View, result: Any) -> None:
    count(view, call.params["logGroupName"], [one["message"] for one in call.params["logEvents"]])


def count(view: View, group: str, lines: Iterable[str]) -> None:
    """Feed the metrics of a group's filters with lines that were just written."""
    those = list(lines)
    for one in [one for one in shelf(view).values() if one.group == group]:
        matching = [line for line in those if matches(one.pattern, line)]
        for each in one.transformations:
            _feed(view, each, len(matching), len(those))


def _feed(view: View, said: Mapping[str, Any], matching: int, written: int) -> None:
    """A value of the event's own (``$.latency``) is not looked up: it counts as one."""
    value = said["metricValue"]
    each = float(value) if re.fullmatch(r"-?[\d.]+", value) else 1.0
    values = [each] * matching
    if "defaultValue" in said:
        values += [float(said["defaultValue"])] * (written - matching)
    at = view.today.replace(tzinfo=None)
    told = [{"MetricName": said["metricName"], "Value": one, "Timestamp": at} for one in values]
    if told:
        view.backend("cloudwatch").put_metric_data(said["metricNamespace"], told)


def matches(pattern: str, line: str) -> bool:
    """Terms that are all there, ``-`` those that are not, ``?`` any of them; or one member of a JSON event."""
    member = _JSON.fullmatch(pattern.strip())
    if member:
        return _member(member, line)
    needed, optional = True, []
    for sign, quoted, plain in _TERM.findall(pattern):
        there = (quoted or plain) in line
        if sign == "?":
            optional.append(there)
        else:
            needed = needed and there is (sign != "-")
    return needed and (any(optional) or not optional)


def _member(wanted: re.Match[str], line: str) -> bool:
    try:
        found = json.loads(line)
        for name in wanted[1].split("."):
            found = found[name]
    except (ValueError, KeyError, TypeError):
        return False
    text = wanted[3] if wanted[3] is not None else wanted[4]
    return (str(found) == text) is (wanted[2] == "=")
