"""Dashboards, which the whole account shares (aws-reality 7.5 a)."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import alarms
from muvi_provision.sandbox.alarms import Dashboard
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.cloudwatch import pairs
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.rules.cloudwatch_dashboards import complaints
from muvi_provision.sandbox.view import View

_PAGE = 1000


@instead("cloudwatch", "PutDashboard")
def put(call: Call, view: View) -> Any:
    """aws-reality 7.5 e: what is only doubtful is told with success."""
    name, body = call.params["DashboardName"], call.params["DashboardBody"]
    there = alarms.dashboards(view).get(name)
    arn = f"arn:aws:cloudwatch::{view.account}:dashboard/{name}"
    tags = there.tags if there is not None else pairs(call)
    alarms.dashboards(view)[name] = Dashboard(name, arn, body, view.today, tags)
    return {"DashboardValidationMessages": [one.told for one in complaints(body) if not one.fatal]}


@instead("cloudwatch", "GetDashboard")
def got(call: Call, view: View) -> Any:
    one = alarms.dashboards(view).get(call.params["DashboardName"])
    if one is None:
        raise Refused("ResourceNotFound", f"Dashboard {call.params['DashboardName']} does not exist", 404)
    return {"DashboardArn": one.arn, "DashboardBody": one.body, "DashboardName": one.name}


@instead("cloudwatch", "ListDashboards")
def listed(call: Call, view: View) -> Any:
    found = [
        {"DashboardName": name, "DashboardArn": one.arn, "LastModified": one.modified, "Size": len(one.body)}
        for name, one in sorted(alarms.dashboards(view).items())
        if name.startswith(call.params.get("DashboardNamePrefix", ""))
    ]
    kept, token = page(found, call.params.get("NextToken"), _PAGE)
    return {"DashboardEntries": kept} | ({"NextToken": token} if token else {})


@instead("cloudwatch", "DeleteDashboards")
def deleted(call: Call, view: View) -> Any:
    for name in call.params["DashboardNames"]:
        alarms.dashboards(view).pop(name, None)
    return {}
