"""Rows under headings, on a narrow terminal each row is a paragraph, elsewhere it is always one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from muvi_provision.cli.drawing.sheet import Sheet, kept_together

GAP = 2
NONE = "-"


@dataclass(frozen=True)
class Row:
    """One thing: a cell for each heading, and lines about it that stand below."""

    cells: tuple[str, ...]
    tone: str = ""
    notes: tuple[str, ...] = ()


def columns(sheet: Sheet, headings: Sequence[str], rows: Sequence[Row]) -> None:
    """The rows under their headings; a column in which nothing stands is left out."""
    kept = [at for at in range(len(headings)) if any(row.cells[at] for row in rows)]
    widths = [max(len(headings[at]), *(len(row.cells[at] or NONE) for row in rows)) for at in kept]
    one_a_line = not sheet.console.is_terminal or sheet.console.is_dumb_terminal
    if sum(widths) + GAP * (len(widths) - 1) > sheet.console.width and not one_a_line:
        return _paragraphs(sheet, headings, rows, kept)
    sheet.whole(_line([headings[at] for at in kept], widths), "dim")
    for row in rows:
        line = _line([row.cells[at] or NONE for at in kept], widths)
        sheet.whole("; ".join((line, *row.notes)) if one_a_line else line, row.tone)
        if not one_a_line:
            sheet.items(row.notes, row.tone)
    return None


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return (" " * GAP).join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _paragraphs(sheet: Sheet, headings: Sequence[str], rows: Sequence[Row], kept: Sequence[int]) -> None:
    for row in rows:
        sheet.line(row.cells[0], row.tone or "strong")
        told = (f"{headings[at]} {row.cells[at]}" for at in kept[1:] if row.cells[at])
        pieces = (kept_together(text) if len(text) < sheet.width // 2 else text for text in told)
        sheet.line("; ".join(pieces), row.tone, indent=2)
        sheet.items(row.notes, row.tone)


def hour(moment: datetime | None, now: datetime | None = None) -> str:
    """``2026-11-25 14:03`` in local time, ``14:03`` on the day of ``now``; nothing for what is not known."""
    if moment is None:
        return ""
    local, today = moment.astimezone(), now.astimezone().date() if now else None
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"


def short(digest: str) -> str:
    """The first twelve digits of a digest."""
    return digest.partition(":")[2][:12] if digest else ""
