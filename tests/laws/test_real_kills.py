"""Laws 3 and 5 on real processes: SIGKILL in the middle of a run and of a teardown, then the same command again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import Running, process
from muvi_provision.sandbox.faults import Faults
from tests.canonical import addresses, canonical

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("MUVI_SEED", "20261122"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Running]:
    yield process.start(tmp_path, speed=0, faults=Faults(latency_ms=5))
    process.stop(tmp_path)


def snapshot(cloud: Running) -> dict[str, Any]:
    return process.control(cloud, "snapshot")


TINY = ROOT / "tests" / "environments" / "tiny.yaml"


def begin(folder: Path, *words: str, env: str = "uat") -> subprocess.Popen[bytes]:
    where = ("--env", env, "--sandbox", "--state-dir", str(folder), "--json", "--no-input")
    return subprocess.Popen(
        [sys.executable, "-m", "muvi_provision", *words, *where],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def killed_after(folder: Path, events: int, *words: str, env: str = "uat") -> bool:
    """Starts the command and kills it once it has told so many events; False when it ended before."""
    child = begin(folder, *words, env=env)
    assert child.stdout is not None and child.stderr is not None
    for _ in range(events):
        if not child.stdout.readline():
            break
    child.send_signal(signal.SIGKILL)
    child.communicate()
    return child.returncode == -signal.SIGKILL


def done(folder: Path, *words: str, env: str = "uat", code: int = 0) -> dict[str, Any]:
    child = begin(folder, *words, env=env)
    out, err = child.communicate(timeout=120)
    assert child.returncode == code, err.decode()
    whole = out.decode()
    return json.loads(whole if whole.startswith("{\n") else whole.splitlines()[-1])


def test_killed_again_and_again(tmp_path: Path, cloud: Running) -> None:
    chance = random.Random(SEED)
    before = snapshot(cloud)
    kills = sum(killed_after(tmp_path, chance.randrange(20, 160), "run", "day1", "--yes") for _ in range(4))
    assert kills >= 2, f"seed {SEED}"
    assert done(tmp_path, "run", "day1", "--yes")["failed"] == 0
    found = addresses(snapshot(cloud))
    assert len(found) == len(set(found)) > 100, f"seed {SEED}"
    plan = done(tmp_path, "plan", "day1")["data"]
    assert not any(plan[verdict] for verdict in ("create", "update", "vanished", "blocked", "orphan")), f"seed {SEED}"
    built = canonical(snapshot(cloud))
    assert done(tmp_path, "run", "day1", "--yes")["writes"] == 0
    assert canonical(snapshot(cloud)) == built
    for _ in range(3):
        killed_after(tmp_path, chance.randrange(20, 160), "teardown", "day1", "--confirm", "uat")
    done(tmp_path, "teardown", "day1", "--confirm", "uat")
    assert snapshot(cloud) == before, f"seed {SEED}"


def test_all_days_killed_again_and_again(tmp_path: Path, cloud: Running) -> None:
    """Nine says that only images and secrets are waited for, which nobody gives here."""
    chance, env = random.Random(SEED), str(TINY)
    before = snapshot(cloud)
    kills = sum(killed_after(tmp_path, chance.randrange(60, 280), "run", "all", env=env) for _ in range(4))
    assert kills >= 2, f"seed {SEED}"
    ended = done(tmp_path, "run", "all", env=env, code=9)
    assert (ended["failed"], ended["waiting"]) == (0, 2)
    found = addresses(snapshot(cloud))
    assert len(found) == len(set(found)) > 80, f"seed {SEED}"
    plan = done(tmp_path, "plan", "all", env=env)["data"]
    assert not any(plan[verdict] for verdict in ("create", "update", "vanished", "blocked", "orphan")), f"seed {SEED}"
    built = canonical(snapshot(cloud))
    assert done(tmp_path, "run", "all", env=env, code=9)["writes"] == 0
    assert canonical(snapshot(cloud)) == built
    for _ in range(3):
        killed_after(tmp_path, chance.randrange(20, 120), "teardown", "--confirm", "tiny", env=env)
    done(tmp_path, "teardown", "--confirm", "tiny", env=env)
    assert snapshot(cloud) == before, f"seed {SEED}"
