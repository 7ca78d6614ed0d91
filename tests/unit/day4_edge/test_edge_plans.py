"""What the edge looks like in each environment: names, who is let in, and where pages come from."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.day4_edge import edge_plans
from muvi_provision.day4_edge.distribution_config import AS_TOLD
from muvi_provision.engine.stack import Gate, Stack, Wanted
from muvi_provision.environment import Environment
from muvi_provision.environment.edge import Distribution as Plan

DAY4 = {step.number for step in runbook.of_day("day4")}


def recorded(environment: Environment) -> Stack:
    stack = Stack(environment)
    stack.record(step for step in runbook.steps() if step.day <= 4)
    return stack


def asked_for(environment: Environment) -> Counter[str]:
    """How many of each kind day 4 asks for."""
    nodes = recorded(environment).nodes.values()
    return Counter(node.address.partition("/")[0] for node in nodes if isinstance(node, Wanted) and node.step in DAY4)


def resource(environment: Environment, address: str) -> Any:
    node = recorded(environment).nodes[address]
    assert isinstance(node, Wanted)
    return node.resource


def test_what_uat_asks_for(uat: Environment) -> None:
    assert asked_for(uat) == {
        "hosted-zone": 1,
        "parent-zone": 1,
        "delegation": 1,
        "public-certificate": 1,
        "validation-record": 1,
        "issued-certificate": 1,
        "bucket": 3,
        "web-acl": 1,
        "secret": 1,
        "listener-rule": 4,
        "managed-policy": 5,
        "origin-access-control": 1,
        "distribution": 3,
        "bucket-policy": 3,
        "dns-record": 9,
        "private-zone": 1,
    }


def test_what_prodlike_has_more(prodlike: Environment) -> None:
    found = asked_for(prodlike)
    assert (found["distribution"], found["ip-set"], found["bucket"], found["dns-record"]) == (9, 2, 5, 15)


def test_names(uat: Environment) -> None:
    assert {plan.name: plan.host for plan in edge_plans.public_names(uat)} == {
        "api": "api.uat.cinema.example",
        "website": "uat.cinema.example",
        "media": "media.uat.cinema.example",
    }
    inside = {plan.name: plan.host for plan in edge_plans.internal_names(uat)}
    assert inside["internal-main"] == "main.uat.microservices.internal"
    assert "internal-gateway" not in inside


def test_the_api_keeps_nothing_and_is_told_the_name_it_was_called_by(uat: Environment) -> None:
    api = resource(uat, "distribution/api")
    (behaviour,) = api.behaviours
    assert str(behaviour["cache"]) == "${managed-policy/caching-disabled.id}"
    assert str(behaviour["request"]) == "${managed-policy/all-viewer.id}"
    assert behaviour["methods"] == "all"
    (origin,) = api.origins
    assert (origin["reach"], origin["header"]) == ("http", "X-Muvi-Origin")
    assert str(api.web_acl) == "${web-acl/edge.arn}"
    assert (api.root, api.single_page) == ("", False)


def test_cloudfront_asks_on_the_port_that_is_listened_on(tiny: Environment) -> None:
    assert "port" not in resource(tiny, "distribution/api").origins[0]
    gateway = tiny.services["gateway"].model_copy(update={"listener": 8080})
    moved = tiny.model_copy(update={"services": {**tiny.services, "gateway": gateway}})
    assert resource(moved, "distribution/api").origins[0]["port"] == 8080


def test_files_of_two_buckets_under_one_name(uat: Environment) -> None:
    media = resource(uat, "distribution/media")
    assert [origin["id"] for origin in media.origins] == ["s3-media", "s3-cms"]
    assert [(each["path"], each["origin"]) for each in media.behaviours] == [
        ("*", "s3-media"),
        ("/dashboard/*", "s3-cms"),
    ]
    shared, closed = media.behaviours
    assert (shared["methods"], closed["methods"]) == ("ask", "read")
    assert str(shared["request"]) == "${managed-policy/cors-s3-origin.id}"
    assert "request" not in closed
    assert (media.root, media.web_acl, media.secret) == ("index.html", "", None)


def test_a_bucket_is_read_by_the_distributions_that_show_it(uat: Environment) -> None:
    for name, readers in {"media": 1, "cms": 1, "menu": 0}.items():
        policy = resource(uat, f"bucket-policy/{name}")
        assert len(policy.distributions) == readers
        assert policy.public == (name == "menu")


ADDRESS, BALANCER, BUCKET = {"address": "go.test"}, {"load_balancer": "api"}, {"bucket": "cms"}


@pytest.mark.parametrize(
    ("said", "methods", "cache", "request_policy"),
    [
        ({**ADDRESS, "cache": "off"}, "all", "caching-disabled", "all-viewer-except-host-header"),
        ({**ADDRESS, "cache": "origin"}, "all", AS_TOLD, ""),
        ({**ADDRESS, "cache": "long"}, "read", "caching-optimized", ""),
        ({**BALANCER, "cache": "off"}, "all", "caching-disabled", "all-viewer"),
        ({**BALANCER, "cache": "origin"}, "all", "use-origin-cache-control-headers-query-strings", "all-viewer"),
        ({**BALANCER, "cache": "long"}, "read", "caching-optimized", ""),
        ({**BUCKET, "cache": "off"}, "read", "caching-disabled", ""),
        ({**BUCKET, "cache": "origin"}, "read", "caching-optimized", ""),
        ({**BUCKET, "cache": "long"}, "read", "caching-optimized", ""),
    ],
)
def test_what_is_kept_and_what_goes_on(
    uat: Environment, said: Any, methods: str, cache: str, request_policy: str
) -> None:
    plan = Plan(**said)
    altered = uat.model_copy(update={"distributions": {"one": plan}, "smoke": {}})
    (behaviour,) = resource(altered, "distribution/one").behaviours
    assert behaviour["methods"] == methods
    assert str(behaviour["cache"]) == (AS_TOLD if cache == AS_TOLD else f"${{managed-policy/{cache}.id}}")
    assert str(behaviour.get("request", "")) == (f"${{managed-policy/{request_policy}.id}}" if request_policy else "")


def test_nobody_elses_server_or_bucket_is_told_our_host(prodlike: Environment) -> None:
    """Forwarding it would break their TLS and the buckets' signatures."""
    for name, plan in prodlike.distributions.items():
        for behaviour in resource(prodlike, f"distribution/{name}").behaviours:
            if not plan.load_balancer:
                assert "all-viewer.id" not in str(behaviour.get("request", "")), name


