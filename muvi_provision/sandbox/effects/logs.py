"""Log groups."""

from __future__ import annotations

from collections import Counter
from typing import Any

from muvi_provision.sandbox import log_events
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import logs_filters
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View


@amend("logs", "CreateLogGroup")
def only_plain_ones(call: Call, view: View, params: dict[str, Any]) -> None:
    """The emulator drops what it does not know: better none than one that is not what was asked for."""
    if call.params.get("deletionProtectionEnabled") or call.params.get("logGroupClass", "STANDARD") != "STANDARD":
        raise NotImplementedError("a protected log group, or one of another class")


@after("logs", "CreateLogGroup")
def group_made(call: Call, view: View, result: Any) -> None:
    view.backend("logs").groups[call.params["logGroupName"]].creation_time = view.today.replace(tzinfo=None)


@amend("logs", "DeleteLogGroup")
def tags_going(call: Call, view: View, params: dict[str, Any]) -> None:
    """The emulator would give them to the next group of that name."""
    group = view.backend("logs").groups.get(call.params["logGroupName"])
    if group is not None:
        view.backend("logs").tagger.delete_all_tags_for_resource(group.arn)


@instead("logs", "DescribeLogGroups")
def groups(call: Call, view: View) -> Any:
    """aws-reality 5.4 d: a prefix also finds longer names; identifiers (names or ARNs) are exact."""
    said = call.params
    exact = [str(one).removesuffix(":*") for one in said.get("logGroupIdentifiers", ())]
    counted = Counter(group for group, _ in logs_filters.shelf(view))
    found = [
        {**one.to_describe_dict(), "logGroupClass": "STANDARD", "metricFilterCount": counted[name]}
        for name, one in sorted(view.backend("logs").groups.items())
        if name.startswith(said.get("logGroupNamePrefix", ""))
        and said.get("logGroupNamePattern", "") in name
        and (not exact or name in exact or one.arn in exact)
    ]
    kept, token = page(found, said.get("nextToken"), said.get("limit", 50))
    return {"logGroups": kept} | ({"nextToken": token} if token else {})


@after("logs", "PutLogEvents")
def events_put(call: Call, view: View, result: Any) -> None:
    said = call.params
    stream = view.backend("logs").groups[said["logGroupName"]].streams[said["logStreamName"]]
    log_events.identify(stream.events[-len(said["logEvents"]) :])
