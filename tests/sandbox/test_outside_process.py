"""The internet as another process sees it: by the control address of the one that serves the cloud."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from muvi_provision import sandbox
from muvi_provision.errors import SandboxError
from muvi_provision.sandbox import outside
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.outside import Outside, OutsideOf
from muvi_provision.sandbox.process import control
from tests.sandbox.conftest import REGION
from tests.sandbox.refusals import balancer, forward, group, network, target_group
from tests.sandbox.zone_records import batch, plain, zone

NAME = "uat.example.com"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[sandbox.Running]:
    yield sandbox.start(tmp_path, speed=0)
    sandbox.stop(tmp_path)


@pytest.fixture
def client(loader: boto3.Session, running: sandbox.Running) -> Iterator[Any]:
    made: list[Any] = []

    def make(service: str, region: str = REGION) -> Any:
        made.append(loader.client(service, region_name=region, endpoint_url=running.endpoint))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_names_and_pages_over_the_control_address(running: sandbox.Running, client: Any) -> None:
    route53, seen = client("route53", "us-east-1"), OutsideOf(running)
    wanted = zone(route53)
    change = plain("CREATE", f"a.{NAME}", "TXT", '"words"')
    route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(change))
    assert seen.look_up(f"a.{NAME}", "TXT") == ()
    told = control(running, "delegate", {"domain": NAME})["servers"]
    assert seen.look_up(NAME, "NS") == tuple(sorted(told))
    assert seen.look_up(f"a.{NAME}", "TXT") == ("words",)
    with pytest.raises(SandboxError):
        control(running, "delegate", {"domain": "nobodys.example.com"})
    with pytest.raises(socket.gaierror, match="not known"):
        seen.get(f"https://{NAME}/")
    ec2, elb = client("ec2"), client("elbv2")
    net = network(ec2)
    door = group(ec2, net.vpc)
    front = balancer(elb, net, SecurityGroups=[door])
    (shown,) = elb.describe_load_balancers(LoadBalancerArns=[front])["LoadBalancers"]
    said = {"LoadBalancerArn": front, "Port": 80, "Protocol": "HTTP"}
    served = target_group(elb, net)
    elb.create_listener(DefaultActions=forward(served), **said)
    with pytest.raises(TimeoutError):
        seen.get(f"http://{shown['DNSName']}/")
    anyone = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=door, IpPermissions=[anyone])
    with pytest.raises(ConnectionRefusedError):
        seen.get(f"http://{shown['DNSName']}:81/")
    assert seen.get(f"http://{shown['DNSName']}/").status == 503
    elb.register_targets(TargetGroupArn=served, Targets=[{"Id": "10.30.0.9"}])
    assert seen.get(f"http://{shown['DNSName']}/", method="HEAD").body == b""
    assert seen.get(f"http://{shown['DNSName']}/") == (200, {"content-type": "application/json"}, b"{}")


def test_every_way_of_failing_comes_back_as_itself(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the verb and back, without the socket between them."""
    answer, nobody = outside.answers(cloud)["web"], sandbox.Running("", 0, datetime.now(UTC), 0, "")
    for raised in (
        socket.gaierror(socket.EAI_NONAME, "not known"),
        TimeoutError("late"),
        ConnectionRefusedError("closed"),
        ssl.SSLCertVerificationError("untrusted"),
        ssl.SSLError("no TLS"),
    ):
        monkeypatch.setattr(Outside, "get", _raising(raised))
        monkeypatch.setattr(outside, "control", lambda *said: answer(said[2]))
        with pytest.raises(type(raised)) as caught:
            OutsideOf(nobody).get("http://a.example/")
        assert type(caught.value) is type(raised)
        assert caught.value.args == raised.args


def _raising(error: Exception) -> Any:
    def get(*_: Any, **__: Any) -> Any:
        raise error

    return get
