"""The price list: ``prices.json``, on-demand prices in US dollars, each with its source and the day it is from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import resources

FALLBACK = "eu-central-1"  # whose prices stand in for a region that is not in the list


class Basis(Enum):
    """What a price is paid for."""

    HOUR = "hour"
    MONTH = "month"
    USE = "use"


@dataclass(frozen=True)
class Price:
    """One line of the list. ``by_region``: US dollars a unit, for the regions where it can be had."""

    id: str
    unit: str
    by_region: Mapping[str, Decimal]
    published: str
    source: str
    note: str = ""

    @property
    def basis(self) -> Basis:
        """Hours and whole pieces can be foretold; gigabytes, requests and capacity units depend on use."""
        measure = self.unit.partition(" ")[0]
        if measure in ("LCU-h", "GB-month"):
            return Basis.USE
        if measure == "h" or measure.endswith("-h"):
            return Basis.HOUR
        return Basis.MONTH if measure.endswith("-month") else Basis.USE

    @property
    def family(self) -> str:
        """``nat`` for ``nat.hour`` and ``nat.gb``."""
        return self.id.partition(".")[0]


@cache
def prices() -> Mapping[str, Price]:
    """Every price by its id."""
    text = (resources.files("muvi_provision.pricing") / "prices.json").read_text(encoding="utf-8")
    return {item["id"]: _price(item) for item in json.loads(text, parse_float=Decimal)}


@cache
def regions() -> frozenset[str]:
    """The regions the list has prices for."""
    return frozenset(region for price in prices().values() for region in price.by_region)


def priced_in(region: str) -> str:
    """The region whose prices are used for that one: itself, where the list has it."""
    return region if region in regions() else FALLBACK


def _price(item: Mapping[str, object]) -> Price:
    found = item["prices"]
    by_region = found if isinstance(found, Mapping) else {}
    return Price(
        id=str(item["id"]),
        unit=str(item["unit"]),
        by_region={region: Decimal(str(price)) for region, price in by_region.items() if price is not None},
        published=str(item["published"]),
        source=str(item["source"]),
        note=str(item["note"]),
    )
