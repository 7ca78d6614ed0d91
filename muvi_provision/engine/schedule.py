"""The walk over a graph with threads: no waves, and a wait holds no thread."""

from __future__ import annotations

import heapq
import queue
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from muvi_provision.clock import Clock


@dataclass(frozen=True)
class Later:
    """Work that has to wait: come back in so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Job:
    """One piece of work. ``needs`` must have succeeded; ``after`` must only be over. Lower priority goes first."""

    name: str
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    priority: float = 0.0


@dataclass
class Outcome:
    """How a walk ended. ``skipped`` says for which failed (or skipped) job each was not tried."""

    done: set[str] = field(default_factory=set)
    failed: dict[str, Exception] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False
    fatal: Exception | None = None


Work = Callable[[str, int], Later | None]
Over = Callable[[str, str, Exception | None], None]


class Walk:
    """Runs jobs in the order of their needs, ``threads`` at a time.

    ``work(name, batch)`` does a piece; it returns None when done, Later to be called again, and raises
    when it failed. All work that became possible at the same time has the same ``batch``. ``over(name, because,
    error)`` is called on the walking thread as each job ends. An error that ``fatal`` recognises begins
    nothing new.
    """

    def __init__(self, clock: Clock, threads: int, *, fatal: Callable[[Exception], bool] = lambda _: False) -> None:
        self.clock = clock
        self.threads = threads
        self.fatal = fatal
        self._arrivals: queue.SimpleQueue[tuple[str, Later | BaseException | None]] = queue.SimpleQueue()
        self._stopping = False

    def stop(self) -> None:
        """Begins nothing new and lets what is under way end. Safe in a signal handler and from any thread."""
        self._stopping = True
        self._arrivals.put(("", None))

    def run(self, jobs: Iterable[Job], work: Work, over: Over = lambda *_: None) -> Outcome:
        """Walks until everything is over, or stopped. A BaseException in the work rises at once."""
        return _Round(self, {job.name: job for job in jobs}, work, over).walk()


class _Round:
    """One walk in progress; lives on the walking thread."""

    def __init__(self, walk: Walk, jobs: Mapping[str, Job], work: Work, over: Over) -> None:
        self.owner, self.jobs, self.work, self.over = walk, jobs, work, over
        self.clock, self.arrivals = walk.clock, walk._arrivals
        self.outcome = Outcome()
        self.order = {name: place for place, name in enumerate(jobs)}
        self.sorter = TopologicalSorter({job.name: (*job.needs, *job.after) for job in jobs.values()})
        self.batches: dict[str, int] = {}
        self.waiting: list[tuple[float, int, str]] = []
        self.ready: list[tuple[float, int, str]] = []
        self.running = 0
        self.batch = 0

    @property
    def stopping(self) -> bool:
        return self.owner._stopping or self.outcome.fatal is not None

    def walk(self) -> Outcome:
        self.sorter.prepare()
        with ThreadPoolExecutor(self.owner.threads, thread_name_prefix="walk") as pool:
            while self._step(pool):
                pass
        self.outcome.interrupted = self.owner._stopping
        return self.outcome

    def _step(self, pool: ThreadPoolExecutor) -> bool:
        self._release()
        self._begin(pool)
        if not self.running and (self.stopping or not (self.waiting or self.ready)):
            return False
        arrival = self.clock.next_of(self.arrivals, self._until_due(), busy=self.running > 0)
        while arrival is not None:
            self._arrived(*arrival)
            arrival = self.clock.next_of(self.arrivals, 0, busy=False) if self._has_arrivals() else None
        return True

    def _has_arrivals(self) -> bool:
        return not self.arrivals.empty()

    def _until_due(self) -> float | None:
        if self.stopping or not self.waiting:
            return None
        return max(0.0, self.waiting[0][0] - self.clock.monotonic())

    def _release(self) -> None:
        """Moves what can be begun into ``ready``: jobs whose needs are over, and waits that are due."""
        self.batch += 1
        while names := self.sorter.get_ready():
            for name in names:
                self._consider(self.jobs[name])
        now = self.clock.monotonic()
        while self.waiting and self.waiting[0][0] <= now:
            self._enqueue(heapq.heappop(self.waiting)[2])

    def _enqueue(self, name: str) -> None:
        self.batches[name] = self.batch
        heapq.heappush(self.ready, (self.jobs[name].priority, self.order[name], name))

    def _consider(self, job: Job) -> None:
        lost = next((need for need in job.needs if need not in self.outcome.done), None)
        if lost is None:
            self._enqueue(job.name)
        else:
            self.outcome.skipped[job.name] = self.outcome.skipped.get(lost, lost)
            self._finish(job.name, self.outcome.skipped[job.name], None)

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        while self.ready and self.running < self.owner.threads and not self.stopping:
            name = heapq.heappop(self.ready)[2]
            self.running += 1
            pool.submit(self._work, name, self.batches[name])

    def _work(self, name: str, batch: int) -> None:
        try:
            result: Later | BaseException | None = self.work(name, batch)
        except BaseException as error:  # noqa: BLE001 (handed to the walking thread, which decides)
            result = error
        self.arrivals.put((name, result))

    def _arrived(self, name: str, result: Later | BaseException | None) -> None:
        if not name:
            return
        self.running -= 1
        match result:
            case Later():
                heapq.heappush(self.waiting, (self.clock.monotonic() + result.seconds, self.order[name], name))
            case None:
                self.outcome.done.add(name)
                self._finish(name, "", None)
            case Exception():
                self.outcome.failed[name] = result
                if self.owner.fatal(result):
                    self.outcome.fatal = self.outcome.fatal or result
                self._finish(name, "", result)
            case _:
                raise result

    def _finish(self, name: str, because: str, error: Exception | None) -> None:
        self.sorter.done(name)
        self.over(name, because, error)
