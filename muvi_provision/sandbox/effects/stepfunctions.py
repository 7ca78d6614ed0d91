"""State machines (aws-reality 7.6), in place of the emulator's, which it neither checks nor runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.states import checking, machines
from muvi_provision.sandbox.states.machines import Machine
from muvi_provision.sandbox.view import View

_STEPS = "stepfunctions"
_CONFIGURED = {
    "loggingConfiguration": ("logging", {"level": "OFF", "includeExecutionData": False}),
    "tracingConfiguration": ("tracing", {"enabled": False}),
    "encryptionConfiguration": ("encryption", {"type": "AWS_OWNED_KEY"}),
}


@instead(_STEPS, "CreateStateMachine")
def made(call: Call, view: View) -> Any:
    """aws-reality 1.4: one that is there is given back, whatever role and tags were asked for."""
    said, arn = call.params, machines.arn_of(view, call.params["name"])
    if said.get("publish"):
        raise NotImplementedError("versions of a state machine")
    one = machines.held(view).get(arn)
    if one is None:
        tags = {tag["key"]: tag["value"] for tag in said.get("tags", ())}
        configured = {attribute: said.get(name, usual) for name, (attribute, usual) in _CONFIGURED.items()}
        kind = said.get("type", "STANDARD")
        told = (arn, said["name"], said["definition"], said["roleArn"], kind)
        one = machines.held(view)[arn] = Machine(*told, **configured, tags=tags, created=view.today)
    return {"stateMachineArn": arn, "creationDate": one.created}


@instead(_STEPS, "DescribeStateMachine")
def described(call: Call, view: View) -> Any:
    one = machines.held(view)[call.params["stateMachineArn"]]
    told = _listed(one) | {"definition": one.definition, "roleArn": one.role, "status": one.status}
    return told | {name: getattr(one, attribute) for name, (attribute, _) in _CONFIGURED.items()}


def _listed(one: Machine) -> dict[str, Any]:
    return {"stateMachineArn": one.arn, "name": one.name, "type": one.type, "creationDate": one.created}


@instead(_STEPS, "ListStateMachines")
def listed(call: Call, view: View) -> Any:
    found = [_listed(one) for _, one in sorted(machines.held(view).items())]
    kept, token = page(found, call.params.get("nextToken"), call.params.get("maxResults") or 100)
    return {"stateMachines": kept} | ({"nextToken": token} if token else {})


@instead(_STEPS, "UpdateStateMachine")
def updated(call: Call, view: View) -> Any:
    said, one = call.params, machines.held(view)[call.params["stateMachineArn"]]
    if said.get("publish"):
        raise NotImplementedError("versions of a state machine")
    machines.change(view, one, said.get("definition", one.definition), said.get("roleArn", one.role))
    for name, (attribute, _) in _CONFIGURED.items():
        setattr(one, attribute, said.get(name, getattr(one, attribute)))
    return {"updateDate": view.today}


@instead(_STEPS, "DeleteStateMachine")
def gone(call: Call, view: View) -> Any:
    """aws-reality 7.6 f: executions are stopped first; one that is not there is no error."""
    one = machines.held(view).get(call.params["stateMachineArn"])
    if one is not None and one.status != "DELETING":
        for each in one.executions.values():
            if each.status == "RUNNING":
                each.status, each.ended = "ABORTED", view.today
        lifecycles.begin_deleting(view, machines.KIND, one.arn)
    return {}


@instead(_STEPS, "ValidateStateMachineDefinition")
def validated(call: Call, view: View) -> Any:
    """The emulator lacks it."""
    found = checking.problems(call.params["definition"])
    most = call.params.get("maxResults") or 100
    told = [
        {"severity": "ERROR", "code": one.code, "message": one.message, "location": one.where} for one in found[:most]
    ]
    return {"result": "FAIL" if found else "OK", "diagnostics": told, "truncated": len(found) > most}


@instead(_STEPS, "ListTagsForResource")
def tags_told(call: Call, view: View) -> Any:
    return {"tags": _pairs(machines.held(view)[call.params["resourceArn"]].tags)}


@instead(_STEPS, "TagResource")
def tagged(call: Call, view: View) -> Any:
    one = machines.held(view)[call.params["resourceArn"]]
    one.tags |= {tag["key"]: tag["value"] for tag in call.params["tags"]}
    return {}


@instead(_STEPS, "UntagResource")
def untagged(call: Call, view: View) -> Any:
    for key in call.params["tagKeys"]:
        machines.held(view)[call.params["resourceArn"]].tags.pop(key, None)
    return {}


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


def _source(view: View) -> dict[str, Mapping[str, str]]:
    return {one.arn: one.tags for one in machines.there(view)}


tagging.register("states:stateMachine", _source)
