"""What goes wrong on purpose, and the same each time."""

from __future__ import annotations

import threading
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.server import Listener
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.refusals import authority, nat, network, refused


def test_latency(clock: Leaping, connect: Connect) -> None:
    ec2 = connect(Cloud(clock, faults=Faults(latency_ms=250)), "ec2")
    ec2.describe_vpcs()
    assert clock.at == 0.25


@pytest.mark.parametrize(
    ("service", "ask", "code", "status"),
    [
        ("ec2", "describe_vpcs", "RequestLimitExceeded", 503),
        ("elbv2", "describe_load_balancers", "Throttling", 400),
        ("secretsmanager", "list_secrets", "ThrottlingException", 400),
        ("acm", "list_certificates", "ThrottlingException", 400),
    ],
)
def test_throttling(clock: Leaping, connect: Connect, service: str, ask: str, code: str, status: int) -> None:
    cloud = Cloud(clock, faults=Faults(throttle={"*": (2, 3), "ec2": (2, 3)}))
    client = connect(cloud, service)
    for _ in range(3):
        getattr(client, ask)()
    with pytest.raises(client.exceptions.ClientError) as caught:
        getattr(client, ask)()
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    clock.sleep(1)
    getattr(client, ask)()
    assert cloud.injector.injected == {"throttle": 1}


def test_a_lost_answer_is_to_a_call_that_succeeded(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, faults=Faults(lost_answer=frozenset({2})))
    ec2 = connect(cloud, "ec2")
    ec2.create_internet_gateway()
    ec2.describe_vpcs()
    assert refused(ec2.create_internet_gateway) == "InternalError"
    assert len(ec2.describe_internet_gateways()["InternetGateways"]) == 2
    assert cloud.injector.injected == {"lost_answer": 1}


def test_a_lost_answer_can_be_a_cut_connection(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, faults=Faults(lost_answer=frozenset({1}), cut=True))
    secrets = connect(cloud, "secretsmanager")
    with pytest.raises(ConnectionClosedError):
        secrets.create_secret(Name="a", SecretString="x")
    assert secrets.describe_secret(SecretId="a")["Name"] == "a"


