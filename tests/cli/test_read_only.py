"""A state folder that cannot be written, as real processes meet it: looking works, and nothing is made.

A process of root may write everywhere, so here it first gives up that right.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from muvi_provision import sandbox
from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from muvi_provision.state.lock import Lock
from muvi_provision.state.store import Files
from tests.canonical import addresses
from tests.cli.conftest import Ended, Run
from tests.cli.test_processes import PROGRAM, variables

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
BOUND = """
import ctypes, os, sys
if os.geteuid() == 0:
    for right in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER; 24 is PR_CAPBSET_DROP
        ctypes.CDLL(None).prctl(24, right, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
SMALL_RUN = ("run", "--until", "1.3", "--sandbox")
MODE = {"folder": 0o555, "file": 0o444}


def begun(folder: Path, *words: str, more: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    program = [sys.executable, "-c", BOUND, *PROGRAM[1:], *words]
    return subprocess.Popen(program, cwd=folder, env=variables(folder, more), text=True, **streams)


def ended(folder: Path, *words: str) -> Ended:
    child = begun(folder, *words)
    out, err = child.communicate(timeout=120)
    assert "Traceback" not in err, err
    return Ended(child.returncode, out, err)


@pytest.fixture
def state(tmp_path: Path, cloud: Running, small: Path) -> Iterator[Path]:
    """The sandbox's state folder; it can be written again afterwards."""
    folder = tmp_path / "state" / "sandbox"
    folder.chmod(MODE["folder"])
    code = f"import os; os.close(os.open({str(folder / 'x')!r}, os.O_CREAT))"
    if subprocess.run([sys.executable, "-c", BOUND, "-c", code], capture_output=True).returncode == 0:
        (folder / "x").unlink()
        pytest.skip("nothing binds this user")
    folder.chmod(0o700)
    yield folder
    folder.parent.chmod(0o700)
    for path in (folder, *(folder.iterdir() if folder.is_dir() else ())):
        path.chmod(0o700)


def contents(state: Path) -> dict[str, bytes]:
    """All but the log of calls, which may be written as long as it is there."""
    return {path.name: path.read_bytes() for path in state.iterdir() if path.suffix != ".log"}


def not_written(done: Ended, where: str) -> None:
    """As the contract says it: where, what, why, what to type."""
    assert done.code == 1, done.err
    said = json.loads(done.out.splitlines()[-1])
    error = said["error"]
    assert error["code"] == "MUVI-1023"
    assert where in error["where"]
    assert (error["what"], error["why"] != "") == ("Permission denied", True)
    assert error["next"][0].startswith("ls -ld ")
    assert Path(error["next"][0].removeprefix("ls -ld ")).name in where


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("plan", "--until", "1.3"),
        ("drift",),
        ("verify", "day1"),
        ("outputs",),
        ("state", "show"),
        ("run", "--until", "1.3"),
    ],
    ids=lambda words: words[0],
)
def test_what_only_looks_works(run: Run, tmp_path: Path, state: Path, cloud: Running, words: tuple[str, ...]) -> None:
    """Also a run that has nothing to do."""
    assert run(*SMALL_RUN).code == 0
    before, there = contents(state), control(cloud, "snapshot")
    state.chmod(MODE["folder"])
    done = ended(tmp_path, *words, "--sandbox")
    assert done.code == (1 if words[0] == "verify" else 0), done.err  # most of the day is not there
    assert "MUVI-" not in done.err
    after = contents(state)
    assert {name for name in before if before[name] != after[name]} <= {"uat.lock"}
    assert control(cloud, "snapshot") == there


@pytest.mark.parametrize(
    "words",
    [("run", "day1"), ("teardown", "--confirm", "uat"), ("state", "forget", "internet-gateway/main", "--yes")],
    ids=lambda words: words[0],
)
def test_nothing_is_done_that_nobody_would_remember(
    run: Run, tmp_path: Path, state: Path, cloud: Running, words: tuple[str, ...]
) -> None:
    assert run(*SMALL_RUN).code == 0
    before, there = contents(state), control(cloud, "snapshot")
    state.chmod(MODE["folder"])
    done = ended(tmp_path, *words, "--sandbox", "--json")
    assert done.code == 1, done.err
    assert "MUVI-1023" in done.out
    assert control(cloud, "snapshot") == there
    state.chmod(0o700)
    assert {name: text for name, text in contents(state).items() if name != "uat.lock"} == {
        name: text for name, text in before.items() if name != "uat.lock"
    }
    assert run("plan", "--until", "1.3", "--sandbox", "--json").document["data"]["empty"]


@pytest.mark.parametrize("words", [("run", "day1"), ("teardown", "--confirm", "uat")], ids=lambda words: words[0])
@pytest.mark.parametrize("name", ["uat.lock", "uat.wal"])
def test_a_file_that_cannot_be_written(
    run: Run, tmp_path: Path, state: Path, cloud: Running, name: str, words: tuple[str, ...]
) -> None:
    """A lock nobody may take, and a log nobody may add to, of which the last process did not get to its end."""
    assert run(*SMALL_RUN).code == 0
    there = control(cloud, "snapshot")
    (state / "uat.wal.backup").rename(state / "uat.wal")
    (state / name).chmod(MODE["file"])
    done = ended(tmp_path, *words, "--sandbox", "--json")
    assert done.code == 1, done.err
    assert "MUVI-1023" in done.out
    assert control(cloud, "snapshot") == there
    if name == "uat.lock":
        not_written(done, "state/sandbox/uat.lock")
    assert run("plan", "--until", "1.3", "--sandbox", "--json").document["data"]["empty"]


