"""One record a line on stderr: for logs, pipes, CI and screen readers. No colour, no animation."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TextIO

from muvi_provision.cli.drawing import summary
from muvi_provision.cli.drawing.glyphs import DONE, Glyphs, counted, doing, duration, glyphs_for, kind_words
from muvi_provision.cli.drawing.place import Ending, Place
from muvi_provision.cli.drawing.progress import Active, Moment, Progress
from muvi_provision.engine import events
from muvi_provision.engine.events import Event
from muvi_provision.resource import Verdict

HEARTBEAT = 30.0
NAMED = 3  # of what is waited for in one heartbeat; the rest is counted


class Plain:
    """Writes what matters as it happens, and every 30 s what is waited for.

    ``quiet``: only failures, what needs a person, and the end. ``verbose``: also what was right already.
    """

    beat = 0.5

    def __init__(self, err: TextIO, place: Place, *, quiet: bool = False, verbose: bool = False) -> None:
        self.err = err
        self.place = place
        self.quiet = quiet
        self.verbose = verbose
        self.glyphs: Glyphs = glyphs_for(getattr(err, "encoding", None))
        self.progress = Progress()
        self._beat_at: float | None = None
        self._heard: tuple[float, datetime] | None = None

    def take(self, moment: Moment) -> None:
        self._heard = (moment.at, moment.when)
        is_news = moment.event.resource not in self.progress.active
        self.progress.take(moment)
        if record := self._record(moment.event, is_news):
            self._write(moment.at, *record)

    def tick(self, now: float) -> None:
        if not self.progress.active:
            self._beat_at = None
        elif self._beat_at is None:
            self._beat_at = now + HEARTBEAT
        elif now >= self._beat_at:
            self._beat_at = now + HEARTBEAT
            self._heartbeat(now)
        self.err.flush()

    def close(self, ending: Ending) -> None:
        for line in summary.lines(self.progress, ending, self.place):
            self._write(ending.at, line.word, "", line.text)
        self.err.flush()

    def _heartbeat(self, now: float) -> None:
        if self.quiet:
            return
        longest = self.progress.longest()
        for active in longest[:NAMED]:
            self._write(now, "waiting", active.step, self._waiting(active, now))
        if rest := Counter(active.address.partition("/")[0] for active in longest[NAMED:]):
            kinds = ", ".join(f"{count} {kind_words(kind, count)}" for kind, count in rest.items())
            self._write(now, "waiting", "", f"and {rest.total()} more: {kinds}")

    def _waiting(self, active: Active, now: float) -> str:
        since = self._hour(active.began)
        said = f"{active.address}: {doing(active.verb)} since {since} ({duration(active.elapsed(now))})"
        said += f", {active.part}" if active.part else ""
        said += f", usually about {duration(active.usual_s)}" if active.usual_s else ""
        is_slow = active.is_late(now) or not active.usual_s
        return f"{said}; worth a look: {active.why}" if active.why and is_slow else said

    def _record(self, event: Event, is_news: bool) -> tuple[str, str, str] | None:
        """Word, step and text of what is worth a line; None for what is not."""
        match event:
            case events.Failed():
                return "failed", event.step, f"{event.resource}: {summary.one_line(event.error, self.place.again)}"
            case events.GateClosed():
                # all of it stands at the end
                first = next(iter(self.place.told(event.instructions)), "").strip().rstrip(":")
                return "you", event.step, f"{event.resource}: waiting for you: {first}"
            case events.Stopping():
                return "stopping", "", "nothing new is begun; what is under way is finished and recorded"
        return None if self.quiet else self._ordinary(event, is_news)

    def _ordinary(self, event: Event, is_news: bool) -> tuple[str, str, str] | None:
        after = f" after {duration(event.elapsed_s)}" if event.elapsed_s >= 1 else ""
        made = f"{event.resource}{f' ({event.id})' if event.id else ''}{after}"
        match event:
            case events.RunStart():
                things = counted(sum(total for _, _, total in event.steps), "thing")
                return "start", "", f"{event.command} {event.env}: {counted(len(event.steps), 'step')}, {things}"
            case events.Begin() if is_news:
                return doing(event.verb), event.step, event.resource
            case events.Settled() if event.verdict != Verdict.SAME or self.verbose:
                return DONE[event.verdict], event.step, f"{made}{f'; {event.note}' if event.note else ''}"
            case events.Deleted():
                return "deleted", event.step, made
            case events.Skipped() if self.verbose:
                return "skipped", event.step, f"{event.resource}, because it stands on {event.because}"
            case events.StepEnd():
                return self._step_end(event)
        return None

    def _step_end(self, event: events.StepEnd) -> tuple[str, str, str]:
        step = self.progress.step(event.step)
        lost = f", {step.finished} of {step.total} done" if event.failed and step.total else ""
        return ("unfinished" if event.failed else "done"), event.step, f"{step.title}{lost}"

    def _write(self, at: float, word: str, step: str, text: str) -> None:
        self.err.write(self.glyphs.safe(f"{self._hour(at)} {word:<10} {step:<5} {text}").rstrip() + "\n")

    def _hour(self, at: float) -> str:
        """The local time of day at a second of the clock, reckoned from the last event."""
        heard_at, when = self._heard or (at, datetime.now(UTC))
        return f"{(when + timedelta(seconds=at - heard_at)).astimezone():%H:%M:%S}"
