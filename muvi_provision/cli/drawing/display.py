"""Who draws a run: a live screen, plain lines or NDJSON, behind one small interface."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from muvi_provision.cli.drawing.place import NOWHERE, Ending, Place
from muvi_provision.cli.drawing.progress import Moment
from muvi_provision.clock import Clock
from muvi_provision.engine.events import Event
from muvi_provision.engine.site import Report

if TYPE_CHECKING:
    from rich.console import Console

log = logging.getLogger(__name__)


class Display(Protocol):
    """Draws what it hears. ``listen`` may be called from any thread and from a signal handler, and never raises."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def listen(self, event: Event) -> None: ...

    def end(self, report: Report) -> None:
        """Draws the last word and stops drawing; the stream is free again when it returns."""
        ...


class Pen(Protocol):
    """What draws, on one thread. ``beat``: at most so many seconds between two calls of ``tick``."""

    beat: float

    def take(self, moment: Moment) -> None:
        """Hears an event."""
        ...

    def tick(self, now: float) -> None:
        """Time has passed, or events have come: draw what is due."""
        ...

    def close(self, ending: Ending) -> None:
        """Draws the last word. Called once, also after an error of its own."""
        ...


class Drawing:
    """A display with a thread of its own, so that a slow terminal never slows the work."""

    def __init__(self, pen: Pen, clock: Clock) -> None:
        self.pen = pen
        self.clock = clock
        self._arrivals: queue.SimpleQueue[Moment | Ending] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._draw, name="display", daemon=True)
        self._is_over = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(Ending(self.clock.monotonic(), error=error))

    def listen(self, event: Event) -> None:
        self._arrivals.put(Moment(event, self.clock.monotonic(), self.clock.now()))

    def end(self, report: Report) -> None:
        self._close(Ending(self.clock.monotonic(), report))

    def _close(self, ending: Ending) -> None:
        if not self._is_over:
            self._is_over = True
            self._arrivals.put(ending)
        if self._thread.is_alive():
            self._thread.join()

    def _draw(self) -> None:
        """Draws until the end. A display that cannot draw (a closed pipe) falls silent; the run goes on."""
        is_silent = False
        while True:
            batch = self._next()
            ending = next((item for item in batch if isinstance(item, Ending)), None)
            try:
                if not is_silent:
                    self._take([item for item in batch if isinstance(item, Moment)])
            except Exception:  # nothing that goes wrong in drawing may stop the work
                log.debug("the display fell silent", exc_info=True)
                is_silent = True
            if ending:
                return self._finish(ending)

    def _take(self, moments: list[Moment]) -> None:
        for moment in moments:
            self.pen.take(moment)
        self.pen.tick(self.clock.monotonic())

    def _finish(self, ending: Ending) -> None:
        try:
            self.pen.close(ending)
        except Exception:
            log.debug("the display could not draw its last word", exc_info=True)

    def _next(self) -> list[Moment | Ending]:
        """What has arrived, after waiting a beat at most."""
        batch: list[Moment | Ending] = []
        try:
            # busy: with a clock that is not real only the work may make time pass
            first = self.clock.next_of(self._arrivals, self.pen.beat, busy=True)
            while first is not None:
                batch.append(first)
                first = None if isinstance(first, Ending) else self._arrivals.get_nowait()
        except queue.Empty:
            pass
        return batch


def choose(
    *,
    json: bool,
    plain: bool,
    quiet: bool,
    verbose: bool,
    no_color: bool,
    out: TextIO,
    err: TextIO,
    clock: Clock,
    environ: Mapping[str, str],
    run_id: str,
    place: Place = NOWHERE,
) -> Display:
    """The display for these options and streams: NDJSON on ``out``, or lines or a live screen on ``err``."""
    if json:
        from muvi_provision.cli.drawing.ndjson import Ndjson

        return Drawing(Ndjson(out, run_id, clock, place), clock)
    if plain or quiet or not is_lively(err, environ):
        from muvi_provision.cli.drawing.plain import Plain

        return Drawing(Plain(err, place, quiet=quiet, verbose=verbose), clock)
    from muvi_provision.cli.drawing.screen import Screen

    return Drawing(Screen(console(err, environ, no_color=no_color), place), clock)


def is_lively(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether the stream is a terminal that somebody watches and that can move its cursor."""
    if environ.get("TERM", "").lower() in ("dumb", "unknown"):
        return False
    if environ.get("CI", "").lower() not in ("", "0", "false"):
        return False
    try:
        return stream.isatty()
    except ValueError:
        return False


def console(stream: TextIO, environ: Mapping[str, str], *, no_color: bool = False) -> Console:
    """A rich console that takes every text as it is: no markup, no emoji, no highlighting."""
    from rich.console import Console

    colourless = no_color or bool(environ.get("NO_COLOR"))
    return Console(file=stream, no_color=colourless, markup=False, emoji=False, highlight=False, _environ=environ)
