"""What a pipeline's role must be allowed for its actions to succeed (aws-reality 7.7)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import World
from tests.sandbox.refusals import refused
from tests.sandbox.test_codepipeline import BUILD, SOURCE, Place, action

HERE = f"{REGION}:000011112222"
ROLL_OUT = action("Roll", "Deploy", "ECS", ClusterName="uat", ServiceName="web", inputArtifacts="built")
COPY = action("Copy", "Deploy", "S3", BucketName="copies", Extract="false", ObjectKey="w.zip", inputArtifacts="built")
STAGES = (("Source", [SOURCE]), ("Build", [BUILD]), ("Copy", [COPY]), ("Roll", [ROLL_OUT]))
RIGHTS = {
    "ecr:DescribeImages": f"arn:aws:ecr:{HERE}:repository/web",
    "s3:GetBucketVersioning": "arn:aws:s3:::artifacts-of-web",
    "s3:GetBucketAcl": "arn:aws:s3:::artifacts-of-web",
    "s3:GetBucketLocation": "arn:aws:s3:::artifacts-of-web",
    "s3:PutObject": "arn:aws:s3:::*/*",
    "s3:PutObjectAcl": "arn:aws:s3:::*/*",
    "s3:GetObject": "arn:aws:s3:::artifacts-of-web/*",
    "codebuild:StartBuild": f"arn:aws:codebuild:{HERE}:project/web",
    "codebuild:BatchGetBuilds": f"arn:aws:codebuild:{HERE}:project/web",
    "ecs:DescribeServices": f"arn:aws:ecs:{HERE}:service/uat/web",
    "ecs:UpdateService": f"arn:aws:ecs:{HERE}:service/uat/web",
    "ecs:DescribeTaskDefinition": "*",
    "ecs:RegisterTaskDefinition": "*",
    "ecs:TagResource": f"arn:aws:ecs:{HERE}:task-definition/web:*",
    "iam:PassRole": "arn:aws:iam::000011112222:role/execution",
}
FAMILY = f"arn:aws:ecs:{HERE}:task-definition/web:*"


def said(rights: dict[str, str]) -> str:
    each = [{"Effect": "Allow", "Action": name, "Resource": arn} for name, arn in rights.items()]
    return json.dumps({"Version": "2012-10-17", "Statement": each})


@pytest.fixture
def place(cloud: Cloud, connect: Connect, clock: Leaping) -> Place:
    world = World(cloud, connect, clock)
    world.service(world.definition())
    made = Place(cloud, connect)
    build: dict[str, Any] = {"source": {"type": "CODEPIPELINE"}, "artifacts": {"type": "CODEPIPELINE"}}
    machine = {"type": "LINUX_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL"}
    made.builds.create_project(name="web", serviceRole=made.made_role("codebuild"), environment=machine, **build)
    return made


def outcome(place: Place, rights: dict[str, str]) -> tuple[list[str], str]:
    """How the stages ended, and why one of them did not go well."""
    place.iam.put_role_policy(RoleName="codepipeline", PolicyName="all", PolicyDocument=said(rights))
    place.pipelines.create_pipeline(pipeline=place.wanted(*STAGES))
    ends = [one["actionStates"][0].get("latestExecution", {}) for one in place.state().values()]
    failed: dict[str, str] = next((one["errorDetails"] for one in ends if "errorDetails" in one), {})
    assert failed.get("code", "PermissionError") == "PermissionError"
    return place.statuses(), failed.get("message", "")


def test_with_all_rights_it_succeeds(place: Place) -> None:
    assert outcome(place, RIGHTS) == (["Succeeded"] * 4, "")


@pytest.mark.parametrize("missing", RIGHTS)
def test_without_one_it_fails(place: Place, missing: str) -> None:
    statuses, why = outcome(place, {name: arn for name, arn in RIGHTS.items() if name != missing})
    assert "Failed" in statuses
    assert f"is not authorized to perform: {missing} on resource: " in why


def test_a_family_is_not_enough_to_describe_its_next_revision(place: Place) -> None:
    statuses, why = outcome(place, RIGHTS | {"ecs:RegisterTaskDefinition": FAMILY})
    assert statuses[-1] == "Failed"
    assert "ecs:RegisterTaskDefinition on resource: *" in why


def test_how_many(clock: Leaping, connect: Connect) -> None:
    place = Place(Cloud(clock, quotas={"pipelines": 1, "build_projects": 0}), connect)
    place.make()
    assert place.refused(name="other") == "LimitExceededException"
    place.pipelines.delete_pipeline(name="web")
    place.make(name="other")
    assert refused(place.furnish) == "AccountLimitExceededException"
    place.cloud.reset()
