"""The live screen: the picture of a run, drawn anew when it changes, and at its end the last word."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO, cast

from rich.console import Console
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.text import Text

from muvi_provision.cli.drawing import keys, summary
from muvi_provision.cli.drawing.frame import Frame
from muvi_provision.cli.drawing.glyphs import glyphs_for
from muvi_provision.cli.drawing.place import Ending, Place
from muvi_provision.cli.drawing.progress import Moment, Progress
from muvi_provision.cli.drawing.sheet import GLUE, STYLES, kept_together
from muvi_provision.cli.drawing.step_list import Row
from muvi_provision.cli.drawing.summary import Line

TONES = {"failed": "bad", "skipped": "warn", "you": "warn", "going on": "warn", "left over": "warn", "end": "strong"}
COMMAND = re.compile(r"`[^`]*`")
WORD = 10
WIDEST = 100


class Screen:
    """Draws with one Live, eight times a second at most, and only what has changed."""

    beat = 0.125

    def __init__(self, console: Console, place: Place) -> None:
        self.console = console
        self.place = place
        self.glyphs = glyphs_for(console.encoding)
        self.progress = Progress()
        self._live: Live | None = None
        self._drawn: list[Row] = []
        self._drawn_at = float("-inf")
        self._size = (0, 0)

    def take(self, moment: Moment) -> None:
        self.progress.take(moment)

    def tick(self, now: float) -> None:
        if self.progress.began is not None and now - self._drawn_at >= self.beat:
            self.draw(now)

    def draw(self, now: float) -> None:
        """Draws the picture of that second, unless it is on the screen already."""
        size = (self.console.size.width, self.console.size.height)
        rows = Frame(self.progress, self.place, self.glyphs, now, *size).rows()
        if rows == self._drawn and size == self._size:
            return
        if size != self._size and self._live:
            self._clear()
        live = self._live or self._begin()
        self._drawn, self._drawn_at, self._size = rows, now, size
        live.update(_text(rows), refresh=True)

    def close(self, ending: Ending) -> None:
        self._finish()
        self._say(summary.lines(self.progress, ending, self.place, max(1, self.console.width)))

    def _begin(self) -> Live:
        self._live = Live(
            console=self.console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            # a stray warning is printed above the picture instead of into it
            redirect_stderr=self.console.file is sys.stderr,
            vertical_overflow="crop",
        )
        keys.hidden(cast(TextIO, self.console.file))
        self._live.start()
        return self._live

    def _finish(self) -> None:
        try:
            if self._live:
                self._live.update("")
                self._live.stop()
                self._live = None
        finally:
            keys.shown()

    def _clear(self) -> None:
        """A terminal of another size has moved what was drawn, nobody knows where to: begin with an empty one."""
        self._finish()
        self.console.control(Control(ControlType.CLEAR, ControlType.HOME))

    def _say(self, lines: Iterable[Line]) -> None:
        """The last word: a line or a paragraph each, words at the left. Commands stay whole, to be copied."""
        width, before = max(20, min(self.console.width - 1, WIDEST)), ""
        for line in lines:
            if line.word in ("failed", "you", "left over", "end") and line.word != before:
                self.console.print()
            self._paragraph(line, "" if line.word == before else line.word, width)
            before = line.word

    def _paragraph(self, line: Line, word: str, width: int) -> None:
        margin = 0 if line.word == "end" else WORD
        said = "" if line.word in ("end", "do") else word
        is_command = line.word == "next" or (line.word == "do" and line.text.startswith("muvi "))
        pieces = [line.text] if is_command else _wrapped(line.text, width - margin)
        for piece in pieces:
            whole = self.glyphs.safe(f"{said:<{margin}}{piece}")
            self.console.print(Text(whole, STYLES[TONES.get(line.word, "")]), soft_wrap=True)
            said = ""


def _wrapped(text: str, width: int) -> list[str]:
    """The text in pieces that fit. Addresses and commands stay whole, however long, so that they can be copied."""
    glued = COMMAND.sub(lambda found: kept_together(found[0]), text)
    pieces = textwrap.wrap(glued, width, break_on_hyphens=False, break_long_words=False)
    return [piece.replace(GLUE, " ") for piece in pieces] or [""]


def _text(rows: Iterable[Row]) -> Text:
    """The rows as one text that is never wrapped."""
    lines = (Text.assemble(*((text, STYLES[tone]) for text, tone in row.pieces)) for row in rows)
    return Text("\n", no_wrap=True, overflow="crop").join(lines)
