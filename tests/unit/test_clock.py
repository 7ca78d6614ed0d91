"""The real clock and the real chance, as far as they can be asked without waiting."""

from __future__ import annotations

import queue
from datetime import UTC, timedelta

from muvi_provision.clock import SystemChance, SystemClock


def test_time_is_in_utc_and_grows() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()


def test_an_arrival_comes_at_once() -> None:
    arrivals: queue.SimpleQueue[str] = queue.SimpleQueue()
    arrivals.put("here")
    assert SystemClock().next_of(arrivals, None, busy=True) == "here"


def test_nothing_comes_once_the_time_is_over() -> None:
    arrivals: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert SystemClock().next_of(arrivals, 0, busy=True) is None
    assert SystemClock().next_of(arrivals, -5, busy=False) is None


def test_tokens_are_32_hexadecimal_digits_and_differ() -> None:
    chance = SystemChance()
    tokens = {chance.token() for _ in range(50)}
    assert len(tokens) == 50
    assert all(len(token) == 32 and int(token, 16) >= 0 for token in tokens)


def test_a_fraction_is_between_0_and_1() -> None:
    chance = SystemChance()
    assert all(0 <= chance.fraction() < 1 for _ in range(50))
