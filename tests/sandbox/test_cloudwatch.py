"""Alarms, dashboards and the data behind them (aws-reality 7.5)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.lambda_world import Functions
from tests.sandbox.refusals import refused

TAGS = [{"Key": "muvi:address", "Value": "alarm/errors"}]
ERRORS = {
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": "sync"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture
def api(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "cloudwatch")


def put(api: Any, name: str = "errors", **more: Any) -> None:
    said = ERRORS | more
    api.put_metric_alarm(AlarmName=name, **{key: value for key, value in said.items() if value is not None})


def state(api: Any, name: str = "errors") -> str:
    return str(api.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"Period": 7},
        {"Period": 40},
        {"Period": None},
        {"MetricName": None},
        {"Statistic": None},
        {"ExtendedStatistic": "p99"},
        {"Statistic": None, "ExtendedStatistic": "p101"},
        {"Period": 60, "EvaluationPeriods": 1441},
        {"Period": 3600, "EvaluationPeriods": 169},
        {"EvaluationPeriods": 3, "DatapointsToAlarm": 4},
        {"Threshold": None},
        {"TreatMissingData": "nonsense"},
        {"Metrics": [{"Id": "a", "Expression": "b"}]},
        {"AlarmActions": ["alarms"]},
        {"OKActions": ["arn:aws:sns"]},
    ],
)
def test_alarms_that_cannot_be(api: Any, wrong: dict[str, Any]) -> None:
    assert refused(put, api=api, **wrong) == "ValidationError"
    assert api.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(
    "right",
    [
        {"Period": 10},
        {"Period": 60, "EvaluationPeriods": 1440},
        {"Period": 3600, "EvaluationPeriods": 168},
        {"EvaluationPeriods": 3, "DatapointsToAlarm": 2},
        {"Statistic": None, "ExtendedStatistic": "p99.9"},
        {"TreatMissingData": "notBreaching"},
    ],
)
def test_alarms_that_can_be(api: Any, right: dict[str, Any]) -> None:
    put(api, **right)
    (found,) = api.describe_alarms()["MetricAlarms"]
    assert {key: found[key] for key, value in right.items() if value is not None} == {
        key: value for key, value in right.items() if value is not None
    }


def test_an_alarm_knows_nothing_at_first(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    api = connect(slow, "cloudwatch")
    put(api, TreatMissingData="notBreaching")
    put(api, "other")
    assert (state(api), state(api, "other")) == ("INSUFFICIENT_DATA", "INSUFFICIENT_DATA")
    clock.sleep(61)
    assert (state(api), state(api, "other")) == ("OK", "INSUFFICIENT_DATA")


def test_a_function_that_fails_is_seen(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    world = Functions(slow, connect, clock)
    api = connect(slow, "cloudwatch")
    world.make()
    put(api, TreatMissingData="notBreaching")
    clock.sleep(61)
    world.api.invoke(FunctionName="sync")
    assert state(api) == "OK"
    slow.faults = Faults(crash={"function:sync": "error"})
    world.api.invoke(FunctionName="sync")
    clock.sleep(30)
    assert state(api) == "ALARM"
    assert [one["AlarmName"] for one in api.describe_alarms(StateValue="ALARM")["MetricAlarms"]] == ["errors"]
    clock.sleep(60)
    assert state(api) == "OK"


def test_an_alarm_is_replaced_and_keeps_its_tags(api: Any, cloud: Cloud, connect: Connect) -> None:
    """aws-reality 1.4, 7.5 c."""
    put(api, Tags=TAGS, AlarmDescription="x")
    put(api, Tags=[{"Key": "other", "Value": "y"}], Threshold=5.0)
    (found,) = api.describe_alarms(AlarmNamePrefix="err")["MetricAlarms"]
    assert (found["Threshold"], "AlarmDescription" in found) == (5.0, False)
    arn = found["AlarmArn"]
    assert api.list_tags_for_resource(ResourceARN=arn)["Tags"] == TAGS
    api.tag_resource(ResourceARN=arn, Tags=[{"Key": "other", "Value": "y"}])
    api.untag_resource(ResourceARN=arn, TagKeys=["muvi:address"])
    index = connect(cloud, "resourcegroupstaggingapi")
    (mapping,) = index.get_resources(ResourceTypeFilters=["cloudwatch:alarm"])["ResourceTagMappingList"]
    assert mapping == {"ResourceARN": arn, "Tags": [{"Key": "other", "Value": "y"}]}
    assert refused(api.list_tags_for_resource, ResourceARN=arn + "x") == "ResourceNotFoundException"
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert refused(api.tag_resource, ResourceARN=arn, Tags=many) == "InvalidParameterValue"
    assert refused(put, api=api, name="other", Tags=[{"Key": "aws:a", "Value": ""}]) == "InvalidParameterValue"


def test_one_unknown_name_keeps_all(api: Any) -> None:
    for number in range(3):
        put(api, f"a{number}")
    assert refused(api.delete_alarms, AlarmNames=["a0", "none"]) == "ResourceNotFound"
    assert refused(api.delete_alarms, AlarmNames=[f"a{number}" for number in range(101)]) == "ValidationError"
    assert refused(api.describe_alarms, AlarmNames=["a0"], AlarmNamePrefix="a") == "ValidationError"
    pages = api.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})
    assert [len(one["MetricAlarms"]) for one in pages] == [2, 1]
    assert api.describe_alarms(AlarmTypes=["CompositeAlarm"])["MetricAlarms"] == []
    api.delete_alarms(AlarmNames=["a0", "a1", "a2"])
    assert api.describe_alarms()["MetricAlarms"] == []
    assert refused(api.delete_alarms, AlarmNames=["a0"]) == "ResourceNotFound"


def test_how_many(clock: Leaping, connect: Connect) -> None:
    api = connect(Cloud(clock, quotas={"alarms": 1}), "cloudwatch")
    put(api)
    put(api, Threshold=1.0)
    assert refused(put, api=api, name="other") == "LimitExceeded"


def test_actions_are_switched_off_and_on(api: Any) -> None:
    put(api, AlarmActions=[f"arn:aws:sns:{REGION}:000011112222:alarms"])
    for switch, wanted in ((api.disable_alarm_actions, False), (api.enable_alarm_actions, True)):
        switch(AlarmNames=["errors"])
        assert api.describe_alarms()["MetricAlarms"][0]["ActionsEnabled"] is wanted
    assert api.describe_alarms(ActionPrefix="arn:aws:lambda")["MetricAlarms"] == []


def test_what_the_sandbox_has_not_it_does_not_pretend(api: Any) -> None:
    put(api)
    shown = {"AlarmName": "errors", "StateValue": "OK", "StateReason": "x"}
    assert refused(api.set_alarm_state, **shown) == "SandboxNotImplemented"
    assert refused(api.put_composite_alarm, AlarmName="both", AlarmRule="ALARM(errors)") == "SandboxNotImplemented"


def body(*widgets: Any) -> str:
    return json.dumps({"widgets": list(widgets)})


def metric(**more: Any) -> dict[str, Any]:
    properties = {"metrics": [["AWS/Lambda", "Errors", "FunctionName", "sync"]], "region": REGION} | more
    return {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": properties}


@pytest.mark.parametrize(
    "wrong",
    [
        "nonsense",
        "[]",
        "{}",
        body("x"),
        body({"type": "metric"}),
        body(metric() | {"type": "none"}),
        body(metric() | {"width": 25}),
        body({"type": "metric", "properties": {}}),
        body({"type": "text", "properties": {}}),
        body(metric(metrics=[[]])),
        body(metric(metrics=["AWS/Lambda"])),
        body(metric(metrics=[])),
        body(metric(region="")),
    ],
)
def test_dashboards_that_cannot_be(api: Any, wrong: str) -> None:
    assert refused(api.put_dashboard, DashboardName="uat", DashboardBody=wrong) == "InvalidParameterInput"
    assert api.list_dashboards()["DashboardEntries"] == []


def test_dashboards(api: Any) -> None:
    of_alarm = {"alarms": [f"arn:aws:cloudwatch:{REGION}:000011112222:alarm:errors"]}
    alone = {"type": "metric", "properties": {"annotations": of_alarm}}
    text = body(metric(), alone, {"type": "text", "properties": {"markdown": "# UAT"}})
    assert api.put_dashboard(DashboardName="uat", DashboardBody=text)["DashboardValidationMessages"] == []
    (doubt,) = api.put_dashboard(DashboardName="uat", DashboardBody=body(metric(colour="red")))[
        "DashboardValidationMessages"
    ]
    assert doubt["DataPath"] == "/widgets/0/properties/colour"
    found = api.get_dashboard(DashboardName="uat")
    assert found["DashboardBody"] == body(metric(colour="red"))
    assert found["DashboardArn"] == "arn:aws:cloudwatch::000011112222:dashboard/uat"
    assert refused(api.put_dashboard, DashboardName="a b", DashboardBody=text) == "InvalidParameterInput"
    assert refused(api.delete_dashboards, DashboardNames=["uat", "none"]) == "ResourceNotFound"
    api.delete_dashboards(DashboardNames=["uat"])
    assert refused(api.get_dashboard, DashboardName="uat") == "ResourceNotFound"


def test_dashboards_are_the_whole_account_s(api: Any, cloud: Cloud, connect: Connect) -> None:
    """aws-reality 7.5 a: from another region the same name is the same dashboard."""
    api.put_dashboard(DashboardName="uat", DashboardBody=body(metric()), Tags=TAGS)
    far = connect(cloud, "cloudwatch", "eu-west-1")
    far.put_dashboard(DashboardName="uat", DashboardBody=body())
    (entry,) = api.list_dashboards(DashboardNamePrefix="u")["DashboardEntries"]
    assert entry["Size"] == len(body())
    assert api.list_tags_for_resource(ResourceARN=entry["DashboardArn"])["Tags"] == TAGS
    assert list(cloud.snapshot()["cloudwatch"]) == ["us-east-1"]


def test_what_lambda_measures_is_listed(cloud: Cloud, connect: Connect, clock: Leaping) -> None:
    world, api = Functions(cloud, connect, clock), connect(cloud, "cloudwatch")
    world.make()
    world.api.invoke(FunctionName="sync")
    named = [{"Name": "FunctionName", "Value": "sync"}]
    datum = {"MetricName": "Errors", "Value": 2.0, "Timestamp": clock.now(), "Dimensions": named}
    api.put_metric_data(Namespace="AWS/Lambda", MetricData=[datum])
    found = api.list_metrics(Namespace="AWS/Lambda")["Metrics"]
    assert {one["MetricName"] for one in found} == {"Invocations", "Errors", "Duration"}
    times = {"StartTime": clock.now() - dt.timedelta(minutes=1), "EndTime": clock.now() + dt.timedelta(minutes=1)}
    asked = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": named, "Period": 60}
    (point,) = api.get_metric_statistics(**asked, **times, Statistics=["Sum"])["Datapoints"]
    assert point["Sum"] == 2.0


def test_built_and_taken_down_and_kept_over_a_restart(api: Any, cloud: Cloud, clock: Leaping) -> None:
    before = cloud.snapshot()
    put(api, Tags=TAGS)
    api.put_dashboard(DashboardName="uat", DashboardBody=body(metric()))
    described = cloud.snapshot()["cloudwatch"]
    assert [one["tags"] for one in described[REGION]["alarm"].values()] == [{"muvi:address": "alarm/errors"}]
    assert list(described["us-east-1"]) == ["dashboard"]
    again = Cloud(clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot()
    again.reset()
    api.delete_alarms(AlarmNames=["errors"])
    api.delete_dashboards(DashboardNames=["uat"])
    assert cloud.snapshot() == before
