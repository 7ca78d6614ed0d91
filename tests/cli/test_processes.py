"""What only a process of its own shows: signals, pipes, terminals, and how fast it answers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
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


def test_a_hang_up_that_was_to_be_ignored_is(slow: Path) -> None:
    (slow / "sitecustomize.py").write_text("import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n")
    running = begin(slow, "run", "--until", "1.4", "--sandbox", "--json", PYTHONPATH=f"{slow}{os.pathsep}{ROOT}")
    until_waiting(running)
    running.send_signal(signal.SIGHUP)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 0, err


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
    _, err = running.communicate()
    assert "left at once; the state is saved; next: muvi run day1 --sandbox --json\n" in err
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


def entry_points() -> list[list[str]]:
    """``python -m``, and what an installer makes of each script that the project names."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert set(scripts) == {"muvi", "muvi-provision"}
    places = [target.split(":") for target in scripts.values()]
    made = [f"import sys; from {module} import {name}; sys.exit({name}())" for module, name in places]
    return [["-m", "muvi_provision"], *(["-c", text] for text in made)]


@pytest.mark.parametrize("start", entry_points())
def test_every_way_in_ends_with_the_code(tmp_path: Path, start: list[str]) -> None:
    for words, code in ((["plna"], 2), (["--version"], 0), (["status", "-e", "nowhere"], 2)):
        called = [sys.executable, *start, *words]
        assert subprocess.run(called, cwd=tmp_path, env=variables(tmp_path), capture_output=True).returncode == code


def test_closed_streams_are_no_error(tmp_path: Path) -> None:
    words = " ".join(f"'{word}'" for word in [*PROGRAM, "--version"])
    assert subprocess.run(["sh", "-c", f"{words} >&- 2>&-"], cwd=tmp_path, env=variables(tmp_path)).returncode == 0


def test_a_full_disk_behind_stdout_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*PROGRAM, "config", "schema"], cwd=tmp_path, env=variables(tmp_path), stdout=full, stderr=subprocess.PIPE
        )
    assert ended.returncode == 1
    assert b"MUVI-1040: the output could not be written" in ended.stderr
    assert b"No space left" in ended.stderr
    assert b"Exception" not in ended.stderr
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


def when(seen: bytes, terminal: int, words: bytes) -> bytes:
    """Everything that was written until those words were."""
    while words not in seen:
        seen += os.read(terminal, 65536)
    return seen


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_keys_are_not_shown_while_the_picture_is(slow: Path) -> None:
    import termios

    child, terminal = pty.fork()
    if child == 0:
        os.chdir(slow)
        words = ["run", "--until", "1.4", "--sandbox"]
        os.execvpe(PROGRAM[0], [*PROGRAM, *words], variables(slow, {"COLUMNS": "80", "LINES": "24"}))
    echo = termios.ECHO
    assert termios.tcgetattr(terminal)[3] & echo
    seen = when(b"", terminal, b"NAT gateway a")
    assert not termios.tcgetattr(terminal)[3] & echo
    os.write(terminal, b"garbage")
    os.write(terminal, b"\x03")  # Ctrl-C works as before
    seen = when(seen, terminal, b"stopped after")
    seen = when(seen, terminal, b"muvi run --until 1.4 --sandbox")
    assert termios.tcgetattr(terminal)[3] & echo
    assert b"garbage" not in seen.partition(b"stopped after")[0]
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    os.close(terminal)


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.usefixtures("small")
def test_ctrl_c_at_a_question_begins_a_new_line(tmp_path: Path, aws: dict[str, str]) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execvpe(PROGRAM[0], [*PROGRAM, "run", "day1"], variables(tmp_path, {"COLUMNS": "80", "LINES": "24", **aws}))
    seen = when(b"", terminal, b"[y/N] ")
    os.write(terminal, b"\x03")
    seen = when(seen, terminal, b"MUVI-1300")
    assert re.search(rb"\[y/N\] \^C\r\nerror MUVI-1300", seen)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    os.close(terminal)


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
    assert "Type uat to go on: " in seen
    assert "nothing left" in seen
