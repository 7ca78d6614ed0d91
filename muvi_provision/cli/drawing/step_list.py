"""The steps of a run as rows: all of them if there is room, else those that matter now and counts of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from muvi_provision.cli.drawing.glyphs import UNUSED, Glyphs, counted
from muvi_provision.cli.drawing.progress import Progress, StepProgress

WIDEST_TITLE = 34
AT_STAKE, BEGUN, TO_COME, OVER = range(4)


@dataclass(frozen=True)
class Row:
    """One line of the picture: pieces of text, each with its tone."""

    pieces: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


def row(text: str = "", tone: str = "") -> Row:
    return Row(((text, tone),))


class StepList:
    """Folds away finished steps first, then those not begun, and last those at work or in trouble."""

    def __init__(self, progress: Progress, glyphs: Glyphs, width: int) -> None:
        self.glyphs, self.width = glyphs, width
        self._steps = list(progress.steps.values())
        self._at_work = {active.step for active in progress.active.values()}
        longest = max((len(step.title) for step in self._steps), default=0)
        self._title = max(0, min(longest, WIDEST_TITLE, width - 24))

    @property
    def count(self) -> int:
        return len(self._steps)

    @property
    def at_stake(self) -> int:
        """How many are at work or in trouble."""
        return sum(self._rank(step) == AT_STAKE for step in self._steps)

    def rows(self, room: int) -> list[Row]:
        """At most so many rows, in the runbook's order."""
        if self.count <= room:
            return [self._row(step) for step in self._steps]
        if room < 1:
            return []
        over = [step for step in self._steps if self._rank(step) == OVER]
        others = sorted((step for step in self._steps if self._rank(step) < OVER), key=self._rank)
        top = int(bool(over) and room > 1)
        bottom = int(len(others) > room - top)
        shown, hidden = others[: room - top - bottom], others[room - top - bottom :]
        # the finished steps still in view are the last ones, as if the list had scrolled
        spare = room - top - bottom - len(shown)
        in_view = {step.number for step in (*shown, *over[len(over) - spare :])} if spare else {s.number for s in shown}
        done = sum(step.number not in in_view for step in over)
        folded = self.glyphs.fit(f" {self.glyphs.done} {counted(done, 'step')} done", self.width)
        first = [row(folded, "good")] if top and done else []
        last = [self._hidden(hidden)] if bottom else []
        return [*first, *(self._row(step) for step in self._steps if step.number in in_view), *last]

    def _rank(self, step: StepProgress) -> int:
        if step.failed or step.gates or step.number in self._at_work:
            return AT_STAKE
        if step.is_over:
            return OVER
        return BEGUN if step.has_begun else TO_COME

    def _row(self, step: StepProgress) -> Row:
        mark, tone = self._mark(step)
        count = f"{step.finished} of {max(step.total, step.finished)}" if step.total or step.finished else UNUSED
        title = self.glyphs.fit(self.glyphs.safe(step.title), self._title)
        left = f" {mark} {step.number:<5} {title:<{self._title}}  {count}"
        said = ((step.failed, "failed"), (step.gates, "for you"), (step.skipped, "not tried"))
        lost = ", ".join(f"{len(those)} {word}" for those, word in said if those)
        return row(self.glyphs.fit(f"{left:<{self._title + 18}}  {lost}".rstrip(), self.width), tone)

    def _mark(self, step: StepProgress) -> tuple[str, str]:
        if step.failed:
            return self.glyphs.failed, "bad"
        if step.gates:
            return self.glyphs.gate, "warn"
        match self._rank(step):
            case rank if rank == OVER and not step.skipped:
                return self.glyphs.done, "good"
            case rank if rank in (AT_STAKE, BEGUN):
                return self.glyphs.active, ""
        return self.glyphs.pending, "dim"

    def _hidden(self, steps: Sequence[StepProgress]) -> Row:
        """How many are not shown."""
        at_work = sum(self._rank(step) < TO_COME for step in steps)
        rest = len(steps) - at_work
        said = ((at_work, "more at work"), (rest, "to come" if at_work else "more to come"))
        mark = self.glyphs.active if at_work else self.glyphs.pending
        text = f" {mark} {', '.join(f'{number} {words}' for number, words in said if number)}"
        return row(self.glyphs.fit(text, self.width), "dim")