def test_where_anybody_may_come_in_there_is_no_secret(uat: Environment) -> None:
    network = uat.network.model_copy(update={"public_ingress": "anywhere"})
    open_to_all = uat.model_copy(update={"network": network})
    assert not asked_for(open_to_all).keys() & {"listener-rule", "secret"}
    api = resource(open_to_all, "distribution/api")
    assert api.secret is None
    assert "header" not in api.origins[0]


def test_a_distribution_waits_for_the_rule_that_knows_its_header(uat: Environment) -> None:
    needs = recorded(uat).nodes["distribution/website"].needs
    assert "listener-rule/website-from-cloudfront" in needs
    assert "listener-rule/gateway-from-cloudfront" not in needs


@pytest.mark.parametrize("section", ["distributions", "firewall", "buckets", "smoke"])
def test_a_part_may_be_missing(tiny: Environment, section: str) -> None:
    without: dict[str, Any] = {section: {}}
    if section in ("distributions", "buckets"):
        without |= {"distributions": {}, "smoke": {}}
    assert recorded(tiny.model_copy(update=without)).nodes


def test_nothing_stands_on_the_gate(uat: Environment) -> None:
    stack = recorded(uat)
    gate = stack.nodes["gate/delegation"]
    assert isinstance(gate, Gate)
    assert not gate.lasting
    assert not [node for node in stack.nodes.values() if "gate/delegation" in node.needs]
