"""The rules of listeners."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect
from tests.sandbox.refusals import balancer, forward, network, refused, target_group

SECRET = [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Secret", "Values": ["first", "second"]}}]
CLOSED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403", "ContentType": "text/plain"}}]


class Door:
    """A listener that is closed to all but some."""

    def __init__(self, ec2: Any, elb: Any) -> None:
        self.net, self.elb = network(ec2), elb
        self.balancer, self.group = balancer(elb, self.net), target_group(elb, self.net)
        said = {"LoadBalancerArn": self.balancer, "Port": 80, "Protocol": "HTTP", "DefaultActions": CLOSED}
        self.listener = str(elb.create_listener(**said)["Listeners"][0]["ListenerArn"])

    def said(self, **more: Any) -> dict[str, Any]:
        standard = {"ListenerArn": self.listener, "Priority": 10, "Conditions": SECRET}
        return standard | {"Actions": forward(self.group)} | more

    def make(self, **more: Any) -> str:
        return str(self.elb.create_rule(**self.said(**more))["Rules"][0]["RuleArn"])

    def refused(self, **more: Any) -> str:
        return refused(self.elb.create_rule, **self.said(**more))

    def held(self) -> list[dict[str, Any]]:
        return list(self.elb.describe_rules(ListenerArn=self.listener)["Rules"])

    @property
    def default(self) -> str:
        return str(next(one["RuleArn"] for one in self.held() if one["IsDefault"]))


@pytest.fixture
def door(ec2: Any, elb: Any) -> Door:
    return Door(ec2, elb)


def on(field: str, *values: str) -> dict[str, Any]:
    return {"Field": field, "Values": list(values)}


def test_rules_are_told_by_priority_the_default_one_last(door: Door) -> None:
    late, early = door.make(Priority=20), door.make(Priority=3, Conditions=[on("path-pattern", "/api/*")])
    assert [one["Priority"] for one in door.held()] == ["3", "20", "default"]
    path = door.elb.describe_rules(RuleArns=[early])["Rules"][0]["Conditions"]
    assert path == [{**on("path-pattern", "/api/*"), "PathPatternConfig": {"Values": ["/api/*"]}}]
    (shown,) = door.elb.describe_rules(RuleArns=[late])["Rules"]
    assert shown["Conditions"] == SECRET
    (action,) = shown["Actions"]
    assert (action["Type"], action["TargetGroupArn"]) == ("forward", door.group)
    assert action["ForwardConfig"]["TargetGroups"] == [{"TargetGroupArn": door.group, "Weight": 1}]
    pages = door.elb.get_paginator("describe_rules").paginate(
        ListenerArn=door.listener, PaginationConfig={"PageSize": 2}
    )
    assert [len(one["Rules"]) for one in pages] == [2, 1]


def test_one_rule_a_priority(door: Door) -> None:
    door.make()
    assert door.refused() == "PriorityInUse"
    assert door.refused(Priority=50_001) == "ValidationError"
    door.make(Priority=11)


def test_rules_are_limited(door: Door, cloud: Cloud) -> None:
    cloud.quotas |= {"rules_per_load_balancer": 1}
    door.make()
    assert door.refused(Priority=11) == "TooManyRules"


def test_conditions_are_sound(door: Door) -> None:
    assert door.refused(Conditions=[]) == "ValidationError"
    six = {"HttpHeaderName": "X-Secret", "Values": list("abcdef")}
    assert door.refused(Conditions=[{"Field": "http-header", "HttpHeaderConfig": six}]) == "ValidationError"
    host = {"HttpHeaderName": "Host", "Values": ["a"]}
    assert door.refused(Conditions=[{"Field": "http-header", "HttpHeaderConfig": host}]) == "ValidationError"
    long = {"HttpHeaderName": "X-Secret", "Values": ["x" * 129]}
    assert door.refused(Conditions=[{"Field": "http-header", "HttpHeaderConfig": long}]) == "ValidationError"
    assert door.refused(Conditions=[on("path-pattern", "/a"), on("path-pattern", "/b")]) == "ValidationError"
    assert door.refused(Conditions=[on("nonsense", "a")]) == "ValidationError"
    door.make(Conditions=[on("path-pattern", "/a"), on("host-header", "a.example.com"), *SECRET])


@pytest.mark.parametrize(
    ("field", "bad", "good"),
    [
        ("path-pattern", "/é", "/pkg.Service/*"),
        ("path-pattern", "/a b", "/~user/?"),
        ("host-header", "a b.example.com", "*.example.com"),
        ("host-header", "localhost", "api.example.com"),
        ("host-header", "10.0.0.1", "a-b.example.internal"),
    ],
)
def test_values_have_the_characters_of_their_kind(door: Door, field: str, bad: str, good: str) -> None:
    assert door.refused(Conditions=[on(field, bad)]) == "ValidationError"
    door.make(Conditions=[on(field, good)])


def test_methods_and_sources(door: Door) -> None:
    def said(field: str, config: str, value: str) -> list[dict[str, Any]]:
        return [{"Field": field, config: {"Values": [value]}}]

    method, source = ("http-request-method", "HttpRequestMethodConfig"), ("source-ip", "SourceIpConfig")
    assert door.refused(Conditions=said(*method, "get")) == "ValidationError"
    assert door.refused(Conditions=said(*source, "nonsense")) == "ValidationError"
    door.make(Conditions=[*said(*method, "GET"), *said(*source, "10.0.0.0/8")])


def test_the_last_action_decides(door: Door) -> None:
    assert door.refused(Actions=[*forward(door.group), *CLOSED]) == "ValidationError"
    assert door.refused(Actions=forward(door.group[:-1] + "x")) == "TargetGroupNotFound"
    door.make(Actions=CLOSED)


def test_the_default_rule_is_the_listeners(door: Door) -> None:
    assert refused(door.elb.delete_rule, RuleArn=door.default) == "OperationNotPermitted"
    said = {"RuleArn": door.default, "Actions": forward(door.group)}
    assert refused(door.elb.modify_rule, **said) == "OperationNotPermitted"
    door.elb.modify_listener(ListenerArn=door.listener, DefaultActions=forward(door.group))
    assert door.held()[-1]["Actions"][0]["TargetGroupArn"] == door.group


def test_what_is_not_there(door: Door) -> None:
    made = door.make()
    gone = made[:-1] + ("0" if made[-1] != "0" else "1")
    assert door.refused(ListenerArn=door.listener[:-1] + "x") == "ListenerNotFound"
    assert refused(door.elb.describe_rules, RuleArns=[made, gone]) == "RuleNotFound"
    assert refused(door.elb.modify_rule, RuleArn=gone, Conditions=SECRET) == "RuleNotFound"
    assert refused(door.elb.describe_tags, ResourceArns=[gone]) == "RuleNotFound"
    assert refused(door.elb.describe_rules) == "ValidationError"
    door.elb.delete_rule(RuleArn=made)
    assert refused(door.elb.delete_rule, RuleArn=made) == "RuleNotFound"


def test_a_rule_attaches_and_holds_its_target_group(door: Door) -> None:
    made = door.make()
    (group,) = door.elb.describe_target_groups(TargetGroupArns=[door.group])["TargetGroups"]
    assert group["LoadBalancerArns"] == [door.balancer]
    assert refused(door.elb.delete_target_group, TargetGroupArn=door.group) == "ResourceInUse"
    other = target_group(door.elb, door.net, "other")
    (changed,) = door.elb.modify_rule(RuleArn=made, Actions=forward(other))["Rules"]
    assert (changed["Actions"][0]["TargetGroupArn"], changed["Conditions"]) == (other, SECRET)
    door.elb.delete_target_group(TargetGroupArn=door.group)
    door.elb.delete_rule(RuleArn=made)
    door.elb.delete_target_group(TargetGroupArn=other)


def test_rules_are_tagged_found_and_kept(door: Door, cloud: Cloud, connect: Connect) -> None:
    made = door.make(Tags=[{"Key": "a", "Value": "1"}])
    door.elb.add_tags(ResourceArns=[made], Tags=[{"Key": "b", "Value": "2"}])
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    (told,) = door.elb.describe_tags(ResourceArns=[made])["TagDescriptions"]
    assert sorted(told["Tags"], key=str) == tags
    index = connect(cloud, "resourcegroupstaggingapi")
    found = index.get_resources(ResourceTypeFilters=["elasticloadbalancing:listener-rule"])["ResourceTagMappingList"]
    assert found == [{"ResourceARN": made, "Tags": tags}]
    before, kept = cloud.snapshot(), persistence.dumped(cloud)
    assert before["elbv2"]["me-central-1"]["listener_rule"][made]["tags"] == {"a": "1", "b": "2"}
    persistence.load(cloud, kept)
    assert cloud.snapshot() == before
    door.elb.delete_rule(RuleArn=made)
    assert "listener_rule" not in cloud.snapshot()["elbv2"]["me-central-1"]
    assert index.get_resources()["ResourceTagMappingList"] == []
