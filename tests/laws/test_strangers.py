"""What strangers have of our names on day 5: most calls of AWS's would just replace it, and none of ours does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from muvi_provision.errors import NameTaken
from tests.laws.deeds import zipped
from tests.laws.hands import assert_mended, assert_says, client, without
from tests.world import World

Worlds = Callable[..., World]

JS = "exports.handler = async () => ({statusCode: 200});\n"
STEP = {"StartAt": "Nothing", "States": {"Nothing": {"Type": "Pass", "End": True}}}
MACHINE = {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"}
NOTHING = {"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: [ls]}}"}
COUNT = {"metricName": "theirs", "metricNamespace": "theirs", "metricValue": "1"}
WATCH = {"MetricName": "theirs", "Namespace": "theirs", "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1}


def role(one: World, name: str) -> str:
    return str(client(one, "iam").get_role(RoleName=f"tiny-{name}")["Role"]["Arn"])


def stages(one: World) -> list[Any]:
    """The least that a pipeline is made of."""
    opened = client(one, "codeconnections").list_connections()["Connections"][0]["ConnectionArn"]
    kind = {"category": "Source", "owner": "AWS", "provider": "CodeStarSourceConnection", "version": "1"}
    source = {"ConnectionArn": opened, "FullRepositoryId": "their/own", "BranchName": "main"}
    said = {"actionTypeId": kind, "configuration": source, "outputArtifacts": [{"name": "out"}]}
    asked = {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"}
    return [
        {"name": "Source", "actions": [{"name": "source", **said}]},
        {"name": "Asked", "actions": [{"name": "asked", "actionTypeId": asked}]},
    ]


STRANGERS: dict[str, tuple[Callable[[World], Any], Callable[[World], Any], tuple[str, ...]]] = {
    "alarm/gateway-cpu": (
        lambda one: client(one, "cloudwatch").put_metric_alarm(
            AlarmName="tiny-gateway-cpu", Threshold=1.0, ComparisonOperator="GreaterThanThreshold", **WATCH
        ),
        lambda one: client(one, "cloudwatch").delete_alarms(AlarmNames=["tiny-gateway-cpu"]),
        (),
    ),
    "dashboard/main": (
        lambda one: client(one, "cloudwatch").put_dashboard(DashboardName="tiny-muvi", DashboardBody='{"widgets": []}'),
        lambda one: client(one, "cloudwatch").delete_dashboards(DashboardNames=["tiny-muvi"]),
        (),
    ),
    "metric-filter/root-use": (
        lambda one: client(one, "logs").put_metric_filter(
            logGroupName="aws-cloudtrail-logs",
            filterName="tiny-root-use",
            filterPattern="x",
            metricTransformations=[COUNT],
        ),
        lambda one: client(one, "logs").delete_metric_filter(
            logGroupName="aws-cloudtrail-logs", filterName="tiny-root-use"
        ),
        ("alarm/root-use",),
    ),
    "rule/sync-films": (
        lambda one: client(one, "events").put_rule(Name="tiny-sync-films", ScheduleExpression="rate(1 day)"),
        lambda one: client(one, "events").delete_rule(Name="tiny-sync-films"),
        ("function-permission/sync-films", "rule-target/sync-films"),
    ),
    "function/sync-films": (
        lambda one: client(one, "lambda").create_function(
            FunctionName="tiny-sync-films",
            Runtime="nodejs22.x",
            Role=role(one, "functions"),
            Handler="index.handler",
            Code={"ZipFile": zipped(index_js=JS)},
        ),
        lambda one: client(one, "lambda").delete_function(FunctionName="tiny-sync-films"),
        ("function-permission/sync-films", "rule-target/sync-films"),
    ),
    "state-machine/main": (
        lambda one: client(one, "stepfunctions").create_state_machine(
            name="tiny-main", definition=json.dumps(STEP), roleArn=role(one, "workflow")
        ),
        lambda one: client(one, "stepfunctions").delete_state_machine(
            stateMachineArn=client(one, "stepfunctions").list_state_machines()["stateMachines"][0]["stateMachineArn"]
        ),
        ("rule-target/workflow-busy", "rule-target/workflow-quiet"),
    ),
    "build-project/gateway": (
        lambda one: client(one, "codebuild").create_project(
            name="tiny-gateway",
            source=NOTHING,
            artifacts={"type": "NO_ARTIFACTS"},
            environment=MACHINE,
            serviceRole=role(one, "delivery"),
        ),
        lambda one: client(one, "codebuild").delete_project(name="tiny-gateway"),
        ("pipeline/gateway",),
    ),
    "pipeline/gateway": (
        lambda one: client(one, "codepipeline").create_pipeline(
            pipeline={
                "name": "tiny-gateway",
                "pipelineType": "V2",
                "roleArn": role(one, "delivery"),
                "artifactStore": {"type": "S3", "location": "tiny-artifacts-000011112222"},
                "stages": stages(one),
            }
        ),
        lambda one: client(one, "codepipeline").delete_pipeline(name="tiny-gateway"),
        (),
    ),
}


def test_what_strangers_have_is_never_taken_over(finished: Worlds) -> None:
    """Neither changed by a run nor deleted by a teardown, though most calls of AWS's would just have replaced it."""
    one = without(finished(), *STRANGERS)
    kinds = ("cloudwatch", "logs", "events", "lambda", "stepfunctions", "codebuild", "codepipeline")
    for make, _, _ in reversed(STRANGERS.values()):
        make(one)
    theirs = _of(one, kinds)
    lost = {address for _, _, behind in STRANGERS.values() for address in behind} - STRANGERS.keys()
    told, report = one.plan().errors, one.run()
    assert set(told) == STRANGERS.keys() - {"pipeline/gateway"}, "which needs the project, and is not looked at"
    assert set(report.errors) == set(told)
    for error in (*told.values(), *report.errors.values()):
        assert_says(error, NameTaken, "it has none of our tags", "made by somebody else")
    assert set(report.skipped) == {*lost, "pipeline/gateway"}
    assert report.counts.writes == 0
    assert _of(one, kinds) == theirs
    STRANGERS["build-project/gateway"][1](one)
    assert set(one.plan().errors) == STRANGERS.keys() - {"build-project/gateway"}
    for address, (_, end, _) in STRANGERS.items():
        if address != "build-project/gateway":
            end(one)
    assert_mended(one, made={*STRANGERS, *lost})


def _of(one: World, services: tuple[str, ...]) -> dict[str, Any]:
    there = one.cloud.snapshot()
    return {name: there.get(name) for name in services}


def test_a_provider_that_is_there_already_is_used_and_never_deleted(finished: Worlds) -> None:
    one = finished()
    there = one.cloud.snapshot()["iam"]["aws"]["oidc_provider"]
    assert len(there) == 1
    arn = next(iter(there))
    do = client(one, "iam")
    do.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="theirs.example")
    do.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="sts.amazonaws.com")
    assert {finding.address for finding in one.drift().changed} == {"oidc-provider/github"}
    assert_mended(one, made={"oidc-provider/github"})
    assert not one.teardown().errors
    (left,) = one.cloud.snapshot()["iam"]["aws"]["oidc_provider"].values()
    assert set(left["audiences"]) == {"theirs.example", "sts.amazonaws.com"}
