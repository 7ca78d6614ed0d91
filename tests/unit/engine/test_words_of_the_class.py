"""What a class says in its line, and what the engine makes of it: where it lives, what takes it along, whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from muvi_provision.aws.clients import Aws
from muvi_provision.engine.stack import Stack
from muvi_provision.errors import AwsRefused, ReadinessFailed
from muvi_provision.resource import Declared, Handle, Live, Verdict
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import Box, Shelved, cut, refusal


class Drawer(Shelved, kind="test-drawer", within="below", goes_with="below", mutable={"colour"}):
    """Lives in what it stands on, and goes with it. There is nothing to wait for, so AWS is taken at its word."""


class Rope(Shelved, kind="test-rope", within="below", goes_with="below"):
    """Hangs on one and holds another, until that one lets go."""

    holds: Any = None

    def create(self, aws: Aws) -> str:
        held = {"below": self.wanted()["below"], "holds": self.wanted()["holds"], "colour": "green", "size": 1}
        return str(aws.border.client("shelf", "").create("test-rope", self.address, aws.tags(self), **held))


class Post(Shelved, kind="test-post", releases=True):
    """Lets go of its ropes."""

    def release(self, aws: Aws, live: Live) -> None:
        aws.border.client("shelf", "").modify(f"{self.address} lets go", live.id, colour="bare")


class Sun(Shelved, kind="test-sun", shared=True, ready="nat_gateway_available", again=("look {name}", "wait")):
    """There is one for all."""

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        seen: Any = aws.read("shelf", "describe", kind=self.declared.kind)
        return next((Live(one["id"], one, {}) for one in seen), None)


class Picky(Shelved, kind="test-picky"):
    """AWS has none of that size."""

    def before(self, aws: Aws) -> None:
        if self.size > 1:
            raise AwsRefused(f"size {self.size} is not sold", where=self.address, next=("muvi config show",))


class Plank(Shelved, kind="test-plank", completes=True, mutable={"colour"}):
    """Comes in grey, as everybody knows."""

    def _first_colour(self) -> str:
        return "grey"

    def newborn(self) -> dict[str, Any]:
        return {"colour": "grey"}


MADE = {made.declared.kind: made for made in (Drawer, Rope, Post, Sun, Picky, Plank)}
for _kind in MADE:
    del Declared.kinds[_kind]


@pytest.fixture(autouse=True)
def more_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind, made in MADE.items():
        monkeypatch.setitem(Declared.kinds, kind, made)
    yield


def chest(stack: Stack) -> None:
    box = stack.ensure(Box("chest"))
    for name in ("a", "b"):
        stack.ensure(Drawer(name, below=box))


def looks(bench: Bench, kind: str) -> int:
    return bench.shelf.calls.count(("describe", kind))


def test_in_something_made_just_now_nothing_is_looked_for(bench: Bench) -> None:
    bench.asks(chest)
    assert bench.run().counts.created == 3
    assert looks(bench, "test-drawer") == 0
    bench.shelf.calls.clear()
    assert bench.run().counts.same == 3
    assert looks(bench, "test-drawer") == 1


def test_what_was_lost_on_its_way_is_looked_for_all_the_same(bench: Bench) -> None:
    bench.asks(chest)

    def lose(verb: str, address: str) -> None:
        if (verb, address) == ("create", "test-drawer/a"):
            bench.shelf.after = lambda *_: None
            raise cut()

    bench.shelf.after = lose
    assert not bench.run().errors
    assert bench.shelf.addresses() == ["test-box/chest", "test-drawer/a", "test-drawer/b"]


def test_it_goes_along_and_is_not_deleted_itself(bench: Bench) -> None:
    bench.asks(chest)
    bench.run()
    bench.shelf.remove = lambda address, known_id: _with_drawers(bench, address)  # type: ignore[method-assign]
    bench.shelf.calls.clear()
    report = bench.teardown()
    assert (report.counts.deleted, report.counts.failed) == (3, 0)
    assert bench.shelf.writes("delete") == ["test-box/chest"]
    assert bench.status() == {}


def _with_drawers(bench: Bench, address: str) -> None:
    bench.shelf.calls.append(("delete", address))
    bench.shelf.things.clear()


def test_alone_it_is_deleted_itself(bench: Bench) -> None:
    bench.asks(chest)
    bench.run()
    bench.shelf.calls.clear()
    assert not bench.teardown(only=["test-drawer/a"]).errors
    assert bench.shelf.writes("delete") == ["test-drawer/a"]


def test_what_went_along_before_an_interruption_is_only_forgotten(bench: Bench) -> None:
    bench.asks(chest)
    bench.run()
    bench.state().forget("test-box/chest")
    bench.shelf.things.clear()
    bench.shelf.calls.clear()
    assert not bench.teardown().errors
    assert bench.shelf.calls == []
    assert bench.status() == {}


def test_what_everybody_knows_of_one_just_made_is_not_looked_at(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Plank("red", colour="red")))
    assert bench.run().counts.created == 1
    assert bench.shelf.calls == [
        ("describe", "test-plank"), ("create", "test-plank/red"), ("update", "test-plank/red"),
    ]  # fmt: skip
    assert bench.plan().is_empty


def test_one_that_is_complete_as_it_comes_is_not_written_again(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Plank("grey", colour="grey")))
    bench.run()
    assert bench.shelf.writes() == ["test-plank/grey"]


def tied(stack: Stack) -> None:
    """Two posts, each with a rope that holds the other."""
    one, two = stack.ensure(Post("one")), stack.ensure(Post("two"))
    stack.ensure(Rope("from-one", below=one, holds=two))
    stack.ensure(Rope("from-two", below=two, holds=one))


@pytest.mark.parametrize("threads", [1, 4])
def test_those_that_hold_one_another_let_go_before_either_is_deleted(bench: Bench, threads: int) -> None:
    bench.threads = threads
    bench.asks(tied)
    assert not bench.run().errors
    bench.shelf.calls.clear()
    bench.shelf.remove = lambda address, known_id: bench.shelf.calls.append(("delete", address))  # type: ignore[method-assign]
    report = bench.teardown()
    assert not report.errors
    wrote = bench.shelf.writes()
    assert sorted(wrote[:2]) == ["test-post/one lets go", "test-post/two lets go"]
    assert sorted(wrote[2:]) == ["test-post/one", "test-post/two"]


def test_one_that_may_not_let_go_fails_once_and_keeps_what_it_holds(bench: Bench) -> None:
    bench.asks(tied)
    bench.run()

    def deny(verb: str, address: str) -> None:
        if address == "test-post/one lets go":
            raise refusal("AccessDenied", operation="ReleaseThing")

    bench.shelf.before = deny
    report = bench.teardown()
    assert set(report.errors) == {"test-post/one"}
    assert set(report.skipped) == {"test-post/two", "test-rope/from-one", "test-rope/from-two"}
    assert report.counts.failed == 1


def test_what_is_shared_is_made_once_and_stays(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Sun("it")))
    assert bench.run().counts.created == 1
    assert bench.run().counts.writes == 0
    assert not bench.teardown().errors
    assert len(bench.shelf.things) == 1
    assert bench.status() == {}


def test_what_is_shared_is_taken_as_it_is_found(bench: Bench) -> None:
    bench.site()
    bench.shelf.things["test-sun-9"] = {
        "id": "test-sun-9", "kind": "test-sun", "tags": {"muvi:env": "another"}, "at": -999.0,
        "below": None, "colour": "green", "size": 1,
    }  # fmt: skip
    bench.asks(lambda stack: stack.ensure(Sun("it")))
    assert bench.plan().is_empty is True
    assert bench.run().counts.writes == 0
    assert not bench.teardown().errors
    assert "test-sun-9" in bench.shelf.things


def test_what_fails_says_what_to_type_in_the_words_of_its_class(bench: Bench) -> None:
    bench.shelf.fails.add("test-sun")
    bench.asks(lambda stack: stack.ensure(Sun("it")))
    error = bench.run().errors["test-sun/it"]
    assert isinstance(error, ReadinessFailed)
    assert error.next == ("look it", "wait")


def test_what_aws_would_refuse_is_refused_in_the_plan_and_before_the_intention(bench: Bench) -> None:
    def body(stack: Stack) -> None:
        stack.ensure(Box("alone"))
        picky = stack.ensure(Picky("large", size=2))
        stack.ensure(Box("upon", below=picky))

    bench.asks(body)
    plan = bench.plan()
    assert plan.errors["test-picky/large"].what == "size 2 is not sold"
    assert plan.untold == {"test-box/upon": "test-picky/large"}
    assert [finding.address for finding in plan.of(Verdict.CREATE)] == ["test-box/alone"]
    report = bench.run()
    assert set(report.errors) == {"test-picky/large"}
    assert report.skipped == {"test-box/upon": "test-picky/large"}
    assert bench.shelf.addresses() == ["test-box/alone"]
    assert "test-picky/large" not in bench.status()


def test_what_is_there_is_not_asked_whether_it_could_be_made(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Picky("large", size=1)))
    bench.run()
    for one in bench.shelf.things.values():
        one["size"] = 2
    bench.asks(lambda stack: stack.ensure(Picky("large", size=2)))
    assert not bench.plan().errors


def test_a_gate_that_does_not_last_is_asked_in_every_run_and_empties_no_plan(bench: Bench) -> None:
    there: list[str] = []

    def body(stack: Stack) -> None:
        box = stack.ensure(Box("shop"))
        missing = ("milk", "bread")
        stack.gate(
            "goods",
            satisfied=lambda *_: len(there) == 2,
            instructions=lambda aws, values: f"bring {', '.join(m for m in missing if m not in there)}",
            needs=[box],
            lasting=False,
        )

    bench.asks(body)
    assert bench.run().gates == {"gate/goods": "bring milk, bread"}
    assert bench.plan().gates == ("gate/goods",)
    assert bench.plan().is_empty, "nothing stands on it, so a run has nothing to do"
    there.append("milk")
    assert bench.run().gates == {"gate/goods": "bring bread"}
    there.append("bread")
    assert bench.run().gates == {}
    writes = bench.state().contents().serial
    assert bench.run().gates == {}
    assert bench.state().contents().serial == writes, "remembering it again is no news"
    there.clear()
    assert bench.run().gates == {"gate/goods": "bring milk, bread"}


def test_parents_are_what_a_field_holds() -> None:
    drawer = Drawer("a", below=(Handle[Any]("test-box/a"), Handle[Any]("test-box/b")))
    assert drawer.parents("below") == ("test-box/a", "test-box/b")
    assert drawer.parents("") == ()
