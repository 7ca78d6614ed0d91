"""The six fields of a cron of EventBridge: what may stand in each, and which numbers it means. Pure.

Facts: aws-reality 7.2 and the table of the EventBridge user guide that it names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True)
class Kind:
    """What a field is called, its first and last number, names for them, and words that stand alone in it."""

    noun: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    alone: str = ""

    def number(self, word: str) -> int:
        """Raises ValueError for what is not in this field."""
        if word in self.names:
            return self.first + self.names.index(word)
        if re.fullmatch(r"[0-9]{1,4}", word) and self.first <= int(word) <= self.last:
            return int(word)
        known = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        raise ValueError(f'"{word}" is no {self.noun}: {self.first} to {self.last}{known}')


FIELDS = (
    Kind("minute", 0, 59),
    Kind("hour", 0, 23),
    Kind("day of the month", 1, 31, alone=r"\?|L|([1-9]|[12][0-9]|3[01])W"),
    Kind("month", 1, 12, MONTHS),
    Kind("day of the week", 1, 7, DAYS, alone=rf"\?|L|([1-7]|{'|'.join(DAYS)})(L|#[1-5])"),
    Kind("year", 1970, 2199),
)


@dataclass(frozen=True)
class Field:
    """One field as it is written, and the numbers it means; none for what only a calendar can tell."""

    text: str
    values: tuple[int, ...] = ()


def read(kind: Kind, word: str) -> Field:
    """Raises ValueError, in a sentence."""
    word = word.upper()
    if kind.alone and re.fullmatch(kind.alone, word):
        return Field(word)
    parts = [_part(kind, part) for part in word.split(",")]
    values = sorted({value for _, found in parts for value in found})
    return Field(",".join(text for text, _ in parts), tuple(values))


def _part(kind: Kind, part: str) -> tuple[str, tuple[int, ...]]:
    """``*``, ``5``, ``1-5``, or any of them with ``/2`` behind it; without a beginning a step begins at the first."""
    base, mark, step = part.partition("/")
    first, last = _bounds(kind, base, to_the_end=bool(mark))
    if not mark:
        return base, tuple(range(first, last + 1))
    begin = str(kind.first) if base in ("*", "") else base
    return f"{begin}/{step}", tuple(range(first, last + 1, _step(kind, step)))


def _bounds(kind: Kind, base: str, *, to_the_end: bool) -> tuple[int, int]:
    if base == "*" or (base == "" and to_the_end):
        return kind.first, kind.last
    first, mark, last = base.partition("-")
    begin = kind.number(first)
    if not mark:
        return begin, kind.last if to_the_end else begin
    end = kind.number(last)
    if end < begin:
        raise ValueError(f'"{base}" runs backwards: name each {kind.noun} by itself, with commas')
    return begin, end


def _step(kind: Kind, text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > kind.last - kind.first + 1:
        raise ValueError(f'"/{text}" is no step of a {kind.noun}')
    return int(text)
