"""Network interfaces."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.refusals import group, nat, network, refused


def made(ec2: Any, subnet: str, **more: Any) -> str:
    return str(ec2.create_network_interface(SubnetId=subnet, **more)["NetworkInterface"]["NetworkInterfaceId"])


def test_one_that_is_used_is_not_ours(ec2: Any) -> None:
    net = network(ec2)
    nat(ec2, net)
    inside = [{"Name": "subnet-id", "Values": [net.subnets[0]]}]
    (used,) = ec2.describe_network_interfaces(Filters=inside)["NetworkInterfaces"]
    wanted = used["NetworkInterfaceId"]
    assert (used["InterfaceType"], used["Attachment"]["InstanceOwnerId"]) == ("nat_gateway", "amazon-aws")
    assert used["Attachment"]["AttachmentId"].startswith("ela-attach-")
    assert refused(ec2.delete_network_interface, NetworkInterfaceId=wanted) == "InvalidParameterValue"
    change = {"Groups": [group(ec2, net.vpc)]}
    assert (
        refused(ec2.modify_network_interface_attribute, NetworkInterfaceId=wanted, **change) == "OperationNotPermitted"
    )
    own = made(ec2, net.subnets[1])
    ec2.modify_network_interface_attribute(NetworkInterfaceId=own, **change)
    ec2.delete_network_interface(NetworkInterfaceId=own)


def test_it_bears_five_groups_of_its_vpc(ec2: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    groups = [group(ec2, net.vpc, f"g{number}") for number in range(6)]
    create = ec2.create_network_interface
    assert refused(create, SubnetId=net.subnets[0], Groups=groups) == "SecurityGroupsPerInterfaceLimitExceeded"
    assert refused(create, SubnetId=net.subnets[0], Groups=["sg-00000000000000000"]) == "InvalidGroup.NotFound"
    assert refused(create, SubnetId=net.subnets[0], Groups=[group(ec2, other.vpc)]) == "InvalidGroup.NotFound"
    one = made(ec2, net.subnets[0], Groups=groups[:5])
    change = ec2.modify_network_interface_attribute
    assert refused(change, NetworkInterfaceId=one, Groups=groups) == "SecurityGroupsPerInterfaceLimitExceeded"


def test_it_takes_a_free_address(ec2: Any, elb: Any) -> None:
    net = network(ec2)
    small = ec2.create_subnet(VpcId=net.vpc, CidrBlock="10.30.9.0/28", AvailabilityZone="me-central-1a")["Subnet"]
    assert small["AvailableIpAddressCount"] == 11
    for _ in range(11):
        made(ec2, small["SubnetId"])
    assert refused(ec2.create_network_interface, SubnetId=small["SubnetId"]) == "InsufficientFreeAddressesInSubnet"
    endpoint = {"VpcId": net.vpc, "ServiceName": "com.amazonaws.me-central-1.logs", "VpcEndpointType": "Interface"}
    endpoint |= {"SubnetIds": [small["SubnetId"]], "PrivateDnsEnabled": False}
    assert refused(ec2.create_vpc_endpoint, **endpoint) == "InsufficientFreeAddressesInSubnet"
    gateway = ec2.create_nat_gateway(SubnetId=small["SubnetId"], ConnectivityType="private")["NatGateway"]
    wanted = {"NatGatewayIds": [gateway["NatGatewayId"]]}
    (found,) = ec2.describe_nat_gateways(**wanted)["NatGateways"]
    assert (found["State"], found["FailureCode"]) == ("failed", "InsufficientFreeAddressesInSubnet")
    owner = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [net.vpc]}])["NetworkInterfaces"]
    assert len(owner) == 11


def test_interfaces_are_limited(ec2: Any, cloud: Cloud) -> None:
    cloud.quotas |= {"network_interfaces": 1}
    net = network(ec2)
    made(ec2, net.subnets[0])
    assert refused(ec2.create_network_interface, SubnetId=net.subnets[0]) == "NetworkInterfaceLimitExceeded"
