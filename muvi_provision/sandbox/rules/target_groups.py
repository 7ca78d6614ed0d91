"""Target groups."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


@rule(
    "elbv2",
    "CreateTargetGroup",
    "DuplicateTargetGroupName",
    "one name a region; the same settings again give the same one",
    source="3.10 c",
)
def target_group_taken(call: Call, view: View) -> str | None:
    from muvi_provision.sandbox.effects.target_groups import settings_of

    taken = [one for one in view.all("target_group") if one.name == call.params["Name"]]
    other = [one for one in taken if one.asked != settings_of(call)]
    return f"A target group with the same name '{other[0].name}' exists, but with different settings" if other else None


@rule("elbv2", "CreateTargetGroup", "TooManyTargetGroups", "a region holds 3,000 target groups", source="3.10 i")
def too_many_target_groups(call: Call, view: View) -> str | None:
    others = [one for one in view.all("target_group") if one.name != call.params["Name"]]
    return (
        "The maximum number of target groups has been reached." if len(others) >= view.quotas["target_groups"] else None
    )
