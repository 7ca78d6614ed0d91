"""Executions of state machines, which the sandbox really carries out (``states/walking.py``)."""

from __future__ import annotations

import json
import uuid
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.states import checking, history, machines, walking
from muvi_provision.sandbox.states.machines import Execution, Track
from muvi_provision.sandbox.view import View

_STEPS = "stepfunctions"


@instead(_STEPS, "StartExecution")
def started(call: Call, view: View) -> Any:
    """The same name and input again while it runs is the same execution."""
    said, machine = call.params, machines.held(view)[call.params["stateMachineArn"]]
    name, given = said.get("name") or str(uuid.uuid4()), said.get("input", "{}")
    arn = f"arn:aws:states:{view.region}:{view.account}:execution:{machine.name}:{name}"
    one = machine.executions.get(arn)
    if one is None:
        text, role = machines.current(view, machine)
        definition = json.loads(text)
        if found := checking.unsupported(definition):
            raise NotImplementedError(found)
        root = Track((), definition["StartAt"], json.loads(given))
        one = Execution(arn, name, machine.arn, role, definition, given, view.today, root)
        machine.executions[arn] = one
        history.note(one, view, "ExecutionStarted", input=given, roleArn=one.role)
        walking.Walk(view, one).go_on()
    return {"executionArn": arn, "startDate": one.began}


@instead(_STEPS, "StopExecution")
def stopped(call: Call, view: View) -> Any:
    one = _named(call, view)
    if one.status == "RUNNING":
        one.status, one.ended = "ABORTED", view.today
        one.error = (call.params.get("error", ""), call.params.get("cause", ""))
        history.note(one, view, "ExecutionAborted", error=one.error[0], cause=one.error[1])
    return {"stopDate": one.ended}


@instead(_STEPS, "DescribeExecution")
def described(call: Call, view: View) -> Any:
    one = _named(call, view)
    told = _listed(one) | {"input": one.given, "inputDetails": {"included": True}}
    if one.output is not None:
        told |= {"output": one.output, "outputDetails": {"included": True}}
    error, cause = one.error
    return told | ({"error": error} if error else {}) | ({"cause": cause} if cause else {})


@instead(_STEPS, "ListExecutions")
def listed(call: Call, view: View) -> Any:
    """The latest first."""
    wanted = call.params.get("statusFilter")
    held = machines.held(view)[call.params["stateMachineArn"]].executions.values()
    found = [_listed(one) for one in reversed(held) if wanted in (None, one.status)]
    kept, token = page(found, call.params.get("nextToken"), call.params.get("maxResults") or 100)
    return {"executions": kept} | ({"nextToken": token} if token else {})


@instead(_STEPS, "GetExecutionHistory")
def happened(call: Call, view: View) -> Any:
    events = list(_named(call, view).events)
    if call.params.get("reverseOrder"):
        events.reverse()
    kept, token = page(events, call.params.get("nextToken"), call.params.get("maxResults") or 100)
    return {"events": kept} | ({"nextToken": token} if token else {})


def _listed(one: Execution) -> dict[str, Any]:
    told = {"executionArn": one.arn, "stateMachineArn": one.machine, "name": one.name, "status": one.status}
    return told | {"startDate": one.began} | ({"stopDate": one.ended} if one.ended is not None else {})


def _named(call: Call, view: View) -> Execution:
    found = machines.execution(view, call.params["executionArn"])
    assert found is not None  # a rule has seen to it
    return found
