"""Events that a service of AWS writes into a log group, by the cloud's clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from muvi_provision.sandbox.effects import logs_filters
from muvi_provision.sandbox.view import View

_RANDOM = 43  # digits; an id of AWS's has 56 of them, the time in milliseconds first


def write(view: View, stream: Any, at: float, lines: Iterable[str], region: str = "") -> None:
    """Append lines, all of one of the cloud's seconds, to a stream of the emulator's; metric filters count them.

    Past the emulator's check of times, which asks the machine for the date.
    """
    milliseconds, written = _milliseconds(view, at), list(lines)
    before = len(stream.events)
    stream.put_log_events([{"timestamp": milliseconds, "message": line} for line in written])
    identify(stream.events[before:])
    if region in ("", view.region):
        logs_filters.count(view, stream.log_group.name, written)


def identify(events: Iterable[Any]) -> None:
    """Ids that are never given twice: the emulator counts them, and begins again when it is started again."""
    for one in events:
        if one.event_id < 10**_RANDOM:
            one.event_id = one.timestamp * 10**_RANDOM + uuid.uuid4().int % 10**_RANDOM


def _milliseconds(view: View, at: float) -> int:
    return round((view.today.timestamp() - (view.now - at)) * 1000)
