"""Zones: ours, a stranger's that is used as it is, and the one above."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.aws import tag_index
from muvi_provision.day4_edge.ownership import mark, marked
from muvi_provision.day4_edge.zones import HostedZone, PrivateZone
from muvi_provision.engine.examine import examine
from muvi_provision.errors import NameTaken
from muvi_provision.naming import Ownership
from muvi_provision.resource import Verdict
from tests.resources.contract import OURS, Bench
from tests.resources.examples_edge_names import (
    ABOVE,
    CERTIFICATE,
    DOMAIN,
    OTHER_VPC,
    PARENT,
    PRIVATE,
    PROOF,
    PUBLIC,
    VPC,
    WEBSITE,
    at,
)  # fmt: skip
from tests.unit.hands import by_hand

ELSE = "0" * 16


def stranger(bench: Bench, name: str = DOMAIN, comment: str = "", **more: Any) -> str:
    """A zone that somebody else made; its id."""
    reference = bench.border.chance.token()
    said = {"CallerReference": reference, "HostedZoneConfig": {"Comment": comment, "PrivateZone": False}, **more}
    made = by_hand(bench, "route53", "create_hosted_zone", Name=name, **said)
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def test_a_mark_says_what_tags_say() -> None:
    told = marked(f"Made by hand? {mark(OURS, PUBLIC.address)}")
    assert OURS.owns(told, PUBLIC.address)
    assert not OURS.owns(told, PRIVATE.address)
    assert not Ownership("uat", ELSE).owns(told, PUBLIC.address)
    assert marked("muvi") == {}


def test_a_mark_fits_into_a_comment_and_a_text_record() -> None:
    longest = mark(Ownership("e" * 20, "0" * 16), f"validation-record/{'x' * 120}")
    assert len(longest) <= 255


def test_one_that_was_made_but_not_yet_tagged_is_ours(bench: Bench) -> None:
    """The process died between the two calls: nobody else may be blamed for it, and no second one made."""
    with bench.one_write(PUBLIC) as aws:
        made = PUBLIC.create(aws)
    found = examine(PUBLIC, None, bench.aws)
    assert (found.live and found.live.id, found.verdict) == (made, Verdict.UPDATE)
    assert [change.field for change in found.changes] == ["tagged"]
    assert found.live
    live = bench.complete(PUBLIC, found.live)
    assert live.tags == bench.aws.tags(PUBLIC)
    asked = by_hand(bench, "route53", "list_tags_for_resource", ResourceType="hostedzone", ResourceId=made)
    assert {each["Key"] for each in asked["ResourceTagSet"]["Tags"]} == set(live.tags)


def test_a_strangers_is_used_as_it_is(bench: Bench) -> None:
    theirs = stranger(bench)
    found = examine(PUBLIC, None, bench.aws)
    assert (found.verdict, found.live and found.live.id) == (Verdict.SAME, theirs)
    values = found.values()
    assert values["zone_id"] == theirs
    assert len(values["name_servers"].split()) == 4


def test_ours_comes_before_a_strangers(bench: Bench) -> None:
    stranger(bench)
    ours = bench.make(PUBLIC)
    assert bench.look(PUBLIC, None).id == ours.id
    stranger(bench)
    assert bench.look(PUBLIC, None).id == ours.id


def test_of_two_strangers_none_is_chosen(bench: Bench) -> None:
    both = {stranger(bench), stranger(bench)}
    with pytest.raises(NameTaken) as told:
        PUBLIC.find(bench.aws, None)
    assert all(each in told.value.what for each in both)
    known = min(both)
    assert bench.look(PUBLIC, known).id == known, "who was using one goes on"


def test_when_the_known_one_is_gone_another_takes_its_place_but_not_in_a_teardown(bench: Bench) -> None:
    theirs = stranger(bench)
    assert bench.look(PUBLIC, "Z0GONE").id == theirs
    assert PUBLIC.find(replace(bench.aws, shallow=True), "Z0GONE") is None


@pytest.mark.parametrize("name", ["cinema.example", f"www.{DOMAIN}", "uat.cinema.example.com"])
def test_another_name_is_another_zone(bench: Bench, name: str) -> None:
    stranger(bench, name)
    assert PUBLIC.find(bench.aws, None) is None


def test_a_private_one_of_the_name_is_another(bench: Bench) -> None:
    bench.stand(VPC)
    vpc = {"VPCRegion": bench.aws.region, "VPCId": bench.values[VPC.address]["id"]}
    stranger(bench, VPC=vpc, HostedZoneConfig={"PrivateZone": True})
    assert PUBLIC.find(bench.aws, None) is None
    private = bench.real(replace(PRIVATE, domain=DOMAIN))
    assert private.find(bench.aws, None) is None, "and that is none of ours either"


def test_a_teardown_names_the_records_that_somebody_else_made(bench: Bench) -> None:
    live = bench.make(PUBLIC)
    bench.make(WEBSITE)
    assert PUBLIC.obstacles(bench.aws, live) == ()
    record = {"Name": f"mail.{DOMAIN}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    by_hand(bench, "route53", "change_resource_record_sets", HostedZoneId=live.id, ChangeBatch=batch)
    (obstacle,) = PUBLIC.obstacles(bench.aws, live)
    assert not obstacle.passes
    assert obstacle.what == f"somebody else's records are in it: A mail.{DOMAIN}"


def test_a_plan_lists_the_zones_once_and_the_records_once(bench: Bench) -> None:
    bench.stand(VPC, PUBLIC, CERTIFICATE, PROOF, PRIVATE, WEBSITE)
    made = [bench.real(each) for each in (PUBLIC, PROOF, PRIVATE, WEBSITE)]
    bench.border.inventory = type(bench.border.inventory)()
    start, aws = len(bench.cloud.log.entries), replace(bench.aws, as_of=0, written=0)
    for each in made:
        assert each.find(aws, str(bench.values[each.address]["id"]))
    called = [entry.name for entry in bench.cloud.log.entries[start:]]
    assert sorted(called) == sorted(
        ["route53:ListHostedZones", "route53:ListResourceRecordSets", f"resourcegroupstaggingapi:{GET}"]
    )


GET = tag_index.ACTION.partition(":")[2]


def test_only_who_looks_closely_is_told_of_a_private_zones_networks(bench: Bench) -> None:
    bench.stand(VPC, OTHER_VPC)
    live = bench.make(PRIVATE)
    resource = bench.real(PRIVATE)
    assert "vpc" not in resource.observe(live)
    closely = replace(bench.aws, thorough=True)
    found = resource.find(closely, live.id)
    assert found
    assert resource.observe(found)["vpc"] == bench.values[VPC.address]["id"]


def test_a_private_zone_moves_to_another_network(bench: Bench) -> None:
    bench.stand(VPC, OTHER_VPC)
    live = bench.make(PRIVATE)
    moved = bench.real(replace(PRIVATE, vpc=at(OTHER_VPC.address)))
    for _ in range(2):
        found = moved.find(replace(bench.aws, thorough=True), live.id)
        assert found
        changes = bench.changes(moved, found)
        with bench.writing(moved) as aws:
            moved.update(aws, found, changes)
    zone = by_hand(bench, "route53", "get_hosted_zone", Id=live.id)
    assert [each["VPCId"] for each in zone["VPCs"]] == [bench.values[OTHER_VPC.address]["id"]]


def test_the_zone_above_is_the_nearest_one(bench: Bench) -> None:
    assert PARENT.outputs(bench.look(PARENT, None)) == {"zone_id": ""}
    above = bench.make(ABOVE)
    assert PARENT.outputs(bench.look(PARENT, None)) == {"zone_id": above.id}
    nearer, below = stranger(bench, DOMAIN), replace(PARENT, domain=f"a.{DOMAIN}")
    assert below.outputs(bench.look(below, None)) == {"zone_id": nearer}
    assert PARENT.outputs(bench.look(PARENT, None)) == {"zone_id": above.id}
    stranger(bench, "cinema.example")
    assert PARENT.outputs(bench.look(PARENT, None)) == {"zone_id": ""}, "nobody can tell which of two is the real one"


@pytest.mark.parametrize("kind", [HostedZone, PrivateZone])
def test_a_zone_of_another_domain_cannot_become_this_one(bench: Bench, kind: Any) -> None:
    bench.stand(VPC)
    wanted = PUBLIC if kind is HostedZone else PRIVATE
    live = bench.make(wanted)
    other = bench.real(replace(wanted, domain="other.example"))
    changes = bench.changes(other, bench.look(other, live.id))
    assert {change.field for change in changes} == {"domain"}
    assert "domain" not in kind.declared.mutable
