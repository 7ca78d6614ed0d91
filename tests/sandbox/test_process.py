"""The real process: found again, started once, its contents kept; a real socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from muvi_provision import sandbox
from muvi_provision.errors import SandboxError
from muvi_provision.sandbox import process
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.rules import Refusal, refusals
from tests.sandbox.conftest import REGION


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    sandbox.stop(tmp_path)


@pytest.fixture
def client(loader: boto3.Session) -> Any:
    def make(running: sandbox.Running, service: str = "ec2") -> Any:
        config = Config(inject_host_prefix=False, retries={"max_attempts": 0})
        made = loader.client(service, region_name=REGION, endpoint_url=running.endpoint, config=config)
        clients.append(made)
        return made

    clients: list[Any] = []
    yield make
    for one in clients:
        one.close()


def note_of(state: Path) -> dict[str, Any]:
    return dict(json.loads((state / "sandbox" / "server.json").read_text()))


def test_a_life(state: Path, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no such profile")
    assert sandbox.status(state) is None
    assert not sandbox.stop(state)
    running = sandbox.start(state, speed=0, account="000000000007")
    monkeypatch.delenv("AWS_PROFILE")
    assert (state / "sandbox" / "server.json").stat().st_mode & 0o077 == 0
    assert running.endpoint.startswith("http://127.0.0.1:")
    assert (running.speed, running.account) == (0, "000000000007")
    assert sandbox.status(state) == sandbox.start(state) == running
    vpc = client(running).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    assert client(running, "sts").get_caller_identity()["Account"] == "000000000007"
    assert sandbox.stop(state)
    assert sandbox.status(state) is None
    again = sandbox.start(state, speed=0, account="000000000007")
    assert again.pid != running.pid
    assert client(again).describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert sandbox.reset(state)
    assert [one["IsDefault"] for one in client(again).describe_vpcs()["Vpcs"]] == [True]
    assert not (state / "sandbox" / "cloud.pickle").exists()


def test_the_control_address(state: Path, client: Any) -> None:
    running = sandbox.start(state, speed=5, faults=Faults(deny=frozenset({"ec2:DescribeSubnets"})), quotas={"vpcs": 2})
    ec2 = client(running)
    ec2.describe_vpcs()
    with pytest.raises(ec2.exceptions.ClientError, match="UnauthorizedOperation"):
        ec2.describe_subnets()
    stats = process.control(running, "stats")
    assert (stats["by_operation"]["ec2:DescribeVpcs"], stats["injected"]) == (1, {"deny": 1})
    assert process.control(running, "settings", {"speed": 7, "faults": {}})["speed"] == 7
    found = sandbox.status(state)
    assert found is not None
    assert found.speed == 7
    ec2.describe_subnets()
    told = [
        Refusal(**one | {"operations": tuple(one["operations"])}) for one in process.control(running, "rules")["rules"]
    ]
    assert told == refusals() != []
    with pytest.raises(SandboxError):
        process.control(running, "settings", {"faults": {"nonsense": 1}})
    with pytest.raises(SandboxError):
        process.control(running, "nonsense")
    process.control(running, "settings", {"faults": {"lost_answer": [1], "cut": True}})
    with pytest.raises(ConnectionClosedError):
        ec2.create_internet_gateway()
    assert (
        len(ec2.describe_internet_gateways(Filters=[{"Name": "attachment.state", "Values": ["x"]}])["InternetGateways"])
        == 0
    )


def test_two_starts_at_once_make_one(state: Path) -> None:
    code = "import sys, pathlib, muvi_provision.sandbox as s; print(s.start(pathlib.Path(sys.argv[1])).pid)"

    def start(_: int) -> str:
        done = subprocess.run([sys.executable, "-c", code, str(state)], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(start, range(3)))) == 1


def test_a_dead_one_is_replaced(state: Path, client: Any) -> None:
    first = sandbox.start(state)
    os.kill(first.pid, signal.SIGKILL)
    until_gone(first)
    assert (state / "sandbox" / "server.json").exists()
    assert sandbox.status(state) is None
    second = sandbox.start(state)
    assert second.pid != first.pid
    assert client(second).describe_vpcs()["Vpcs"]


def until_gone(running: sandbox.Running, tries: int = 200) -> None:
    port = int(running.endpoint.rpartition(":")[2])
    for _ in range(tries):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.05)
    pytest.fail("still there")


def test_somebody_else_s_process_is_not_taken_for_it(state: Path) -> None:
    running = sandbox.start(state)
    said = note_of(state)
    (state / "sandbox" / "server.json").write_text(json.dumps(said | {"pid": os.getpid()}))
    assert sandbox.status(state) is None
    (state / "sandbox" / "server.json").write_text(json.dumps(said | {"identity": "another"}))
    assert sandbox.status(state) is None
    (state / "sandbox" / "server.json").write_text("torn {")
    assert sandbox.status(state) is None
    (state / "sandbox" / "server.json").write_text(json.dumps(said))
    assert sandbox.status(state) == running


def test_it_stops_when_it_is_told_to_terminate(state: Path, client: Any) -> None:
    running = sandbox.start(state)
    client(running).create_internet_gateway()
    os.kill(running.pid, signal.SIGTERM)
    until_gone(running)
    for _ in range(100):
        if not (state / "sandbox" / "server.json").exists():
            break
        time.sleep(0.05)
    assert (state / "sandbox" / "cloud.pickle").exists()


def test_a_port_that_is_taken_is_said(state: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SandboxError) as caught:
            sandbox.start(state, port=taken.getsockname()[1])
    assert "cannot listen" in caught.value.why
    assert sandbox.start(state)


def test_a_missing_library_is_said(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "NEEDED", ("moto", "no_such_library"))
    with pytest.raises(SandboxError) as caught:
        sandbox.start(state)
    assert caught.value.next == ("pip install 'muvi-provision[sandbox]'",)
    assert "no_such_library" in caught.value.what


def test_connections_are_kept(state: Path) -> None:
    import http.client

    running = sandbox.start(state)
    connection = http.client.HTTPConnection(running.endpoint.removeprefix("http://"))
    used = set()
    for _ in range(3):
        connection.request("GET", "/_sandbox/health")
        answer = connection.getresponse()
        assert json.loads(answer.read())["pid"] == running.pid
        assert connection.sock is not None
        used.add(connection.sock.getsockname())
    connection.close()
    assert len(used) == 1


def test_stopping_is_never_half_done(state: Path) -> None:
    for _ in range(3):
        running = sandbox.start(state)
        assert sandbox.stop(state)
        assert sandbox.status(state) is None
        until_gone(running)


def test_it_listens_on_loopback_only(state: Path) -> None:
    port = int(sandbox.start(state).endpoint.rpartition(":")[2])
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("no /proc here")
    lines = [line.split() for line in listening.read_text().splitlines()[1:]]
    assert {line[1] for line in lines if line[3] == "0A" and line[1].endswith(f":{port:04X}")} == {
        f"0100007F:{port:04X}"
    }


def test_a_dump_that_cannot_be_read_is_no_hindrance(state: Path, client: Any) -> None:
    (state / "sandbox").mkdir()
    (state / "sandbox" / "cloud.pickle").write_bytes(b"nonsense")
    assert client(sandbox.start(state)).describe_vpcs()["Vpcs"]
    assert "starts empty" in (state / "sandbox" / "server.log").read_text()


def test_one_that_nobody_can_find_any_more_ends(state: Path) -> None:
    running = sandbox.start(state)
    (state / "sandbox" / "server.json").unlink()
    until_gone(running, 400)
    assert sandbox.status(state) is None
