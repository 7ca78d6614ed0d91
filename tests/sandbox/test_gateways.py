"""Internet gateways, Elastic IPs, NAT gateways."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import address, balancer, nat, network, refused, tags


def shown(ec2: Any, wanted: str) -> dict[str, Any]:
    return dict(ec2.describe_nat_gateways(NatGatewayIds=[wanted])["NatGateways"][0])


def test_five_gateways(ec2: Any) -> None:
    for _ in range(4):
        ec2.create_internet_gateway()
    assert ec2.create_internet_gateway()
    assert refused(ec2.create_internet_gateway) == "InternetGatewayLimitExceeded"


def test_one_gateway_a_vpc(ec2: Any) -> None:
    net = network(ec2)
    other = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert refused(ec2.attach_internet_gateway, InternetGatewayId=other, VpcId=net.vpc) == "Resource.AlreadyAssociated"
    assert (
        refused(ec2.attach_internet_gateway, InternetGatewayId=net.gateway, VpcId=net.vpc)
        == "Resource.AlreadyAssociated"
    )
    found = ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [net.vpc]}])[
        "InternetGateways"
    ]
    assert [one["InternetGatewayId"] for one in found] == [net.gateway]
    assert found[0]["Attachments"] == [{"State": "available", "VpcId": net.vpc}]


def test_an_attached_gateway_stays_and_detaches_once(ec2: Any) -> None:
    net = network(ec2)
    assert refused(ec2.delete_internet_gateway, InternetGatewayId=net.gateway) == "DependencyViolation"
    ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    assert refused(ec2.detach_internet_gateway, InternetGatewayId=net.gateway, VpcId=net.vpc) == "Gateway.NotAttached"
    ec2.delete_internet_gateway(InternetGatewayId=net.gateway)


def test_a_gateway_stays_while_addresses_are_mapped(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2, elb = connect(slow, "ec2"), connect(slow, "elbv2")
    net = network(ec2)
    made, public = nat(ec2, net), balancer(elb, net)
    inner = balancer(elb, net, "inner", Scheme="internal")
    detach = {"InternetGatewayId": net.gateway, "VpcId": net.vpc}
    assert refused(ec2.detach_internet_gateway, **detach) == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=made)
    clock.sleep(60)
    assert refused(ec2.detach_internet_gateway, **detach) == "DependencyViolation"
    elb.delete_load_balancer(LoadBalancerArn=public)
    assert refused(ec2.detach_internet_gateway, **detach) == "DependencyViolation"  # its interfaces linger
    clock.sleep(121)
    ec2.detach_internet_gateway(**detach)
    assert elb.describe_load_balancers(LoadBalancerArns=[inner])["LoadBalancers"]


def test_an_unknown_gateway_is_said_first(ec2: Any) -> None:
    said = {"InternetGatewayId": "igw-00000000000000000", "VpcId": network(ec2).vpc}
    assert refused(ec2.attach_internet_gateway, **said) == "InvalidInternetGatewayID.NotFound"


def test_an_address_of_ones_own_interface_is_taken_away(ec2: Any) -> None:
    net, allocated = network(ec2), address(ec2)
    own = ec2.create_network_interface(SubnetId=net.subnets[0])["NetworkInterface"]["NetworkInterfaceId"]
    held = ec2.associate_address(AllocationId=allocated, NetworkInterfaceId=own)["AssociationId"]
    assert refused(ec2.release_address, AllocationId=allocated) == "InvalidIPAddress.InUse"
    ec2.disassociate_address(AssociationId=held)
    ec2.release_address(AllocationId=allocated)


def test_five_addresses(ec2: Any) -> None:
    for _ in range(5):
        address(ec2)
    assert refused(ec2.allocate_address, Domain="vpc") == "AddressLimitExceeded"


def test_an_address_in_use_stays(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2 = connect(slow, "ec2")
    net, allocated = network(ec2), address(ec2)
    made = nat(ec2, net, allocated)
    (held,) = ec2.describe_addresses(AllocationIds=[allocated])["Addresses"]
    assert refused(ec2.release_address, AllocationId=allocated) == "InvalidIPAddress.InUse"
    assert refused(ec2.disassociate_address, AssociationId=held["AssociationId"]) == "AuthFailure"
    ec2.delete_nat_gateway(NatGatewayId=made)
    clock.sleep(50)
    assert refused(ec2.release_address, AllocationId=allocated) == "InvalidIPAddress.InUse"
    clock.sleep(6)
    ec2.release_address(AllocationId=allocated)
    assert refused(ec2.release_address, AllocationId=allocated) == "InvalidAllocationID.NotFound"


def test_a_nat_gateway_takes_its_time(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2 = connect(slow, "ec2")
    net = network(ec2)
    made = nat(ec2, net, TagSpecifications=tags("natgateway", Name="n"))
    assert shown(ec2, made)["State"] == "pending"
    clock.sleep(104)
    assert shown(ec2, made)["State"] == "pending"
    clock.sleep(2)
    assert shown(ec2, made)["State"] == "available"
    ec2.delete_nat_gateway(NatGatewayId=made)
    assert (shown(ec2, made)["State"], "DeleteTime" in shown(ec2, made)) == ("deleting", True)
    ec2.delete_nat_gateway(NatGatewayId=made)
    clock.sleep(56)
    assert (shown(ec2, made)["State"], shown(ec2, made)["Tags"]) == ("deleted", [{"Key": "Name", "Value": "n"}])
    alive = {"Name": "state", "Values": ["pending", "available"]}
    assert ec2.describe_nat_gateways(Filter=[alive])["NatGateways"] == []
    assert refused(ec2.delete_nat_gateway, NatGatewayId=made) == "NatGatewayNotFound"
    clock.sleep(3600)
    assert refused(ec2.describe_nat_gateways, NatGatewayIds=[made]) == "NatGatewayNotFound"
    assert ec2.describe_nat_gateways()["NatGateways"] == []


def test_a_nat_gateway_without_an_internet_gateway_fails_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2 = connect(slow, "ec2")
    net, allocated = network(ec2, attach=False), address(ec2)
    made = nat(ec2, net, allocated)
    assert shown(ec2, made)["State"] == "pending"
    clock.sleep(106)
    found = shown(ec2, made)
    assert (found["State"], found["FailureCode"]) == ("failed", "Gateway.NotAttached")
    ec2.release_address(AllocationId=allocated)
    ec2.delete_subnet(SubnetId=net.subnets[0])


def test_a_nat_gateway_with_a_used_address_fails_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2 = connect(slow, "ec2")
    net, allocated = network(ec2), address(ec2)
    first = nat(ec2, net, allocated)
    second = nat(ec2, net, allocated)
    clock.sleep(106)
    assert shown(ec2, first)["State"] == "available"
    found = shown(ec2, second)
    assert (found["State"], found["FailureCode"]) == ("failed", "Resource.AlreadyAssociated")
    assert refused(ec2.release_address, AllocationId=allocated) == "InvalidIPAddress.InUse"
    ec2.delete_nat_gateway(NatGatewayId=second)
    assert refused(ec2.describe_nat_gateways, NatGatewayIds=[second]) == "NatGatewayNotFound"


def test_a_nat_gateway_needs_a_subnet_and_an_address(ec2: Any) -> None:
    net = network(ec2)
    create = ec2.create_nat_gateway
    assert refused(create, SubnetId="subnet-00000000000000000", AllocationId=address(ec2)) == "InvalidSubnetID.NotFound"
    assert (
        refused(create, SubnetId=net.subnets[0], AllocationId="eipalloc-00000000000000000")
        == "InvalidAllocationID.NotFound"
    )
    assert refused(create, SubnetId=net.subnets[0]) == "MissingParameter"
    assert create(SubnetId=net.subnets[0], ConnectivityType="private")["NatGateway"]["ConnectivityType"] == "private"
    assert (
        ec2.describe_nat_gateways(Filter=[{"Name": "vpc-id", "Values": [net.vpc]}])["NatGateways"][0]["State"]
        == "available"
    )


def test_five_nat_gateways_a_zone(ec2: Any) -> None:
    net = network(ec2)
    for _ in range(5):
        ec2.create_nat_gateway(SubnetId=net.subnets[0], ConnectivityType="private")
    assert (
        refused(ec2.create_nat_gateway, SubnetId=net.subnets[0], ConnectivityType="private")
        == "NatGatewayLimitExceeded"
    )
    assert ec2.create_nat_gateway(SubnetId=net.subnets[1], ConnectivityType="private")


def test_the_same_token_gives_the_same_gateway(ec2: Any) -> None:
    net, allocated = network(ec2), address(ec2)
    first = nat(ec2, net, allocated, ClientToken="token-1")
    assert nat(ec2, net, allocated, ClientToken="token-1") == first
    assert len(ec2.describe_nat_gateways()["NatGateways"]) == 1
    other = {"SubnetId": net.subnets[1], "AllocationId": allocated, "ClientToken": "token-1"}
    assert refused(ec2.create_nat_gateway, **other) == "IdempotentParameterMismatch"
    assert nat(ec2, net, ClientToken="token-2") != first


def test_its_address_and_interface_are_shown(ec2: Any) -> None:
    net, allocated = network(ec2), address(ec2)
    made = nat(ec2, net, allocated)
    (held,) = shown(ec2, made)["NatGatewayAddresses"]
    assert (held["AllocationId"], held["IsPrimary"], held["Status"]) == (allocated, True, "succeeded")
    (interface,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[held["NetworkInterfaceId"]])[
        "NetworkInterfaces"
    ]
    assert interface["Description"] == f"Interface for NAT Gateway {made}"
    assert interface["PrivateIpAddress"].startswith("10.30.0.")
    assert ec2.describe_addresses(AllocationIds=[allocated])["Addresses"][0]["AssociationId"]
