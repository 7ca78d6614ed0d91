"""Client tokens of every service: a repeated request makes nothing twice, another one is refused."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import World
from tests.sandbox.refusals import address, nat, network, refused

MISMATCH = "IdempotentParameterMismatch"


def test_a_network_interface(ec2: Any) -> None:
    net = network(ec2)
    said = {"SubnetId": net.subnets[0], "ClientToken": "t"}
    first, again = (ec2.create_network_interface(**said) for _ in range(2))
    assert first["NetworkInterface"]["NetworkInterfaceId"] == again["NetworkInterface"]["NetworkInterfaceId"]
    assert again["ClientToken"] == "t"
    assert refused(ec2.create_network_interface, Description="other", **said) == MISMATCH
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1


def test_a_token_outlives_a_restart(ec2: Any, cloud: Cloud) -> None:
    net, allocated = network(ec2), address(ec2)
    first = nat(ec2, net, allocated, ClientToken="t")
    persistence.load(cloud, persistence.dumped(cloud))
    assert nat(ec2, net, allocated, ClientToken="t") == first


def test_a_token_is_of_one_region_and_one_operation(ec2: Any, cloud: Cloud, connect: Connect) -> None:
    net = network(ec2)
    table = ec2.create_route_table(VpcId=net.vpc, ClientToken="t")["RouteTable"]["RouteTableId"]
    assert ec2.create_network_interface(SubnetId=net.subnets[0], ClientToken="t")["NetworkInterface"]
    other = connect(cloud, "ec2", "eu-central-1")
    vpc = other.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    assert other.create_route_table(VpcId=vpc, ClientToken="t")["RouteTable"]["RouteTableId"] != table


def test_a_failed_gateway_is_given_again(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2 = connect(slow, "ec2")
    net, allocated = network(ec2, attach=False), address(ec2)
    first = nat(ec2, net, allocated, ClientToken="t")
    clock.sleep(106)
    said = {"SubnetId": net.subnets[0], "AllocationId": allocated, "ClientToken": "t"}
    assert ec2.create_nat_gateway(**said)["NatGateway"]["State"] == "failed"
    assert nat(ec2, net, allocated, ClientToken="another") != first


def test_tasks(cloud: Cloud, connect: Connect, clock: Leaping) -> None:
    world = World(cloud, connect, clock)
    said: dict[str, Any] = {"cluster": "uat", "taskDefinition": world.definition(), "launchType": "FARGATE"}
    said |= {"networkConfiguration": world.place, "clientToken": "t"}
    first, again = (world.ecs.run_task(**said)["tasks"] for _ in range(2))
    assert [one["taskArn"] for one in first] == [one["taskArn"] for one in again]
    assert refused(world.ecs.run_task, count=2, **said) == "ConflictException"
    assert len(world.ecs.list_tasks(cluster="uat")["taskArns"]) == 1
    assert world.ecs.run_task(**said | {"clientToken": "u"})["tasks"][0]["taskArn"] != first[0]["taskArn"]


def test_schedules(cloud: Cloud, connect: Connect) -> None:
    scheduler = connect(cloud, "scheduler")
    target = {
        "Arn": "arn:aws:lambda:me-central-1:000011112222:function:a",
        "RoleArn": "arn:aws:iam::000011112222:role/a",
    }
    said = {"Name": "a", "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    first, again = (scheduler.create_schedule(ClientToken="t", **said)["ScheduleArn"] for _ in range(2))
    assert first == again
    assert refused(scheduler.create_schedule, ClientToken="u", **said) == "ConflictException"
    other = said | {"ScheduleExpression": "rate(2 hours)"}
    assert refused(scheduler.create_schedule, ClientToken="t", **other) == "ConflictException"
    groups = [scheduler.create_schedule_group(Name="g", ClientToken="t")["ScheduleGroupArn"] for _ in range(2)]
    assert groups[0] == groups[1]


def test_what_keeps_its_own_tokens(cloud: Cloud, connect: Connect) -> None:
    acm, secrets = connect(cloud, "acm"), connect(cloud, "secretsmanager")
    names, zones = connect(cloud, "servicediscovery"), connect(cloud, "route53")
    asked = {"DomainName": "a.example.com", "ValidationMethod": "DNS", "IdempotencyToken": "t"}
    assert acm.request_certificate(**asked)["CertificateArn"] == acm.request_certificate(**asked)["CertificateArn"]
    secret = {"Name": "a", "SecretString": "b", "ClientRequestToken": "t" * 32}
    assert secrets.create_secret(**secret)["ARN"] == secrets.create_secret(**secret)["ARN"]
    assert refused(secrets.create_secret, **secret | {"SecretString": "c"}) == "ResourceExistsException"
    zones.create_hosted_zone(Name="one.example.com", CallerReference="t")
    again = {"Name": "two.example.com", "CallerReference": "t"}
    assert refused(zones.create_hosted_zone, **again) == "HostedZoneAlreadyExists"
    vpc = network(connect(cloud, "ec2")).vpc
    private = {"Name": "a.internal", "Vpc": vpc, "CreatorRequestId": "t"}
    names.create_private_dns_namespace(**private)
    assert refused(names.create_private_dns_namespace, **private) == "NamespaceAlreadyExists"
