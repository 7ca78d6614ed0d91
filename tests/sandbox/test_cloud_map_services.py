"""Cloud Map: services, and the instances in them."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.map_world import Map, more_of
from tests.sandbox.refusals import refused


@pytest.fixture
def there(cloud: Cloud, connect: Connect, clock: Leaping) -> Map:
    return Map(cloud, connect, clock)


@pytest.fixture
def slowly(slow: Cloud, connect: Connect, clock: Leaping) -> Map:
    return Map(slow, connect, clock)


def test_services(there: Map) -> None:
    namespace = there.make()
    service = there.service(namespace, HealthCheckCustomConfig={"FailureThreshold": 3})
    shown = there.map.get_service(Id=service["Id"])["Service"]
    assert (shown["NamespaceId"], shown["InstanceCount"]) == (namespace, 0)
    assert shown["HealthCheckCustomConfig"] == {"FailureThreshold": 1}
    said = more_of(there.map.create_service, Name="API", NamespaceId=namespace)
    assert (said["Error"]["Code"], said["ServiceId"]) == ("ServiceAlreadyExists", service["Id"])
    assert refused(there.map.create_service, Name="b", NamespaceId="ns-none") == "NamespaceNotFound"
    health = {"Type": "HTTP", "ResourcePath": "/", "FailureThreshold": 1}
    lone = {"Name": "b", "NamespaceId": namespace}
    assert refused(there.map.create_service, **lone, HealthCheckConfig=health) == "InvalidInput"
    twice = {"DnsRecords": [{"Type": kind, "TTL": 10} for kind in ("A", "CNAME")]}
    assert refused(there.map.create_service, **lone, DnsConfig=twice) == "InvalidInput"
    assert there.map.list_namespaces()["Namespaces"][0]["ServiceCount"] == 1


def test_records_change_their_ttl_and_not_their_type(slowly: Map) -> None:
    """aws-reality 5.8 g: the policy stays; an operation that is under way is told."""
    records = {"DnsRecords": [{"Type": "A", "TTL": 10}], "RoutingPolicy": "MULTIVALUE"}
    service = slowly.service(slowly.make(), DnsConfig=records, Description="x")["Id"]

    def wanted(kind: str = "A", ttl: int = 30) -> dict[str, Any]:
        return {"Id": service, "Service": {"DnsConfig": {"DnsRecords": [{"Type": kind, "TTL": ttl}]}}}

    assert refused(slowly.map.update_service, **wanted("SRV")) == "InvalidInput"
    begun = slowly.map.update_service(**wanted())["OperationId"]
    assert slowly.operation(begun)["Status"] == "PENDING"
    said = more_of(slowly.map.update_service, **wanted(ttl=60))
    assert (said["Error"]["Code"], said["DuplicateOperationId"]) == ("DuplicateRequest", begun)
    slowly.clock.sleep(11)
    assert slowly.operation(begun)["Status"] == "SUCCESS"
    shown = slowly.map.get_service(Id=service)["Service"]
    assert (shown["Description"], shown["DnsConfig"]["RoutingPolicy"]) == ("x", "MULTIVALUE")
    assert shown["DnsConfig"]["DnsRecords"] == [{"Type": "A", "TTL": 30}]
    slowly.map.update_service(Id=service, Service={})
    assert "DnsConfig" not in slowly.map.get_service(Id=service)["Service"]


def test_an_instance_goes_after_a_while(slowly: Map) -> None:
    """aws-reality 5.8 f."""
    service = slowly.service(slowly.make())["Id"]
    one = {"ServiceId": service, "InstanceId": "i"}
    slowly.map.register_instance(**one, Attributes={"AWS_INSTANCE_IPV4": "10.30.0.9"})
    begun = slowly.map.deregister_instance(**one)["OperationId"]
    assert slowly.operation(begun)["Targets"] == {"INSTANCE": "i", "SERVICE": service}
    assert more_of(slowly.map.deregister_instance, **one)["DuplicateOperationId"] == begun
    assert refused(slowly.map.delete_service, Id=service) == "ResourceInUse"
    slowly.clock.sleep(11)
    assert slowly.operation(begun)["Status"] == "SUCCESS"
    assert refused(slowly.map.deregister_instance, **one) == "InstanceNotFound"
    slowly.map.delete_service(Id=service)


def test_what_is_refused_of_services_and_instances(clock: Leaping, connect: Connect) -> None:
    there = Map(Cloud(clock, quotas={"instances_per_name": 1}), connect, clock)
    namespace = there.make()
    alias = {"DnsRecords": [{"Type": "CNAME", "TTL": 10}]}
    lone = {"Name": "b", "NamespaceId": namespace}
    assert refused(there.map.create_service, **lone, DnsConfig=alias) == "InvalidInput"
    there.map.create_service(**lone, DnsConfig=alias | {"RoutingPolicy": "WEIGHTED"})
    begun = there.map.create_http_namespace(Name="open")["OperationId"]
    space = there.operation(begun)["Targets"]["NAMESPACE"]
    health = {"HealthCheckConfig": {"Type": "HTTP", "ResourcePath": "/"}}
    both = health | {"HealthCheckCustomConfig": {"FailureThreshold": 1}}
    assert refused(there.map.create_service, Name="c", NamespaceId=space, **both) == "InvalidInput"
    there.map.create_service(Name="c", NamespaceId=space, **health)
    service, known = there.service(namespace)["Id"], {"Attributes": {"AWS_INSTANCE_IPV4": "10.30.0.9"}}
    put = there.map.register_instance
    assert refused(put, ServiceId=service, InstanceId="i", Attributes={}) == "InvalidInput"
    put(ServiceId=service, InstanceId="i", **known)
    assert refused(put, ServiceId=service, InstanceId="j", **known) == "ResourceLimitExceeded"
    there.cloud.reset()


def test_what_is_used_stays(there: Map) -> None:
    """aws-reality 5.8 f."""
    namespace = there.make()
    service = there.service(namespace)["Id"]
    assert refused(there.map.delete_namespace, Id=namespace) == "ResourceInUse"
    one = {"ServiceId": service, "InstanceId": "i"}
    there.map.register_instance(**one, Attributes={"AWS_INSTANCE_IPV4": "10.30.0.9"})
    assert refused(there.map.delete_service, Id=service) == "ResourceInUse"
    there.map.deregister_instance(**one)
    there.map.delete_service(Id=service)
    assert refused(there.map.delete_service, Id=service) == "ServiceNotFound"
    assert refused(there.map.register_instance, **one, Attributes={}) == "ServiceNotFound"
    there.map.delete_namespace(Id=namespace)
