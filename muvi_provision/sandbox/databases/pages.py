"""Lists in pages: MaxRecords (20 to 100) at a time, the next one from Marker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.pages import page


def paged(call: Call, member: str, items: Sequence[Any]) -> dict[str, Any]:
    """One page of an answer, under ``member``. Refuses a marker that no answer gave."""
    marker, size = call.params.get("Marker"), int(call.params.get("MaxRecords", 100))
    if not 20 <= size <= 100:
        raise Refused("InvalidParameterValue", f"Invalid value {size} for MaxRecords. Must be between 20 and 100")
    if marker is not None and not str(marker).isdecimal():
        raise Refused("InvalidParameterValue", f"Invalid or expired marker: {marker}")
    listed, following = page(items, marker, size)
    return {member: listed} | ({"Marker": following} if following else {})


def filters(call: Call, *known: str) -> dict[str, list[str]]:
    """A call's filters by name. Refuses one that the operation does not have."""
    said = {str(one["Name"]): [str(value) for value in one.get("Values", ())] for one in call.params.get("Filters", ())}
    for name in said:
        if name not in known:
            raise Refused("InvalidParameterValue", f"Unrecognized filter name: {name}")
    return said
