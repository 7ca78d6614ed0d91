"""What is only looked up and has a state of its own is waited for by a run, and by nobody else."""

from __future__ import annotations

from muvi_provision.errors import ReadinessFailed
from muvi_provision.resource import Declared
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import KINDS, READY_AFTER, Box, Found


class Dough(Found, kind="test-dough", ready="nat_gateway_available", again=("muvi run",), outputs={"arn"}):
    """Somebody else's, and not risen yet."""


KINDS[Dough.declared.kind] = Dough
del Declared.kinds[Dough.declared.kind]


def there(bench: Bench) -> None:
    made = {"id": "dough-1", "kind": "test-dough", "name": "bread", "tags": {}, "at": bench.clock.time}
    bench.shelf.things["dough-1"] = made
    bench.asks(lambda stack: stack.ensure(Box("oven", below=stack.look_up(Dough("bread")).arn)))


def test_a_run_waits_for_it_before_what_uses_it_is_made(bench: Bench) -> None:
    there(bench)
    began = bench.clock.time
    assert bench.run().errors == {}
    assert bench.clock.time >= began + READY_AFTER
    assert bench.shelf.writes() == ["test-box/oven"]


def test_a_plan_does_not(bench: Bench) -> None:
    there(bench)
    began = bench.clock.time
    assert not bench.plan().is_empty
    assert bench.clock.time == began


def test_when_it_failed_the_reason_and_what_to_type_are_told(bench: Bench) -> None:
    there(bench)
    bench.shelf.fails.add("test-dough")
    report = bench.run()
    error = report.errors["test-dough/bread"]
    assert isinstance(error, ReadinessFailed)
    assert error.why == "Broken: it fell"
    assert error.next == ("muvi run",)
    assert bench.shelf.writes() == []
