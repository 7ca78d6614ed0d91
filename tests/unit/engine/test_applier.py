"""The run: what is made, lent, changed and told."""

from __future__ import annotations

from muvi_provision.engine import events
from muvi_provision.engine.stack import Stack
from muvi_provision.errors import (
    ChangeBlocked,
    StepFailed,
)
from muvi_provision.resource import Verdict
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import Box, Found, Kit, Meal, Oven


def chain(stack: Stack) -> None:
    """a <- b <- c, and d alone."""
    a = stack.ensure(Box("a"))
    b = stack.ensure(Box("b", below=a))
    stack.ensure(Box("c", below=b))
    stack.ensure(Box("d"))


def test_everything_is_made_once_and_recorded(bench: Bench) -> None:
    bench.asks(chain)
    report = bench.run()
    assert not report.errors
    assert (report.counts.created, report.counts.writes) == (4, 4)
    assert bench.shelf.writes("create").index("test-box/a") < bench.shelf.writes("create").index("test-box/b")
    assert set(bench.status().values()) == {"ready"}
    record = bench.state().record("test-box/b")
    assert record is not None
    assert record.needs == ("test-box/a",)
    assert record.outputs == {"arn": f"arn:{record.id}"}
    again = bench.run()
    assert (again.counts.same, again.counts.created, again.counts.writes) == (4, 0, 0)


def test_slow_things_overlap(bench: Bench) -> None:
    def body(stack: Stack) -> None:
        for number in range(20):
            stack.ensure(Oven(str(number)))

    bench.threads = 1
    bench.asks(body)
    began = bench.clock.monotonic()
    assert not bench.run().errors
    assert 105 <= bench.clock.monotonic() - began < 125


def test_what_is_awaited_is_waited_for_and_what_is_only_named_is_not(bench: Bench) -> None:
    def body(stack: Stack) -> None:
        oven = stack.ensure(Oven("a"))
        stack.ensure(Meal("b", below=oven))
        stack.ensure(Box("c", below=oven))

    bench.asks(body)
    bench.run()
    at = {one["tags"]["muvi:address"]: one["at"] for one in bench.shelf.things.values()}
    assert at["test-box/c"] == at["test-oven/a"]
    assert at["test-meal/b"] >= at["test-oven/a"] + 105


def test_outputs_reach_the_strings_they_are_in(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("b", colour=f"as {stack.ensure(Oven('a')).arn}")))
    bench.run()
    assert [one["colour"] for one in bench.shelf.things.values() if one["kind"] == "test-box"] == ["as arn:test-oven-1"]
    assert bench.plan().is_empty


def test_what_create_leaves_is_done_before_anything_stands_on_it(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("b", below=stack.ensure(Kit("a", colour="red")))))
    report = bench.run()
    assert not report.errors
    assert bench.shelf.writes() == ["test-kit/a", "test-kit/a", "test-box/b"]
    assert report.counts.created == 2
    assert report.counts.updated == 0


def test_a_change_that_can_be_made_is_made(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("a")))
    bench.run()
    bench.asks(lambda stack: stack.ensure(Box("a", colour="red")))
    report = bench.run()
    assert (report.counts.updated, report.counts.created, report.counts.same) == (1, 0, 0)
    record = bench.state().record("test-box/a")
    assert record is not None
    assert record.wanted["colour"] == "red"
    assert bench.run().counts.writes == 0


def test_a_change_that_cannot_be_made_is_told_and_nothing_is_deleted(bench: Bench) -> None:
    bench.asks(chain)
    bench.run()
    calls = len(bench.shelf.writes())

    def larger(stack: Stack) -> None:
        a = stack.ensure(Box("a"))
        b = stack.ensure(Box("b", below=a, size=2, colour="red"))
        stack.ensure(Box("c", below=b))
        stack.ensure(Box("d", colour="blue"))

    bench.asks(larger)
    finding = bench.plan().of(Verdict.BLOCKED)[0]
    assert (finding.address, [change.field for change in finding.changes]) == ("test-box/b", ["colour", "size"])
    report = bench.run()
    error = report.errors.pop("test-box/b")  # type: ignore[attr-defined]
    assert report.errors == {}
    assert isinstance(error, ChangeBlocked)
    assert error.next == ("muvi teardown --only test-box/b --with-users", "muvi run")
    assert "size: 1 -> 2" in error.what
    assert "cannot change size" in error.why
    assert report.skipped == {"test-box/c": "test-box/b"}
    assert bench.shelf.writes()[calls:] == ["test-box/d"]
    assert len(bench.shelf.things) == 4


