"""The times of a schedule, which AWS keeps in UTC, as a clock in another zone shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from muvi_provision.environment.schedules import Rate, parsed

MANY = 6
"""More times a day than these are not told one by one."""

_SEASONS = tuple(datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7))


def zone(name: str) -> ZoneInfo:
    """Raises ValueError for a zone there is not."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f'"{name}" is not a time zone: write one as Asia/Dubai or UTC') from error


def told(expression: str, timezone: str) -> str:
    """``22:00 UTC is 02:00 a day later in Asia/Dubai``; "" where there is nothing to tell. Raises ValueError.

    A rate is counted from its being enabled, so no clock shows it. Where clocks change in summer both are told.
    """
    schedule = parsed(expression)
    if isinstance(schedule, Rate):
        return "counted from when it was switched on"
    if timezone == "UTC" or len(schedule.times) > MANY:
        return ""
    here = zone(timezone)
    offsets = sorted({here.utcoffset(season) or timedelta() for season in _SEASONS})
    both = [_listed(_moved(time, offset) for offset in offsets) for time in schedule.times]
    plain = [_moved(time, timedelta()) for time in schedule.times]
    return f"{', '.join(plain)} UTC is {', '.join(both)} in {timezone}"


def _listed(times: Iterable[str]) -> str:
    return " or ".join(times)


def _moved(time: tuple[int, int], offset: timedelta) -> str:
    """An hour and minute on another clock, and whether that is another day."""
    days, rest = divmod(timedelta(hours=time[0], minutes=time[1]) + offset, timedelta(days=1))
    minutes = int(rest.total_seconds()) // 60
    day = {0: "", 1: " a day later", -1: " a day earlier"}[days]
    return f"{minutes // 60:02}:{minutes % 60:02}{day}"
