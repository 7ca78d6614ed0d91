"""Tags of what a network is made of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.refusals import address, refused, tags

REGION = "me-central-1"
KINDS = (
    ("vpc", "describe_vpcs", "Vpcs"),
    ("subnet", "describe_subnets", "Subnets"),
    ("internet-gateway", "describe_internet_gateways", "InternetGateways"),
    ("elastic-ip", "describe_addresses", "Addresses"),
    ("natgateway", "describe_nat_gateways", "NatGateways"),
    ("route-table", "describe_route_tables", "RouteTables"),
    ("vpc-endpoint", "describe_vpc_endpoints", "VpcEndpoints"),
    ("security-group", "describe_security_groups", "SecurityGroups"),
    ("security-group-rule", "describe_security_group_rules", "SecurityGroupRules"),
)


def tagged_network(ec2: Any) -> None:
    """One of each kind, each tagged as it is created."""

    def said(kind: str) -> list[dict[str, Any]]:
        return tags(kind, **{"muvi:address": f"{kind}/one", "muvi:env": "uat"})

    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=said("vpc"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", TagSpecifications=said("subnet"))["Subnet"][
        "SubnetId"
    ]
    gateway = ec2.create_internet_gateway(TagSpecifications=said("internet-gateway"))["InternetGateway"][
        "InternetGatewayId"
    ]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    allocated = ec2.allocate_address(Domain="vpc", TagSpecifications=said("elastic-ip"))["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocated, TagSpecifications=said("natgateway"))
    ec2.create_route_table(VpcId=vpc, TagSpecifications=said("route-table"))
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", TagSpecifications=said("vpc-endpoint"))
    made = ec2.create_security_group(
        GroupName="a", Description="b", VpcId=vpc, TagSpecifications=said("security-group")
    )["GroupId"]
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 1,
        "ToPort": 2,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "c"}],
    }
    rule = ec2.authorize_security_group_ingress(
        GroupId=made, IpPermissions=[permission], TagSpecifications=said("security-group-rule")
    )
    assert rule["SecurityGroupRules"][0]["Tags"]


@pytest.mark.parametrize(("kind", "describe", "member"), KINDS)
def test_tags_of_every_kind_are_kept_and_filtered_by(ec2: Any, kind: str, describe: str, member: str) -> None:
    tagged_network(ec2)
    name = "Filter" if kind == "natgateway" else "Filters"

    def found(*filters: dict[str, Any]) -> list[dict[str, Any]]:
        return list(getattr(ec2, describe)(**{name: list(filters)})[member])

    mine = {"Name": "tag:muvi:env", "Values": ["uat"]}
    (one,) = found(mine, {"Name": "tag:muvi:address", "Values": [f"{kind}/one", "other"]})
    assert {tag["Key"]: tag["Value"] for tag in one["Tags"]} == {"muvi:address": f"{kind}/one", "muvi:env": "uat"}
    assert len(found(mine)) == 1
    assert len(found({"Name": "tag-key", "Values": ["muvi:env"]})) == 1
    assert found({"Name": "tag:muvi:env", "Values": ["other"]}) == []


@pytest.mark.parametrize(("kind", "describe", "member"), KINDS)
def test_tags_can_be_changed_afterwards(ec2: Any, kind: str, describe: str, member: str) -> None:
    tagged_network(ec2)
    name = "Filter" if kind == "natgateway" else "Filters"
    (one,) = getattr(ec2, describe)(**{name: [{"Name": "tag:muvi:env", "Values": ["uat"]}]})[member]
    wanted = ("SecurityGroupRuleId", "GroupId") if kind.startswith("security") else ()
    ids = [value for key, value in one.items() if key in wanted] or [
        one[key]
        for key in (
            "AllocationId",
            "NatGatewayId",
            "RouteTableId",
            "VpcEndpointId",
            "SubnetId",
            "InternetGatewayId",
            "VpcId",
        )
        if key in one
    ]
    wanted_id = one.get("SecurityGroupRuleId") or ids[0]
    ec2.create_tags(Resources=[wanted_id], Tags=[{"Key": "more", "Value": "yes"}])
    ec2.delete_tags(Resources=[wanted_id], Tags=[{"Key": "muvi:env"}])
    (now,) = getattr(ec2, describe)(**{name: [{"Name": "tag:more", "Values": ["yes"]}]})[member]
    assert {tag["Key"] for tag in now["Tags"]} == {"muvi:address", "more"}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("vpc-00000000000000000", "InvalidVpcID.NotFound"),
        ("nat-00000000000000000", "NatGatewayNotFound"),
        ("eipalloc-00000000000000000", "InvalidAllocationID.NotFound"),
        ("sg-00000000000000000", "InvalidGroup.NotFound"),
        ("sgr-00000000000000000", "InvalidSecurityGroupRuleId.NotFound"),
        ("subnet-00000000000000000", "InvalidSubnetID.NotFound"),
        ("igw-00000000000000000", "InvalidInternetGatewayID.NotFound"),
        ("rtb-00000000000000000", "InvalidRouteTableID.NotFound"),
        ("vpce-00000000000000000", "InvalidVpcEndpointId.NotFound"),
        ("eni-00000000000000000", "InvalidNetworkInterfaceID.NotFound"),
    ],
)
def test_what_is_tagged_is_there(ec2: Any, wanted: str, code: str) -> None:
    assert refused(ec2.create_tags, Resources=[wanted], Tags=[{"Key": "a", "Value": "b"}]) == code


def test_tags_have_limits(ec2: Any) -> None:
    create = ec2.create_vpc
    cidr = {"CidrBlock": "10.0.0.0/16"}
    assert refused(create, TagSpecifications=tags("vpc", **{"aws:x": "y"}), **cidr) == "InvalidParameterValue"
    assert refused(create, TagSpecifications=tags("vpc", **{"k" * 129: "y"}), **cidr) == "InvalidParameterValue"
    assert refused(create, TagSpecifications=tags("vpc", k="v" * 257), **cidr) == "InvalidParameterValue"
    assert refused(create, TagSpecifications=tags("subnet", k="v"), **cidr) == "InvalidParameterValue"
    many = {f"k{number}": "v" for number in range(51)}
    assert refused(create, TagSpecifications=tags("vpc", **many), **cidr) == "TagLimitExceeded"
    fifty = dict(list(many.items())[:50])
    vpc = create(TagSpecifications=tags("vpc", **fifty), **cidr)["Vpc"]["VpcId"]
    assert refused(ec2.create_tags, Resources=[vpc], Tags=[{"Key": "one more", "Value": "x"}]) == "TagLimitExceeded"
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "k1", "Value": "changed"}])
    assert address(ec2)
