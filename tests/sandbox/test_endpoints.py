"""VPC endpoints."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import Net, group, network, refused

S3 = "com.amazonaws.me-central-1.s3"
SCALING = "com.amazonaws.me-central-1.application-autoscaling"


def named(ec2: Any, net: Net) -> None:
    ec2.modify_vpc_attribute(VpcId=net.vpc, EnableDnsHostnames={"Value": True})


def interface(net: Net, **more: Any) -> dict[str, Any]:
    return {
        "VpcId": net.vpc,
        "ServiceName": SCALING,
        "VpcEndpointType": "Interface",
        "SubnetIds": list(net.subnets),
    } | more


def made(ec2: Any, **params: Any) -> str:
    return str(ec2.create_vpc_endpoint(**params)["VpcEndpoint"]["VpcEndpointId"])


def described(ec2: Any, wanted: str) -> dict[str, Any]:
    return dict(ec2.describe_vpc_endpoints(VpcEndpointIds=[wanted])["VpcEndpoints"][0])


def test_the_service_is_there(ec2: Any) -> None:
    net = network(ec2)
    create = ec2.create_vpc_endpoint
    assert refused(create, VpcId=net.vpc, ServiceName="com.amazonaws.me-central-1.nonsense") == "InvalidServiceName"
    assert refused(create, VpcId=net.vpc, ServiceName="com.amazonaws.us-east-1.s3") == "InvalidServiceName"
    assert refused(create, VpcId=net.vpc, ServiceName=SCALING) == "InvalidParameter"
    assert refused(create, VpcId="vpc-00000000000000000", ServiceName=S3) == "InvalidVpcID.NotFound"
    assert described(ec2, made(ec2, VpcId=net.vpc, ServiceName=S3))["State"] == "available"


def test_private_dns_needs_both_attributes(ec2: Any) -> None:
    net = network(ec2)
    assert refused(ec2.create_vpc_endpoint, **interface(net)) == "InvalidParameter"
    made(ec2, **interface(net, PrivateDnsEnabled=False))
    named(ec2, net)
    first = made(ec2, **interface(net))
    assert refused(ec2.create_vpc_endpoint, **interface(net)) == "InvalidParameter"
    ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    made(ec2, **interface(net))


def test_its_parts_belong_to_the_vpc(ec2: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    named(ec2, net)
    create = ec2.create_vpc_endpoint
    assert refused(create, **interface(net, SubnetIds=[other.subnets[0]])) == "InvalidSubnetId.NotFound"
    assert (
        refused(create, **interface(net, SecurityGroupIds=[group(ec2, other.vpc)])) == "InvalidSecurityGroupId.NotFound"
    )
    assert (
        refused(create, VpcId=net.vpc, ServiceName=S3, RouteTableIds=["rtb-00000000000000000"])
        == "InvalidRouteTableId.NotFound"
    )
    twin = ec2.create_subnet(VpcId=net.vpc, CidrBlock="10.30.9.0/24", AvailabilityZone="me-central-1a")["Subnet"][
        "SubnetId"
    ]
    assert refused(create, **interface(net, SubnetIds=[twin, net.subnets[0]])) == "DuplicateSubnetsInSameZone"


def test_one_gateway_endpoint_a_table(ec2: Any) -> None:
    net = network(ec2)
    tables = [ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    first = made(ec2, VpcId=net.vpc, ServiceName=S3, RouteTableIds=tables[:1])
    assert refused(ec2.create_vpc_endpoint, VpcId=net.vpc, ServiceName=S3, RouteTableIds=tables) == "RouteAlreadyExists"
    routes = ec2.describe_route_tables(RouteTableIds=tables[:1])["RouteTables"][0]["Routes"]
    assert [one["GatewayId"] for one in routes if "DestinationPrefixListId" in one] == [first]
    ec2.modify_vpc_endpoint(VpcEndpointId=first, AddRouteTableIds=tables[1:], RemoveRouteTableIds=tables[:1])
    counts = [len(one["Routes"]) for one in ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]]
    assert counts == [1, 2]
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[first])["Unsuccessful"] == []
    assert refused(ec2.describe_vpc_endpoints, VpcEndpointIds=[first]) == "InvalidVpcEndpointId.NotFound"
    assert [len(one["Routes"]) for one in ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]] == [1, 1]


def test_an_interface_endpoint_takes_its_time(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2 = connect(slow, "ec2")
    net = network(ec2)
    named(ec2, net)
    guard = group(ec2, net.vpc)
    one = made(ec2, **interface(net, SecurityGroupIds=[guard]))
    assert described(ec2, one)["State"] == "pending"
    clock.sleep(91)
    assert described(ec2, one)["State"] == "available"
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=described(ec2, one)["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]
    assert {item["Description"] for item in found} == {f"VPC Endpoint Interface {one}"}
    assert {item["Groups"][0]["GroupId"] for item in found} == {guard}
    ec2.delete_vpc_endpoints(VpcEndpointIds=[one])
    assert described(ec2, one)["State"] == "deleting"
    assert refused(ec2.delete_security_group, GroupId=guard) == "DependencyViolation"
    assert refused(ec2.delete_subnet, SubnetId=net.subnets[0]) == "DependencyViolation"
    clock.sleep(61)
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
    ec2.delete_security_group(GroupId=guard)
    ec2.delete_subnet(SubnetId=net.subnets[0])


def test_an_interface_endpoint_is_changed(ec2: Any) -> None:
    net = network(ec2)
    named(ec2, net)
    first, second = group(ec2, net.vpc), group(ec2, net.vpc, "other")
    one = made(ec2, **interface(net, SubnetIds=[net.subnets[0]], SecurityGroupIds=[first]))
    change = {"AddSecurityGroupIds": [second], "RemoveSecurityGroupIds": [first], "AddSubnetIds": [net.subnets[1]]}
    ec2.modify_vpc_endpoint(VpcEndpointId=one, RemoveSubnetIds=[net.subnets[0]], PrivateDnsEnabled=False, **change)
    found = described(ec2, one)
    assert (found["SubnetIds"], found["PrivateDnsEnabled"], len(found["NetworkInterfaceIds"])) == (
        [net.subnets[1]],
        False,
        1,
    )
    ec2.delete_security_group(GroupId=first)
    ec2.delete_subnet(SubnetId=net.subnets[0])
    assert refused(ec2.modify_vpc_endpoint, VpcEndpointId="vpce-00000000000000000") == "InvalidVpcEndpointId.NotFound"


def test_what_cannot_be_deleted_is_in_the_answer(ec2: Any) -> None:
    (failed,) = ec2.delete_vpc_endpoints(VpcEndpointIds=["vpce-00000000000000000"])["Unsuccessful"]
    assert failed["Error"]["Code"] == "InvalidVpcEndpoint.NotFound"


def test_the_same_token_gives_the_same_endpoint(ec2: Any) -> None:
    net = network(ec2)
    said = {"VpcId": net.vpc, "ServiceName": S3, "ClientToken": "t"}
    assert made(ec2, **said) == made(ec2, **said)
    assert len(ec2.describe_vpc_endpoints()["VpcEndpoints"]) == 1
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    assert refused(ec2.create_vpc_endpoint, RouteTableIds=[table], **said) == "IdempotentParameterMismatch"


def test_endpoints_are_limited(ec2: Any, cloud: Cloud) -> None:
    net = network(ec2)
    cloud.quotas |= {"gateway_endpoints": 1, "interface_endpoints_per_vpc": 1}
    made(ec2, VpcId=net.vpc, ServiceName=S3)
    assert refused(ec2.create_vpc_endpoint, VpcId=net.vpc, ServiceName=S3) == "VpcEndpointLimitExceeded"
    made(ec2, **interface(net, PrivateDnsEnabled=False))
    assert refused(ec2.create_vpc_endpoint, **interface(net, PrivateDnsEnabled=False)) == "VpcEndpointLimitExceeded"


def test_each_sort_has_its_own_parameters(ec2: Any) -> None:
    net = network(ec2)
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    gateway = {"VpcId": net.vpc, "ServiceName": S3}
    create, change = ec2.create_vpc_endpoint, ec2.modify_vpc_endpoint
    assert refused(create, SubnetIds=list(net.subnets), **gateway) == "InvalidParameter"
    assert refused(create, PrivateDnsEnabled=True, **gateway) == "InvalidParameter"
    quiet = interface(net, PrivateDnsEnabled=False)
    assert refused(create, RouteTableIds=[table], **quiet) == "InvalidParameter"
    first, second = made(ec2, **gateway), made(ec2, **quiet)
    assert refused(change, VpcEndpointId=first, AddSubnetIds=[net.subnets[0]]) == "InvalidParameter"
    assert refused(change, VpcEndpointId=second, AddRouteTableIds=[table]) == "InvalidParameter"


def test_its_policy_is_one(ec2: Any) -> None:
    net = network(ec2)
    said = {"VpcId": net.vpc, "ServiceName": S3}
    policy = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
    for bad in ("nonsense", "{}", policy + " " * 20_480):
        assert refused(ec2.create_vpc_endpoint, PolicyDocument=bad, **said) == "InvalidPolicyDocument"
    one = made(ec2, PolicyDocument=policy, **said)
    assert refused(ec2.modify_vpc_endpoint, VpcEndpointId=one, PolicyDocument="[]") == "InvalidPolicyDocument"
    ec2.modify_vpc_endpoint(VpcEndpointId=one, PolicyDocument=policy)


def test_what_is_added_is_of_the_vpc(ec2: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    change = ec2.modify_vpc_endpoint
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for vpc in (net.vpc, net.vpc, other.vpc)]
    first = made(ec2, VpcId=net.vpc, ServiceName=S3, RouteTableIds=tables[:1])
    second = made(ec2, VpcId=net.vpc, ServiceName=S3, RouteTableIds=tables[1:2])
    assert refused(change, VpcEndpointId=first, AddRouteTableIds=tables[2:]) == "InvalidRouteTableId.NotFound"
    assert refused(change, VpcEndpointId=second, AddRouteTableIds=tables[:1]) == "RouteAlreadyExists"
    one = made(ec2, **interface(net, SubnetIds=[net.subnets[0]], PrivateDnsEnabled=False))
    assert refused(change, VpcEndpointId=one, AddSubnetIds=[other.subnets[0]]) == "InvalidSubnetId.NotFound"
    foreign = group(ec2, other.vpc)
    assert refused(change, VpcEndpointId=one, AddSecurityGroupIds=[foreign]) == "InvalidSecurityGroupId.NotFound"
    twin = {"VpcId": net.vpc, "CidrBlock": "10.30.9.0/24", "AvailabilityZone": "me-central-1a"}
    same = ec2.create_subnet(**twin)["Subnet"]["SubnetId"]
    assert refused(change, VpcEndpointId=one, AddSubnetIds=[same]) == "DuplicateSubnetsInSameZone"
    change(VpcEndpointId=one, AddSubnetIds=[same], RemoveSubnetIds=[net.subnets[0]])


def test_private_dns_is_switched_on_afterwards(ec2: Any) -> None:
    net = network(ec2)
    change = ec2.modify_vpc_endpoint
    first, second = (made(ec2, **interface(net, PrivateDnsEnabled=False)) for _ in range(2))
    assert refused(change, VpcEndpointId=first, PrivateDnsEnabled=True) == "InvalidParameter"
    named(ec2, net)
    change(VpcEndpointId=first, PrivateDnsEnabled=True)
    assert refused(change, VpcEndpointId=second, PrivateDnsEnabled=True) == "InvalidParameter"
    change(VpcEndpointId=first, PrivateDnsEnabled=False)
    change(VpcEndpointId=second, PrivateDnsEnabled=True)
