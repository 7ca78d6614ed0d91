"""What AWS lacks, gives up on or never finishes on days 2 and 3: it is said in words, and the rest is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from muvi_provision.aws import waits
from muvi_provision.cli.errors import exit_code
from muvi_provision.errors import AwsRefused, ReadinessFailed, TimedOut
from muvi_provision.sandbox.answers import Answer, Refused, error_answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud_map import OPERATION
from muvi_provision.sandbox.faults import Faults
from tests.canonical import canonical
from tests.laws.hands import assert_mended, assert_says, client, push, redeploy, undone, users_of, with_images
from tests.world import World

Worlds = Callable[..., World]


@pytest.fixture
def world(first_days: Worlds) -> Worlds:
    return first_days


@pytest.fixture
def built(built_first: Any) -> Any:
    return built_first


Built = Callable[[str], Any]


MACHINES = ("aurora-instance/main-writer", "aurora-instance/main-reader")
BEHIND = ("db-proxy-target/main", "service/main")
TOLD = ("parameter/caches/main/REDIS_HOST", "task-definition/main", "service/main")


@dataclass(frozen=True)
class Failure:
    """A kind of the sandbox that ends in its failed state, the object it is, what is said of it, what stands on it."""

    kind: str
    address: str
    says: tuple[str, ...]
    lost: tuple[str, ...]


PROXIED = tuple(f"parameter/databases/main/DB_{word}_HOST" for word in ("READ", "WRITE"))
ON_PROXY = (*PROXIED, "db-proxy-endpoint/main-read", "task-definition/main", *BEHIND)
FAILURES = [
    Failure("db_cluster", "aurora-cluster/main", ("failed: AWS could not", "db-cluster"), (*MACHINES, *BEHIND)),
    Failure("db_instance", MACHINES[0], ("incompatible-parameters: it does not start",), (MACHINES[1], *BEHIND)),
    Failure("db_proxy", "db-proxy/main", ("incompatible-network: AWS finds no place for it",), ON_PROXY),
    Failure("db_proxy_endpoint", "db-proxy-endpoint/main-read", ("type db-proxy --",), (PROXIED[0], *TOLD[1:])),
    Failure("replication_group", "replication-group/main", ("create-failed: AWS could not", "elasticache"), TOLD),
]


@pytest.mark.parametrize("failure", FAILURES, ids=[failure.kind for failure in FAILURES])
def test_what_aws_gives_up_on_is_made_anew_once_it_was_taken_away(
    world: Worlds, built: Built, failure: Failure
) -> None:
    one = world("tiny", faults=Faults(fail_ready=frozenset({failure.kind})))
    assert_gives_up(one, failure)
    assert not one.teardown().errors, "as soon as that"
    assert one.cloud.snapshot() == one.empty
    assert_gives_up(one, failure)
    one.cloud.faults = Faults()
    assert one.run().counts.writes == 0, "what AWS gave up on is never deleted by a run"
    assert not one.teardown(only=users_of(one, failure.address)).errors
    report = one.run()
    assert not report.errors
    assert canonical(one.cloud.snapshot()) == built("tiny")
    assert one.plan().is_empty


def assert_gives_up(one: World, failure: Failure) -> None:
    report = one.run()
    assert set(report.errors) == {failure.address}
    error = report.errors[failure.address]
    assert_says(error, ReadinessFailed, *failure.says, "describe-events", "--region eu-central-1")
    assert error.next == (f"muvi teardown --only {failure.address} --with-users", "muvi run")
    assert set(report.skipped) == set(failure.lost)
    assert undone(one) == {failure.address, *failure.lost}


@pytest.mark.parametrize(
    ("kind", "address", "wait"),
    [
        ("db_instance", MACHINES[0], "db_instance_available"),
        ("replication_group", "replication-group/main", "replication_group_available"),
        ("db_proxy_target", "db-proxy-target/main", "db_proxy_target_healthy"),
        (OPERATION, "namespace/main", "namespace_ready"),
    ],
)
def test_what_never_gets_ready(world: Worlds, kind: str, address: str, wait: str) -> None:
    one = world("tiny", speed=1, faults=Faults(never_ready=frozenset({kind})))
    report = one.run()
    assert set(report.errors) == {address}
    assert exit_code(report) == TimedOut.exit_code
    assert_says(report.errors[address], TimedOut, waits.WAITS[wait].slow, "usually")
    assert set(report.skipped) == undone(one) - {address}
    began = one.clock.monotonic()
    assert set(one.run().errors) == {address}, "and a second run waits for it, and makes no second one"
    assert waits.WAITS[wait].limit <= one.clock.monotonic() - began <= 1.1 * waits.WAITS[wait].limit
    record = one.site().state.record(address)
    assert record is not None and record.id, "AWS goes on making it"


NO_CAPACITY = ("InsufficientStorageClusterCapacity", "There is insufficient storage available for this action.")


def test_one_database_of_many_that_cannot_be_made_costs_nobody_else_anything(world: Worlds, built: Built) -> None:
    one = world("uat")

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        if call.operation == "CreateDBCluster" and call.params["DBClusterIdentifier"] == "uat-offer":
            return error_answer(call.protocol, Refused(*NO_CAPACITY), call.service)
        return go()

    one._around = around
    report = one.run()
    assert set(report.errors) == {"aurora-cluster/offer"}
    assert_says(report.errors["aurora-cluster/offer"], AwsRefused, NO_CAPACITY[0], "AWS has none left")
    assert report.errors["aurora-cluster/offer"].next == ("muvi run",)
    users = [f"service/{name}" for name in one.environment.databases["offer"].used_by]
    skipped = {address for address in report.skipped if not address.startswith(("parameter/", "task-definition/"))}
    assert "service/offer" in skipped
    assert skipped <= {"aurora-instance/offer-writer", "aurora-instance/offer-reader", *users}
    one._around = None
    assert_mended(one, made={"aurora-cluster/offer", *report.skipped})
    assert canonical(one.cloud.snapshot()) == built("uat")


def test_an_operation_that_fails_leaves_nothing_to_wait_for(world: Worlds, built: Built) -> None:
    one = world("tiny", speed=1, faults=Faults(fail_ready=frozenset({OPERATION})))
    for _ in range(2):
        report = one.run()
        assert set(report.errors) == {"namespace/main"}
        assert_says(report.errors["namespace/main"], ReadinessFailed, "InternalError", "internal failure")
        assert report.errors["namespace/main"].next == ("muvi run",)
        assert set(report.skipped) == {"discovery-service/gateway", "service/gateway"}
    assert {finding.address for finding in one.drift().vanished} == {"namespace/main"}
    one.cloud.faults = Faults()
    assert not one.teardown().errors
    assert one.cloud.snapshot() == one.empty
    assert not one.run().errors
    assert canonical(one.cloud.snapshot()) == built("tiny")


def test_a_zone_of_somebody_elses_stands_in_the_way_of_ours(world: Worlds, built: Built) -> None:
    one = world("tiny")
    one.run(steps=["1.1"])
    dns, network = client(one, "route53"), one.site().state.record("vpc/main")
    zone = dns.create_hosted_zone(
        Name="internal",
        CallerReference="theirs",
        VPC={"VPCRegion": one.region, "VPCId": network and network.id},
        HostedZoneConfig={"PrivateZone": True},
    )["HostedZone"]["Id"]
    report = one.run()
    assert set(report.errors) == {"namespace/main"}
    assert_says(report.errors["namespace/main"], ReadinessFailed, "CANNOT_CREATE_HOSTED_ZONE", "already")
    dns.delete_hosted_zone(Id=zone)
    assert_mended(one, made={"namespace/main", "discovery-service/gateway", "service/gateway"})
    assert canonical(one.cloud.snapshot()) == built("tiny")


def test_a_proxy_that_may_not_read_the_secret(world: Worlds, built: Built) -> None:
    """Its role loses its policy behind our back: the run sees that, and its target says so until IAM has caught up."""
    one = world("tiny", speed=1)
    one.run()
    client(one, "iam").delete_role_policy(RoleName="tiny-database-proxies", PolicyName="permissions")
    one.clock.sleep(600)
    assert {finding.address for finding in one.drift().changed} == {"role/database-proxies"}
    report = one.run()
    assert set(report.errors) <= {"db-proxy-target/main"}
    for error in report.errors.values():
        assert_says(error, ReadinessFailed, "cannot sign in: its role may not read the secret", "credentials")
        assert error.next == ("muvi run",)
    one.clock.sleep(600)
    assert_mended(one, made=set())
    assert canonical(one.cloud.snapshot()) == built("tiny")


SAID = {"exit": ("exit code 1", "ended by itself"), "unhealthy": ("ELB health checks", "grace_s")}


@pytest.mark.parametrize("speed", [0, 1])
@pytest.mark.parametrize("how", sorted(SAID))
def test_a_container_that_does_not_stay_up(world: Worlds, how: str, speed: float) -> None:
    one = with_images(world("tiny", speed=speed, faults=Faults(crash={"tiny-main": how})))
    began = one.clock.monotonic()
    report = one.run()
    assert set(report.errors) == {"service/main"} == undone(one)
    assert_says(report.errors["service/main"], ReadinessFailed, *SAID[how])
    assert report.errors["service/main"].next == ("muvi logs main", "muvi redeploy main")
    assert one.clock.monotonic() - began < 1600, "long before ECS itself gives up"
    one.cloud.faults = Faults()
    if speed:
        redeploy(one, "main")
    else:
        push(one, "mended", "main")
    assert_mended(one, made=set() if speed else {"service/main", "task-definition/main"})
    assert not one.teardown().errors
    assert one.cloud.snapshot() == one.empty
