"""One JSON document a line on stdout, for programs."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import Any, TextIO

from muvi_provision.cli.drawing.place import NOWHERE, Ending, Place
from muvi_provision.cli.drawing.progress import Moment, Progress
from muvi_provision.clock import Clock
from muvi_provision.engine import events
from muvi_provision.engine.events import Event
from muvi_provision.errors import MuviError

PLACE = frozenset({"step", "resource", "id", "elapsed_s"})


class Ndjson:
    """Writes each event as ``{"type", "ts", "run", "day", "step", "resource", "id", "elapsed_s", …}``.

    What does not apply is null. The last line is always ``run.end``, also when an error ended the run.
    """

    beat = 0.5

    def __init__(self, out: TextIO, run_id: str, clock: Clock, place: Place = NOWHERE) -> None:
        self.out = out
        self.run_id = run_id
        self.clock = clock
        self.place = place
        self.progress = Progress()
        self._last: events.RunEnd | None = None

    def take(self, moment: Moment) -> None:
        if isinstance(moment.event, events.RunEnd):
            self._last = moment.event
            return
        elapsed = self._elapsed(moment)
        self.progress.take(moment)
        self._write(self._line(moment.event, moment.when, elapsed))

    def tick(self, now: float) -> None:  # noqa: ARG002
        self.out.flush()

    def close(self, ending: Ending) -> None:
        elapsed = round(self.progress.elapsed(ending.at), 3)
        self._write({**self._line(self._end(ending), self.clock.now(), elapsed), "error": self._error(ending.error)})
        self.out.flush()

    def _end(self, ending: Ending) -> events.RunEnd:
        if report := ending.report:
            return events.RunEnd(counts=report.counts, going_on=tuple(report.going_on), interrupted=report.interrupted)
        counts = self.progress.counts(self.place.tally())
        return self._last or events.RunEnd(counts=counts, interrupted=self.progress.is_stopping)

    def _elapsed(self, moment: Moment) -> float:
        """Seconds since the thing began, or since the run began for what is not about one thing."""
        event, active = moment.event, self.progress.active.get(moment.event.resource)
        if event.elapsed_s:
            seconds = event.elapsed_s
        elif event.resource:
            seconds = active.elapsed(moment.at) if active else 0.0
        else:
            seconds = self.progress.elapsed(moment.at)
        return round(seconds, 3)

    def _line(self, event: Event, when: datetime, elapsed: float) -> dict[str, Any]:
        day = event.step.partition(".")[0]
        return {
            "type": event.type,
            "ts": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "run": self.run_id,
            "day": int(day) if day.isdigit() else None,
            "step": event.step or None,
            "resource": event.resource or None,
            "id": event.id or None,
            "elapsed_s": elapsed,
            **self._rest(event),
        }

    def _rest(self, event: Event) -> dict[str, Any]:
        """The fields of one sort of event; the counts of ``run.end`` stand beside the others."""
        match event:
            case events.RunStart():
                steps = [{"step": number, "title": title, "total": total} for number, title, total in event.steps]
                return {"command": event.command, "env": event.env, "steps": steps}
            case events.Failed():
                return {"error": self._error(event.error)}
            case events.GateClosed():
                return {"instructions": "\n".join(self.place.told(event.instructions))}
            case events.RunEnd():
                counts = dataclasses.asdict(event.counts)
                going_on, orphans = list(event.going_on), self.place.orphans().addresses
                return {**counts, "going_on": going_on, "interrupted": event.interrupted, "orphans": orphans}
        own = (item.name for item in dataclasses.fields(event) if item.name not in PLACE)
        return {name: getattr(event, name) for name in own}

    def _error(self, error: BaseException | None) -> dict[str, Any] | None:
        if not isinstance(error, MuviError):
            return {"code": "", "summary": type(error).__name__} if error else None
        said = {"code": error.code, "summary": error.summary, "what": error.what}
        return {
            **said,
            "where": error.where,
            "why": error.why,
            "next": [self.place.again(command) for command in error.next],
        }

    def _write(self, line: dict[str, Any]) -> None:
        # ASCII only, so that every stream can take it; one write, so that a line is never cut by another
        self.out.write(json.dumps(line, ensure_ascii=True, default=str) + "\n")
