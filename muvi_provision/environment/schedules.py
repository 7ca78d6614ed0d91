"""When something runs: EventBridge's rate() and cron(), read, written as AWS documents them, and reckoned. Pure.

Facts: aws-reality 7.2. A cron has six fields, is always UTC, and exactly one of its two day fields is ``?``.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import islice

from muvi_provision.environment.cron_fields import DAYS, FIELDS, Field, read

MOST = 256
"""Characters of an expression (aws-reality 7.2 a)."""

_RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_SATURDAY, _SUNDAY = 5, 6  # as Python counts


@dataclass(frozen=True)
class Rate:
    """Every so often, counted from the moment AWS was told to, which no clock on the wall shows."""

    every: timedelta
    text: str

    def runs(self, after: datetime) -> Iterator[datetime]:
        """As if it were switched on at ``after``."""
        while True:
            after += self.every
            yield after


@dataclass(frozen=True)
class Cron:
    """At the times that six fields name, in UTC."""

    fields: tuple[Field, ...]

    @property
    def text(self) -> str:
        return f"cron({' '.join(field.text for field in self.fields)})"

    @cached_property
    def times(self) -> tuple[tuple[int, int], ...]:
        """The hours and minutes of each day it runs on."""
        minutes, hours = self.fields[0].values, self.fields[1].values
        return tuple((hour, minute) for hour in hours for minute in minutes)

    def runs(self, after: datetime) -> Iterator[datetime]:
        """Until its last year is over."""
        after = after.astimezone(UTC)
        for day in self._days(after.date()):
            for hour, minute in self.times:
                moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
                if moment > after:
                    yield moment

    def _days(self, first: date) -> Iterator[date]:
        months, years = self.fields[3].values, self.fields[5].values
        for year in (year for year in years if year >= first.year):
            for month in months:
                last = calendar.monthrange(year, month)[1]
                if date(year, month, last) >= first:
                    yield from (day for day in self._of(year, month, last) if day >= first)

    def _of(self, year: int, month: int, last: int) -> Iterator[date]:
        """The days of a month, by the one of the two fields that says anything."""
        in_month, in_week = self.fields[2], self.fields[4]
        every = [date(year, month, day) for day in range(1, last + 1)]
        if in_week.text == "?":
            yield from _in_month(in_month, every)
        else:
            yield from _in_week(in_week, every)


def parsed(expression: str) -> Rate | Cron:
    """Raises ValueError, in a sentence, for what EventBridge would refuse."""
    text = expression.strip()
    if len(text) > MOST:
        raise ValueError(f"a schedule has at most {MOST} characters")
    if text.startswith("rate"):
        return _rate(text)
    inside = re.fullmatch(r"cron\((.*)\)", text)
    if not inside:
        raise ValueError(f'"{text}" is no schedule: write rate(30 minutes) or cron(0/20 * * * ? *)')
    return _cron(inside[1].split())


def spelt(expression: str) -> str:
    """The same in the documented form: ``0/5`` for ``*/5``, ``1/2`` for ``*/2``, names in capitals."""
    return parsed(expression).text


def next_runs(expression: str, after: datetime, count: int) -> tuple[datetime, ...]:
    """The next ``count`` times in UTC, fewer where its years end. Raises ValueError.

    after: with its zone. A rate counts from being switched on, so its times are those of one switched on just then.
    """
    return tuple(islice(parsed(expression).runs(after.astimezone(UTC)), count))


def _rate(text: str) -> Rate:
    found = _RATE.fullmatch(text)
    if not found:
        raise ValueError(f'"{text}" is no rate: write rate(1 minute), rate(30 minutes), rate(2 hours) or rate(1 day)')
    count, unit, plural = int(found[1]), found[2], bool(found[3])
    if plural == (count == 1):
        raise ValueError(f'write rate({count} {unit}{"s" if count > 1 else ""}): AWS takes "{unit}" with 1 only')
    return Rate(count * _UNITS[unit], text)


def _cron(words: list[str]) -> Cron:
    if len(words) == len(FIELDS) - 1:
        raise ValueError("a cron of AWS has six fields, the last one is the year: cron(0 0 * * ? *)")
    if len(words) != len(FIELDS):
        raise ValueError(f"a cron has six fields (minute hour day month weekday year), not {len(words)}")
    fields = tuple(read(kind, word) for kind, word in zip(FIELDS, words, strict=True))
    if [fields[2].text, fields[4].text].count("?") != 1:
        raise ValueError(
            "exactly one of the two day fields must be ?: cron(0 0 * * ? *) is daily, cron(0 0 ? * MON *) each Monday"
        )
    return Cron(fields)


def _in_month(field: Field, every: list[date]) -> Iterator[date]:
    if field.text == "L":
        yield every[-1]
    elif field.text.endswith("W"):
        yield from _nearest_weekday(int(field.text[:-1]), every)
    else:
        yield from (day for day in every if day.day in field.values)


def _nearest_weekday(wanted: int, every: list[date]) -> Iterator[date]:
    """From Monday to Friday and in the same month; none in a month that has no such day."""
    if wanted > len(every):
        return
    day = every[wanted - 1]
    if day.weekday() == _SATURDAY:
        day = every[wanted - 2] if wanted > 1 else every[2]
    elif day.weekday() == _SUNDAY:
        day = every[wanted] if wanted < len(every) else every[wanted - 3]
    yield day


def _in_week(field: Field, every: list[date]) -> Iterator[date]:
    weekday, mark, nth = field.text.partition("#")
    if mark:
        yield from (day for day in every if _is(day, weekday) and (day.day - 1) // 7 + 1 == int(nth))
    elif field.text == "L":
        yield from (day for day in every if _is(day, "SAT"))
    elif field.text.endswith("L"):
        yield [day for day in every if _is(day, field.text[:-1])][-1]
    else:
        yield from (day for day in every if _number(day) in field.values)


def _is(day: date, word: str) -> bool:
    return _number(day) == (DAYS.index(word) + 1 if word in DAYS else int(word))


def _number(day: date) -> int:
    """1 is Sunday, as AWS counts."""
    return day.isoweekday() % 7 + 1
