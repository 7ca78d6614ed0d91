"""Law 9 again, by lot: whatever mixture of faults befalls a run, a run again and a teardown, they end as without.

A failure prints the mixture with its seed; ``mixture(seed)`` is the same again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision.engine.site import Report
from muvi_provision.sandbox.faults import Faults
from tests.canonical import addresses, canonical
from tests.world import World

Worlds = Callable[..., World]
Built = Callable[[str], Any]


def mixture(seed: int) -> dict[str, Any]:
    """Faults of every kind that a run outlives, drawn from a seed: each on or off, and how bad."""
    dice = random.Random(seed)
    faults = Faults(
        latency_ms=dice.choice((0, 40, 300)),
        throttle=dice.choice(({}, {"*": (5.0, 5)}, {"*": (20.0, 10), "ec2": (8.0, 10), "s3": (4.0, 4)})),
        error_before_chance=dice.choice((0.0, 0.02, 0.05)),
        lost_answer_chance=dice.choice((0.0, 0.05, 0.2)),
        cut=dice.random() < 0.5,
        time_out_chance=dice.choice((0.0, 0.01, 0.03)),
        unseen_seconds=dice.choice((0, 3, 20, 50)),
        unseen_reads=dice.choice((0, 0, 1, 2)),
        seed=seed,
    )
    return {"seed": seed, "threads": dice.choice((1, 4, 16)), "speed": 1, "faults": faults}


@pytest.mark.parametrize("seed", range(3))
def test_any_mixture_of_faults_ends_as_none_does(world: Worlds, built: Built, seed: int) -> None:
    assert_ends_as_without(world("tiny", **mixture(seed)), built("tiny"), mixture(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 240))
def test_any_mixture_of_faults_many_times(world: Worlds, built: Built, seed: int) -> None:
    assert_ends_as_without(world("tiny", **mixture(seed)), built("tiny"), mixture(seed))


def assert_ends_as_without(one: World, wanted: Any, said: dict[str, Any]) -> None:
    """A run that something befell is run again; so is a teardown. What they end with is as if nothing had happened."""
    before = one.cloud.snapshot()
    _until_done(one.run, said)
    known = addresses(one.cloud.snapshot())
    assert len(known) == len(set(known)), (said, sorted(a for a in known if known.count(a) > 1))
    assert canonical(one.cloud.snapshot()) == wanted, said
    one.clock.sleep(said["faults"].unseen_seconds)
    _until_done(one.run, said)  # perhaps it has to look several times, but there is nothing to do
    assert canonical(one.cloud.snapshot()) == wanted, said
    _until_done(one.teardown, said)
    assert one.cloud.snapshot() == before, said
    assert one.site().state.records() == [], said


def _until_done(job: Callable[[], Report], said: object) -> None:
    """At most five processes: what shows only after so many looks, and luck, may cost one."""
    errors = [job().errors]
    while errors[-1] and len(errors) < 5:
        errors.append(job().errors)
    assert not errors[-1], (said, errors)
