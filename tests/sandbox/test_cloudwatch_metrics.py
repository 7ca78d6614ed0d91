"""The data of metrics, and questions about them that CloudWatch does not answer (aws-reality 8.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import refused

METRIC = {"Namespace": "uat", "MetricName": "n"}


@pytest.fixture
def api(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "cloudwatch")


def test_the_data_of_metrics(api: Any, clock: Leaping) -> None:
    begin = clock.now()
    for second, value in ((0, 1.0), (30, 3.0), (60, 10.0)):
        datum = {"MetricName": "n", "Value": value, "Timestamp": begin + dt.timedelta(seconds=second)}
        api.put_metric_data(Namespace="uat", MetricData=[datum])
    found = asked(api, clock, "Sum", "p50", "p99", "SampleCount")
    assert found == {"m0": [4.0, 10.0], "m1": [2.0, 10.0], "m2": [2.98, 10.0], "m3": [2.0, 1.0]}
    assert asked(api, clock, "Sum", "SampleCount", expression="m0 / m1 * 100")["e"] == [200.0, 1000.0]
    assert refused(asked, api=api, clock=clock, expression="SEARCH('x', 'Sum')") == "SandboxNotImplemented"


def asked(api: Any, clock: Leaping, *stats: str, expression: str = "") -> dict[str, list[float]]:
    metric = {"Namespace": "uat", "MetricName": "n"}
    queries: list[dict[str, Any]] = [
        {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
        for number, stat in enumerate(stats)
    ]
    if expression:
        queries.append({"Id": "e", "Expression": expression})
    times = {"StartTime": clock.now(), "EndTime": clock.now() + dt.timedelta(minutes=5)}
    results = api.get_metric_data(MetricDataQueries=queries, ScanBy="TimestampAscending", **times)["MetricDataResults"]
    return {one["Id"]: [round(value, 6) for value in one["Values"]] for one in results}


def query(name: str = "a", period: int = 60, **more: Any) -> dict[str, Any]:
    return {"Id": name, "MetricStat": {"Metric": METRIC, "Period": period, "Stat": "Sum"}} | more


@pytest.mark.parametrize(
    "queries",
    [
        [query("A")],
        [query("1a")],
        [query(), query()],
        [query(f"q{number}") for number in range(501)],
        [query(Expression="b")],
        [{"Id": "a"}],
        [query(period=90)],
    ],
)
def test_questions_that_cannot_be(api: Any, clock: Leaping, queries: list[dict[str, Any]]) -> None:
    times = {"StartTime": clock.now(), "EndTime": clock.now() + dt.timedelta(minutes=5)}
    assert refused(api.get_metric_data, MetricDataQueries=queries, **times) == "ValidationError"
    backwards = {"StartTime": clock.now(), "EndTime": clock.now()}
    assert refused(api.get_metric_data, MetricDataQueries=[query()], **backwards) == "ValidationError"


@pytest.mark.parametrize(("period", "days"), [(60, 15), (300, 63), (3600, 455)])
def test_points_so_close_together_are_kept_for_some_time(api: Any, clock: Leaping, period: int, days: int) -> None:
    for age in (days - 1, days + 1):
        at = clock.now() - dt.timedelta(days=age)
        api.put_metric_data(Namespace="uat", MetricData=[{"MetricName": "n", "Value": float(age), "Timestamp": at}])
    times = {"StartTime": clock.now() - dt.timedelta(days=days + 2), "EndTime": clock.now()}
    (told,) = api.get_metric_data(MetricDataQueries=[query(period=period)], **times)["MetricDataResults"]
    assert told["Values"] == [days - 1]
