"""Rules, who may call a function, and what a rule sets off."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.inventory import Inventory
from muvi_provision.aws.patience import CREATING, DELETING, error_of, patience_for
from muvi_provision.day5_serverless.targets import RuleTarget, confirmed
from muvi_provision.resource import Handle, Unknown, resolve
from tests.resources import examples_functions as examples
from tests.resources.contract import Bench
from tests.resources.examples_functions import FUNCTION, GROUND, OTHER_RULE, PERMISSION, RULE, TARGET
from tests.sandbox.conftest import Leaping
from tests.unit.hands import by_hand

NAME = "uat-sync-films"


def planning(bench: Bench) -> Aws:
    """A view that has written nothing and looks at no more than it must."""
    bench.border.inventory = Inventory()
    return replace(bench.aws, as_of=0, written=0)


def put(bench: Bench, rule: Any) -> Any:
    """The rule as AWS has it, after it was made or changed to be so."""
    resource = bench.real(rule)
    live = resource.find(bench.aws, None)
    with bench.writing(resource) as aws:
        if live is None:
            resource.create(aws)
        else:
            resource.update(aws, live, bench.changes(resource, live))
    found = resource.find(bench.aws, None)
    assert found
    return found.raw


@pytest.fixture
def whole(bench: Bench) -> Bench:
    """A function with its rule, permission and target."""
    bench.stand(*GROUND, FUNCTION, RULE, PERMISSION, TARGET)
    return bench


def test_a_rule_of_a_function_without_code_is_switched_off_until_there_is_some(bench: Bench) -> None:
    waiting = replace(RULE, waits_for="")
    assert put(bench, waiting)["State"] == "DISABLED"
    live = bench.look(bench.real(waiting), NAME)
    assert not bench.changes(waiting, live)
    ready = replace(RULE, waits_for="abc")
    assert [change.field for change in bench.changes(ready, live)] == ["enabled"]
    assert put(bench, ready)["State"] == "ENABLED"


def test_one_that_runs_is_not_switched_off_where_there_is_no_code(bench: Bench) -> None:
    """On another machine, say: the function keeps the code it has, and its times."""
    put(bench, replace(RULE, waits_for="abc"))
    elsewhere = replace(RULE, waits_for="", description="other")
    raw = put(bench, elsewhere)
    assert (raw["State"], raw["Description"]) == ("ENABLED", "other")


def test_a_change_tells_everything_since_what_is_left_out_is_reset(bench: Bench) -> None:
    bench.make(OTHER_RULE)
    raw = put(bench, replace(OTHER_RULE, schedule="rate(1 hour)"))
    assert raw["ScheduleExpression"] == "rate(1 hour)"
    assert raw["Description"] == "others"
    assert raw["State"] == "ENABLED"
    assert bench.look(bench.real(OTHER_RULE), None).tags["muvi:address"] == OTHER_RULE.address, "tags stay"


def test_patterns_are_compared_by_what_they_say(bench: Bench) -> None:
    bench.make(examples.PUSH)
    other = json.dumps(json.loads(examples.PUSHED), indent=2)
    live = bench.look(bench.real(examples.PUSH), None)
    assert not bench.changes(replace(examples.PUSH, pattern=other), live)


def test_a_rule_with_targets_stays_until_they_are_gone(whole: Bench) -> None:
    rule = whole.real(RULE)
    with pytest.raises(ClientError) as caught, whole.writing(rule) as aws:
        rule.delete(aws, whole.look(rule, None))
    assert patience_for(caught.value, DELETING)


def test_a_rule_too_new_for_its_targets_is_waited_for() -> None:
    said = {"Error": {"Code": "ResourceNotFoundException", "Message": "Rule uat-x does not exist"}}
    assert patience_for(ClientError(said, "PutTargets"), CREATING)  # type: ignore[arg-type]


def test_in_a_plan_permissions_and_targets_cost_nothing_and_in_a_run_they_are_read(whole: Bench) -> None:
    real = [whole.real(each) for each in (PERMISSION, TARGET)]
    ids = [f"{NAME}/{NAME}"] * 2
    view = planning(whole)
    count = len(whole.cloud.log.entries)
    for each, known in zip(real, ids, strict=True):
        live = each.find(view, known)
        assert live
        assert live.id == known
        assert not whole.changes(each, live)
    called = Counter(entry.name for entry in whole.cloud.log.entries[count:])
    called.pop("events:ListTagsForResource", None)  # where the index of tags does not show rules
    assert called == {"lambda:ListFunctions": 1, "events:ListRules": 1, "resourcegroupstaggingapi:GetResources": 1}
    for each, known in zip(real, ids, strict=True):
        live = each.find(replace(view, thorough=True), known)
        assert live
        assert live.raw
    later = {entry.name for entry in whole.cloud.log.entries[count:]}
    assert {"lambda:GetPolicy", "events:ListTargetsByRule"} <= later


def test_what_somebody_took_away_is_seen_by_a_run(whole: Bench) -> None:
    by_hand(whole, "lambda", "remove_permission", FunctionName=NAME, StatementId=NAME)
    by_hand(whole, "events", "remove_targets", Rule=NAME, Ids=[NAME])
    for each in (PERMISSION, TARGET):
        assert whole.real(each).find(replace(planning(whole), thorough=True), f"{NAME}/{NAME}") is None


def test_a_plan_says_no_more_than_that_they_are_gone_when_what_they_belong_to_is(whole: Bench) -> None:
    """What is to be made anew has no name yet, and there are others of its kind."""
    whole.make(OTHER_RULE)
    aws = planning(whole)
    for wanted, parent in ((TARGET, RULE), (PERMISSION, FUNCTION)):
        known_id, bare = whole.values[wanted.address]["id"], {**whole.values, parent.address: {}}
        assert resolve(wanted, bare.get).find(aws, known_id) is None


def test_without_its_function_there_is_no_permission(whole: Bench) -> None:
    by_hand(whole, "lambda", "delete_function", FunctionName=NAME)
    assert whole.real(PERMISSION).find(planning(whole), f"{NAME}/{NAME}") is None


def test_the_permission_is_for_this_rule_and_no_other(whole: Bench) -> None:
    policy = json.loads(whole.aws.lambda_.get_policy(FunctionName=NAME)["Policy"])
    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "lambda:InvokeFunction"
    (said,) = statement["Condition"].values()
    assert list(said.values()) == [whole.values[RULE.address]["arn"]]


def test_a_target_tries_again_for_an_hour_and_not_for_a_day(whole: Bench) -> None:
    (target,) = whole.aws.events.list_targets_by_rule(Rule=NAME)["Targets"]
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}
    assert "Input" not in target
    assert "RoleArn" not in target


def test_a_failure_in_the_body_of_a_good_answer_is_a_failure() -> None:
    entry = {"TargetId": "x", "ErrorCode": "ConcurrentModificationException", "ErrorMessage": "busy"}
    with pytest.raises(ClientError) as caught:
        confirmed({"FailedEntryCount": 1, "FailedEntries": [entry]}, "PutTargets")
    assert error_of(caught.value)[:3] == ("PutTargets", "ConcurrentModificationException", "busy")
    assert patience_for(caught.value, CREATING)
    confirmed({"FailedEntryCount": 0, "FailedEntries": []}, "PutTargets")


def test_a_rule_that_takes_no_more_targets_says_so(bench: Bench) -> None:
    bench.make(OTHER_RULE)
    for number in range(5):
        arn = f"arn:aws:lambda:{bench.aws.region}:000011112222:function:f{number}"
        bench.make(RuleTarget(f"t{number}", rule=Handle(OTHER_RULE.address), target=arn))
    sixth = bench.real(RuleTarget("t6", rule=Handle(OTHER_RULE.address), target=f"{arn}6"))
    with pytest.raises(ClientError) as caught, bench.writing(sixth) as aws:
        sixth.create(aws)
    assert error_of(caught.value)[1] == "LimitExceededException"


def test_a_permission_does_not_hold_its_rule() -> None:
    """It goes along with its function, whatever became of the rule."""
    assert not PERMISSION.declared.binds
    assert PERMISSION.needs() == (FUNCTION.address, RULE.address)


def test_a_rule_waits_for_code_that_is_not_known_yet() -> None:
    later: Any = Unknown("function-code/x", "sha256")
    assert replace(RULE, waits_for=later).wanted()["enabled"] is True


def test_seconds_after_it_is_made_a_rule_has_its_target(slow: Bench, clock: Leaping) -> None:
    slow.make(OTHER_RULE)
    clock.sleep(10)
    slow.make(RuleTarget("t", rule=Handle(OTHER_RULE.address), target="arn:aws:lambda:x:000011112222:function:f"))
