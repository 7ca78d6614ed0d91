"""From what the steps ask for to jobs: what waits for making, what for readiness, and who looks together."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

import pytest

from muvi_provision.engine.graph import critical_path, making, subject
from muvi_provision.engine.schedule import Job
from muvi_provision.engine.stack import Stack, Step
from tests.unit.engine.shelf import Box, Kit, Meal, Oven


def jobs_of(*bodies: Any) -> dict[str, Job]:
    stack = Stack(None)
    stack.record(Step(f"1.{place}", "x", body) for place, body in enumerate(bodies, 1))
    jobs = making(stack.nodes.values())
    list(TopologicalSorter({job.name: (*job.needs, *job.after) for job in jobs}).static_order())
    return {job.name: job for job in jobs}


def above(jobs: dict[str, Job], name: str) -> set[str]:
    """Everything that must have succeeded before."""
    return {need for direct in jobs[name].needs for need in {direct, *above(jobs, direct)}}


def test_a_node_is_made_and_then_seen_ready() -> None:
    jobs = jobs_of(lambda stack: stack.ensure(Box("a")))
    assert set(jobs) == {"test-box/a", "test-box/a ready"}
    assert jobs["test-box/a ready"].needs == ("test-box/a",)


def test_a_field_needs_the_other_made_only() -> None:
    def body(stack: Stack) -> None:
        stack.ensure(Box("b", below=stack.ensure(Oven("a"))))

    assert "test-oven/a ready" not in above(jobs_of(body), "test-box/b")
    assert "test-oven/a" in above(jobs_of(body), "test-box/b")


def test_a_field_that_is_awaited_needs_the_other_ready() -> None:
    def body(stack: Stack) -> None:
        stack.ensure(Meal("b", below=stack.ensure(Oven("a"))))

    assert "test-oven/a ready" in above(jobs_of(body), "test-meal/b")


def test_an_output_needs_the_other_ready() -> None:
    """Its value is known only then."""

    def body(stack: Stack) -> None:
        stack.ensure(Box("b", colour=stack.ensure(Oven("a")).arn))
        stack.ensure(Box("c", colour=f"as {stack.get(Oven, 'a').arn}"))
        stack.ensure(Box("d", below=stack.get(Oven, "a")))

    jobs = jobs_of(body)
    assert "test-oven/a ready" in jobs["test-box/b"].needs
    assert "test-oven/a ready" in jobs["test-box/c"].needs
    assert jobs["test-box/d"].needs == ("test-oven/a",)


def test_one_that_completes_is_stood_on_only_once_it_is_complete() -> None:
    def body(stack: Stack) -> None:
        stack.ensure(Box("b", below=stack.ensure(Kit("a"))))

    jobs = jobs_of(body)
    assert jobs["test-kit/a"].needs == ("test-kit/a made",)
    assert "test-kit/a made" in above(jobs, "test-box/b")
    assert jobs["test-kit/a ready"].needs == ("test-kit/a",)


def test_whatever_is_named_after_is_needed() -> None:
    def body(stack: Stack) -> None:
        first = stack.ensure(Box("a"))
        stack.ensure(Box("b"), after=[first])

    assert jobs_of(body)["test-box/b"].needs == ("test-box/a",)


def test_acts_and_gates_need_everything_ready() -> None:
    def body(stack: Stack) -> None:
        oven = stack.ensure(Oven("a"))
        stack.act("bake", done=lambda *_: True, do=lambda *_: None, needs=[oven])
        stack.gate("taste", satisfied=lambda *_: True, instructions=f"see {oven.arn}")

    jobs = jobs_of(body)
    assert jobs["act/bake"].needs == ("test-oven/a ready",)
    assert jobs["gate/taste"].needs == ("test-oven/a ready",)


def test_checks_are_no_jobs() -> None:
    def body(stack: Stack) -> None:
        stack.check("it is warm", lambda *_: True, needs=[stack.ensure(Box("a"))])

    assert set(jobs_of(body)) == {"test-box/a", "test-box/a ready"}


def test_company_looks_together() -> None:
    """All of a kind in a step are looked at once the last of them is made, so that one read serves all."""

    def body(stack: Stack) -> None:
        for name in "abc":
            stack.ensure(Box(name))
        stack.ensure(Oven("x"))

    jobs = jobs_of(body, lambda stack: stack.ensure(Box("d")))
    assert set(jobs["test-box/a ready"].after) == {"test-box/a", "test-box/b", "test-box/c"}
    assert set(jobs["test-oven/x ready"].after) == {"test-oven/x"}
    assert set(jobs["test-box/d ready"].after) == {"test-box/d"}, "another step is other company"


def test_company_does_not_wait_for_what_stands_on_it() -> None:
    def body(stack: Stack) -> None:
        first = stack.ensure(Meal("a"))
        second = stack.ensure(Meal("b", below=first))
        stack.ensure(Meal("c", below=second))

    jobs = jobs_of(body)
    assert "test-meal/b" not in jobs["test-meal/a ready"].after
    assert set(jobs["test-meal/c ready"].after) == {"test-meal/c"}


def test_one_that_stands_on_some_of_its_kind_holds_up_none_of_them() -> None:
    """A role that may hand on other roles: all others are looked at together, and then it."""

    def body(stack: Stack) -> None:
        ovens = [stack.ensure(Oven(name)) for name in "ab"]
        stack.ensure(Oven("last", colour=ovens[0].arn))
        stack.ensure(Oven("c"))

    jobs = jobs_of(body)
    together = {"test-oven/a", "test-oven/b", "test-oven/c"}
    assert set(jobs["test-oven/c ready"].after) == set(jobs["test-oven/a ready"].after) == together
    assert set(jobs["test-oven/last ready"].after) == {"test-oven/last"}


def test_company_never_waits_in_a_circle() -> None:
    """Two chains of the same kinds, crossed: looking together is given up rather than for ever waited for."""

    def body(stack: Stack) -> None:
        oven, meal = stack.ensure(Oven("1")), stack.ensure(Meal("1"))
        stack.ensure(Meal("2", below=oven))
        stack.ensure(Oven("2", colour=meal.arn))

    jobs = jobs_of(body)
    assert len(jobs) == 8


def test_only_what_is_there_is_needed() -> None:
    """A node whose needs are not among the nodes (another step made them) can begin at once."""
    stack = Stack(None)
    stack.record(
        [
            Step("1.1", "x", lambda s: s.ensure(Box("a"))),
            Step("1.2", "y", lambda s: s.ensure(Box("b", below=s.get(Box, "a")))),
        ]
    )
    jobs = making([stack.nodes["test-box/b"]])
    assert [job.needs for job in jobs if job.name == "test-box/b"] == [()]


def test_the_longest_waits_go_first() -> None:
    def body(stack: Stack) -> None:
        stack.ensure(Box("a"))
        stack.ensure(Oven("b"))
        stack.ensure(Meal("c", below=stack.ensure(Oven("d"))))
        stack.ensure(Box("e", colour=stack.ensure(Oven("f", below=stack.get(Oven, "d"))).arn))

    jobs = jobs_of(body)
    assert jobs["test-oven/b"].priority < jobs["test-box/a"].priority == 0
    assert jobs["test-oven/d"].priority <= jobs["test-oven/b"].priority


def test_the_critical_path_adds_up_what_must_be_waited_for_in_turn() -> None:
    def path(body: Any) -> float:
        stack = Stack(None)
        stack.record([Step("1.1", "x", body)])
        return critical_path(stack.nodes.values())

    assert path(lambda stack: stack.ensure(Box("a"))) == 0
    assert path(lambda stack: stack.ensure(Oven("a"))) == 105
    assert path(lambda stack: [stack.ensure(Oven("a")), stack.ensure(Oven("b"))]) == 105
    assert path(lambda stack: stack.ensure(Oven("b", colour=stack.ensure(Oven("a")).arn))) == 210
    assert path(lambda stack: stack.ensure(Oven("b", below=stack.ensure(Oven("a"))))) == 105
    assert critical_path([]) == 0


@pytest.mark.parametrize("job", ["test-box/a", "test-box/a ready", "test-box/a made"])
def test_what_a_job_is_about(job: str) -> None:
    assert subject(job) == "test-box/a"
