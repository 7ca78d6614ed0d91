"""Security groups and endpoints when AWS or somebody else does something else than asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network.endpoints import GatewayEndpoint, InterfaceEndpoint, on_tables
from muvi_provision.day1_network.security_groups import only_these
from muvi_provision.engine.examine import is_ours
from muvi_provision.naming import Ownership
from muvi_provision.resource import Live
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from tests.resources.contract import OURS, Bench
from tests.resources.examples import APP, BALANCER, PUBLIC, SERVICE, VPC, at, rule

ROAD = GatewayEndpoint("s3", vpc=at("vpc/main"), service="s3", tables=(at("route-table/app"),))
IN = rule("in", "ingress", "security-group/svc-main", source=at("security-group/alb-internal"))


def test_a_group_does_not_go_while_a_rule_names_it(bench: Bench) -> None:
    bench.stand(VPC, SERVICE, BALANCER, IN)
    resource = bench.real(BALANCER)
    live = bench.look(resource, bench.values[BALANCER.address]["id"])
    with pytest.raises(Exception) as refused, bench.writing(resource) as aws:
        resource.delete(aws, live)
    assert error_of(refused.value)[1] == "DependencyViolation"


def test_groups_that_name_each_other_are_torn_down(bench: Bench) -> None:
    bench.stand(VPC, SERVICE, BALANCER)
    lives = [bench.look(bench.real(each), bench.values[each.address]["id"]) for each in (SERVICE, BALANCER)]
    for live, peer in zip(lives, reversed(lives), strict=True):
        by_hand(bench, "authorize_security_group_ingress", live.id, UserIdGroupPairs=[{"GroupId": peer.id}])
        by_hand(bench, "authorize_security_group_egress", live.id, UserIdGroupPairs=[{"GroupId": peer.id}])
        by_hand(bench, "authorize_security_group_ingress", live.id, IpRanges=[{"CidrIp": "10.0.0.0/8"}])
    one, other = lives
    with pytest.raises(ClientError, match="DependencyViolation"):
        delete_group(bench, one)
    delete_group(bench, other)
    delete_group(bench, one)  # each as it was seen before anybody added anything
    assert all(bench.real(SERVICE).find(bench.aws, live.id) is None for live in lives)


def delete_group(bench: Bench, live: Live) -> None:
    with bench.writing(SERVICE) as aws:
        SERVICE.delete(aws, live)


def test_a_group_without_rules_is_deleted_without_revoking(bench: Bench) -> None:
    bench.stand(VPC, BALANCER)
    resource, live = bench.real(BALANCER), bench.look(bench.real(BALANCER), None)

    def delete() -> None:
        with bench.writing(resource) as aws:
            resource.delete(aws, live)

    assert bench.called(delete) == {"ec2:DeleteSecurityGroup"}
    assert bench.called(delete) == {"ec2:DeleteSecurityGroup"}


def by_hand(bench: Bench, operation: str, group: str, **peer: Any) -> str:
    """A rule that somebody adds; its id."""
    aws, said = bench.aws, {"IpProtocol": "tcp", "FromPort": 5002, "ToPort": 5002, **peer}
    with aws.writing("somebody"):
        made = getattr(aws.ec2, operation)(GroupId=group, IpPermissions=[said])
    return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])


@pytest.mark.parametrize("recorded", [True, False])
def test_a_rule_by_hand_that_says_the_same_is_taken_over_and_tagged(bench: Bench, recorded: bool) -> None:
    bench.stand(VPC, SERVICE, BALANCER, IN)
    resource, known = bench.real(IN), bench.values[IN.address]["id"]
    group, peer = (bench.values[each.address]["id"] for each in (SERVICE, BALANCER))
    with bench.writing(IN) as aws:
        resource.delete(aws, bench.look(resource, known))
    theirs = by_hand(bench, "authorize_security_group_ingress", group, UserIdGroupPairs=[{"GroupId": peer}])
    live = bench.look(resource, known if recorded else None)
    assert live.id == theirs
    assert is_ours(resource, live, bench.aws)
    assert {change.field for change in bench.changes(resource, live)} == {"tagged", "description"}
    mended = bench.update(resource, live, bench.changes(resource, live))
    assert OURS.owns(mended.tags, IN.address)
    assert mended.tags["Name"] == bench.aws.physical(resource)
    assert not bench.changes(resource, mended)
    assert bench.silent(resource, None).id == theirs


def test_only_a_missing_tag_is_one_call(bench: Bench) -> None:
    bench.stand(VPC, SERVICE, BALANCER, IN)
    resource, known = bench.real(IN), bench.values[IN.address]["id"]
    aws = bench.aws
    with aws.writing("somebody"):
        aws.ec2.delete_tags(Resources=[known], Tags=[{"Key": key} for key in OURS.tags("", "")])
    live = bench.look(resource, known)
    assert [change.field for change in bench.changes(resource, live)] == ["tagged"]
    before = bench.border.tally.writes
    assert not bench.changes(resource, bench.update(resource, live, bench.changes(resource, live)))
    assert bench.border.tally.writes == before + 1


def test_a_rule_that_another_stack_tagged_stays_theirs(bench: Bench) -> None:
    bench.stand(VPC, SERVICE, BALANCER)
    group, peer = (bench.values[each.address]["id"] for each in (SERVICE, BALANCER))
    theirs = by_hand(bench, "authorize_security_group_ingress", group, UserIdGroupPairs=[{"GroupId": peer}])
    aws, foreign = bench.aws, Ownership("uat", "another-lineage").tags(IN.address, "uat-in")
    with aws.writing("somebody"):
        aws.ec2.create_tags(Resources=[theirs], Tags=[{"Key": k, "Value": v} for k, v in foreign.items()])
    resource = bench.real(IN)
    assert not is_ours(resource, bench.look(resource, None), bench.aws)


def test_a_rule_of_a_group_to_be_made_anew_is_not_searched_for(bench: Bench) -> None:
    assert IN.find(bench.aws, "sgr-0123456789abcdef0") is None


def test_a_rule_added_by_hand_is_noticed(bench: Bench) -> None:
    bench.stand(VPC, SERVICE, BALANCER, IN)
    check = only_these([at(SERVICE.address), at(BALANCER.address)], [at(IN.address)])
    assert check(bench.aws, bench.values)
    aws, group = bench.aws, bench.values[SERVICE.address]["id"]
    ssh: Any = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    with aws.writing("somebody"):
        aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ssh])
    assert not check(bench.aws, bench.values)


def test_an_endpoint_missing_from_a_table_is_noticed(bench: Bench) -> None:
    bench.stand(VPC, APP, PUBLIC, ROAD)
    assert on_tables([at(ROAD.address)], [at(APP.address)])(bench.aws, bench.values)
    assert not on_tables([at(ROAD.address)], [at(APP.address), at(PUBLIC.address)])(bench.aws, bench.values)


def refusing(code: str) -> Callable[[Call, Callable[[], Answer]], Answer]:
    """DeleteVpcEndpoints succeeds and says in its body that it has not."""
    item = f"<item><resourceId>vpce-1</resourceId><error><code>{code}</code><message>no</message></error></item>"
    body = f"<DeleteVpcEndpointsResponse><unsuccessful>{item}</unsuccessful></DeleteVpcEndpointsResponse>"

    def around(call: Call, act: Callable[[], Answer]) -> Answer:
        return Answer(200, (), body.encode()) if call.operation == "DeleteVpcEndpoints" else act()

    return around


@pytest.mark.parametrize(("code", "rises"), [("OperationNotPermitted", True), ("InvalidVpcEndpointId.NotFound", False)])
def test_a_failure_inside_an_answer_is_an_error_unless_it_is_gone(code: str, rises: bool) -> None:
    with Bench(Cloud(), refusing(code)).writing(ROAD) as aws:
        if not rises:
            ROAD.delete(aws, Live("vpce-1", {}))
            return
        with pytest.raises(Exception, match="OperationNotPermitted") as refused:
            ROAD.delete(aws, Live("vpce-1", {}))
    assert error_of(refused.value)[:2] == ("DeleteVpcEndpoints", code)


def test_an_interface_endpoint_is_paid_for_in_each_zone() -> None:
    both = (at("subnet/app-a"), at("subnet/app-b"))
    made = InterfaceEndpoint("logs", vpc=at("vpc/main"), service="logs", subnets=both, groups=())
    assert made.costs() == (("vpce.hour", 2.0),)
    assert ROAD.costs() == ()


@pytest.mark.parametrize("spelled", ["Deleting", "deleted"])
def test_states_are_read_in_either_spelling(bench: Bench, spelled: str) -> None:
    ours = Ownership("uat", "0123456789abcdef").tags(ROAD.address, "uat-s3")
    shown = {"VpcEndpointId": "vpce-1", "State": spelled, "Tags": [{"Key": k, "Value": v} for k, v in ours.items()]}
    aws = bench.aws
    key = ("ec2", aws.region, "describe_vpc_endpoints", repr(sorted({"Filters": aws.ours()}.items())))
    bench.border.inventory.get(key, aws.as_of, lambda: [shown])
    assert ROAD.find(aws, None) is None
