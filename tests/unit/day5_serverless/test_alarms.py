"""Alarms and filters: what is watched, whose an alarm is, and what waits for CloudTrail."""

from __future__ import annotations

import dataclasses

import pytest

from muvi_provision.day5_serverless import alarm_plans, metric_filters
from muvi_provision.day5_serverless.alarms import Alarm
from muvi_provision.engine.examine import examine
from muvi_provision.environment import Environment
from muvi_provision.errors import NameTaken
from muvi_provision.resource import Handle, Unknown
from tests.resources.contract import Bench
from tests.resources.examples_compute import LOGS
from tests.resources.examples_scaling import FILTER, NO_TRAIL, TRAIL
from tests.unit.day5_serverless.conftest import wanted
from tests.unit.hands import by_hand

PLAIN = Alarm(
    "gateway-cpu",
    namespace="AWS/ECS",
    metric="CPUUtilization",
    threshold=85,
    description="The gateway is busy",
    dimensions={"ClusterName": "uat-main", "ServiceName": "uat-gateway"},
)
SAME = {
    "AlarmName": "uat-gateway-cpu",
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 1.0,
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
}


def test_what_uat_watches(uat: Environment) -> None:
    assert {address.partition("/")[2] for address in wanted(uat, "alarm")} == {
        "gateway-cpu", "gateway-memory", "gateway-unwell", "website-cpu", "website-memory", "website-unwell",
        "main-cpu", "main-memory",
    }  # fmt: skip
    assert not wanted(uat, "metric-filter", "audit-trail")


def test_what_prodlike_watches_besides(prodlike: Environment) -> None:
    filters = {plan.name for plan in alarm_plans.filters(prodlike)}
    assert {address.partition("/")[2] for address in wanted(prodlike, "metric-filter")} == filters
    alarms = wanted(prodlike, "alarm")
    for plan in alarm_plans.filters(prodlike):
        alarm = alarms[f"alarm/{plan.name}"]
        assert isinstance(alarm, Alarm)
        assert alarm.metric == f"prodlike-{plan.name}", "the name that the filter counts under"
        assert alarm.missing == "notBreaching", "no sign-ins are no trouble"


def test_an_alarm_of_an_arn_is_of_its_name() -> None:
    service = "arn:aws:ecs:me-central-1:000011112222:service/uat-main/uat-gateway"
    alarm = dataclasses.replace(PLAIN, dimensions={"ServiceName": service})
    assert alarm.wanted()["dimensions"] == {"ServiceName": "uat-gateway"}
    assert isinstance(alarm.wanted()["threshold"], float)


def test_a_strangers_alarm_of_that_name_is_not_taken_over(bench: Bench) -> None:
    by_hand(bench, "cloudwatch", "put_metric_alarm", **SAME)
    with pytest.raises(NameTaken):
        examine(PLAIN, None, bench.aws)
    (left,) = bench.aws.cloudwatch.describe_alarms()["MetricAlarms"]
    assert left["Threshold"] == 1.0


def test_ours_changed_by_hand_is_put_right_and_stays_ours(bench: Bench) -> None:
    live = bench.make(PLAIN)
    by_hand(bench, "cloudwatch", "put_metric_alarm", **{**SAME, "ComparisonOperator": "GreaterThanOrEqualToThreshold"})
    live = bench.look(PLAIN, live.id)
    changes = bench.changes(PLAIN, live)
    assert {"threshold", "period_s", "times", "dimensions"} <= {change.field for change in changes}
    bench.update(PLAIN, live, changes)
    examine(PLAIN, None, bench.aws)
    bench.silent(PLAIN, live.id)


def test_another_comparison_is_another_threshold(bench: Bench) -> None:
    live = bench.make(PLAIN)
    (left,) = bench.aws.cloudwatch.describe_alarms()["MetricAlarms"]
    said = {key: value for key, value in left.items() if key in SAME or key in ("Dimensions", "AlarmDescription")}
    by_hand(bench, "cloudwatch", "put_metric_alarm", **{**said, "ComparisonOperator": "LessThanThreshold"})
    live = bench.look(PLAIN, live.id)
    (change,) = bench.changes(PLAIN, live)
    assert str(change) == "threshold: LessThanThreshold 85.0 -> 85.0"
    bench.update(PLAIN, live, (change,))
    bench.silent(PLAIN, live.id)


def test_an_alarm_of_a_filter_stays_when_that_has_to_be_made_again(bench: Bench) -> None:
    """Its counts go where those of the old one went, so a plan without its values knows all that it needs."""
    bench.stand(LOGS, TRAIL, FILTER)
    alarm = dataclasses.replace(PLAIN, name="root-use", namespace="", counted=Handle(FILTER.address))
    live = bench.make(alarm)
    (made,) = bench.aws.cloudwatch.describe_alarms()["MetricAlarms"]
    (filtered,) = bench.aws.logs.describe_metric_filters()["metricFilters"]
    assert made["Namespace"] == filtered["metricTransformations"][0]["metricNamespace"]
    del bench.values[FILTER.address]
    bench.silent(alarm, live.id)
    by_hand(bench, "cloudwatch", "put_metric_alarm", **{**SAME, "AlarmName": "uat-root-use"})
    assert "namespace" in {change.field for change in bench.changes(alarm, bench.look(alarm, live.id))}


@pytest.mark.parametrize(("group", "waits"), [("", True), ("trail", False), (Unknown("audit-trail/main", "x"), False)])
def test_filters_wait_for_the_trail(group: str, waits: bool) -> None:
    assert bool(dataclasses.replace(FILTER, log_group=group).dormant()) is waits


def test_a_filter_of_another_stack_is_not_ours(bench: Bench) -> None:
    bench.stand(LOGS, TRAIL)
    theirs = {"metricName": "uat-root-use", "metricNamespace": "muvi/uat/another", "metricValue": "1"}
    by_hand(
        bench,
        "logs",
        "put_metric_filter",
        logGroupName="/ecs/uat/gateway",
        filterName="uat-root-use",
        filterPattern="ERROR",
        metricTransformations=[theirs],
    )
    with pytest.raises(NameTaken):
        examine(bench.real(FILTER), None, bench.aws)


def test_the_gate_is_shut_while_nobody_writes_and_says_where_to_go(bench: Bench) -> None:
    handles = [Handle(TRAIL.address), Handle(NO_TRAIL.address)]
    bench.stand(LOGS, TRAIL)
    assert metric_filters.written(handles[:1])(bench.aws, bench.values)
    bench.stand(NO_TRAIL)
    assert not metric_filters.written(handles)(bench.aws, bench.values)
    told = metric_filters.how_to_write("aws-cloudtrail-logs")(bench.aws, bench.values)
    assert "aws-cloudtrail-logs" in told
    assert "https://me-central-1.console.aws.amazon.com/cloudtrailv2/" in told


def test_what_counts_is_what_the_patterns_of_cloudtrail_say() -> None:
    assert all(plan.pattern.startswith("{ ") and plan.pattern.endswith(" }") for plan in alarm_plans.SECURITY)
    assert len({plan.name for plan in alarm_plans.SECURITY}) == len(alarm_plans.SECURITY)
