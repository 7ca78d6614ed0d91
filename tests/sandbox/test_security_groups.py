"""Security groups and their rules."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import balancer, group, network, refused, tags

EDGE = "com.amazonaws.global.cloudfront.origin-facing"


def tcp(port: int, **peer: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port} | peer


def world(port: int, cidr: str = "0.0.0.0/0", **more: str) -> dict[str, Any]:
    return tcp(port, IpRanges=[{"CidrIp": cidr} | more])


def rules_of(ec2: Any, wanted: str, egress: bool = False) -> list[dict[str, Any]]:
    filters = [{"Name": "group-id", "Values": [wanted]}]
    found = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    return [one for one in found if one["IsEgress"] is egress]


@pytest.mark.parametrize("name", ["sg-app", "SG-app", "naïve", "a" * 256, "a%b"])
def test_names(ec2: Any, name: str) -> None:
    vpc = network(ec2).vpc
    assert refused(ec2.create_security_group, GroupName=name, Description="x", VpcId=vpc) == "InvalidParameterValue"
    assert group(ec2, vpc, "App ._-:/()#,@[]+=&;{}!$*0")


@pytest.mark.parametrize("text", ["front \u2013 back", "é", ""])
def test_descriptions(ec2: Any, text: str) -> None:
    vpc = network(ec2).vpc
    assert refused(ec2.create_security_group, GroupName="a", Description=text, VpcId=vpc) == "InvalidParameterValue"


def test_one_name_a_vpc_whatever_its_case(ec2: Any) -> None:
    vpc, other = network(ec2).vpc, network(ec2, second=31).vpc
    group(ec2, vpc, "App")
    assert refused(ec2.create_security_group, GroupName="aPP", Description="x", VpcId=vpc) == "InvalidGroup.Duplicate"
    assert group(ec2, other, "app")
    assert (
        refused(ec2.create_security_group, GroupName="b", Description="x", VpcId="vpc-00000000000000000")
        == "InvalidVpcID.NotFound"
    )


def test_a_new_group_lets_everything_out(ec2: Any) -> None:
    made = group(ec2, network(ec2).vpc)
    (only,) = rules_of(ec2, made, egress=True)
    assert (only["IpProtocol"], only["CidrIpv4"]) == ("-1", "0.0.0.0/0")
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=made, IpPermissions=everything)
    assert rules_of(ec2, made, egress=True) == []
    assert (
        refused(ec2.revoke_security_group_egress, GroupId=made, IpPermissions=everything)
        == "InvalidPermission.NotFound"
    )


def test_groups_are_limited(ec2: Any, cloud: Cloud) -> None:
    vpc = network(ec2).vpc
    cloud.quotas |= {"security_groups": 3}
    group(ec2, vpc)
    assert (
        refused(ec2.create_security_group, GroupName="more", Description="x", VpcId=vpc) == "SecurityGroupLimitExceeded"
    )


def test_a_group_that_a_rule_names_stays(ec2: Any) -> None:
    vpc = network(ec2).vpc
    one, other = group(ec2, vpc), group(ec2, vpc, "other")
    peer = tcp(80, UserIdGroupPairs=[{"GroupId": one}])
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[peer])
    assert refused(ec2.delete_security_group, GroupId=one) == "DependencyViolation"
    ec2.revoke_security_group_ingress(GroupId=other, IpPermissions=[peer])
    ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=[peer])  # a reference to itself does not hold it
    ec2.delete_security_group(GroupId=one)


def test_a_group_that_a_load_balancer_uses_stays(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2, elb = connect(slow, "ec2"), connect(slow, "elbv2")
    net = network(ec2)
    one, other = group(ec2, net.vpc), group(ec2, net.vpc, "other")
    made = balancer(elb, net, SecurityGroups=[one])
    assert refused(ec2.delete_security_group, GroupId=one) == "DependencyViolation"
    elb.set_security_groups(LoadBalancerArn=made, SecurityGroups=[other])
    ec2.delete_security_group(GroupId=one)
    elb.delete_load_balancer(LoadBalancerArn=made)
    assert refused(ec2.delete_security_group, GroupId=other) == "DependencyViolation"
    clock.sleep(121)
    ec2.delete_security_group(GroupId=other)


def test_the_default_group_stays(ec2: Any) -> None:
    vpc = network(ec2).vpc
    (default,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    assert refused(ec2.delete_security_group, GroupId=default["GroupId"]) == "CannotDelete"


def test_rules_name_what_is_there(ec2: Any) -> None:
    made = group(ec2, network(ec2).vpc)
    allow = ec2.authorize_security_group_ingress
    unknown = {"UserIdGroupPairs": [{"GroupId": "sg-00000000000000000"}]}
    assert refused(allow, GroupId=made, IpPermissions=[tcp(1, **unknown)]) == "InvalidGroup.NotFound"
    assert refused(allow, GroupId="sg-00000000000000000", IpPermissions=[world(1)]) == "InvalidGroup.NotFound"
    lost = {"PrefixListIds": [{"PrefixListId": "pl-00000000"}]}
    assert refused(allow, GroupId=made, IpPermissions=[tcp(1, **lost)]) == "InvalidPrefixListID.NotFound"
    assert refused(allow, GroupId=made, IpPermissions=[world(1, Description="naïve")]) == "InvalidParameterValue"


def test_a_rule_is_whole(ec2: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    made, foreign = group(ec2, net.vpc), group(ec2, other.vpc)
    allow = ec2.authorize_security_group_ingress
    assert refused(allow, GroupId=made, IpPermissions=[tcp(1)]) == "MissingParameter"
    assert refused(allow, GroupId=made) == "MissingParameter"
    odd = world(1) | {"IpProtocol": "nonsense"}
    assert refused(allow, GroupId=made, IpPermissions=[odd]) == "InvalidParameterValue"
    away = tcp(1, UserIdGroupPairs=[{"GroupId": foreign}])
    assert refused(allow, GroupId=made, IpPermissions=[away]) == "InvalidGroup.NotFound"
    assert refused(ec2.revoke_security_group_ingress, GroupId=made) == "MissingParameter"
    allow(GroupId=made, IpProtocol="tcp", FromPort=1, ToPort=1, CidrIp="10.0.0.0/8")
    allow(GroupId=made, IpPermissions=[world(2) | {"IpProtocol": "50"}])
    assert {one["IpProtocol"] for one in rules_of(ec2, made)} == {"tcp", "50"}


def test_a_duplicate_fails_the_whole_call(ec2: Any) -> None:
    made = group(ec2, network(ec2).vpc)
    allow = ec2.authorize_security_group_ingress
    allow(GroupId=made, IpPermissions=[world(1, Description="one")])
    both = [world(2), world(1, Description="another word for it")]
    assert refused(allow, GroupId=made, IpPermissions=both) == "InvalidPermission.Duplicate"
    assert len(rules_of(ec2, made)) == 1
    assert refused(allow, GroupId=made, IpPermissions=[world(3), world(3)]) == "InvalidParameterValue"
    allow(GroupId=made, IpPermissions=[world(1, "10.0.0.0/8")])


def test_an_answer_names_every_rule_that_was_made(ec2: Any) -> None:
    made = group(ec2, network(ec2).vpc)
    said = ec2.authorize_security_group_ingress(
        GroupId=made,
        IpPermissions=[world(1, Description="a"), tcp(2, UserIdGroupPairs=[{"GroupId": made, "Description": "b"}])],
        TagSpecifications=tags("security-group-rule", Name="r"),
    )["SecurityGroupRules"]
    assert [(one["FromPort"], one["Description"], one["Tags"]) for one in said] == [
        (1, "a", [{"Key": "Name", "Value": "r"}]),
        (2, "b", [{"Key": "Name", "Value": "r"}]),
    ]
    assert said[1]["ReferencedGroupInfo"]["GroupId"] == made
    assert {one["SecurityGroupRuleId"] for one in said} == {one["SecurityGroupRuleId"] for one in rules_of(ec2, made)}


def test_rules_are_revoked_by_what_they_say_or_by_id(ec2: Any) -> None:
    made = group(ec2, network(ec2).vpc)
    allow, revoke = ec2.authorize_security_group_ingress, ec2.revoke_security_group_ingress
    pair = [{"GroupId": made, "Description": "said then"}]
    allow(GroupId=made, IpPermissions=[tcp(1, UserIdGroupPairs=pair), world(2), world(3)])
    revoke(GroupId=made, IpPermissions=[tcp(1, UserIdGroupPairs=[{"GroupId": made}])])
    two, three = rules_of(ec2, made)
    revoke(GroupId=made, SecurityGroupRuleIds=[two["SecurityGroupRuleId"]])
    assert rules_of(ec2, made) == [three]
    unknown = {"GroupId": made, "SecurityGroupRuleIds": [two["SecurityGroupRuleId"]]}
    assert refused(revoke, **unknown) == "InvalidSecurityGroupRuleId.NotFound"


def test_a_prefix_list_counts_its_weight(ec2: Any) -> None:
    made = group(ec2, network(ec2).vpc)
    (edge,) = ec2.describe_managed_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [EDGE]}])["PrefixLists"]
    assert (edge["MaxEntries"], edge["OwnerId"]) == (55, "AWS")
    peer = {"PrefixListIds": [{"PrefixListId": edge["PrefixListId"], "Description": "the edge"}]}
    allow = ec2.authorize_security_group_ingress
    allow(GroupId=made, IpPermissions=[tcp(80, **peer)])
    assert rules_of(ec2, made)[0]["Description"] == "the edge"
    assert refused(allow, GroupId=made, IpPermissions=[tcp(443, **peer)]) == "RulesPerSecurityGroupLimitExceeded"
    allow(GroupId=made, IpPermissions=[world(port) for port in range(1, 6)])
    assert refused(allow, GroupId=made, IpPermissions=[world(6)]) == "RulesPerSecurityGroupLimitExceeded"


def test_sixty_rules_a_direction(ec2: Any) -> None:
    made = group(ec2, network(ec2).vpc)
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[world(port) for port in range(1, 61)])
    more = {"GroupId": made, "IpPermissions": [world(99)]}
    assert refused(ec2.authorize_security_group_ingress, **more) == "RulesPerSecurityGroupLimitExceeded"
    ec2.authorize_security_group_egress(**more)


def test_ports_and_ranges(ec2: Any) -> None:
    made = group(ec2, network(ec2).vpc)
    allow = ec2.authorize_security_group_ingress
    backwards = {"IpProtocol": "tcp", "FromPort": 9, "ToPort": 8, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    for bad in (backwards, {"IpProtocol": "udp", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, world(1, "10.0.0.0/33")):
        assert refused(allow, GroupId=made, IpPermissions=[bad]) == "InvalidParameterValue"
    ping = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    allow(GroupId=made, IpPermissions=[ping, world(1, "10.0.0.7/8")])
    assert {one["CidrIpv4"] for one in rules_of(ec2, made)} == {"10.0.0.0/8"}
