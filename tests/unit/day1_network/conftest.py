"""An empty account, and the shipped environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from muvi_provision.environment import Environment, load
from muvi_provision.sandbox.cloud import Cloud
from tests.resources.contract import Bench

SHIPPED = Path(__file__).parents[3] / "runbook" / "environments"


@pytest.fixture(scope="session")
def account() -> Bench:
    return Bench(Cloud(speed=0))


@pytest.fixture
def bench(account: Bench) -> Bench:
    account.start_over()
    return account


@pytest.fixture(scope="session")
def uat() -> Environment:
    return load(SHIPPED / "uat.yaml")
