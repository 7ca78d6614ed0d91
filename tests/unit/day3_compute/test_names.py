"""The private namespace and the names in it, whose making and deleting are operations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws import waits
from muvi_provision.aws.patience import DELETING, patience_for
from muvi_provision.day3_compute.namespaces import OPERATION
from muvi_provision.engine.examine import examine
from muvi_provision.resource import Verdict
from muvi_provision.state.records import Record
from tests.resources.contract import Bench
from tests.resources.examples import OTHER_VPC
from tests.resources.examples_compute import NAME, NAMESPACE, VPC
from tests.sandbox.conftest import Leaping
from tests.unit.day3_compute.conftest import stand
from tests.unit.hands import by_hand


@pytest.fixture
def begun(slow: Bench, clock: Leaping) -> tuple[Bench, str]:
    """A namespace that was asked for this moment, and the id it has meanwhile."""
    stand(slow, clock, VPC)
    resource = slow.real(NAMESPACE)
    with slow.one_write(resource) as aws:
        return slow, resource.create(aws)


def test_its_id_is_the_operations_until_it_is_there(begun: tuple[Bench, str], clock: Leaping) -> None:
    bench, known_id = begun
    resource = bench.real(NAMESPACE)
    live = bench.look(resource, known_id)
    assert (live.id, waits.outcome("namespace_ready", live)) == (known_id, "retry")
    assert bench.aws.ownership.owns(live.tags, resource.address)
    clock.sleep(90)
    live = bench.look(resource, known_id)
    assert waits.outcome("namespace_ready", live) == "success"
    assert live.id.startswith("ns-")
    assert resource.outputs(live)["arn"].endswith(live.id)


def test_nobody_finds_it_by_name_before(begun: tuple[Bench, str]) -> None:
    bench, _ = begun
    assert bench.real(NAMESPACE).find(bench.aws, None) is None


def test_a_teardown_comes_back_while_it_is_being_made(begun: tuple[Bench, str], clock: Leaping) -> None:
    bench, known_id = begun
    resource = bench.real(NAMESPACE)
    with pytest.raises(ClientError) as refused, bench.writing(resource) as aws:
        resource.delete(aws, bench.look(resource, known_id))
    assert patience_for(refused.value, DELETING)
    clock.sleep(90)
    with bench.writing(resource) as aws:
        resource.delete(aws, bench.look(resource, known_id))
    clock.sleep(90)
    assert resource.find(bench.aws, known_id) is None


def test_one_that_is_being_deleted_may_be_deleted_again(begun: tuple[Bench, str], clock: Leaping) -> None:
    bench, known_id = begun
    resource = bench.real(NAMESPACE)
    clock.sleep(90)
    live = bench.look(resource, known_id)
    for _ in range(2):
        with bench.writing(resource) as aws:
            resource.delete(aws, live)
    clock.sleep(90)
    assert resource.find(bench.aws, live.id) is None


def failed(bench: Bench, clock: Leaping) -> str:
    """One whose operation fails, since the network has a zone of that name already."""
    stand(bench, clock, VPC)
    where = {"VPCRegion": bench.aws.region, "VPCId": bench.values[VPC.address]["id"]}
    by_hand(bench, "route53", "create_hosted_zone", Name="internal", CallerReference="theirs", VPC=where)
    resource = bench.real(NAMESPACE)
    with bench.writing(resource) as aws:
        made = resource.create(aws)
    clock.sleep(90)
    return made


def test_an_operation_that_fails_says_why(slow: Bench, clock: Leaping) -> None:
    known_id = failed(slow, clock)
    live = slow.look(slow.real(NAMESPACE), known_id)
    assert live.id == known_id
    assert waits.outcome("namespace_ready", live) == "failure"
    assert "ConflictingDomainExists" in waits.reason("namespace_ready", live)


def test_a_teardown_finds_nothing_of_one_that_failed(slow: Bench, clock: Leaping) -> None:
    known_id = failed(slow, clock)
    assert slow.real(NAMESPACE).find(replace(slow.aws, shallow=True), known_id) is None


def test_after_a_failure_another_is_made(slow: Bench, clock: Leaping) -> None:
    known_id = failed(slow, clock)
    record = Record(NAMESPACE.address, "namespace", "3.6", "made", id=known_id)
    assert examine(slow.real(NAMESPACE), record, slow.aws).verdict == Verdict.VANISHED
    resource = slow.real(NAMESPACE)
    with slow.writing(resource) as aws:
        resource.delete(aws, slow.look(resource, known_id))


def test_a_namesake_in_another_network_is_none_of_ours(bench: Bench) -> None:
    bench.stand(VPC, OTHER_VPC)
    network = bench.values[OTHER_VPC.address]["id"]
    by_hand(bench, "servicediscovery", "create_private_dns_namespace", Name="internal", Vpc=network)
    assert bench.real(NAMESPACE).find(bench.aws, None) is None
    assert not bench.make(NAMESPACE).id.startswith(OPERATION)


@pytest.fixture
def there(bench: Bench) -> Bench:
    bench.stand(VPC, NAMESPACE, NAME)
    return bench


def test_what_ecs_needs_of_a_name(there: Bench) -> None:
    said: Any = there.aws.servicediscovery.get_service(Id=there.values[NAME.address]["id"])["Service"]
    assert said["DnsConfig"]["DnsRecords"] == [{"Type": "A", "TTL": 10}]
    assert said["DnsConfig"]["RoutingPolicy"] == "MULTIVALUE"
    assert said["HealthCheckCustomConfig"] == {"FailureThreshold": 1}


def test_without_its_namespace_it_is_still_found_by_its_id(there: Bench) -> None:
    found = NAME.find(there.aws, there.values[NAME.address]["id"])
    assert found is not None
    assert NAME.find(there.aws, None) is None


def test_addresses_left_by_a_deleted_service_are_taken_out(there: Bench) -> None:
    resource, name = there.real(NAME), there.values[NAME.address]["id"]
    address = {"AWS_INSTANCE_IPV4": "10.240.4.9"}
    by_hand(there, "servicediscovery", "register_instance", ServiceId=name, InstanceId="left", Attributes=address)
    live = there.look(resource, name)
    with pytest.raises(ClientError) as refused, there.writing(resource) as aws:
        resource.delete(aws, live)
    assert patience_for(refused.value, DELETING)
    with there.writing(resource) as aws:
        resource.delete(aws, live)
    assert resource.find(there.aws, name) is None


def test_a_namespace_with_names_in_it_is_asked_again_later(there: Bench) -> None:
    resource = there.real(NAMESPACE)
    with pytest.raises(ClientError) as refused, there.writing(resource) as aws:
        resource.delete(aws, there.look(resource, None))
    assert patience_for(refused.value, DELETING)
