"""Load balancers and target groups."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import balancer, forward, group, network, refused, target_group

NAME = [{"Key": "Name", "Value": "x"}]


def state(elb: Any, arn: str) -> str:
    return str(elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"])


@pytest.mark.parametrize("name", ["internal-web", "a" * 33, "-web", "web-", "we_b"])
def test_names(ec2: Any, elb: Any, name: str) -> None:
    net = network(ec2)
    assert refused(elb.create_load_balancer, Name=name, Subnets=list(net.subnets)) == "ValidationError"
    assert balancer(elb, net, "w" * 32)


def test_subnets(ec2: Any, elb: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    create = elb.create_load_balancer
    assert refused(create, Name="a", Subnets=[net.subnets[0]]) == "ValidationError"
    assert refused(create, Name="a", Subnets=["subnet-00000000000000000", net.subnets[0]]) == "SubnetNotFound"
    twin = ec2.create_subnet(VpcId=net.vpc, CidrBlock="10.30.9.0/24", AvailabilityZone="me-central-1a")["Subnet"][
        "SubnetId"
    ]
    assert refused(create, Name="a", Subnets=[net.subnets[0], twin]) == "InvalidConfigurationRequest"
    assert refused(create, Name="a", Subnets=[net.subnets[0], other.subnets[1]]) == "InvalidConfigurationRequest"
    small = ec2.create_subnet(VpcId=net.vpc, CidrBlock="10.30.10.0/28", AvailabilityZone="me-central-1b")["Subnet"][
        "SubnetId"
    ]
    assert create(Name="fits", Subnets=[net.subnets[0], small])
    assert create(Name="fits-too", Subnets=[net.subnets[0], small])
    for number in range(3):
        ec2.create_network_interface(SubnetId=small, Description=str(number))
    assert refused(create, Name="full", Subnets=[net.subnets[0], small]) == "InvalidSubnet"


def test_groups_are_of_the_vpc(ec2: Any, elb: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    foreign, own = group(ec2, other.vpc), group(ec2, net.vpc)
    said = {"Name": "a", "Subnets": list(net.subnets)}
    assert refused(elb.create_load_balancer, SecurityGroups=[foreign], **said) == "InvalidSecurityGroup"
    assert refused(elb.create_load_balancer, SecurityGroups=["sg-00000000000000000"], **said) == "InvalidSecurityGroup"
    made = balancer(elb, net, SecurityGroups=[own])
    assert refused(elb.set_security_groups, LoadBalancerArn=made, SecurityGroups=[foreign]) == "InvalidSecurityGroup"


def test_an_internet_facing_one_needs_a_gateway(ec2: Any, elb: Any) -> None:
    net = network(ec2, attach=False)
    assert refused(elb.create_load_balancer, Name="a", Subnets=list(net.subnets)) == "InvalidSubnet"
    made = balancer(elb, net, Scheme="internal")
    (found,) = elb.describe_load_balancers(LoadBalancerArns=[made])["LoadBalancers"]
    assert found["DNSName"].startswith("internal-web-")


def test_the_same_settings_give_the_same_one(ec2: Any, elb: Any, cloud: Cloud) -> None:
    net = network(ec2)
    own = group(ec2, net.vpc)
    first = balancer(elb, net, SecurityGroups=[own], Tags=NAME)
    before = cloud.snapshot()
    assert balancer(elb, net, SecurityGroups=[own], Tags=NAME) == first
    assert cloud.snapshot() == before
    again = {"Name": "web", "SecurityGroups": [own]}
    assert refused(elb.create_load_balancer, Subnets=list(net.subnets), **again) == "DuplicateLoadBalancerName"
    assert (
        refused(elb.create_load_balancer, Subnets=list(net.subnets[:2]), Scheme="internal", **again)
        == "DuplicateLoadBalancerName"
    )


def test_it_takes_its_time_and_its_interfaces_linger(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2, elb = connect(slow, "ec2"), connect(slow, "elbv2")
    net = network(ec2)
    made = balancer(elb, net, Tags=NAME)
    assert state(elb, made) == "provisioning"
    assert state(elb, made) == "provisioning"
    clock.sleep(151)
    assert state(elb, made) == "active"
    description = [{"Name": "description", "Values": ["ELB " + made.partition("loadbalancer/")[2]]}]
    found = ec2.describe_network_interfaces(Filters=description)["NetworkInterfaces"]
    assert {one["SubnetId"] for one in found} == set(net.subnets[:2])
    elb.delete_load_balancer(LoadBalancerArn=made)
    assert refused(elb.describe_load_balancers, LoadBalancerArns=[made]) == "LoadBalancerNotFound"
    assert refused(elb.describe_tags, ResourceArns=[made]) == "LoadBalancerNotFound"
    assert len(ec2.describe_network_interfaces(Filters=description)["NetworkInterfaces"]) == 2
    clock.sleep(121)
    assert ec2.describe_network_interfaces(Filters=description)["NetworkInterfaces"] == []
    elb.delete_load_balancer(LoadBalancerArn=made)  # deleting what is not there is no error


def test_subnets_are_exchanged(ec2: Any, elb: Any) -> None:
    net = network(ec2)
    made = balancer(elb, net)
    elb.set_subnets(LoadBalancerArn=made, Subnets=list(net.subnets[1:]))
    ec2.delete_subnet(SubnetId=net.subnets[0])
    assert refused(ec2.delete_subnet, SubnetId=net.subnets[2]) == "DependencyViolation"
    assert refused(elb.set_subnets, LoadBalancerArn=made, Subnets=[net.subnets[1]]) == "ValidationError"


def test_it_stays_in_its_vpc_with_a_group(ec2: Any, elb: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    groups = [group(ec2, net.vpc, f"g{number}") for number in range(6)]
    create = {"Name": "six", "Subnets": list(net.subnets), "SecurityGroups": groups}
    assert refused(elb.create_load_balancer, **create) == "InvalidConfigurationRequest"
    made = balancer(elb, net, SecurityGroups=groups[:5])
    change = elb.set_security_groups
    assert refused(change, LoadBalancerArn=made, SecurityGroups=groups) == "InvalidConfigurationRequest"
    assert refused(change, LoadBalancerArn=made, SecurityGroups=[]) == "InvalidConfigurationRequest"
    away = {"LoadBalancerArn": made, "Subnets": list(other.subnets)}
    assert refused(elb.set_subnets, **away) == "InvalidConfigurationRequest"
    change(LoadBalancerArn=made, SecurityGroups=groups[:1])


def test_its_names_zone_is_the_regions(ec2: Any, elb: Any) -> None:
    made = balancer(elb, network(ec2))
    (found,) = elb.describe_load_balancers(LoadBalancerArns=[made])["LoadBalancers"]
    assert found["CanonicalHostedZoneId"] == "Z08230872XQRWHG2XF6I"


def test_deletion_protection(ec2: Any, elb: Any) -> None:
    made = balancer(elb, network(ec2))
    change = elb.modify_load_balancer_attributes
    change(LoadBalancerArn=made, Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}])
    assert refused(elb.delete_load_balancer, LoadBalancerArn=made) == "OperationNotPermitted"
    change(LoadBalancerArn=made, Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}])
    elb.delete_load_balancer(LoadBalancerArn=made)


def test_attributes_of_a_new_one(ec2: Any, elb: Any) -> None:
    made = balancer(elb, network(ec2))
    found = {
        one["Key"]: one["Value"] for one in elb.describe_load_balancer_attributes(LoadBalancerArn=made)["Attributes"]
    }
    assert found["idle_timeout.timeout_seconds"] == "60"
    assert found["routing.http2.enabled"] == "true"
    assert found["routing.http.drop_invalid_header_fields.enabled"] == "false"


@pytest.mark.parametrize(
    ("key", "bad", "good"),
    [
        ("idle_timeout.timeout_seconds", "4001", "4000"),
        ("client_keep_alive.seconds", "59", "60"),
        ("routing.http2.enabled", "off", "false"),
        ("routing.http.xff_header_processing.mode", "drop", "preserve"),
    ],
)
def test_attributes_are_aws_own(ec2: Any, elb: Any, key: str, bad: str, good: str) -> None:
    made = balancer(elb, network(ec2))
    change = elb.modify_load_balancer_attributes
    assert refused(change, LoadBalancerArn=made, Attributes=[{"Key": key, "Value": bad}]) == "ValidationError"
    assert refused(change, LoadBalancerArn=made, Attributes=[{"Key": "no", "Value": "x"}]) == "ValidationError"
    told = change(LoadBalancerArn=made, Attributes=[{"Key": key, "Value": good}])["Attributes"]
    assert {"Key": key, "Value": good} in told


def test_access_logs_need_a_bucket_that_lets_them_in(ec2: Any, elb: Any, cloud: Cloud, connect: Connect) -> None:
    made, s3 = balancer(elb, network(ec2)), connect(cloud, "s3")
    said = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "logs-of-nobody"}
    logs = {"LoadBalancerArn": made, "Attributes": [{"Key": key, "Value": value} for key, value in said.items()]}
    assert refused(elb.modify_load_balancer_attributes, **logs) == "InvalidConfigurationRequest"
    place = {"LocationConstraint": "me-central-1"}
    s3.create_bucket(Bucket="logs-of-nobody", CreateBucketConfiguration=place)
    assert refused(elb.modify_load_balancer_attributes, **logs) == "InvalidConfigurationRequest"
    principal = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "s3:PutObject"}
    policy = {"Version": "2012-10-17", "Statement": [allowed | {"Resource": "arn:aws:s3:::logs-of-nobody/*"}]}
    s3.put_bucket_policy(Bucket="logs-of-nobody", Policy=json.dumps(policy))
    elb.modify_load_balancer_attributes(**logs)


def test_limits_are_the_quotas(elb: Any, cloud: Cloud) -> None:
    cloud.quotas |= {"load_balancers": 7}
    found = {one["Name"]: one["Max"] for one in elb.describe_account_limits()["Limits"]}
    assert (found["application-load-balancers"], found["target-groups"]) == ("7", "3000")


def test_every_one_that_is_asked_for_is_there(ec2: Any, elb: Any) -> None:
    balancer(elb, network(ec2))
    assert len(elb.describe_load_balancers(Names=["web"])["LoadBalancers"]) == 1
    assert refused(elb.describe_load_balancers, Names=["web", "other"]) == "LoadBalancerNotFound"


def test_balancers_and_target_groups_are_limited(ec2: Any, elb: Any, cloud: Cloud) -> None:
    net = network(ec2)
    cloud.quotas |= {"load_balancers": 1, "target_groups": 1}
    balancer(elb, net)
    assert refused(elb.create_load_balancer, Name="more", Subnets=list(net.subnets)) == "TooManyLoadBalancers"
    target_group(elb, net)
    assert (
        refused(elb.create_target_group, Name="more", VpcId=net.vpc, Protocol="HTTP", Port=1) == "TooManyTargetGroups"
    )


@pytest.mark.parametrize("name", ["uat-microservices-payment-gateway-grpc", "-web", "web-", "we.b"])
def test_names_of_target_groups(ec2: Any, elb: Any, name: str) -> None:
    net = network(ec2)
    assert refused(elb.create_target_group, Name=name, VpcId=net.vpc, Protocol="HTTP", Port=80) == "ValidationError"
    assert target_group(elb, net, "w" * 32)


def test_the_same_settings_give_the_same_target_group(ec2: Any, elb: Any) -> None:
    net = network(ec2)
    first = target_group(elb, net, HealthCheckPath="/h", Tags=NAME)
    assert target_group(elb, net, HealthCheckPath="/h", Tags=NAME) == first
    assert target_group(elb, net, HealthCheckPath="/h", HealthCheckIntervalSeconds=30) == first
    other = {"Name": "http", "VpcId": net.vpc, "Protocol": "HTTP", "TargetType": "ip"}
    assert refused(elb.create_target_group, Port=81, HealthCheckPath="/h", **other) == "DuplicateTargetGroupName"
    elb.modify_target_group(TargetGroupArn=first, HealthCheckPath="/new")
    assert refused(elb.create_target_group, Port=80, HealthCheckPath="/h", **other) == "DuplicateTargetGroupName"
    assert target_group(elb, net, HealthCheckPath="/new") == first


def test_grpc_has_its_own_defaults(ec2: Any, elb: Any) -> None:
    net = network(ec2)
    made = target_group(elb, net, "grpc", ProtocolVersion="GRPC")
    (found,) = elb.describe_target_groups(TargetGroupArns=[made])["TargetGroups"]
    assert (found["HealthCheckPath"], found["Matcher"], found["ProtocolVersion"]) == (
        "/AWS.ALB/healthcheck",
        {"GrpcCode": "12"},
        "GRPC",
    )
    elb.modify_target_group(TargetGroupArn=made, Matcher={"GrpcCode": "0-99"})
    assert elb.describe_target_groups(Names=["grpc"])["TargetGroups"][0]["Matcher"] == {"GrpcCode": "0-99"}
    said = {"VpcId": net.vpc, "Protocol": "HTTP", "Port": 1}
    assert (
        refused(elb.create_target_group, Name="g2", ProtocolVersion="GRPC", Matcher={"HttpCode": "200"}, **said)
        == "ValidationError"
    )
    assert refused(elb.create_target_group, Name="g2", Matcher={"GrpcCode": "0"}, **said) == "ValidationError"


def test_a_target_group_in_use_stays(ec2: Any, elb: Any) -> None:
    net = network(ec2)
    made, group_arn = balancer(elb, net), target_group(elb, net)
    assert elb.describe_target_groups(LoadBalancerArn=made)["TargetGroups"] == []
    elb.create_listener(LoadBalancerArn=made, Port=80, Protocol="HTTP", DefaultActions=forward(group_arn))
    assert elb.describe_target_groups(Names=["http"])["TargetGroups"][0]["LoadBalancerArns"] == [made]
    assert refused(elb.delete_target_group, TargetGroupArn=group_arn) == "ResourceInUse"
    elb.delete_load_balancer(LoadBalancerArn=made)
    assert elb.describe_target_groups(Names=["http"])["TargetGroups"][0]["LoadBalancerArns"] == []
    elb.delete_target_group(TargetGroupArn=group_arn)


def test_tags_of_all_kinds(ec2: Any, elb: Any) -> None:
    net = network(ec2)
    made, group_arn = balancer(elb, net, Tags=NAME), target_group(elb, net, Tags=NAME)
    listener = elb.create_listener(
        LoadBalancerArn=made, Port=80, Protocol="HTTP", DefaultActions=forward(group_arn), Tags=NAME
    )
    arns = [made, group_arn, listener["Listeners"][0]["ListenerArn"]]
    found = elb.describe_tags(ResourceArns=arns)["TagDescriptions"]
    assert {one["ResourceArn"]: one["Tags"] for one in found} == dict.fromkeys(arns, NAME)
    assert refused(elb.describe_tags, ResourceArns=[f"{made}{number}" for number in range(21)]) == "ValidationError"
    for arn, code in zip(arns, ("LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound"), strict=True):
        assert refused(elb.describe_tags, ResourceArns=[arn[:-1] + "x"]) == code
        elb.add_tags(ResourceArns=[arn], Tags=[{"Key": "more", "Value": "y"}])
        elb.remove_tags(ResourceArns=[arn], TagKeys=["Name"])
    assert elb.describe_tags(ResourceArns=arns[2:])["TagDescriptions"][0]["Tags"] == [{"Key": "more", "Value": "y"}]


def test_tags_have_their_characters(ec2: Any, elb: Any) -> None:
    net = network(ec2)
    bad = [{"Key": "Name", "Value": "a,b"}]
    assert refused(elb.create_load_balancer, Name="a", Subnets=list(net.subnets), Tags=bad) == "ValidationError"
    good = [{"Key": "muvi:address", "Value": "a_b.c:d/e=f+g-h@i j"}]
    made = balancer(elb, net, Tags=good)
    add = elb.add_tags
    assert refused(add, ResourceArns=[made], Tags=[{"Key": "aws:x", "Value": "y"}]) == "ValidationError"
    twice = [{"Key": "x", "Value": "1"}, {"Key": "x", "Value": "2"}]
    assert refused(add, ResourceArns=[made], Tags=twice) == "DuplicateTagKeys"
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    assert refused(add, ResourceArns=[made], Tags=many) == "TooManyTags"
    add(ResourceArns=[made], Tags=many[:49])
