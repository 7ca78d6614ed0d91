"""Proxies: whether they get through to their database, and why not, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.aws import waits
from muvi_provision.day2_data.proxies import DbProxy
from muvi_provision.day2_data.proxy_targets import WHY, ProxyTarget
from muvi_provision.engine.settling import not_ready
from muvi_provision.resource import Handle, Live, Unknown
from muvi_provision.sandbox.cloud import Cloud
from tests.resources import examples_data as examples
from tests.resources.contract import Bench

WAIT = ProxyTarget.declared.ready


@pytest.fixture(scope="module")
def behind() -> Bench:
    """A database, its proxy's role, and the rules between them."""
    bench = Bench(Cloud(speed=0))
    bench.stand(*examples.BEHIND)
    return bench


def looked_at(bench: Bench, proxy: DbProxy) -> tuple[ProxyTarget, Live]:
    """A target behind that proxy, as it is seen after its registration."""
    bench.make(proxy)
    wanted = bench.real(replace(examples.TARGET, name=proxy.name, proxy=examples.at(proxy.address)))
    assert isinstance(wanted, ProxyTarget)
    with bench.writing(wanted) as aws:
        made = wanted.create(aws)
    return wanted, bench.look(wanted, made)


def test_it_gets_through(behind: Bench) -> None:
    wanted, live = looked_at(behind, replace(examples.PROXY, name="fine"))
    assert waits.outcome(WAIT, live) == "success"
    assert wanted.observe(live) == {"cluster": "uat-main"}


def test_a_role_that_may_not_read_the_secret(behind: Bench) -> None:
    role = {"role": examples.at(examples.OTHER_ROLE.address), "role_arn": Unknown("role/other", "arn")}
    wanted, live = looked_at(behind, replace(examples.PROXY, name="stranger", **role))  # type: ignore[arg-type]
    assert waits.outcome(WAIT, live) == "failure"
    told = not_ready(wanted, live)
    assert told.why.startswith(WHY["AUTH_FAILURE"])
    assert told.next == ("muvi run",)


def test_a_group_that_the_database_does_not_let_in(behind: Bench) -> None:
    groups = (examples.at(examples.DATABASES.address),)
    _, live = looked_at(behind, replace(examples.PROXY, name="outside", groups=groups))
    assert waits.outcome(WAIT, live) == "failure"
    assert waits.reason(WAIT, live).startswith(WHY["UNREACHABLE"])


@pytest.mark.parametrize(
    ("health", "outcome"),
    [
        ({}, "retry"),
        ({"State": "REGISTERING"}, "retry"),
        ({"State": "UNAVAILABLE", "Reason": "PENDING_PROXY_CAPACITY"}, "retry"),
        ({"State": "UNAVAILABLE", "Reason": "CONNECTION_FAILED"}, "failure"),
        ({"State": "AVAILABLE"}, "success"),
    ],
)
def test_only_what_will_not_pass_is_a_failure(health: dict[str, str], outcome: str) -> None:
    from muvi_provision.day2_data.proxy_targets import _health

    reader = {"Type": "RDS_INSTANCE", "Role": "READ_ONLY", "TargetHealth": {"State": "REGISTERING"}}
    writer = {"Type": "RDS_INSTANCE", "Role": "READ_WRITE", "TargetHealth": health}
    seen = _health([{"Type": "TRACKED_CLUSTER"}, reader, writer] if health else [{"Type": "TRACKED_CLUSTER"}])
    assert waits.outcome(WAIT, Live("uat-main/default", seen)) == outcome


def test_a_proxy_that_is_being_made_tells_nothing_of_its_pool() -> None:
    proxy = replace(examples.PROXY, subnets=(), groups=())
    raw: dict[str, Any] = {
        "Auth": [{"SecretArn": "arn:secret"}],
        "RoleArn": "arn:role",
        "VpcSubnetIds": [],
        "VpcSecurityGroupIds": [],
        "RequireTLS": True,
        "IdleClientTimeout": 1800,
        "Pool": {},
    }
    assert not {"max_percent", "idle_percent", "borrow_s"} & proxy.observe(Live("uat-main", raw)).keys()
    told = proxy.observe(Live("uat-main", {**raw, "Pool": {"MaxConnectionsPercent": 100}}))
    assert told["max_percent"] == 100


@pytest.mark.parametrize(("vcpus", "billed"), [(0, 2.0), (1, 2.0), (2, 2.0), (16, 16.0)])
def test_it_is_billed_for_two_processors_at_least(vcpus: int, billed: float) -> None:
    role: Handle[Any] = Handle("role/database-proxies")
    assert replace(examples.PROXY, role=role, vcpus=vcpus).costs() == (("rdsproxy.vcpu", billed),)
