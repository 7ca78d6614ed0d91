"""When things run: what EventBridge takes and refuses, how it is spelt, and the moments it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muvi_provision.environment.schedules import Cron, next_runs, parsed, spelt

NOW = datetime(2026, 11, 25, 19, 0, tzinfo=UTC)  # a Wednesday
steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)

SPELT = [
    ("cron(0/20 * * * ? *)", "cron(0/20 * * * ? *)"),
    ("cron(*/5 * * * ? *)", "cron(0/5 * * * ? *)"),
    ("cron(0 0 1 */2 ? *)", "cron(0 0 1 1/2 ? *)"),
    ("cron(0 */6 * * ? *)", "cron(0 0/6 * * ? *)"),
    ("cron(0 8 ? * mon-fri *)", "cron(0 8 ? * MON-FRI *)"),
    ("cron(0  8  1,15  jan,jul ?  2026-2030)", "cron(0 8 1,15 JAN,JUL ? 2026-2030)"),
    ("cron(0 8 ? * MON */2)", "cron(0 8 ? * MON 1970/2)"),
    ("  rate(30 minutes) ", "rate(30 minutes)"),
    ("rate(1 day)", "rate(1 day)"),
]

REFUSED = [
    ("rate(1 minutes)", "write rate(1 minute)"),
    ("rate(5 minute)", "write rate(5 minutes)"),
    ("rate(0 minutes)", "is no rate"),
    ("rate(1.5 hours)", "is no rate"),
    ("rate(2 weeks)", "is no rate"),
    ("rate(30  minutes)", "is no rate"),
    ("cron(0 0 * * * *)", "exactly one of the two day fields must be ?"),
    ("cron(0 0 ? * ? *)", "exactly one of the two day fields must be ?"),
    ("cron(0 0 * * *)", "six fields, the last one is the year"),
    ("cron(0 0 * * ? * *)", "six fields (minute hour day month weekday year), not 7"),
    ("cron(60 0 * * ? *)", '"60" is no minute: 0 to 59'),
    ("cron(0 24 * * ? *)", '"24" is no hour'),
    ("cron(0 0 0 * ? *)", '"0" is no day of the month'),
    ("cron(0 0 1 13 ? *)", '"13" is no month: 1 to 12 or JAN to DEC'),
    ("cron(0 0 ? * 0 *)", '"0" is no day of the week: 1 to 7 or SUN to SAT'),
    ("cron(0 0 1 * ? 1969)", '"1969" is no year'),
    ("cron(0/0 * * * ? *)", '"/0" is no step of a minute'),
    ("cron(0/61 * * * ? *)", '"/61" is no step of a minute'),
    ("cron(? 0 1 * ? *)", '"?" is no minute'),
    ("cron(0 0 ? * FRI-MON *)", "runs backwards"),
    ("cron(0 0 ? * 3#6 *)", "is no day of the week"),
    ("cron(0 0 32W * ? *)", "is no day of the month"),
    ("cron(0 0 L,5 * ? *)", "is no day of the month"),
    ("cron(, 0 1 * ? *)", '"" is no minute'),
    ("0 0 * * ? *", "is no schedule"),
    ("every day", "is no schedule"),
    ("", "is no schedule"),
    (f"cron({'0,' * 200}0 0 1 * ? *)", "at most 256 characters"),
]

RUNS = [
    ("cron(0/20 * * * ? *)", ["11-25 19:20", "11-25 19:40", "11-25 20:00"]),
    ("cron(0 0 * * ? *)", ["11-26 00:00", "11-27 00:00", "11-28 00:00"]),
    ("cron(0 5,9,13 * * ? *)", ["11-26 05:00", "11-26 09:00", "11-26 13:00"]),
    ("cron(0 0 1 1/2 ? *)", ["01-01 00:00", "03-01 00:00", "05-01 00:00"]),
    ("cron(0 10 ? * THU *)", ["11-26 10:00", "12-03 10:00", "12-10 10:00"]),
    ("cron(0 1 ? * 1 *)", ["11-29 01:00", "12-06 01:00", "12-13 01:00"]),
    ("cron(0 0 L * ? *)", ["11-30 00:00", "12-31 00:00", "01-31 00:00"]),
    ("cron(0 0 ? * L *)", ["11-28 00:00", "12-05 00:00", "12-12 00:00"]),
    ("cron(0 0 ? * 6L *)", ["11-27 00:00", "12-25 00:00", "01-29 00:00"]),
    ("cron(0 0 ? * MON#2 *)", ["12-14 00:00", "01-11 00:00", "02-08 00:00"]),
    ("cron(0 0 ? * 5#5 *)", ["12-31 00:00", "04-29 00:00", "07-29 00:00"]),
    ("cron(0 0 5W * ? *)", ["12-04 00:00", "01-05 00:00", "02-05 00:00"]),  # 5 December 2026 is a Saturday
    ("cron(0 0 1W AUG ? *)", ["08-02 00:00", "08-01 00:00", "08-01 00:00"]),  # 1 August 2027 is a Sunday
    ("cron(0 0 1W MAY ? 2027)", ["05-03 00:00"]),  # a Saturday: not back into April
    ("cron(0 0 31W * ? 2027)", ["01-29 00:00", "03-31 00:00", "05-31 00:00"]),  # 31 January 2027 is a Sunday
    ("cron(0 8 29 2 ? *)", ["02-29 08:00", "02-29 08:00", "02-29 08:00"]),
    ("rate(30 minutes)", ["11-25 19:30", "11-25 20:00", "11-25 20:30"]),
    ("rate(2 hours)", ["11-25 21:00", "11-25 23:00", "11-26 01:00"]),
]


@pytest.mark.parametrize(("said", "wanted"), SPELT)
def test_it_is_spelt_as_aws_documents_it(said: str, wanted: str) -> None:
    assert spelt(said) == wanted
    assert spelt(wanted) == wanted


@pytest.mark.parametrize(("said", "why"), REFUSED)
def test_what_eventbridge_would_refuse(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"^.+$") as caught:
        parsed(said)
    assert why in str(caught.value)


@pytest.mark.parametrize(("said", "wanted"), RUNS)
def test_the_next_times(said: str, wanted: list[str]) -> None:
    assert [f"{moment:%m-%d %H:%M}" for moment in next_runs(said, NOW, 3)] == wanted


def test_leap_days_are_years_apart() -> None:
    assert [moment.year for moment in next_runs("cron(0 8 29 2 ? *)", NOW, 3)] == [2028, 2032, 2036]


def test_a_schedule_whose_years_are_over_never_runs() -> None:
    assert next_runs("cron(0 0 1 1 ? 2025)", NOW, 3) == ()


def test_now_itself_is_not_next() -> None:
    assert next_runs("cron(0 19 * * ? *)", NOW, 1) == (NOW + timedelta(days=1),)
    assert next_runs("cron(0 19 * * ? *)", NOW - timedelta(seconds=1), 1) == (NOW,)


def test_another_zone_is_only_another_way_to_say_when() -> None:
    dubai = NOW.astimezone(ZoneInfo("Asia/Dubai"))
    assert next_runs("cron(0 22 * * ? *)", dubai, 2) == next_runs("cron(0 22 * * ? *)", NOW, 2)


numbers = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (1, 7)}


def fields(first: int, last: int) -> st.SearchStrategy[str]:
    one = st.integers(first, last)
    ranges = st.tuples(one, one).map(lambda pair: f"{min(pair)}-{max(pair)}")
    steps = st.tuples(one, st.integers(1, last - first + 1)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    return st.one_of(
        st.just("*"), st.lists(st.one_of(one.map(str), ranges, steps), min_size=1, max_size=3).map(",".join)
    )


def meant(text: str, first: int, last: int) -> set[int]:
    """The numbers of a field, worked out another way than the product does."""
    found: set[int] = set()
    for part in text.split(","):
        base, _, step = part.partition("/")
        low, _, high = base.partition("-")
        start = first if low == "*" else int(low)
        end = last if low == "*" or (step and not high) else int(high or low)
        found |= {
            number
            for number in range(first, last + 1)
            if start <= number <= end and not (number - start) % int(step or 1)
        }
    return found


@steady
@given(fields(0, 59), fields(0, 23), fields(1, 31), fields(1, 12), fields(1, 7), st.booleans())
def test_every_minute_of_some_days_is_as_its_fields_say(
    minute: str, hour: str, day: str, month: str, weekday: str, by_week: bool
) -> None:
    days = f"? {month} {weekday}" if by_week else f"{day} {month} ?"
    expression = f"cron({minute} {hour} {days} *)"
    runs = set(next_runs(expression, NOW - timedelta(minutes=1), 5000))
    end = min(NOW + timedelta(days=3), max(runs, default=NOW))
    moment = NOW
    while moment < end:
        dated = (
            (moment.isoweekday() % 7 + 1) in meant(weekday, 1, 7) if by_week else moment.day in meant(day, 1, 31)
        ) and moment.month in meant(month, 1, 12)
        timed = moment.minute in meant(minute, 0, 59) and moment.hour in meant(hour, 0, 23)
        assert (moment in runs) == (dated and timed), (expression, moment)
        moment += timedelta(minutes=1)


@steady
@given(fields(0, 59), fields(0, 23), fields(1, 28))
def test_times_only_go_forward_and_the_documented_spelling_means_the_same(minute: str, hour: str, day: str) -> None:
    expression = f"cron({minute} {hour} {day} * ? *)"
    runs = next_runs(expression, NOW, 50)
    assert len(runs) == 50
    assert all(one < other for one, other in pairwise((NOW, *runs)))
    assert next_runs(spelt(expression), NOW, 50) == runs
    assert isinstance(parsed(expression), Cron)
