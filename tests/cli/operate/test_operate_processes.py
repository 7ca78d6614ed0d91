"""What only a process of its own shows: a prompt that shows nothing, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from muvi_provision.clock import SystemClock
from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.cli.conftest import Run
from tests.cli.test_every_command import valid
from tests.cli.test_processes import PROGRAM, begin, variables, when

pty = pytest.importorskip("pty")
VALUE = b"correct-horse-battery"


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.usefixtures("small", "cloud")
def test_a_value_that_is_typed_is_not_shown(run: Run, tmp_path: Path) -> None:
    import termios

    assert run("run", "--until", "2.1", "--sandbox").code == 9
    words = ["secrets", "set", "gateway/api-key", "--sandbox"]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execvpe(PROGRAM[0], [*PROGRAM, *words], variables(tmp_path, {"COLUMNS": "80", "LINES": "24"}))
    seen = when(b"", terminal, b"Value of gateway/api-key: ")
    assert not termios.tcgetattr(terminal)[3] & termios.ECHO
    os.write(terminal, VALUE + b"\n")
    seen = when(seen, terminal, b"The same again: ")
    os.write(terminal, VALUE + b"\n")
    seen = when(seen, terminal, b"next: muvi run --sandbox")
    assert VALUE not in seen
    assert termios.tcgetattr(terminal)[3] & termios.ECHO
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.usefixtures("small", "cloud")
def test_ctrl_c_at_a_hidden_question_gives_the_echo_back(run: Run, tmp_path: Path) -> None:
    import termios

    assert run("run", "--until", "2.1", "--sandbox").code == 9
    words = ["secrets", "set", "gateway/api-key", "--sandbox"]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execvpe(PROGRAM[0], [*PROGRAM, *words], variables(tmp_path, {"COLUMNS": "80", "LINES": "24"}))
    seen = when(b"", terminal, b"Value of gateway/api-key: ")
    os.write(terminal, b"half a val\x03")
    seen = when(seen, terminal, b"MUVI-1300")
    assert b"half" not in seen
    assert termios.tcgetattr(terminal)[3] & termios.ECHO
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    os.close(terminal)


@pytest.mark.usefixtures("small")
def test_following_ends_with_ctrl_c(run: Run, tmp_path: Path, cloud: Running) -> None:
    assert run("run", "--until", "3.4", "--sandbox").code == 9
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    logs = boto3.client("logs", region_name="eu-central-1", endpoint_url=cloud.endpoint, **keys)
    group, stream = "/ecs/uat/main", "ecs/main/0123"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)

    def write(text: str) -> None:
        at = round(SystemClock().now().timestamp() * 1000)
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": at, "message": text}])

    write("first")
    running = begin(tmp_path, "logs", "main", "--follow", "--json", "--sandbox")
    assert running.stdout
    assert '"first"' in running.stdout.readline()
    write("second")
    assert '"second"' in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert out == ""
    assert "MUVI-" not in err
    assert "Traceback" not in err
    logs.close()


def test_a_copy_stops_safely_and_goes_on(
    run: Run, tmp_path: Path, cloud: Running, fill: Callable[[], dict[str, str]]
) -> None:
    assert run("run", "--until", "3.1", "--sandbox").code == 9
    digests = fill()
    control(cloud, "settings", {"faults": {"latency_ms": 60}})
    running = begin(tmp_path, "images", "copy", "--json", "--sandbox", "--parallel", "1")
    assert running.stdout
    for line in running.stdout:
        if "resource.moved" in line:
            break
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    control(cloud, "settings", {"faults": {}})
    assert running.returncode == 130, err
    end = json.loads(out.splitlines()[-1])
    valid(end, "event")
    assert end["interrupted"]
    assert end["failed"] == 0
    assert run("images", "copy", "--sandbox").code == 0
    listed = run("images", "list", "--sandbox", "--json").document["data"]["images"]
    assert {one["repository"]: one["digest"] for one in listed} == digests
