"""Target groups: their health checks, attributes and targets."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import Net, balancer, forward, network, refused, target_group

DELAY = "deregistration_delay.timeout_seconds"


def asked(net: Net, **more: Any) -> dict[str, Any]:
    said = {"Name": "other", "VpcId": net.vpc, "Protocol": "HTTP", "Port": 80, "TargetType": "ip"}
    return said | more


@pytest.mark.parametrize(
    "check",
    [
        {"HealthCheckPath": "health"},
        {"HealthCheckPort": "nonsense"},
        {"HealthCheckPort": "65536"},
        {"HealthCheckProtocol": "TCP"},
        {"HealthCheckEnabled": False},
        {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 10},
        {"Matcher": {"HttpCode": "199"}},
        {"Matcher": {"HttpCode": "200-500"}},
        {"Matcher": {"HttpCode": "2xx"}},
        {"Matcher": {"GrpcCode": "0"}},
    ],
)
def test_health_checks_are_sound_at_first_and_later(ec2: Any, elb: Any, check: dict[str, Any]) -> None:
    net = network(ec2)
    assert refused(elb.create_target_group, **asked(net, **check)) == "ValidationError"
    made = target_group(elb, net)
    assert refused(elb.modify_target_group, TargetGroupArn=made, **check) == "ValidationError"
    good = {"HealthCheckPath": "/health", "HealthCheckPort": "8080", "Matcher": {"HttpCode": "200,300-399"}}
    elb.modify_target_group(TargetGroupArn=made, HealthCheckEnabled=True, **good)
    (found,) = elb.describe_target_groups(TargetGroupArns=[made])["TargetGroups"]
    assert {name: found[name] for name in good} == good


def test_grpc_codes_end_at_99(ec2: Any, elb: Any) -> None:
    net = network(ec2)
    made = target_group(elb, net, "grpc", ProtocolVersion="GRPC")
    change = elb.modify_target_group
    for bad in ({"GrpcCode": "0-100"}, {"HttpCode": "200"}):
        assert refused(change, TargetGroupArn=made, Matcher=bad) == "ValidationError"
    change(TargetGroupArn=made, Matcher={"GrpcCode": "0,12"})


def attributes(elb: Any, arn: str) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]}


@pytest.mark.parametrize(
    ("key", "bad", "good"),
    [
        (DELAY, "3601", "3600"),
        ("slow_start.duration_seconds", "10", "30"),
        ("stickiness.enabled", "yes", "true"),
        ("stickiness.app_cookie.cookie_name", "AWSALBAPP", "mine"),
        ("load_balancing.algorithm.type", "nearest", "least_outstanding_requests"),
    ],
)
def test_attributes_are_aws_own(ec2: Any, elb: Any, key: str, bad: str, good: str) -> None:
    made = target_group(elb, network(ec2))
    change = elb.modify_target_group_attributes
    assert refused(change, TargetGroupArn=made, Attributes=[{"Key": key, "Value": bad}]) == "ValidationError"
    assert refused(change, TargetGroupArn=made, Attributes=[{"Key": "no", "Value": "x"}]) == "ValidationError"
    told = change(TargetGroupArn=made, Attributes=[{"Key": key, "Value": good}])["Attributes"]
    assert {"Key": key, "Value": good} in told
    assert attributes(elb, made)[key] == good
    unknown = made[:-1] + ("0" if made[-1] != "0" else "1")
    assert refused(change, TargetGroupArn=unknown, Attributes=[{"Key": DELAY, "Value": "1"}]) == "TargetGroupNotFound"


def test_attributes_of_a_new_one(ec2: Any, elb: Any) -> None:
    found = attributes(elb, target_group(elb, network(ec2)))
    assert (found[DELAY], found["slow_start.duration_seconds"], found["stickiness.type"]) == ("300", "0", "lb_cookie")
    assert not [key for key in found if key.startswith("waf.")]


def test_targets_are_private_addresses(ec2: Any, elb: Any, cloud: Cloud) -> None:
    made = target_group(elb, network(ec2))

    def register(*ids: str) -> dict[str, Any]:
        return {"TargetGroupArn": made, "Targets": [{"Id": one} for one in ids]}

    assert refused(elb.register_targets, **register("nonsense")) == "ValidationError"
    assert refused(elb.register_targets, **register("8.8.8.8")) == "InvalidTarget"
    elb.register_targets(**register("10.30.0.9", "192.168.0.1"))
    cloud.quotas |= {"targets_per_target_group": 2}
    elb.register_targets(**register("10.30.0.9"))
    assert refused(elb.register_targets, **register("10.30.0.10")) == "TooManyTargets"


def test_it_is_let_go_of_a_moment_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2, elb = connect(slow, "ec2"), connect(slow, "elbv2")
    net = network(ec2)
    made, front = target_group(elb, net), balancer(elb, net)
    said = {"LoadBalancerArn": front, "Port": 80, "Protocol": "HTTP", "DefaultActions": forward(made)}
    listener = elb.create_listener(**said)["Listeners"][0]["ListenerArn"]
    elb.delete_listener(ListenerArn=listener)
    assert refused(elb.delete_target_group, TargetGroupArn=made) == "ResourceInUse"
    listener = elb.create_listener(**said)["Listeners"][0]["ListenerArn"]
    clock.sleep(6)
    assert refused(elb.delete_target_group, TargetGroupArn=made) == "ResourceInUse"
    elb.delete_listener(ListenerArn=listener)
    clock.sleep(6)
    elb.delete_target_group(TargetGroupArn=made)
