"""A page of lines on a console: indented, wrapped to its width, folded into counts."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from muvi_provision.cli.drawing.glyphs import glyphs_for, kind_words

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 110  # longer lines are hard to read
TITLE = 26
NARROW = 60
GLUE = "\N{NO-BREAK SPACE}"
STYLES = {"good": "green", "warn": "yellow", "bad": "red", "dim": "dim", "strong": "bold", "": ""}


class Sheet:
    """Writes to a console line by line. Every line but a command fits the console; nothing is read as markup."""

    def __init__(self, console: Console, again: Callable[[str], str] = str) -> None:
        self.console = console
        self.again = again
        self.glyphs = glyphs_for(console.encoding)
        self.width = max(20, min(console.width, WIDEST))
        self._has_begun = False

    def line(self, text: str = "", tone: str = "", *, indent: int = 0, hang: int = 0) -> None:
        """One paragraph, wrapped; the lines after its first are indented by ``hang`` more."""
        self._has_begun = True
        first, rest = " " * indent, " " * (indent + hang)
        wrapped = textwrap.wrap(text, self.width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
        for piece in wrapped or [""]:
            self._put(piece, tone)

    def heading(self, text: str) -> None:
        """A title with room above it."""
        if self._has_begun:
            self._put("", "")
        self.line(text, "strong")

    def step(self, mark: str, number: str, title: str, text: str, right: str = "", tone: str = "") -> None:
        """A step: mark, number, title, what there is to say in its own column, and a figure at the right."""
        if self.width < NARROW:
            self.line(f"{mark} {number} {title}", tone)
            return self.line("  ".join(part for part in (text, right) if part), tone, indent=4)
        left = f"  {mark} {number:<5} {self.glyphs.fit(title, TITLE):<{TITLE}}  "
        room = self.width - len(left) - (len(right) + 2 if right else 0)
        pieces = textwrap.wrap(text, room, break_on_hyphens=False) or [""]
        self._put(f"{left}{pieces[0]:<{room}}{f'  {right}' if right else ''}".rstrip(), tone)
        for piece in pieces[1:]:
            self._put(" " * len(left) + piece, tone)
        return None

    def items(self, texts: Iterable[str], tone: str = "", indent: int = 4) -> None:
        for text in texts:
            self.line(text, tone, indent=indent, hang=2)

    def whole(self, text: str, tone: str = "") -> None:
        """One line, not wrapped: what stands in it is aligned."""
        self._put(text, tone)

    def commands(self, *commands: str) -> None:
        """Whole, whatever the width, and with the options that lead to the same place: they are there to be pasted."""
        for command in commands:
            self._put(f"      {self.again(command)}", "dim")

    def _put(self, text: str, tone: str) -> None:
        self._has_begun = True
        self.console.print(self.glyphs.safe(text.replace(GLUE, " ")), style=STYLES[tone], soft_wrap=True)


def folded(addresses: Iterable[str]) -> str:
    """``24 security group rules, 1 VPC``: addresses as counts of their kinds, in the order met; breaks only between."""
    kinds = Counter(address.partition("/")[0] for address in addresses)
    return ", ".join(kept_together(f"{count} {kind_words(kind, count)}") for kind, count in kinds.items())


def kept_together(text: str) -> str:
    """Words that stay on one line."""
    return text.replace(" ", GLUE)
