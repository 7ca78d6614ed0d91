"""Build projects. What they have built is history, and no matter of theirs."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> ARN -> description
_LEFT_OUT = ("arn", "created", "lastModifiedDate", "tags")


def describe(view: View) -> Described:
    return {"project": {one.arn: _project(one) for one in view.backend("codebuild").codebuild_projects.values()}}


def _project(one: Any) -> dict[str, Any]:
    told = {name: value for name, value in one.project_metadata.items() if name not in _LEFT_OUT}
    return told | {"tags": dict(sorted((tag["key"], tag.get("value", "")) for tag in one.tags or ()))}


SERVICES = {"codebuild": describe}
