"""Laws 3 and 4 for new versions: a process killed while it rolls one out, or that hears no answer, costs nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.laws.hands import assert_settled, family, push, service
from tests.world import World

Worlds = Callable[..., World]


def assert_rolled_out(one: World) -> None:
    for name in ("main", "gateway"):
        assert_settled(one, name)
        assert len(family(one, name)) == 3, "one without an image, and one for each that was pushed"
        assert "waiting-for" not in str(service(one, name).get("tags", ()))
    assert one.plan().is_empty
    assert one.run().counts.writes == 0


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_run_that_is_killed_while_it_rolls_out(world: Worlds, how: str) -> None:
    """At each of its calls one dies; the next goes on, with no second revision and no copy left behind."""
    one = world("tiny", threads=1)
    assert not one.run().errors
    kills = 0
    for content in ("first", "second"):
        push(one, content)
        while kills < 40 and one.killed_at_call(one.run, 1 if how == "before" else 0, how):
            kills += 1
    assert 6 < kills < 40
    assert_rolled_out(one)


@pytest.mark.parametrize("first", [0, 1])
def test_a_roll_out_whose_answers_are_lost(world: Worlds, first: int) -> None:
    one = world("tiny", threads=1)
    assert not one.run().errors
    for content in ("first", "second"):
        push(one, content)
        report = one.losing_answers(one.run, range(first, 100, 2))
        assert not report.errors, report.errors
    assert_rolled_out(one)
