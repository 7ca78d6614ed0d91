"""Security groups and endpoints when AWS or somebody else does something else than asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network.endpoints import GatewayEndpoint, InterfaceEndpoint, on_tables
from muvi_provision.day1_network.security_groups import only_these
from muvi_provision.naming import Ownership
from muvi_provision.resource import Live
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from tests.resources.contract import Bench
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