def test_what_is_blocked_is_not_counted_as_being_the_same(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("a")))
    bench.run()
    bench.asks(lambda stack: stack.ensure(Box("a", size=2)))
    counts = bench.run().counts
    assert (counts.failed, counts.same) == (1, 0)


def test_the_chosen_steps_only_and_what_they_stand_on_is_lent(bench: Bench) -> None:
    bench.asks(
        lambda stack: stack.ensure(Box("a", colour="red")),
        lambda stack: stack.ensure(Box("b", below=stack.get(Box, "a"))),
        lambda stack: stack.ensure(Box("c")),
    )
    report = bench.run(["1.2"])
    assert set(report.errors) == {"test-box/a"}
    error = report.errors["test-box/a"]
    assert type(error) is StepFailed
    assert error.next == ("muvi run --step 1.1",)
    assert report.skipped == {"test-box/b": "test-box/a"}
    assert bench.shelf.writes() == []
    assert not bench.run(["1.1"]).errors
    next(iter(bench.shelf.things.values()))["colour"] = "drifted"
    report = bench.run(["1.2"])
    assert not report.errors
    assert bench.shelf.writes() == ["test-box/a", "test-box/b"], "the lent one is not corrected"
    assert report.counts.created == 1
    assert [event.step for event in bench.of(events.StepEnd)][-1] == "1.2"


def test_a_look_up_is_found_and_never_made(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("b", below=stack.look_up(Found("list")))))
    report = bench.run()
    assert set(report.errors) == {"test-found/list"}
    assert "there is no test-found list" in report.errors["test-found/list"].what
    assert bench.shelf.things == {}
    bench.shelf.things["pl-1"] = {"id": "pl-1", "kind": "test-found", "name": "list", "tags": {}, "at": 0}
    report = bench.run()
    assert not report.errors
    assert report.counts.created == 1, "what was only found is not counted"
    assert bench.run().counts.writes == 0
    assert not bench.teardown().errors
    assert list(bench.shelf.things) == ["pl-1"]


def test_longest_waits_begin_first(bench: Bench) -> None:
    bench.threads = 1

    def body(stack: Stack) -> None:
        stack.ensure(Box("a"))
        stack.ensure(Oven("b"))

    bench.asks(body)
    bench.run()
    assert bench.shelf.writes("create") == ["test-oven/b", "test-box/a"]


def test_one_read_serves_all_of_a_kind(bench: Bench) -> None:
    def body(stack: Stack) -> None:
        for number in range(30):
            stack.ensure(Box(str(number)))

    bench.asks(body)
    bench.run()
    assert bench.shelf.calls.count(("describe", "test-box")) <= 3
    bench.shelf.calls.clear()
    bench.run()
    assert bench.shelf.calls.count(("describe", "test-box")) <= 2


def test_what_vanished_is_made_again(bench: Bench) -> None:
    bench.asks(chain)
    bench.run()
    known_id = next(key for key, one in bench.shelf.things.items() if one["tags"]["muvi:address"] == "test-box/d")
    del bench.shelf.things[known_id]
    bench.clock.sleep(3600)
    assert [finding.address for finding in bench.plan().of(Verdict.VANISHED)] == ["test-box/d"]
    report = bench.run()
    assert (report.counts.created, report.counts.same) == (1, 3)
    assert bench.plan().is_empty


def test_what_somebody_else_finished_is_adopted(bench: Bench) -> None:
    """The record was lost, the object bears our tags."""
    bench.asks(chain)
    bench.run()
    state = bench.state()
    for record in state.records():
        state.forget(record.address)
    report = bench.run()
    assert (report.counts.writes, len(bench.shelf.things)) == (0, 4)
    assert set(bench.status().values()) == {"ready"}
