"""A sandbox behind real HTTP, a registry of somebody else's, and our own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from muvi_provision import sandbox
from muvi_provision.day3_compute.copying import Copy
from muvi_provision.day3_compute.images import Place
from muvi_provision.engine.site import Site
from muvi_provision.sandbox.process import control
from muvi_provision.state.store import State
from tests.leaping import SeededChance
from tests.registry import HERE, OTHER, THERE, Registry


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sandbox.Running]:
    folder = tmp_path_factory.mktemp("registry")
    yield sandbox.start(folder, speed=0)
    sandbox.stop(folder)


@pytest.fixture
def cloud(running: sandbox.Running) -> sandbox.Running:
    control(running, "settings", {"speed": 0, "faults": {}})
    control(running, "reset")
    return running


@pytest.fixture
def source(cloud: sandbox.Running) -> Iterator[Registry]:
    """Another account's, in another region."""
    yield from _closing(Registry(cloud.endpoint, OTHER, THERE))


@pytest.fixture
def mine(cloud: sandbox.Running) -> Iterator[Registry]:
    """Our own, with a repository ``uat-main``."""
    found = Registry(cloud.endpoint, "sandbox", HERE)
    found.repository("uat-main")
    yield from _closing(found)


def _closing(registry: Registry) -> Iterator[Registry]:
    yield registry
    for client in registry.border._clients.values():
        client.close()


@pytest.fixture
def site(mine: Registry, tmp_path: Path) -> Site:
    clock = mine.border.clock
    state = State.open(tmp_path / "state", "uat", clock, SeededChance(1))
    return Site(state, mine.aws, clock, SeededChance(2), threads=4)


@pytest.fixture
def copy(mine: Registry) -> Copy:
    """``cinema-main:v1`` of the other account to ``uat-main:latest``."""
    reading = dataclasses.replace(mine.aws, region=THERE)
    return Copy(Place(reading, "cinema-main", "v1", OTHER), Place(mine.aws, "uat-main", "latest"), "repository/main")
