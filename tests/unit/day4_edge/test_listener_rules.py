"""Rules of listeners: the secret is told to nobody, and what a plan believes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.errors import NameTaken
from muvi_provision.resource import Live, to_json
from tests.resources import examples_balancing as balancing
from tests.resources.contract import Bench
from tests.resources.examples_edge import BALANCING, PASSED_ON, SECRET, TURNED_AWAY
from tests.unit.hands import by_hand


@pytest.fixture
def ground(bench: Bench) -> Bench:
    bench.stand(*BALANCING)
    return bench


def value(bench: Bench) -> str:
    arn = bench.values[SECRET.address]["id"]
    return str(by_hand(bench, "secretsmanager", "get_secret_value", SecretId=arn)["SecretString"])


def rotated(bench: Bench, new: str) -> None:
    """Somebody puts another value, and what is known of the secret is looked up again."""
    resource, arn = bench.real(SECRET), bench.values[SECRET.address]["id"]
    by_hand(bench, "secretsmanager", "put_secret_value", SecretId=arn, SecretString=new)
    live = bench.look(resource, arn)
    bench.values[SECRET.address] = {"id": live.id, **resource.outputs(live)}


def accepted(bench: Bench, live: Live) -> list[str]:
    (rule,) = by_hand(bench, "elbv2", "describe_rules", RuleArns=[live.id])["Rules"]
    values: list[str] = rule["Conditions"][0]["HttpHeaderConfig"]["Values"]
    return values


def test_the_value_is_where_it_is_compared_and_nowhere_else(ground: Bench) -> None:
    live, secret = ground.make(PASSED_ON), value(ground)
    resource = ground.real(PASSED_ON)
    assert accepted(ground, live) == [secret]
    told = (resource.observe(ground.look(resource, live.id)), resource.wanted(), to_json(resource), repr(resource))
    assert not [each for each in told if secret in json.dumps(each, default=str)]


def test_another_value_is_let_in_beside_the_one_before_it(ground: Bench) -> None:
    live, old = ground.make(PASSED_ON), value(ground)
    rotated(ground, "another-value")
    resource = ground.real(PASSED_ON)
    changes = ground.changes(resource, ground.look(resource, live.id))
    assert [change.field for change in changes] == ["secret_version"]
    assert not ground.changes(resource, ground.update(resource, live, changes))
    assert accepted(ground, live) == ["another-value", old]


def test_a_plan_believes_the_index_of_tags(ground: Bench) -> None:
    live = ground.make(PASSED_ON)
    plan = replace(ground.aws, as_of=0, written=0)
    ground.border.inventory = type(ground.border.inventory)()
    resource = ground.real(PASSED_ON)
    seen: list[Any] = []
    used = ground.called(lambda: seen.append(resource.find(plan, live.id)))
    assert used == {"elasticloadbalancing:DescribeListeners", "tag:GetResources"}
    assert not ground.changes(resource, seen[0])


def test_a_rule_is_not_believed_to_outlive_its_listener(ground: Bench) -> None:
    live = ground.make(PASSED_ON)
    by_hand(ground, "elbv2", "delete_listener", ListenerArn=ground.values[balancing.HTTP.address]["id"])
    ground.border.inventory = type(ground.border.inventory)()
    assert ground.real(PASSED_ON).find(replace(ground.aws, as_of=0, written=0), live.id) is None


def test_a_thorough_look_sees_another_header(ground: Bench) -> None:
    live, resource = ground.make(PASSED_ON), ground.real(PASSED_ON)
    other = {"HttpHeaderName": "X-Other", "Values": ["*"]}
    conditions = [{"Field": "http-header", "HttpHeaderConfig": other}]
    by_hand(ground, "elbv2", "modify_rule", RuleArn=live.id, Conditions=conditions)
    (change,) = ground.changes(resource, ground.look(resource, live.id))
    assert (change.field, change.old, change.new) == ("header", "X-Other", "X-Muvi-Origin")


def test_a_thorough_look_sees_one_more_condition(ground: Bench) -> None:
    live, resource = ground.make(PASSED_ON), ground.real(PASSED_ON)
    bears = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Muvi-Origin", "Values": ["*"]}}
    path = {"Field": "path-pattern", "Values": ["/only-this"]}
    by_hand(ground, "elbv2", "modify_rule", RuleArn=live.id, Conditions=[bears, path])
    live = ground.look(resource, live.id)
    (change,) = ground.changes(resource, live)
    assert change.field == "plain"
    assert not ground.changes(resource, ground.update(resource, live, (change,)))


def test_a_strangers_priority_is_told_before(ground: Bench) -> None:
    listener = ground.values[balancing.HTTP.address]["id"]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    conditions = [{"Field": "path-pattern", "Values": ["/theirs"]}]
    said = {"ListenerArn": listener, "Priority": 1, "Conditions": conditions, "Actions": [answer]}
    by_hand(ground, "elbv2", "create_rule", **said)
    assert ground.real(PASSED_ON).find(ground.aws, None) is None
    with pytest.raises(NameTaken, match="already has priority 1 of listener/gateway"):
        ground.real(PASSED_ON).before(ground.aws)
    ground.real(TURNED_AWAY).before(ground.aws)


def test_who_bears_no_header_is_turned_away(ground: Bench) -> None:
    live = ground.make(TURNED_AWAY)
    (rule,) = by_hand(ground, "elbv2", "describe_rules", RuleArns=[live.id])["Rules"]
    assert rule["Actions"][0]["FixedResponseConfig"]["StatusCode"] == "403"
    assert rule["Conditions"][0]["Values"] == ["*"] or rule["Conditions"][0]["PathPatternConfig"]["Values"] == ["*"]
