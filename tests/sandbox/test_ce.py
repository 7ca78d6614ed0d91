"""Cost Explorer: what was spent, by month and day, by service and tag."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.costs import Cost
from tests.sandbox.conftest import Connect
from tests.sandbox.refusals import refused

MONTH = {"Start": "2026-11-01", "End": "2026-11-23"}  # the leaping clock begins on the 22nd
UAT = {"env": "uat"}


@pytest.fixture
def ce(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "ce", "us-east-1")


def seed(cloud: Cloud) -> None:
    cloud.books.costs.spent += [
        Cost("2026-10-31", "ECS", 1.5, UAT),
        Cost("2026-11-20", "ECS", 2.0, UAT),
        Cost("2026-11-21", "ECS", 0.25, UAT),
        Cost("2026-11-21", "RDS", 4.0, UAT),
        Cost("2026-11-21", "RDS", 8.0),
        Cost("2026-11-22", "RDS", 100.0, UAT),  # today's are not known yet
    ]


def asked(period: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {"TimePeriod": period or MONTH, "Granularity": "MONTHLY", "Metrics": ["UnblendedCost"]} | more


def amounts(answer: dict[str, Any]) -> list[str]:
    return [one["Total"]["UnblendedCost"]["Amount"] for one in answer["ResultsByTime"]]


def test_nothing_was_spent(ce: Any) -> None:
    (one,) = ce.get_cost_and_usage(**asked())["ResultsByTime"]
    assert one["TimePeriod"] == MONTH
    assert one["Total"] == {"UnblendedCost": {"Amount": "0", "Unit": "USD"}}
    (grouped,) = ce.get_cost_and_usage(**asked(GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}]))["ResultsByTime"]
    assert (grouped["Total"], grouped["Groups"]) == ({}, [])


def test_by_month_and_by_day(cloud: Cloud, ce: Any) -> None:
    seed(cloud)
    both = {"Start": "2026-10-15", "End": "2026-11-23"}
    answer = ce.get_cost_and_usage(**asked(both))
    assert amounts(answer) == ["1.5", "14.25"]
    assert [one["Estimated"] for one in answer["ResultsByTime"]] == [False, True]
    days = ce.get_cost_and_usage(**asked({"Start": "2026-11-20", "End": "2026-11-22"}, Granularity="DAILY"))
    assert amounts(days) == ["2", "12.25"]


def test_groups_and_filters(cloud: Cloud, ce: Any) -> None:
    seed(cloud)
    services = ce.get_cost_and_usage(**asked(GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}]))
    (month,) = services["ResultsByTime"]
    assert [(one["Keys"], one["Metrics"]["UnblendedCost"]["Amount"]) for one in month["Groups"]] == [
        (["ECS"], "2.25"),
        (["RDS"], "12"),
    ]
    (tagged,) = ce.get_cost_and_usage(**asked(GroupBy=[{"Type": "TAG", "Key": "env"}]))["ResultsByTime"]
    assert [one["Keys"] for one in tagged["Groups"]] == [["env$"], ["env$uat"]]
    ours = {"Tags": {"Key": "env", "Values": ["uat"]}}
    assert amounts(ce.get_cost_and_usage(**asked(Filter=ours))) == ["6.25"]
    databases = {"And": [ours, {"Not": {"Dimensions": {"Key": "SERVICE", "Values": ["ECS"]}}}]}
    assert amounts(ce.get_cost_and_usage(**asked(Filter=databases))) == ["4"]
    untagged = {"Tags": {"Key": "env", "MatchOptions": ["ABSENT"]}}
    assert amounts(ce.get_cost_and_usage(**asked(Filter=untagged))) == ["8"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": {"Start": "2026-11-22", "End": "2026-11-22"}},
        {"period": {"Start": "2026-11-23", "End": "2026-11-22"}},
        {"period": {"Start": "22.11.2026", "End": "2026-11-23"}},
        {"period": {"Start": "2024-01-01", "End": "2024-02-01"}},
        {"period": {"Start": "2026-11-01", "End": "2026-12-02"}},
        {"Metrics": ["Cost"]},
        {"Metrics": []},
        {"GroupBy": [{"Type": "TAG", "Key": key} for key in "abc"]},
    ],
)
def test_what_cannot_be_asked(cloud: Cloud, ce: Any, wrong: dict[str, Any]) -> None:
    assert refused(ce.get_cost_and_usage, **asked(**wrong)) == "ValidationException"
    assert cloud.books.costs.requests == 0


def test_a_new_account_has_no_figures(cloud: Cloud, ce: Any) -> None:
    cloud.books.costs.ready = False
    assert refused(ce.get_cost_and_usage, **asked()) == "DataUnavailableException"
    cloud.books.costs.ready = True
    ce.get_cost_and_usage(**asked())


def test_what_is_to_come(cloud: Cloud, ce: Any) -> None:
    coming = {"TimePeriod": {"Start": "2026-11-22", "End": "2026-12-02"}, "Granularity": "MONTHLY"}
    coming |= {"Metric": "UNBLENDED_COST"}
    assert refused(ce.get_cost_forecast, **coming) == "DataUnavailableException"
    seed(cloud)
    answer = ce.get_cost_forecast(**coming)
    assert answer["Total"] == {"Amount": "5.25", "Unit": "USD"}  # 15.75 in thirty days
    assert [one["MeanValue"] for one in answer["ForecastResultsByTime"]] == ["4.725", "0.525"]
    past = coming | {"TimePeriod": {"Start": "2026-11-21", "End": "2026-12-01"}}
    assert refused(ce.get_cost_forecast, **past) == "ValidationException"
    far = {"TimePeriod": {"Start": "2026-11-22", "End": "2027-03-01"}}
    assert refused(ce.get_cost_forecast, **(coming | far | {"Granularity": "DAILY"})) == "ValidationException"
    ce.get_cost_forecast(**(coming | far))


def test_requests_are_billed_and_figures_kept(cloud: Cloud, ce: Any) -> None:
    seed(cloud)
    ce.get_cost_and_usage(**asked())
    assert (cloud.books.costs.requests, cloud.snapshot()) == (1, {})
    again = Cloud(cloud.clock)
    persistence.load(again, persistence.dumped(cloud))
    assert (again.books.costs.requests, len(again.books.costs.spent)) == (1, 6)
    again.reset()
