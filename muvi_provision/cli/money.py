"""What things cost, for a screen or a document. The figures are ``pricing``'s."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muvi_provision.pricing import Estimate
    from muvi_provision.resource import Resource
    from muvi_provision.state.records import Record


def standing(records: Iterable[Record], region: str) -> Estimate:
    """What the recorded objects cost that exist. One that this version cannot read costs nothing."""
    from muvi_provision.pricing import monthly

    return monthly([resource for record in records if record.id for resource in _read(record)], region)


def _read(record: Record) -> Iterator[Resource]:
    from muvi_provision.resource import from_json

    with contextlib.suppress(KeyError, TypeError):
        yield from_json(record.kind, record.wanted)


def wanted(resources: Iterable[Resource], region: str) -> Estimate:
    """What resources will cost once they are made."""
    from muvi_provision.pricing import monthly

    return monthly(resources, region)


def left_standing(records: Iterable[Record], region: str) -> str:
    """What records go on costing, in a sentence."""
    estimate = standing(records, region)
    return f"left as they are they cost {sentence(estimate)}" if estimate.hour else "left as they are they cost nothing"


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
    return f"{estimate.hour:,.2f} USD an hour, {estimate.month:,.2f} USD a month ({prices}; use comes on top)"
