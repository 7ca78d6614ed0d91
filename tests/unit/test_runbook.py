"""The days in order: what a person may ask for, and what a day module may not get wrong."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.engine.stack import Step
from muvi_provision.errors import UsageError


def _nothing(stack: Any) -> None:
    """Nothing."""


def step(number: str, *needs: str) -> Step:
    return Step(number, f"step {number}", _nothing, needs)


def test_sound_steps_pass() -> None:
    runbook.check([step("1.1"), step("1.2", "1.1"), step("1.9"), step("1.10", "1.9", "1.2"), step("2.1", "1.10")])


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([step("1.1"), step("1.1")], "1.1 is there twice"),
        ([step("1.1", "1.2"), step("1.2")], "1.1 needs 1.2, which does not come before it"),
        ([step("1.1", "9.9")], "9.9"),
        ([step("1.1", "1.1")], "1.1 needs 1.1"),
        ([step("1.10"), step("1.9")], "not in the order"),
        ([step("2.1"), step("1.1")], "not in the order"),
    ],
)
def test_mistakes_are_refused(steps: list[Step], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        runbook.check(steps)


def test_the_shipped_days_are_sound() -> None:
    days = runbook.days()
    assert [day.name for day in days] == [f"day{number}" for number in range(1, len(days) + 1)]
    assert all(step.day == day.number for day in days for step in day.steps)
    assert runbook.steps() == tuple(step for day in days for step in day.steps)
    runbook.check(runbook.steps())


@pytest.mark.parametrize("word", ["day1", "1"])
def test_a_day_by_name_or_number(word: str) -> None:
    assert runbook.of_day(word) == runbook.days()[0].steps


def test_all_days() -> None:
    assert runbook.of_day("all") == runbook.steps()


@pytest.mark.parametrize("word", ["day9", "0", "", "one", "DAY1"])
def test_a_day_there_is_not(word: str) -> None:
    with pytest.raises(UsageError, match="day1") as caught:
        runbook.of_day(word)
    assert caught.value.next


def test_a_range_includes_both_ends_and_counts_in_numbers() -> None:
    chosen = [step.number for step in runbook.between(runbook.steps(), "1.9", "1.11")]
    assert chosen == ["1.9", "1.10", "1.11"]


def test_open_ranges() -> None:
    steps = runbook.days()[0].steps
    assert runbook.between(steps) == steps
    assert runbook.between(steps, first="1.3") == steps[2:]
    assert runbook.between(steps, last="1.3") == steps[:3]
    assert runbook.between(steps, "1.5", "1.3") == ()


def test_a_step_there_is_not() -> None:
    with pytest.raises(UsageError, match=r"there is no step 1\.99"):
        runbook.between(runbook.steps(), first="1.99")


def test_the_pages_and_environments_are_there() -> None:
    assert (runbook.pages() / "day1-network.md").is_file()
    own, shipped = runbook.environments()
    assert str(own) == "runbook/environments" or own.parts == ("runbook", "environments")
    assert (shipped / "uat.yaml").is_file()
