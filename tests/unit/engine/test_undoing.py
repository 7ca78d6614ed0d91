"""The teardown: the last made first, only what is ours, and patience with what lingers."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from muvi_provision.aws.clients import Aws
from muvi_provision.engine import events
from muvi_provision.engine.stack import Stack
from muvi_provision.engine.undoing import LOST_FOR, Undoer
from muvi_provision.errors import AwsRefused, NotOurs, SignInExpired, TimedOut, UsageError
from muvi_provision.resource import Live
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import Box, Oven, cut, refusal


def tower(stack: Stack) -> None:
    """a <- b <- c, and d alone."""
    a = stack.ensure(Box("a"))
    b = stack.ensure(Box("b", below=a))
    stack.ensure(Box("c", below=b))
    stack.ensure(Box("d"))


@pytest.fixture
def built(bench: Bench) -> Bench:
    bench.asks(tower)
    assert not bench.run().errors
    bench.shelf.calls.clear()
    bench.heard.clear()
    return bench


def refusing(bench: Bench, address: str, *errors: Exception) -> None:
    """Refuses to delete that one, with each error in turn."""
    left = list(errors)

    def before(verb: str, about: str) -> None:
        if (verb, about) == ("delete", address) and left:
            raise left.pop(0)

    bench.shelf.before = before


@pytest.mark.parametrize("threads", [1, 8])
def test_what_stands_on_it_goes_first(built: Bench, threads: int) -> None:
    built.threads = threads
    report = built.teardown()
    assert not report.errors
    assert [a for a in built.shelf.writes() if a != "test-box/d"] == ["test-box/c", "test-box/b", "test-box/a"]
    assert report.counts.deleted == 4
    assert built.shelf.things == {}
    assert built.status() == {}
    assert {event.resource for event in built.of(events.Deleted)} == {f"test-box/{name}" for name in "abcd"}


def test_a_second_teardown_does_nothing(built: Bench) -> None:
    built.teardown()
    report = built.teardown()
    assert (report.counts.deleted, report.counts.writes) == (0, 0)


def test_the_intention_is_on_disk_first(built: Bench) -> None:
    seen: dict[str, str] = {}

    def before(verb: str, address: str) -> None:
        if verb == "delete":
            seen[address] = built.status()[address]

    built.shelf.before = before
    assert not built.teardown().errors
    assert list(seen.values()) == ["deleting"] * 4


def test_only_one_of_them(built: Bench) -> None:
    assert not built.teardown(only=["test-box/c"]).errors
    assert built.shelf.writes() == ["test-box/c"]
    assert not built.run().errors
    assert built.shelf.addresses() == ["test-box/a", "test-box/b", "test-box/c", "test-box/d"]


def test_one_that_others_stand_on_is_refused(built: Bench) -> None:
    with pytest.raises(UsageError, match="1 recorded objects stand on it: test-box/b") as caught:
        built.teardown(only=["test-box/a", "test-box/d"])
    assert "muvi teardown all" in caught.value.next
    assert built.shelf.writes() == []


def test_a_failure_keeps_what_it_stands_on(built: Bench) -> None:
    refusing(built, "test-box/b", *[refusal("UnauthorizedOperation", operation="DeleteThing")] * 9)
    report = built.teardown()
    assert set(report.errors) == {"test-box/b"}
    assert isinstance(report.errors["test-box/b"], AwsRefused)
    assert report.skipped == {"test-box/a": "test-box/b"}
    assert built.status() == {"test-box/a": "ready", "test-box/b": "deleting"}
    built.shelf.before = lambda *_: None
    assert not built.teardown().errors
    assert built.shelf.things == {}


def test_what_is_gone_already_is_forgotten(built: Bench) -> None:
    built.shelf.things.clear()
    built.clock.sleep(3600)
    report = built.teardown()
    assert not report.errors
    assert built.shelf.writes() == []
    assert built.status() == {}


def test_what_goes_while_it_is_being_deleted_is_a_success(built: Bench) -> None:
    refusing(built, "test-box/d", refusal("InvalidThing.NotFound", operation="DeleteThing"))
    assert not built.teardown(only=["test-box/d"]).errors
    assert "test-box/d" not in built.status()


def test_what_bears_our_tags_no_more_is_left_alone(built: Bench) -> None:
    stranger = next(one for one in built.shelf.things.values() if one["tags"]["muvi:address"] == "test-box/b")
    stranger["tags"] = {"Name": "mine now"}
    report = built.teardown()
    assert set(report.errors) == {"test-box/b"}
    assert isinstance(report.errors["test-box/b"], NotOurs)
    assert "muvi state forget test-box/b" in report.errors["test-box/b"].next
    assert report.skipped == {"test-box/a": "test-box/b"}
    assert sorted(built.shelf.writes()) == ["test-box/c", "test-box/d"]
    assert stranger in built.shelf.things.values()


def test_a_refusal_because_of_what_lingers_is_waited_out(built: Bench) -> None:
    until = built.clock.monotonic() + 600

    def before(verb: str, address: str) -> None:
        if (verb, address) == ("delete", "test-box/a") and built.clock.monotonic() < until:
            raise refusal("DependencyViolation", operation="DeleteThing")

    built.shelf.before = before
    assert not built.teardown().errors
    assert until <= built.clock.monotonic() < until + 120
    assert built.shelf.writes().count("test-box/a") < 60
    waiting = built.of(events.Waiting)
    assert waiting
    assert all(event.why and event.verb == "delete" for event in waiting)


def test_a_refusal_that_never_ends(built: Bench) -> None:
    def before(verb: str, address: str) -> None:
        if (verb, address) == ("delete", "test-box/a"):
            raise refusal("DependencyViolation", operation="DeleteThing")

    built.shelf.before = before
    report = built.teardown()
    error = report.errors["test-box/a"]
    assert isinstance(error, TimedOut)
    assert error.why
    assert built.status() == {"test-box/a": "deleting"}


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_lost_answer(built: Bench, carried_out: bool) -> None:
    lost = [cut()]

    def lose(verb: str, address: str) -> None:
        if (verb, address) == ("delete", "test-box/c") and lost:
            raise lost.pop()

    built.shelf.after = lose if carried_out else built.shelf.after
    built.shelf.before = built.shelf.before if carried_out else lose
    assert not built.teardown().errors
    assert built.shelf.things == {}
    assert built.status() == {}


def test_answers_that_are_always_lost(built: Bench) -> None:
    refusing(built, "test-box/c", *[cut()] * 1000)
    report = built.teardown()
    assert isinstance(report.errors["test-box/c"], TimedOut)
    assert built.shelf.writes().count("test-box/c") < 100


def test_two_lost_answers_with_a_long_wait_between(built: Bench) -> None:
    """A delete refused for minutes, as it should be, may lose an answer at its beginning and one at its end."""
    began, late = built.clock.monotonic(), [cut()]
    early = [cut()]

    def before(verb: str, address: str) -> None:
        if (verb, address) != ("delete", "test-box/a"):
            return
        if early:
            raise early.pop()
        if built.clock.monotonic() - began <= LOST_FOR + 60:
            raise refusal("DependencyViolation", operation="DeleteThing")
        if late:
            raise late.pop()

    built.shelf.before = before
    assert not built.teardown().errors
    assert built.shelf.things == {}


def test_expired_credentials_end_it(built: Bench) -> None:
    built.threads = 1
    refusing(built, "test-box/b", refusal("ExpiredToken", operation="DeleteThing"))
    with pytest.raises(SignInExpired):
        built.teardown()
    built.shelf.before = lambda *_: None
    assert not built.teardown().errors
    assert built.shelf.things == {}


def test_stopping(built: Bench) -> None:
    built.threads = 1
    site = built.site()
    undoer = Undoer(site)
    built.shelf.after = lambda *_: undoer.stop()
    report = undoer.run(site.state.records())
    assert report.interrupted
    assert len(built.shelf.writes()) == 1
    built.shelf.after = lambda *_: None
    assert not built.teardown().errors
    assert built.shelf.things == {}


def test_what_was_done_must_be_done_again_once_all_is_gone(bench: Bench) -> None:
    done: list[int] = []

    def body(stack: Stack) -> None:
        box = stack.ensure(Box("a"))
        stack.act("copy", done=lambda *_: False, do=lambda *_: done.append(1), needs=[box])
        stack.ensure(Box("b"))

    bench.asks(body)
    bench.run()
    bench.teardown(only=["test-box/b"])
    bench.run()
    assert len(done) == 1
    bench.teardown()
    bench.run()
    assert len(done) == 2


def test_an_intent_without_an_object_is_forgotten(bench: Bench) -> None:
    bench.shelf.before = lambda verb, _: (_ for _ in ()).throw(cut()) if verb == "create" else None
    bench.asks(lambda stack: stack.ensure(Box("a")))
    bench.run()
    assert bench.status() == {"test-box/a": "intended"}
    assert not bench.teardown().errors
    assert bench.status() == {}


def test_an_intent_whose_object_shows_late_is_found(bench: Bench) -> None:
    """A process died after its create; AWS shows what it made only after a moment."""

    class Died(BaseException):
        pass

    def after(verb: str, address: str) -> None:
        raise Died

    bench.shelf.after, bench.shelf.hidden_s = after, 10
    bench.asks(lambda stack: stack.ensure(Box("a")))
    with pytest.raises(Died):
        bench.run()
    bench.shelf.after = lambda *_: None
    assert not bench.teardown().errors
    assert bench.shelf.things == {}


def test_a_kind_that_this_version_does_not_know(built: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from muvi_provision.resource import Declared

    state = built.state()
    state.intend("castle/a", "castle", "9.9", {"name": "a"}, ())
    state.made("castle/a", "castle-1")
    assert "castle" not in Declared.kinds
    report: Any = built.teardown()
    assert set(report.errors) == {"castle/a"}
    assert "does not know how a castle is made" in report.errors["castle/a"].what
    assert list(built.status()) == ["castle/a"]


def test_one_that_is_still_being_made(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Oven("a")))
    site = bench.site()
    from muvi_provision.engine.applier import Applier

    applier = Applier(site)
    bench.shelf.after = lambda *_: applier.stop()
    assert applier.run(bench.stack(), bench.numbers).interrupted
    bench.shelf.after = lambda *_: None
    assert not bench.teardown().errors
    assert bench.shelf.things == {}


class Lasting(Box, kind="test-lasting", gone="nat_gateway_gone", holds={"below"}):
    """Keeps what is below until it is gone, what is beside only until it is being deleted."""

    beside: Any = None
    gone_at: ClassVar[float] = 0.0

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """Shown for a while after its deletion."""
        live = super().find(aws, known_id)
        lasts = known_id and aws.clock.monotonic() < Lasting.gone_at
        return Live(known_id, {}, aws.tags(self)) if known_id and lasts and live is None else live

    def delete(self, aws: Aws, live: Live) -> None:
        super().delete(aws, live)
        Lasting.gone_at = aws.clock.monotonic() + 40


def leaning(stack: Stack, by_output: bool) -> None:
    """c stands on a and leans on b."""
    a, b = stack.ensure(Box("a")), stack.ensure(Box("b"))
    stack.ensure(Lasting("c", below=a.id if by_output else a, beside=b))


def times_of_deletion(bench: Bench) -> dict[str, float]:
    """Filled as things are asked to go: the seconds since now."""
    began, found = bench.clock.time, dict[str, float]()

    def before(verb: str, address: str) -> None:
        if verb == "delete":
            found.setdefault(address, bench.clock.time - began)

    bench.shelf.before = before
    return found


@pytest.mark.parametrize("by_output", [False, True])
def test_what_is_not_held_goes_as_soon_as_its_user_is_being_deleted(bench: Bench, by_output: bool) -> None:
    bench.asks(lambda stack: leaning(stack, by_output))
    Lasting.gone_at = 0.0
    assert not bench.run().errors
    found = times_of_deletion(bench)
    report = bench.teardown()
    assert not report.errors
    assert found == {"test-lasting/c": 0, "test-box/b": 0, "test-box/a": 44}
    assert report.counts.deleted == 3
    assert bench.status() == {}


def test_a_deletion_that_is_refused_leaves_both_and_is_told_once(bench: Bench) -> None:
    bench.asks(lambda stack: leaning(stack, by_output=False))
    bench.run()
    refusing(bench, "test-lasting/c", refusal("UnauthorizedOperation", operation="DeleteThing"))
    bench.heard.clear()
    report = bench.teardown()
    assert set(report.errors) == {"test-lasting/c"}
    assert report.skipped == dict.fromkeys(("test-box/a", "test-box/b"), "test-lasting/c")
    assert [event.resource for event in bench.of(events.Failed)] == ["test-lasting/c"]
    assert not bench.teardown().errors
    assert bench.status() == {}
