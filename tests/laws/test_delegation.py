"""Law: what only a person or time can bring (a delegation, a proof seen in time) is waited for, told, and made up for.

The names and buckets of day 4 alone, on a clock that leaps and a cloud as slow as AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.engine.stack import Stack, Step
from muvi_provision.errors import InTheWay
from muvi_provision.sandbox.outside import delegate
from tests.canonical import canonical
from tests.resources import examples_edge_names as names
from tests.world import World

Worlds = Callable[..., World]
DAY_S = 24 * 3600
INSIDE: dict[str, Any] = {
    "host": "main.uat.microservices.internal",
    "target": "internal-uat-internal-1.me-central-1.elb.amazonaws.com",
    "target_zone": "Z08230872XQRWHG2XF6I",
    "ipv6": False,
}


def zones(stack: Stack) -> None:
    for each in (names.VPC, names.PUBLIC):
        stack.ensure(each)
    stack.look_up(names.PARENT)
    for other in (names.DELEGATION, names.PRIVATE):
        stack.ensure(other)


def certificate(stack: Stack) -> None:
    stack.ensure(names.CERTIFICATE)
    stack.ensure(names.PROOF)
    stack.look_up(names.ISSUED)


def buckets(stack: Stack) -> None:
    stack.ensure(names.MEDIA)
    stack.ensure(replace(names.READERS, distributions=(names.DISTRIBUTION,)))


def records(stack: Stack) -> None:
    stack.ensure(names.WEBSITE)
    stack.ensure(replace(names.WEBSITE, name="internal-main", zone=names.at(names.PRIVATE.address), **INSIDE))


@pytest.fixture
def made(world: Worlds) -> Callable[..., World]:
    """Makes a world that has these steps only."""

    def make(**options: Any) -> World:
        one = world("uat", **{"speed": 1.0, **options})
        bodies = enumerate((zones, certificate, buckets, records))
        one.steps = tuple(Step(f"4.{number}", body.__name__, body) for number, body in bodies)
        return one

    return make


def route53(one: World) -> Iterator[tuple[Any, Any]]:
    """The client, by hand; and every zone's records but its own two, by its name."""
    aws = one.site().aws
    with aws.writing("somebody"):
        yield (
            aws.route53,
            {
                zone["Name"]: [
                    (each["Type"], each["Name"])
                    for each in aws.route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
                    if each["Name"] != zone["Name"] or each["Type"] not in ("NS", "SOA")
                ]
                for zone in aws.route53.list_hosted_zones()["HostedZones"]
            },
        )


def by_hand(one: World, operation: str, **said: Any) -> Any:
    for client, _ in route53(one):
        return getattr(client, operation)(**said)
    raise AssertionError


def held(one: World) -> dict[str, list[tuple[str, str]]]:
    return next(shown for _, shown in route53(one))


def run(one: World, writes: int | None = None) -> None:
    report = one.run()
    assert (report.errors, report.skipped) == ({}, {})
    assert writes is None or report.counts.writes == writes
    assert one.plan().is_empty
    assert one.drift().is_none


def gone(one: World, before: Any) -> None:
    report = one.teardown()
    assert (report.errors, report.skipped) == ({}, {})
    assert canonical(one.cloud.snapshot()) == before
    assert not one.site().state.records()


def issued(one: World) -> str:
    return str((one.site().state.values(names.ISSUED.address) or {})["arn"])


def test_before_the_domain_is_delegated_nobody_waits_and_afterwards_the_next_run_does(
    made: Callable[..., World],
) -> None:
    one = made()
    before, began = canonical(one.cloud.snapshot()), one.clock.time
    run(one)
    assert one.clock.time - began < 120
    assert issued(one) == ""
    delegate(one.cloud, names.DOMAIN)
    began = one.clock.time
    run(one, writes=0)
    assert 60 < one.clock.time - began < 600
    assert issued(one).startswith("arn:aws:acm:us-east-1:")
    gone(one, before)


def test_with_the_zone_above_in_the_account_one_run_is_enough(made: Callable[..., World]) -> None:
    one = made()
    by_hand(one, "create_hosted_zone", Name="cinema.example", CallerReference="the company's")
    delegate(one.cloud, "cinema.example")
    before = canonical(one.cloud.snapshot())
    run(one)
    assert issued(one)
    gone(one, before)
    assert held(one) == {"cinema.example.": []}


def test_a_zone_that_was_there_is_used_and_left_as_it_was(made: Callable[..., World]) -> None:
    one = made()
    theirs = by_hand(one, "create_hosted_zone", Name=names.DOMAIN, CallerReference="the company's")["HostedZone"]["Id"]
    mail = {"Name": f"mail.{names.DOMAIN}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": mail}]}
    by_hand(one, "change_resource_record_sets", HostedZoneId=theirs, ChangeBatch=batch)
    delegate(one.cloud, names.DOMAIN)
    before = canonical(one.cloud.snapshot())
    run(one)
    assert issued(one)
    assert f"/hostedzone/{(one.site().state.values(names.PUBLIC.address) or {})['zone_id']}" == theirs
    gone(one, before)
    assert held(one) == {f"{names.DOMAIN}.": [("A", f"mail.{names.DOMAIN}.")]}


def test_who_delegates_after_a_week_gets_another_certificate_and_a_teardown_leaves_none(
    made: Callable[..., World],
) -> None:
    one = made()
    before = canonical(one.cloud.snapshot())
    run(one)
    one.clock.sleep(7 * DAY_S)
    assert [finding.address for finding in one.plan().findings.values() if finding.changes] == [
        names.CERTIFICATE.address
    ]
    run(one, writes=1)
    delegate(one.cloud, names.DOMAIN)
    run(one, writes=0)
    assert issued(one)
    gone(one, before)


def test_a_zone_with_somebody_elses_record_stays_and_the_record_is_named(made: Callable[..., World]) -> None:
    one = made()
    run(one)
    zone = (one.site().state.values(names.PUBLIC.address) or {})["zone_id"]
    mail = {"Name": f"mail.{names.DOMAIN}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": mail}]}
    by_hand(one, "change_resource_record_sets", HostedZoneId=zone, ChangeBatch=batch)
    error = one.teardown().errors[names.PUBLIC.address]
    assert isinstance(error, InTheWay)
    assert f"A mail.{names.DOMAIN}" in error.what
    assert held(one) == {f"{names.DOMAIN}.": [("A", f"mail.{names.DOMAIN}.")]}


WRITES = 15
POINTS = [(point, "after" if point % 2 else "before") for point in range(WRITES)]


@pytest.mark.parametrize(("point", "how"), POINTS)
def test_killed_at_a_call_the_next_run_finishes_and_nothing_is_made_twice(
    made: Callable[..., World], point: int, how: str
) -> None:
    one = made(speed=0.0)
    before = canonical(one.cloud.snapshot())
    assert one.killed_at_call(one.run, point, how), "WRITES is how many there are"
    run(one)
    assert sorted(len(zone) for zone in held(one).values()) == [2, 5]
    one.killed_at_call(one.teardown, point % 8, how)
    gone(one, before)


@pytest.mark.parametrize("points", [range(0, WRITES, 3), range(1, WRITES, 3), range(2, WRITES, 3)])
def test_lost_answers_are_looked_for(made: Callable[..., World], points: range) -> None:
    one = made(speed=0.0)
    before = canonical(one.cloud.snapshot())
    assert one.losing_answers(one.run, points).errors == {}
    run(one, writes=0)
    assert one.losing_answers(one.teardown, points).errors == {}
    assert canonical(one.cloud.snapshot()) == before
