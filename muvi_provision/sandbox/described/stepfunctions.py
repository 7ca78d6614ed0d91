"""State machines. Their executions are history, and go with them."""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.sandbox.states import machines
from muvi_provision.sandbox.states.machines import Machine
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> ARN -> description


def describe(view: View) -> Described:
    return {"state_machine": {one.arn: _machine(one) for one in machines.there(view)}}


def _machine(one: Machine) -> dict[str, Any]:
    configured = {"logging": one.logging, "tracing": one.tracing, "encryption": one.encryption}
    told = {"name": one.name, "type": one.type, "role": one.role, "status": one.status}
    return told | configured | {"definition": json.loads(one.definition), "tags": dict(sorted(one.tags.items()))}


SERVICES = {"stepfunctions": describe}
