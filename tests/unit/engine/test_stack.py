"""Recording: what a step asks for, in order, and the mistakes that a day module could make."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from muvi_provision.engine.stack import Act, Check, Gate, Stack, StackError, Step, Wanted, step
from muvi_provision.resource import Handle, UnknownValue
from tests.unit.engine.shelf import Box, Oven


def _never(*_: Any) -> bool:
    raise AssertionError("recording asks nothing and does nothing")


def record(*bodies: Any, environment: Any = None) -> Stack:
    stack = Stack(environment)
    stack.record(Step(f"1.{place}", "x", body) for place, body in enumerate(bodies, 1))
    return stack


def test_what_was_asked_for_in_order() -> None:
    def body(stack: Stack) -> None:
        box = stack.ensure(Box("a"))
        oven = stack.ensure(Oven("b", below=box), after=[box])
        stack.act("bake", done=_never, do=_never, needs=[oven])
        stack.gate("taste", satisfied=_never, instructions=f"go to {oven.arn}", needs=[box])
        stack.check("it is warm", _never, needs=[oven])

    nodes = record(body).nodes
    assert [(type(node), node.address, node.needs) for node in nodes.values()] == [
        (Wanted, "test-box/a", ()),
        (Wanted, "test-oven/b", ("test-box/a",)),
        (Act, "act/bake", ("test-oven/b",)),
        (Gate, "gate/taste", ("test-box/a", "test-oven/b")),
        (Check, "check/1.1 it is warm", ("test-oven/b",)),
    ]
    assert {node.step for node in nodes.values()} == {"1.1"}


def test_a_handle_knows_nothing_yet() -> None:
    def body(stack: Stack) -> None:
        handle = stack.ensure(Box("a"))
        if handle.id:
            raise AssertionError

    with pytest.raises(UnknownValue, match=r"test-box/a\.id"):
        record(body)


def test_the_same_thing_twice() -> None:
    with pytest.raises(StackError, match=r"step 1\.2 asks for test-box/a again \(first asked for in step 1\.1\)"):
        record(lambda stack: stack.ensure(Box("a")), lambda stack: stack.ensure(Box("a", colour="red")))


@pytest.mark.parametrize(
    "ask",
    [
        lambda stack: stack.ensure(Box("a", below=Handle("test-box/none"))),
        lambda stack: stack.ensure(Box("a", colour="${test-box/none.arn}")),
        lambda stack: stack.ensure(Box("a"), after=[Handle("test-box/none")]),
        lambda stack: stack.act("x", done=_never, do=_never, needs=[Handle("test-box/none")]),
        lambda stack: stack.gate("x", satisfied=_never, instructions="${test-box/none.arn}"),
        lambda stack: stack.check("x", _never, needs=[Handle("test-box/none")]),
    ],
)
def test_standing_on_what_nothing_asked_for(ask: Any) -> None:
    with pytest.raises(StackError, match=r"stands on test-box/none, which nothing asked for"):
        record(ask)


def test_getting_what_no_earlier_step_asked_for() -> None:
    with pytest.raises(StackError, match=r"step 1\.1 wants test-box/a, which no earlier step"):
        record(lambda stack: stack.get(Box, "a"), lambda stack: stack.ensure(Box("a")))
    with pytest.raises(StackError):
        record(lambda stack: stack.ensure(Box("a")), lambda stack: stack.get(Oven, "a"))


def test_getting_what_an_earlier_step_asked_for() -> None:
    found: list[Handle[Any]] = []
    record(lambda stack: stack.ensure(Box("a")), lambda stack: found.append(stack.get(Box, "a")))
    assert found == [Handle("test-box/a")]


def test_the_same_act_gate_or_check_twice() -> None:
    for ask in (
        lambda stack: stack.act("x", done=_never, do=_never),
        lambda stack: stack.gate("x", satisfied=_never, instructions=""),
        lambda stack: stack.check("x", _never),
    ):
        with pytest.raises(StackError, match="again"):
            record(lambda stack, ask=ask: [ask(stack), ask(stack)])


def test_a_step_once_for_every_item() -> None:
    @step("2.1", "Boxes", needs=["1.1"], each=lambda environment: environment.names)
    def boxes(stack: Stack, name: str) -> None:
        """One box a name.

        More is not in the summary.
        """
        stack.ensure(Box(name))

    stack = Stack(SimpleNamespace(names=["a", "b"]))
    stack.record([boxes])
    assert list(stack.nodes) == ["test-box/a", "test-box/b"]
    assert (boxes.day, boxes.order, boxes.needs, boxes.summary) == (2, (2, 1), ("1.1",), "One box a name.")


def test_1_10_comes_after_1_9() -> None:
    def numbered(number: str) -> Step:
        return Step(number, "x", _never)

    assert numbered("1.9").order < numbered("1.10").order < numbered("2.1").order
