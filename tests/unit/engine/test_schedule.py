"""The walk: order, failures, waits that hold no thread, stopping, and errors that end it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from muvi_provision.engine.schedule import Job, Later, Outcome, Walk
from tests.unit.engine.shelf import Leaping

THREADS = [1, 4]


class Diary:
    """Notes what was begun and what was over, in order."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.batches: dict[str, int] = {}
        self.ended: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def work(self, name: str, batch: int) -> Later | None:
        with self._lock:
            self.begun.append(name)
            self.batches[name] = batch
        if name.startswith("bad"):
            raise ValueError(name)
        return None

    def over(self, name: str, because: str, error: Exception | None) -> None:
        self.ended.append((name, because or (f"error {error}" if error else "")))


@pytest.fixture
def diary() -> Diary:
    return Diary()


def walk(threads: int = 1, fatal: Callable[[Exception], bool] = lambda _: False) -> Walk:
    return Walk(Leaping(), threads, fatal=fatal)


def run(diary: Diary, *jobs: Job, threads: int = 1) -> Outcome:
    return walk(threads).run(jobs, diary.work, diary.over)


@pytest.mark.parametrize("threads", THREADS)
def test_needs_come_first(diary: Diary, threads: int) -> None:
    outcome = run(diary, Job("c", ("b",)), Job("b", ("a",)), Job("a"), threads=threads)
    assert diary.begun == ["a", "b", "c"]
    assert outcome.done == {"a", "b", "c"}
    assert diary.ended == [("a", ""), ("b", ""), ("c", "")]
    assert not outcome.interrupted


@pytest.mark.parametrize("threads", THREADS)
def test_a_failure_stops_only_what_stands_on_it(diary: Diary, threads: int) -> None:
    jobs = Job("bad"), Job("b", ("bad",)), Job("c", ("b",)), Job("d"), Job("e", ("d",))
    outcome = run(diary, *jobs, threads=threads)
    assert set(diary.begun) == {"bad", "d", "e"}
    assert set(outcome.failed) == {"bad"}
    assert outcome.skipped == {"b": "bad", "c": "bad"}, "told for the one that failed"
    assert dict(diary.ended)["c"] == "bad"
    assert dict(diary.ended)["bad"] == "error bad"


@pytest.mark.parametrize("threads", THREADS)
def test_what_is_only_after_goes_on_after_a_failure(diary: Diary, threads: int) -> None:
    outcome = run(diary, Job("bad"), Job("skipped", ("bad",)), Job("b", after=("bad", "skipped")), threads=threads)
    assert outcome.done == {"b"}
    assert diary.begun == ["bad", "b"]


def test_the_lower_priority_goes_first(diary: Diary) -> None:
    run(diary, Job("a", priority=1), Job("b", priority=-5), Job("c"), Job("d"))
    assert diary.begun == ["b", "c", "d", "a"], "and of the same, who was named first"


def test_waiting_holds_no_thread() -> None:
    """A hundred that wait at the same time, and one thread: no longer than one of them."""
    clock, looked = Leaping(), dict.fromkeys(map(str, range(100)), 0)
    began = clock.monotonic()

    def work(name: str, _: int) -> Later | None:
        looked[name] += 1
        return Later(60) if looked[name] < 3 else None

    outcome = Walk(clock, 1).run([Job(name) for name in looked], work)
    assert outcome.done == set(looked)
    assert set(looked.values()) == {3}
    assert clock.monotonic() - began == 120


def test_shorter_waits_are_over_earlier(diary: Diary) -> None:
    waits = {"a": [30.0], "b": [10.0, 10.0]}

    def work(name: str, batch: int) -> Later | None:
        return Later(waits[name].pop()) if waits[name] else diary.work(name, batch)

    walk().run([Job("a"), Job("b")], work)
    assert diary.begun == ["b", "a"]


def test_all_that_is_released_together_has_the_same_batch(diary: Diary) -> None:
    run(diary, Job("a"), Job("b"), Job("c", ("a", "b")), Job("d", ("a", "b")), Job("e", ("d",)))
    assert diary.batches["a"] == diary.batches["b"]
    assert diary.batches["c"] == diary.batches["d"]
    assert len(set(diary.batches.values())) == 3


