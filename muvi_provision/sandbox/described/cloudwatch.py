"""Alarms and dashboards. Their states come and go by themselves."""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.sandbox import alarms
from muvi_provision.sandbox.alarms import Alarm, Dashboard
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> ARN -> description


def describe(view: View) -> Described:
    """Dashboards are the whole account's: they are shown once, in the region where they are kept."""
    boards = alarms.dashboards(view).values() if view.region == alarms.HOME else ()
    return {
        "alarm": dict(_described(one) for one in alarms.kept(view).values()),
        "dashboard": {one.arn: _dashboard(one) for one in boards},
    }


def _described(one: Alarm) -> tuple[str, dict[str, Any]]:
    """An alarm of a scaling policy without what AWS made up: its name's end, and the policy it belongs to."""
    if not one.name.startswith("TargetTracking-"):
        return one.arn, _alarm(one)
    own = ("AlarmName", "AlarmDescription", "AlarmActions")
    metric = one.settings["MetricName"]
    settings = {name: value for name, value in sorted(one.settings.items()) if name not in own}
    return f"{one.name[:-37]} {metric}", {"settings": settings, "tags": {}}


def _alarm(one: Alarm) -> dict[str, Any]:
    return {"name": one.name, "settings": dict(sorted(one.settings.items())), "tags": dict(sorted(one.tags.items()))}


def _dashboard(one: Dashboard) -> dict[str, Any]:
    return {"name": one.name, "body": json.loads(one.body), "tags": dict(sorted(one.tags.items()))}


SERVICES = {"cloudwatch": describe}
