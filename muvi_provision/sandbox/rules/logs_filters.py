"""Metric filters."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import logs_filters
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_ALL = ("PutMetricFilter", "DescribeMetricFilters", "DeleteMetricFilter")
_GROUP = 100
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ENDS = (("{", "}"), ("[", "]"))


@rule(
    "logs",
    _ALL,
    "ResourceNotFoundException",
    "the log group whose filters are meant is there",
    source="CloudWatch Logs API: PutMetricFilter",
)
def group(call: Call, view: View) -> str | None:
    said = call.params.get("logGroupName")
    there = said is None or said in view.backend("logs").groups
    return None if there else "The specified log group does not exist."


@rule(
    "logs",
    "DeleteMetricFilter",
    "ResourceNotFoundException",
    "the metric filter that is deleted is there",
    source="CloudWatch Logs API: DeleteMetricFilter",
)
def there(call: Call, view: View) -> str | None:
    key = (call.params["logGroupName"], call.params["filterName"])
    return None if key in logs_filters.shelf(view) else "The specified metric filter does not exist."


@rule(
    "logs",
    "PutMetricFilter",
    "LimitExceededException",
    "100 metric filters a group",
    source="CloudWatch Logs API: PutMetricFilter",
)
def too_many(call: Call, view: View) -> str | None:
    said, held = call.params, logs_filters.shelf(view)
    mine = [name for where, name in held if where == said["logGroupName"] and name != said["filterName"]]
    return "Resource limit exceeded." if len(mine) >= _GROUP else None


@rule(
    "logs",
    "DescribeMetricFilters",
    "InvalidParameterException",
    "a metric is named with its namespace",
    source="CloudWatch Logs API: DescribeMetricFilters",
)
def named(call: Call, view: View) -> str | None:
    alone = ("metricName" in call.params) != ("metricNamespace" in call.params)
    return "metricName and metricNamespace must be given together" if alone else None


@rule(
    "logs",
    ("PutMetricFilter", "FilterLogEvents"),
    "InvalidParameterException",
    "a pattern that can be read",
    source="CloudWatch Logs User Guide: filter and pattern syntax",
)
def pattern(call: Call, view: View) -> str | None:
    said = str(call.params.get("filterPattern") or "").strip()
    good = _QUOTED.sub("", said).count('"') == 0 and all(
        said.endswith(end) for start, end in _ENDS if said[:1] == start
    )
    return None if good else "Invalid metric filter pattern"


@rule(
    "logs",
    "PutMetricFilter",
    "InvalidParameterException",
    "dimensions are fields of the pattern, and none is missing",
    source="iss:hashicorp/terraform-provider-aws#28881",
)
def dimensions(call: Call, view: View) -> str | None:
    said = [one for one in call.params["metricTransformations"] if one.get("dimensions")]
    if any("defaultValue" in one for one in said):
        return "Invalid metric transformation: dimensions and default value are mutually exclusive properties."
    fields = str(call.params["filterPattern"]).strip()[:1] in ("{", "[")
    return "The specified filter pattern does not support dimensions" if said and not fields else None
