"""How state machines spell an API."""

from __future__ import annotations

import datetime as dt

import pytest

from muvi_provision.sandbox.call import service_model
from muvi_provision.sandbox.states import spelling
from muvi_provision.sandbox.states.paths import Failure


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("cluster", "Cluster"),
        ("desiredCount", "DesiredCount"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("DBClusters", "DbClusters"),
        ("EnableIAMDatabaseAuthentication", "EnableIamDatabaseAuthentication"),
        ("ServerlessV2ScalingConfiguration", "ServerlessV2ScalingConfiguration"),
        ("Application Auto Scaling", "ApplicationAutoScaling"),
        ("ECS", "Ecs"),
    ],
)
def test_as_the_sdk_for_java_does(name: str, spelt: str) -> None:
    assert spelling.java(name) == spelt


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ("ecs:updateService", ("ecs", "UpdateService")),
        ("rds:modifyDBInstance", ("rds", "ModifyDBInstance")),
        ("applicationautoscaling:registerScalableTarget", ("application-autoscaling", "RegisterScalableTarget")),
        ("ecs:UpdateService", None),
        ("ecs:updateServices", None),
        ("rds:modifyDbInstance", None),
        ("nosuch:updateService", None),
        ("ecs", None),
    ],
)
def test_what_an_integration_means(resource: str, found: tuple[str, str] | None) -> None:
    assert spelling.service_and_operation(spelling.SDK + resource) == found


def test_there_and_back() -> None:
    model = service_model("ecs").operation_model("UpdateService")
    place = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}
    said = spelling.to_api(model.input_shape, {"Service": "web", "NetworkConfiguration": place})
    assert said == {"service": "web", "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}}
    made = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    answer = {"service": {"serviceName": "web", "createdAt": made}, "ResponseMetadata": {}}
    told = spelling.from_api(model.output_shape, answer)
    assert told == {"Service": {"ServiceName": "web", "CreatedAt": "2026-11-22T00:00:00Z"}}
    with pytest.raises(Failure, match="'service' is not supported"):
        spelling.to_api(model.input_shape, {"service": "web"})


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("DBInstanceNotFound", "Rds.DbInstanceNotFoundException"),
        ("InvalidDBInstanceState", "Rds.InvalidDbInstanceStateException"),
        ("InvalidParameterValue", "Rds.RdsException"),
    ],
)
def test_what_a_refusal_is_called(code: str, name: str) -> None:
    assert spelling.error_name("rds", "ModifyDBInstance", code) == name
