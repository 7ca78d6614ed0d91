"""How objects are told apart when something has happened behind our back."""

from __future__ import annotations

from dataclasses import replace
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
        known_otherwise = wanted.declared.kind in ("security-group", "subnet")
        assert found is None or known_otherwise, "a group is known by its name too, a subnet by its addresses"


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


def test_a_subnet_that_has_the_addresses_is_shown_whoever_made_it(bench: Bench) -> None:
    bench.make(VPC)
    vpc = bench.values["vpc/main"]["id"]
    ec2(bench, "create_subnet", VpcId=vpc, CidrBlock="10.240.64.0/24")
    assert bench.real(APP_A).find(bench.aws, None) is None
    theirs = ec2(bench, "create_subnet", VpcId=vpc, CidrBlock="10.240.0.0/20")["Subnet"]["SubnetId"]
    live = bench.look(bench.real(APP_A), None)
    assert (live.id, live.tags) == (theirs, {})
    assert bench.real(APP_A).find(bench.aws, "subnet-0123456789abcdef0") is None


def test_a_subnet_of_ours_under_another_address_is_shown_with_its_tags(bench: Bench) -> None:
    bench.stand(VPC, APP_A)
    renamed = bench.real(replace(APP_A, name="app-c"))
    assert bench.look(renamed, None).tags["muvi:address"] == APP_A.address


def test_subnets_that_are_found_by_their_tags_are_listed_once(bench: Bench) -> None:
    bench.stand(VPC, APP_A, PUBLIC_A)
    aws, before = bench.aws, bench.border.tally.calls
    assert all(bench.real(each).find(aws, None) for each in (APP_A, PUBLIC_A))
    assert bench.border.tally.calls == before + 1
    new = [replace(APP_A, name=f"new-{number}", cidr=f"10.240.{number}.0/24") for number in range(20, 24)]
    assert not any(bench.real(each).find(aws, None) for each in new)
    assert bench.border.tally.calls == before + 2, "all that are new share one more listing"
    assert APP_A.find(aws, None) is not None
    assert new[0].find(aws, None) is None, "nobody asks for the subnets of a network that is still to come"
    assert bench.border.tally.calls == before + 2


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
