"""Target groups and their health checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.day1_network.target_groups import GRPC_HEALTH, TargetGroup
from muvi_provision.resource import Handle
from tests.unit.day1_network.balancing.conftest import Ground, Rehearsal

SERVING = "/grpc.health.v1.Health/Check"
VPC: Handle[Any] = Handle("vpc/main", {"id": "vpc-1"})
CHECK = {
    "HealthCheckEnabled": True,
    "HealthCheckProtocol": "HTTP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckIntervalSeconds": 10,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 3,
}
EVERY = [
    pytest.param("gateway", 3001, "http", "/heartbeat", "HTTP1", {"HttpCode": "200"}, id="http"),
    pytest.param("main", 5002, "grpc", GRPC_HEALTH, "GRPC", {"GrpcCode": "12"}, id="grpc without a health service"),
    pytest.param("main", 5002, "grpc", SERVING, "GRPC", {"GrpcCode": "0"}, id="grpc with one"),
]


def http(vpc: Handle[Any], **more: Any) -> TargetGroup:
    return TargetGroup("gateway", vpc=vpc, port=3001, protocol="http", health="/heartbeat", **more)


@pytest.mark.parametrize(("name", "port", "protocol", "health", "version", "matcher"), EVERY)
def test_one_call_makes_it_with_exactly_these_words(
    rehearsal: Rehearsal, ground: Ground, name: str, port: int, protocol: Any, health: str, version: str, matcher: Any
) -> None:
    wanted = TargetGroup(name, vpc=ground.vpc, port=port, protocol=protocol, health=health)
    live = rehearsal.make(wanted)
    assert rehearsal.calls[0] == (
        "elbv2:CreateTargetGroup",
        {
            "Name": f"uat-{name}",
            "TargetType": "ip",
            "Protocol": "HTTP",
            "ProtocolVersion": version,
            "Port": port,
            "VpcId": ground.vpc.id,
            "HealthCheckPath": health,
            "Matcher": matcher,
            "Tags": rehearsal.aws.tag_pairs(wanted),
            **CHECK,
        },
    )
    assert rehearsal.differs(wanted, live) == {}


def test_the_health_check_changes_in_place(rehearsal: Rehearsal, ground: Ground) -> None:
    live = rehearsal.make(http(ground.vpc))
    other = replace(http(ground.vpc), health="/ready", interval=15, timeout=6, healthy=3, unhealthy=4)
    assert rehearsal.differs(other, live).keys() == TargetGroup.declared.mutable - {"drain_s"}
    rehearsal.names()
    mended = rehearsal.mend(other, live)
    assert rehearsal.names()[0] == "elbv2:ModifyTargetGroup"
    assert (mended.id, rehearsal.differs(other, mended)) == (live.id, {})


def test_a_new_grpc_path_brings_the_answer_that_belongs_to_it(rehearsal: Rehearsal, ground: Ground) -> None:
    unaware = TargetGroup("main", vpc=ground.vpc, port=5002, protocol="grpc", health=GRPC_HEALTH)
    aware = replace(unaware, health=SERVING)
    live = rehearsal.make(unaware)
    assert rehearsal.differs(aware, live) == {"health": GRPC_HEALTH}
    mended = rehearsal.mend(aware, live)
    assert mended.raw["Matcher"] == {"GrpcCode": "0"}
    assert rehearsal.differs(aware, mended) == {}


def test_an_answer_changed_by_hand_is_seen_and_mended(rehearsal: Rehearsal, ground: Ground) -> None:
    live = rehearsal.make(http(ground.vpc))
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.elbv2.modify_target_group(TargetGroupArn=live.id, Matcher={"HttpCode": "200-499"})
    drifted = rehearsal.look(http(ground.vpc), live.id)
    assert rehearsal.differs(http(ground.vpc), drifted) == {"health": "/heartbeat answering 200-499"}
    assert rehearsal.mend(http(ground.vpc), drifted).raw["Matcher"] == {"HttpCode": "200"}


@pytest.mark.parametrize(
    ("field", "other", "old"),
    [("port", 3002, 3001), ("protocol", "grpc", "http"), ("vpc", Handle("vpc/other", {"id": "vpc-2"}), None)],
)
def test_what_cannot_change(rehearsal: Rehearsal, ground: Ground, field: str, other: Any, old: Any) -> None:
    live = rehearsal.make(http(ground.vpc))
    differs = rehearsal.differs(replace(http(ground.vpc), **{field: other}), live)
    assert differs[field] == (old or ground.vpc.id)
    assert field not in TargetGroup.declared.mutable


def test_deleted_twice(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = http(ground.vpc)
    live = rehearsal.make(wanted)
    rehearsal.remove(wanted, live)
    rehearsal.remove(wanted, live)
    assert rehearsal.gone(wanted, live.id)


def test_in_use_it_stays(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = http(ground.vpc)
    live = rehearsal.make(wanted)
    elb, subnets = rehearsal.aws.elbv2, [one.id for one in ground.subnets]
    with rehearsal.aws.writing("somebody"):
        arn = elb.create_load_balancer(Name="theirs", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        forward: list[Any] = [{"Type": "forward", "TargetGroupArn": live.id}]
        elb.create_listener(LoadBalancerArn=arn, Port=80, Protocol="HTTP", DefaultActions=forward)
    with pytest.raises(ClientError, match="ResourceInUse"):
        rehearsal.remove(wanted, live)


def test_somebody_elses_of_that_name_is_shown(rehearsal: Rehearsal, ground: Ground) -> None:
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.elbv2.create_target_group(
            Name="uat-gateway", Protocol="HTTP", Port=1, VpcId=ground.vpc.id, TargetType="ip"
        )
    assert rehearsal.look(http(ground.vpc)).tags == {}


def test_what_aws_itself_allows_to_finish_takes_no_call(rehearsal: Rehearsal, ground: Ground) -> None:
    live = rehearsal.make(http(ground.vpc))
    assert rehearsal.differs(http(ground.vpc), live) == {}
    assert not [name for name in rehearsal.names() if "Attributes" in name]


def test_how_long_an_address_may_finish_is_set_and_remembered(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = http(ground.vpc, drain_s=10)
    live = rehearsal.make(wanted)
    assert rehearsal.differs(wanted, live) == {"drain_s": 300}
    rehearsal.names()
    mended = rehearsal.mend(wanted, live)
    assert rehearsal.names()[:2] == ["elbv2:ModifyTargetGroupAttributes", "elbv2:AddTags"]
    assert rehearsal.differs(wanted, mended) == {}
    assert mended.tags["muvi:drain"] == "10"


def test_a_delay_changed_by_hand_is_seen_by_who_looks_thoroughly(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = http(ground.vpc)
    live = rehearsal.make(wanted)
    delay: Any = [{"Key": "deregistration_delay.timeout_seconds", "Value": "77"}]
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.elbv2.modify_target_group_attributes(TargetGroupArn=live.id, Attributes=delay)
    assert rehearsal.differs(wanted, rehearsal.look(wanted, live.id)) == {}
    looked_at = wanted.find(replace(rehearsal.fresh(), thorough=True, as_of=0), live.id)
    assert looked_at is not None
    assert rehearsal.differs(wanted, looked_at) == {"drain_s": 77}


def test_it_costs_nothing() -> None:
    assert http(VPC).costs() == ()
