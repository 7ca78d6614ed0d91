"""An empty account for each test."""

from __future__ import annotations

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.resources.contract import Bench


@pytest.fixture(scope="session")
def account() -> Bench:
    """As fast as it goes."""
    return Bench(Cloud(speed=0))


@pytest.fixture
def bench(account: Bench) -> Bench:
    account.start_over()
    return account
