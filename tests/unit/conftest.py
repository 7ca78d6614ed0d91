"""An empty account, at once and as slow as AWS, the environments that ship and the small one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from muvi_provision.environment import Environment, load
from muvi_provision.sandbox.cloud import Cloud
from tests.resources.contract import Bench
from tests.sandbox.conftest import Leaping

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "runbook" / "environments"


@pytest.fixture(scope="session")
def account() -> Bench:
    return Bench(Cloud(speed=0))


@pytest.fixture
def bench(account: Bench) -> Bench:
    account.start_over()
    return account


@pytest.fixture
def clock() -> Leaping:
    return Leaping()


@pytest.fixture
def slow(clock: Leaping) -> Iterator[Bench]:
    """As slow as AWS, by a clock that leaps."""
    cloud = Cloud(clock, speed=1)
    yield Bench(cloud)
    cloud.reset()


@pytest.fixture(scope="session")
def uat() -> Environment:
    return load(SHIPPED / "uat.yaml")


@pytest.fixture(scope="session")
def prodlike() -> Environment:
    return load(SHIPPED / "prodlike.yaml")


@pytest.fixture(scope="session")
def tiny() -> Environment:
    return load(ROOT / "tests" / "environments" / "tiny.yaml")