def test_botocore_itself_tries_again_after_a_cut(
    clock: Leaping, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    cloud = Cloud(clock, faults=Faults(lost_answer=frozenset({1}), cut=True))
    ec2 = connect(cloud, "ec2", retries=3)
    ec2.create_internet_gateway()
    assert len(ec2.describe_internet_gateways()["InternetGateways"]) == 2


def test_an_error_before_does_nothing(clock: Leaping, connect: Connect) -> None:
    ec2 = connect(Cloud(clock, faults=Faults(error_before=frozenset({1}))), "ec2")
    assert refused(ec2.create_internet_gateway) == "InternalError"
    assert ec2.describe_internet_gateways()["InternetGateways"] == []
    ec2.create_internet_gateway()


def test_an_answer_that_never_comes(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, faults=Faults(time_out=frozenset({1})))
    ec2 = connect(cloud, "ec2")
    with pytest.raises(ReadTimeoutError):
        ec2.create_internet_gateway()
    assert clock.at == 60, "as long as the client waits"
    assert len(ec2.describe_internet_gateways()["InternetGateways"]) == 1
    assert cloud.injector.injected == {"time_out": 1}


class Telling(Cloud):
    """A cloud that says when it has dealt with a call."""

    def __init__(self, clock: Leaping, faults: Faults) -> None:
        super().__init__(clock, faults=faults)
        self.done = threading.Event()

    def answer(self, call: Call) -> Answer:
        try:
            return super().answer(call)
        finally:
            self.done.set()


def test_an_answer_that_never_comes_over_a_socket(clock: Leaping, loader: boto3.Session) -> None:
    cloud = Telling(clock, Faults(time_out=frozenset({1})))
    listener = Listener(cloud, lambda verb, said: (404, {}))
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    clients = []

    def client(read_timeout: float) -> Any:
        config = Config(retries={"max_attempts": 0}, read_timeout=read_timeout)
        clients.append(loader.client("ec2", region_name=REGION, endpoint_url=listener.endpoint, config=config))
        return clients[-1]

    with pytest.raises(ReadTimeoutError):
        client(0.05).create_internet_gateway()
    assert cloud.done.wait(30)
    assert len(client(30).describe_internet_gateways()["InternetGateways"]) == 1
    for one in clients:
        one.close()
    listener.shutdown()
    listener.server_close()


@pytest.mark.parametrize("fault", ["error_before", "time_out"])
def test_a_share_of_all_calls_reads_too(clock: Leaping, connect: Connect, fault: str) -> None:
    cloud = Cloud(clock, faults=Faults(**{f"{fault}_chance": 0.3}, seed=3), quotas={"internet_gateways": 99})  # type: ignore[arg-type]
    ec2 = connect(cloud, "ec2")
    assert 0 < sum(_fails(ec2.describe_vpcs) for _ in range(30)) < 30
    made = sum(not _fails(ec2.create_internet_gateway) for _ in range(30))
    assert 0 < made < 30
    cloud.faults = Faults()
    there = len(ec2.describe_internet_gateways()["InternetGateways"])
    assert there == (made if fault == "error_before" else 30)


def _fails(ask: Any) -> bool:
    try:
        ask()
    except (ReadTimeoutError, ConnectionClosedError):
        return True
    except ask.__self__.exceptions.ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        return True
    return False


def test_faults_that_are_set_again_begin_again(clock: Leaping, connect: Connect) -> None:
    """So a fault can be had again: the same seed and the same calls from there on have the same fate."""
    bad = Faults(lost_answer_chance=0.3, error_before_chance=0.2, time_out_chance=0.1, seed=9)
    cloud = Cloud(clock, faults=bad, quotas={"internet_gateways": 999})
    ec2 = connect(cloud, "ec2")

    def fates() -> list[bool]:
        return [_fails(ask) for _ in range(20) for ask in (ec2.create_internet_gateway, ec2.describe_vpcs)]

    first = fates()
    assert any(first)
    assert fates() != first, "the counting goes on"
    cloud.faults = bad
    cloud.speed, cloud.quotas = 7, cloud.quotas | {"vpcs": 9}  # which change nothing about it
    assert fates() == first


def test_chance_comes_from_the_seed(clock: Leaping, connect: Connect) -> None:
    def lost(seed: int) -> list[bool]:
        ec2 = connect(
            Cloud(clock, faults=Faults(lost_answer_chance=0.3, seed=seed), quotas={"internet_gateways": 99}), "ec2"
        )
        found = []
        for _ in range(30):
            try:
                ec2.create_internet_gateway()
            except ec2.exceptions.ClientError:
                found.append(True)
            else:
                found.append(False)
        return found

    assert lost(1) == lost(1)
    assert lost(1) != lost(2)
    assert 0 < sum(lost(1)) < 30


@pytest.mark.parametrize(
    ("service", "operation", "ask", "code"),
    [
        ("ec2", "DescribeVpcs", "describe_vpcs", "UnauthorizedOperation"),
        ("elbv2", "DescribeLoadBalancers", "describe_load_balancers", "AccessDenied"),
        ("secretsmanager", "ListSecrets", "list_secrets", "AccessDeniedException"),
    ],
)
def test_what_is_denied(clock: Leaping, connect: Connect, service: str, operation: str, ask: str, code: str) -> None:
    client = connect(Cloud(clock, faults=Faults(deny=frozenset({f"{service}:{operation}"}))), service)
    assert refused(getattr(client, ask)) == code
    assert connect(Cloud(clock), "sts").get_caller_identity()["Account"] == "000011112222"


@pytest.mark.parametrize(
    ("service", "ask", "code"),
    [
        ("ec2", "describe_vpcs", "RequestExpired"),
        ("sts", "get_caller_identity", "ExpiredToken"),
        ("acm", "list_certificates", "ExpiredTokenException"),
    ],
)
def test_credentials_expire(clock: Leaping, connect: Connect, service: str, ask: str, code: str) -> None:
    client = connect(Cloud(clock, faults=Faults(expire_credentials_after=2)), service)
    getattr(client, ask)()
    getattr(client, ask)()
    assert refused(getattr(client, ask)) == code
    assert refused(getattr(client, ask)) == code


def test_things_that_are_never_ready_or_fail(clock: Leaping, connect: Connect) -> None:
    faults = Faults(never_ready=frozenset({"load_balancer"}), fail_ready=frozenset({"nat_gateway"}))
    cloud = Cloud(clock, speed=1, faults=faults)
    ec2, elb = connect(cloud, "ec2"), connect(cloud, "elbv2")
    net = network(ec2)
    gateway = nat(ec2, net)
    elb.create_load_balancer(Name="web", Subnets=list(net.subnets))
    clock.sleep(100_000 // 100)
    (found,) = ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
    assert (found["State"], found["FailureCode"]) == ("failed", "InternalError")
    assert elb.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"] == "provisioning"


def test_what_shows_no_failure_does_not_fail(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, speed=1, faults=Faults(fail_ready=frozenset({"certificate"})))
    acm = connect(cloud, "acm")
    made = acm.import_certificate(**authority().issue())["CertificateArn"]
    clock.sleep(60)
    assert acm.describe_certificate(CertificateArn=made)["Certificate"]["Status"] == "ISSUED"


def test_faults_from_plain_values() -> None:
    said: dict[str, Any] = {"lost_answer": [1, 2], "throttle": {"ec2": [5, 10]}, "deny": ["ec2:CreateVpc"], "cut": True}
    assert Faults.of(said) == Faults(
        lost_answer=frozenset({1, 2}), throttle={"ec2": (5.0, 10)}, deny=frozenset({"ec2:CreateVpc"}), cut=True
    )
    assert Faults.of(Faults.of(said).plain()) == Faults.of(said)
    assert Faults().plain() == {}
    with pytest.raises(TypeError):
        Faults.of({"nonsense": 1})
