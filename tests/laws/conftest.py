"""Worlds for the laws. Each test makes its own; a failure prints the seed and point that reproduce it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.canonical import canonical
from tests.world import World

ENVIRONMENTS = ("uat", "prodlike")
GRANTED = {"fargate_vcpus": 200}  # prodlike wants 66, which nobody gets without asking


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., World]:
    """Makes a world: ``world("uat", seed=3, threads=8)``."""
    made: list[World] = []

    def make(env: str = "uat", **options: Any) -> World:
        made.append(World(tmp_path / f"state{len(made)}", env, **{"quotas": GRANTED, **options}))
        return made[-1]

    return make


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The canonical cloud that an undisturbed run of an environment makes; made once a session."""
    known: dict[str, Any] = {}

    def cloud(env: str) -> Any:
        if env not in known:
            one = World(tmp_path_factory.mktemp(env), env, quotas=GRANTED)
            report = one.run()
            assert not report.errors, report.errors
            known[env] = canonical(one.cloud.snapshot())
        return known[env]

    return cloud
