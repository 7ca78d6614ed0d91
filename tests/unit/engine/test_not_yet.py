"""What is wanted but not to be made yet, and what was there before us."""

from __future__ import annotations

from typing import Any

from muvi_provision.engine.stack import Stack
from muvi_provision.resource import Declared
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import KINDS, Shelved


class Lamp(Shelved, kind="test-lamp", mutable={"colour"}, outputs={"arn"}):
    """Of no use without oil."""

    oil: str = ""

    def dormant(self) -> str:
        return "" if self.oil else "there is no oil"

    def wanted(self) -> dict[str, Any]:
        return {name: value for name, value in super().wanted().items() if name != "oil"}


class Well(Shelved, kind="test-well", mutable={"colour"}, adopts=True, outputs={"arn"}):
    """One that the village has is as good as ours."""

    def find(self, aws: Any, known_id: str | None) -> Any:
        found = super().find(aws, known_id)
        if found or known_id:
            return found
        from muvi_provision.resource import Live

        seen: Any = aws.read("shelf", "describe", kind=self.declared.kind)
        return next((Live(one["id"], one, one["tags"]) for one in seen), None)


for _kind in (Lamp, Well):
    KINDS[_kind.declared.kind] = _kind
    del Declared.kinds[_kind.declared.kind]


def lamps(oil: str) -> Any:
    def body(stack: Stack) -> None:
        lamp = stack.ensure(Lamp("lit", oil=oil))
        stack.ensure(Lamp("beside", oil="enough", below=lamp))

    return body


def test_what_is_not_to_be_made_yet_is_neither_made_nor_missed(bench: Bench) -> None:
    bench.asks(lamps(""))
    assert bench.plan().is_empty
    report = bench.run()
    assert (report.errors, report.skipped, report.gates, report.counts.failed) == ({}, {}, {}, 0)
    assert bench.shelf.writes() == []
    assert bench.plan().is_empty
    assert {address for address, _ in bench.state().contents().deeds.items()} == {
        "test-lamp/lit",
        "test-lamp/beside",
    }


def test_it_is_made_once_the_reason_is_gone(bench: Bench) -> None:
    bench.asks(lamps(""))
    bench.run()
    bench.asks(lamps("plenty"))
    assert [finding.address for finding in bench.plan().findings.values()] == ["test-lamp/lit", "test-lamp/beside"]
    assert not bench.plan().is_empty
    bench.run()
    assert bench.shelf.writes("create") == ["test-lamp/lit", "test-lamp/beside"]
    assert bench.state().deed("test-lamp/lit") is None
    assert bench.plan().is_empty


def test_what_is_there_stays_when_the_reason_comes_back(bench: Bench) -> None:
    bench.asks(lamps("plenty"))
    bench.run()
    bench.asks(lamps(""))
    bench.shelf.calls.clear()
    assert bench.plan().is_empty
    assert bench.run().counts.same == 2
    assert bench.shelf.writes() == []


def test_what_only_comes_after_it_goes_on(bench: Bench) -> None:
    def body(stack: Stack) -> None:
        lamp = stack.ensure(Lamp("lit", oil=""))
        stack.ensure(Lamp("later", oil="enough"), after=[lamp])
        stack.gate("door", satisfied=lambda aws, values: True, instructions="open it", needs=[lamp], lasting=False)

    bench.asks(body)
    assert list(bench.plan().findings) == ["test-lamp/later"]
    report = bench.run()
    assert (report.errors, report.gates, bench.shelf.writes()) == ({}, {}, ["test-lamp/later"])
    assert bench.plan().is_empty
    assert bench.plan().gates == ()


def test_a_step_of_its_own_rests_with_what_it_stands_on(bench: Bench) -> None:
    bench.asks(
        lambda stack: stack.ensure(Lamp("lit", oil="")),
        lambda stack: stack.ensure(Lamp("beside", oil="enough", below=stack.get(Lamp, "lit"))),
    )
    bench.run()
    report = bench.run(["1.2"])
    assert (report.errors, bench.shelf.writes()) == ({}, [])
    assert bench.plan(["1.2"]).is_empty


def test_what_was_there_before_is_used_and_never_touched(bench: Bench) -> None:
    bench.shelf.things["theirs"] = {
        "id": "theirs", "kind": "test-well", "tags": {}, "at": 0.0, "below": None, "colour": "red", "size": 9,
    }  # fmt: skip
    bench.asks(lambda stack: stack.ensure(Well("village")))
    assert bench.plan().is_empty
    assert bench.run().errors == {}
    assert bench.state().values("test-well/village") == {"id": "theirs", "arn": "arn:theirs"}
    assert bench.drift().is_none
    bench.teardown()
    assert (bench.shelf.writes(), list(bench.shelf.things), bench.status()) == ([], ["theirs"], {})


def test_one_that_we_made_is_ours_to_change_and_delete(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Well("village", colour="green")))
    bench.run()
    bench.asks(lambda stack: stack.ensure(Well("village", colour="blue")))
    bench.run()
    assert bench.shelf.writes() == ["test-well/village", "test-well/village"]
    bench.teardown()
    assert bench.shelf.things == {}
