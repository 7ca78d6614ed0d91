"""One writer: refused while another lives, taken over when it is dead, believed when it is elsewhere."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muvi_provision.errors import Locked, StateNotWritten
from muvi_provision.state.lock import Holder, Lock
from tests.unit.state.conftest import Standing

CHILD = """
import sys
from pathlib import Path
from muvi_provision.clock import SystemClock
from muvi_provision.state.lock import Lock
lock = Lock(Path(sys.argv[1]), SystemClock())
lock.take("muvi run day1")
print("held", flush=True)
sys.stdin.read()
lock.release()
"""
Children = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "uat.lock"


@pytest.fixture
def lock(path: Path) -> Iterator[Lock]:
    one = Lock(path, Standing())
    yield one
    one.release()


@pytest.fixture
def child(path: Path) -> Iterator[Children]:
    """A process of its own that holds the lock until its input ends."""
    begun: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        one = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        begun.append(one)
        assert one.stdout is not None
        assert one.stdout.readline() == "held\n"
        return one

    yield begin
    for one in begun:
        one.kill()
        one.communicate()


def test_it_says_who_holds_it(lock: Lock, path: Path) -> None:
    assert lock.take("muvi run day1") is None
    holder = lock.holder()
    assert holder is not None
    assert (holder.pid, holder.host, holder.command) == (os.getpid(), socket.gethostname(), "muvi run day1")
    assert holder.since == "2026-11-02T09:30:00+00:00"
    assert str(holder).endswith("since 2026-11-02T09:30:00+00:00: muvi run day1")
    assert lock.is_held()


def test_released_it_is_an_empty_file(lock: Lock, path: Path) -> None:
    lock.take("muvi run")
    lock.release()
    assert path.read_bytes() == b""
    assert lock.holder() is None
    assert not lock.is_held()
    assert lock.take("muvi run") is None, "and can be taken again"
    lock.release()
    lock.release()


def test_one_that_was_never_taken(lock: Lock, path: Path) -> None:
    assert not lock.is_held()
    assert lock.holder() is None
    lock.release()
    assert not path.exists()


def test_another_process_is_refused_with_the_holders_words(lock: Lock, child: Children) -> None:
    held = child()
    assert lock.is_held()
    with pytest.raises(Locked) as caught:
        lock.take("muvi teardown")
    error = caught.value
    assert error.exit_code == 6
    assert f"process {held.pid}" in error.what
    assert error.what.endswith("muvi run day1")
    assert error.next == ("muvi status",)
    holder = lock.holder()
    assert holder is not None
    assert holder.pid == held.pid, "who was refused changes nothing"


def test_it_can_be_taken_once_the_other_has_ended(lock: Lock, child: Children) -> None:
    held = child()
    held.communicate()
    assert lock.take("muvi run") is None


def test_a_second_lock_in_the_same_process_is_refused(lock: Lock, path: Path) -> None:
    lock.take("muvi run")
    with pytest.raises(Locked):
        Lock(path, Standing()).take("muvi run")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_a_dead_holder_is_recognised_and_taken_over(lock: Lock, child: Children) -> None:
    held = child()
    held.send_signal(signal.SIGKILL)
    held.wait()
    assert not lock.is_held()
    named = lock.holder()
    assert named is not None, "the dead one had no time to take its name away"
    before = lock.take("muvi run")
    assert before == named
    assert before.pid == held.pid
    now = lock.holder()
    assert now is not None
    assert now.pid == os.getpid()


def elsewhere(path: Path) -> Holder:
    holder = Holder("anna", "another-host", 77, "2026-11-01T10:00:00+00:00", "muvi run day1")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(dataclasses.asdict(holder)))
    return holder


def test_a_holder_on_another_host_is_believed(lock: Lock, path: Path) -> None:
    """A shared folder does not always carry the file lock across."""
    holder = elsewhere(path)
    assert lock.is_held()
    with pytest.raises(Locked, match="anna on another-host"):
        lock.take("muvi run")
    assert lock.holder() == holder
    with pytest.raises(Locked):
        lock.take("muvi run")


def test_once_its_file_is_emptied_the_lock_can_be_taken(lock: Lock, path: Path) -> None:
    elsewhere(path)
    path.write_bytes(b"")
    assert not lock.is_held()
    assert lock.take("muvi run") is None


@pytest.mark.parametrize("text", ["", "x", "{}", "[]", "7", '{"who": 1}', "null", "\0\0\0"])
def test_a_damaged_file_names_nobody(lock: Lock, path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert lock.holder() is None
    assert not lock.is_held()
    assert lock.take("muvi run") is None


def test_abandoned_it_still_names_who_had_it(lock: Lock) -> None:
    lock.take("muvi run")
    lock.abandon()
    assert lock.holder() is not None
    assert not lock.is_held()
    before = lock.take("muvi run")
    assert before is not None
    assert before.pid == os.getpid()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(StateNotWritten):
        Lock(tmp_path / "state" / "uat.lock", Standing()).take("muvi run")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_file_is_private(lock: Lock, path: Path) -> None:
    lock.take("muvi run")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
