"""Cost Explorer: which days may be asked about (aws-reality 9)."""

from __future__ import annotations

from datetime import date, timedelta

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_BOTH = ("GetCostAndUsage", "GetCostForecast")
_METRICS = (
    "AmortizedCost",
    "BlendedCost",
    "NetAmortizedCost",
    "NetUnblendedCost",
    "NormalizedUsageAmount",
    "UnblendedCost",
    "UsageQuantity",
)
_KEPT_MONTHS = 14


@rule(
    "ce",
    _BOTH,
    "ValidationException",
    "days are spelt 2026-11-22, the first before the last, which is left out",
    source="9",
)
def days(call: Call, view: View) -> str | None:
    said = call.params["TimePeriod"]
    start, end = _day(said["Start"]), _day(said["End"])
    if start is None or end is None:
        return f"Time period is invalid: {said['Start'] if start is None else said['End']}"
    return None if start < end else "Start date (and hour) should be before end date (and hour)"


@rule(
    "ce",
    "GetCostAndUsage",
    "ValidationException",
    "the last 14 months can be asked about",
    source="Cost Explorer API: GetCostAndUsage",
)
def too_old(call: Call, view: View) -> str | None:
    start = date.fromisoformat(call.params["TimePeriod"]["Start"])
    oldest = (view.today.date().replace(day=1) - timedelta(days=_KEPT_MONTHS * 31)).replace(day=1)
    return f"You haven't enabled historical data beyond {_KEPT_MONTHS} months" if start < oldest else None


@rule(
    "ce",
    "GetCostForecast",
    "ValidationException",
    "a forecast begins today or later",
    source="Cost Explorer API: GetCostForecast",
)
def behind(call: Call, view: View) -> str | None:
    start = date.fromisoformat(call.params["TimePeriod"]["Start"])
    return "The start date must not be earlier than today" if start < view.today.date() else None


@rule(
    "ce",
    "GetCostAndUsage",
    "ValidationException",
    "the month that follows has not begun",
    source="Cost Explorer API: GetCostAndUsage",
)
def too_late(call: Call, view: View) -> str | None:
    end = date.fromisoformat(call.params["TimePeriod"]["End"])
    following = (view.today.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return "end date past the beginning of next month" if end > following else None


@rule(
    "ce",
    "GetCostForecast",
    "ValidationException",
    "a forecast is for three months by the day, for eighteen by the month",
    source="Cost Explorer API: GetCostForecast",
)
def too_far(call: Call, view: View) -> str | None:
    months = 3 if call.params["Granularity"] == "DAILY" else 18
    latest = view.today.date() + timedelta(days=31 * months)
    far = date.fromisoformat(call.params["TimePeriod"]["End"]) > latest
    return f"The forecast interval is limited to {months} months" if far else None


@rule(
    "ce",
    "GetCostAndUsage",
    "ValidationException",
    "what is measured has a name",
    source="Cost Explorer API: GetCostAndUsage",
)
def metrics(call: Call, view: View) -> str | None:
    said = call.params["Metrics"]
    wrong = next((one for one in said if one not in _METRICS), None)
    return None if said and wrong is None else f"Metrics is invalid: {wrong or 'there is none'}"


@rule("ce", "GetCostAndUsage", "ValidationException", "two groups at most", source="9")
def groups(call: Call, view: View) -> str | None:
    many = len(call.params.get("GroupBy", ())) > 2
    return "Group by can have at most 2 values" if many else None


@rule("ce", _BOTH, "DataUnavailableException", "there are figures", source="9")
def unavailable(call: Call, view: View) -> str | None:
    said = "Data is not available. Please try to adjust the time period. If just enabled Cost Explorer, data might not be ingested yet"  # noqa: E501
    return None if view.books.costs.ready else said


@rule("ce", "GetCostForecast", "DataUnavailableException", "there were costs before", source="9")
def unheard_of(call: Call, view: View) -> str | None:
    return None if view.books.costs.spent else "Insufficient amount of historical data to generate forecast."


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
