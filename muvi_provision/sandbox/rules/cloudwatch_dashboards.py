"""Dashboards: the name, and a body that CloudWatch can draw (aws-reality 7.5 a, e)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from muvi_provision.sandbox import alarms
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_KINDS = ("metric", "text", "log", "alarm", "explorer", "custom")
_NOWHERE = "The metric widget should have specified a region and a data source or an alarm annotation"
_DRAWN = {  # what a metric's widget may say; anything else is told, and left out of the picture
    *("metrics", "annotations", "region", "view", "stacked", "title", "period", "stat", "yAxis", "legend"),
    *("liveData", "timezone", "start", "end", "setPeriodToTimeRange", "singleValueFullPrecision", "sparkline"),
    *("trend", "labels", "table", "accountId"),
}


class Complaint(NamedTuple):
    """What is wrong, and where. A fatal one keeps the dashboard from being made."""

    path: str
    message: str
    fatal: bool = True

    @property
    def told(self) -> dict[str, str]:
        return {"DataPath": self.path, "Message": self.message}


def complaints(body: str) -> list[Complaint]:
    """All of them; of something that is no JSON, only that."""
    try:
        said = json.loads(body)
    except ValueError:
        return [Complaint("", "The field DashboardBody must be a valid JSON object")]
    if not isinstance(said, dict):
        return [Complaint("", "The field DashboardBody must be a valid JSON object")]
    if not isinstance(said.get("widgets"), list):
        return [Complaint("/", "Should have required property 'widgets'")]
    if len(said["widgets"]) > 500:
        return [Complaint("/widgets", "Should NOT have more than 500 items")]
    return [found for number, one in enumerate(said["widgets"]) for found in _widget(f"/widgets/{number}", one)]


def _widget(where: str, said: Any) -> Iterator[Complaint]:
    if not isinstance(said, dict):
        yield Complaint(where, "Should be object")
        return
    for name in ("type", "properties"):
        if name not in said:
            yield Complaint(where, f"Should have required property '{name}'")
    if "type" in said and said["type"] not in _KINDS:
        yield Complaint(f"{where}/type", "Should be equal to one of the allowed values")
    for name, low, high in (("width", 1, 24), ("height", 1, 1000), ("x", 0, 23), ("y", 0, 100_000)):
        if name in said and not (isinstance(said[name], int) and low <= said[name] <= high):
            yield Complaint(f"{where}/{name}", f"Should be an integer between {low} and {high}")
    if said.get("type") == "metric" and isinstance(said.get("properties"), dict):
        yield from _metric(f"{where}/properties", said["properties"])
    if said.get("type") == "text" and "markdown" not in (said.get("properties") or {}):
        yield Complaint(f"{where}/properties", "Should have required property 'markdown'")


def _metric(where: str, said: dict[str, Any]) -> Iterator[Complaint]:
    shown = said.get("metrics") or (said.get("annotations") or {}).get("alarms")
    if "metrics" not in said and "annotations" not in said:
        yield Complaint(where, "Should have required property 'metrics'")
        yield Complaint(where, "Should have required property 'annotations'")
    if not shown or ("metrics" in said and not said.get("region")):
        yield Complaint(where, _NOWHERE)
    for number, one in enumerate(said.get("metrics", ())):
        if not isinstance(one, list) or not one:
            yield Complaint(
                f"{where}/metrics/{number}", "Should be array" if one else "Should NOT have fewer than 1 items"
            )
    for name in sorted(set(said) - _DRAWN):
        yield Complaint(f"{where}/{name}", "Should NOT have additional properties", fatal=False)


@rule(
    "cloudwatch",
    "PutDashboard",
    "InvalidParameterInput",
    "a dashboard's name has 1-255 letters, digits, - and _",
    source="7.5 a",
)
def name(call: Call, view: View) -> str | None:
    said = call.params["DashboardName"]
    return None if _NAME.fullmatch(said) else f"The value {said} for field DashboardName contains invalid characters."


@rule("cloudwatch", "PutDashboard", "InvalidParameterInput", "a dashboard's body can be drawn", source="7.5 e")
def body(call: Call, view: View) -> str | None:
    found = [one.told for one in complaints(call.params["DashboardBody"]) if one.fatal]
    said = f"The dashboard body is invalid, there are {len(found)} validation errors: {json.dumps(found)}"
    return said if found else None


@rule(
    "cloudwatch",
    "DeleteDashboards",
    "ResourceNotFound",
    "all dashboards that are deleted are there",
    source="CloudWatch API: DeleteDashboards",
    status=404,
)
def there(call: Call, view: View) -> str | None:
    missing = [one for one in call.params["DashboardNames"] if one not in alarms.dashboards(view)]
    return f"Dashboard {missing[0]} does not exist" if missing else None
