"""Plans, checks and drift: looking without touching."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.engine.checks import run_checks
from muvi_provision.engine.stack import Stack
from muvi_provision.errors import NameTaken, NotOurs, SignInExpired
from muvi_provision.resource import Verdict
from tests.unit.engine.conftest import Bench
from tests.unit.engine.shelf import Box, Oven, refusal


def two(stack: Stack) -> None:
    stack.ensure(Box("b", below=stack.ensure(Box("a"))))


def verdicts(bench: Bench) -> dict[str, str]:
    return {address: str(finding.verdict) for address, finding in bench.plan().findings.items()}


def test_of_nothing_everything_is_to_be_created(bench: Bench) -> None:
    bench.asks(two)
    plan = bench.plan()
    assert verdicts(bench) == {"test-box/a": "create", "test-box/b": "create"}
    assert plan.steps == {"test-box/a": "1.1", "test-box/b": "1.1"}
    assert not plan.is_empty
    assert bench.shelf.writes() == []


def test_after_a_run_it_is_empty(bench: Bench) -> None:
    bench.asks(two)
    bench.run()
    assert verdicts(bench) == {"test-box/a": "same", "test-box/b": "same"}
    assert bench.plan().is_empty
    assert bench.plan().usual_s == 0


def test_updates_and_what_vanished(bench: Bench) -> None:
    bench.asks(two)
    bench.run()
    one, other = bench.shelf.things.values()
    one["colour"] = "drifted"
    del bench.shelf.things[other["id"]]
    assert verdicts(bench) == {"test-box/a": "update", "test-box/b": "vanished"}
    drift = bench.drift()
    assert [(f.address, [str(c) for c in f.changes]) for f in drift.changed] == [
        ("test-box/a", ["colour: drifted -> green"])
    ]
    assert [f.address for f in drift.vanished] == ["test-box/b"]
    assert not drift.is_none
    bench.run()
    assert bench.drift().is_none


def test_what_no_step_asks_for_any_more_is_an_orphan_and_stays(bench: Bench) -> None:
    bench.asks(two)
    bench.run()
    bench.asks(lambda stack: stack.ensure(Box("a")))
    assert [record.address for record in bench.plan().orphans] == ["test-box/b"]
    assert bench.plan().is_empty, "a run does nothing about it"
    report = bench.run()
    assert report.counts.writes == 0
    assert bench.shelf.addresses() == ["test-box/a", "test-box/b"]
    assert not bench.teardown(only=["test-box/b"]).errors
    assert bench.plan().orphans == ()


def test_what_another_step_made_is_no_orphan_of_this_one(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("a")), lambda stack: stack.ensure(Box("b")))
    bench.run()
    assert bench.plan(["1.1"]).orphans == ()


def test_only_the_chosen_steps_are_looked_at(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("a")), lambda stack: stack.ensure(Box("b", below=stack.get(Box, "a"))))
    bench.run(["1.1"])
    plan = bench.plan(["1.2"])
    assert set(plan.findings) == {"test-box/b"}
    assert plan.findings["test-box/b"].verdict == Verdict.CREATE


def test_how_long_it_usually_takes(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("b", colour=stack.ensure(Oven("a")).arn)))
    assert bench.plan().usual_s == 105


def test_an_error_of_one_is_in_the_plan(bench: Bench) -> None:
    def before(verb: str, about: str) -> None:
        if about == "test-oven":
            raise refusal("UnauthorizedOperation", operation="DescribeThings")

    bench.shelf.before = before
    bench.asks(lambda stack: [stack.ensure(Oven("a")), stack.ensure(Box("b"))])
    plan = bench.plan()
    assert set(plan.errors) == {"test-oven/a"}
    assert set(plan.findings) == {"test-box/b"}
    assert not plan.is_empty


def test_an_expired_sign_in_ends_a_plan_and_a_drift(bench: Bench) -> None:
    bench.asks(two)
    bench.run()
    bench.shelf.before = lambda verb, _: (_ for _ in ()).throw(refusal("ExpiredToken", operation="DescribeThings"))
    with pytest.raises(SignInExpired):
        bench.plan()
    with pytest.raises(SignInExpired):
        bench.drift()


def test_one_with_our_address_that_is_not_ours(bench: Bench) -> None:
    """Another copy of the project, with a state of its own, made it."""
    tags = {"muvi:env": "uat", "muvi:address": "test-box/a", "muvi:lineage": "another"}
    bench.shelf.things["x-1"] = {"id": "x-1", "kind": "test-box", "tags": tags, "at": 0, "colour": "red", "size": 1}
    bench.shelf.things["x-1"]["below"] = None
    bench.asks(two)
    error = bench.plan().errors["test-box/a"]
    assert isinstance(error, NameTaken)
    assert "its tag muvi:lineage is another" in error.what
    report = bench.run()
    assert isinstance(report.errors["test-box/a"], NameTaken)
    assert report.skipped == {"test-box/b": "test-box/a"}
    assert bench.shelf.things["x-1"]["colour"] == "red"
    assert bench.shelf.writes() == []


def test_one_of_ours_whose_tags_were_stripped(bench: Bench) -> None:
    bench.asks(two)
    bench.run()
    one = next(iter(bench.shelf.things.values()))
    one["tags"], one["colour"] = {}, "drifted"
    calls = len(bench.shelf.writes())
    error = bench.run().errors["test-box/a"]
    assert isinstance(error, NotOurs)
    assert "none of our tags" in error.what
    assert error.exit_code == 5
    assert isinstance(bench.drift().errors["test-box/a"], NotOurs)
    assert len(bench.shelf.writes()) == calls


def test_what_is_not_ready_is_told_by_drift(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Oven("a")))
    bench.run()
    bench.shelf.fails = {"test-oven"}
    assert bench.drift().unready == {"test-oven/a": "Broken: it fell"}
    next(iter(bench.shelf.things.values()))["at"] = bench.clock.time
    assert bench.drift().unready == {"test-oven/a": "not ready yet"}


def checked(bench: Bench, *sentences: tuple[str, Any]) -> list[tuple[str, bool, bool]]:
    def body(stack: Stack) -> None:
        box = stack.ensure(Box("a"))
        for sentence, question in sentences:
            stack.check(sentence, question, needs=[box])

    bench.asks(body)
    found = run_checks(bench.stack(), bench.site(), bench.numbers)
    return [(one.sentence, one.holds, one.error is not None) for one in found]


def test_checks(bench: Bench) -> None:
    bench.asks(lambda stack: stack.ensure(Box("a")))
    bench.run()

    def broken(aws: Any, values: Any) -> bool:
        raise refusal("UnauthorizedOperation", operation="DescribeThings")

    assert checked(
        bench,
        ("it has an id", lambda aws, values: values["test-box/a"]["id"] == "test-box-1"),
        ("it is blue", lambda aws, values: False),
        ("it can be asked", broken),
        ("it is there", lambda aws, values: True),
    ) == [
        ("it has an id", True, False),
        ("it is blue", False, False),
        ("it can be asked", False, True),
        ("it is there", True, False),
    ]


def test_a_check_of_what_is_not_there_does_not_hold(bench: Bench) -> None:
    def never(*_: Any) -> bool:
        raise AssertionError("it has nothing to ask about")

    assert checked(bench, ("it is there", never)) == [("it is there", False, False)]


def test_a_check_changes_nothing(bench: Bench) -> None:
    from muvi_provision.errors import MuviError

    bench.asks(lambda stack: stack.ensure(Box("a")))
    bench.run()

    def write(aws: Any, values: Any) -> bool:
        aws.border.shelf.remove("test-box/a", "test-box-1")
        return True

    with pytest.raises(MuviError):
        checked(bench, ("it writes", write))
    assert len(bench.shelf.things) == 1


def test_checks_of_the_chosen_steps_only(bench: Bench) -> None:
    bench.asks(lambda stack: stack.check("one", lambda *_: True), lambda stack: stack.check("two", lambda *_: True))
    found = run_checks(bench.stack(), bench.site(), ["1.2"])
    assert [(one.step, one.sentence) for one in found] == [("1.2", "two")]
