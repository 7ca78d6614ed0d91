"""Executions of pipelines: begun, looked at, held up and approved."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import pipelines
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.pipelines import Closed, Pipeline, Run, Step
from muvi_provision.sandbox.view import View

_CODEPIPELINE = "codepipeline"


@instead(_CODEPIPELINE, "StartPipelineExecution")
def started(call: Call, view: View) -> Any:
    one = pipelines.held(view)[call.params["name"]]
    return {"pipelineExecutionId": pipelines.begin(view, one, "StartPipelineExecution").id}


@instead(_CODEPIPELINE, "GetPipelineExecution")
def execution(call: Call, view: View) -> Any:
    one = _named(call, view)
    run = next((run for run in one.runs if run.id == call.params["pipelineExecutionId"]), None)
    if run is None:
        wanted = call.params["pipelineExecutionId"]
        message = f"The account with id '{view.account}' does not include a pipeline execution with id '{wanted}'"
        raise Refused("PipelineExecutionNotFoundException", message)
    told = {"pipelineName": one.name, "pipelineVersion": run.version, "artifactRevisions": [], "variables": []}
    return {"pipelineExecution": told | _of(run)}


@instead(_CODEPIPELINE, "ListPipelineExecutions")
def executions(call: Call, view: View) -> Any:
    """The latest first."""
    found = [
        _of(run) | {"startTime": run.began, "lastUpdateTime": run.changed} for run in reversed(_named(call, view).runs)
    ]
    kept, token = page(found, call.params.get("nextToken"), call.params.get("maxResults", 100))
    return {"pipelineExecutionSummaries": kept} | ({"nextToken": token} if token else {})


def _of(run: Run) -> dict[str, Any]:
    return {"pipelineExecutionId": run.id, "status": run.status, "trigger": {"triggerType": run.trigger}}


@instead(_CODEPIPELINE, "GetPipelineState")
def state(call: Call, view: View) -> Any:
    one = pipelines.held(view)[call.params["name"]]
    told = {"pipelineName": one.name, "pipelineVersion": one.declaration["version"]}
    stages = [_stage(one, stage) for stage in one.declaration["stages"]]
    return told | {"stageStates": stages, "created": one.created, "updated": one.updated}


def _stage(one: Pipeline, stage: dict[str, Any]) -> dict[str, Any]:
    run = next((run for run in reversed(one.runs) if run.done(stage["name"])), None)
    begun = run.done(stage["name"]) if run is not None else {}
    actions = [
        {"actionName": action["name"]}
        | ({"latestExecution": _step(begun[action["name"]])} if action["name"] in begun else {})
        for action in stage["actions"]
    ]
    latest = {"pipelineExecutionId": run.id, "status": _status(stage, begun)} if run is not None else {}
    told = {"stageName": stage["name"], "inboundTransitionState": _inbound(one, stage["name"]), "actionStates": actions}
    return told | ({"latestExecution": latest} if latest else {})


def _inbound(one: Pipeline, stage: str) -> dict[str, Any]:
    closed = one.closed.get(stage)
    if closed is None:
        return {"enabled": True}
    return {"enabled": False, "lastChangedAt": closed.since, "disabledReason": closed.reason}


def _step(step: Step) -> dict[str, Any]:
    told = {"actionExecutionId": step.id, "status": step.status, "lastStatusChange": step.changed}
    if step.summary:
        told["summary"] = step.summary
    if step.status == "Failed":
        told["errorDetails"] = {"code": step.code, "message": step.summary}
    return told | ({"token": step.token} if step.token and step.status == "InProgress" else {})


def _status(stage: dict[str, Any], begun: dict[str, Step]) -> str:
    reached = {step.status for step in begun.values()}
    if "Failed" in reached:
        return "Failed"
    return "InProgress" if "InProgress" in reached or len(begun) < len(stage["actions"]) else "Succeeded"


@instead(_CODEPIPELINE, "DisableStageTransition")
def closed(call: Call, view: View) -> Any:
    """aws-reality 8.3 step 0. Nothing is kept of a transition out of a stage: the sandbox has none."""
    if call.params["transitionType"] != "Inbound":
        raise NotImplementedError("an outbound transition")
    _named(call, view).closed[call.params["stageName"]] = Closed(call.params["reason"], view.today)
    return {}


@instead(_CODEPIPELINE, "EnableStageTransition")
def opened(call: Call, view: View) -> Any:
    _named(call, view).closed.pop(call.params["stageName"], None)
    pipelines.advance(view)
    return {}


@instead(_CODEPIPELINE, "PutApprovalResult")
def approved(call: Call, view: View) -> Any:
    """By the token that GetPipelineState shows while the approval waits."""
    said = call.params
    steps = [step for run in _named(call, view).runs for step in run.steps if _is(step, said)]
    step = next((one for one in steps if one.token == said["token"]), None)
    if step is None:
        raise Refused("InvalidApprovalTokenException", "The approval action token is not valid.")
    if step.status != "InProgress":
        raise Refused("ApprovalAlreadyCompletedException", "The approval action has already been approved or rejected.")
    step.status = "Succeeded" if said["result"]["status"] == "Approved" else "Failed"
    step.summary, step.changed = said["result"]["summary"], view.today
    pipelines.advance(view)
    return {"approvedAt": view.today}


def _is(step: Step, said: dict[str, Any]) -> bool:
    return (step.stage, step.action) == (said["stageName"], said["actionName"])


def _named(call: Call, view: View) -> Pipeline:
    return pipelines.held(view)[call.params["pipelineName"]]
