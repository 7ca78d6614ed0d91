"""One picture of a run, fitted to a terminal: what matters most is never what is left out."""

from __future__ import annotations

from collections.abc import Iterable

from muvi_provision.cli.drawing.active_list import ActiveList
from muvi_provision.cli.drawing.glyphs import Glyphs, duration, spoken
from muvi_provision.cli.drawing.place import Place
from muvi_provision.cli.drawing.progress import Progress
from muvi_provision.cli.drawing.step_list import Row, StepList, row
from muvi_provision.errors import MuviError

WIDEST_HEADER = 100
STOPPING = "Stopping safely: nothing new is begun. Ctrl-C again leaves at once."


class Frame:
    """Draws ``progress`` in ``height`` - 1 rows of ``width`` - 1 columns: a full one makes some terminals scroll."""

    def __init__(self, progress: Progress, place: Place, glyphs: Glyphs, now: float, width: int, height: int) -> None:
        self.progress, self.place, self.glyphs, self.now = progress, place, glyphs, now
        self.width = max(10, width - 1)
        self.height = max(1, height - 1)

    def rows(self) -> list[Row]:
        """The picture, top to bottom: header, steps, trouble, what is going on.

        Trouble and steps at stake may take a third of the room each before what is going on gets the rest.
        """
        head = self._head()
        steps, trouble, active = StepList(self.progress, self.glyphs, self.width), self._trouble(), self._active()
        room = max(0, self.height - len(head))
        if active.wanted > room - steps.count - len(trouble):
            active = self._active(is_crowded=True)
        told, kept = min(len(trouble), max(1, room // 3)), min(steps.at_stake, room // 3)
        working = min(active.wanted, max(0, room - told - kept))
        listed = min(steps.count, max(0, room - told - working))
        told = min(len(trouble), room - working - listed)
        blocks = [steps.rows(listed), self._cut(trouble, told), active.rows(working)]
        return [*head, *_stacked(blocks, room - told - working - listed)][: self.height]

    def _head(self) -> list[Row]:
        stopping = [row(self._fit(STOPPING), "warn")] if self.progress.is_stopping and self.height > 2 else []
        return [self._header(), *stopping]

    def _header(self) -> Row:
        """Which command and environment, where, and how far it is; the account and region go when it is narrow."""
        progress = self.progress
        right = f"{progress.finished} of {progress.total}  {duration(progress.elapsed(self.now))}"
        sandbox = "  SANDBOX" if self.place.is_sandbox else ""
        title = self.glyphs.safe(f"{progress.command} {progress.env}".strip() or "starting")
        if len(title + sandbox + right) + 2 > self.width:
            right = right.replace(" of ", "/").replace("  ", " ")
        room = min(self.width, WIDEST_HEADER) - len(right) - 2 - len(sandbox)
        where = ""
        for part in (self.place.region, self.place.account):
            longer = f"{where} {self.glyphs.dot} {part}" if part else where
            where = longer if len(title) + len(longer) <= room else where
        title = self.glyphs.fit(title, max(4, room - len(where)))
        gap = " " * (2 + max(0, room - len(title) - len(where)))
        pieces = ((title, "strong"), (where, "dim"), (sandbox, "warn"), (f"{gap}{right}", "strong"))
        whole = Row(pieces)
        return whole if len(whole.text) <= self.width else row(self._fit(f"{title} {right}"), "strong")

    def _active(self, *, is_crowded: bool = False) -> ActiveList:
        return ActiveList(self.progress, self.glyphs, self.now, self.width, is_crowded=is_crowded)

    def _trouble(self) -> list[Row]:
        """Failures with their codes, and what waits for a person, one line each."""
        failed = (self._failure(address, error) for address, error in self.progress.failures.items())
        gates = (self._gate(address, instructions) for address, instructions in self.progress.gates.items())
        return [*failed, *gates]

    def _failure(self, address: str, error: MuviError) -> Row:
        said = error.why or error.what or error.summary
        return row(self._fit(f" {self.glyphs.failed} {error.code} {spoken(address)}: {said}"), "bad")

    def _gate(self, address: str, instructions: str) -> Row:
        first = instructions.strip().partition("\n")[0]
        return row(self._fit(f" {self.glyphs.gate} for you: {spoken(address)}: {first}"), "warn")

    def _cut(self, rows: list[Row], room: int) -> list[Row]:
        """The first of the trouble, and how much there is besides."""
        if len(rows) <= room:
            return rows
        more = f"   and {len(rows) - room + 1} more failed or waiting for you"
        return [*rows[: room - 1], row(self._fit(more), "bad")] if room else []

    def _fit(self, text: str) -> str:
        return self.glyphs.fit(self.glyphs.safe(text), self.width)


def _stacked(blocks: Iterable[list[Row]], spare: int) -> list[Row]:
    """The blocks with an empty row between them where there is room."""
    rows: list[Row] = []
    for block in blocks:
        if block and rows and spare > 0:
            rows.append(row())
            spare -= 1
        rows += block
    return rows
