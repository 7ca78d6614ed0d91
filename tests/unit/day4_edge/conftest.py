"""An empty account with an internet around it, at once and as slow as AWS, and changes past the product."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.environment import Environment, load
from muvi_provision.sandbox.cloud import Cloud
from tests.resources.contract import Bench
from tests.sandbox.conftest import Leaping

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "runbook" / "environments"
SMALL = ROOT / "tests" / "environments"


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


@pytest.fixture(scope="session")
def prodlike() -> Environment:
    return load(SHIPPED / "prodlike.yaml")


@pytest.fixture(scope="session")
def tiny() -> Environment:
    return load(SMALL / "tiny.yaml")


@pytest.fixture
def clock() -> Leaping:
    return Leaping()


@pytest.fixture
def slow(clock: Leaping) -> Iterator[Bench]:
    """As slow as AWS, by a clock that leaps."""
    cloud = Cloud(clock, speed=1)
    yield Bench(cloud)
    cloud.reset()


def by_hand(bench: Bench, client: str, operation: str, **params: Any) -> Any:
    """A change past the product; what is in no region is changed where AWS keeps it."""
    aws = bench.aws
    region = "us-east-1" if client in ("route53", "cloudfront", "wafv2") else aws.region
    with aws.writing("somebody"):
        return getattr(bench.border.client(client, region), operation)(**params)
