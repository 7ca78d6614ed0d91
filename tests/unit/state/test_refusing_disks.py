"""A disk that refuses: what is amiss is said with a command that shows it, and nothing is begun anew in its place."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from muvi_provision.errors import StateNotWritten
from muvi_provision.state.disk import Disk, looks, not_written
from tests.unit.state.conftest import make, opened

pytestmark = pytest.mark.skipif(os.name == "nt", reason="other commands")


@pytest.mark.parametrize(
    ("number", "command"),
    [
        (errno.ENOSPC, "df -h"),
        (errno.EROFS, "df -h"),
        (errno.EIO, "df -h"),
        (errno.EACCES, "ls -ld"),
        (errno.ENOTDIR, "ls -ld"),
        (errno.EISDIR, "ls -ld"),
    ],
)
def test_where_to_look(tmp_path: Path, number: int, command: str) -> None:
    """At what is there: a folder that could not be made tells nothing."""
    error = OSError(number, os.strerror(number), str(tmp_path / "a b" / "uat.wal"))
    assert looks(error, tmp_path / "a b" / "uat.wal") == (f"{command} {shlex.quote(str(tmp_path))}",)
    (tmp_path / "a b").mkdir()
    assert looks(error, tmp_path / "a b" / "uat.wal") == (f"{command} '{tmp_path / 'a b'}'",)


def test_what_is_said(tmp_path: Path) -> None:
    said = not_written(OSError(errno.EROFS, "Read-only file system"), tmp_path / "uat.wal")
    assert (said.where, said.what) == (str(tmp_path / "uat.wal"), "Read-only file system")
    assert said.why
    assert said.next == (f"df -h {tmp_path}", "muvi run")


def test_a_state_that_vanished_is_not_begun_again(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    state = opened(folder, Disk())
    make(state, "vpc/main")
    shutil.rmtree(folder)
    changes: tuple[Callable[[], object], ...] = (lambda: make(state, "vpc/other"), state.checkpoint)
    for change in changes:
        with pytest.raises(StateNotWritten, match="not there any more") as caught:
            change()
        assert caught.value.next == ("muvi state recover",)
    assert not folder.exists()
    assert [record.address for record in state.records()] == ["vpc/main"]


def test_one_of_its_files_is_enough(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    state = opened(folder, Disk())
    make(state, "vpc/main")
    state.checkpoint()
    (folder / "uat.wal.backup").unlink()
    make(state, "vpc/other")
    assert opened(folder).contents() == state.contents()


def test_a_state_that_nobody_may_look_at_has_not_vanished(tmp_path: Path) -> None:
    too_long = tmp_path / ("x" * 300)
    with pytest.raises(OSError, match="too long"):
        too_long.stat()
    assert Disk().is_there(too_long)
    assert not Disk().is_there(tmp_path / "missing")
