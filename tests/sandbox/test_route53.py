"""Route 53's zones."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.refusals import network, refused
from tests.sandbox.zone_records import batch, plain, zone


@pytest.fixture
def route53(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "route53", "us-east-1")


@pytest.fixture
def inside(ec2: Any) -> dict[str, str]:
    return {"VPCId": network(ec2).vpc, "VPCRegion": REGION}


def test_a_public_zone_has_name_servers_of_its_own(route53: Any) -> None:
    first, second = zone(route53, "UAT.example.com"), zone(route53, "uat.example.com.", "two")
    shown = [route53.get_hosted_zone(Id=one) for one in (first, second)]
    assert [one["HostedZone"]["Name"] for one in shown] == ["uat.example.com."] * 2
    servers = [set(one["DelegationSet"]["NameServers"]) for one in shown]
    assert [len(one) for one in servers] == [4, 4]
    assert servers[0] != servers[1]
    held = route53.list_resource_record_sets(HostedZoneId=first)["ResourceRecordSets"]
    assert [one["Type"] for one in held] == ["NS", "SOA"]
    assert {one["Value"].rstrip(".") for one in held[0]["ResourceRecords"]} == servers[0]


def test_a_reference_makes_one_zone(route53: Any) -> None:
    zone(route53)
    again = {"Name": "uat.example.com", "CallerReference": "one"}
    assert refused(route53.create_hosted_zone, **again) == "HostedZoneAlreadyExists"
    assert len(route53.list_hosted_zones()["HostedZones"]) == 1
    assert refused(route53.create_hosted_zone, Name="a b.com", CallerReference="x") == "InvalidDomainName"


def test_some_names_are_nobodys_on_the_internet(route53: Any, inside: dict[str, str]) -> None:
    for name in ("com", "Example.com."):
        assert refused(route53.create_hosted_zone, Name=name, CallerReference="x") == "InvalidDomainName"
    zone(route53, "internal", "in", VPC=inside)
    zone(route53, "example.com", "ex", VPC=inside)


def test_a_private_zone_is_of_a_network_that_is_there(route53: Any, inside: dict[str, str]) -> None:
    said = {"Name": "in.example.com", "CallerReference": "in"}
    missing = inside | {"VPCId": "vpc-0123456789abcdef0"}
    assert refused(route53.create_hosted_zone, VPC=missing, **said) == "InvalidVPCId"
    assert refused(route53.create_hosted_zone, VPC=inside | {"VPCRegion": "eu-west-1"}, **said) == "InvalidVPCId"
    private = {"HostedZoneConfig": {"PrivateZone": True}}
    assert refused(route53.create_hosted_zone, **private, **said) == "InvalidInput"
    made = route53.create_hosted_zone(VPC=inside, **private, **said)
    assert (made["HostedZone"]["Config"]["PrivateZone"], made["VPC"]) == (True, inside)
    assert route53.get_hosted_zone(Id=made["HostedZone"]["Id"])["VPCs"] == [inside]
    assert (
        refused(route53.create_hosted_zone, VPC=inside, **said | {"CallerReference": "b"}) == "ConflictingDomainExists"
    )
    listed = route53.list_hosted_zones_by_vpc(**inside)["HostedZoneSummaries"]
    assert [one["Name"] for one in listed] == ["in.example.com."]
    zone(route53, "in.example.com", "public")


def test_the_last_network_of_a_zone_stays(route53: Any, ec2: Any, inside: dict[str, str]) -> None:
    wanted = zone(route53, "in.example.com", "in", VPC=inside)
    assert refused(route53.disassociate_vpc_from_hosted_zone, HostedZoneId=wanted, VPC=inside) == "LastVPCAssociation"
    again = refused(route53.associate_vpc_with_hosted_zone, HostedZoneId=wanted, VPC=inside)
    assert again == "ConflictingDomainExists"  # it is this zone's already
    other = inside | {"VPCId": network(ec2, second=31).vpc}
    not_yet = refused(route53.disassociate_vpc_from_hosted_zone, HostedZoneId=wanted, VPC=other)
    assert not_yet == "VPCAssociationNotFound"
    route53.associate_vpc_with_hosted_zone(HostedZoneId=wanted, VPC=other)
    route53.disassociate_vpc_from_hosted_zone(HostedZoneId=wanted, VPC=inside)
    assert route53.get_hosted_zone(Id=wanted)["VPCs"] == [other]
    public = zone(route53)
    assert refused(route53.associate_vpc_with_hosted_zone, HostedZoneId=public, VPC=other) == "PublicZoneVPCAssociation"


def test_a_zone_goes_when_only_its_own_records_are_left(route53: Any, cloud: Cloud) -> None:
    wanted = zone(route53)
    made = plain("CREATE", "a.uat.example.com", "A", "192.0.2.1")
    route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(made))
    assert refused(route53.delete_hosted_zone, Id=wanted) == "HostedZoneNotEmpty"
    route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(made | {"Action": "DELETE"}))
    child = plain("CREATE", "child.uat.example.com", "NS", "ns.example.net")
    route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(child))
    assert refused(route53.delete_hosted_zone, Id=wanted) == "HostedZoneNotEmpty"
    route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(child | {"Action": "DELETE"}))
    route53.delete_hosted_zone(Id=wanted)
    assert refused(route53.get_hosted_zone, Id=wanted) == "NoSuchHostedZone"
    assert cloud.snapshot() == {}


def test_names_are_where_a_listing_starts(route53: Any) -> None:
    for number, name in enumerate(("b.com", "a.b.com", "a.com", "z.a.com")):
        zone(route53, name, str(number))
    names = [one["Name"] for one in route53.list_hosted_zones_by_name()["HostedZones"]]
    assert names == ["a.com.", "z.a.com.", "b.com.", "a.b.com."]
    from_there = route53.list_hosted_zones_by_name(DNSName="aa.com", MaxItems="1")
    assert [one["Name"] for one in from_there["HostedZones"]] == ["b.com."]
    assert (from_there["IsTruncated"], from_there["NextDNSName"]) == (True, "a.b.com.")
    pages = route53.get_paginator("list_hosted_zones").paginate(PaginationConfig={"PageSize": 3})
    assert [len(one["HostedZones"]) for one in pages] == [3, 1]


def test_tags_are_put_on_afterwards(route53: Any, cloud: Cloud, connect: Connect) -> None:
    wanted = zone(route53)
    said = {"ResourceType": "hostedzone", "ResourceId": wanted}
    route53.change_tags_for_resource(AddTags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], **said)
    route53.change_tags_for_resource(RemoveTagKeys=["b"], **said)
    assert route53.list_tags_for_resource(**said)["ResourceTagSet"]["Tags"] == [{"Key": "a", "Value": "1"}]
    both = route53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[wanted])["ResourceTagSets"]
    assert [one["Tags"] for one in both] == [[{"Key": "a", "Value": "1"}]]
    many = [{"Key": str(number), "Value": ""} for number in range(50)]
    assert refused(route53.change_tags_for_resource, AddTags=many[:11], **said) == "InvalidInput"
    for first in range(0, 40, 10):
        route53.change_tags_for_resource(AddTags=many[first : first + 10], **said)
    assert refused(route53.change_tags_for_resource, AddTags=many[40:], **said) == "InvalidInput"
    unknown = said | {"ResourceId": "Z0000000000000000000"}
    assert refused(route53.list_tags_for_resource, **unknown) == "NoSuchHostedZone"
    shown = {
        region: connect(cloud, "resourcegroupstaggingapi", region).get_resources()["ResourceTagMappingList"]
        for region in ("us-east-1", REGION)
    }
    assert [one["ResourceARN"] for one in shown["us-east-1"]] == [f"arn:aws:route53:::hostedzone/{wanted}"]
    assert shown[REGION] == []


def test_a_change_is_everywhere_after_a_while(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    route53 = connect(slow, "route53", "us-east-1")
    change = route53.create_hosted_zone(Name="a.com", CallerReference="1")["ChangeInfo"]
    assert change["Status"] == "PENDING"
    assert route53.get_change(Id=change["Id"])["ChangeInfo"]["Status"] == "PENDING"
    clock.sleep(31)
    assert route53.get_change(Id=change["Id"])["ChangeInfo"]["Status"] == "INSYNC"
    assert refused(route53.get_change, Id="C0") == "NoSuchChange"


def test_zones_are_limited(route53: Any, cloud: Cloud) -> None:
    cloud.quotas |= {"hosted_zones": 1}
    zone(route53)
    assert refused(route53.create_hosted_zone, Name="b.com", CallerReference="b") == "TooManyHostedZones"


def test_the_zone_of_a_namespace_is_cloud_maps(
    route53: Any, cloud: Cloud, connect: Connect, inside: dict[str, str]
) -> None:
    cloud_map = connect(cloud, "servicediscovery")
    cloud_map.create_private_dns_namespace(Name="uat.local", Vpc=inside["VPCId"])
    cloud_map.list_namespaces()
    (listed,) = route53.list_hosted_zones()["HostedZones"]
    assert listed["LinkedService"]["ServicePrincipal"] == "servicediscovery.amazonaws.com"
    made = plain("CREATE", "a.uat.local", "A", "10.0.0.1")
    assert refused(route53.change_resource_record_sets, HostedZoneId=listed["Id"], ChangeBatch=batch(made)) == (
        "AccessDenied"
    )
    assert refused(route53.delete_hosted_zone, Id=listed["Id"]) == "AccessDenied"
    said = {"Name": "uat.local", "CallerReference": "mine", "VPC": inside}
    assert refused(route53.create_hosted_zone, **said) == "ConflictingDomainExists"
    (summary,) = route53.list_hosted_zones_by_vpc(**inside)["HostedZoneSummaries"]
    assert summary["Owner"] == {"OwningService": "servicediscovery.amazonaws.com"}


def test_zones_are_kept(route53: Any, cloud: Cloud) -> None:
    wanted = zone(route53)
    made = plain("CREATE", "*.uat.example.com", "TXT", '"hello"')
    change = route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(made))["ChangeInfo"]["Id"]
    servers = route53.get_hosted_zone(Id=wanted)["DelegationSet"]
    before, kept = cloud.snapshot(), persistence.dumped(cloud)
    cloud.reset()
    persistence.load(cloud, kept)
    assert cloud.snapshot() == before
    assert route53.get_hosted_zone(Id=wanted)["DelegationSet"] == servers
    assert route53.get_change(Id=change)["ChangeInfo"]["Status"] == "INSYNC"


def test_a_new_zone_is_found_only_later(clock: Leaping, connect: Connect) -> None:
    route53 = connect(Cloud(clock, lag_s=60), "route53", "us-east-1")
    wanted = zone(route53)
    change = batch(plain("CREATE", "a.uat.example.com", "A", "192.0.2.1"))
    assert refused(route53.change_resource_record_sets, HostedZoneId=wanted, ChangeBatch=change) == "NoSuchHostedZone"
    assert route53.list_hosted_zones()["HostedZones"] == []
    clock.sleep(60)
    route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=change)
    assert len(route53.list_hosted_zones_by_name()["HostedZones"]) == 1
