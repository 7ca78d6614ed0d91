"""Periods, filters and groups of costs."""

from __future__ import annotations

from datetime import date

import pytest

from muvi_provision.sandbox import costs
from muvi_provision.sandbox.costs import Cost

ONE = Cost("2026-11-20", "ECS", 1.5, {"env": "uat"})


def test_months_are_cut_at_both_ends() -> None:
    found = costs.periods(date(2026, 11, 20), date(2027, 1, 2), "MONTHLY")
    assert [(begin.isoformat(), end.isoformat()) for begin, end in found] == [
        ("2026-11-20", "2026-12-01"),
        ("2026-12-01", "2027-01-01"),
        ("2027-01-01", "2027-01-02"),
    ]
    assert len(list(costs.periods(date(2026, 11, 20), date(2026, 12, 2), "DAILY"))) == 12


def test_what_is_not_known_is_said() -> None:
    with pytest.raises(NotImplementedError, match="CostCategories"):
        costs.fits(ONE, {"CostCategories": {}})
    with pytest.raises(NotImplementedError, match="REGION"):
        costs.fits(ONE, {"Dimensions": {"Key": "REGION", "Values": ["me-central-1"]}})
    with pytest.raises(NotImplementedError, match="REGION"):
        costs.key(ONE, {"Type": "DIMENSION", "Key": "REGION"})


@pytest.mark.parametrize(("amount", "told"), [(0, "0"), (1.5, "1.5"), (100.0, "100"), (1 / 3, "0.3333333333")])
def test_amounts_are_texts(amount: float, told: str) -> None:
    assert costs.money(amount) == {"Amount": told, "Unit": "USD"}
