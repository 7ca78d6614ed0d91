"""Executions: state by state, with calls upon the same cloud."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.aurora import Place
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import World, allow
from tests.sandbox.refusals import refused
from tests.sandbox.test_stepfunctions import DONE, made, made_role, text

SDK = "arn:aws:states:::aws-sdk:"


class Runs:
    """A role that may do everything asked for, and machines of one definition each."""

    def __init__(self, cloud: Cloud, connect: Connect, clock: Leaping, *actions: str) -> None:
        self.cloud, self.clock = cloud, clock
        self.steps, self.iam = connect(cloud, "stepfunctions"), connect(cloud, "iam")
        self.role = made_role(self.iam, "states", *(actions or ("*",)))
        clock.sleep(11)

    def start(self, given: Any = None, start: str = "A", **states: Any) -> str:
        arn = made(self.steps, self.role, text(start, **states), f"m{self.clock.at}")
        self.clock.sleep(1)
        return str(self.steps.start_execution(stateMachineArn=arn, input=json.dumps(given or {}))["executionArn"])

    def told(self, arn: str) -> dict[str, Any]:
        return dict(self.steps.describe_execution(executionArn=arn))

    def output(self, given: Any = None, **states: Any) -> Any:
        told = self.told(self.start(given, **states))
        assert told["status"] == "SUCCEEDED", told
        return json.loads(told["output"])

    def failure(self, given: Any = None, **states: Any) -> tuple[str, str]:
        told = self.told(self.start(given, **states))
        assert told["status"] == "FAILED", told
        return told.get("error", ""), told.get("cause", "")

    def events(self, arn: str) -> list[str]:
        return [one["type"] for one in self.steps.get_execution_history(executionArn=arn)["events"]]


@pytest.fixture
def runs(cloud: Cloud, connect: Connect, clock: Leaping) -> Runs:
    return Runs(cloud, connect, clock)


def choice(*rules: dict[str, Any], default: str | None = None) -> dict[str, Any]:
    return {"Type": "Choice", "Choices": list(rules)} | ({"Default": default} if default else {})


def task(resource: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"{SDK}{resource}", "Parameters": parameters} | (more or {"End": True})


def named(**said: Any) -> dict[str, Any]:
    return {"Type": "Pass", "Result": said, "End": True}


def test_documents_are_passed_on(runs: Runs) -> None:
    told = {"x.$": "$.a[1]['b c']", "y": [{"z.$": "$$.State.Name"}], "k": 1}
    given = {"a": [0, {"b c": "found"}]}
    passing = {"Type": "Pass", "Parameters": told, "ResultPath": "$.made.here", "OutputPath": "$.made", "End": True}
    assert runs.output(given, A=passing) == {"here": {"x": "found", "y": [{"z": "A"}], "k": 1}}
    assert runs.output(given, A={"Type": "Pass", "Result": 5, "ResultPath": None, "End": True}) == given
    assert runs.output(given, A={"Type": "Pass", "InputPath": "$.a[0]", "End": True}) == 0
    wrong = {"Type": "Pass", "ResultPath": "$.a.b", "End": True}
    assert runs.failure(given, A=wrong)[0] == "States.ResultPathMatchFailure"
    assert runs.failure({"s": "soon"}, A={"Type": "Wait", "SecondsPath": "$.s", "End": True})[0] == "States.Runtime"
    error, cause = runs.failure(given, A={"Type": "Pass", "InputPath": "$.none", "End": True})
    assert (error, "$.none" in cause) == ("States.Runtime", True)


@pytest.mark.parametrize(
    ("rule", "given", "chosen"),
    [
        ({"Variable": "$.m", "StringEquals": "peak"}, {"m": "peak"}, True),
        ({"Variable": "$.m", "StringEquals": "1"}, {"m": 1}, False),
        ({"Variable": "$.m", "StringMatches": "off*"}, {"m": "off-peak"}, True),
        ({"Variable": "$.m", "NumericGreaterThan": 2}, {"m": 2}, False),
        ({"Variable": "$.m", "NumericGreaterThanEquals": 2}, {"m": 2}, True),
        ({"Variable": "$.m", "NumericLessThanPath": "$.n"}, {"m": 1, "n": 1.5}, True),
        ({"Variable": "$.m", "BooleanEquals": True}, {"m": True}, True),
        ({"Variable": "$.m", "NumericEquals": 1}, {"m": True}, False),
        ({"Variable": "$.none", "IsPresent": False}, {}, True),
        ({"Variable": "$.m", "IsNumeric": True}, {"m": "1"}, False),
        ({"Not": {"Variable": "$.m", "IsNull": True}}, {"m": 0}, True),
        ({"Variable": "$.m", "TimestampLessThan": "2026-01-02T00:00:00Z"}, {"m": "2026-01-01T00:00:00Z"}, True),
        (
            {"Or": [{"Variable": "$.m", "StringEquals": "a"}, {"Variable": "$.m", "StringEquals": "b"}]},
            {"m": "b"},
            True,
        ),
        (
            {"And": [{"Variable": "$.m", "IsString": True}, {"Variable": "$.m", "StringEquals": "b"}]},
            {"m": "c"},
            False,
        ),
    ],
)
def test_a_choice(runs: Runs, rule: dict[str, Any], given: dict[str, Any], chosen: bool) -> None:
    states = {"A": choice(rule | {"Next": "B"}, default="C"), "B": named(it=True), "C": named(it=False)}
    assert runs.output(given, **states) == {"it": chosen}


def test_no_choice_and_an_end_that_is_wanted(runs: Runs) -> None:
    rule = {"Variable": "$.m", "StringEquals": "x", "Next": "B"}
    assert runs.failure({"m": "y"}, A=choice(rule), B=DONE)[0] == "States.NoChoiceMatched"
    assert runs.failure({}, A=choice(rule), B=DONE)[0] == "States.Runtime"  # the variable is not there
    assert runs.failure({}, A={"Type": "Fail", "Error": "No", "Cause": "why"}) == ("No", "why")


def test_services_really_change(cloud: Cloud, connect: Connect, clock: Leaping) -> None:
    world = World(cloud, connect, clock)
    world.service(world.definition(), desired=1)
    runs = Runs(cloud, connect, clock, "ecs:UpdateService", "application-autoscaling:RegisterScalableTarget")
    both = {"Cluster": "uat", "Service.$": "$.service", "DesiredCount.$": "$.count"}
    dimension = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    target = dimension | {"ResourceId": "service/uat/web", "MinCapacity": 3, "MaxCapacity": 6}
    scaled = {"StartAt": "Target", "States": {"Target": task("applicationautoscaling:registerScalableTarget", target)}}
    updated = {"StartAt": "Count", "States": {"Count": task("ecs:updateService", both)}}
    arn = runs.start(
        {"service": "web", "count": 3},
        A={"Type": "Parallel", "Branches": [updated, scaled], "ResultPath": "$.all", "End": True},
    )
    told = runs.told(arn)
    assert told["status"] == "SUCCEEDED", told
    first, second = json.loads(told["output"])["all"]
    assert (first["Service"]["DesiredCount"], first["Service"]["ServiceName"]) == (3, "web")
    assert "ScalableTargetArn" in second or second == {}
    assert world.seen()["desiredCount"] == 3
    scaling = connect(cloud, "application-autoscaling")
    (found,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (found["MinCapacity"], found["MaxCapacity"]) == (3, 6)
    assert runs.events(arn)[:4] == ["ExecutionStarted", "ParallelStateEntered", "TaskStateEntered", "TaskScheduled"]


def test_a_database_s_class(cloud: Cloud, place: Place, connect: Connect, clock: Leaping) -> None:
    place.made()
    runs = Runs(cloud, connect, clock)
    said = {"DbInstanceIdentifier": "main-1", "DbInstanceClass": "db.t4g.large", "ApplyImmediately": True}
    answer = runs.output({}, A=task("rds:modifyDBInstance", said))
    assert answer["DbInstance"]["DbInstanceIdentifier"] == "main-1"
    assert place.one()["DBInstanceClass"] == "db.t4g.large"
    error, cause = runs.failure({}, A=task("rds:modifyDBInstance", said | {"DbInstanceIdentifier": "none"}))
    assert (error, "Service: Rds, Status Code: 404" in cause) == ("Rds.DbInstanceNotFoundException", True)


def test_a_refusal_is_caught_or_ends_it(runs: Runs) -> None:
    bad = {"Cluster": "none", "Service": "web", "DesiredCount": 1}
    error, cause = runs.failure({}, A=task("ecs:updateService", bad))
    assert (error, "Service: Ecs" in cause) == ("Ecs.ClusterNotFoundException", True)
    caught = task("ecs:updateService", bad, Next="B", Catch=[{"ErrorEquals": ["Ecs.ClusterNotFoundException"]}])
    caught["Catch"][0] |= {"Next": "C", "ResultPath": "$.why"}
    output = runs.output({"k": 1}, A=caught, B=DONE, C=DONE)
    assert (output["k"], output["why"]["Error"]) == (1, "Ecs.ClusterNotFoundException")
    other = task("ecs:updateService", bad, Next="B", Catch=[{"ErrorEquals": ["Ecs.Other"], "Next": "B"}])
    assert runs.failure({}, A=other, B=DONE)[0] == "Ecs.ClusterNotFoundException"
    wrong = bad | {"DesiredCount": "many"}
    assert runs.failure({}, A=task("ecs:updateService", wrong))[0] == "States.Runtime"


def test_the_role_must_be_allowed(cloud: Cloud, connect: Connect, clock: Leaping) -> None:
    runs = Runs(cloud, connect, clock, "logs:*")
    said = {"Cluster": "uat", "Service": "web"}
    error, cause = runs.failure({}, A=task("ecs:updateService", said))
    assert error == "Ecs.AccessDeniedException"
    assert "is not authorized to perform: ecs:UpdateService" in cause
    for service, wanted in (("other", "Ecs.AccessDeniedException"), ("web", "Ecs.ClusterNotFoundException")):
        only = allow("ecs:UpdateService", resource=f"arn:aws:ecs:*:{cloud.account}:service/uat/{service}")
        runs.iam.put_role_policy(RoleName="states", PolicyName="q", PolicyDocument=only)
        clock.sleep(1)
        assert runs.failure({}, A=task("ecs:updateService", said))[0] == wanted
        named = said | {"Cluster": f"arn:aws:ecs:me-central-1:{cloud.account}:cluster/uat"}
        assert runs.failure({}, A=task("ecs:updateService", named))[0] == wanted


def test_a_time_to_wait(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    runs = Runs(slow, connect, clock)
    until = (clock.now().replace(tzinfo=None)).isoformat()[:10] + "T01:00:00Z"
    arn = runs.start(
        {"s": 60},
        A={"Type": "Wait", "SecondsPath": "$.s", "Next": "B"},
        B={"Type": "Wait", "Timestamp": until, "End": True},
    )
    assert runs.events(arn)[-1] == "WaitStateEntered"
    clock.sleep(61)
    assert runs.events(arn)[-2:] == ["WaitStateExited", "WaitStateEntered"]
    assert runs.told(arn)["status"] == "RUNNING"
    again = Cloud(slow.clock, speed=1)
    persistence.load(again, persistence.dumped(slow))
    clock.sleep(3600)
    assert connect(again, "stepfunctions").describe_execution(executionArn=arn)["status"] == "SUCCEEDED"
    again.reset()
    assert runs.told(arn)["status"] == "SUCCEEDED"


def test_it_tries_again(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    runs = Runs(slow, connect, clock)
    connect(slow, "iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    retry = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 10, "MaxAttempts": 2, "BackoffRate": 3}]
    said = {"Cluster": "late", "Service": "web"}
    arn = runs.start({}, A=task("ecs:updateService", said, Retry=retry, End=True))
    for seconds, tries in ((9, 1), (2, 2), (28, 2)):
        clock.sleep(seconds)
        assert (runs.told(arn)["status"], runs.events(arn).count("TaskScheduled")) == ("RUNNING", tries)
    connect(slow, "ecs").create_cluster(clusterName="late")
    clock.sleep(3)
    assert runs.told(arn)["error"] == "Ecs.ServiceNotFoundException"


def test_just_after_an_update_the_old_one_still_runs(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """aws-reality 7.6 b."""
    runs = Runs(slow, connect, clock)
    arn = made(runs.steps, runs.role, text(A={"Type": "Pass", "Result": "old", "End": True}))
    newer = text(A={"Type": "Pass", "Result": "new", "End": True})
    runs.steps.update_state_machine(stateMachineArn=arn, definition=newer)
    assert runs.steps.describe_state_machine(stateMachineArn=arn)["definition"] == newer
    for wanted in ('"old"', '"new"'):
        assert runs.told(runs.steps.start_execution(stateMachineArn=arn)["executionArn"])["output"] == wanted
        clock.sleep(4)


def test_a_loop_does_not_hold_up_the_cloud(runs: Runs) -> None:
    arn = runs.start({}, A={"Type": "Wait", "Seconds": 1, "Next": "B"}, B={"Type": "Pass", "Next": "A"})
    before = len(runs.steps.get_execution_history(executionArn=arn, maxResults=1000)["events"])
    assert runs.told(arn)["status"] == "RUNNING"
    after = len(runs.steps.get_execution_history(executionArn=arn, maxResults=1000)["events"])
    assert before < after
    runs.steps.stop_execution(executionArn=arn, error="Enough", cause="it was")
    told = runs.told(arn)
    assert (told["status"], told["error"]) == ("ABORTED", "Enough")


def test_a_branch_that_fails(runs: Runs) -> None:
    branches = [
        {"StartAt": "X", "States": {"X": {"Type": "Fail", "Error": "No", "Cause": "why"}}},
        {"StartAt": "Y", "States": {"Y": {"Type": "Wait", "Seconds": 1000, "End": True}}},
    ]
    parallel = {"Type": "Parallel", "Branches": branches}
    assert runs.failure({}, A=parallel | {"End": True}) == ("No", "why")
    caught = parallel | {"Next": "B", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]}
    assert runs.output({}, A=caught, B=DONE) == {"Error": "No", "Cause": "why"}


def test_names_and_inputs(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    runs = Runs(slow, connect, clock)
    wait = {"Type": "Wait", "Seconds": 60, "End": True}
    machine = made(runs.steps, runs.role, text(A=wait))
    said = {"stateMachineArn": machine, "name": "one", "input": "{}"}
    arn = runs.steps.start_execution(**said)["executionArn"]
    assert runs.steps.start_execution(**said)["executionArn"] == arn
    assert refused(runs.steps.start_execution, **(said | {"input": "[]"})) == "ExecutionAlreadyExists"
    assert refused(runs.steps.start_execution, **(said | {"input": "{"})) == "InvalidExecutionInput"
    assert refused(runs.steps.describe_execution, executionArn=arn + "x") == "ExecutionDoesNotExist"
    clock.sleep(61)
    assert refused(runs.steps.start_execution, **said) == "ExecutionAlreadyExists"
    runs.steps.start_execution(stateMachineArn=machine, name="two")
    asked = {"stateMachineArn": machine}
    listed = [one["name"] for one in runs.steps.list_executions(**asked)["executions"]]
    running = runs.steps.list_executions(statusFilter="RUNNING", **asked)["executions"]
    assert (listed, [one["name"] for one in running]) == (["two", "one"], ["two"])


def test_what_it_cannot_run_it_says(runs: Runs) -> None:
    mapped = {"Type": "Map", "ItemProcessor": {"StartAt": "B", "States": {"B": DONE}}, "End": True}
    machine = made(runs.steps, runs.role, text(A=mapped))
    with pytest.raises(ClientError, match="SandboxNotImplemented"):
        runs.steps.start_execution(stateMachineArn=machine)
    assert runs.steps.list_executions(stateMachineArn=machine)["executions"] == []


def test_a_language_it_does_not_speak(runs: Runs) -> None:
    spoken = text(A={"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 %}", "End": True})
    with pytest.raises(ClientError, match="SandboxNotImplemented"):
        made(runs.steps, runs.role, spoken)
