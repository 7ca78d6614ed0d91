"""What is tried from outside, and the door that is named when one is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.aws.outside import Answered
from muvi_provision.day4_edge import closed_doors, smoke
from muvi_provision.day4_edge.closed_doors import Door, Met
from muvi_provision.day4_edge.outlook import Outlook, outlook
from muvi_provision.day4_edge.smoke import Outcome
from muvi_provision.environment.edge import Flow
from muvi_provision.naming import physical
from muvi_provision.sandbox.outside import arrive
from tests.laws.deeds import closing
from tests.sandbox import ecs_world
from tests.world import World

DAYS = {step.number for step in runbook.steps() if step.day <= 4}
POSTER = Flow(purpose="a poster is shown", distribution="media", path="/poster.jpg")
OTHER = Flow(purpose="another answer", distribution="api", path="/heartbeat", expect=(204,), services=("gateway",))
DEEP = Flow(purpose="films", distribution="api", path="/films", expect=(204,), services=("gateway", "main"))
HEARTBEAT = "https://api.tiny.cinema.example/heartbeat"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All of it, but no image."""
    world = World(tmp_path_factory.mktemp("empty"), "tiny")
    assert not world.run(steps=DAYS).errors
    yield world
    world.cloud.reset()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """With images, and copies of them."""
    world = World(tmp_path_factory.mktemp("running"), "tiny")
    world.run(steps=DAYS)
    aws = world.site().aws
    with aws.writing("somebody"):
        for name in world.environment.repositories:
            ecs_world.image(aws.ecr, physical(world.environment.name, name, 256), "latest")
    assert not world.run(steps=DAYS).errors
    flows = {**world.environment.smoke, "poster": POSTER, "other": OTHER, "deep": DEEP}
    world.environment = world.environment.model_copy(update={"smoke": flows})
    yield world
    world.cloud.reset()


@pytest.fixture
def broken(running: World) -> Iterator[World]:
    """For one test only; then everything is made right again."""
    yield running
    report = running.run(steps=DAYS)
    assert not report.errors


def values(world: World) -> dict[str, Any]:
    site = world.site()
    return {address: site.state.values(address) or {} for address in world.stack().nodes}


def tried(world: World, name: str = "alive") -> Outcome:
    return smoke.flow(world.site().aws, world.environment, values(world), name)


def door(world: World, name: str = "alive") -> Door:
    outcome = tried(world, name)
    assert not outcome.works
    assert outcome.door
    assert outcome.door.next
    return outcome.door


def by_hand(world: World, client: str, operation: str, **said: Any) -> Any:
    aws = world.site().aws
    region = "us-east-1" if client in ("cloudfront", "route53") else world.region
    with aws.writing("somebody"):
        return getattr(aws.border.client(client, region), operation)(**said)


def distribution(world: World, **said: Any) -> None:
    wanted = values(world)["distribution/api"]["id"]
    told = by_hand(world, "cloudfront", "get_distribution_config", Id=wanted)
    new = {**told["DistributionConfig"], **said}
    by_hand(world, "cloudfront", "update_distribution", Id=wanted, IfMatch=told["ETag"], DistributionConfig=new)


def test_what_works_is_asked_under_its_public_name(running: World) -> None:
    outcome = tried(running)
    assert (outcome.works, outcome.status, outcome.door) == (True, 200, None)
    assert (outcome.via, outcome.url, outcome.method) == ("api.tiny.cinema.example", HEARTBEAT, "GET")
    assert outcome.took_s >= 0


