"""Parameters."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import amend
from muvi_provision.sandbox.view import View


@amend("ssm", ("DeleteParameter", "DeleteParameters"))
def tags_going(call: Call, view: View, params: dict[str, Any]) -> None:
    """The emulator keeps those of a name like ``/a``, and gives them to the next parameter of that name."""
    tags = view.backend("ssm")._resource_tags.get("Parameter", {})
    for name in call.params.get("Names", [call.params.get("Name")]):
        tags.pop(name, None)
