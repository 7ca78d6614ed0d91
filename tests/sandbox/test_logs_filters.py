"""Metric filters on log groups."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.effects.logs_filters import matches
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.lambda_world import Functions
from tests.sandbox.refusals import refused

COUNTED = [{"metricName": "Errors", "metricNamespace": "uat", "metricValue": "1", "defaultValue": 0}]
FILTER = {"logGroupName": "/aws/lambda/sync", "filterName": "errors", "metricTransformations": COUNTED}


@pytest.mark.parametrize(
    ("pattern", "line", "counted"),
    [
        ("", "anything", True),
        ("ERROR", "an ERROR", True),
        ("ERROR", "an error", False),
        ("ERROR database", "database: ERROR", True),
        ("ERROR -database", "database: ERROR", False),
        ('"timed out"', "it timed out", True),
        ('"timed out"', "out of time", False),
        ("?ERROR ?WARN", "a WARN", True),
        ("?ERROR ?WARN", "nothing", False),
        ('{ $.level = "ERROR" }', '{"level": "ERROR"}', True),
        ('{ $.level != "ERROR" }', '{"level": "ERROR"}', False),
        ("{ $.http.status = 500 }", '{"http": {"status": 500}}', True),
        ("{ $.http.status = 500 }", "plain", False),
    ],
)
def test_patterns(pattern: str, line: str, counted: bool) -> None:
    assert matches(pattern, line) is counted


def test_a_filter_is_put_found_and_deleted(cloud: Cloud, connect: Connect) -> None:
    logs: Any = connect(cloud, "logs")
    assert refused(logs.put_metric_filter, filterPattern="ERROR", **FILTER) == "ResourceNotFoundException"
    logs.create_log_group(logGroupName="/aws/lambda/sync")
    before = cloud.snapshot()
    logs.put_metric_filter(filterPattern="WARN", **FILTER)
    logs.put_metric_filter(filterPattern="ERROR", **FILTER)
    (found,) = logs.describe_metric_filters(logGroupName="/aws/lambda/sync")["metricFilters"]
    assert (found["filterPattern"], found["metricTransformations"]) == ("ERROR", COUNTED)
    named = {"metricName": "Errors", "metricNamespace": "uat"}
    assert len(logs.describe_metric_filters(**named)["metricFilters"]) == 1
    assert logs.describe_metric_filters(**(named | {"metricName": "x"}))["metricFilters"] == []
    assert refused(logs.describe_metric_filters, metricName="Errors") == "InvalidParameterException"
    where = {"logGroupName": "/aws/lambda/sync", "filterName": "errors"}
    assert len(cloud.snapshot()["logs"]["me-central-1"]["metric_filter"]) == 1
    logs.delete_metric_filter(**where)
    assert refused(logs.delete_metric_filter, **where) == "ResourceNotFoundException"
    assert cloud.snapshot() == before
    logs.put_metric_filter(filterPattern="ERROR", **FILTER)
    logs.delete_log_group(logGroupName="/aws/lambda/sync")
    logs.create_log_group(logGroupName="/aws/lambda/sync")
    assert logs.describe_metric_filters()["metricFilters"] == []


def test_patterns_that_cannot_be_read(cloud: Cloud, connect: Connect) -> None:
    logs: Any = connect(cloud, "logs")
    logs.create_log_group(logGroupName="/aws/lambda/sync")
    for pattern in ('"ERROR', "{ $.level = ERROR", "[ip, user", 'a "b" "c'):
        assert refused(logs.put_metric_filter, filterPattern=pattern, **FILTER) == "InvalidParameterException"
    wrong = {"logGroupName": "/aws/lambda/sync", "filterPattern": '"ERROR'}
    assert refused(logs.filter_log_events, **wrong) == "InvalidParameterException"
    for pattern in ('{ $.level = "ERROR" }', "[ip, user]", '"a \\" b"', "ERROR"):
        logs.put_metric_filter(filterPattern=pattern, **FILTER)
    assert logs.describe_log_groups()["logGroups"][0]["metricFilterCount"] == 1


def test_dimensions_are_fields(cloud: Cloud, connect: Connect) -> None:
    logs: Any = connect(cloud, "logs")
    logs.create_log_group(logGroupName="/aws/lambda/sync")
    fields = {key: value for key, value in COUNTED[0].items() if key != "defaultValue"} | {"dimensions": {"A": "$.a"}}
    said = {"logGroupName": "/aws/lambda/sync", "filterName": "errors", "metricTransformations": [fields]}
    assert refused(logs.put_metric_filter, filterPattern="ERROR", **said) == "InvalidParameterException"
    both = said | {"metricTransformations": [COUNTED[0] | fields]}
    assert refused(logs.put_metric_filter, filterPattern="{ $.a = x }", **both) == "InvalidParameterException"
    logs.put_metric_filter(filterPattern="{ $.a = x }", **said)


def test_how_many(cloud: Cloud, connect: Connect) -> None:
    logs: Any = connect(cloud, "logs")
    logs.create_log_group(logGroupName="/aws/lambda/sync")
    for number in range(100):
        logs.put_metric_filter(filterPattern="", **(FILTER | {"filterName": f"f{number}"}))
    assert refused(logs.put_metric_filter, filterPattern="", **FILTER) == "LimitExceededException"
    logs.put_metric_filter(filterPattern="x", **(FILTER | {"filterName": "f0"}))
    pages = logs.get_paginator("describe_metric_filters").paginate(PaginationConfig={"PageSize": 50})
    assert [len(one["metricFilters"]) for one in pages] == [50, 50]


def test_what_is_written_is_counted(cloud: Cloud, connect: Connect, clock: Leaping) -> None:
    world = Functions(cloud, connect, clock)
    world.logs.create_log_group(logGroupName="/aws/lambda/sync")
    world.logs.put_metric_filter(filterPattern="ERROR", **FILTER)
    world.make()
    world.api.invoke(FunctionName="sync")
    cloud.faults = Faults(crash={"function:sync": "error"})
    world.api.invoke(FunctionName="sync")
    named = {"logGroupName": "/aws/lambda/sync", "logStreamName": "own"}
    world.logs.create_log_stream(logGroupName="/aws/lambda/sync", logStreamName="own")
    at = int(clock.now().timestamp() * 1000)
    world.logs.put_log_events(**named, logEvents=[{"timestamp": at, "message": "ERROR"}])
    asked = {"StartTime": clock.now() - dt.timedelta(minutes=1), "EndTime": clock.now() + dt.timedelta(minutes=1)}
    metric = {"Metric": {"Namespace": "uat", "MetricName": "Errors"}, "Period": 60, "Stat": "Sum"}
    query = [{"Id": "a", "MetricStat": metric}]
    (found,) = connect(cloud, "cloudwatch").get_metric_data(MetricDataQueries=query, **asked)["MetricDataResults"]
    assert sum(found["Values"]) == 2.0
