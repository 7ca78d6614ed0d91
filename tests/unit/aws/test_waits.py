"""All waiting as data: outcomes by AWS's own acceptors, and looks that are neither too many nor too late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muvi_provision.aws import waits
from muvi_provision.aws.waits import GONE, WAITS, Pace, Wait, next_poll, outcome, reason
from muvi_provision.resource import Declared, Live

steady = settings(derandomize=True, deadline=None, database=None, max_examples=200)
EVERY = {**WAITS, **GONE}
SECONDS = st.floats(min_value=0, max_value=10_000)
PACES = st.builds(Pace, st.sampled_from([0.0, 0.001, 0.01, 0.1, 1.0]), st.booleans())


def live(**raw: Any) -> Live:
    return Live("x-1", raw)


STATES = [
    ("vpc_available", live(State="available"), "success"),
    ("vpc_available", live(State="pending"), "retry"),
    ("subnet_available", live(State="available"), "success"),
    ("subnet_available", live(State="pending"), "retry"),
    ("nat_gateway_available", live(State="pending"), "retry"),
    ("nat_gateway_available", live(State="available"), "success"),
    ("nat_gateway_available", live(State="failed"), "failure"),
    ("nat_gateway_available", live(State="deleting"), "failure"),
    ("nat_gateway_available", live(State="deleted"), "failure"),
    ("vpc_endpoint_available", live(State="pending"), "retry"),
    ("vpc_endpoint_available", live(State="available"), "success"),
    ("vpc_endpoint_available", live(State="Available"), "success"),
    ("vpc_endpoint_available", live(State="failed"), "failure"),
    ("vpc_endpoint_available", live(State="Failed"), "failure"),
    ("vpc_endpoint_available", live(State="rejected"), "failure"),
    ("vpc_endpoint_available", live(State="deleting"), "failure"),
    ("load_balancer_available", live(State={"Code": "provisioning"}), "retry"),
    ("load_balancer_available", live(State={"Code": "active"}), "success"),
    ("load_balancer_available", live(State={"Code": "failed"}), "failure"),
    ("db_cluster_available", live(Status="creating"), "retry"),
    ("db_cluster_available", live(Status="available"), "success"),
    ("db_cluster_available", live(Status="failed"), "failure"),
    ("db_cluster_available", live(Status="inaccessible-encryption-credentials"), "failure"),
    ("db_cluster_available", live(Status="deleting"), "failure"),
    ("db_instance_available", live(DBInstanceStatus="configuring-log-exports"), "retry"),
    ("db_instance_available", live(DBInstanceStatus="available"), "success"),
    ("db_instance_available", live(DBInstanceStatus="incompatible-network"), "failure"),
    ("db_instance_available", live(DBInstanceStatus="storage-full"), "failure"),
    ("db_instance_available", live(DBInstanceStatus="deleting"), "failure"),
    ("db_proxy_available", live(Status="creating"), "retry"),
    ("db_proxy_available", live(Status="available"), "success"),
    ("db_proxy_available", live(Status="incompatible-network"), "failure"),
    ("db_proxy_available", live(Status="insufficient-resource-limits"), "failure"),
    ("db_proxy_available", live(Status="deleting"), "failure"),
    ("db_proxy_endpoint_available", live(Status="modifying"), "retry"),
    ("db_proxy_endpoint_available", live(Status="available"), "success"),
    ("db_proxy_endpoint_available", live(Status="incompatible-network"), "failure"),
    ("db_proxy_endpoint_available", live(Status="deleting"), "failure"),
    ("db_proxy_target_healthy", live(Health="REGISTERING"), "retry"),
    ("db_proxy_target_healthy", live(Health="AVAILABLE"), "success"),
    ("db_proxy_target_healthy", live(Health="UNAVAILABLE"), "failure"),
    ("replication_group_available", live(Status="snapshotting"), "retry"),
    ("replication_group_available", live(Status="available"), "success"),
    ("replication_group_available", live(Status="create-failed"), "failure"),
    ("replication_group_available", live(Status="deleting"), "failure"),
    ("namespace_ready", live(OperationStatus="SUBMITTED"), "retry"),
    ("namespace_ready", live(OperationStatus="PENDING"), "retry"),
    ("namespace_ready", live(OperationStatus="SUCCESS"), "success"),
    ("namespace_ready", live(OperationStatus="FAIL"), "failure"),
    ("service_rolled_out", live(rollout="going on"), "retry"),
    ("service_rolled_out", live(rollout="done"), "success"),
    ("service_rolled_out", live(rollout="failed"), "failure"),
    ("service_rolled_out", live(rollout="deleting"), "failure"),
    ("certificate_asked", live(state="asked"), "retry"),
    ("certificate_asked", live(state="told"), "success"),
    ("certificate_asked", live(state="dead"), "failure"),
    ("distribution_deployed", live(Status="InProgress"), "retry"),
    ("distribution_deployed", live(Status="Deployed"), "success"),
    ("certificate_issued", live(state="pending"), "retry"),
    ("certificate_issued", live(state="issued"), "success"),
    ("certificate_issued", live(state="undelegated"), "success"),
    ("certificate_issued", live(state="failed"), "failure"),
    ("function_active", live(Readiness="going on"), "retry"),
    ("function_active", live(Readiness="ready"), "success"),
    ("function_active", live(Readiness="failed"), "failure"),
    ("function_active", live(Readiness="deleting"), "failure"),
    ("state_machine_active", live(status="CREATING"), "retry"),
    ("state_machine_active", live(status="ACTIVE"), "success"),
    ("state_machine_active", live(status="DELETING"), "failure"),
]


@pytest.mark.parametrize(("name", "seen", "wanted"), STATES)
def test_outcomes(name: str, seen: Live, wanted: str) -> None:
    assert outcome(name, seen) == wanted


@pytest.mark.parametrize("name", WAITS)
def test_what_is_not_shown_is_not_ready(name: str) -> None:
    assert outcome(name, None) == "retry"


@pytest.mark.parametrize("name", WAITS)
def test_every_wait_is_tried_in_each_of_its_outcomes(name: str) -> None:
    seen = {wanted for tried, _, wanted in STATES if tried == name}
    assert {"success", "retry"} <= seen
    if WAITS[name].reason:
        assert "failure" in seen


def test_reasons() -> None:
    failed = live(FailureCode="Gateway.NotAttached", FailureMessage="no internet gateway")
    assert reason("nat_gateway_available", failed) == "Gateway.NotAttached: no internet gateway"
    assert reason("nat_gateway_available", live(FailureMessage="only this")) == "only this"
    assert reason("vpc_endpoint_available", live(LastError={"Code": "a", "Message": "b"})) == "a: b"
    assert reason("vpc_endpoint_available", live(LastError=None)) == ""
    assert reason("nat_gateway_available", None) == ""
    assert reason("vpc_available", live(State="available")) == ""


@pytest.mark.parametrize("name", EVERY)
def test_every_wait_makes_sense(name: str) -> None:
    wait = EVERY[name]
    assert 0 < wait.usual < wait.limit
    assert wait.limit <= 7200
    assert wait.slow or wait.usual <= 5


def test_waits_that_classes_name_exist() -> None:
    for kind in Declared.kinds.values():
        declared = kind.declared
        assert not declared.ready or declared.ready in WAITS, declared.kind
        assert not declared.gone or declared.gone in GONE, declared.kind


@steady
@given(SECONDS, st.floats(min_value=0.5, max_value=900), PACES)
def test_the_next_look_is_always_in_the_future_and_never_far(elapsed: float, usual: float, pace: Pace) -> None:
    pause = next_poll(elapsed, usual, pace)
    assert pause > 0
    assert pause <= max(20.0, usual * pace.scale, elapsed / 40)


def polls(wait: Wait, until: float, pace: Pace) -> Iterator[float]:
    elapsed = 0.0
    while elapsed < until:
        elapsed += next_poll(elapsed, wait.usual, pace)
        yield elapsed


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("scale", [1.0, 0.1, 0.01])
def test_up_to_the_usual_time_the_looks_are_few(name: str, scale: float) -> None:
    usual = EVERY[name].usual * scale
    known = list(polls(EVERY[name], usual, Pace(scale)))
    assert len(known) <= 5
    assert known[0] >= usual * 0.8, "none before it can be ready"
    assert len(list(polls(EVERY[name], usual, Pace(scale, known=False)))) <= 20


@pytest.mark.parametrize("name", EVERY)
def test_what_is_ready_at_its_usual_time_is_seen_soon_after(name: str) -> None:
    """Waiting adds little to what AWS takes, at any speed."""
    wait = EVERY[name]
    for scale in (1.0, 0.1):
        for ready in (wait.usual * scale, wait.usual * scale * 1.3):
            seen = next(at for at in polls(wait, 1e9, Pace(scale)) if at >= ready)
            assert seen - ready <= max(1.0, 0.15 * wait.usual * scale)


@pytest.mark.parametrize("name", EVERY)
def test_until_the_limit_the_looks_are_bearable(name: str) -> None:
    assert len(list(polls(EVERY[name], EVERY[name].limit, Pace()))) <= 150


def test_in_an_instant_cloud_nothing_is_waited_for_long() -> None:
    assert next_poll(0, 150, Pace(0)) == 0.05
    assert len(list(polls(WAITS["load_balancer_available"], 1.0, Pace(0)))) <= 21


def test_where_the_pace_is_not_known_the_first_look_is_early() -> None:
    assert next_poll(0, 150, Pace(1.0, known=False)) <= 1.0
    assert next_poll(0, 150, Pace(1.0)) == 120


def test_every_wait_has_its_acceptors() -> None:
    for name in WAITS:
        assert any(acceptor.state == "success" for acceptor in waits._acceptors(name))
