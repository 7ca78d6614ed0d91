"""What is sent again and what is not: a repeated write would make a second one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import (
    CREATING,
    DELETING,
    THROTTLES,
    Patience,
    Retries,
    is_gone,
    is_lost,
    patience_for,
    patiently,
)
from tests.unit.aws.conftest import Half, Timed, Wire, client_error, ec2_error, query_error

VPC = (200, "<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>")
VPCS = (200, "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>")
URL = "https://ec2.test/"
NEVER_SENT = [EndpointConnectionError(endpoint_url=URL), ConnectTimeoutError(endpoint_url=URL)]
LOST = [ConnectionClosedError(endpoint_url=URL), ReadTimeoutError(endpoint_url=URL), HTTPClientError(error="?")]


def create(aws: Aws) -> Any:
    with aws.writing("vpc/main"):
        return aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")


def named(errors: list[Any]) -> list[str]:
    return [type(error).__name__ for error in errors]


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "Throttling", "SlowDown"])
@pytest.mark.parametrize("status", [400, 503])
def test_a_throttled_write_is_sent_again(aws: Aws, wire: Wire, clock: Timed, code: str, status: int) -> None:
    wire.replies = [ec2_error(code, status)] * 3 + [VPC]
    assert create(aws)["Vpc"]["VpcId"] == "vpc-1"
    assert len(wire.sent) == 4
    assert clock.slept == sorted(clock.slept)
    assert aws.border.tally.writes == 1, "however often it is sent"


def test_throttling_ends_some_time(aws: Aws, wire: Wire, clock: Timed, refused: Callable[..., str]) -> None:
    wire.replies = [ec2_error("RequestLimitExceeded", 503)]
    assert refused(lambda: create(aws)) == "RequestLimitExceeded"
    assert len(wire.sent) == Retries.throttled_limit
    assert 30 < sum(clock.slept) < 300
    assert max(clock.slept) <= 20


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_may_have_been_carried_out_is_not_sent_again(
    aws: Aws, wire: Wire, refused: Callable[..., str], status: int
) -> None:
    wire.replies = [ec2_error("InternalError", status), VPC]
    assert refused(lambda: create(aws)) == "InternalError"
    assert wire.sent == ["CreateVpc"]


@pytest.mark.parametrize("error", LOST, ids=named(LOST))
def test_a_write_whose_answer_was_lost_is_not_sent_again(aws: Aws, wire: Wire, error: Exception) -> None:
    wire.replies = [error, VPC]
    with pytest.raises(type(error)) as caught:
        create(aws)
    assert is_lost(caught.value)
    assert wire.sent == ["CreateVpc"]


@pytest.mark.parametrize("reply", [*LOST, *[ec2_error("InternalError", status) for status in (500, 502, 503, 504)]])
def test_a_read_that_was_lost_is_sent_again(aws: Aws, wire: Wire, reply: Any) -> None:
    wire.replies = [reply, reply, VPCS]
    assert aws.ec2.describe_vpcs()["Vpcs"] == []
    assert len(wire.sent) == 3


def test_a_read_that_is_always_lost_ends_some_time(aws: Aws, wire: Wire, refused: Callable[..., str]) -> None:
    wire.replies = [ec2_error("InternalError", 500)]
    assert refused(aws.ec2.describe_vpcs) == "InternalError"
    assert len(wire.sent) == Retries.transient_limit


@pytest.mark.parametrize("error", NEVER_SENT, ids=named(NEVER_SENT))
def test_a_write_that_never_left_is_sent_again(aws: Aws, wire: Wire, error: Exception) -> None:
    wire.replies = [error, error, VPC]
    assert create(aws)["Vpc"]["VpcId"] == "vpc-1"
    assert not is_lost(error)


@pytest.mark.parametrize("code", ["InvalidVpc.Range", "UnauthorizedOperation", "VpcLimitExceeded", "ExpiredToken"])
def test_a_refusal_is_not_sent_again(
    aws: Aws, wire: Wire, refused: Callable[..., str], clock: Timed, code: str
) -> None:
    wire.replies = [ec2_error(code)]
    assert refused(lambda: create(aws)) == code
    assert refused(aws.ec2.describe_vpcs) == code
    assert len(wire.sent) == 2
    assert clock.slept == []


def test_once_stopping_nothing_is_sent_again(aws: Aws, wire: Wire, refused: Callable[..., str]) -> None:
    aws.border.stopping.set()
    wire.replies = [ec2_error("RequestLimitExceeded", 503)]
    assert refused(lambda: create(aws)) == "RequestLimitExceeded"
    assert len(wire.sent) == 1


def test_another_protocol_is_throttled_in_its_own_words(aws: Aws, wire: Wire) -> None:
    wire.replies = [
        query_error("Throttling"),
        (200, "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult/></DescribeLoadBalancersResponse>"),
    ]
    aws.elbv2.describe_load_balancers()
    assert len(wire.sent) == 2


class Refusing:
    """Raises in turn, then answers."""

    def __init__(self, *errors: BaseException, for_ever: bool = False) -> None:
        self.errors, self.for_ever, self.called = list(errors), for_ever, 0

    def __call__(self) -> str:
        self.called += 1
        if self.for_ever:
            raise self.errors[0]
        if self.errors:
            raise self.errors.pop(0)
        return "made"


def patient(call: Callable[[], str], clock: Timed, stopping: threading.Event | None = None) -> str:
    return patiently(call, clock, Half(), stopping or threading.Event())


UNSEEN = client_error("InvalidVpcID.NotFound")


def test_what_is_not_seen_yet_is_tried_again(clock: Timed) -> None:
    call = Refusing(UNSEEN, UNSEEN, UNSEEN)
    assert patient(call, clock) == "made"
    assert call.called == 4
    assert sum(clock.slept) < 10


@pytest.mark.parametrize("row", CREATING, ids=lambda row: f"{row.operation} {row.code}")
def test_every_row_has_its_limit_by_the_clock(clock: Timed, row: Patience) -> None:
    operation = "CreateThing" if row.operation == "*" else row.operation
    error = client_error(row.code.replace("*", "Thing"), f"because {row.phrase} so", operation)
    found = patience_for(error, CREATING)
    assert found is not None
    call = Refusing(error, for_ever=True)
    with pytest.raises(type(error)) as caught:
        patient(call, clock)
    assert caught.value is error
    assert found.limit <= sum(clock.slept) <= found.limit + 1.25 * max(10, found.usual / 12)
    assert call.called < 60, "few calls for a long wait"


@pytest.mark.parametrize(("lasting", "limit"), [(False, 20), (True, 100)])
def test_what_is_old_is_trusted_sooner_unless_its_age_has_nothing_to_do_with_it(
    clock: Timed, lasting: bool, limit: float
) -> None:
    operation = "CreateSecret" if lasting else "CreateVpcEndpoint"
    found = next(each for each in CREATING if (each.operation, each.lasting) == (operation, lasting))
    error = client_error(found.code, found.phrase, found.operation)
    call = Refusing(error, for_ever=True)
    with pytest.raises(type(error)):
        patiently(call, clock, Half(), threading.Event(), longest=20)
    assert limit <= sum(clock.slept) <= limit + 32.5


def test_a_row_with_a_phrase_covers_only_messages_with_it(clock: Timed) -> None:
    other = client_error("InvalidRequestException", "You tried to do something else", "CreateSecret")
    assert patience_for(other, CREATING) is None
    pending = client_error("InvalidRequestException", "already Scheduled For Deletion.", "CreateSecret")
    assert patience_for(pending, CREATING) is not None
    elsewhere = client_error("InvalidRequestException", "scheduled for deletion", "PutSecretValue")
    assert patience_for(elsewhere, CREATING) is None


@pytest.mark.parametrize("error", [client_error("UnauthorizedOperation"), ValueError("a mistake"), KeyError("x")])
def test_anything_else_rises_at_once(clock: Timed, error: Exception) -> None:
    call = Refusing(error)
    with pytest.raises(type(error)):
        patient(call, clock)
    assert (call.called, clock.slept) == (1, [])


def test_another_error_in_between_rises(clock: Timed) -> None:
    call = Refusing(UNSEEN, client_error("VpcLimitExceeded"), UNSEEN)
    with pytest.raises(type(UNSEEN), match="VpcLimitExceeded"):
        patient(call, clock)
    assert call.called == 2


def test_patience_ends_once_stopping(clock: Timed) -> None:
    stopping = threading.Event()
    stopping.set()
    call = Refusing(UNSEEN, for_ever=True)
    with pytest.raises(type(UNSEEN)):
        patient(call, clock, stopping)
    assert call.called == 1


@pytest.mark.parametrize(
    "code",
    [
        "InvalidVpcID.NotFound", "InvalidSubnetID.NotFound", "InvalidGroup.NotFound", "NatGatewayNotFound",
        "InvalidSubnetId.NotFound", "InvalidVpcEndpointId.NotFound", "InvalidAllocationID.NotFound",
        "LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound", "CertificateNotFound",
        "ResourceNotFoundException", "DBClusterNotFoundFault", "DBInstanceNotFound", "InvalidRoute.NotFound",
        "InvalidInternetGatewayID.NotFound", "InvalidRouteTableID.NotFound", "InvalidSecurityGroupRuleId.NotFound",
    ],
)  # fmt: skip
def test_gone_is_gone_in_every_spelling(code: str) -> None:
    assert is_gone(client_error(code))


@pytest.mark.parametrize("code", ["DependencyViolation", "AccessDenied", "ResourceInUseException", "NotFoundLater", ""])
def test_what_is_not_gone(code: str) -> None:
    assert not is_gone(client_error(code))


def test_no_answer_is_not_gone() -> None:
    assert not is_gone(ValueError("NotFound"))


def test_nothing_is_both_gone_and_waited_for_when_deleting() -> None:
    """Else a delete would be repeated until its limit although the object does not exist."""
    for row in DELETING:
        assert not is_gone(client_error(row.code.replace("*", "")))


@pytest.mark.parametrize("code", THROTTLES[:4])
def test_a_throttled_call_is_not_lost(code: str) -> None:
    assert not is_lost(client_error(code, status=503))


def test_what_is_not_supplied_is_not_lost() -> None:
    assert not is_lost(client_error("SandboxNotImplemented", status=501))
    assert is_lost(client_error("InternalError", status=500))
    assert not is_lost(client_error("InvalidVpc.Range", status=400))


@pytest.mark.parametrize("row", [*CREATING, *DELETING], ids=lambda row: f"{row.operation} {row.code}")
def test_every_row_says_why_and_ends(row: Patience) -> None:
    assert row.why
    assert 0 < row.usual <= row.limit <= 3600
