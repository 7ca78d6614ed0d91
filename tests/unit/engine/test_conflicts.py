"""AWS says that there is one already: ours from before an interruption, or a stranger's."""

from __future__ import annotations

import pytest

from muvi_provision.errors import AwsRefused, NameTaken, ReadinessFailed
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import Box, cut, refusal

CONFLICT = refusal("InvalidThing.Duplicate", "there is one")


class Died(BaseException):
    """Kill -9."""


def unique(bench: Bench) -> None:
    """A shelf that refuses a second one of the same address, as AWS refuses a name."""

    def before(verb: str, address: str) -> None:
        there = (one["tags"].get("muvi:address") for one in bench.shelf.things.values())
        if verb == "create" and address in there:
            raise CONFLICT

    bench.shelf.before = before


@pytest.mark.parametrize("hidden_s", [0, 20, 90, 250])
def test_ours_from_before_a_kill_is_taken_up_however_late_it_shows(bench: Bench, hidden_s: float) -> None:
    unique(bench)
    bench.shelf.hidden_s = hidden_s
    bench.asks(lambda stack: stack.ensure(Box("a")))

    def die(*_: str) -> None:
        raise Died

    bench.shelf.after = die
    with pytest.raises(Died):
        bench.run()
    bench.shelf.after = lambda *_: None
    report = bench.run()
    assert not report.errors
    assert len(bench.shelf.things) == 1
    assert bench.status() == {"test-box/a": "ready"}
    assert bench.run().counts.writes == 0


@pytest.mark.parametrize("hidden_s", [0, 20, 90])
def test_ours_from_a_lost_answer_is_taken_up(bench: Bench, hidden_s: float) -> None:
    unique(bench)
    bench.shelf.hidden_s, lost = hidden_s, [cut()]

    def after(verb: str, address: str) -> None:
        if lost:
            raise lost.pop()

    bench.shelf.after = after
    bench.asks(lambda stack: stack.ensure(Box("a")))
    assert not bench.run().errors
    assert len(bench.shelf.things) == 1


def test_a_strangers_that_we_cannot_see_is_told_at_once(bench: Bench) -> None:
    """Nothing of ours was under way, so there is nothing to wait for."""
    bench.shelf.before = lambda verb, _: (_ for _ in ()).throw(CONFLICT) if verb == "create" else None
    bench.asks(lambda stack: stack.ensure(Box("a")))
    began = bench.clock.monotonic()
    error = bench.run().errors["test-box/a"]
    assert isinstance(error, AwsRefused)
    assert "there is one" in error.what
    assert bench.clock.monotonic() == began


def test_a_strangers_that_we_can_see_is_named(bench: Bench) -> None:
    """It came between our look and our create."""

    def before(verb: str, address: str) -> None:
        if verb == "create":
            tags = {"muvi:env": "uat", "muvi:address": address, "muvi:lineage": "another"}
            bench.shelf.things["x"] = {"id": "x", "kind": "test-box", "tags": tags, "at": 0}
            raise CONFLICT

    bench.shelf.before = before
    bench.asks(lambda stack: stack.ensure(Box("a")))
    error = bench.run().errors["test-box/a"]
    assert isinstance(error, NameTaken)
    assert list(bench.shelf.things) == ["x"]


def test_a_conflict_that_never_shows_ends_some_time(bench: Bench) -> None:
    unique(bench)
    bench.shelf.hidden_s = 1e9
    bench.asks(lambda stack: stack.ensure(Box("a")))
    lost = [cut()]

    def after(verb: str, address: str) -> None:
        if lost:
            raise lost.pop()

    bench.shelf.after = after
    began = bench.clock.monotonic()
    assert isinstance(bench.run().errors["test-box/a"], AwsRefused)
    assert 300 <= bench.clock.monotonic() - began < 400
    assert len(bench.shelf.writes("create")) < 150


def test_a_change_that_aws_accepts_and_never_shows(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("a")))
    bench.run()
    bench.asks(lambda stack: stack.ensure(Box("a", colour="red")))

    def forget(verb: str, address: str) -> None:
        for one in bench.shelf.things.values():
            one["colour"] = "green"

    bench.shelf.after = forget
    error = bench.run().errors["test-box/a"]
    assert isinstance(error, ReadinessFailed)
    assert "does not show it: colour: green -> red" in error.what
    assert bench.shelf.writes("update") == ["test-box/a"] * 2, "asked for once more, and not for ever"
