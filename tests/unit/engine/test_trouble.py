"""What goes wrong in a run: refusals, lost answers, things that never get ready, expired credentials, Ctrl-C."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from muvi_provision.engine import events
from muvi_provision.engine.applier import Applier
from muvi_provision.engine.stack import Stack
from muvi_provision.errors import (
    AwsRefused,
    NotSignedIn,
    ReadinessFailed,
    SignInExpired,
    TimedOut,
)
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import Box, Candle, Kit, Meal, Oven, cut, refusal


def chain(stack: Stack) -> None:
    """a <- b <- c, and d alone."""
    a = stack.ensure(Box("a"))
    b = stack.ensure(Box("b", below=a))
    stack.ensure(Box("c", below=b))
    stack.ensure(Box("d"))


def refuse(verb: str, address: str, *errors: Exception, for_ever: bool = True) -> Any:
    left = list(errors)

    def before(called: str, about: str) -> None:
        if (called, about) == (verb, address) and left:
            raise left[0] if for_ever else left.pop(0)

    return before


@pytest.mark.parametrize("threads", [1, 8])
def test_a_failure_costs_what_stands_on_it(bench: Bench, threads: int) -> None:
    bench.threads = threads
    bench.asks(chain)
    bench.shelf.before = refuse("create", "test-box/b", refusal("UnauthorizedOperation"))
    report = bench.run()
    assert set(report.errors) == {"test-box/b"}
    assert isinstance(report.errors["test-box/b"], AwsRefused)
    assert report.skipped == {"test-box/c": "test-box/b"}
    assert (report.counts.created, report.counts.failed, report.counts.skipped) == (2, 1, 1)
    assert [(event.resource, event.because) for event in bench.of(events.Skipped)] == [("test-box/c", "test-box/b")]
    assert [event.resource for event in bench.of(events.Failed)] == ["test-box/b"]
    assert bench.of(events.StepEnd)[0].failed > 0
    bench.shelf.before = lambda *_: None
    assert not bench.run().errors
    assert bench.shelf.addresses() == ["test-box/a", "test-box/b", "test-box/c", "test-box/d"]


def test_one_that_failed_to_get_ready(bench: Bench) -> None:
    bench.shelf.fails = {"test-oven"}

    def body(stack: Stack) -> None:
        stack.ensure(Meal("b", below=stack.ensure(Oven("a"))))
        stack.ensure(Box("c"))

    bench.asks(body)
    report = bench.run()
    error = report.errors["test-oven/a"]
    assert isinstance(error, ReadinessFailed)
    assert error.why == "Broken: it fell"
    assert error.next == ("muvi teardown --only test-oven/a --with-users", "muvi run")
    assert report.skipped == {"test-meal/b": "test-oven/a"}
    assert bench.status()["test-box/c"] == "ready"
    assert bench.run().counts.writes == 0, "another run neither makes a second one nor takes the first away"


def test_one_that_fades_is_made_anew(bench: Bench) -> None:
    bench.shelf.fails = {"test-candle"}
    bench.asks(lambda stack: stack.ensure(Candle("a")))
    assert bench.run().errors["test-candle/a"].next == ("muvi run",)
    bench.shelf.fails = set()
    for one in bench.shelf.things.values():
        one["kind"] = "gone"
    assert not bench.run().errors
    assert bench.plan().is_empty


def test_one_that_never_gets_ready(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Oven("a")))
    bench.shelf.never = {"test-oven"}
    began = bench.clock.monotonic()
    report = bench.run()
    error = report.errors["test-oven/a"]
    assert isinstance(error, TimedOut)
    assert "usually 105 s" in error.what
    assert 900 < bench.clock.monotonic() - began < 1000
    assert bench.status() == {"test-oven/a": "made"}


def test_one_that_is_not_shown_at_once_is_looked_for_again(bench: Bench) -> None:
    bench.shelf.hidden_s = 40
    bench.asks(lambda stack: stack.ensure(Box("b", below=stack.ensure(Kit("a", colour="red")))))
    assert not bench.run().errors
    assert bench.shelf.writes("create") == ["test-kit/a", "test-box/b"]


def test_one_that_is_never_shown(bench: Bench) -> None:
    bench.shelf.hidden_s = 1e9
    bench.asks(lambda stack: stack.ensure(Box("a")))
    report = bench.run()
    assert isinstance(report.errors["test-box/a"], TimedOut)
    assert "has not shown it" in report.errors["test-box/a"].what
    assert bench.shelf.writes("create") == ["test-box/a"]


@pytest.mark.parametrize("hidden_s", [0, 8])
def test_a_lost_answer_is_looked_for(bench: Bench, hidden_s: int) -> None:
    lost = [cut()]

    def after(verb: str, address: str) -> None:
        if verb == "create" and lost:
            raise lost.pop()

    bench.shelf.after, bench.shelf.hidden_s = after, hidden_s
    bench.asks(lambda stack: stack.ensure(Box("a")))
    assert not bench.run().errors
    assert len(bench.shelf.things) == 1


def test_a_call_that_is_lost_for_ever(bench: Bench) -> None:
    bench.shelf.before = refuse("create", "test-box/a", cut())
    bench.asks(lambda stack: stack.ensure(Box("a")))
    report = bench.run()
    assert set(report.errors) == {"test-box/a"}
    assert 3 <= len(bench.shelf.writes("create")) <= 10
    assert bench.status() == {"test-box/a": "intended"}


def test_a_client_token_is_sent_again(bench: Bench) -> None:
    """The intent's own, whoever takes it up again."""
    bench.shelf.before = refuse("create", "test-box/a", cut())
    bench.asks(lambda stack: stack.ensure(Box("a")))
    bench.run()
    record = bench.state().record("test-box/a")
    assert record is not None
    bench.shelf.before = lambda *_: None
    bench.run()
    assert [one["token"] for one in bench.shelf.things.values()] == [record.token]


