"""EventBridge's rules and their targets (aws-reality 7.2)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import trust
from tests.sandbox.lambda_world import Functions
from tests.sandbox.refusals import refused

NIGHTLY = {"Name": "nightly", "ScheduleExpression": "cron(0 20 * * ? *)"}
TAGS = [{"Key": "muvi:address", "Value": "rule/nightly"}]
FUNCTION = f"arn:aws:lambda:{REGION}:000011112222:function:sync"
MACHINE = f"arn:aws:states:{REGION}:000011112222:stateMachine:peak"
WRONG = "ValidationException"


@pytest.fixture
def api(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "events")


def target(number: int = 1, arn: str = FUNCTION, **more: Any) -> dict[str, Any]:
    return {"Id": f"t{number}", "Arn": arn} | more


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"Name": "a b"}, WRONG),
        ({"Name": "a" * 65}, WRONG),
        ({"ScheduleExpression": "cron(0 0 * * * *)"}, WRONG),
        ({"ScheduleExpression": "rate(1 minutes)"}, WRONG),
        ({"ScheduleExpression": None}, WRONG),
        ({"EventPattern": "nonsense"}, "InvalidEventPatternException"),
        ({"EventPattern": "[]"}, "InvalidEventPatternException"),
        ({"EventPattern": '{"source": "aws.ecs"}'}, "InvalidEventPatternException"),
        ({"EventPattern": '{"detail": {"state": []}}'}, "InvalidEventPatternException"),
        ({"EventPattern": '{"detail": {}}'}, "InvalidEventPatternException"),
        ({"EventPattern": '{"detail": {"state": [{"like": "x"}]}}'}, "InvalidEventPatternException"),
        ({"EventPattern": '{"detail": {"state": [{"prefix": "x", "suffix": "y"}]}}'}, "InvalidEventPatternException"),
        ({"EventPattern": '{"detail": {"state": [["ok"]]}}'}, "InvalidEventPatternException"),
        ({"EventPattern": '{"$or": [{"source": []}]}'}, "InvalidEventPatternException"),
        ({"Tags": [{"Key": "aws:a", "Value": "v"}]}, WRONG),
        ({"EventBusName": "other"}, "ResourceNotFoundException"),
        ({"Tags": [{"Key": f"k{number}", "Value": "v"} for number in range(51)]}, WRONG),
    ],
)
def test_rules_that_cannot_be(api: Any, said: dict[str, Any], code: str) -> None:
    asked = {key: value for key, value in (NIGHTLY | said).items() if value is not None}
    assert refused(api.put_rule, **asked) == code
    assert api.list_rules()["Rules"] == []


def test_the_message_about_a_schedule(api: Any) -> None:
    with pytest.raises(ClientError, match=r"Parameter ScheduleExpression is not valid\."):
        api.put_rule(Name="nightly", ScheduleExpression="0 0 * * *")


def test_what_is_not_said_is_reset(api: Any) -> None:
    """aws-reality 1.4."""
    first = api.put_rule(**NIGHTLY, State="DISABLED", Description="x", Tags=TAGS)
    found = api.describe_rule(Name="nightly")
    assert (found["State"], found["Description"]) == ("DISABLED", "x")
    assert (found["EventBusName"], found["CreatedBy"]) == ("default", "000011112222")
    api.put_targets(Rule="nightly", Targets=[target()])
    assert api.put_rule(**NIGHTLY, Tags=[{"Key": "other", "Value": "y"}])["RuleArn"] == first["RuleArn"]
    found = api.describe_rule(Name="nightly")
    assert (found["State"], "Description" in found) == ("ENABLED", False)
    assert api.list_tags_for_resource(ResourceARN=first["RuleArn"])["Tags"] == TAGS
    assert len(api.list_targets_by_rule(Rule="nightly")["Targets"]) == 1


def test_on_and_off(api: Any) -> None:
    api.put_rule(**NIGHTLY)
    api.disable_rule(Name="nightly")
    assert api.describe_rule(Name="nightly")["State"] == "DISABLED"
    api.enable_rule(Name="nightly")
    assert api.describe_rule(Name="nightly")["State"] == "ENABLED"
    for ask in (api.enable_rule, api.disable_rule, api.describe_rule):
        assert refused(ask, Name="none") == "ResourceNotFoundException"


def test_there_is_one_bus(api: Any) -> None:
    assert refused(api.create_event_bus, Name="other") == "SandboxNotImplemented"


def test_listing(api: Any) -> None:
    for name in ("uat-a", "uat-b", "prod-a"):
        api.put_rule(**(NIGHTLY | {"Name": name}))
    assert [one["Name"] for one in api.list_rules(NamePrefix="uat-")["Rules"]] == ["uat-a", "uat-b"]
    pages = api.get_paginator("list_rules").paginate(PaginationConfig={"PageSize": 2})
    assert [len(one["Rules"]) for one in pages] == [2, 1]
    api.put_targets(Rule="uat-b", Targets=[target()])
    assert api.list_rule_names_by_target(TargetArn=FUNCTION)["RuleNames"] == ["uat-b"]


def test_a_rule_goes_after_its_targets(api: Any) -> None:
    api.put_rule(**NIGHTLY)
    assert api.put_targets(Rule="nightly", Targets=[target(1), target(2)])["FailedEntryCount"] == 0
    with pytest.raises(ClientError, match="Rule can't be deleted since it has targets"):
        api.delete_rule(Name="nightly")
    assert api.remove_targets(Rule="nightly", Ids=["t1", "t2", "t9"])["FailedEntryCount"] == 0
    api.delete_rule(Name="nightly")
    api.delete_rule(Name="nightly")
    assert refused(api.put_targets, Rule="nightly", Targets=[target()]) == "ResourceNotFoundException"
    assert refused(api.remove_targets, Rule="nightly", Ids=["t1"]) == "ResourceNotFoundException"
    assert refused(api.list_targets_by_rule, Rule="nightly") == "ResourceNotFoundException"


def test_a_new_rule_is_not_known_at_once(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """aws-reality 1.6, 7.2 e."""
    api = connect(slow, "events")
    api.put_rule(**NIGHTLY)
    assert refused(api.put_targets, Rule="nightly", Targets=[target()]) == "ResourceNotFoundException"
    clock.sleep(3)
    api.put_targets(Rule="nightly", Targets=[target()])
    api.put_rule(**NIGHTLY, Description="x")
    api.put_targets(Rule="nightly", Targets=[target(2)])


def test_how_many(clock: Leaping, connect: Connect) -> None:
    api = connect(Cloud(clock, quotas={"event_rules": 1}), "events")
    api.put_rule(**NIGHTLY)
    api.put_rule(**NIGHTLY, Description="x")
    assert refused(api.put_rule, **(NIGHTLY | {"Name": "other"})) == "LimitExceededException"
    assert refused(api.put_targets, Rule="nightly", Targets=[target(one) for one in range(11)]) == WRONG
    six = [target(one) for one in range(6)]
    assert refused(api.put_targets, Rule="nightly", Targets=six) == "LimitExceededException"
    api.put_targets(Rule="nightly", Targets=six[:5])
    api.put_targets(Rule="nightly", Targets=six[:5])
    assert refused(api.put_targets, Rule="nightly", Targets=six[5:]) == "LimitExceededException"


def test_what_fails_stands_in_the_answer(api: Any, cloud: Cloud) -> None:
    """aws-reality 1.1."""
    api.put_rule(**NIGHTLY)
    cloud.faults = Faults(crash={"target:nightly/t2": "ConcurrentModificationException"})
    answer = api.put_targets(Rule="nightly", Targets=[target(1), target(2)])
    assert answer["FailedEntryCount"] == 1
    (entry,) = answer["FailedEntries"]
    assert (entry["TargetId"], entry["ErrorCode"]) == ("t2", "ConcurrentModificationException")
    assert [one["Id"] for one in api.list_targets_by_rule(Rule="nightly")["Targets"]] == ["t1"]
    cloud.faults = Faults(crash={"target:nightly/t1": "ConcurrentModificationException"})
    assert api.remove_targets(Rule="nightly", Ids=["t1"])["FailedEntryCount"] == 1
    assert len(api.list_targets_by_rule(Rule="nightly")["Targets"]) == 1


def test_targets_that_cannot_be(api: Any, cloud: Cloud, connect: Connect) -> None:
    iam = connect(cloud, "iam")
    for name, service in (("good", "events.amazonaws.com"), ("bad", "lambda.amazonaws.com")):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))
    good, bad = (f"arn:aws:iam::{cloud.account}:role/{name}" for name in ("good", "bad"))
    api.put_rule(**NIGHTLY)
    cluster = f"arn:aws:ecs:{REGION}:000011112222:cluster/uat"
    definition = f"arn:aws:ecs:{REGION}:000011112222:task-definition/web:1"
    for wrong in (
        target(arn="nonsense"),
        target(arn=MACHINE),
        target(arn=f"arn:aws:codepipeline:{REGION}:000011112222:web"),
        target(arn=MACHINE, RoleArn=bad),
        target(Input="nonsense"),
        target(Input="{}", InputPath="$.detail"),
        target(arn=cluster, RoleArn=good),
        target(arn=cluster, RoleArn=good, EcsParameters={"TaskDefinitionArn": definition, "LaunchType": "FARGATE"}),
    ):
        assert refused(api.put_targets, Rule="nightly", Targets=[wrong]) == WRONG
    api.put_targets(Rule="nightly", Targets=[target(arn=MACHINE, RoleArn=good, Input='{"a": 1}')])
    (found,) = api.list_targets_by_rule(Rule="nightly")["Targets"]
    assert found == target(arn=MACHINE, RoleArn=good, Input='{"a": 1}')


def test_tags(api: Any, cloud: Cloud, connect: Connect) -> None:
    arn = api.put_rule(**NIGHTLY, Tags=TAGS)["RuleArn"]
    api.tag_resource(ResourceARN=arn, Tags=[{"Key": "c", "Value": "d"}])
    api.untag_resource(ResourceARN=arn, TagKeys=["muvi:address"])
    assert api.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "c", "Value": "d"}]
    index = connect(cloud, "resourcegroupstaggingapi")
    (found,) = index.get_resources(ResourceTypeFilters=["events:rule"])["ResourceTagMappingList"]
    assert found == {"ResourceARN": arn, "Tags": [{"Key": "c", "Value": "d"}]}
    assert refused(api.list_tags_for_resource, ResourceARN=arn + "x") == "ResourceNotFoundException"
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    assert refused(api.tag_resource, ResourceARN=arn, Tags=many) == WRONG


def event(**more: Any) -> dict[str, Any]:
    return {"Source": "muvi.uat", "DetailType": "done", "Detail": json.dumps({"state": "ok"})} | more


def test_events_are_taken_one_by_one(api: Any) -> None:
    api.put_rule(**NIGHTLY)  # the emulator fails as soon as there is a rule without a pattern
    answer = api.put_events(Entries=[event(), event(Detail="nonsense"), event(Source=""), event(Source="aws.ecr")])
    assert answer["FailedEntryCount"] == 3
    told = [one.get("ErrorCode") for one in answer["Entries"]]
    assert told == [None, "MalformedDetail", "InvalidArgument", "NotAuthorizedForSourceException"]


def test_patterns_that_can_be(api: Any) -> None:
    either = [{"source": ["a"]}, {"detail": {"state": [{"exists": False}, None, True, 3]}}]
    for number, said in enumerate(({"source": [{"anything-but": {"prefix": "aws."}}]}, {"$or": either})):
        api.put_rule(Name=f"r{number}", EventPattern=json.dumps(said))
    assert len(api.list_rules()["Rules"]) == 2


def test_a_function_is_called_when_it_lets_itself_be(cloud: Cloud, connect: Connect, clock: Leaping) -> None:
    world, api = Functions(cloud, connect, clock), connect(cloud, "events")
    group = "/aws/lambda/sync"
    world.logs.create_log_group(logGroupName=group)
    world.make()
    rule = api.put_rule(Name="done", EventPattern='{"detail": {"state": ["ok"]}}')["RuleArn"]
    api.put_targets(Rule="done", Targets=[target()])
    api.put_events(Entries=[event()])
    assert world.logs.filter_log_events(logGroupName=group)["events"] == []
    said = {"FunctionName": "sync", "StatementId": "s", "Action": "lambda:InvokeFunction"}
    world.api.add_permission(**said, Principal="events.amazonaws.com", SourceArn=rule)
    api.put_events(Entries=[event(Detail='{"state": "bad"}')])
    assert world.logs.filter_log_events(logGroupName=group)["events"] == []
    api.put_events(Entries=[event()])
    assert len(world.logs.filter_log_events(logGroupName=group)["events"]) == 3
    api.disable_rule(Name="done")
    api.put_events(Entries=[event()])
    assert len(world.logs.filter_log_events(logGroupName=group)["events"]) == 3


def test_built_and_taken_down_and_kept_over_a_restart(api: Any, cloud: Cloud, clock: Leaping) -> None:
    before = cloud.snapshot()
    api.put_rule(**NIGHTLY, Tags=TAGS)
    api.put_targets(Rule="nightly", Targets=[target()])
    (described,) = cloud.snapshot()["events"][REGION]["rule"].values()
    assert (described["tags"], list(described["targets"])) == ({"muvi:address": "rule/nightly"}, ["t1"])
    again = Cloud(clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot()
    again.reset()
    api.remove_targets(Rule="nightly", Ids=["t1"])
    api.delete_rule(Name="nightly")
    assert cloud.snapshot() == before
