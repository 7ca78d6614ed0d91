"""What happened in an execution, event by event."""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.sandbox.states import spelling
from muvi_provision.sandbox.states.machines import Execution
from muvi_provision.sandbox.view import View

MOST = 25_000
_WHOLE = {"truncated": False}


def note(one: Execution, view: View, kind: str, **said: Any) -> None:
    """An event, with its details under the name that its kind has in the API."""
    told = {name: value for name, value in said.items() if value != ""}
    _add(one, view, kind, f"{kind[:1].lower()}{kind[1:]}EventDetails", told)


def note_state(one: Execution, view: View, kind: str, name: str, value: Any) -> None:
    """A state is entered or left. Those that fail are not left."""
    said = json.dumps(value)
    if kind.endswith("Entered"):
        _add(one, view, kind, "stateEnteredEventDetails", {"name": name, "input": said, "inputDetails": _WHOLE})
    elif not kind.startswith("Fail"):
        _add(one, view, kind, "stateExitedEventDetails", {"name": name, "output": said, "outputDetails": _WHOLE})


def note_task(one: Execution, view: View, kind: str, resource: str, **said: Any) -> None:
    service, _, action = resource.removeprefix(spelling.SDK).partition(":")
    told = {"resourceType": f"aws-sdk:{service}", "resource": action} | said
    note(one, view, kind, **(told | ({"region": view.region} if kind == "TaskScheduled" else {})))


def _add(one: Execution, view: View, kind: str, member: str, told: dict[str, Any]) -> None:
    number = len(one.events) + 1
    event = {"timestamp": view.today, "type": kind, "id": number, "previousEventId": number - 1}
    one.events.append(event | {member: told})
