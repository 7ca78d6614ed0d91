"""What Cost Explorer tells: nothing costs anything here, so the figures are what somebody put in.

``cloud.books.costs.spent.append(Cost("2026-11-20", "Amazon Elastic Container Service", 1.25, {"env": "uat"}))``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

UNIT = "USD"


@dataclass(frozen=True)
class Cost:
    """One service's on one day (ISO 8601), in USD, under the cost allocation tags."""

    day: str
    service: str
    amount: float
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Costs:
    """``ready``: False on an account that was opened yesterday; ``requests``: how many were billed, 0.01 USD each."""

    spent: list[Cost] = field(default_factory=list)
    ready: bool = True
    requests: int = 0


def periods(start: date, end: date, granularity: str) -> Iterator[tuple[date, date]]:
    """The days or months between; ``end`` is no part of it (aws-reality 9)."""
    while start < end:
        following = start + timedelta(days=1) if granularity == "DAILY" else _next_month(start)
        yield start, min(following, end)
        start = following


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def fits(one: Cost, wanted: Mapping[str, Any]) -> bool:
    """Whether a filter (an expression of the API) lets it through."""
    return all(_FILTERS[name](one, said) for name, said in wanted.items() if _known(name))


def _known(name: str) -> bool:
    if name not in _FILTERS:
        raise NotImplementedError(name)
    return True


def _dimension(one: Cost, said: Mapping[str, Any]) -> bool:
    if said["Key"] != "SERVICE":
        raise NotImplementedError(said["Key"])
    return one.service in said["Values"]


def _tag(one: Cost, said: Mapping[str, Any]) -> bool:
    if "ABSENT" in said.get("MatchOptions", ()):
        return said["Key"] not in one.tags
    return one.tags.get(said["Key"]) in said.get("Values", ())


_FILTERS: dict[str, Callable[[Cost, Any], bool]] = {
    "And": lambda one, said: all(fits(one, each) for each in said),
    "Or": lambda one, said: any(fits(one, each) for each in said),
    "Not": lambda one, said: not fits(one, said),
    "Dimensions": _dimension,
    "Tags": _tag,
}


def key(one: Cost, group: Mapping[str, str]) -> str:
    """What a group of it is called: a service's name, or a tag as ``key$value``."""
    if group["Type"] == "DIMENSION" and group["Key"] == "SERVICE":
        return one.service
    if group["Type"] == "TAG":
        return f"{group['Key']}${one.tags.get(group['Key'], '')}"
    raise NotImplementedError(f"{group['Type']} {group['Key']}")


def money(amount: float) -> dict[str, str]:
    return {"Amount": f"{amount:.10f}".rstrip("0").rstrip(".") if amount else "0", "Unit": UNIT}
