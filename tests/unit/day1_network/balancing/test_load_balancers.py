"""Application load balancers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.waits import outcome
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.resource import Handle, differences, to_json
from tests.unit.day1_network.balancing.conftest import Ground, Rehearsal


def public(ground: Ground, **more: Any) -> LoadBalancer:
    fields = {"subnets": ground.subnets[:2], "groups": ground.groups[:1], "gateway": ground.gateway, **more}
    return LoadBalancer("api", scheme="internet-facing", **fields)


def test_one_call_makes_it_with_exactly_these_words(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = public(ground)
    live = rehearsal.make(wanted)
    assert rehearsal.calls[0] == (
        "elbv2:CreateLoadBalancer",
        {
            "Name": "uat-api",
            "Type": "application",
            "Scheme": "internet-facing",
            "IpAddressType": "ipv4",
            "Subnets": [subnet.id for subnet in ground.subnets[:2]],
            "SecurityGroups": [ground.groups[0].id],
            "Tags": rehearsal.aws.tag_pairs(wanted),
        },
    )
    assert rehearsal.differs(wanted, live) == {}
    assert live.raw["VpcId"] == ground.vpc.id


def test_an_internal_one_needs_no_gateway(rehearsal: Rehearsal, ground: Ground) -> None:
    internal = LoadBalancer(
        "internal", scheme="internal", subnets=ground.subnets[:2], groups=ground.groups, gateway=None
    )
    live = rehearsal.make(internal)
    assert (live.raw["LoadBalancerName"], live.raw["Scheme"]) == ("uat-internal", "internal")
    assert internal.needs() == tuple(handle.address for handle in (*ground.subnets[:2], *ground.groups))


def test_it_becomes_ready(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = public(ground)
    live = rehearsal.make(wanted)
    assert wanted.declared.ready
    assert outcome(wanted.declared.ready, rehearsal.look(wanted, live.id)) == "success"


def test_outputs(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = public(ground)
    outputs = wanted.outputs(rehearsal.make(wanted))
    assert outputs.keys() == wanted.declared.outputs
    assert outputs["dns_name"].endswith(".elb.amazonaws.com")
    assert outputs["zone_id"].startswith("Z")


def test_the_order_of_subnets_and_groups_is_not_a_difference(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = public(ground, groups=ground.groups)
    live = rehearsal.make(wanted)
    turned = replace(wanted, subnets=wanted.subnets[::-1], groups=wanted.groups[::-1])
    assert rehearsal.differs(turned, live) == {}


@pytest.mark.parametrize("field", ["subnets", "groups"])
def test_subnets_and_groups_change_in_place(rehearsal: Rehearsal, ground: Ground, field: str) -> None:
    live = rehearsal.make(public(ground))
    other = public(ground, **{field: getattr(ground, field)})
    assert rehearsal.differs(other, live).keys() == {field}
    rehearsal.names()
    mended = rehearsal.mend(other, live)
    operation = {"subnets": "elbv2:SetSubnets", "groups": "elbv2:SetSecurityGroups"}[field]
    assert [name for name in rehearsal.names() if name.startswith("elbv2:Set")] == [operation]
    assert (mended.id, rehearsal.differs(other, mended)) == (live.id, {})


def test_the_scheme_cannot_change(rehearsal: Rehearsal, ground: Ground) -> None:
    live = rehearsal.make(public(ground))
    assert rehearsal.differs(replace(public(ground), scheme="internal"), live) == {"scheme": "internet-facing"}
    assert "scheme" not in LoadBalancer.declared.mutable


def test_compared_before_its_subnets_are_made(rehearsal: Rehearsal, ground: Ground) -> None:
    live = rehearsal.make(public(ground))
    later = public(ground, subnets=(Handle("subnet/new-a"), Handle("subnet/new-b")))
    changes = differences(later.wanted(), later.observe(live))
    assert [change.field for change in changes] == ["subnets"]


def test_a_name_too_long_is_cut_and_found_again(rehearsal: Rehearsal, ground: Ground) -> None:
    long = replace(public(ground), name="the-one-for-everything-the-mobile-apps-ask")
    live = rehearsal.make(long)
    assert len(live.raw["LoadBalancerName"]) <= 32
    assert long.find(rehearsal.another(), None) == live


def test_found_by_name_when_the_id_is_not_known_or_old(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = public(ground)
    live = rehearsal.make(wanted)
    assert rehearsal.look(wanted) == rehearsal.look(wanted, "arn:of:one:that/went") == live


def test_somebody_elses_of_that_name_is_shown(rehearsal: Rehearsal, ground: Ground) -> None:
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.elbv2.create_load_balancer(Name="uat-api", Subnets=[one.id for one in ground.subnets])
    live = rehearsal.look(public(ground))
    assert live.tags == {}


def test_deleted_twice(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = public(ground)
    live = rehearsal.make(wanted)
    rehearsal.remove(wanted, live)
    rehearsal.remove(wanted, live)
    assert rehearsal.gone(wanted, live.id)


def test_a_protected_one_stays(rehearsal: Rehearsal, ground: Ground) -> None:
    wanted = public(ground)
    live = rehearsal.make(wanted)
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=live.id, Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}]
        )
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        rehearsal.remove(wanted, live)


def test_what_it_costs(ground: Ground) -> None:
    internal = LoadBalancer("internal", scheme="internal", subnets=ground.subnets, groups=(), gateway=None)
    assert public(ground).costs() == (("alb.hour", 1.0), ("ipv4.inuse", 2.0))
    assert internal.costs() == (("alb.hour", 1.0),)


def test_the_record(ground: Ground) -> None:
    recorded = to_json(public(ground))
    assert recorded["subnets"] == [{"$handle": "subnet/0"}, {"$handle": "subnet/1"}]
