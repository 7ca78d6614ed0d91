"""What only a process of its own shows: signals, pipes, terminals, and how fast it answers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.cli.conftest import NOBODY, Run

pty = pytest.importorskip("pty")
ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "import sys; from muvi_provision.cli.main import main; sys.exit(main())"]


def variables(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), **NOBODY, **(more or {})}


def begin(folder: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*PROGRAM, *words], cwd=folder, env=variables(folder, more), text=True, **streams)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def slow(cloud: Running, small: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder whose sandbox takes three seconds for what takes AWS one and a half minutes."""
    control(cloud, "settings", {"speed": 30})
    note = tmp_path / "state" / "sandbox" / "server.json"
    note.write_text(note.read_text().replace('"speed": 0', '"speed": 30'))
    yield tmp_path
    control(cloud, "settings", {"speed": 0})


def until_waiting(running: subprocess.Popen[str]) -> list[str]:
    """The stream's lines until something is waited for."""
    assert running.stdout
    lines = []
    for line in running.stdout:
        lines.append(line)
        if "resource.waiting" in line:
            return lines
    raise AssertionError("".join(lines))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_stops_safely(slow: Path, run: Run, number: signal.Signals, code: int) -> None:
    running = begin(slow, "run", "day1", "--sandbox", "--json")
    until_waiting(running)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == code, err
    assert "Traceback" not in err
    end = json.loads(out.splitlines()[-1])
    assert end["type"] == "run.end"
    assert end["interrupted"]
    assert end["going_on"]
    again = run("run", "day1", "--sandbox", "--json")
    assert again.code == 0, again.err
    assert run("plan", "day1", "--sandbox", "--json").document["data"]["empty"]


def test_a_person_is_told_what_goes_on(slow: Path) -> None:
    running = begin(slow, "run", "day1", "--sandbox")
    assert running.stderr
    for line in running.stderr:
        if "creating   1.4   nat-gateway" in line:
            break
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "AWS goes on making" in err
    assert "MUVI-" not in err


def test_the_second_signal_leaves_at_once(slow: Path, run: Run) -> None:
    (slow / "sitecustomize.py").write_text(
        "from muvi_provision.engine.schedule import Walk\nWalk.stop = lambda self: None\n"  # never ends by itself
    )
    running = begin(slow, "run", "day1", "--sandbox", "--json", PYTHONPATH=f"{slow}{os.pathsep}{ROOT}")
    until_waiting(running)
    running.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=10) == 130
    running.communicate()
    (slow / "sitecustomize.py").unlink()
    again = run("run", "day1", "--sandbox")
    assert again.code == 0, again.err
    assert "ended without saying so" in again.err


@pytest.mark.usefixtures("small", "cloud")
def test_a_reader_that_goes_away_stops_nothing(tmp_path: Path, run: Run) -> None:
    running = begin(tmp_path, "run", "day1", "--sandbox", "--json")
    assert running.stdout
    assert running.stdout.readline()
    running.stdout.close()
    assert running.stderr
    err = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) == 0, err
    assert "Broken" not in err
    assert "Exception" not in err
    assert run("plan", "day1", "--sandbox", "--json").document["data"]["empty"]
    piped = begin(tmp_path, "status", "--sandbox", "-v")
    assert piped.stdout
    assert piped.stderr
    piped.stdout.close()
    assert piped.wait(timeout=60) == 0
    assert "Broken" not in piped.stderr.read()
    piped.stderr.close()


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], [], ["--version"]])
def test_help_is_quick_and_loads_nothing_heavy(tmp_path: Path, words: list[str]) -> None:
    listing = (
        "import sys, json; from muvi_provision.cli.main import main; main(); json.dump([*sys.modules], sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", listing, *words], cwd=tmp_path, env=variables(tmp_path), capture_output=True, check=True
    )
    loaded = {name.partition(".")[0] for name in json.loads(ended.stderr)}
    assert not loaded & {"boto3", "botocore", "rich", "pydantic", "yaml", "moto", "tenacity", "jsonschema"}
    assert ended.stdout.isascii()


def test_closed_streams_are_no_error(tmp_path: Path) -> None:
    words = " ".join(f"'{word}'" for word in [*PROGRAM, "--version"])
    assert subprocess.run(["sh", "-c", f"{words} >&- 2>&-"], cwd=tmp_path, env=variables(tmp_path)).returncode == 0


def test_a_full_disk_behind_stdout_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*PROGRAM, "config", "schema"], cwd=tmp_path, env=variables(tmp_path), stdout=full, stderr=subprocess.PIPE
        )
    assert ended.returncode == 1
    assert b"No space left" in ended.stderr
    assert b"Traceback" not in ended.stderr


def in_a_terminal(folder: Path, typed: bytes, *words: str, **more: str) -> tuple[int, str]:
    """The exit code and all that was written, in a terminal of 80 by 24."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(PROGRAM[0], [*PROGRAM, *words], variables(folder, {"COLUMNS": "80", "LINES": "24", **more}))
    os.write(terminal, typed)
    seen = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), seen.decode()


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.usefixtures("small")
def test_a_terminal_of_80_by_24(tmp_path: Path, aws: dict[str, str]) -> None:
    code, seen = in_a_terminal(tmp_path, b"y\n", "run", "day1", **aws)
    assert code == 0, seen
    assert "Make it? [y/N]" in seen
    code, seen = in_a_terminal(tmp_path, b"", "status", NO_COLOR="1", **aws)
    assert code == 0
    assert "\x1b[3" not in seen
    assert all(len(line) <= 80 for line in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", seen).splitlines())
    code, seen = in_a_terminal(tmp_path, b"uat\n", "teardown", **aws)
    assert code == 0, seen
    assert "Type the environment's name" in seen
    assert "nothing left" in seen
