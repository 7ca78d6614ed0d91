"""Questions about metrics (aws-reality 8.1)."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_GET, _WRONG = "GetMetricData", "ValidationError"
_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
_MOST = 500
_API = "CloudWatch API: GetMetricData"


@rule("cloudwatch", _GET, _WRONG, "500 questions a call", source="8.1")
def too_many(call: Call, view: View) -> str | None:
    many = len(call.params["MetricDataQueries"]) > _MOST
    return f"The collection MetricDataQueries must not have a size greater than {_MOST}." if many else None


@rule("cloudwatch", _GET, _WRONG, "each has a name of its own that begins with a small letter", source="8.1")
def ids(call: Call, view: View) -> str | None:
    said = [one["Id"] for one in call.params["MetricDataQueries"]]
    for number, one in enumerate(said, 1):
        if not _ID.fullmatch(one):
            where = f"The value {one} for parameter MetricDataQueries.member.{number}.Id"
            return f"{where} is not matching the expected pattern ^{_ID.pattern}$."
        if said.count(one) > 1:
            return f"The values for parameter id in MetricDataQueries are not unique: {one}"
    return None


@rule("cloudwatch", _GET, _WRONG, "a metric or an expression", source=_API)
def one_of_two(call: Call, view: View) -> str | None:
    for one in call.params["MetricDataQueries"]:
        if ("MetricStat" in one) is ("Expression" in one):
            return f"Exactly one of MetricStat and Expression must be specified for the query {one['Id']}."
    return None


@rule("cloudwatch", _GET, _WRONG, "periods of 1, 5, 10, 20 or 30 seconds or of whole minutes", source=_API)
def periods(call: Call, view: View) -> str | None:
    said = [one["MetricStat"]["Period"] for one in call.params["MetricDataQueries"] if "MetricStat" in one]
    bad = any(one not in (1, 5, 10, 20, 30) and one % 60 for one in said)
    return "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60" if bad else None


@rule("cloudwatch", _GET, _WRONG, "what is asked for begins before it ends", source=_API)
def times(call: Call, view: View) -> str | None:
    backwards = call.params["StartTime"] >= call.params["EndTime"]
    return "The parameter StartTime must be less than the parameter EndTime." if backwards else None
