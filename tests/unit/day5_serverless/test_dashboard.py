"""The dashboard: every figure is of something that the stack has, and the page is what the environment says."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from muvi_provision.aws.clients import Aws
from muvi_provision.day5_serverless import dashboard_body
from muvi_provision.engine.examine import examine
from muvi_provision.environment import Environment
from muvi_provision.errors import AwsRefused, NameTaken
from muvi_provision.naming import physical
from muvi_provision.references import mentions
from muvi_provision.resource import is_known, resolve
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.cloud import Cloud
from tests.resources.contract import Bench
from tests.resources.examples_compute import CLUSTER, ECS_ROLE
from tests.resources.examples_scaling import DASHBOARD
from tests.unit.day5_serverless.conftest import wanted
from tests.unit.hands import by_hand

SAID = {"Region": {"Global"}, "Rule": {"ALL"}}  # dimensions that name no object


def lines(environment: Environment) -> list[dict[str, Any]]:
    return [line for graph in dashboard_body.graphs(environment) for line in graph["lines"]]


@pytest.mark.parametrize("env", ["uat", "prodlike", "tiny"])
def test_every_dimension_names_an_object_of_the_stack(env: str, request: pytest.FixtureRequest) -> None:
    environment: Environment = request.getfixturevalue(env)
    everything = wanted(environment)
    names = {physical(environment.name, one.name, one.declared.name_limit) for one in everything.values()}
    for line in lines(environment):
        for name, value in line["of"].items():
            stood_on = [address for address, _ in mentions(value)]
            assert set(stood_on) <= set(everything)
            named = str(value).removesuffix("-001")  # the first node of a cache
            assert stood_on or named in names or value in SAID.get(name, ()), f"{name}={value} names nothing"


def test_what_uat_shows(uat: Environment) -> None:
    shown = {line["namespace"] for line in lines(uat)}
    assert shown == {
        "AWS/ApplicationELB", "AWS/ECS", "AWS/RDS", "AWS/ElastiCache", "AWS/Lambda", "AWS/NATGateway",
        "AWS/CloudFront", "AWS/WAFV2",
    }  # fmt: skip
    regions = {(graph["region"], line["namespace"]) for graph in dashboard_body.graphs(uat) for line in graph["lines"]}
    abroad = {namespace for region, namespace in regions if region == "us-east-1"}
    assert abroad == {"AWS/CloudFront", "AWS/WAFV2"}


def test_without_a_firewall_nothing_is_drawn_of_it(uat: Environment) -> None:
    bare = uat.model_copy(update={"firewall": {}, "functions": {}})
    assert not {line["namespace"] for line in lines(bare)} & {"AWS/WAFV2", "AWS/Lambda"}


def test_the_page_waits_for_no_code(tiny: Environment) -> None:
    page = wanted(tiny, "dashboard")["dashboard/main"]
    kinds = {need.partition("/")[0] for need in page.needs()}
    assert kinds == {"ecs-cluster", "load-balancer", "nat-gateway", "distribution"}, "whose names AWS makes up"


def test_widgets_stand_side_by_side_and_never_on_each_other(prodlike: Environment) -> None:
    drawn = [dashboard_body.heading("# all"), *dashboard_body.widgets(dashboard_body.graphs(prodlike))]
    taken = [
        (x, y)
        for each in drawn
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_a_line_is_spelt_as_cloudwatch_spells_it() -> None:
    balancer = "arn:aws:elasticloadbalancing:eu-central-1:000011112222:loadbalancer/app/uat-api/50dc6c495c0c9188"
    line = {"namespace": "N", "metric": "M", "label": "api", "of": {"LoadBalancer": balancer}}
    graph = {"title": "t", "region": "eu-central-1", "stat": "Sum", "period": 60, "lines": (line,)}
    (drawn,) = dashboard_body.widgets([graph])
    assert drawn["properties"]["metrics"] == [
        ["N", "M", "LoadBalancer", "app/uat-api/50dc6c495c0c9188", {"label": "api"}]
    ]


def test_the_whole_page_is_taken(prodlike: Environment, bench: Bench) -> None:
    """With something in place of every output it is JSON that CloudWatch takes, and as wanted afterwards."""
    bench.stand(ECS_ROLE, CLUSTER)
    page = wanted(prodlike, "dashboard")["dashboard/main"]
    values = {address: {"id": f"some-{address}"} for address in page.needs()}
    page = dataclasses.replace(resolve(page, values.get), cluster=bench.real(DASHBOARD).cluster)  # type: ignore[attr-defined]
    assert is_known(page.wanted())
    live = bench.make(page)
    assert live.id == "uat-muvi"
    bench.silent(page, live.id)


def test_what_somebody_draws_beside_it_is_seen_and_taken_away(bench: Bench) -> None:
    bench.stand(ECS_ROLE, CLUSTER)
    live = bench.make(DASHBOARD)
    shown = json.loads(bench.aws.cloudwatch.get_dashboard(DashboardName="uat-muvi")["DashboardBody"])
    shown["widgets"].append(dashboard_body.heading("mine"))
    by_hand(bench, "cloudwatch", "put_dashboard", DashboardName="uat-muvi", DashboardBody=json.dumps(shown, indent=2))
    resource = bench.real(DASHBOARD)
    live = bench.look(resource, live.id)
    (change,) = bench.changes(resource, live)
    assert len(str(change)) < 60, "a page does not fit into a plan"
    bench.update(resource, live, (change,))
    bench.silent(resource, None)


def test_the_same_spelt_otherwise_is_the_same(bench: Bench) -> None:
    bench.stand(ECS_ROLE, CLUSTER)
    live = bench.make(DASHBOARD)
    shown = json.loads(bench.aws.cloudwatch.get_dashboard(DashboardName="uat-muvi")["DashboardBody"])
    body = json.dumps(shown, indent=4, sort_keys=True)
    by_hand(bench, "cloudwatch", "put_dashboard", DashboardName="uat-muvi", DashboardBody=body)
    bench.silent(bench.real(DASHBOARD), live.id)


def test_a_strangers_page_of_that_name_is_left_alone(bench: Bench) -> None:
    bench.stand(ECS_ROLE, CLUSTER)
    body = json.dumps({"widgets": [dashboard_body.heading("theirs")]})
    by_hand(bench, "cloudwatch", "put_dashboard", DashboardName="uat-muvi", DashboardBody=body)
    with pytest.raises(NameTaken):
        examine(bench.real(DASHBOARD), None, bench.aws)


def test_what_cloudwatch_does_not_understand_is_an_error() -> None:
    def answered(call: Any, go: Any) -> Answer:
        if call.operation != "PutDashboard":
            answer: Answer = go()
            return answer
        said = {"DashboardValidationMessages": [{"DataPath": "/widgets/1", "Message": "no such figure"}]}
        return Answer(200, (("Content-Type", "application/x-amz-json-1.0"),), json.dumps(said).encode())

    bench = Bench(Cloud(speed=0), answered)
    bench.stand(ECS_ROLE, CLUSTER)
    aws: Aws
    with bench.writing(DASHBOARD) as aws, pytest.raises(AwsRefused) as refused:
        bench.real(DASHBOARD).create(aws)
    assert "no such figure" in refused.value.why
