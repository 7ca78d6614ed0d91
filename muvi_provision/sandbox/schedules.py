"""EventBridge's expressions: six fields in one zone, or a rate (aws-reality 7.2)."""

from __future__ import annotations

import re

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\(([^()]+)\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_DAY_OF_MONTH, _MONTH, _DAY_OF_WEEK = 2, 3, 4


def valid(expression: str) -> bool:
    """Whether PutRule takes it. Nothing is said about when it would next be due, if ever."""
    rate = _RATE.fullmatch(expression)
    if rate:
        number = int(rate[1])
        return number >= 1 and (number == 1) is (rate[3] == "")  # singular only with 1
    cron = _CRON.fullmatch(expression)
    fields = cron[1].split() if cron else []
    return len(fields) == len(_RANGES) and _one_day(fields) and all(_field(*one) for one in enumerate(fields))


def _one_day(fields: list[str]) -> bool:
    """Exactly one of the two day fields is ``?``."""
    return (fields[_DAY_OF_MONTH] == "?") is not (fields[_DAY_OF_WEEK] == "?")


def _field(place: int, text: str) -> bool:
    if text == "?":
        return place in (_DAY_OF_MONTH, _DAY_OF_WEEK)
    return all(_item(place, one) for one in text.split(","))


def _item(place: int, text: str) -> bool:
    if _special(place, text):
        return True
    body, stepped, step = text.partition("/")
    if stepped and not (step.isdecimal() and int(step) >= 1):
        return False
    if body == "*":
        return True
    first, ranged, last = body.partition("-")
    ends = [_number(place, one) for one in ((first, last) if ranged else (first,))]
    low, high = _RANGES[place]
    return all(one is not None and low <= one <= high for one in ends)


def _special(place: int, text: str) -> bool:
    """The last day, the weekday nearest to one, the last or the n-th day of a kind."""
    if place == _DAY_OF_MONTH:
        return re.fullmatch(r"L|LW|([1-9]|[12]\d|3[01])W", text) is not None
    return place == _DAY_OF_WEEK and re.fullmatch(r"L|([1-7]|" + "|".join(_DAYS) + r")(L|#[1-5])", text) is not None


def _number(place: int, text: str) -> int | None:
    names = {_MONTH: _MONTHS, _DAY_OF_WEEK: _DAYS}.get(place, ())
    if text.upper() in names:
        return names.index(text.upper()) + 1
    return int(text) if text.isdecimal() else None
