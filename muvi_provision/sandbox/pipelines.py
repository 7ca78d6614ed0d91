"""What the sandbox holds of CodePipeline, and how an execution goes its way.

Nothing is built or deployed: an action takes its time, looks whether what it names is there and whether the role may
do it, and succeeds. An approval
waits for its answer (aws-reality 7.7). Kept with the emulator's pipelines of the region, and so over a restart.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from muvi_provision.sandbox import connections, images, lifecycles, pipeline_rights
from muvi_provision.sandbox.view import View

SECONDS = {"Source": 5.0, "Build": 180.0, "Test": 180.0, "Deploy": 240.0}  # others: 5
FOREVER = float("inf")


@dataclass
class Step:
    """One action of an execution; ``token`` is what an approval is answered with."""

    stage: str
    action: str
    until: float
    token: str
    changed: datetime
    status: str = "InProgress"
    summary: str = ""
    code: str = ""  # of the error, where it fails
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Run:
    """An execution: of which version, where it is, and the actions that it has begun."""

    version: int
    trigger: str
    began: datetime
    changed: datetime
    stage: int = 0
    status: str = "InProgress"
    steps: list[Step] = field(default_factory=list)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def done(self, stage: str) -> dict[str, Step]:
        return {one.action: one for one in self.steps if one.stage == stage}


@dataclass
class Closed:
    """Why a stage lets nothing in, and since when."""

    reason: str
    since: datetime


@dataclass
class Pipeline:
    """``declaration`` is the document as it was given, with AWS's defaults; ``closed``: stages that let nothing in."""

    arn: str
    declaration: dict[str, Any]
    tags: dict[str, str]
    created: datetime
    updated: datetime
    runs: list[Run] = field(default_factory=list)
    closed: dict[str, Closed] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.declaration["name"])


def held(view: View) -> dict[str, Pipeline]:
    """The region's, by name."""
    found: dict[str, Pipeline] = vars(view.backend("codepipeline")).setdefault("shelf", {})
    return found


def begin(view: View, one: Pipeline, trigger: str) -> Run:
    """A new execution."""
    run = Run(one.declaration["version"], trigger, view.today, view.today)
    one.runs.append(run)
    _go_on(view, one, run)
    return run


@lifecycles.also
def advance(view: View) -> None:
    """Every execution goes as far as it can by now."""
    there = view.world.existing("codepipeline", view.account).get(view.region)
    for one in vars(there).get("shelf", {}).values() if there is not None else ():
        for run in one.runs:
            _go_on(view, one, run)


def _go_on(view: View, one: Pipeline, run: Run) -> None:
    while run.status == "InProgress" and _stage(view, one, run):
        pass


def _stage(view: View, one: Pipeline, run: Run) -> bool:
    """One round of the stage that an execution is in; False when there is nothing to do but wait."""
    stages = one.declaration["stages"]
    if run.stage >= len(stages):
        _ended(view, run, "Succeeded")
        return False
    stage = stages[run.stage]
    begun = run.done(stage["name"])
    if not begun and stage["name"] in one.closed:
        return False
    _finish(view, one.declaration, stage, begun)
    if any(step.status == "InProgress" for step in begun.values()):
        return False
    if any(step.status == "Failed" for step in begun.values()):
        _ended(view, run, "Failed")
        return False
    waiting = [action for action in stage["actions"] if action["name"] not in begun]
    first = min((action["runOrder"] for action in waiting), default=0)
    run.steps += [_begun(view, stage["name"], action) for action in waiting if action["runOrder"] == first]
    run.stage += 0 if waiting else 1
    run.changed = view.today
    return True


def _begun(view: View, stage: str, action: Mapping[str, Any]) -> Step:
    category = action["actionTypeId"]["category"]
    until = FOREVER if category == "Approval" else view.now + view.seconds(SECONDS.get(category, 5.0))
    return Step(stage, action["name"], until, str(uuid.uuid4()) if category == "Approval" else "", view.today)


def _finish(view: View, declaration: Mapping[str, Any], stage: Mapping[str, Any], begun: Mapping[str, Step]) -> None:
    for action in stage["actions"]:
        step = begun.get(action["name"])
        if step is not None and step.status == "InProgress" and step.until <= view.now:
            forbidden = pipeline_rights.lacking(view, declaration, action)
            step.summary = forbidden or next(_obstacles(view, action), "")
            step.code = "PermissionError" if forbidden else "ConfigurationError"
            step.status, step.changed = "Failed" if step.summary else "Succeeded", view.today


def _ended(view: View, run: Run, status: str) -> None:
    run.status, run.changed = status, view.today


def _obstacles(view: View, action: Mapping[str, Any]) -> Iterator[str]:
    """Why an action fails: what it names is not there, or not authorised."""
    said = action.get("configuration", {})
    match action["actionTypeId"]["provider"]:
        case "CodeStarSourceConnection":
            one = connections.find(view, said["ConnectionArn"])
            if one is None or one.status != "AVAILABLE":
                yield f"Connection {said['ConnectionArn']} is not available"
        case "ECR":
            repository, tag = images.find(view, view.account, said["RepositoryName"]), said.get("ImageTag", "latest")
            if repository is None or images.image(repository, tag) is None:
                yield f"The image with tag {tag} in the repository {said['RepositoryName']} cannot be found"
        case "S3" if action["actionTypeId"]["category"] == "Source":
            bucket = bucket_of(view, said["S3Bucket"])
            if bucket is None or said["S3ObjectKey"] not in bucket.keys:
                yield f"The object {said['S3ObjectKey']} in the bucket {said['S3Bucket']} cannot be found"
        case "CodeBuild" if said["ProjectName"] not in view.backend("codebuild").codebuild_projects:
            yield f"Project cannot be found: {said['ProjectName']}"
        case "ECS" if f"{said['ClusterName']}:{said['ServiceName']}" not in view.backend("ecs").services:
            yield f"The service {said['ServiceName']} in the cluster {said['ClusterName']} cannot be found"


def bucket_of(view: View, name: str) -> Any:
    """A bucket of the account, or None."""
    held_there = view.world.existing("s3", view.account).values()
    return next((each.buckets[name] for each in held_there if name in each.buckets), None)
