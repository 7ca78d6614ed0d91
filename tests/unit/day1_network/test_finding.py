"""How objects are told apart when something has happened behind our back."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network.tagged import ranked, unless_gone
from muvi_provision.naming import Ownership
from muvi_provision.resource import Handle, Resource
from tests.resources.contract import OURS, Bench
from tests.resources.examples import ADDRESS, APP, APP_A, BALANCER, INTERNET, NAT, PUBLIC_A, SERVICE, VPC, at, rule

NETWORK: tuple[Resource, ...] = (VPC, APP_A, PUBLIC_A, INTERNET, ADDRESS, NAT, APP, SERVICE, BALANCER)


@pytest.fixture
def network(bench: Bench) -> Bench:
    bench.stand(*NETWORK)
    return bench


def ec2(bench: Bench, operation: str, **params: Any) -> Any:
    """A change by hand, past the product."""
    aws = bench.aws
    with aws.writing("somebody"):
        return getattr(aws.ec2, operation)(**params)


def test_without_its_tags_it_is_found_by_id_only(network: Bench) -> None:
    for wanted in NETWORK:
        known, resource = network.values[wanted.address]["id"], network.real(wanted)
        ec2(network, "delete_tags", Resources=[known], Tags=[{"Key": key} for key in OURS.tags("", "")])
        live = resource.find(network.aws, known)
        assert live is not None
        assert not live.tags
        found = resource.find(network.aws, None)
        assert found is None or wanted.declared.kind == "security-group", "a group is known by its name too"


def test_a_group_of_the_same_name_is_shown_whoever_made_it(bench: Bench) -> None:
    bench.make(VPC)
    vpc = bench.values["vpc/main"]["id"]
    theirs = ec2(bench, "create_security_group", GroupName="UAT-svc-main", Description="theirs", VpcId=vpc)["GroupId"]
    live = bench.real(SERVICE).find(bench.aws, None)
    assert live is not None
    assert (live.id, live.tags) == (theirs, {})


def test_a_rule_that_says_the_same_is_shown_whoever_made_it(network: Bench) -> None:
    wanted = rule("mine", "ingress", "security-group/svc-main", source=at("security-group/alb-internal"))
    pair = {"GroupId": network.values["security-group/alb-internal"]["id"], "Description": "by hand"}
    said = {"IpProtocol": "tcp", "FromPort": 5002, "ToPort": 5002, "UserIdGroupPairs": [pair]}
    group = network.values["security-group/svc-main"]["id"]
    made = ec2(network, "authorize_security_group_ingress", GroupId=group, IpPermissions=[said])
    live = network.real(wanted).find(network.aws, None)
    assert live is not None
    assert live.id == made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    other = rule("other", "ingress", "security-group/svc-main", source=at("security-group/alb-internal"), to_port=5003)
    assert network.real(other).find(network.aws, None) is None


def test_another_stack_of_the_same_name_is_shown_but_ours_goes_before(bench: Bench) -> None:
    foreign = Ownership("uat", "another-lineage").tags(VPC.address, "uat-main")
    tagged = [{"ResourceType": "vpc", "Tags": [{"Key": key, "Value": value} for key, value in foreign.items()]}]
    theirs = ec2(bench, "create_vpc", CidrBlock="10.250.0.0/16", TagSpecifications=tagged)["Vpc"]["VpcId"]
    assert bench.look(VPC, None).id == theirs
    ours = bench.make(VPC)
    assert bench.look(VPC, None).id == ours.id != theirs


def test_an_id_that_is_not_there_is_nothing(network: Bench) -> None:
    for wanted in NETWORK:
        known = network.values[wanted.address]["id"]
        gone = known[:-8] + ("0" * 8 if not known.endswith("0" * 8) else "1" * 8)
        assert network.real(wanted).find(network.aws, gone) is None


def test_ids_stand_in_the_wanted_order() -> None:
    wanted: tuple[Handle[Any], ...] = (
        Handle("subnet/b", {"id": "s-2"}),
        Handle("subnet/a", {"id": "s-1"}),
        Handle("subnet/new"),
    )
    assert ranked(["s-9", "s-1", "s-2"], wanted) == ("s-2", "s-1", "s-9")


def test_only_what_is_gone_passes_as_gone(bench: Bench) -> None:
    with unless_gone():
        bench.aws.ec2.describe_vpcs(VpcIds=["vpc-0123456789abcdef0"])
    with pytest.raises(Exception) as refused, unless_gone():
        bench.aws.ec2.describe_vpcs(Filters=[{"Name": "no-such-filter", "Values": ["x"]}])
    assert not error_of(refused.value)[1].endswith("NotFound")