def test_a_refused_intent_is_given_up(bench: Bench) -> None:
    """AWS has made nothing, so there is nothing to look for next time."""
    bench.shelf.before = refuse("create", "test-box/a", refusal("UnauthorizedOperation"))
    bench.asks(lambda stack: stack.ensure(Box("a")))
    assert bench.run().errors
    assert bench.state().record("test-box/a") is None


def test_an_expired_sign_in_ends_the_run(bench: Bench) -> None:
    bench.threads = 1
    bench.asks(chain)
    bench.shelf.before = refuse("create", "test-box/b", refusal("ExpiredToken"))
    with pytest.raises(SignInExpired) as caught:
        bench.run()
    assert isinstance(caught.value, NotSignedIn)
    assert set(bench.status()) <= {"test-box/a", "test-box/b", "test-box/d"}
    bench.shelf.before = lambda *_: None
    assert not bench.run().errors
    assert len(bench.shelf.things) == 4


class Interrupted(BaseException):
    """As a second Ctrl-C."""


def test_a_base_exception_rises_at_once(bench: Bench) -> None:
    bench.threads = 1
    bench.asks(chain)

    def before(verb: str, address: str) -> None:
        if address == "test-box/a" and verb == "create":
            raise Interrupted

    bench.shelf.before = before
    with pytest.raises(Interrupted):
        bench.run()
    assert bench.shelf.things == {} or bench.shelf.addresses() == ["test-box/d"]
    bench.shelf.before = lambda *_: None
    assert not bench.run().errors
    assert len(bench.shelf.things) == 4


def test_stopping(bench: Bench) -> None:
    """What is under way is recorded; what AWS goes on making is told."""
    bench.threads = 1

    def body(stack: Stack) -> None:
        stack.ensure(Oven("a"))
        stack.ensure(Box("b", colour=stack.get(Oven, "a").arn))

    bench.asks(body)
    applier = Applier(bench.site())
    begun = threading.Event()

    def after(verb: str, address: str) -> None:
        begun.set()
        applier.stop()

    bench.shelf.after = after
    report = applier.run(bench.stack(), bench.numbers)
    assert begun.is_set()
    assert report.interrupted
    assert report.going_on == ("test-oven/a",)
    assert bench.status() == {"test-oven/a": "made"}
    bench.shelf.after = lambda *_: None
    report = bench.run()
    assert not report.interrupted
    assert report.going_on == ()
    assert len(bench.shelf.things) == 2