def test_a_first_run_that_cannot_begin(tmp_path: Path, state: Path, cloud: Running) -> None:
    state.chmod(MODE["folder"])
    not_written(ended(tmp_path, "run", "day1", "--sandbox", "--json"), "state/sandbox/uat.lock")
    there = control(cloud, "stats")
    assert there["by_operation"] == {}, "nobody was asked who we are"


def test_a_sandbox_whose_folder_cannot_be_written(tmp_path: Path, state: Path) -> None:
    (state / "server.json").unlink()
    assert ended(tmp_path, "sandbox", "start").code == 0
    assert ended(tmp_path, *SMALL_RUN).code == 0
    state.chmod(MODE["folder"])
    refused = ended(tmp_path, "sandbox", "reset", "--yes")
    assert (refused.code, "state/sandbox/uat.json" in refused.err) == (1, True)
    assert ended(tmp_path, "sandbox", "stop").code == 0
    assert sandbox.status(tmp_path / "state") is None
    for words in (("sandbox", "start"), ("plan", "--sandbox")):
        refused = ended(tmp_path, *words)
        assert refused.code == 1
        assert "MUVI-1030" in refused.err
        assert "Permission denied" in refused.err
        assert "next:  ls -ld state/sandbox\n" in refused.err
    assert ended(tmp_path, "status", "--sandbox").code == 0
    state.chmod(0o700)
    assert ended(tmp_path, "sandbox", "start").code == 0
    assert sandbox.stop(tmp_path / "state")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("place", ["state", "state/sandbox"])
def test_a_file_where_the_folder_should_be(run: Run, tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("in the way")
    for words, code in (
        (("status", "--sandbox"), "MUVI-1020"),
        (("outputs", "--sandbox"), "MUVI-1020"),
        (("plan", "--sandbox"), "MUVI-1020"),
        (("run", "day1", "--sandbox"), "MUVI-1023"),
        (("teardown", "--sandbox"), "MUVI-1023"),
        (("sandbox", "start"), "MUVI-1023"),
        (("sandbox", "reset", "--yes"), "MUVI-1030"),
    ):
        done = run(*words)
        assert (done.code, done.err.count(f"error {code}: ")) == (1, 1), (words, done.err)
        assert f"next:  ls -ld {place}\n" in done.err, (words, done.err)
        assert "why: " in done.err
    assert run().code == 0
    assert run("sandbox", "status").code == 0
    assert (tmp_path / place).read_text() == "in the way"


@pytest.mark.usefixtures("small")
def test_a_lock_that_cannot_be_made(run: Run, tmp_path: Path, cloud: Running) -> None:
    (tmp_path / "state" / "sandbox" / "uat.lock").mkdir()
    refused = run("run", "day1", "--sandbox", "--json")
    assert refused.code == 1
    error = refused.document["error"]
    assert (error["code"], error["where"]) == ("MUVI-1023", "state/sandbox/uat.lock")
    assert error["next"] == ["ls -ld state/sandbox/uat.lock", "muvi run day1 --sandbox"]
    assert run("status", "--sandbox").code == 0
    assert control(cloud, "stats")["by_operation"] == {}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("is_back", [True, False])
def test_a_folder_that_vanishes_under_a_run(
    run: Run, tmp_path: Path, cloud: Running, aws: dict[str, str], is_back: bool
) -> None:
    control(cloud, "settings", {"faults": {"latency_ms": 50}})
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    child = begun(tmp_path, "run", "day1", "--yes", "--json", more=aws)
    assert child.stdout
    for line in child.stdout:
        if json.loads(line)["type"] == "resource.done":
            break
    state.rename(elsewhere)
    out, err = child.communicate(timeout=120)
    control(cloud, "settings", {"faults": {}})
    assert child.returncode == 1, err
    assert "Traceback" not in err
    assert "MUVI-1023" in out
    assert "muvi state recover" in out
    assert not state.exists(), "a part of a state would look like the whole"
    if is_back:
        elsewhere.rename(state)
    else:
        assert run("state", "recover", "--yes", env=aws).code == 0
    again = run("run", "day1", "--yes", "--json", env=aws)
    assert again.code == 0, again.err
    known = addresses(control(cloud, "snapshot"))
    assert len(known) == len(set(known)) > 40


def test_what_was_taken_back_can_be_taken_again(tmp_path: Path, cloud: Running) -> None:
    """A process that was refused leaves no lock behind."""
    folder = tmp_path / "state" / "sandbox"
    (folder / "uat.json").mkdir()
    assert ended(tmp_path, "run", "day1", "--sandbox").code == 1
    assert Lock(Files(folder, "uat").lock, clock=None).holder() is None  # type: ignore[arg-type]
