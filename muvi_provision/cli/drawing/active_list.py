"""What is going on as rows: the longest-running first, what is late with what to look at, never silently cut."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from muvi_provision.cli.drawing.glyphs import Glyphs, doing, duration, kind_words, spoken
from muvi_provision.cli.drawing.progress import Active, Progress
from muvi_provision.cli.drawing.step_list import Row, row

NARROW = 60
QUICK = 10.0  # seconds for which one of many alike needs no line of its own
ADVICE_AFTER = 10.0  # seconds after which to say what something without a usual time waits for
MARGIN = " " * 5


class ActiveList:
    """Lines for what is being created, updated, deleted, done or waited for.

    ``is_crowded``: many alike that have only just begun share a line.
    """

    def __init__(self, progress: Progress, glyphs: Glyphs, now: float, width: int, *, is_crowded: bool = False) -> None:
        self.glyphs, self.now, self.width = glyphs, now, width
        longest = progress.longest()
        self._groups = _alike(longest, now) if is_crowded else [[active] for active in longest]
        self._names = max((len(_name(group)) for group in self._groups), default=0)
        told: set[str] = set()
        self._advices = [self._advice(group[0], told) for group in self._groups]

    @property
    def wanted(self) -> int:
        """How many rows would show everything."""
        return len(self._groups) + sum(len(advice) for advice in self._advices)

    def rows(self, room: int) -> list[Row]:
        """At most so many rows: every line if there is room, then advice; else the last says how many more."""
        if len(self._groups) > room:
            return self._cut(room)
        spare = room - len(self._groups)
        rows: list[Row] = []
        for group, advice in zip(self._groups, self._advices, strict=True):
            shown = self._shortened(advice, spare)
            spare -= len(shown)
            rows += [self._line(group), *shown]
        return rows

    def _cut(self, room: int) -> list[Row]:
        """The first lines, with advice for the very first, and how many things there are besides."""
        if not room:
            return []
        advice = self._shortened(self._advices[0], room // 4)
        shown = room - 1 - len(advice)
        lines = [self._line(group) for group in self._groups[:shown]]
        more = sum(len(group) for group in self._groups[shown:])
        return [*lines[:1], *advice, *lines[1:], row(f"   and {more} more", "dim")]

    def _line(self, group: Sequence[Active]) -> Row:
        active = group[0]
        is_wide = self.width >= NARROW
        indent, gap, about = ("   ", "  ", " of about ") if is_wide else (" ", " ", " of ")
        usual = f"{about}{duration(active.usual_s)}" if active.usual_s else ""
        part = f"{gap}{active.part}" if active.part and is_wide else ""
        time = f"{doing(active.verb)}{gap}{duration(active.elapsed(self.now)):>4}{usual}{part}"
        wide = max(6, min(self._names, self.width - len(time) - len(indent + gap)))
        name = self.glyphs.squeezed(self.glyphs.safe(_name(group)), wide)
        text = self.glyphs.fit(f"{indent}{name:<{wide}}{gap}{time}", self.width)
        return row(text, "warn" if active.is_late(self.now) else "")

    def _advice(self, active: Active, told: set[str]) -> list[Row]:
        """What to look at when it takes long; each advice once, for the longest-running."""
        is_slow = active.is_late(self.now) or (not active.usual_s and active.elapsed(self.now) > ADVICE_AFTER)
        if not active.why or not is_slow or active.why in told:
            return []
        told.add(active.why)
        text = self.glyphs.safe(f"worth a look: {active.why}")
        said = textwrap.wrap(text, max(10, self.width - len(MARGIN)), break_on_hyphens=False)
        return [row(MARGIN + piece, "warn" if active.usual_s else "dim") for piece in said]

    def _shortened(self, rows: Sequence[Row], room: int) -> list[Row]:
        """The rows, the last of them cut with a mark when there is no room for all."""
        if len(rows) <= room or not room:
            return list(rows[:room])
        rest = f"{rows[room - 1].text} {' '.join(each.text.strip() for each in rows[room:])}"
        return [*rows[: room - 1], row(self.glyphs.fit(rest, self.width), rows[0].pieces[0][1])]


def _alike(longest: Iterable[Active], now: float) -> list[list[Active]]:
    """Things in groups: quick ones of a kind in a step together, everything that takes its time by itself."""
    groups: dict[tuple[str, ...], list[Active]] = {}
    for active in longest:
        is_quick = not active.usual_s and active.elapsed(now) < QUICK
        key = (active.step, active.verb, active.address.partition("/")[0]) if is_quick else (active.address,)
        groups.setdefault(key, []).append(active)
    return list(groups.values())


def _name(group: Sequence[Active]) -> str:
    """``NAT gateway a``, or ``12 target groups``."""
    kind = group[0].address.partition("/")[0]
    return spoken(group[0].address) if len(group) == 1 else f"{len(group)} {kind_words(kind, len(group))}"
