"""What is late in listings, what is not late at all, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.lag import Lag
from muvi_provision.sandbox.late import LISTED
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.lambda_world import BASIC
from tests.sandbox.late_stage import Stage
from tests.sandbox.refusals import refused

LISTINGS: dict[str, tuple[Callable[[Stage], Any], Callable[[Stage], list[Any]]]] = {
    "s3:ListBuckets": (Stage.bucket, lambda on: on.at("s3").list_buckets()["Buckets"]),
    "secretsmanager:ListSecrets": (Stage.secret, lambda on: on.secrets.list_secrets()["SecretList"]),
    "route53:ListHostedZones": (Stage.zone, lambda on: on.at("route53").list_hosted_zones()["HostedZones"]),
    "route53:ListHostedZonesByName": (
        Stage.zone,
        lambda on: on.at("route53").list_hosted_zones_by_name()["HostedZones"],
    ),
    "elasticache:DescribeReplicationGroups": (
        Stage.cache,
        lambda on: on.at("elasticache").describe_replication_groups()["ReplicationGroups"],
    ),
    "ec2:DescribeSubnets": (Stage.subnet, lambda on: on.ec2.describe_subnets()["Subnets"]),
    "elbv2:DescribeListeners": (
        Stage.listen,
        lambda on: on.elb.describe_listeners(LoadBalancerArn=on.balancer)["Listeners"],
    ),
}


def test_all_listings_are_tried() -> None:
    assert set(LISTED) < set(LISTINGS)


@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize(("seconds", "looks"), [(50, 0), (0, 2)])
def test_a_listing_is_late(on: Stage, name: str, seconds: float, looks: int) -> None:
    make, ask = LISTINGS[name]
    before = len(ask(on))
    on.cloud.lag = Lag(seconds, looks)
    make(on)
    for _ in range(2):
        assert len(ask(on)) == before
    on.clock.sleep(seconds)
    assert len(ask(on)) == before + 1


def test_what_is_there_already_is_not_new_again(on: Stage) -> None:
    rule = {"Name": "a", "ScheduleExpression": "rate(1 hour)"}
    targets = {"Rule": "a", "Targets": [{"Id": "a", "Arn": on.function}]}
    certificate = on.certificate(REGION)
    on.at("events").put_rule(**rule)
    on.register()
    on.cloud.lag = Lag(50)
    on.at("events").put_rule(**rule)
    on.world.ecs.create_cluster(clusterName="uat")
    on.register()
    on.at("acm").import_certificate(CertificateArn=certificate, **on.issued)
    assert on.at("events").put_targets(**targets)["FailedEntryCount"] == 0
    on.serve()
    on.follow()
    on.secure(certificate)


def test_each_service_looks_for_itself(on: Stage) -> None:
    on.cloud.lag = Lag(reads=1)
    subnet = on.subnet()
    assert refused(on.ec2.describe_subnets, SubnetIds=[subnet]) == "InvalidSubnetID.NotFound"
    on.ec2.describe_subnets(SubnetIds=[subnet])
    balancer = {"Name": "a", "Subnets": [subnet, on.subnets[1]]}
    assert refused(on.elb.create_load_balancer, **balancer) == "SubnetNotFound"
    on.elb.create_load_balancer(**balancer)


def test_nothing_is_late_for_longer_than_aws_is(on: Stage) -> None:
    on.cloud.lag = Lag(300)
    subnet, bucket, zone = on.subnet(), on.bucket(), on.zone()
    on.clock.sleep(61)
    on.at("route53").list_resource_record_sets(HostedZoneId=zone)
    assert refused(on.at("s3").get_bucket_policy, Bucket=bucket) == "NoSuchBucket"
    on.clock.sleep(60)
    assert refused(on.at("s3").get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
    assert refused(on.ec2.describe_subnets, SubnetIds=[subnet]) == "InvalidSubnetID.NotFound"
    on.clock.sleep(180)
    on.ec2.describe_subnets(SubnetIds=[subnet])
    on.cloud.lag = Lag(reads=9)
    gateway = on.gateway()
    assert refused(on.ec2.describe_internet_gateways, InternetGatewayIds=[gateway])
    on.clock.sleep(300)
    on.ec2.describe_internet_gateways(InternetGatewayIds=[gateway])


def test_a_role_is_known_to_services_after_that_time_too(on: Stage) -> None:
    on.cloud.lag = Lag(50)
    on.world.iam.attach_role_policy(RoleName="worker", PolicyArn=BASIC)
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        on.code("new")
    on.clock.sleep(51)
    on.code("new")


def test_faults_bring_it_about_and_take_it_away(on: Stage) -> None:
    on.cloud.faults, on.cloud.speed = Faults(unseen_seconds=50), 10
    subnet = on.subnet()
    assert refused(on.ec2.describe_subnets, SubnetIds=[subnet]) == "InvalidSubnetID.NotFound"
    on.clock.sleep(6)
    on.ec2.describe_subnets(SubnetIds=[subnet])
    gateway = on.gateway()
    assert refused(on.ec2.describe_internet_gateways, InternetGatewayIds=[gateway])
    on.cloud.faults = Faults()
    on.ec2.describe_internet_gateways(InternetGatewayIds=[gateway])
    on.ec2.describe_subnets(SubnetIds=[subnet])
    on.cloud.faults = Faults(unseen_reads=9)
    on.ec2.describe_subnets(SubnetIds=[subnet])
    assert refused(on.ec2.describe_vpcs, VpcIds=[on.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]])


def test_it_is_kept(clock: Leaping, connect: Connect) -> None:
    first, second = Cloud(clock, lag_reads=2), Cloud(clock, lag_reads=2)
    made = connect(first, "secretsmanager").create_secret(Name="a", SecretString="x")["ARN"]
    assert refused(connect(first, "secretsmanager").get_secret_value, SecretId="a") == "ResourceNotFoundException"
    persistence.load(second, persistence.dumped(first))
    secrets = connect(second, "secretsmanager")
    assert refused(secrets.get_secret_value, SecretId=made) == "ResourceNotFoundException"
    assert secrets.get_secret_value(SecretId="a")["SecretString"] == "x"
    first.reset()
    second.reset()
