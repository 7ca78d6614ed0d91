"""What the parameter groups of RDS and ElastiCache have in common: settings, twenty in a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from muvi_provision.resource import Live

BATCH = 20  # parameters in one call


def own_values(live: Live) -> dict[str, str]:
    """What somebody gave a value of its own; nothing in a group that was made just now."""
    listed = live.raw.get("Parameters", ())
    return {each["ParameterName"]: each["ParameterValue"] for each in listed if "ParameterValue" in each}


def batches(settings: Sequence[Any]) -> Iterator[Any]:
    """As many as one call takes at a time."""
    return (settings[start : start + BATCH] for start in range(0, len(settings), BATCH))
