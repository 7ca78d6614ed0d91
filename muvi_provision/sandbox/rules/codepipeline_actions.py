"""The actions of a pipeline: who can do them, and what each must be told (aws-reality 7.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import connections
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_WRITES = ("CreatePipeline", "UpdatePipeline")
_CODE = "InvalidActionDeclarationException"

# category, owner, provider -> configuration that must be there
_PROVIDERS: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("Source", "AWS", "CodeStarSourceConnection"): ("ConnectionArn", "FullRepositoryId", "BranchName"),
    ("Source", "AWS", "ECR"): ("RepositoryName",),
    ("Source", "AWS", "S3"): ("S3Bucket", "S3ObjectKey"),
    ("Source", "AWS", "CodeCommit"): ("RepositoryName", "BranchName"),
    ("Source", "ThirdParty", "GitHub"): ("Owner", "Repo", "Branch", "OAuthToken"),
    ("Build", "AWS", "CodeBuild"): ("ProjectName",),
    ("Build", "AWS", "ECRBuildAndPublish"): ("ECRRepositoryName",),
    ("Test", "AWS", "CodeBuild"): ("ProjectName",),
    ("Deploy", "AWS", "ECS"): ("ClusterName", "ServiceName"),
    ("Deploy", "AWS", "CodeDeploy"): ("ApplicationName", "DeploymentGroupName"),
    ("Deploy", "AWS", "CodeDeployToECS"): ("ApplicationName", "DeploymentGroupName"),
    ("Deploy", "AWS", "CloudFormation"): ("ActionMode",),
    ("Deploy", "AWS", "S3"): ("BucketName", "Extract"),
    ("Deploy", "AWS", "Lambda"): ("FunctionName",),
    ("Approval", "AWS", "Manual"): (),
    ("Invoke", "AWS", "Lambda"): ("FunctionName",),
    ("Invoke", "AWS", "StepFunctions"): ("StateMachineArn",),
    ("Compute", "AWS", "Commands"): (),
}


@rule("codepipeline", _WRITES, _CODE, "the region has every action's provider, in version 1", source="0.3")
def provider(call: Call, view: View) -> str | None:
    for action in _actions(call):
        kind = action["actionTypeId"]
        known = _key(kind) in _PROVIDERS and kind["version"] == "1"
        there = kind["provider"] != "CodeStarSourceConnection" or view.region in connections.regions()
        if kind["owner"] != "Custom" and not (known and there):
            spelt = ", ".join(f"{name.capitalize()}: '{kind[name]}'" for name in sorted(kind))
            region = view.region.upper().replace("-", "_")
            return f"ActionType ({spelt}) in action '{action['name']}' is not available in region {region}"
    return None


@rule(
    "codepipeline",
    _WRITES,
    _CODE,
    "an action is told all that it must know",
    source="CodePipeline User Guide: action structure reference",
)
def configuration(call: Call, view: View) -> str | None:
    for action in _actions(call):
        for wanted in _PROVIDERS.get(_key(action["actionTypeId"]), ()):
            if not action.get("configuration", {}).get(wanted):
                return (
                    f"Action configuration for action '{action['name']}' is missing required configuration '{wanted}'"
                )
    return None


@rule(
    "codepipeline",
    _WRITES,
    _CODE,
    "a source puts out an artifact, and takes none in",
    source="CodePipeline User Guide: action structure reference",
)
def ends(call: Call, view: View) -> str | None:
    for action in _actions(call):
        category = action["actionTypeId"]["category"]
        coming, going = action.get("inputArtifacts", ()), action.get("outputArtifacts", ())
        if category == "Source" and (coming or len(going) != 1):
            return f"Action '{action['name']}' must have exactly 1 output artifact and 0 input artifacts"
        if category == "Approval" and (coming or going):
            return f"Action '{action['name']}' must have exactly 0 input artifacts and 0 output artifacts"
        if category in ("Build", "Deploy") and not coming:
            return f"Action '{action['name']}' must have at least 1 input artifact"
    return None


@rule(
    "codepipeline", _WRITES, "InvalidStructureException", "triggers, variables and modes are for type V2", source="7.7"
)
def of_the_second_type(call: Call, view: View) -> str | None:  # last rows
    said = call.params["pipeline"]
    more = said.get("triggers") or said.get("variables") or said.get("executionMode", "SUPERSEDED") != "SUPERSEDED"
    first = said.get("pipelineType", "V1") == "V1"
    return "Triggers, variables and execution modes are only supported for V2 pipelines" if more and first else None


@rule(
    "codepipeline",
    _WRITES,
    "InvalidStructureException",
    "a trigger names a source action that has a connection",
    source="CodePipeline API: GitConfiguration",
)
def triggers(call: Call, view: View) -> str | None:
    connected = [one["name"] for one in _actions(call) if one["actionTypeId"]["provider"] == "CodeStarSourceConnection"]
    for one in call.params["pipeline"].get("triggers", ()):
        wanted = one["gitConfiguration"]["sourceActionName"]
        if wanted not in connected:
            return f"The trigger names '{wanted}', which is no source action with a connection"
    return None


@rule("codepipeline", _WRITES, _CODE, "a copy in a bucket that stays a zip has a name", source="7.7")
def object_key(call: Call, view: View) -> str | None:
    for action in _actions(call):
        said = action.get("configuration", {})
        packed = _key(action["actionTypeId"]) == ("Deploy", "AWS", "S3") and said["Extract"] == "false"
        if packed and not said.get("ObjectKey"):
            return f"Action configuration for action '{action['name']}' is missing required configuration 'ObjectKey'"
    return None


def _actions(call: Call) -> Iterator[Mapping[str, Any]]:
    for stage in call.params["pipeline"]["stages"]:
        yield from stage["actions"]


def _key(kind: Mapping[str, str]) -> tuple[str, str, str]:
    return kind["category"], kind["owner"], kind["provider"]