def test_waits_that_end_together_have_the_same_batch() -> None:
    seen: dict[str, list[int]] = {"a": [], "b": []}

    def work(name: str, batch: int) -> Later | None:
        seen[name].append(batch)
        return Later(5) if len(seen[name]) < 3 else None

    walk().run([Job("a"), Job("b")], work)
    assert seen["a"] == seen["b"]
    assert len(set(seen["a"])) == 3


@pytest.mark.parametrize("threads", THREADS)
def test_no_more_than_so_many_at_a_time(threads: int) -> None:
    lock, now, most = threading.Lock(), 0, 0
    together = threading.Barrier(threads)

    def work(name: str, _: int) -> Later | None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait(30)
        with lock:
            now -= 1
        return None

    walk(threads).run([Job(str(number)) for number in range(threads * 3)], work)
    assert most == threads


def test_stopped_it_begins_nothing_new(diary: Diary) -> None:
    one = walk()

    def work(name: str, batch: int) -> Later | None:
        one.stop()
        return diary.work(name, batch)

    outcome = one.run([Job("a"), Job("b", ("a",)), Job("c")], work, diary.over)
    assert diary.begun == ["a"]
    assert outcome.done == {"a"}, "what was under way is finished and told"
    assert diary.ended == [("a", "")]
    assert outcome.interrupted


def test_stopped_it_does_not_wait_for_those_that_wait() -> None:
    one, clock = walk(), Leaping()
    one.clock = clock
    began = clock.monotonic()

    def work(name: str, _: int) -> Later | None:
        if name == "b":
            one.stop()
            return None
        return Later(3600)

    outcome = one.run([Job("a"), Job("b", priority=1)], work)
    assert outcome.interrupted
    assert clock.monotonic() == began


def test_stopped_before_it_began(diary: Diary) -> None:
    one = walk()
    one.stop()
    assert one.run([Job("a")], diary.work).interrupted
    assert diary.begun == []


def test_an_error_that_ends_everything(diary: Diary) -> None:
    one = walk(fatal=lambda error: str(error) == "bad")
    outcome = one.run([Job("bad"), Job("b", priority=1), Job("c", after=("bad",))], diary.work, diary.over)
    assert diary.begun == ["bad"]
    assert str(outcome.fatal) == "bad"
    assert set(outcome.failed) == {"bad"}
    assert not outcome.interrupted


def test_an_error_that_is_not_fatal_ends_nothing(diary: Diary) -> None:
    outcome = walk(fatal=lambda _: False).run([Job("bad"), Job("b")], diary.work)
    assert outcome.fatal is None
    assert outcome.done == {"b"}


class Interrupted(BaseException):
    """As KeyboardInterrupt is."""


@pytest.mark.parametrize("threads", THREADS)
def test_a_base_exception_rises_at_once(diary: Diary, threads: int) -> None:
    def work(name: str, batch: int) -> Later | None:
        if name == "a":
            raise Interrupted
        return diary.work(name, batch)

    with pytest.raises(Interrupted):
        walk(threads).run([Job("a"), Job("b", ("a",)), Job("c", after=("a",))], work, diary.over)
    assert diary.begun == []
    assert diary.ended == []


def test_nothing_to_do(diary: Diary) -> None:
    outcome = run(diary)
    assert (outcome.done, outcome.failed, outcome.skipped) == (set(), {}, {})


def test_a_thousand_jobs_in_a_chain(diary: Diary) -> None:
    jobs = [Job("0"), *(Job(str(number), (str(number - 1),)) for number in range(1, 1000))]
    assert len(run(diary, *jobs, threads=4).done) == 1000
    assert diary.begun == [str(number) for number in range(1000)]


def test_a_thousand_skipped_in_a_chain(diary: Diary) -> None:
    jobs = [Job("bad"), Job("0", ("bad",)), *(Job(str(number), (str(number - 1),)) for number in range(1, 1000))]
    assert set(run(diary, *jobs).skipped.values()) == {"bad"}
