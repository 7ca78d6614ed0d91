"""What a pipeline's role must be allowed for each action (CodePipeline User Guide: action structure reference)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.view import View

Right = tuple[str, str]  # IAM action, ARN of what it is done to


def lacking(view: View, declaration: Mapping[str, Any], action: Mapping[str, Any]) -> str:
    """The first thing that the role may not do, as AWS says it, or nothing."""
    role = str(action.get("roleArn") or declaration["roleArn"])
    for done, resource in (*_handing_over(declaration, action), *_doing(view, action)):
        if not roles.allows(view, role, done, resource):
            who = f"arn:aws:sts::{view.account}:assumed-role/{role.rpartition('/')[2]}/{declaration['name']}"
            return f"User: {who} is not authorized to perform: {done} on resource: {resource}"
    return ""


def _handing_over(declaration: Mapping[str, Any], action: Mapping[str, Any]) -> Iterator[Right]:
    """What one stage hands to the next is in the bucket of artifacts."""
    store = declaration.get("artifactStore") or next(iter(declaration["artifactStores"].values()))
    bucket = f"arn:aws:s3:::{store['location']}"
    coming, going = action.get("inputArtifacts", ()), action.get("outputArtifacts", ())
    if coming or going:
        yield from ((f"s3:GetBucket{what}", bucket) for what in ("Versioning", "Acl", "Location"))
    yield from (("s3:GetObject", f"{bucket}/{declaration['name']}/{one['name']}") for one in coming)
    for one in going:
        yield from _putting(f"{bucket}/{declaration['name']}/{one['name']}")


def _putting(where: str) -> Iterator[Right]:
    yield from ((f"s3:{done}", where) for done in ("PutObject", "PutObjectAcl"))


def _doing(view: View, action: Mapping[str, Any]) -> Iterator[Right]:
    said, kind = action.get("configuration", {}), action["actionTypeId"]
    here = f"{view.region}:{view.account}"
    match kind["provider"]:
        case "CodeStarSourceConnection":
            service = said["ConnectionArn"].split(":")[2]
            yield f"{service}:UseConnection", said["ConnectionArn"]
        case "ECR":
            yield "ecr:DescribeImages", f"arn:aws:ecr:{here}:repository/{said['RepositoryName']}"
        case "S3" if kind["category"] == "Source":
            yield "s3:GetObject", f"arn:aws:s3:::{said['S3Bucket']}/{said['S3ObjectKey']}"
        case "S3":
            yield from _putting(f"arn:aws:s3:::{said['BucketName']}/{said.get('ObjectKey', '*')}")
        case "CodeBuild":
            project = f"arn:aws:codebuild:{here}:project/{said['ProjectName']}"
            yield from ((f"codebuild:{done}", project) for done in ("StartBuild", "BatchGetBuilds"))
        case "ECS":
            yield from _rolling_out(view, f"{said['ClusterName']}:{said['ServiceName']}")


def _rolling_out(view: View, wanted: str) -> Iterator[Right]:
    """aws-reality 7.7: a new revision is asked for on everything, whatever its family is called."""
    backend = view.backend("ecs")
    service = backend.services.get(wanted)
    if service is None:
        return
    yield from ((f"ecs:{done}", service.arn) for done in ("DescribeServices", "UpdateService"))
    yield from ((f"ecs:{done}", "*") for done in ("DescribeTaskDefinition", "RegisterTaskDefinition"))
    definition = backend.describe_task_definition(service.task_definition)
    yield "ecs:TagResource", definition.arn
    handed = (getattr(definition, name, "") for name in ("task_role_arn", "execution_role_arn"))
    yield from (("iam:PassRole", one) for one in dict.fromkeys(handed) if one)