def test_without_its_public_name_it_is_asked_under_cloudfronts_own(broken: World) -> None:
    zone, host = values(broken)["hosted-zone/public"]["id"], "api.tiny.cinema.example."
    records = by_hand(broken, "route53", "list_resource_record_sets", HostedZoneId=zone)["ResourceRecordSets"]
    gone = [{"Action": "DELETE", "ResourceRecordSet": each} for each in records if each["Name"] == host]
    by_hand(broken, "route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch={"Changes": gone})
    outcome = tried(broken)
    assert outcome.works
    assert outcome.via.endswith(".cloudfront.net")
    (name,) = [each for each in seen(broken).names if each.distribution == "api"]
    assert (name.leads_somewhere, name.why) == (False, "it is not known to the internet")


def test_no_copies(empty: World) -> None:
    found = door(empty)
    assert (found.place, found.why) == ("tasks", "gateway: no copies are wanted yet")
    assert "muvi images list" in found.next


def test_switched_off(broken: World) -> None:
    distribution(broken, Enabled=False)
    assert door(broken).place == "distribution"
    assert "is switched off" in door(broken).why


def test_not_there(broken: World) -> None:
    known = {**values(broken), "distribution/api": {}}
    (outcome, *_) = smoke.tried(broken.site().aws, broken.environment, known)
    assert outcome.works, "the public name still leads there"
    nowhere = {**known, "issued-certificate/edge": {}}
    (outcome, *_) = smoke.tried(broken.site().aws, broken.environment, nowhere)
    assert outcome.door
    assert (outcome.status, outcome.via, outcome.door.place) == (0, "", "distribution")


def test_kept_out_by_the_firewall(broken: World) -> None:
    """Whoever is in no list is, once all others are."""
    closing(broken)
    found = door(broken)
    assert (found.place, found.next) == ("firewall", ("muvi config show",))
    assert "limit, limit-otp, allow-list, sql" in found.why
    arrive(broken.cloud, "10.1.2.3")
    assert tried(broken).works
    arrive(broken.cloud)


def test_another_header(broken: World) -> None:
    rule = values(broken)["listener-rule/gateway-from-cloudfront"]["id"]
    other = {"HttpHeaderName": "X-Other", "Values": ["x"]}
    conditions = [{"Field": "http-header", "HttpHeaderConfig": other}]
    by_hand(broken, "elbv2", "modify_rule", RuleArn=rule, Conditions=conditions)
    assert door(broken).place == "header"
    assert door(broken).next == ("muvi drift", "muvi run day4")


def test_a_file_that_is_not_there(running: World) -> None:
    assert door(running, "poster").place == "bucket"


def test_nobody_on_the_list(broken: World) -> None:
    group = values(broken)["target-group/gateway"]["id"]
    there = by_hand(broken, "elbv2", "describe_target_health", TargetGroupArn=group)["TargetHealthDescriptions"]
    targets = [each["Target"] for each in there]
    by_hand(broken, "elbv2", "deregister_targets", TargetGroupArn=group, Targets=targets)
    found = door(broken)
    assert found.place == "targets"
    assert found.why.startswith("gateway: ")
    assert found.next == ("muvi logs gateway", "muvi services")
    by_hand(broken, "elbv2", "register_targets", TargetGroupArn=group, Targets=targets)


def test_a_service_behind_the_first_one(broken: World) -> None:
    by_hand(broken, "ecs", "update_service", cluster="tiny-main", service="tiny-main", desiredCount=0)
    found = door(broken, "deep")
    assert (found.place, found.why) == ("tasks", "main: no copies are wanted yet")
    by_hand(broken, "ecs", "update_service", cluster="tiny-main", service="tiny-main", desiredCount=1)


def test_a_rule_of_a_group_that_is_gone(broken: World) -> None:
    known = values(broken)
    rule = known["security-group-rule/alb-api:80-from-cloudfront"]["id"]
    group = known["security-group/alb-api"]["id"]
    by_hand(broken, "ec2", "revoke_security_group_ingress", GroupId=group, SecurityGroupRuleIds=[rule])
    found = door(broken)
    assert (found.place, found.next) == ("groups", ("muvi drift", "muvi run day1"))
    assert found.why == "the rule that cloudfront may reach alb-api on port 80 is gone"


def test_another_answer(running: World) -> None:
    found = door(running, "other")
    assert found.place == "request"
    assert found.why == "the way is open, but the answer is 200 and not 204"
    assert found.next[0] == "muvi logs gateway"


@pytest.mark.parametrize(
    ("met", "place"),
    [
        (Met("api", HEARTBEAT, problem=closed_doors.NO_NAME), "dns"),
        (Met("api", HEARTBEAT, problem=closed_doors.NO_TRUST), "certificate"),
        (Met("api", HEARTBEAT, problem=closed_doors.NO_ANSWER), "distribution"),
        (Met("api", HEARTBEAT, Answered(403, {}, b"<p>Request blocked. We can't connect</p>")), "firewall"),
        (Met("api", HEARTBEAT, Answered(403, {}, b"Forbidden by the program")), "request"),
        (Met("api", HEARTBEAT, Answered(504, {}, b"")), "request"),
    ],
)
def test_what_is_told_by_the_answer_alone(running: World, met: Met, place: str) -> None:
    flow = running.environment.smoke["alive"]
    found = closed_doors.first(running.site().aws, running.environment, values(running), flow, met)
    assert found.place == place
    assert found.next


def test_a_name_that_cloudfront_has_not_been_given(running: World) -> None:
    met = Met("api", "https://other.tiny.cinema.example/heartbeat", Answered(403, {}, b"Bad request"))
    flow = running.environment.smoke["alive"]
    found = closed_doors.first(running.site().aws, running.environment, values(running), flow, met)
    assert found.place == "distribution"
    assert "does not answer to other.tiny.cinema.example yet" in found.why


def test_trying_writes_nothing(running: World) -> None:
    site = running.site()
    smoke.tried(site.aws, running.environment, values(running))
    outlook(site.aws, running.environment, values(running))
    assert site.aws.border.tally.writes == 0


def seen(world: World) -> Outlook:
    return outlook(world.site().aws, world.environment, values(world))


def test_how_it_all_is(running: World) -> None:
    found = seen(running)
    assert found.delegated
    assert all(health.is_well for health in found.services)
    assert {health.service: dict(health.targets) for health in found.services}["gateway"] == {"healthy": 1}
    assert all(name.leads_somewhere for name in found.names)
    assert found.certificate.is_good
    assert found.certificate.days_left is not None
    assert found.certificate.days_left > 100


def test_how_it_is_before_anything_runs(empty: World) -> None:
    assert not [health for health in seen(empty).services if health.is_well]
    assert {health.why for health in seen(empty).services} == {"no copies are wanted"}


def test_a_domain_that_nobody_delegated(empty: World) -> None:
    elsewhere = empty.environment.model_copy(update={"domain": "tiny.elsewhere.example"})
    found = outlook(empty.site().aws, elsewhere, values(empty))
    assert not found.delegated
    assert {name.why for name in found.names} == {"the domain does not lead to this stack's zone yet"}


def test_a_certificate_that_nobody_asked_for(empty: World) -> None:
    found = outlook(empty.site().aws, empty.environment, {**values(empty), "public-certificate/edge": {}})
    assert (found.certificate.status, found.certificate.days_left) == ("MISSING", None)
