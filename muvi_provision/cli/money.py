"""What things cost, for a screen or a document. The figures are ``pricing``'s."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muvi_provision.pricing import Estimate
    from muvi_provision.resource import Resource
    from muvi_provision.state.records import Record


def standing(records: Iterable[Record], region: str) -> Estimate:
    """What the recorded objects cost that exist. A kind this version does not know costs nothing."""
    from muvi_provision.pricing import monthly
    from muvi_provision.resource import Declared, from_json

    known = [record for record in records if record.id and record.kind in Declared.kinds]
    return monthly([from_json(record.kind, record.wanted) for record in known], region)


def wanted(resources: Iterable[Resource], region: str) -> Estimate:
    """What resources will cost once they are made."""
    from muvi_provision.pricing import monthly

    return monthly(resources, region)


def document(estimate: Estimate) -> dict[str, Any]:
    """For a program: numbers rounded to what a bill shows."""
    return {
        "currency": "USD",
        "per_hour": round(float(estimate.hour), 4),
        "per_month": round(float(estimate.month), 2),
        "region_of_prices": estimate.priced_in,
        "as_of": list(estimate.as_of),
        "unpriced": list(estimate.unpriced),
    }


def sentence(estimate: Estimate) -> str:
    """``0.19 USD an hour, 138.70 USD a month (prices of me-central-1, 2026-05-01)``."""
    if not estimate.hour:
        return "nothing to the bill"
    dates = " to ".join(estimate.as_of)
    prices = f"prices of {estimate.priced_in}{f', {dates}' if dates else ''}"
    return f"{estimate.hour:.2f} USD an hour, {estimate.month:.2f} USD a month ({prices}; use comes on top)"
