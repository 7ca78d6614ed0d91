"""Laws 3 and 5 on real processes: SIGKILL in the middle of a run and of a teardown, then the same command again."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import Running, process
from muvi_provision.sandbox.faults import Faults
from tests.canonical import addresses, canonical
from tests.laws.processes import TINY, done, killed_after, snapshot

SEED = int(os.environ.get("MUVI_SEED", "20261122"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Running]:
    yield process.start(tmp_path, speed=0, faults=Faults(latency_ms=5))
    process.stop(tmp_path)


def without_shared(cloud: dict[str, Any]) -> dict[str, Any]:
    """All but GitHub's provider, which is the account's from when it was made."""
    left = {service: held for service, held in cloud.items() if service != "iam"}
    rest = {kind: held for kind, held in cloud.get("iam", {}).get("aws", {}).items() if kind != "oidc_provider"}
    return {**left, "iam": {"aws": rest}} if rest else left


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
    """Nine says that only what a person gives is waited for: images, secrets, code, names, a yes."""
    chance, env = random.Random(SEED), str(TINY)
    before = snapshot(cloud)
    kills = sum(killed_after(tmp_path, chance.randrange(60, 280), "run", "all", env=env) for _ in range(4))
    assert kills >= 2, f"seed {SEED}"
    ended = done(tmp_path, "run", "all", env=env, code=9)
    assert (ended["failed"], ended["waiting"]) == (0, 6)
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
    assert without_shared(snapshot(cloud)) == before, f"seed {SEED}"
