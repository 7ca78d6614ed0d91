"""What a pipeline does, stage by stage, and what the build is told. Pure.

Facts: aws-reality 7.7 and 7.8. Where a region has no connections the image in the repository is the source: whoever
builds it pushes it, and the rest of the pipeline goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from muvi_provision.day3_compute import service_plans
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.repositories import Repository
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.day5_serverless.building import BuildProject
from muvi_provision.day5_serverless.connections import Connection, exist_in
from muvi_provision.environment import Environment
from muvi_provision.environment.serverless import Pipeline as PipelinePlan
from muvi_provision.naming import physical
from muvi_provision.resource import Resource, Unknown

Provider = Literal["GitHub", "GitLab", "Bitbucket"]
SOURCE, BUILT = "Source", "Built"
DEPLOYED = "imagedefinitions.json"  # what the deployment reads: which container runs which image from now on
_PUSHES = """\
version: 0.2
phases:
  pre_build:
    commands:
      - aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY%%/*}"
      - TAG=$(printf %s "$CODEBUILD_RESOLVED_SOURCE_VERSION" | cut -c 1-12)
  build:
    commands:
      - docker build --platform linux/amd64 -t "$REPOSITORY:$TAG" .
      - docker push "$REPOSITORY:$TAG"
      - if [ -n "$USUAL_TAG" ]; then docker tag "$REPOSITORY:$TAG" "$REPOSITORY:$USUAL_TAG"; fi
      - if [ -n "$USUAL_TAG" ]; then docker push "$REPOSITORY:$USUAL_TAG"; fi
  post_build:
    commands:
      - printf '[{"name":"%s","imageUri":"%s"}]' "$CONTAINER" "$REPOSITORY:$TAG" > imagedefinitions.json
artifacts:
  files: [imagedefinitions.json]
"""
_NAMES = """\
version: 0.2
phases:
  build:
    commands:
      - IMAGE=$(jq -r .ImageURI imageDetail.json)
      - printf '[{"name":"%s","imageUri":"%s"}]' "$CONTAINER" "$IMAGE" > imagedefinitions.json
artifacts:
  files: [imagedefinitions.json]
"""


def from_source(environment: Environment) -> bool:
    """Whether pipelines begin with the source code; else they begin with the image."""
    return bool(environment.pipelines) and exist_in(environment.region)


def providers(environment: Environment) -> dict[str, Provider]:
    """The connections that are needed: name -> provider. The first is plainly ``source``."""
    wanted = dict.fromkeys(plan.provider for plan in environment.pipelines.values())
    names = ("source", *(f"source-{provider.lower()}" for provider in list(wanted)[1:]))
    return dict(zip(names, wanted, strict=False)) if from_source(environment) else {}


def connection_of(environment: Environment, service: str) -> str:
    """The name of the connection that a service's pipeline reads through."""
    provider = environment.pipelines[service].provider
    return next(name for name, each in providers(environment).items() if each == provider)


def build(environment: Environment, service: str) -> dict[str, Any]:
    """What the build project of a service is made with."""
    pushes = from_source(environment)
    uri = _output(Repository, environment.services[service].image, "uri")
    image = service_plans.image(environment, service)
    told = {"REPOSITORY": uri, "USUAL_TAG": "" if environment.images.immutable else image.tag} if pushes else {}
    return {
        "buildspec": _PUSHES if pushes else _NAMES,
        "variables": {"CONTAINER": service, **told},
        "privileged": pushes,
    }


def stages(environment: Environment, service: str) -> tuple[dict[str, Any], ...]:
    """Source, approval, build, copy, deployment; without those that the environment does not want."""
    return tuple(_stages(environment, service, environment.pipelines[service]))


def _stages(environment: Environment, service: str, plan: PipelinePlan) -> Iterator[dict[str, Any]]:
    yield _stage("Source", _source(environment, service, plan), made=SOURCE)
    if plan.approval:
        says = {"CustomData": f"May {service} be built and rolled out in {environment.name}?"}
        yield _stage("Approval", _action("Approval", "Manual", says))
    project = physical(environment.name, service, BuildProject.declared.name_limit)
    yield _stage("Build", _action("Build", "CodeBuild", {"ProjectName": project}), SOURCE, BUILT)
    if plan.copies:
        where = {"BucketName": _output(Bucket, plan.copies), "Extract": "false", "ObjectKey": _key(service)}
        yield _stage("Copy", _action("Deploy", "S3", where), BUILT)
    where = {
        "ClusterName": physical(environment.name, "main", EcsCluster.declared.name_limit),
        "ServiceName": physical(environment.name, service, EcsService.declared.name_limit),
        "FileName": DEPLOYED,
    }
    yield _stage("Deploy", _action("Deploy", "ECS", where), BUILT)


def _source(environment: Environment, service: str, plan: PipelinePlan) -> dict[str, Any]:
    if not from_source(environment):
        image = service_plans.image(environment, service)
        where = {"RepositoryName": _output(Repository, image.repository), "ImageTag": image.tag}
        return _action("Source", "ECR", where)
    where = {
        "ConnectionArn": _output(Connection, connection_of(environment, service), "arn"),
        "FullRepositoryId": plan.repository,
        "BranchName": plan.branch,
        "DetectChanges": "true",
    }
    return _action("Source", "CodeStarSourceConnection", where)


def _key(service: str) -> str:
    """The name of a copy: one for each run, told by the pipeline itself."""
    return service + "/#{codepipeline.PipelineExecutionId}.zip"


def _action(category: str, provider: str, configuration: Mapping[str, Any]) -> dict[str, Any]:
    what = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"actionTypeId": what, "configuration": dict(configuration), "runOrder": 1}


def _stage(name: str, action: dict[str, Any], taken: str = "", made: str = "") -> dict[str, Any]:
    """A stage of one action, with what it takes from the one before and what it hands on."""
    handed = {
        "inputArtifacts": ({"name": taken},) if taken else (),
        "outputArtifacts": ({"name": made},) if made else (),
    }
    return {"name": name, "actions": ({"name": name, **action, **handed},)}


@dataclass(frozen=True)
class StartPlan:
    """What starts a pipeline: the rule's name, the pattern of the event (JSON), and both in words."""

    name: str
    pattern: str
    description: str


def starts(environment: Environment, service: str) -> tuple[StartPlan, ...]:
    """Where the image is the source, that somebody pushes it; a connection tells a pipeline by itself."""
    if from_source(environment):
        return ()
    says = f"Somebody pushed the image that {service} runs"
    return (StartPlan(f"image-pushed-{service}", json.dumps(_pushed(environment, service)), says),)


def _pushed(environment: Environment, service: str) -> dict[str, Any]:
    image = service_plans.image(environment, service)
    repository = physical(environment.name, image.repository, Repository.declared.name_limit)
    what = {
        "action-type": ["PUSH"],
        "result": ["SUCCESS"],
        "repository-name": [repository],
        "image-tag": [image.tag],
    }
    return {"source": ["aws.ecr"], "detail-type": ["ECR Image Action"], "detail": what}


def meaning(shown: Any) -> list[dict[str, Any]]:
    """Stages in one form, whatever AWS fills in: names, what is done with what, and what is handed on."""
    kept = ("name", "actionTypeId", "configuration", "runOrder", "inputArtifacts", "outputArtifacts")
    usual = {"runOrder": 1, "inputArtifacts": [], "outputArtifacts": [], "configuration": {}}
    return [
        {
            "name": stage["name"],
            "actions": [{key: {**usual, **action}[key] for key in kept} for action in stage["actions"]],
        }
        for stage in shown
    ]


def _output(kind: type[Resource], name: str, output: str = "id") -> Any:
    return Unknown(f"{kind.declared.kind}/{name}", output)
