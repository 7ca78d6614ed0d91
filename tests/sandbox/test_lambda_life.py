"""Functions come up, are changed and go; their interfaces outlive them (aws-reality 7.1 b, f)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.lambda_world import Functions, zipped
from tests.sandbox.refusals import group, refused


@pytest.fixture
def slowly(slow: Cloud, connect: Connect, clock: Leaping) -> Functions:
    return Functions(slow, connect, clock)


@pytest.fixture
def at_once(cloud: Cloud, connect: Connect, clock: Leaping) -> Functions:
    return Functions(cloud, connect, clock)


@pytest.fixture
def failing(connect: Connect, clock: Leaping) -> Iterator[Cloud]:
    made = Cloud(clock, speed=1, faults=Faults(fail_ready=frozenset({"lambda_function"})))
    yield made
    made.reset()


def test_from_pending_to_active(slowly: Functions) -> None:
    made = slowly.make()
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    assert refused(slowly.api.invoke, FunctionName="sync") == "ResourceConflictException"
    told = {"FunctionName": "sync", "Timeout": 9}
    assert refused(slowly.api.update_function_configuration, **told) == "ResourceConflictException"
    slowly.clock.sleep(4)
    assert (slowly.seen()["State"], slowly.seen()["LastUpdateStatus"]) == ("Active", "Successful")
    slowly.api.update_function_configuration(**told)


def test_with_nothing_to_wait_for(at_once: Functions) -> None:
    assert at_once.make()["State"] == "Pending"
    assert at_once.seen()["State"] == "Active"
    changed = at_once.api.update_function_configuration(FunctionName="sync", MemorySize=256)
    assert changed["LastUpdateStatus"] == "InProgress"
    assert (at_once.seen()["LastUpdateStatus"], at_once.seen()["MemorySize"]) == ("Successful", 256)
    for waiter in ("function_active_v2", "function_updated_v2"):
        at_once.api.get_waiter(waiter).wait(FunctionName="sync")


def test_one_update_after_the_other(slowly: Functions) -> None:
    slowly.make()
    slowly.clock.sleep(4)
    before = slowly.seen()
    slowly.api.update_function_code(FunctionName="sync", ZipFile=zipped({"index.py": b"pass"}))
    assert slowly.seen()["LastUpdateStatus"] == "InProgress"
    code = {"FunctionName": "sync", "ZipFile": zipped()}
    assert refused(slowly.api.update_function_code, **code) == "ResourceConflictException"
    assert refused(slowly.api.delete_function, FunctionName="sync") == "ResourceConflictException"
    tagging = {"Resource": before["FunctionArn"], "Tags": {"a": "b"}}
    assert refused(slowly.api.tag_resource, **tagging) == "ResourceConflictException"
    slowly.clock.sleep(6)
    after = slowly.seen()
    assert after["LastUpdateStatus"] == "Successful"
    assert after["CodeSha256"] != before["CodeSha256"]
    stale = {"FunctionName": "sync", "RevisionId": before["RevisionId"], "Timeout": 4}
    assert refused(slowly.api.update_function_configuration, **stale) == "PreconditionFailedException"
    slowly.api.update_function_configuration(**(stale | {"RevisionId": after["RevisionId"]}))


def test_the_first_in_a_vpc_takes_longer(slowly: Functions) -> None:
    slowly.make("first", VpcConfig=slowly.place(0, 1))
    slowly.clock.sleep(30)
    assert slowly.seen("first")["State"] == "Pending"
    slowly.clock.sleep(31)
    assert slowly.seen("first")["State"] == "Active"
    assert slowly.seen("first")["VpcConfig"]["VpcId"] == slowly.net.vpc
    slowly.make("second", VpcConfig=slowly.place(1, 0))
    slowly.clock.sleep(6)
    assert slowly.seen("second")["State"] == "Active"
    described = [one["Description"] for one in slowly.interfaces()]
    assert len(described) == 2
    assert all(one.startswith("AWS Lambda VPC ENI-first-") for one in described)
    other = group(slowly.ec2, slowly.net.vpc, "other")
    slowly.make("third", VpcConfig=slowly.place(0, groups=[other]))
    assert len(slowly.interfaces()) == 3


def test_interfaces_go_long_after_the_last_function(slowly: Functions) -> None:
    for name in ("first", "second"):
        slowly.make(name, VpcConfig=slowly.place(0))
        slowly.clock.sleep(61)
    slowly.api.delete_function(FunctionName="first")
    slowly.clock.sleep(3600)
    assert len(slowly.interfaces()) == 1
    slowly.api.delete_function(FunctionName="second")
    assert refused(slowly.api.get_function, FunctionName="second") == "ResourceNotFoundException"
    slowly.clock.sleep(1100)
    subnet = slowly.net.subnets[0]
    assert refused(slowly.ec2.delete_subnet, SubnetId=subnet) == "DependencyViolation"
    assert refused(slowly.ec2.delete_security_group, GroupId=slowly.group) == "DependencyViolation"
    slowly.clock.sleep(101)
    slowly.ec2.delete_subnet(SubnetId=subnet)
    slowly.ec2.delete_security_group(GroupId=slowly.group)


def test_a_function_takes_over_what_is_going(slowly: Functions) -> None:
    slowly.make("first", VpcConfig=slowly.place(0))
    slowly.clock.sleep(61)
    slowly.api.delete_function(FunctionName="first")
    slowly.clock.sleep(600)
    slowly.make("second", VpcConfig=slowly.place(0))
    slowly.clock.sleep(3600)
    assert slowly.seen("second")["State"] == "Active"
    assert len(slowly.interfaces()) == 1


def test_out_of_the_vpc(slowly: Functions) -> None:
    """aws-reality 7.1 f: the faster way."""
    slowly.make(VpcConfig=slowly.place(0, 1))
    slowly.clock.sleep(61)
    slowly.api.update_function_configuration(FunctionName="sync", VpcConfig=slowly.place(1, 2))
    assert len(slowly.interfaces()) == 3
    slowly.clock.sleep(6)
    assert slowly.seen()["LastUpdateStatus"] == "InProgress"
    slowly.clock.sleep(25)
    assert slowly.seen()["LastUpdateStatus"] == "Successful"
    nowhere: dict[str, list[str]] = {"SubnetIds": [], "SecurityGroupIds": []}
    slowly.api.update_function_configuration(FunctionName="sync", VpcConfig=nowhere)
    slowly.clock.sleep(1201)
    assert slowly.interfaces() == []
    assert slowly.seen()["VpcConfig"]["SubnetIds"] == []


def test_without_its_role_an_interface_stays(slowly: Functions) -> None:
    slowly.make(VpcConfig=slowly.place(0))
    slowly.clock.sleep(61)
    slowly.api.delete_function(FunctionName="sync")
    (policy,) = slowly.iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]
    slowly.iam.detach_role_policy(RoleName="worker", PolicyArn=policy["PolicyArn"])
    slowly.iam.delete_role(RoleName="worker")
    slowly.clock.sleep(24 * 3600)
    assert len(slowly.interfaces()) == 1
    slowly.role_named("worker")
    slowly.clock.sleep(61)
    assert slowly.interfaces() == []


def test_with_nothing_to_wait_for_interfaces_go_at_once(at_once: Functions) -> None:
    before = at_once.cloud.snapshot()
    at_once.make(VpcConfig=at_once.place(0, 1), Tags={"a": "b"})
    assert len(at_once.interfaces()) == 2
    (described,) = at_once.cloud.snapshot()["lambda"]["me-central-1"]["function"].values()
    assert (described["state"], described["tags"]) == ("Active", {"a": "b"})
    at_once.api.delete_function(FunctionName="sync")
    assert at_once.cloud.snapshot() == before


def test_a_function_that_never_comes_up(failing: Cloud, connect: Connect, clock: Leaping) -> None:
    world = Functions(failing, connect, clock)
    world.make()
    clock.sleep(10)
    found = world.seen()
    assert (found["State"], found["StateReasonCode"]) == ("Failed", "InternalError")
    assert refused(world.api.invoke, FunctionName="sync") == "ResourceConflictException"
    failing.faults = Faults(never_ready=frozenset({"lambda_function"}))
    world.make("late")
    clock.sleep(100_000)
    assert world.seen("late")["State"] == "Pending"
    world.api.delete_function(FunctionName="late")


def test_an_update_that_fails(slowly: Functions) -> None:
    slowly.make()
    slowly.clock.sleep(4)
    slowly.cloud.faults = Faults(fail_ready=frozenset({"lambda_function_update"}))
    slowly.api.update_function_configuration(FunctionName="sync", Timeout=9)
    assert slowly.seen()["LastUpdateStatus"] == "InProgress"
    slowly.clock.sleep(6)
    found = slowly.seen()
    assert (found["LastUpdateStatus"], found["LastUpdateStatusReasonCode"]) == ("Failed", "InternalError")
    slowly.cloud.faults = Faults()
    slowly.api.update_function_configuration(FunctionName="sync", Timeout=9)
    slowly.clock.sleep(6)
    assert slowly.seen()["LastUpdateStatus"] == "Successful"


def test_a_subnet_that_is_full(slowly: Functions) -> None:
    """aws-reality 7.1 b: found out only after the function was accepted."""
    cidr = {"VpcId": slowly.net.vpc, "CidrBlock": "10.30.9.0/28", "AvailabilityZone": "me-central-1a"}
    small = slowly.ec2.create_subnet(**cidr)["Subnet"]["SubnetId"]
    for _ in range(11):
        slowly.ec2.create_network_interface(SubnetId=small)
    place = {"SubnetIds": [small], "SecurityGroupIds": [slowly.group]}
    assert slowly.make(VpcConfig=place)["State"] == "Pending"
    slowly.make("moved", VpcConfig=slowly.place(0))
    slowly.clock.sleep(61)
    assert (slowly.seen()["State"], slowly.seen()["StateReasonCode"]) == ("Failed", "SubnetOutOfIPAddresses")
    slowly.api.update_function_configuration(FunctionName="moved", VpcConfig=place)
    slowly.clock.sleep(31)
    assert slowly.seen("moved")["LastUpdateStatusReasonCode"] == "SubnetOutOfIPAddresses"
    slowly.api.delete_function(FunctionName="sync")


def test_a_vpc_has_so_many_interfaces_of_lambda(clock: Leaping, connect: Connect) -> None:
    """aws-reality 7.1 i."""
    few = Functions(Cloud(clock, speed=1, quotas={"lambda_interfaces_per_vpc": 1}), connect, clock)
    few.make("first", VpcConfig=few.place(0))
    few.make("second", VpcConfig=few.place(1))
    clock.sleep(61)
    assert few.seen("first")["State"] == "Active"
    failed = few.seen("second")
    assert (failed["State"], failed["StateReasonCode"]) == ("Failed", "EniLimitExceeded")
    few.cloud.reset()


def test_one_that_nobody_calls_falls_asleep(slowly: Functions) -> None:
    """aws-reality 7.1: the first call of it fails and wakes it."""
    slowly.make(VpcConfig=slowly.place(0))
    slowly.make("outside")
    slowly.clock.sleep(13 * 86_400)
    slowly.api.invoke(FunctionName="sync")
    slowly.clock.sleep(13 * 86_400)
    assert slowly.seen()["State"] == "Active"
    slowly.clock.sleep(2 * 86_400)
    asleep = slowly.seen()
    assert (asleep["State"], asleep["StateReasonCode"]) == ("Inactive", "Idle")
    assert slowly.seen("outside")["State"] == "Active"
    assert refused(slowly.api.invoke, FunctionName="sync") == "ResourceNotReadyException"
    assert slowly.seen()["State"] == "Pending"
    slowly.clock.sleep(61)
    slowly.api.invoke(FunctionName="sync")


def test_kept_over_a_restart(slowly: Functions, connect: Connect) -> None:
    slowly.make(VpcConfig=slowly.place(0), Tags={"a": "b"})
    slowly.clock.sleep(30)
    again = Cloud(slowly.clock, speed=1)
    persistence.load(again, persistence.dumped(slowly.cloud))
    assert again.snapshot() == slowly.cloud.snapshot()
    api: Any = connect(again, "lambda")
    assert api.get_function_configuration(FunctionName="sync")["State"] == "Pending"
    slowly.clock.sleep(31)
    assert api.get_function(FunctionName="sync")["Configuration"]["State"] == "Active"
    again.reset()
