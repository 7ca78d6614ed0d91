"""What the documents promise of the strict sandbox, as ratios taken in one go: no seconds are asserted."""

from __future__ import annotations

import pytest

from tests.benchmarks import answering, strictness

pytestmark = pytest.mark.bench
LIMIT = 2.0


def test_strictness_slows_an_instant_run_by_less_than_two() -> None:
    assert strictness.slower(rounds=3) < LIMIT


def test_the_strict_part_of_a_whole_week_is_less_than_the_emulators() -> None:
    assert strictness.share(rounds=1) < LIMIT


def test_the_sandbox_answers_about_as_soon_as_the_emulators_own_server() -> None:
    assert answering.pairs(rounds=3)[2] < LIMIT


def test_the_stopwatch_knows_whose_time_it_is() -> None:
    """Without the strict layer all of the time is the emulator's, but for the way there."""
    cloud = strictness.run(strictness.Timed, range(1, 2))[1]
    assert isinstance(cloud, strictness.Timed)
    assert set(cloud.watch.seconds) == {"strict", "emulator"}
    assert min(cloud.watch.seconds.values()) > 0
