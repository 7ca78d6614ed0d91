"""What is done once, and what only a person can do: asked again until it is so, and never after."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.engine import events
from muvi_provision.engine.stack import Stack
from muvi_provision.errors import (
    StepFailed,
)
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import Box, refusal


def test_an_act_is_done_once(bench: Bench) -> None:
    done: list[Any] = []

    def body(stack: Stack) -> None:
        box = stack.ensure(Box("a"))
        stack.act("copy", done=lambda aws, values: False, do=lambda aws, values: done.append(values), needs=[box])

    bench.asks(body)
    assert bench.plan().acts == ("act/copy",)
    assert not bench.run().errors
    assert done == [{"test-box/a": {"id": "test-box-1", "arn": "arn:test-box-1"}}]
    assert bench.plan().acts == ()
    bench.run()
    assert len(done) == 1


def test_an_act_that_is_done_already_is_only_remembered(bench: Bench) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("it was done")

    bench.asks(lambda stack: stack.act("copy", done=lambda *_: True, do=never))
    assert not bench.run().errors
    assert bench.state().deed("act/copy") is not None


def test_an_act_that_fails_is_asked_for_again(bench: Bench) -> None:
    tries: list[int] = []

    def do(*_: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise refusal("AccessDenied")

    def body(stack: Stack) -> None:
        stack.act("copy", done=lambda *_: False, do=do)
        stack.act("paste", done=lambda *_: False, do=lambda *_: None)

    bench.asks(body)
    assert set(bench.run().errors) == {"act/copy"}
    assert bench.state().deed("act/copy") is None
    assert not bench.run().errors
    assert len(tries) == 2


def test_an_act_may_write_and_its_questions_may_not(bench: Bench) -> None:
    def ask(aws: Any, values: Any) -> bool:
        aws.border.shelf.create("test-box", "x", {})
        return True

    bench.asks(lambda stack: stack.act("copy", done=ask, do=lambda *_: None))
    with pytest.raises(StepFailed, match="shelf:create"):
        bench.run()
    assert bench.shelf.things == {}


def test_a_closed_gate_is_told_and_the_rest_is_done(bench: Bench) -> None:
    open_now: list[bool] = [False]

    def body(stack: Stack) -> None:
        zone = stack.ensure(Box("zone"))
        gate = stack.gate(
            "delegated",
            satisfied=lambda aws, values: open_now[0] and bool(values["test-box/zone"]["id"]),
            instructions=f"delegate to {zone.arn}",
            needs=[zone],
        )
        stack.ensure(Box("certificate"), after=[gate])
        stack.ensure(Box("alone"))

    bench.asks(body)
    report = bench.run()
    assert report.errors == {}
    assert report.gates == {"gate/delegated": "delegate to arn:test-box-1"}
    assert report.skipped == {"test-box/certificate": "gate/delegated"}
    assert (report.counts.waiting, report.counts.created, report.counts.failed) == (1, 2, 0)
    assert [event.instructions for event in bench.of(events.GateClosed)] == ["delegate to arn:test-box-1"]
    assert bench.plan().gates == ("gate/delegated",)
    open_now[0] = True
    report = bench.run()
    assert (report.gates, report.skipped, report.counts.created) == ({}, {}, 1)
    open_now[0] = False
    assert bench.run().gates == {}, "once open it is not asked again"
    assert bench.plan().is_empty
