"""An empty account, the environments that ship and the small one, and changes past the product."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.engine.stack import Stack, Wanted
from muvi_provision.environment import Environment, load
from muvi_provision.resource import Resource
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
    return load(SMALL / "tiny.yaml")


def by_hand(bench: Bench, client: str, operation: str, **params: Any) -> Any:
    """A change past the product."""
    aws = bench.aws
    with aws.writing("somebody"):
        return getattr(bench.border.client(client, aws.region), operation)(**params)


def wanted(environment: Environment, *kinds: str) -> dict[str, Resource]:
    """What all days ask for, by address; of those kinds."""
    stack = Stack(environment)
    stack.record(runbook.steps())
    nodes = (node for node in stack.nodes.values() if isinstance(node, Wanted))
    return {node.address: node.resource for node in nodes if not kinds or node.address.partition("/")[0] in kinds}
