"""State machines: made, found again, changed, on their way out; and definitions that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import allow, trust
from tests.sandbox.refusals import refused

TAGS = [{"key": "muvi:address", "value": "machine/peak"}]
ECS = "arn:aws:states:::aws-sdk:ecs:updateService"
DONE = {"Type": "Succeed"}


def text(start: str = "A", **states: Any) -> str:
    return json.dumps({"StartAt": start, "States": states})


SIMPLE = text(A={"Type": "Pass", "Next": "B"}, B=DONE)


def made_role(iam: Any, service: str = "states", *actions: str) -> str:
    document = trust(f"{service}.amazonaws.com")
    arn = str(iam.create_role(RoleName=service, AssumeRolePolicyDocument=document)["Role"]["Arn"])
    if actions:
        iam.put_role_policy(RoleName=service, PolicyName="p", PolicyDocument=allow(*actions))
    return arn


@pytest.fixture
def steps(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "stepfunctions")


@pytest.fixture
def role(cloud: Cloud, connect: Connect) -> str:
    return made_role(connect(cloud, "iam"))


def made(steps: Any, role: str, definition: str = SIMPLE, name: str = "peak", **more: Any) -> str:
    return str(steps.create_state_machine(name=name, definition=definition, roleArn=role, **more)["stateMachineArn"])


def test_its_life(cloud: Cloud, steps: Any, role: str) -> None:
    arn = made(steps, role, tags=TAGS)
    assert arn == f"arn:aws:states:{REGION}:{cloud.account}:stateMachine:peak"
    told = steps.describe_state_machine(stateMachineArn=arn)
    assert (told["status"], told["type"], told["definition"], told["roleArn"]) == ("ACTIVE", "STANDARD", SIMPLE, role)
    assert told["loggingConfiguration"]["level"] == "OFF"
    assert [one["name"] for one in steps.list_state_machines()["stateMachines"]] == ["peak"]
    changed = text(A=DONE)
    assert steps.update_state_machine(stateMachineArn=arn, definition=changed)["updateDate"]
    assert steps.describe_state_machine(stateMachineArn=arn)["definition"] == changed
    described = cloud.snapshot()["stepfunctions"][REGION]["state_machine"][arn]
    assert (described["definition"], described["tags"]) == (json.loads(changed), {"muvi:address": "machine/peak"})
    for _ in range(2):
        steps.delete_state_machine(stateMachineArn=arn)
    assert refused(steps.describe_state_machine, stateMachineArn=arn) == "StateMachineDoesNotExist"
    assert "stepfunctions" not in cloud.snapshot()


def test_the_same_again_is_the_same(steps: Any, role: str, cloud: Cloud, connect: Connect) -> None:
    arn = made(steps, role, tags=TAGS)
    other = made_role(connect(cloud, "iam"), f"states.{REGION}")
    assert made(steps, other) == arn
    assert steps.describe_state_machine(stateMachineArn=arn)["roleArn"] == role  # what differs is not taken over
    again = {"name": "peak", "roleArn": role}
    assert refused(steps.create_state_machine, definition=text(A=DONE), **again) == "StateMachineAlreadyExists"
    typed = {"definition": SIMPLE, "type": "EXPRESS"}
    assert refused(steps.create_state_machine, **typed, **again) == "StateMachineAlreadyExists"


def test_on_its_way_out(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    steps, role = connect(slow, "stepfunctions"), made_role(connect(slow, "iam"))
    with pytest.raises(ClientError, match="Neither the global service principal") as caught:
        made(steps, role)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    clock.sleep(11)
    arn = made(steps, role)
    steps.delete_state_machine(stateMachineArn=arn)
    assert steps.describe_state_machine(stateMachineArn=arn)["status"] == "DELETING"
    said = {"name": "peak", "definition": SIMPLE, "roleArn": role}
    assert refused(steps.create_state_machine, **said) == "StateMachineDeleting"
    assert refused(steps.start_execution, stateMachineArn=arn) == "StateMachineDeleting"
    assert refused(steps.update_state_machine, stateMachineArn=arn, definition=SIMPLE) == "StateMachineDeleting"
    clock.sleep(6)
    assert made(steps, role) == arn


BAD = [
    ("nonsense", "INVALID_JSON_DESCRIPTION"),
    ("[]", "INVALID_JSON_DESCRIPTION"),
    ("{}", "SCHEMA_VALIDATION_FAILED"),
    (json.dumps({"States": {"A": DONE}}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={}), "SCHEMA_VALIDATION_FAILED"),
    (text("X", A=DONE), "MISSING_TRANSITION_TARGET"),
    (text(A={"Type": "Pass", "Next": "X"}), "MISSING_TRANSITION_TARGET"),
    (text(A={"Type": "Pass", "End": True}, B=DONE), "MISSING_TRANSITION_TARGET"),
    (text(A={"Type": "Pass"}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Pass", "End": True, "Next": "A"}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Nap", "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Pass", "End": True, "Seconds": 5}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Wait", "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Task", "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Task", "Resource": "updateService", "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Task", "Resource": f"{ECS}s", "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (
        text(A={"Type": "Task", "Resource": ECS, "Parameters": {"cluster": "c"}, "End": True}),
        "SCHEMA_VALIDATION_FAILED",
    ),
    (text(A={"Type": "Pass", "Parameters": {"X.$": "x"}, "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Wait", "Seconds": "5", "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Choice", "Choices": []}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Choice", "Choices": {"a": 1}}), "SCHEMA_VALIDATION_FAILED"),
    (
        text(A={"Type": "Task", "Resource": ECS, "Retry": [{"ErrorEquals": ["a"], "MaxAttempts": "1"}], "End": True}),
        "SCHEMA_VALIDATION_FAILED",
    ),
    (text(A={"Type": "Task", "Resource": ECS, "Parameters": ["Cluster"], "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (text(A={"Type": "Choice", "Choices": [{"Variable": "$.x", "Next": "B"}]}, B=DONE), "SCHEMA_VALIDATION_FAILED"),
    (
        text(A={"Type": "Choice", "Choices": [{"Variable": "x", "StringEquals": "", "Next": "B"}]}, B=DONE),
        "SCHEMA_VALIDATION_FAILED",
    ),
    (
        text(A={"Type": "Choice", "Choices": [{"Variable": "$.x", "StringEquals": ""}], "Default": "B"}, B=DONE),
        "SCHEMA_VALIDATION_FAILED",
    ),
    (
        text(A={"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "X"}]}),
        "MISSING_TRANSITION_TARGET",
    ),
    (text(A={"Type": "Task", "Resource": ECS, "Retry": [{}], "End": True}), "SCHEMA_VALIDATION_FAILED"),
    (
        text(A={"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": DONE}}], "End": True}),
        "DUPLICATE_STATE_NAME",
    ),
    (
        text(A={"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {}}], "End": True}),
        "SCHEMA_VALIDATION_FAILED",
    ),
]


@pytest.mark.parametrize(("definition", "code"), BAD)
def test_a_definition_that_is_none(steps: Any, role: str, definition: str, code: str) -> None:
    with pytest.raises(ClientError, match=rf"InvalidDefinition.*Invalid State Machine Definition: '{code}: .* at /"):
        made(steps, role, definition)
    told = steps.validate_state_machine_definition(definition=definition)
    assert told["result"] == "FAIL"
    assert code in [one["code"] for one in told["diagnostics"]]
    arn = made(steps, role)
    assert refused(steps.update_state_machine, stateMachineArn=arn, definition=definition) == "InvalidDefinition"


def test_definitions_that_are() -> None:
    from muvi_provision.sandbox.states import checking

    rule = {
        "And": [
            {"Variable": "$.a[0]['b c']", "NumericGreaterThanEquals": 1},
            {"Not": {"Variable": "$.x", "IsNull": True}},
        ]
    }
    scale: dict[str, Any] = {"Cluster": "c", "Service.$": "$.service", "DesiredCount": 2}
    retry = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 1.5}]
    task = {"Type": "Task", "Resource": ECS, "Parameters": scale, "Retry": retry, "End": True}
    lambda_ = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
    good = text(
        A={"Type": "Choice", "Choices": [rule | {"Next": "B"}], "Default": "C"},
        B={"Type": "Parallel", "Branches": [{"StartAt": "D", "States": {"D": task}}], "Next": "E", "ResultPath": None},
        C={"Type": "Fail", "Error": "No", "Cause": "none"},
        E=lambda_ | {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}], "Next": "F"},
        F={"Type": "Wait", "SecondsPath": "$.seconds", "End": True},
    )
    assert checking.problems(good) == []


def test_what_is_refused(steps: Any, role: str, connect: Connect, cloud: Cloud) -> None:
    wrong = {"definition": SIMPLE, "roleArn": role}
    assert refused(steps.create_state_machine, name="a b", **wrong) == "InvalidName"
    assert refused(steps.create_state_machine, name="n" * 81, **wrong) == "ValidationException"
    bad = wrong | {"roleArn": "states", "name": "n"}
    assert refused(steps.create_state_machine, **bad) == "InvalidArn"
    other = made_role(connect(cloud, "iam"), "lambda")
    assert refused(steps.create_state_machine, **(bad | {"roleArn": other})) == "AccessDeniedException"
    dashed = [{"key": "a", "value": "smart \u201cquotes\u201d"}]
    assert refused(steps.create_state_machine, name="n", tags=dashed, **wrong) == "ValidationException"
    many = [{"key": f"k{number}", "value": ""} for number in range(51)]
    assert refused(steps.create_state_machine, name="n", tags=many, **wrong) == "TooManyTags"
    arn = made(steps, role)
    assert refused(steps.update_state_machine, stateMachineArn=arn) == "MissingRequiredParameter"
    assert refused(steps.update_state_machine, stateMachineArn=arn, roleArn=other) == "AccessDeniedException"
    assert refused(steps.describe_state_machine, stateMachineArn="peak") == "InvalidArn"


def test_how_many(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, quotas={"state_machines": 1})
    steps, role = connect(cloud, "stepfunctions"), made_role(connect(cloud, "iam"))
    arn = made(steps, role)
    assert made(steps, role) == arn  # the same again
    assert refused(made, steps=steps, role=role, name="other") == "StateMachineLimitExceeded"
    cloud.reset()


def test_who_logs_may_do_so(steps: Any, role: str, connect: Connect, cloud: Cloud) -> None:
    logs, iam = connect(cloud, "logs"), connect(cloud, "iam")
    group = f"arn:aws:logs:{REGION}:{cloud.account}:log-group:/aws/vendedlogs/states/peak:*"
    said = {"level": "ERROR", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}
    wanted = {"name": "peak", "definition": SIMPLE, "roleArn": role, "loggingConfiguration": said}
    assert refused(steps.create_state_machine, **wanted) == "InvalidLoggingConfiguration"
    logs.create_log_group(logGroupName="/aws/vendedlogs/states/peak")
    assert refused(steps.create_state_machine, **wanted) == "AccessDeniedException"
    iam.put_role_policy(RoleName="states", PolicyName="p", PolicyDocument=allow("logs:CreateLogDelivery"))
    arn = steps.create_state_machine(**wanted)["stateMachineArn"]
    assert steps.describe_state_machine(stateMachineArn=arn)["loggingConfiguration"]["level"] == "ERROR"


def test_they_are_listed_by_the_page(steps: Any, role: str) -> None:
    for number in range(3):
        made(steps, role, name=f"m{number}")
    pages = list(steps.get_paginator("list_state_machines").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(one["stateMachines"]) for one in pages] == [2, 1]


def test_tags_are_kept_and_indexed(cloud: Cloud, connect: Connect, steps: Any, role: str) -> None:
    arn = made(steps, role, tags=TAGS)
    assert steps.list_tags_for_resource(resourceArn=arn)["tags"] == TAGS
    steps.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "b"}])
    steps.untag_resource(resourceArn=arn, tagKeys=["muvi:address"])
    index = connect(cloud, "resourcegroupstaggingapi")
    (found,) = index.get_resources(ResourceTypeFilters=["states:stateMachine"])["ResourceTagMappingList"]
    assert found == {"ResourceARN": arn, "Tags": [{"Key": "a", "Value": "b"}]}
    assert refused(steps.list_tags_for_resource, resourceArn=arn + "x") == "ResourceNotFound"


def test_they_are_kept(cloud: Cloud, steps: Any, role: str) -> None:
    made(steps, role, tags=TAGS)
    again = Cloud(cloud.clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot() != {}
    again.reset()
