"""Two processes with one state: one works, the other waits its turn, looks, or takes over from the dead."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import Running, process
from muvi_provision.sandbox.faults import Faults
from tests.canonical import addresses, canonical
from tests.laws.processes import begin, done, killed_after, snapshot

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
LOCKED = 6


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Running]:
    yield process.start(tmp_path, speed=0, faults=Faults(latency_ms=150))
    process.stop(tmp_path)


def under_way(folder: Path, *words: str) -> Any:
    """The command, once it has told that it began to make (or delete) something."""
    child = begin(folder, *words)
    for line in child.stdout:  # type: ignore[union-attr]
        if json.loads(line)["type"].endswith("begin"):
            return child
    raise AssertionError(child.communicate())


def refused(folder: Path, *words: str) -> str:
    """What a command says that may not begin while another is at work."""
    child = begin(folder, *words)
    out, err = child.communicate(timeout=120)
    assert child.returncode == LOCKED, (out, err)
    return (out + err).decode()


@pytest.mark.parametrize(
    "words", [("run", "day1", "--yes"), ("teardown", "day1", "--confirm", "uat")], ids=["run", "teardown"]
)
def test_a_second_one_that_would_write_is_refused(tmp_path: Path, cloud: Running, words: tuple[str, ...]) -> None:
    first = under_way(tmp_path, "run", "day1", "--yes")
    said = refused(tmp_path, *words)
    assert str(first.pid) in said, "who is at work"
    first.communicate(timeout=120)
    assert first.returncode == 0
    found = addresses(snapshot(cloud))
    assert len(found) == len(set(found)) > 100


def test_a_run_beside_a_teardown_is_refused(tmp_path: Path, cloud: Running) -> None:
    before = snapshot(cloud)
    done(tmp_path, "run", "day1", "--yes")
    first = under_way(tmp_path, "teardown", "day1", "--confirm", "uat")
    refused(tmp_path, "run", "day1", "--yes")
    first.communicate(timeout=120)
    assert (first.returncode, snapshot(cloud)) == (0, before)


def test_looking_beside_a_run_disturbs_nobody(tmp_path: Path, cloud: Running) -> None:
    first = under_way(tmp_path, "run", "day1", "--yes")
    looks = [begin(tmp_path, word, "day1") for word in ("status", "plan")]
    for look in looks:
        out, err = look.communicate(timeout=120)
        assert look.returncode == 0, err
        assert json.loads(out)["ok"]
    first.communicate(timeout=120)
    assert first.returncode == 0
    built = canonical(snapshot(cloud))
    assert done(tmp_path, "run", "day1", "--yes")["writes"] == 0
    assert canonical(snapshot(cloud)) == built


def test_a_lock_whose_holder_died_is_taken_over(tmp_path: Path, cloud: Running) -> None:
    assert killed_after(tmp_path, 60, "run", "day1", "--yes")
    assert (tmp_path / "sandbox" / "uat.lock").exists()
    assert done(tmp_path, "run", "day1", "--yes")["failed"] == 0
