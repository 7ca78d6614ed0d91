"""Cloud Map: namespaces, services, and the zones that belong to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.map_world import NAME, TAGS, Map, more_of
from tests.sandbox.refusals import refused


@pytest.fixture
def there(cloud: Cloud, connect: Connect, clock: Leaping) -> Map:
    return Map(cloud, connect, clock)


@pytest.fixture(params=[0, 1])
def either(request: pytest.FixtureRequest, connect: Connect, clock: Leaping) -> Iterator[Map]:
    """At once, and as slow as AWS."""
    made = Cloud(clock, speed=request.param)
    yield Map(made, connect, clock)
    made.reset()


@pytest.fixture
def slowly(slow: Cloud, connect: Connect, clock: Leaping) -> Map:
    return Map(slow, connect, clock)


def test_a_namespace_takes_its_time(slowly: Map) -> None:
    begun = slowly.begin()
    told = slowly.operation(begun)
    assert (told["Status"], told["Type"]) == ("PENDING", "CREATE_NAMESPACE")
    assert told["Targets"]["NAMESPACE"].startswith("ns-")
    assert slowly.map.list_namespaces()["Namespaces"] == []
    said = more_of(slowly.map.create_private_dns_namespace, **slowly.wanted())
    assert (said["Error"]["Code"], said["DuplicateOperationId"]) == ("DuplicateRequest", begun)
    other = slowly.wanted(CreatorRequestId="u")
    assert refused(slowly.map.create_private_dns_namespace, **other) == "NamespaceAlreadyExists"
    slowly.clock.sleep(46)
    assert slowly.operation(begun)["Status"] == "SUCCESS"
    (shown,) = slowly.map.list_namespaces()["Namespaces"]
    assert (shown["Id"], shown["Name"], shown["Type"]) == (told["Targets"]["NAMESPACE"], NAME, "DNS_PRIVATE")
    assert slowly.zone_names() == [f"{NAME}."]
    said = more_of(slowly.map.create_private_dns_namespace, **slowly.wanted())
    assert (said["Error"]["Code"], said["NamespaceId"]) == ("NamespaceAlreadyExists", shown["Id"])
    begun = slowly.map.delete_namespace(Id=shown["Id"])["OperationId"]
    assert more_of(slowly.map.delete_namespace, Id=shown["Id"])["DuplicateOperationId"] == begun
    assert slowly.zone_names() == [f"{NAME}."]
    assert refused(slowly.map.create_service, Name="a", NamespaceId=shown["Id"]) == "NamespaceNotFound"
    slowly.clock.sleep(46)
    assert slowly.operation(begun)["Status"] == "SUCCESS"
    assert slowly.zone_names() == []
    assert refused(slowly.map.delete_namespace, Id=shown["Id"]) == "NamespaceNotFound"
    assert refused(slowly.map.get_operation, OperationId="none") == "OperationNotFound"


def test_its_zone_is_its_own(there: Map) -> None:
    shown = there.map.get_namespace(Id=there.make())["Namespace"]
    zone = shown["Properties"]["DnsProperties"]["HostedZoneId"]
    assert refused(there.zones.delete_hosted_zone, Id=zone) == "AccessDenied"
    assert there.zones.get_hosted_zone(Id=zone)["VPCs"][0]["VPCId"] == there.vpc
    vpc = {"VPCRegion": "me-central-1", "VPCId": there.vpc}
    own = there.zones.create_hosted_zone(Name="other.internal", CallerReference="r", VPC=vpc)["HostedZone"]["Id"]
    there.zones.delete_hosted_zone(Id=own)


def test_a_zone_of_the_same_name_makes_it_fail(there: Map) -> None:
    """aws-reality 5.8 e."""
    vpc = {"VPCRegion": "me-central-1", "VPCId": there.vpc}
    there.zones.create_hosted_zone(Name=NAME, CallerReference="r", VPC=vpc)
    told = there.operation(there.begin())
    assert (told["Status"], told["ErrorCode"]) == ("FAIL", "CANNOT_CREATE_HOSTED_ZONE")
    assert "ConflictingDomainExists" in told["ErrorMessage"]
    assert there.map.list_namespaces()["Namespaces"] == []
    assert there.operation(there.begin("other.internal"))["Status"] == "SUCCESS"
    nowhere = there.operation(there.begin("third.internal", Vpc="vpc-00000000000000000"))
    assert "InvalidVPCId" in nowhere["ErrorMessage"]


def test_it_may_fail_on_purpose(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, faults=Faults(fail_ready=frozenset({"namespace_operation"})))
    there = Map(cloud, connect, clock)
    assert there.operation(there.begin())["Status"] == "FAIL"
    cloud.faults = Faults()
    assert there.operation(there.begin())["Status"] == "SUCCESS"
    cloud.reset()


@pytest.mark.parametrize("name", ["a..b", "-a.internal", "a b", "a" * 64, ".".join(["a" * 60] * 5)])
def test_names(there: Map, name: str) -> None:
    assert refused(there.map.create_private_dns_namespace, **there.wanted(name)) == "InvalidInput"
    there.make("uat_2.internal")


def test_the_quota_of_namespaces(clock: Leaping, connect: Connect) -> None:
    there = Map(Cloud(clock, quotas={"namespaces": 1}), connect, clock)
    there.make()
    assert refused(there.map.create_private_dns_namespace, **there.wanted("b.internal")) == "ResourceLimitExceeded"
    there.cloud.reset()


def test_filters_and_pages(there: Map) -> None:
    first, second = there.make("a.internal"), there.make("b.internal")
    for name in ("x", "y"):
        there.service(second, name)

    def named(**filters: Any) -> list[str]:
        return [one["Name"] for one in there.map.list_namespaces(**filters)["Namespaces"]]

    by_name = {"Filters": [{"Name": "NAME", "Values": ["b.internal"], "Condition": "EQ"}]}
    assert named(**by_name) == ["b.internal"]
    assert named(Filters=[{"Name": "TYPE", "Values": ["HTTP"]}]) == []
    assert named(Filters=[{"Name": "NAME", "Values": ["a."], "Condition": "BEGINS_WITH"}]) == ["a.internal"]
    page = there.map.list_namespaces(MaxResults=1, **by_name)
    assert (page["Namespaces"], "NextToken" in page) == ([], True)  # aws-reality 1.3
    last = there.map.list_namespaces(MaxResults=1, NextToken=page["NextToken"], **by_name)
    assert ([one["Id"] for one in last["Namespaces"]], "NextToken" in last) == ([second], False)
    of_second = {"Filters": [{"Name": "NAMESPACE_ID", "Values": [second]}]}
    assert [one["Name"] for one in there.map.list_services(**of_second)["Services"]] == ["x", "y"]
    of_first = [{"Name": "NAMESPACE_ID", "Values": [first]}, {"Name": "TYPE", "Values": ["CREATE_NAMESPACE"]}]
    assert len(there.map.list_operations(Filters=of_first)["Operations"]) == 1


def test_a_namespace_s_description_changes_and_its_zone_stays(there: Map) -> None:
    wanted = there.make()
    before = there.map.get_namespace(Id=wanted)["Namespace"]["Properties"]
    there.map.update_private_dns_namespace(Id=wanted, Namespace={"Description": "new"})
    after = there.map.get_namespace(Id=wanted)["Namespace"]
    assert (after["Description"], after["Properties"]) == ("new", before)


def test_tags(there: Map) -> None:
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    too_many = there.wanted(Tags=many)
    assert refused(there.map.create_private_dns_namespace, **too_many) == "TooManyTagsException"
    namespace = there.map.get_namespace(Id=there.make())["Namespace"]
    service = there.service(namespace["Id"])
    for arn in (namespace["Arn"], service["Arn"]):
        there.map.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}])
        assert there.map.list_tags_for_resource(ResourceARN=arn)["Tags"] == [*TAGS, {"Key": "a", "Value": "b"}]
    there.map.delete_service(Id=service["Id"])
    assert refused(there.map.list_tags_for_resource, ResourceARN=service["Arn"]) == "ResourceNotFoundException"
    assert refused(there.map.tag_resource, ResourceARN=service["Arn"], Tags=TAGS) == "ResourceNotFoundException"


def test_built_and_taken_down(either: Map) -> None:
    either.clock.sleep(2)  # the network is ready
    before = either.cloud.snapshot()
    namespace = either.make()
    services = [either.service(namespace, f"s{number}")["Id"] for number in range(9)]
    assert len(either.cloud.snapshot()["servicediscovery"]["me-central-1"]["service"]) == 9
    for one in services:
        either.map.delete_service(Id=one)
    either.map.delete_namespace(Id=namespace)
    either.clock.sleep(46)
    assert either.cloud.snapshot() == before


def test_what_is_under_way_is_kept_over_a_restart(slowly: Map, connect: Connect) -> None:
    begun = slowly.begin()
    again = Cloud(slowly.clock, speed=1)
    persistence.load(again, persistence.dumped(slowly.cloud))
    slowly.clock.sleep(46)
    told = connect(again, "servicediscovery").get_operation(OperationId=begun)["Operation"]
    assert told["Status"] == "SUCCESS"
    (zone,) = again.snapshot()["route53"]["aws"]["hosted_zone"].values()
    assert zone["name"] == f"{NAME}."
    again.reset()
