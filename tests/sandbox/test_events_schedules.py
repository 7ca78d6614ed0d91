"""Expressions that EventBridge takes, and those it does not (the table in aws-reality 7.2)."""

from __future__ import annotations

import pytest

from muvi_provision.sandbox.schedules import valid


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0/20 * * * ? *)",
        "cron(0 0 * * ? *)",
        "cron(0 11 * * ? *)",
        "cron(*/5 * * * ? *)",
        "cron(0 5,9,13 * * ? *)",
        "cron(0 0 1 */2 ? *)",
        "cron(0 0 1 1/2 ? *)",
        "cron(15 10 ? * MON-FRI *)",
        "cron(15 10 ? * 2-6 2026-2030)",
        "cron(0 8 L * ? *)",
        "cron(0 8 LW * ? *)",
        "cron(0 8 15W * ? *)",
        "cron(0 8 ? * 6#3 *)",
        "cron(0 8 ? * FRIL *)",
        "cron(0 8 ? JAN,JUN sun *)",
        "rate(30 minutes)",
        "rate(1 minute)",
        "rate(1 day)",
        "rate(12 hours)",
    ],
)
def test_taken(expression: str) -> None:
    assert valid(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(5 weeks)",
        "rate(5  minutes)",
        "cron(0 0 * * * *)",
        "cron(0 0 ? * ? *)",
        "cron(0 0 * * *)",
        "0 0 * * ? *",
        "cron(60 0 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 0 32 * ? *)",
        "cron(0 0 1 13 ? *)",
        "cron(0 0 ? * 8 *)",
        "cron(0 0 ? * 0 *)",
        "cron(0 0 ? * MON#6 *)",
        "cron(0 0 * * ? 1969)",
        "cron(? 0 * * ? *)",
        "cron(0/0 * * * ? *)",
        "cron(0/x * * * ? *)",
        "cron(1, * * * ? *)",
        "cron(5-x * * * ? *)",
        "cron()",
        "",
        "every day",
    ],
)
def test_refused(expression: str) -> None:
    assert not valid(expression)
