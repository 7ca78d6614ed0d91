"""The whole first day, built in order and taken down in reverse: nothing that is right may be refused."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.day_one import REGION, DayOne


def day_one(cloud: Cloud, connect: Connect, clock: Leaping) -> DayOne:
    return DayOne(*(connect(cloud, service) for service in ("ec2", "elbv2", "acm", "secretsmanager")), clock)


@pytest.mark.parametrize("speed", [0, 1, 60])
def test_a_day_is_built_and_taken_down_again(connect: Connect, clock: Leaping, speed: float) -> None:
    cloud = Cloud(clock, speed=speed)
    before = cloud.snapshot()
    day = day_one(cloud, connect, clock)
    day.build()
    assert cloud.snapshot() != before
    day.tear_down()
    assert cloud.snapshot() == before


def test_what_stands_is_all_described(connect: Connect, clock: Leaping) -> None:
    cloud = Cloud(clock)
    day = day_one(cloud, connect, clock)
    day.build()
    found = cloud.snapshot()
    counts = {kind: len(items) for service in found.values() for kind, items in service[REGION].items()}
    assert counts == {
        "vpc": 1,
        "subnet": 6,
        "internet_gateway": 1,
        "elastic_ip": 1,
        "nat_gateway": 1,
        "route_table": 3,
        "vpc_endpoint": 2,
        "security_group": 12,
        "security_group_rule": 1 + 10 * 2 + 10 + 2,
        "network_acl": 1,
        "network_interface": 1 + 3 + 6,
        "load_balancer": 2,
        "target_group": 3,
        "listener": 3,
        "certificate": 1,
        "secret": 1,
    }
    assert found["ec2"][REGION]["nat_gateway"][day.nat]["tags"] == {"Name": "nat"}
    assert "s3cret" not in repr(found)


def test_two_clouds_do_not_mix(connect: Connect, clock: Leaping) -> None:
    one, other = Cloud(clock), Cloud(clock, account="000000000009")
    made = connect(one, "ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    assert made not in repr(other.snapshot())
    assert other.snapshot() == {}
    assert connect(other, "sts").get_caller_identity()["Account"] == "000000000009"
    assert made in repr(one.snapshot())


def test_a_region_that_was_only_looked_at_is_empty(ec2: Any, cloud: Cloud) -> None:
    before = cloud.snapshot()
    ec2.describe_vpcs()
    assert cloud.snapshot() == before == {}
    default = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    ec2.create_tags(Resources=[default], Tags=[{"Key": "Name", "Value": "touched"}])
    assert list(cloud.snapshot()["ec2"][REGION]) == ["vpc"]
