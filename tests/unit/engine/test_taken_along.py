"""What goes along with what goes along: a rule with its listener, and that with its load balancer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from muvi_provision.aws.clients import Aws
from muvi_provision.engine.stack import Stack
from muvi_provision.resource import Declared
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import Box, Shelved


class Lid(Shelved, kind="test-lid", goes_with="below"):
    """Lies on a box."""


class Label(Shelved, kind="test-label", goes_with="below"):
    """Sticks on a lid, and holds a string."""

    holds: Any = None

    def create(self, aws: Aws) -> str:
        held = {"below": self.wanted()["below"], "holds": self.wanted()["holds"], "colour": "green", "size": 1}
        return str(aws.border.client("shelf", "").create("test-label", self.address, aws.tags(self), **held))


MADE = {made.declared.kind: made for made in (Lid, Label)}
for _kind in MADE:
    del Declared.kinds[_kind]


@pytest.fixture(autouse=True)
def more_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind, made in MADE.items():
        monkeypatch.setitem(Declared.kinds, kind, made)
    yield


def labelled(stack: Stack) -> None:
    """A box with a lid with a label that holds a string, and somebody who reads the label."""
    box, string = stack.ensure(Box("chest")), stack.ensure(Box("string"))
    label = stack.ensure(Label("red", below=stack.ensure(Lid("oak", below=box)), holds=string))
    stack.ensure(Box("reader", below=label))


@pytest.fixture
def stood(bench: Bench) -> Bench:
    """What is deleted takes along what is on it."""
    bench.asks(labelled)
    assert not bench.run().errors
    bench.shelf.calls.clear()

    def remove(address: str, known_id: str) -> None:
        bench.shelf.calls.append(("delete", address))
        _take(bench, known_id)

    bench.shelf.remove = remove  # type: ignore[method-assign]
    return bench


def _take(bench: Bench, known_id: str) -> None:
    del bench.shelf.things[known_id]
    for other, one in list(bench.shelf.things.items()):
        if one.get("below") == known_id and other in bench.shelf.things:
            _take(bench, other)


def test_all_go_with_the_first_and_what_the_last_one_held_goes_after_it(stood: Bench) -> None:
    report = stood.teardown()
    assert not report.errors
    assert stood.shelf.writes("delete") == ["test-box/reader", "test-box/chest", "test-box/string"]
    assert stood.status() == {}


def test_from_the_middle_on_they_go_with_that(stood: Bench) -> None:
    assert not stood.teardown(only=["test-box/reader", "test-label/red", "test-lid/oak"]).errors
    assert stood.shelf.writes("delete") == ["test-box/reader", "test-lid/oak"]
    assert sorted(stood.status()) == ["test-box/chest", "test-box/string"]
