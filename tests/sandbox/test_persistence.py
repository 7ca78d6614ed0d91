"""A cloud is kept over a restart of its process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import trust
from tests.sandbox.refusals import nat, network, refused
from tests.sandbox.test_day_one import day_one


def test_everything_comes_back(clock: Leaping, connect: Connect, tmp_path: Path) -> None:
    cloud = Cloud(clock)
    day = day_one(cloud, connect, clock)
    day.build()
    connect(cloud, "iam").create_role(RoleName="task", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    connect(cloud, "ssm").put_parameter(Name="/uat/a", Value="x", Type="String")
    before = cloud.snapshot()
    persistence.keep(cloud, tmp_path)
    again = Cloud(clock)
    assert persistence.restore(again, tmp_path)
    assert again.snapshot() == before
    assert connect(again, "iam").get_role(RoleName="task")["Role"]["RoleName"] == "task"
    assert connect(again, "sts").get_caller_identity()["Account"] == cloud.account
    for name in ("ec2", "elb", "acm", "secrets"):
        service = {"elb": "elbv2", "secrets": "secretsmanager"}.get(name, name)
        setattr(day, name, connect(again, service))
    day.tear_down()
    assert set(again.snapshot()) == {"iam", "ssm"}
    assert cloud.snapshot() == before  # the two share nothing


def test_what_was_under_way_goes_on(clock: Leaping, connect: Connect, tmp_path: Path) -> None:
    cloud = Cloud(clock, speed=1)
    ec2 = connect(cloud, "ec2")
    made = nat(ec2, network(ec2), ClientToken="t")
    clock.sleep(50)
    persistence.keep(cloud, tmp_path)
    clock.sleep(50)
    again = Cloud(clock, speed=1)
    persistence.restore(again, tmp_path)
    ec2 = connect(again, "ec2")

    def state() -> Any:
        return ec2.describe_nat_gateways(NatGatewayIds=[made])["NatGateways"][0]["State"]

    assert state() == "pending"
    clock.sleep(6)
    assert state() == "available"
    other = {"SubnetId": "subnet-00000000000000000", "AllocationId": "eipalloc-00000000000000000"}
    assert refused(ec2.create_nat_gateway, ClientToken="t", **other) == "IdempotentParameterMismatch"


def test_a_dump_that_cannot_be_read_is_said_to_be(
    clock: Leaping, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = Cloud(clock)
    assert not persistence.restore(cloud, tmp_path)
    assert capsys.readouterr().err == ""
    (tmp_path / persistence.DUMP).write_bytes(b"nonsense")
    assert not persistence.restore(cloud, tmp_path)
    assert "starts empty" in capsys.readouterr().err
    persistence.keep(Cloud(clock, account="000000000009"), tmp_path)
    assert not persistence.restore(cloud, tmp_path)
    assert "000000000009" in capsys.readouterr().err
    assert cloud.snapshot() == {}


def test_it_is_its_owner_s_only(clock: Leaping, tmp_path: Path) -> None:
    persistence.keep(Cloud(clock), tmp_path)
    assert (tmp_path / persistence.DUMP).stat().st_mode & 0o077 == 0
    persistence.forget(tmp_path)
    persistence.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []
