"""VPCs and subnets."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import balancer, group, nat, network, refused, tags

REGION = "me-central-1"


def test_a_range_is_canonicalised(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="100.68.0.18/18")["Vpc"]
    assert vpc["CidrBlock"] == "100.68.0.0/18"
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="100.68.1.7/24")["Subnet"]
    assert (subnet["CidrBlock"], subnet["AvailabilityZone"]) == ("100.68.1.0/24", "me-central-1a")
    assert subnet["MapPublicIpOnLaunch"] is False


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/29"])
def test_a_vpc_is_16_to_28(ec2: Any, cidr: str) -> None:
    assert refused(ec2.create_vpc, CidrBlock=cidr) == "InvalidVpc.Range"
    assert ec2.create_vpc(CidrBlock="10.0.0.0/28")["Vpc"]["State"] == "pending"


def test_a_new_vpc_has_dns_support_and_no_hostnames(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ask = ec2.describe_vpc_attribute
    assert ask(VpcId=vpc, Attribute="enableDnsSupport")["EnableDnsSupport"]["Value"] is True
    assert ask(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"] is False
    both = {"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}}
    assert refused(ec2.modify_vpc_attribute, VpcId=vpc, **both) == "InvalidParameterCombination"


def test_five_vpcs_with_the_default_one(ec2: Any) -> None:
    for number in range(4):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    assert refused(ec2.create_vpc, CidrBlock="10.9.0.0/16") == "VpcLimitExceeded"


def test_a_quota_can_be_set(connect: Connect, clock: Leaping) -> None:
    cloud = Cloud(clock, quotas={"vpcs": 6})
    ec2, quotas = connect(cloud, "ec2"), connect(cloud, "service-quotas")
    for number in range(5):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    assert refused(ec2.create_vpc, CidrBlock="10.9.0.0/16") == "VpcLimitExceeded"
    said = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
    assert quotas.get_service_quota(**said)["Quota"]["Value"] == 6
    assert quotas.get_aws_default_service_quota(**said)["Quota"]["Value"] == 5
    assert refused(quotas.get_service_quota, ServiceCode="vpc", QuotaCode="L-00000000") == "NoSuchResourceException"
    assert {one["QuotaCode"] for one in quotas.list_service_quotas(ServiceCode="ec2")["Quotas"]} == {"L-0263D0A3"}


def test_subnets_fit_their_vpc(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")
    assert refused(ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.1.128/25") == "InvalidSubnet.Conflict"
    assert refused(ec2.create_subnet, VpcId=vpc, CidrBlock="10.1.1.0/24") == "InvalidSubnet.Range"
    assert refused(ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.2.0/29") == "InvalidSubnet.Range"
    assert refused(ec2.create_subnet, VpcId="vpc-00000000000000000", CidrBlock="10.0.2.0/24") == "InvalidVpcID.NotFound"


def test_subnets_lie_in_a_zone_of_the_region(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zone = ec2.describe_availability_zones()["AvailabilityZones"][1]
    by_id = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZoneId=zone["ZoneId"])["Subnet"]
    assert by_id["AvailabilityZone"] == zone["ZoneName"]
    wrong = {"VpcId": vpc, "CidrBlock": "10.0.2.0/24"}
    assert refused(ec2.create_subnet, AvailabilityZone="us-east-1a", **wrong) == "InvalidParameterValue"
    assert refused(ec2.create_subnet, AvailabilityZoneId="use1-az1", **wrong) == "InvalidParameterValue"


def test_one_subnet_attribute_at_a_time(ec2: Any) -> None:
    subnet = network(ec2).subnets[0]
    both = {"MapPublicIpOnLaunch": {"Value": True}, "AssignIpv6AddressOnCreation": {"Value": True}}
    assert refused(ec2.modify_subnet_attribute, SubnetId=subnet, **both) == "InvalidParameterCombination"
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["MapPublicIpOnLaunch"] is True


def _table(ec2: Any, elb: Any, vpc: str) -> None:
    ec2.create_route_table(VpcId=vpc)


def _group(ec2: Any, elb: Any, vpc: str) -> None:
    group(ec2, vpc)


def _gateway(ec2: Any, elb: Any, vpc: str) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


def _endpoint(ec2: Any, elb: Any, vpc: str) -> None:
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3")


def _subnet(ec2: Any, elb: Any, vpc: str) -> None:
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")


@pytest.mark.parametrize("fill", [_table, _group, _gateway, _endpoint, _subnet])
def test_a_vpc_with_anything_in_it_stays(ec2: Any, elb: Any, fill: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    fill(ec2, elb, vpc)
    assert refused(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"


def test_an_empty_vpc_goes_with_all_that_came_with_it(ec2: Any, cloud: Cloud) -> None:
    before = cloud.snapshot()
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags("vpc", Name="x"))["Vpc"]["VpcId"]
    ec2.delete_vpc(VpcId=vpc)
    assert cloud.snapshot() == before
    assert ec2.describe_tags()["Tags"] == []
    assert refused(ec2.describe_vpcs, VpcIds=[vpc]) == "InvalidVpcID.NotFound"


def test_a_subnet_with_an_interface_in_it_stays(ec2: Any, elb: Any, cloud: Cloud) -> None:
    net = network(ec2)
    gateway = nat(ec2, net)
    assert refused(ec2.delete_subnet, SubnetId=net.subnets[0]) == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    made = balancer(elb, net)
    assert refused(ec2.delete_subnet, SubnetId=net.subnets[0]) == "DependencyViolation"
    elb.delete_load_balancer(LoadBalancerArn=made)
    ec2.delete_subnet(SubnetId=net.subnets[0])
    lone = ec2.create_network_interface(SubnetId=net.subnets[1])["NetworkInterface"]["NetworkInterfaceId"]
    assert refused(ec2.delete_subnet, SubnetId=net.subnets[1]) == "DependencyViolation"
    ec2.delete_network_interface(NetworkInterfaceId=lone)
    ec2.delete_subnet(SubnetId=net.subnets[1])


def test_a_deleted_subnet_leaves_its_route_table_free(ec2: Any) -> None:
    net = network(ec2)
    table = ec2.create_route_table(VpcId=net.vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=net.subnets[0])
    ec2.delete_subnet(SubnetId=net.subnets[0])
    ec2.delete_route_table(RouteTableId=table)


def test_host_names_stand_on_dns_support(ec2: Any) -> None:
    vpc = network(ec2).vpc
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    names = {"VpcId": vpc, "EnableDnsHostnames": {"Value": True}}
    assert refused(ec2.modify_vpc_attribute, **names) == "InvalidParameterCombination"
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(**names)
    ask = ec2.describe_vpc_attribute
    assert ask(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"] is True


def test_a_region_that_answers_is_switched_on(ec2: Any, cloud: Cloud, connect: Connect) -> None:
    (here,) = ec2.describe_regions(RegionNames=[REGION], AllRegions=True)["Regions"]
    assert here["OptInStatus"] == "opted-in"
    elsewhere = connect(cloud, "ec2", "us-east-1")
    (there,) = elsewhere.describe_regions(RegionNames=[REGION], AllRegions=True)["Regions"]
    assert there["OptInStatus"] == "not-opted-in"
    assert REGION not in {one["RegionName"] for one in elsewhere.describe_regions()["Regions"]}
    assert refused(ec2.describe_regions, RegionNames=["mars-1"]) == "InvalidParameterValue"


def test_a_dry_run_does_nothing(ec2: Any, cloud: Cloud) -> None:
    before = cloud.snapshot()
    assert refused(ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True) == "DryRunOperation"
    assert refused(ec2.allocate_address, Domain="vpc", DryRun=True) == "DryRunOperation"
    assert refused(ec2.describe_vpcs, DryRun=True) == "DryRunOperation"
    assert cloud.snapshot() == before
    assert cloud.log.writes == 0


def test_subnets_are_limited(ec2: Any, cloud: Cloud) -> None:
    cloud.quotas |= {"subnets_per_vpc": 3}
    net = network(ec2)
    assert refused(ec2.create_subnet, VpcId=net.vpc, CidrBlock="10.30.9.0/24") == "SubnetLimitExceeded"


def test_a_listing_is_filtered_by_200_values(ec2: Any) -> None:
    def said(count: int) -> dict[str, Any]:
        return {"Filters": [{"Name": "subnet-id", "Values": [f"subnet-{number:017x}" for number in range(count)]}]}

    assert ec2.describe_subnets(**said(200))["Subnets"] == []
    assert refused(ec2.describe_subnets, **said(201)) == "FilterLimitExceeded"
