"""Cost Explorer (aws-reality 9): figures that somebody put into the books, and none otherwise."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from muvi_provision.sandbox import costs
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.costs import Cost
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

_MONEY = ("AmortizedCost", "BlendedCost", "NetAmortizedCost", "NetUnblendedCost", "UnblendedCost")
_FORECAST = ("UNBLENDED_COST", "BLENDED_COST", "AMORTIZED_COST", "NET_UNBLENDED_COST", "NET_AMORTIZED_COST")
_LOOKED_BACK_DAYS = 30


@instead("ce", "GetCostAndUsage")
def spent(call: Call, view: View) -> Any:
    said = call.params
    if said["Granularity"] == "HOURLY" or not set(said["Metrics"]) <= set(_MONEY):
        raise NotImplementedError("hours, or amounts that are no money")
    view.books.costs.requests += 1
    start, end = _period(call)
    found = [one for one in _known(view) if costs.fits(one, said.get("Filter", {}))]
    told = {
        "ResultsByTime": [_of(call, view, found, *each) for each in costs.periods(start, end, said["Granularity"])],
        "DimensionValueAttributes": [],
    }
    return told | ({"GroupDefinitions": said["GroupBy"]} if said.get("GroupBy") else {})


def _of(call: Call, view: View, found: list[Cost], start: date, end: date) -> dict[str, Any]:
    """One period's. Grouped, it has no total, and only groups that cost something."""
    grouped = call.params.get("GroupBy", ())
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    for one in found:
        if start.isoformat() <= one.day < end.isoformat():
            sums[tuple(costs.key(one, group) for group in grouped)] += one.amount
    told: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Total": {},
        "Groups": [],
    }
    if grouped:
        told["Groups"] = [{"Keys": list(keys), "Metrics": _metrics(call, sums[keys])} for keys in sorted(sums)]
    else:
        told["Total"] = _metrics(call, sums[()])
    return told | {"Estimated": end > view.today.date().replace(day=1)}


def _metrics(call: Call, amount: float) -> dict[str, Any]:
    return {name: costs.money(amount) for name in call.params["Metrics"]}


@instead("ce", "GetCostForecast")
def expected(call: Call, view: View) -> Any:
    """As much a day as in the last thirty days."""
    said = call.params
    if said["Granularity"] == "HOURLY" or said["Metric"] not in _FORECAST:
        raise NotImplementedError("hours, or amounts that are no money")
    view.books.costs.requests += 1
    start, end = _period(call)
    since = (view.today.date() - timedelta(days=_LOOKED_BACK_DAYS)).isoformat()
    found = [one for one in _known(view) if one.day >= since and costs.fits(one, said.get("Filter", {}))]
    daily = sum(one.amount for one in found) / _LOOKED_BACK_DAYS
    told = [
        {
            "TimePeriod": {"Start": begin.isoformat(), "End": until.isoformat()},
            "MeanValue": costs.money(daily * (until - begin).days)["Amount"],
        }
        for begin, until in costs.periods(start, end, said["Granularity"])
    ]
    return {"Total": costs.money(daily * (end - start).days), "ForecastResultsByTime": told}


def _known(view: View) -> list[Cost]:
    """aws-reality 9: a day's costs are told a day later."""
    today = view.today.date().isoformat()
    return [one for one in view.books.costs.spent if one.day < today]


def _period(call: Call) -> tuple[date, date]:
    said = call.params["TimePeriod"]
    return date.fromisoformat(said["Start"]), date.fromisoformat(said["End"])
