"""Records: whose they are, what is in their way, and how the world comes to ask our zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.patience import CREATING, DELETING, patience_for
from muvi_provision.day4_edge.delegation import is_delegated
from muvi_provision.day4_edge.record_sets import spoken
from muvi_provision.engine.examine import examine
from muvi_provision.errors import NameTaken
from muvi_provision.resource import Verdict, is_known
from muvi_provision.sandbox.outside import delegate
from tests.resources.contract import Bench
from tests.resources.examples_edge_names import (
    ABOVE,
    CERTIFICATE,
    DELEGATION,
    DOMAIN,
    PARENT,
    PROOF,
    PUBLIC,
    WEBSITE,
)
from tests.unit.hands import by_hand

HOST = WEBSITE.host
ADDRESS = {"Name": HOST, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}


@pytest.fixture
def zoned(bench: Bench) -> Bench:
    bench.stand(PUBLIC)
    return bench


@pytest.fixture
def asked(zoned: Bench) -> Bench:
    """With a certificate that says what would prove it."""
    zoned.stand(CERTIFICATE)
    return zoned


def change(bench: Bench, action: str, record: Any, zone: str = PUBLIC.address) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    known = bench.values[zone]["id"]
    by_hand(bench, "route53", "change_resource_record_sets", HostedZoneId=known, ChangeBatch=batch)


def names(bench: Bench, zone: str = PUBLIC.address) -> Iterator[tuple[str, str]]:
    """(type, name) of all but what every zone has."""
    held = by_hand(bench, "route53", "list_resource_record_sets", HostedZoneId=bench.values[zone]["id"])
    for each in held["ResourceRecordSets"]:
        if each["Type"] not in ("NS", "SOA"):
            yield each["Type"], spoken(each["Name"])


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("WWW.Example.COM.", "www.example.com"),
        ("\\052.uat.cinema.example.", "*.uat.cinema.example"),
        ("_muvi.www.example.com", "_muvi.www.example.com"),
        ("a\\137b.example.", "a_b.example"),
    ],
)
def test_names_as_people_write_them(stored: str, said: str) -> None:
    assert spoken(stored) == said


def test_a_name_and_its_mark_come_and_go_together(zoned: Bench) -> None:
    live = zoned.make(WEBSITE)
    assert sorted(names(zoned)) == [("A", HOST), ("AAAA", HOST), ("TXT", f"_muvi.{HOST}")]
    with zoned.one_write(WEBSITE) as aws:
        zoned.real(WEBSITE).delete(aws, live)
    assert list(names(zoned)) == []


@pytest.mark.parametrize("kind", ["A", "CNAME"])
def test_a_strangers_name_is_not_taken(zoned: Bench, kind: str) -> None:
    value = "192.0.2.1" if kind == "A" else "elsewhere.example"
    change(zoned, "CREATE", {"Name": HOST, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]})
    with pytest.raises(NameTaken, match="it has none of our tags"):
        examine(zoned.real(WEBSITE), None, zoned.aws)


def test_another_stacks_mark_keeps_the_name(zoned: Bench) -> None:
    text = '"muvi:env=uat muvi:address=dns-record/website muvi:lineage=ffff"'
    mark = {"Name": f"_muvi.{HOST}", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": text}]}
    change(zoned, "CREATE", mark)
    with pytest.raises(NameTaken):
        examine(zoned.real(WEBSITE), None, zoned.aws)


def test_a_race_for_the_name_is_lost_and_nothing_of_ours_is_left(zoned: Bench) -> None:
    """Somebody was quicker, between our look and our call."""
    change(zoned, "CREATE", ADDRESS)
    with pytest.raises(ClientError, match="already exists"), zoned.writing(WEBSITE) as aws:
        zoned.real(WEBSITE).create(aws)
    assert list(names(zoned)) == [("A", HOST)]


def test_other_names_below_it_are_not_it(zoned: Bench) -> None:
    change(zoned, "CREATE", {**ADDRESS, "Name": f"a.{HOST}"})
    change(zoned, "CREATE", {**ADDRESS, "Type": "MX", "ResourceRecords": [{"Value": "10 mail.example."}]})
    assert zoned.real(WEBSITE).find(zoned.aws, None) is None


def test_one_that_was_deleted_by_hand_is_written_again(zoned: Bench) -> None:
    live = zoned.make(WEBSITE)
    for kind in ("A", "AAAA"):
        change(zoned, "DELETE", live.raw["held"][kind])
    resource = zoned.real(WEBSITE)
    found = examine(resource, None, zoned.aws)
    assert found.verdict == Verdict.UPDATE
    assert found.live
    zoned.complete(resource, found.live)
    assert ("A", HOST) in names(zoned)


def test_one_that_was_changed_into_another_sort_is_changed_back(zoned: Bench) -> None:
    live = zoned.make(WEBSITE)
    for kind in ("A", "AAAA"):
        change(zoned, "DELETE", live.raw["held"][kind])
    change(zoned, "CREATE", {**ADDRESS, "Type": "CNAME", "ResourceRecords": [{"Value": "elsewhere.example"}]})
    resource = zoned.real(WEBSITE)
    live = zoned.look(resource, live.id)
    assert {each.old for each in zoned.changes(resource, live)} == {"elsewhere.example", "", False}
    zoned.complete(resource, live)
    assert sorted(names(zoned))[:2] == [("A", HOST), ("AAAA", HOST)]


def test_whose_two_kinds_of_address_differ_it_is_told(zoned: Bench) -> None:
    live = zoned.make(WEBSITE)
    change(zoned, "UPSERT", {**ADDRESS, "Type": "AAAA", "ResourceRecords": [{"Value": "2001:db8::1"}]})
    resource = zoned.real(WEBSITE)
    changes = {each.field: each.old for each in zoned.changes(resource, zoned.look(resource, live.id))}
    assert changes["target"] == f"2001:db8::1 and {WEBSITE.target}"


def test_a_target_is_the_same_in_capitals(zoned: Bench) -> None:
    shouting = replace(WEBSITE, target=WEBSITE.target.upper())
    live = zoned.make(shouting)
    resource = zoned.real(WEBSITE)
    assert zoned.changes(resource, zoned.look(resource, live.id)) == ()


def test_a_name_elsewhere_would_be_another_record(zoned: Bench) -> None:
    live = zoned.make(WEBSITE)
    moved = zoned.real(replace(WEBSITE, host=f"web.{DOMAIN}"))
    assert {each.field for each in zoned.changes(moved, zoned.look(moved, live.id))} == {"host"}


def test_what_changed_since_the_look_is_looked_at_again_in_a_teardown(zoned: Bench) -> None:
    """Route 53 wants exactly what is there (6.3 f)."""
    live = zoned.make(WEBSITE)
    resource, old = zoned.real(WEBSITE), zoned.aws
    assert resource.find(old, live.id)
    changed = {
        **live.raw["held"]["A"],
        "AliasTarget": {**live.raw["held"]["A"]["AliasTarget"], "DNSName": "x.cloudfront.net."},
    }
    change(zoned, "UPSERT", changed)
    with pytest.raises(ClientError) as refused, old.writing("x"):
        resource.delete(old, live)
    row = patience_for(refused.value, DELETING)
    assert row
    assert row.look
    with zoned.writing(resource) as aws:
        resource.delete(aws, live)
    assert list(names(zoned)) == []


def test_what_route_53_has_not_heard_of_yet_is_waited_for() -> None:
    """aws-reality 6.3 e: a new load balancer, for some minutes; a name in the wrong zone never."""
    said = "[Tried to create an alias that targets a.elb.amazonaws.com., type A in zone Z1, but {}]"

    def refusal(why: str) -> ClientError:
        return ClientError(
            {"Error": {"Code": "InvalidChangeBatch", "Message": said.format(why)}}, "ChangeResourceRecordSets"
        )

    assert patience_for(refusal("that target was not found"), CREATING)
    assert not patience_for(refusal("the alias target name does not lie within the target zone"), CREATING)


def test_records_of_a_zone_that_is_gone_are_gone(zoned: Bench) -> None:
    live = zoned.make(WEBSITE)
    with zoned.writing(WEBSITE) as aws:
        zoned.real(WEBSITE).delete(aws, live)
    by_hand(zoned, "route53", "delete_hosted_zone", Id=zoned.values[PUBLIC.address]["id"])
    assert zoned.real(WEBSITE).find(zoned.aws, live.id) is None
    with zoned.writing(WEBSITE) as aws:
        zoned.real(WEBSITE).delete(aws, live)


class TestProof:
    def equal(self, bench: Bench) -> dict[str, Any]:
        known = bench.values[CERTIFICATE.address]
        value = [{"Value": f"{known['record_value']}."}]
        return {"Name": known["record_name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": value}

    def test_an_equal_one_is_used_as_it_is(self, asked: Bench) -> None:
        change(asked, "CREATE", self.equal(asked))
        found = examine(asked.real(PROOF), None, asked.aws)
        assert (found.verdict, found.changes) == (Verdict.SAME, ())
        assert found.live
        assert found.live.tags == {}

    def test_one_that_says_something_else_is_told(self, asked: Bench) -> None:
        change(asked, "CREATE", {**self.equal(asked), "ResourceRecords": [{"Value": "_x.acm-validations.aws."}]})
        with pytest.raises(NameTaken, match="and not _"):
            examine(asked.real(PROOF), None, asked.aws)

    def test_a_mark_without_its_record_is_no_record_of_another(self, asked: Bench) -> None:
        name, text = asked.values[CERTIFICATE.address]["record_name"], '"muvi:env=uat muvi:address=x muvi:lineage=f"'
        mark = {"Name": f"_muvi.{name}", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": text}]}
        change(asked, "CREATE", mark)
        assert asked.real(PROOF).find(asked.aws, None) is None
        live = asked.make(PROOF)
        assert asked.aws.ownership.owns(live.tags, PROOF.address)

    def test_it_stays_where_another_certificate_is_renewed_by_it(self, asked: Bench) -> None:
        live = asked.make(PROOF)
        aws = asked.aws
        with aws.writing("somebody"):
            aws.worldwide.acm.request_certificate(DomainName=f"*.{DOMAIN}", ValidationMethod="DNS")
        for _ in range(2):
            with asked.writing(PROOF) as aws:
                asked.real(PROOF).delete(aws, live)
        assert [kind for kind, _ in names(asked)] == ["CNAME"]
        assert asked.look(asked.real(PROOF), live.id).tags == {}

    def test_it_goes_when_only_ours_was_proved_by_it(self, asked: Bench) -> None:
        live = asked.make(PROOF)
        aws = asked.aws
        with aws.writing("somebody"):
            aws.worldwide.acm.request_certificate(DomainName=f"other.{DOMAIN}", ValidationMethod="DNS")
        with asked.writing(PROOF) as aws:
            asked.real(PROOF).delete(aws, live)
        assert list(names(asked)) == []


class TestDelegation:
    def test_without_a_zone_above_it_rests(self, zoned: Bench) -> None:
        zoned.stand(PARENT)
        resource = zoned.real(DELEGATION)
        assert resource.dormant()
        assert resource.find(zoned.aws, None) is None

    def test_what_is_not_known_yet_is_no_reason_to_rest(self) -> None:
        assert DELEGATION.dormant() == ""

    def test_with_one_the_world_asks_our_zone(self, bench: Bench) -> None:
        bench.stand(ABOVE, PUBLIC, PARENT)
        delegate(bench.cloud, "cinema.example")
        servers = bench.values[PUBLIC.address]["name_servers"]
        assert not is_delegated(bench.aws, DOMAIN, servers)
        assert bench.real(DELEGATION).dormant() == ""
        bench.make(DELEGATION)
        assert is_delegated(bench.aws, DOMAIN, servers)
        assert not is_delegated(bench.aws, DOMAIN, servers.replace("ns-", "ns-1", 1)), "all of them must be ours"
        assert not is_delegated(bench.aws, DOMAIN, "")
        first, *rest = servers.split()
        assert is_delegated(bench.aws, DOMAIN, " ".join((*rest, f"{first.upper()}."))), "in any order and spelling"

    def test_its_mark_stands_beside_it_where_the_zone_above_still_has_a_say(self, bench: Bench) -> None:
        bench.stand(ABOVE, PUBLIC, PARENT)
        bench.make(DELEGATION)
        assert list(names(bench, ABOVE.address)) == [("TXT", "_muvi-uat.cinema.example")]

    def test_one_that_is_there_is_left_as_it_is(self, bench: Bench) -> None:
        bench.stand(ABOVE, PUBLIC, PARENT)
        record = {"Name": DOMAIN, "Type": "NS", "TTL": 60, "ResourceRecords": [{"Value": "ns1.elsewhere.example."}]}
        change(bench, "CREATE", record, ABOVE.address)
        found = examine(bench.real(DELEGATION), None, bench.aws)
        assert (found.verdict, found.changes) == (Verdict.SAME, ())

    def test_of_a_zone_still_to_be_made_it_is_planned(self, bench: Bench) -> None:
        bench.stand(ABOVE, PARENT)
        assert not is_known(bench.real(DELEGATION).wanted())  # so they are
        assert examine(bench.real(DELEGATION), None, bench.aws).verdict == Verdict.CREATE


def test_where_neither_zone_nor_name_are_known_nothing_is_found(bench: Bench) -> None:
    start = len(bench.cloud.log.entries)
    assert [each.find(bench.aws, None) for each in (WEBSITE, PROOF, DELEGATION)] == [None] * 3
    assert len(bench.cloud.log.entries) == start
