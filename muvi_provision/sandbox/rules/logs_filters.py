"""Metric filters."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import logs_filters
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_ALL = ("PutMetricFilter", "DescribeMetricFilters", "DeleteMetricFilter")
_GROUP = 100


@rule("logs", _ALL, "ResourceNotFoundException", "the log group whose filters are meant is there")
def group(call: Call, view: View) -> str | None:
    said = call.params.get("logGroupName")
    there = said is None or said in view.backend("logs").groups
    return None if there else "The specified log group does not exist."


@rule("logs", "DeleteMetricFilter", "ResourceNotFoundException", "the metric filter that is deleted is there")
def there(call: Call, view: View) -> str | None:
    key = (call.params["logGroupName"], call.params["filterName"])
    return None if key in logs_filters.shelf(view) else "The specified metric filter does not exist."


@rule("logs", "PutMetricFilter", "LimitExceededException", "100 metric filters a group")
def too_many(call: Call, view: View) -> str | None:
    said, held = call.params, logs_filters.shelf(view)
    mine = [name for where, name in held if where == said["logGroupName"] and name != said["filterName"]]
    return "Resource limit exceeded." if len(mine) >= _GROUP else None


@rule("logs", "DescribeMetricFilters", "InvalidParameterException", "a metric is named with its namespace")
def named(call: Call, view: View) -> str | None:
    alone = ("metricName" in call.params) != ("metricNamespace" in call.params)
    return "metricName and metricNamespace must be given together" if alone else None
