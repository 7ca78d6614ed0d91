"""An empty account on a clock that stands still, and the environments that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from muvi_provision.environment import Environment, load
from tests.unit.day1_network.balancing.conftest import ground, rehearsal

__all__ = ["ground", "rehearsal"]

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def uat() -> Environment:
    return load(ROOT / "runbook" / "environments" / "uat.yaml")


@pytest.fixture(scope="session")
def prodlike() -> Environment:
    return load(ROOT / "runbook" / "environments" / "prodlike.yaml")
