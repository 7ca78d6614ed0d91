"""Gateways and routes when things change by hand, fail, or take their time."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.aws import waits
from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network import routes
from muvi_provision.day1_network.gateways import has_public_address
from muvi_provision.day1_network.routes import Route, RouteTableAssociation
from muvi_provision.day1_network.subnets import roomy
from muvi_provision.day1_network.vpc import EVERYWHERE
from muvi_provision.resource import Resource
from tests.resources.contract import Bench
from tests.resources.examples import ADDRESS, APP, APP_A, INTERNET, NAT, OTHER_VPC, PUBLIC, PUBLIC_A, VPC, at

OUT = Route("app", table=at("route-table/app"), destination=EVERYWHERE, nat=at("nat-gateway/a"))
USES = RouteTableAssociation("app-a", table=at("route-table/app"), subnet=at("subnet/app-a"))


@pytest.fixture
def network(bench: Bench) -> Bench:
    bench.stand(VPC, APP_A, PUBLIC_A, INTERNET, ADDRESS, NAT, APP, PUBLIC, OUT, USES)
    return bench


def ec2(bench: Bench, operation: str, **params: Any) -> Any:
    """A change by hand, past the product."""
    aws = bench.aws
    with aws.writing("somebody"):
        return getattr(aws.ec2, operation)(**params)


def id_of(bench: Bench, resource: Resource) -> str:
    return str(bench.values[resource.address]["id"])


def test_a_gateway_attached_elsewhere_is_brought_back(bench: Bench) -> None:
    bench.stand(VPC, OTHER_VPC, INTERNET)
    gateway = id_of(bench, INTERNET)
    ec2(bench, "detach_internet_gateway", InternetGatewayId=gateway, VpcId=id_of(bench, VPC))
    ec2(bench, "attach_internet_gateway", InternetGatewayId=gateway, VpcId=id_of(bench, OTHER_VPC))
    resource = bench.real(INTERNET)
    live = bench.look(resource, gateway)
    assert [change.old for change in bench.changes(resource, live)] == [id_of(bench, OTHER_VPC)]
    bench.silent(resource, bench.complete(resource, live).id)


def test_a_vpc_with_another_gateway_is_not_mistaken_for_ours(bench: Bench) -> None:
    bench.make(VPC)
    other = ec2(bench, "create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
    ec2(bench, "attach_internet_gateway", InternetGatewayId=other, VpcId=id_of(bench, VPC))
    with pytest.raises(Exception) as refused:
        bench.make(INTERNET)
    assert error_of(refused.value)[1] == "Resource.AlreadyAssociated"


def test_detaching_waits_for_mapped_addresses_by_rising(network: Bench) -> None:
    resource = network.real(INTERNET)
    live = network.look(resource, id_of(network, INTERNET))
    with pytest.raises(Exception) as refused, network.writing(resource) as aws:
        resource.delete(aws, live)
    assert error_of(refused.value)[1] == "DependencyViolation"


def test_a_failed_nat_gateway_is_seen_by_id_alone(bench: Bench) -> None:
    bench.stand(VPC, PUBLIC_A, ADDRESS)
    bench.values[INTERNET.address] = {"id": "igw-0123456789abcdef0"}  # it was detached meanwhile
    resource = bench.real(NAT)
    with bench.one_write(resource) as aws:
        made = resource.create(aws)
    live = bench.look(resource, made)
    assert waits.outcome("nat_gateway_available", live) == "failure"
    assert "Gateway.NotAttached" in waits.reason("nat_gateway_available", live)
    assert resource.find(bench.aws, None) is None


def test_a_token_makes_one_nat_gateway_of_two_calls(bench: Bench) -> None:
    bench.stand(VPC, PUBLIC_A, INTERNET, ADDRESS)
    resource = bench.real(NAT)
    with bench.writing(resource) as aws:
        assert resource.create(aws) == resource.create(aws)


def test_a_route_to_a_nat_gateway_that_went_is_not_as_wanted(network: Bench) -> None:
    gone = id_of(network, NAT)
    ec2(network, "delete_nat_gateway", NatGatewayId=gone)
    live = network.look(network.real(OUT), id_of(network, OUT))
    assert [(change.field, change.old) for change in network.changes(network.real(OUT), live)] == [
        ("nat", f"{gone} (blackhole)")
    ]


def test_a_route_of_a_table_that_went_is_gone(network: Bench) -> None:
    assert network.real(OUT).find(network.aws, "rtb-0123456789abcdef0/0.0.0.0/0") is None
    assert network.real(OUT).find(network.aws, f"{id_of(network, APP)}/10.0.0.0/8") is None


def test_a_subnet_moved_to_a_table_of_somebody_else_is_moved_back(network: Bench) -> None:
    theirs = ec2(network, "create_route_table", VpcId=id_of(network, VPC))["RouteTable"]["RouteTableId"]
    before = id_of(network, USES)
    moved = ec2(network, "replace_route_table_association", AssociationId=before, RouteTableId=theirs)
    resource = network.real(USES)
    live = network.look(resource, before)
    assert live.id == moved["NewAssociationId"] != before
    assert live.tags["muvi:address"] == APP_A.address
    assert [(change.field, change.old) for change in network.changes(resource, live)] == [("table", theirs)]
    live = network.update(resource, live, network.changes(resource, live))
    network.silent(resource, live.id)


def test_the_checks_of_the_page_hold_and_fail(network: Bench) -> None:
    app, public, subnet, nat = at(APP.address), at(PUBLIC.address), at(APP_A.address), at(NAT.address)
    values = network.values
    assert has_public_address([nat])(network.aws, values)
    assert roomy([subnet])(network.aws, values)
    assert routes.used_by(app, [subnet])(network.aws, values)
    assert not routes.used_by(public, [subnet])(network.aws, values)
    assert routes.no_way_out([public])(network.aws, values)
    assert not routes.no_way_out([app])(network.aws, values)
    ec2(network, "delete_nat_gateway", NatGatewayId=id_of(network, NAT))
    assert not has_public_address([nat])(network.aws, values)
