"""Worlds for the laws. Each test makes its own; a failure prints the seed and point that reproduce it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from tests.canonical import canonical
from tests.laws.hands import with_images
from tests.world import World

ENVIRONMENTS = ("uat", "prodlike")
PUSHED = "tiny with images"
GRANTED = {"fargate_vcpus": 200}  # prodlike wants 66, which nobody gets without asking


def fresh(world: Callable[..., World], env: str) -> tuple[World, Any]:
    """A world nobody has worked in yet, or only so far that images could be pushed; and its cloud before anything."""
    one = world("tiny" if env == PUSHED else env, threads=3)
    before = one.cloud.snapshot()
    return (with_images(one) if env == PUSHED else one), before


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., World]:
    """Makes a world: ``world("uat", seed=3, threads=8)``."""
    made: list[World] = []

    def make(env: str = "uat", **options: Any) -> World:
        made.append(World(tmp_path / f"state{len(made)}", env, **{"quotas": GRANTED, **options}))
        return made[-1]

    return make


@pytest.fixture
def first_days(world: Callable[..., World]) -> Callable[..., World]:
    """Worlds in which days 1 to 3 are all there is, for what is said of those."""

    def make(env: str = "uat", **options: Any) -> World:
        one = world(env, **options)
        one.steps = tuple(step for step in one.steps if step.day <= 3)
        return one

    return make


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The canonical cloud that an undisturbed run of an environment makes; made once a session."""
    return _built(tmp_path_factory, 5)


@pytest.fixture(scope="session")
def built_first(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The same of days 1 to 3."""
    return _built(tmp_path_factory, 3)


def _built(tmp_path_factory: pytest.TempPathFactory, last: int) -> Callable[[str], Any]:
    known: dict[str, Any] = {}

    def made(env: str, **said: Any) -> World:
        one = World(tmp_path_factory.mktemp(env) / "state", env, quotas=GRANTED, **said)
        one.steps = tuple(step for step in one.steps if step.day <= last)
        return one

    def cloud(env: str) -> Any:
        if env not in known:
            one, _ = fresh(made, env)
            report = one.run()
            assert not report.errors, report.errors
            known[env] = canonical(one.cloud.snapshot())
        return known[env]

    return cloud


@pytest.fixture(scope="session")
def _finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, bytes]:
    """The small environment after everything was made and run, and the dump of its cloud; made once a session."""
    one = World(tmp_path_factory.mktemp("finished") / "state", "tiny", quotas=GRANTED)
    assert not one.run().errors
    assert not with_images(one).run().errors
    return one, persistence.dumped(one.cloud)


@pytest.fixture
def finished(_finished: tuple[World, bytes], tmp_path: Path) -> Callable[..., World]:
    """Makes a world in which the small environment was finished two hours ago: ``finished(speed=1)``."""
    before, dump = _finished
    made: list[World] = []

    def make(**options: Any) -> World:
        one = World(tmp_path / f"finished{len(made)}" / "state", "tiny", **{"quotas": GRANTED, **options})
        persistence.load(one.cloud, dump)
        shutil.copytree(before.folder, one.folder)
        one.environment = before.environment  # with the same code
        one._processes = before._processes  # whose tokens are used up
        one.clock.time = before.clock.time
        one.clock.sleep(7200)
        made.append(one)
        return one

    return make
