"""Pipelines (aws-reality 7.7): the sandbox's own, because the emulator's execute nothing and check little."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import pipelines
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.pipelines import Pipeline
from muvi_provision.sandbox.view import View

_CODEPIPELINE = "codepipeline"
_ACTION: dict[str, Any] = {"runOrder": 1, "configuration": {}, "outputArtifacts": [], "inputArtifacts": []}
_PIPELINE = {"executionMode": "SUPERSEDED", "pipelineType": "V1"}


@instead(_CODEPIPELINE, "CreatePipeline")
def made(call: Call, view: View) -> Any:
    """aws-reality 7.7 b: its first execution begins at once."""
    said = call.params["pipeline"]
    tags = {tag["key"]: tag["value"] for tag in call.params.get("tags", ())}
    arn = f"arn:aws:codepipeline:{view.region}:{view.account}:{said['name']}"
    one = Pipeline(arn, _declared(said, 1), tags, view.today, view.today)
    pipelines.held(view)[one.name] = one
    pipelines.begin(view, one, "CreatePipeline")
    return {"pipeline": one.declaration, "tags": _pairs(tags)}


@instead(_CODEPIPELINE, "UpdatePipeline")
def updated(call: Call, view: View) -> Any:
    """aws-reality 7.7 g: the whole document. Executions under way, which AWS lets run where it can, are stopped."""
    one = pipelines.held(view)[call.params["pipeline"]["name"]]
    one.declaration = _declared(call.params["pipeline"], one.declaration["version"] + 1)
    one.updated = view.today
    for run in one.runs:
        run.status = "Stopped" if run.status == "InProgress" else run.status
    return {"pipeline": one.declaration}


def _declared(said: Mapping[str, Any], version: int) -> dict[str, Any]:
    declared = _PIPELINE | copy.deepcopy(dict(said)) | {"version": version}
    for stage in declared["stages"]:
        stage["actions"] = [copy.deepcopy(_ACTION) | dict(action) for action in stage["actions"]]
    return declared


@instead(_CODEPIPELINE, "GetPipeline")
def got(call: Call, view: View) -> Any:
    one = pipelines.held(view)[call.params["name"]]
    return {"pipeline": one.declaration, "metadata": {"pipelineArn": one.arn} | _times(one)}


def _times(one: Pipeline) -> dict[str, Any]:
    return {"created": one.created, "updated": one.updated}


@instead(_CODEPIPELINE, "ListPipelines")
def listed(call: Call, view: View) -> Any:
    found = [
        {name: one.declaration[name] for name in ("name", "version", "pipelineType", "executionMode")} | _times(one)
        for _, one in sorted(pipelines.held(view).items())
    ]
    kept, token = page(found, call.params.get("nextToken"), call.params.get("maxResults", 1000))
    return {"pipelines": kept} | ({"nextToken": token} if token else {})


@instead(_CODEPIPELINE, "DeletePipeline")
def gone(call: Call, view: View) -> Any:
    """aws-reality 7.7 f: one that is not there is no error."""
    pipelines.held(view).pop(call.params["name"], None)
    return {}


@instead(_CODEPIPELINE, "ListTagsForResource")
def tags_told(call: Call, view: View) -> Any:
    kept, token = page(_pairs(_tagged(call, view).tags), call.params.get("nextToken"), 50)
    return {"tags": kept} | ({"nextToken": token} if token else {})


@instead(_CODEPIPELINE, "TagResource")
def tagged(call: Call, view: View) -> Any:
    _tagged(call, view).tags |= {tag["key"]: tag["value"] for tag in call.params["tags"]}
    return {}


@instead(_CODEPIPELINE, "UntagResource")
def untagged(call: Call, view: View) -> Any:
    for key in call.params["tagKeys"]:
        _tagged(call, view).tags.pop(key, None)
    return {}


def _tagged(call: Call, view: View) -> Pipeline:
    return pipelines.held(view)[call.params["resourceArn"].rpartition(":")[2]]


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


def _source(view: View) -> dict[str, Mapping[str, str]]:
    there = view.world.existing(_CODEPIPELINE, view.account).get(view.region)
    return {one.arn: one.tags for one in vars(there).get("shelf", {}).values()} if there is not None else {}


tagging.register("codepipeline", _source)
