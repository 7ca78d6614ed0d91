"""Batches of changes: all of one, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.edge_stand import Stand
from tests.sandbox.refusals import balancer, network
from tests.sandbox.zone_records import alias, batch, plain, records, zone


class Zone:
    """One zone, and what is said to changes of it."""

    def __init__(self, route53: Any) -> None:
        self.route53 = route53
        self.id = zone(route53)

    def change(self, *changes: dict[str, Any]) -> None:
        self.route53.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch=batch(*changes))

    def refusal(self, *changes: dict[str, Any]) -> tuple[str, str]:
        """Code and message."""
        with pytest.raises(ClientError) as caught:
            self.change(*changes)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    def refused(self, *changes: dict[str, Any]) -> str:
        """The message, of a batch that is refused whole."""
        before = self.held
        code, message = self.refusal(*changes)
        assert code == "InvalidChangeBatch"
        assert self.held == before
        return message

    @property
    def held(self) -> list[tuple[str, str, list[str]]]:
        return records(self.route53, self.id)


@pytest.fixture
def home(cloud: Cloud, connect: Connect) -> Zone:
    return Zone(connect(cloud, "route53", "us-east-1"))


A = plain("CREATE", "a.uat.example.com", "A", "192.0.2.1")


def test_names_are_stored_in_one_spelling(home: Zone) -> None:
    home.change(plain("CREATE", "*.UAT.example.com", "CNAME", "x.example.net"), A)
    assert [name for name, _, _ in home.held] == ["\\052.uat.example.com.", "a.uat.example.com."]
    again = plain("CREATE", "\\052.uat.example.com.", "CNAME", "x.example.net")
    assert "already exists" in home.refused(again)
    home.change(again | {"Action": "DELETE"})


def test_one_bad_record_loses_the_batch_and_each_is_named(home: Zone) -> None:
    home.change(A)
    message = home.refused(
        A,
        plain("CREATE", "b.uat.example.com", "A", "192.0.2.2"),
        plain("DELETE", "c.uat.example.com", "A", "192.0.2.3"),
    )
    assert "Tried to create resource record set [name='a.uat.example.com.', type='A'] but it already exists" in message
    assert "Tried to delete resource record set [name='c.uat.example.com.', type='A'] but it was not found" in message
    home.change(A | {"Action": "UPSERT"})


def test_a_record_is_deleted_by_exactly_what_it_holds(home: Zone) -> None:
    home.change(A)
    for other in (
        plain("DELETE", "a.uat.example.com", "A", "192.0.2.9"),
        plain("DELETE", "a.uat.example.com", "A", "192.0.2.1", ttl=60),
        alias("DELETE", "a.uat.example.com", "d1.cloudfront.net"),
    ):
        assert "but the values provided do not match the current values" in home.refused(other)
    home.change(A | {"Action": "DELETE"})
    assert home.held == []


def test_a_cname_is_alone_and_not_at_the_apex(home: Zone) -> None:
    apex = plain("CREATE", "uat.example.com", "CNAME", "x.example.net")
    assert "is not permitted at apex in zone uat.example.com." in home.refused(apex)
    home.change(A)
    beside = plain("UPSERT", "a.uat.example.com", "CNAME", "x.example.net")
    assert "conflicts with other records with the same DNS name" in home.refused(beside)
    home.change(A | {"Action": "DELETE"}, beside | {"Action": "CREATE"})
    assert home.held == [("a.uat.example.com.", "CNAME", ["x.example.net"])]
    assert "conflicts" in home.refused(A)
    two = plain("UPSERT", "a.uat.example.com", "CNAME", "x.example.net", "y.example.net")
    assert "exactly one value" in home.refused(two)


def test_records_lie_in_the_zone(home: Zone) -> None:
    outside = plain("CREATE", "a.notuat.example.com", "A", "192.0.2.1")
    assert "RRSet with DNS name a.notuat.example.com. is not permitted in zone uat.example.com." in home.refused(
        outside
    )
    look_alike = plain("CREATE", "auat.example.com", "A", "192.0.2.1")
    assert "is not permitted in zone" in home.refused(look_alike)


def test_the_zones_own_records_stay(home: Zone) -> None:
    held = home.route53.list_resource_record_sets(HostedZoneId=home.id)["ResourceRecordSets"]
    for one, said in zip(held, ("at least one NS record", "exactly one SOA record"), strict=True):
        assert said in home.refused({"Action": "DELETE", "ResourceRecordSet": one})


def test_values_fit_their_type(home: Zone) -> None:
    assert "ARRDATAIllegalIPv4Address" in home.refused(plain("CREATE", "a.uat.example.com", "A", "::1"))
    assert "InvalidCharacterString" in home.refused(plain("CREATE", "a.uat.example.com", "TXT", "bare"))
    home.change(plain("CREATE", "a.uat.example.com", "TXT", '"quoted"'))
    long, longest = f'"{"x" * 255}"', f'"{"x" * 256}"'
    assert "CharacterStringTooLong" in home.refused(plain("CREATE", "b.uat.example.com", "TXT", longest))
    home.change(plain("CREATE", "b.uat.example.com", "TXT", f"{long} {long}"))
    assert "DomainLabelEmpty" in home.refused(plain("CREATE", "c.uat.example.com", "CNAME", "x..example.net"))
    assert "DomainLabelTooLong" in home.refused(plain("CREATE", "c.uat.example.com", "NS", f"{'x' * 64}.net"))
    twice = plain("CREATE", "c.uat.example.com", "A", "192.0.2.1", "192.0.2.1")
    assert "Duplicate Resource Record: '192.0.2.1'" in home.refused(twice)
    home.change(plain("CREATE", "c.uat.example.com", "A", "192.0.2.1", "192.0.2.2"))
    neither = {"Action": "CREATE", "ResourceRecordSet": {"Name": "b.uat.example.com", "Type": "A", "TTL": 1}}
    assert home.refusal(neither)[0] == "InvalidInput"
    both = alias("CREATE", "b.uat.example.com", "d1.cloudfront.net")
    both["ResourceRecordSet"] |= {"TTL": 1, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    assert home.refusal(both)[0] == "InvalidInput"


def test_aliases_lead_somewhere(home: Zone) -> None:
    apex = alias("CREATE", "uat.example.com", "d111.cloudfront.net")
    home.change(apex, alias("CREATE", "uat.example.com", "d111.cloudfront.net", kind="AAAA"))
    listed = home.route53.list_resource_record_sets(HostedZoneId=home.id)["ResourceRecordSets"]
    target = listed[0]["AliasTarget"]
    assert (target["DNSName"], target["EvaluateTargetHealth"]) == ("d111.cloudfront.net.", False)
    assert "does not lie within the target zone" in home.refused(alias("CREATE", "b.uat.example.com", "example.net"))
    healthy = alias("CREATE", "b.uat.example.com", "d111.cloudfront.net", EvaluateTargetHealth=True)
    assert "EvaluateTargetHealth" in home.refused(healthy)
    assert "type is not TXT" in home.refused(alias("CREATE", "b.uat.example.com", "d111.cloudfront.net", kind="TXT"))
    own = alias("CREATE", "b.uat.example.com", "a.uat.example.com", home=home.id)
    assert "but that target was not found" in home.refused(own)
    home.change(A, own)


def test_names_have_labels_of_a_length(home: Zone) -> None:
    for name, problem in (
        (f"{'x' * 64}.uat.example.com", "DomainLabelTooLong"),
        ("a..uat.example.com", "DomainLabelEmpty"),
        (".".join(["x" * 60] * 4 + ["uat.example.com"]), "DomainNameTooLong"),
    ):
        assert problem in home.refused(plain("CREATE", name, "A", "192.0.2.1"))
    home.change(plain("CREATE", f"{'x' * 63}.uat.example.com", "A", "192.0.2.1"))


def test_one_without_an_identifier_is_alone(home: Zone) -> None:
    home.change(A)
    weighed = plain("CREATE", "a.uat.example.com", "A", "192.0.2.2")
    weighed["ResourceRecordSet"] |= {"SetIdentifier": "one", "Weight": 1}
    assert "other RRSets exist with the same name and type" in home.refused(weighed)
    home.change(A | {"Action": "DELETE"}, weighed)


def test_a_load_balancer_is_led_to_when_it_is_active(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2, elb = connect(slow, "ec2"), connect(slow, "elbv2")
    net = network(ec2)
    clock.sleep(60)
    arn = balancer(elb, net)
    home = Zone(connect(slow, "route53", "us-east-1"))
    (shown,) = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    own = alias("CREATE", "a.uat.example.com", f"dualstack.{shown['DNSName']}", shown["CanonicalHostedZoneId"])
    elsewhere = alias("CREATE", "a.uat.example.com", shown["DNSName"], "Z35SXDOTRQ7X7K")
    assert "but that target was not found" in home.refused(own)
    clock.sleep(600)
    elb.describe_load_balancers()
    assert "does not lie within the target zone" in home.refused(elsewhere)
    home.change(own)


def test_a_distribution_that_is_gone_is_led_to_no_more(cloud: Cloud, connect: Connect, clock: Leaping) -> None:
    stand, home = Stand(cloud, connect, clock), Zone(connect(cloud, "route53", "us-east-1"))
    made = stand.make()
    leading = alias("CREATE", "a.uat.example.com", made["DomainName"])
    home.change(leading)
    stand.remove(made["Id"])
    again = alias("CREATE", "b.uat.example.com", made["DomainName"])
    assert "but that target was not found" in home.refused(again)
    home.change(leading | {"Action": "DELETE"})


def test_a_batch_is_limited(home: Zone) -> None:
    many = [plain("CREATE", f"h{number}.uat.example.com", "A", "192.0.2.1") for number in range(1001)]
    assert home.refused(*many) == "Number of records limit of 1000 exceeded."
    upserted = [one | {"Action": "UPSERT"} for one in many[:501]]
    assert home.refused(*upserted) == "Number of records limit of 1000 exceeded."
    twice = home.refused(many[0], many[0])
    assert "invalid set of changes" in twice
    home.change(*many[:1000])
    pages = home.route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=home.id)
    names = [one["Name"] for page in pages for one in page["ResourceRecordSets"]]
    assert len(names) == 1002
    assert len(set(names)) == 1001


def test_the_zone_is_there(home: Zone) -> None:
    home.id = "Z0000000000000000000"
    assert home.refusal(A)[0] == "NoSuchHostedZone"
