"""Questions to the index of tags."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_TAGGING, _WRONG, _API = "resourcegroupstaggingapi", "InvalidParameterException", "Tagging API: GetResources"
_ALONE = ("ResourceTypeFilters", "TagFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken")


@rule(_TAGGING, "GetResources", _WRONG, "1-100 objects a page", source="9")
def page_size(call: Call, view: View) -> str | None:
    fits = 1 <= call.params.get("ResourcesPerPage", 50) <= 100
    return None if fits else "ResourcesPerPage must be between 1 and 100."


@rule(_TAGGING, "GetResources", _WRONG, "who asks by ARN asks for nothing else", source=_API)
def by_arn(call: Call, view: View) -> str | None:
    more = [one for one in _ALONE if call.params.get(one)] if call.params.get("ResourceARNList") else []
    return f"ResourceARNList cannot be specified together with {more[0]}." if more else None
