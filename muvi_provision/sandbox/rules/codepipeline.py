"""Pipelines: their document, their role, their bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import pipelines, roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_CODEPIPELINE = "codepipeline"
_WRITES = ("CreatePipeline", "UpdatePipeline")
_BY_NAME = ("GetPipeline", "GetPipelineState", "StartPipelineExecution")
_BY_PIPELINE = (
    "DisableStageTransition",
    "EnableStageTransition",
    "GetPipelineExecution",
    "ListPipelineExecutions",
    "PutApprovalResult",
)
_STAGED = ("DisableStageTransition", "EnableStageTransition", "PutApprovalResult")
_TAGGED = ("ListTagsForResource", "TagResource", "UntagResource")


@rule(_CODEPIPELINE, "CreatePipeline", "PipelineNameInUseException", "one pipeline of a name", source="7.7 c")
def taken(call: Call, view: View) -> str | None:
    name = call.params["pipeline"]["name"]
    there = name in pipelines.held(view)
    return f"A pipeline with the name '{name}' already exists in account '{view.account}'" if there else None


@rule(
    _CODEPIPELINE,
    "UpdatePipeline",
    "PipelineNotFoundException",
    "the pipeline is there",
    source="CodePipeline API: GetPipeline",
)
def unknown(call: Call, view: View) -> str | None:
    return _missing(view, call.params["pipeline"]["name"])


@rule(
    _CODEPIPELINE,
    _BY_NAME,
    "PipelineNotFoundException",
    "the pipeline is there",
    source="CodePipeline API: GetPipeline",
)
def unnamed(call: Call, view: View) -> str | None:
    return _missing(view, call.params["name"])


@rule(
    _CODEPIPELINE,
    _BY_PIPELINE,
    "PipelineNotFoundException",
    "the pipeline is there",
    source="CodePipeline API: GetPipeline",
)
def absent(call: Call, view: View) -> str | None:
    return _missing(view, call.params["pipelineName"])


@rule(
    _CODEPIPELINE,
    _STAGED,
    "StageNotFoundException",
    "the stage is there",
    source="CodePipeline API: DisableStageTransition",
)
def stage_missing(call: Call, view: View) -> str | None:
    name, stage = call.params["pipelineName"], call.params["stageName"]
    stages = {one["name"] for one in pipelines.held(view)[name].declaration["stages"]}
    return None if stage in stages else f"Pipeline '{name}' does not include a stage with the name '{stage}'"


@rule(
    _CODEPIPELINE,
    _TAGGED,
    "ResourceNotFoundException",
    "what is tagged is there",
    source="CodePipeline API: TagResource",
)
def tagged_missing(call: Call, view: View) -> str | None:
    return _missing(view, call.params["resourceArn"].rpartition(":")[2])


@rule(_CODEPIPELINE, ("CreatePipeline", "TagResource"), "InvalidTagsException", "no tag begins with aws:", source="1.5")
def system_tags(call: Call, view: View) -> str | None:
    wrong = any(tag["key"].lower().startswith("aws:") for tag in call.params.get("tags", ()))
    return "Not allowed to modify system tags. System tags start with 'aws:'." if wrong else None


@rule(_CODEPIPELINE, ("CreatePipeline", "TagResource"), "TooManyTagsException", "50 tags a pipeline", source="1.5")
def too_many_tags(call: Call, view: View) -> str | None:
    there = pipelines.held(view).get(call.params.get("resourceArn", "").rpartition(":")[2])
    keys = {tag["key"] for tag in call.params.get("tags", ())} | set(there.tags if there is not None else ())
    return "The tags limit for the resource has been exceeded: 50" if len(keys) > 50 else None


@rule(_CODEPIPELINE, "CreatePipeline", "LimitExceededException", "1,000 pipelines a region", source="7.7 i")
def too_many(call: Call, view: View) -> str | None:
    most = view.quotas["pipelines"]
    full = len(pipelines.held(view)) >= most
    return f"Account '{view.account}' has reached the limit of {most} pipelines" if full else None


@rule(
    _CODEPIPELINE,
    _WRITES,
    "InvalidStructureException",
    "two stages or more, the first of sources and only it",
    source="7.7 i",
)
def stages(call: Call, view: View) -> str | None:
    found = call.params["pipeline"]["stages"]
    if len(found) < 2:
        wanted = "There should be a minimum of 2 stages in a pipeline"
        return f"Pipeline has only {len(found)} stage(s). {wanted}"
    first, *others = [{action["actionTypeId"]["category"] for action in stage["actions"]} for stage in found]
    if first != {"Source"}:
        return "Pipeline should start with a stage that only contains source actions"
    return "Source actions may only occur in the first stage" if any("Source" in one for one in others) else None


@rule(
    _CODEPIPELINE,
    _WRITES,
    "InvalidStructureException",
    "stages, and the actions of one, have names of their own",
    source="CodePipeline User Guide: pipeline structure",
)
def names(call: Call, view: View) -> str | None:
    found = call.params["pipeline"]["stages"]
    if any(not stage["actions"] for stage in found):
        return "A stage must contain at least one action"
    named = [[stage["name"] for stage in found], *([one["name"] for one in stage["actions"]] for stage in found)]
    twice = next((one for each in named for one in each if each.count(one) > 1), None)
    return f"The name '{twice}' has been used more than once" if twice else None


@rule(
    _CODEPIPELINE,
    _WRITES,
    "InvalidStructureException",
    "an artifact is made once, and before it is used",
    source="CodePipeline User Guide: pipeline structure",
)
def artifacts(call: Call, view: View) -> str | None:
    made: set[str] = set()
    for action in _in_order(call.params["pipeline"]["stages"]):
        for one in action.get("inputArtifacts", ()):
            if one["name"] not in made:
                return (
                    f"Input Artifact Bundle {one['name']} in action {action['name']} is not declared as Output "
                    "Artifact in any of the preceding actions"
                )
        for one in action.get("outputArtifacts", ()):
            if one["name"] in made:
                return f"Output Artifact Bundle name must be unique within the pipeline. {one['name']} has been used more than once."  # noqa: E501
            made.add(one["name"])
    return None


@rule(
    _CODEPIPELINE,
    _WRITES,
    "InvalidStructureException",
    "one artifact store, or one for each region, and not both",
    source="7.7 h",
)
def one_store(call: Call, view: View) -> str | None:
    said = call.params["pipeline"]
    if ("artifactStore" in said) == ("artifactStores" in said):
        return "Exactly one of artifactStore and artifactStores must be specified"
    here = view.region in said.get("artifactStores", {view.region: None})
    return None if here else f"The artifact store for region {view.region} is not specified"


@rule(
    _CODEPIPELINE, _WRITES, "InvalidStructureException", "the artifacts' bucket is there, in its region", source="7.7 h"
)
def bucket(call: Call, view: View) -> str | None:
    said = call.params["pipeline"]
    stores = said.get("artifactStores") or {view.region: said["artifactStore"]}
    for region, store in stores.items():
        found = pipelines.bucket_of(view, store["location"])
        if found is None or found.region_name != region:
            return f"The artifact bucket '{store['location']}' does not exist in region {region}"
    return None


@rule(
    _CODEPIPELINE, _WRITES, "InvalidStructureException", "CodePipeline may assume the pipeline's role", source="7.7 e"
)
def role(call: Call, view: View) -> str | None:
    arn = call.params["pipeline"]["roleArn"]
    good = roles.assumable(view, arn, "codepipeline.amazonaws.com")
    return None if good else f"CodePipeline is not authorized to perform AssumeRole on role {arn}"


def _in_order(found: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Actions in the order in which they run."""
    for stage in found:
        yield from sorted(stage["actions"], key=lambda action: int(action.get("runOrder", 1)))


def _missing(view: View, name: str) -> str | None:
    there = name in pipelines.held(view)
    said = f"The account with id '{view.account}' does not include a pipeline with the name '{name}'"
    return None if there else said
