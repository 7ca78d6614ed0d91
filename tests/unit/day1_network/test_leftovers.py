"""What is told of the things that keep a piece of the network from being deleted."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.day1_network import leftovers
from muvi_provision.resource import Obstacle, Resource
from tests.resources.contract import Bench
from tests.resources.examples import ADDRESS, APP, APP_A, BALANCER, INTERNET, NAT, PUBLIC_A, SERVICE, VPC

NETWORK: tuple[Resource, ...] = (VPC, APP_A, PUBLIC_A, INTERNET, APP, SERVICE, BALANCER)


@pytest.fixture
def network(bench: Bench) -> Bench:
    bench.stand(*NETWORK)
    return bench


def ec2(bench: Bench, operation: str, **params: Any) -> Any:
    """A change by hand, past the product."""
    aws = bench.aws
    with aws.writing("somebody"):
        return getattr(aws.ec2, operation)(**params)


def id_of(bench: Bench, resource: Resource) -> str:
    return str(bench.values[resource.address]["id"])


def obstacles(bench: Bench, wanted: Resource) -> tuple[Obstacle, ...]:
    """What is told, by nothing but declared reads."""
    resource = bench.real(wanted)
    found: list[Obstacle] = []
    live, writes = bench.look(resource, id_of(bench, wanted)), bench.border.tally.writes
    called = bench.called(lambda: found.extend(resource.obstacles(bench.aws, live)))
    assert called <= wanted.declared.actions
    assert bench.border.tally.writes == writes
    return tuple(found)


def test_nothing_stands_in_the_way_of_an_empty_network(network: Bench) -> None:
    assert not [each for wanted in NETWORK for each in obstacles(network, wanted)]


def test_an_interface_by_hand_holds_subnet_group_and_network(network: Bench) -> None:
    subnet, group, vpc = (id_of(network, each) for each in (APP_A, SERVICE, VPC))
    made = ec2(network, "create_network_interface", SubnetId=subnet, Groups=[group], Description="made by hand")
    its = f'network interface {made["NetworkInterface"]["NetworkInterfaceId"]} ("made by hand", not in use)'
    assert obstacles(network, APP_A) == (Obstacle(f"{its} stands in subnet {subnet}", passes=False),)
    assert obstacles(network, SERVICE) == (Obstacle(f"{its} bears security group {group}", passes=False),)
    assert obstacles(network, VPC) == (Obstacle(f"{its} stands in vpc {vpc}", passes=False),)
    assert obstacles(network, PUBLIC_A) == obstacles(network, BALANCER) == obstacles(network, INTERNET) == ()


def test_what_aws_made_for_something_of_its_own_passes(network: Bench) -> None:
    network.stand(ADDRESS, NAT)
    for wanted in (PUBLIC_A, VPC):
        (told,) = obstacles(network, wanted)
        assert told.passes
        assert "Interface for NAT Gateway" in told.what


def test_public_addresses_hold_the_internet_gateway(network: Bench) -> None:
    network.stand(ADDRESS, NAT)
    (told,) = obstacles(network, INTERNET)
    assert told.passes
    assert told.what.startswith(f"public address {network.values[ADDRESS.address]['public_ip']} of network interface ")
    assert told.what.endswith(f" is mapped in vpc {id_of(network, VPC)}")


def test_a_gateway_that_is_not_attached_is_held_by_nothing(network: Bench) -> None:
    gateway, vpc = id_of(network, INTERNET), id_of(network, VPC)
    ec2(network, "detach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)
    assert obstacles(network, INTERNET) == ()


def test_what_somebody_built_holds_the_network(network: Bench) -> None:
    vpc = id_of(network, VPC)
    ec2(network, "detach_internet_gateway", InternetGatewayId=id_of(network, INTERNET), VpcId=vpc)
    gateway = ec2(network, "create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
    ec2(network, "attach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)
    subnet = ec2(network, "create_subnet", VpcId=vpc, CidrBlock="10.240.99.0/24")["Subnet"]["SubnetId"]
    group = ec2(network, "create_security_group", VpcId=vpc, GroupName="theirs", Description="theirs")["GroupId"]
    table = ec2(network, "create_route_table", VpcId=vpc)["RouteTable"]["RouteTableId"]
    road = "com.amazonaws.me-central-1.s3"
    endpoint = ec2(network, "create_vpc_endpoint", VpcId=vpc, ServiceName=road)["VpcEndpoint"]["VpcEndpointId"]
    things = [
        f"subnet {subnet}",
        f"security group {group}",
        f"route table {table}",
        f"internet gateway {gateway}",
        f"VPC endpoint {endpoint}",
    ]
    told = [Obstacle(f"{each}, which is not ours, stands in vpc {vpc}", passes=False) for each in things]
    assert obstacles(network, VPC) == tuple(told)


def test_a_rule_elsewhere_holds_the_group_it_names(network: Bench) -> None:
    vpc, ours, other = (id_of(network, each) for each in (VPC, SERVICE, BALANCER))
    theirs = ec2(network, "create_security_group", VpcId=vpc, GroupName="theirs", Description="theirs")["GroupId"]
    said = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": ours}]}]
    for group in (theirs, other, ours):
        ec2(network, "authorize_security_group_ingress", GroupId=group, IpPermissions=said)
        ec2(network, "authorize_security_group_egress", GroupId=group, IpPermissions=said)
    assert set(obstacles(network, SERVICE)) == {
        Obstacle(f"a rule of security group {theirs} names security group {ours}", passes=False),
        Obstacle(f"a rule of security group {other} names security group {ours}", passes=True),
    }
    assert len(obstacles(network, SERVICE)) == 2


def test_interfaces_of_aws_are_told_by_their_description(network: Bench) -> None:
    spot = {"SubnetId": id_of(network, APP_A), "Groups": [id_of(network, SERVICE)]}
    for begins in leftovers.MADE_BY_AWS:
        ec2(network, "create_network_interface", Description=f"{begins} and more", **spot)
    ec2(network, "create_network_interface", **spot)
    told = obstacles(network, APP_A)
    assert [each.passes for each in told].count(True) == len(leftovers.MADE_BY_AWS)
    (by_hand,) = (each for each in told if not each.passes)
    assert "(without a description, not in use)" in by_hand.what


def test_who_uses_an_interface_is_told() -> None:
    shown = {"NetworkInterfaceId": "eni-1", "Description": "mine", "Attachment": {"InstanceId": "i-1"}}
    assert leftovers._interface(shown) == 'network interface eni-1 ("mine", in use by i-1)'
    shown["Attachment"] = {"InstanceOwnerId": "amazon-elb"}
    assert leftovers._interface(shown) == 'network interface eni-1 ("mine", in use by amazon-elb)'
