"""What strictness costs: the product on the strict sandbox and on the emulator alone, and how soon each answers.

"Alone" is the emulator in the same process by the same way, with nothing heard before or after its act. It keeps what
the sandbox hurries in it (``emulator.py``), so it is faster than the emulator as one installs it.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from muvi_provision.sandbox import hearing
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.emulator import LOCK, Hear
from muvi_provision.sandbox.world import World as Objects
from tests.world import World

QUOTAS = {"fargate_vcpus": 200}
Make = Callable[..., Cloud]


class Plain(Cloud):
    """The emulator alone."""

    def _carried_out(self, call: Call) -> Answer:
        with LOCK:
            hearing.install()
            return self.world.dispatch(call, lambda response, act: act(), self.clock.now())


class Stopwatch:
    """CPU seconds of one thread, by whose they are."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._whose: list[str] = []
        self._at = 0.0

    @contextmanager
    def on(self, whose: str) -> Iterator[None]:
        self._lap()
        self._whose.append(whose)
        try:
            yield
        finally:
            self._lap()
            self._whose.pop()

    def _lap(self) -> None:
        now = time.thread_time()
        if self._whose:
            self.seconds[self._whose[-1]] += now - self._at
        self._at = now


class Timed(Cloud):
    """A strict cloud that counts how long it is itself at work, and how long the emulator: ``watch``."""

    def __init__(self, *words: Any, **said: Any) -> None:
        super().__init__(*words, **said)
        self.watch = Stopwatch()
        self.world = _TimedObjects(self.watch)

    def _carried_out(self, call: Call) -> Answer:
        with self.watch.on("strict"):
            return super()._carried_out(call)


class _TimedObjects(Objects):
    """The emulator's time: reading the call, its act, and writing the answer; not what is done between these."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self._watch = watch

    def dispatch(self, call: Call, hear: Hear, today: datetime) -> Answer:
        def heard(response: Any, act: Callable[[], Any]) -> Any:
            response.serialized = self._its(response.serialized, "emulator")
            with self._watch.on("strict"):
                return hear(response, lambda: self._acted(response, act))

        with self._watch.on("emulator"):
            return super().dispatch(call, heard, today)

    def _acted(self, response: Any, act: Callable[[], Any]) -> Any:
        response.serialized = self._its(response.serialized, "strict")  # what the strict layer put there
        with self._watch.on("emulator"):
            return act()

    def _its(self, function: Callable[[Any], Any], whose: str) -> Callable[[Any], Any]:
        def timed(answer: Any) -> Any:
            with self._watch.on(whose):
                return function(answer)

        return timed


def run(make: Make, days: range) -> tuple[float, Cloud]:
    """CPU seconds of an instant run of those days of uat, product and cloud together, by one thread; and the cloud.

    Raises AssertionError when something failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        one = World(Path(folder) / "state", "uat", threads=1, quotas=QUOTAS)
        one.cloud = make(one.clock, quotas=QUOTAS)
        one.steps = tuple(step for step in one.steps if step.day in days)
        with _no_collecting():
            began = time.process_time()
            report = one.run()
            took = time.process_time() - began
    assert not report.errors, report.errors
    return took, one.cloud


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Collecting garbage takes as long as hundreds of calls, and befalls anybody."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def slower(rounds: int = 7) -> float:
    """How many times longer day 1 takes on the strict cloud than on the emulator alone: the median of pairs."""
    day = range(1, 2)
    run(Cloud, day), run(Plain, day)  # everything is loaded now
    return statistics.median(run(Cloud, day)[0] / run(Plain, day)[0] for _ in range(rounds))


def share(rounds: int = 3) -> float:
    """How many times longer the cloud is at work on the whole week than the emulator in it is: the median."""
    found = []
    for _ in range(rounds + 1):
        cloud = run(Timed, range(1, 6))[1]
        assert isinstance(cloud, Timed)
        found.append(sum(cloud.watch.seconds.values()) / cloud.watch.seconds["emulator"])
    return statistics.median(found[1:])  # in the first one, things are loaded
