"""Build projects (aws-reality 7.8): the emulator wants a location of every source, and changes none."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

_CODEBUILD = "codebuild"
_DEFAULTS: dict[str, Any] = {"timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480, "cache": {"type": "NO_CACHE"}}
_DEFAULTS |= {"badge": {"badgeEnabled": False}, "projectVisibility": "PRIVATE"}
_SOURCE = {"insecureSsl": False}
_ENVIRONMENT = {"environmentVariables": [], "privilegedMode": False, "imagePullCredentialsType": "CODEBUILD"}


@instead(_CODEBUILD, "CreateProject")
def made(call: Call, view: View) -> Any:
    from moto.codebuild.models import CodeBuild

    said = call.params
    one = CodeBuild(
        view.account,
        view.region,
        project_name=said["name"],
        description=None,
        project_source={},
        artifacts={},
        environment={},
        serviceRole=said["serviceRole"],
    )
    key = f"arn:aws:kms:{view.region}:{view.account}:alias/aws/s3"
    one.project_metadata |= _DEFAULTS | {"created": view.today, "tags": [], "encryptionKey": key}
    _write(view, one, said)
    backend = view.backend(_CODEBUILD)
    backend.codebuild_projects[said["name"]] = one
    backend.build_history[said["name"]] = []
    return {"project": one.project_metadata}


@instead(_CODEBUILD, "UpdateProject")
def changed(call: Call, view: View) -> Any:
    """aws-reality 7.8 g: whatever is given is replaced as a whole; the emulator lacks it."""
    one = view.backend(_CODEBUILD).codebuild_projects[call.params["name"]]
    _write(view, one, call.params)
    return {"project": one.project_metadata}


def _write(view: View, one: Any, said: Mapping[str, Any]) -> None:
    told = copy.deepcopy(dict(said))
    if "badgeEnabled" in told:
        told["badge"] = {"badgeEnabled": told.pop("badgeEnabled")}
    for member, usual in (("environment", _ENVIRONMENT), ("source", _SOURCE)):
        if member in told:
            told[member] = usual | told[member]
    if told.get("artifacts", {}).get("type") == "CODEPIPELINE":
        told["artifacts"] = {"name": said["name"], "packaging": "NONE", "encryptionDisabled": False} | told["artifacts"]
    if "vpcConfig" in told and not any(told["vpcConfig"].values()):
        del told["vpcConfig"]  # given as empty, it leaves the VPC
        one.project_metadata.pop("vpcConfig", None)
    one.project_metadata |= told | {"lastModifiedDate": view.today}
    one.tags, one.service_role = one.project_metadata["tags"], one.project_metadata["serviceRole"]


@instead(_CODEBUILD, "BatchGetProjects")
def got(call: Call, view: View) -> Any:
    """By name or ARN; what is not there is named, which the emulator forgets."""
    held = view.backend(_CODEBUILD).codebuild_projects
    asked = {wanted: held.get(wanted.rpartition("/")[2]) for wanted in call.params["names"]}
    return {
        "projects": [one.project_metadata for one in asked.values() if one is not None],
        "projectsNotFound": [wanted for wanted, one in asked.items() if one is None],
    }


@instead(_CODEBUILD, "ListProjects")
def listed(call: Call, view: View) -> Any:
    found = sorted(view.backend(_CODEBUILD).codebuild_projects)
    if call.params.get("sortOrder") == "DESCENDING":
        found.reverse()
    kept, token = page(found, call.params.get("nextToken"), 100)
    return {"projects": kept} | ({"nextToken": token} if token else {})


@instead(_CODEBUILD, "DeleteProject")
def gone(call: Call, view: View) -> Any:
    """aws-reality 7.8 f: always succeeds."""
    view.backend(_CODEBUILD).codebuild_projects.pop(call.params["name"].rpartition("/")[2], None)
    return {}


def _source(view: View) -> dict[str, dict[str, str]]:
    there = view.world.existing(_CODEBUILD, view.account).get(view.region)
    held = there.codebuild_projects.values() if there is not None else ()
    return {one.arn: {tag["key"]: tag.get("value", "") for tag in one.tags or ()} for one in held}


tagging.register("codebuild:project", _source)
