"""Build projects: what they build from and on, and their role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_CODEBUILD = "codebuild"
_WRITES = ("CreateProject", "UpdateProject")
_CODE = "InvalidInputException"
_LOOKS = ("DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs")


@rule(_CODEBUILD, "CreateProject", "ResourceAlreadyExistsException", "one project of a name", source="7.8 c")
def taken(call: Call, view: View) -> str | None:
    there = call.params["name"] in view.backend(_CODEBUILD).codebuild_projects
    return f"Project already exists: {_arn(view, call.params['name'])}" if there else None


@rule(
    _CODEBUILD,
    ("UpdateProject", "StartBuild"),
    "ResourceNotFoundException",
    "the project is there",
    source="CodeBuild API: UpdateProject",
)
def missing(call: Call, view: View) -> str | None:
    name = str(call.params.get("name") or call.params.get("projectName"))
    there = name.rpartition("/")[2] in view.backend(_CODEBUILD).codebuild_projects
    return None if there else f"Project cannot be found: {_arn(view, name)}"


@rule(
    _CODEBUILD,
    "CreateProject",
    "AccountLimitExceededException",
    "5,000 projects a region",
    source="CodeBuild User Guide: quotas",
)
def too_many(call: Call, view: View) -> str | None:
    most = view.quotas["build_projects"]
    full = len(view.backend(_CODEBUILD).codebuild_projects) >= most
    return f"Cannot have more than {most} projects" if full else None


@rule(
    _CODEBUILD,
    _WRITES,
    _CODE,
    "a source is somewhere, unless a pipeline brings it or there is none",
    source="CodeBuild API: ProjectSource",
)
def source(call: Call, view: View) -> str | None:
    said = _wanted(call, view, "source")
    if said["type"] not in ("CODEPIPELINE", "NO_SOURCE") and not said.get("location"):
        return "Project source location is required"
    if said["type"] == "CODEPIPELINE" and said.get("location"):
        return "Invalid project source: location must be empty for source type CODEPIPELINE"
    return "Buildspec is required for source type NO_SOURCE" if _without_orders(said) else None


@rule(
    _CODEBUILD,
    _WRITES,
    _CODE,
    "artifacts go somewhere, or to the pipeline that brings the source",
    source="CodeBuild API: ProjectArtifacts",
)
def artifacts(call: Call, view: View) -> str | None:
    said, brought = _wanted(call, view, "artifacts"), _wanted(call, view, "source")["type"]
    if (said["type"] == "CODEPIPELINE") != (brought == "CODEPIPELINE"):
        return f"Invalid artifacts: artifact type {said['type']} cannot be used with source type {brought}"
    if said["type"] == "S3" and not said.get("location"):
        return "Invalid artifacts: location must be specified for artifact type S3"
    wrong = said["type"] == "NO_ARTIFACTS" and said.get("location")
    return "Invalid artifacts: artifact type NO_ARTIFACTS should have null location" if wrong else None


@rule(
    _CODEBUILD,
    _WRITES,
    _CODE,
    "a machine of its kind, and the right to Docker only on one of its own",
    source="CodeBuild API: ProjectEnvironment",
)
def environment(call: Call, view: View) -> str | None:
    said = _wanted(call, view, "environment")
    function = said["type"].endswith("LAMBDA_CONTAINER")
    if function != said["computeType"].startswith("BUILD_LAMBDA"):
        return f"The compute type {said['computeType']} is not supported for environment type {said['type']}"
    wrong = function and said.get("privilegedMode")
    return f"Privileged mode is not supported for environment type {said['type']}" if wrong else None


@rule(_CODEBUILD, _WRITES, _CODE, "the role is this account's", source="from memory")
def own_role(call: Call, view: View) -> str | None:
    arn = call.params.get("serviceRole", "")
    good = not arn.startswith("arn:") or arn.startswith(f"arn:aws:iam::{view.account}:role/")
    return None if good else "Invalid service role: Service role account ID does not match caller's account"


@rule(_CODEBUILD, _WRITES, _CODE, "CodeBuild may assume the project's role", source="7.8 e")
def role(call: Call, view: View) -> str | None:
    arn = call.params.get("serviceRole")
    if arn is None:
        return None
    good = roles.assumable(view, arn, "codebuild.amazonaws.com")
    return None if good else f"CodeBuild is not authorized to perform: sts:AssumeRole on {arn}"


@rule(
    _CODEBUILD, _WRITES, _CODE, "a VPC is given with its own subnets and groups", source="CodeBuild API: CreateProject"
)
def network(call: Call, view: View) -> str | None:
    said = call.params.get("vpcConfig")
    if not said or not any(said.values()):
        return None
    for member, kind in (("subnets", "subnet"), ("securityGroupIds", "security_group")):
        for wanted in said.get(member) or [""]:
            found = view.find(kind, wanted)
            if found is None or found.vpc_id != said.get("vpcId"):
                return f"Invalid vpc config: {member} do not belong to the VPC {said.get('vpcId')}: {wanted}"
    return None


@rule(_CODEBUILD, _WRITES, _CODE, "in a VPC the role may look at the network", source="7.8 e")
def network_role(call: Call, view: View) -> str | None:
    if not (call.params.get("vpcConfig") or {}).get("vpcId"):
        return None
    looks = all(roles.permits(view, _role(call, view), f"ec2:{one}") for one in _LOOKS)
    return None if looks else "Not authorized to perform DescribeSecurityGroups"


def _role(call: Call, view: View) -> str:
    said = call.params.get("serviceRole")
    held = view.backend(_CODEBUILD).codebuild_projects
    return str(said or held[call.params["name"]].project_metadata["serviceRole"])


@rule(_CODEBUILD, _WRITES, _CODE, "tags have keys of their own, none of them AWS's", source="1.5")
def tags(call: Call, view: View) -> str | None:
    keys = [str(tag.get("key", "")) for tag in call.params.get("tags", ())]
    if any(not key or key.lower().startswith("aws:") for key in keys):
        return "Invalid tags: a key must not be empty or begin with aws:"
    return "Invalid tags: duplicate tag keys" if len(set(keys)) < len(keys) else None


def _wanted(call: Call, view: View, member: str) -> Mapping[str, Any]:
    """What the call says, else what the project has."""
    if member in call.params:
        said: Mapping[str, Any] = call.params[member]
        return said
    held: Mapping[str, Any] = view.backend(_CODEBUILD).codebuild_projects[call.params["name"]].project_metadata[member]
    return held


def _without_orders(said: Mapping[str, Any]) -> bool:
    return said["type"] == "NO_SOURCE" and not said.get("buildspec")


def _arn(view: View, name: str) -> str:
    return f"arn:aws:codebuild:{view.region}:{view.account}:project/{name}"
