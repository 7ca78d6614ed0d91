"""Repositories of images: their settings, and who may look into them."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect
from tests.sandbox.ecs_world import image
from tests.sandbox.refusals import refused

OTHER = "444455556666"
LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "description": "few untagged images",
                "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 3},
                "action": {"type": "expire"},
            }
        ]
    }
)


@pytest.fixture
def ecr(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "ecr")


@pytest.fixture
def other(cloud: Cloud, loader: Any) -> Any:
    """The registry of another account, whose key is its id."""
    from muvi_provision.sandbox.transport import InProcess

    client = loader.client("ecr", aws_access_key_id=OTHER, aws_secret_access_key="x", endpoint_url="http://127.0.0.1:1")
    InProcess(cloud).attach(client.meta.events)
    return client


def test_a_repository_s_life(cloud: Cloud, ecr: Any) -> None:
    made = ecr.create_repository(
        repositoryName="uat/web",
        tags=[{"Key": "a", "Value": "b"}],
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "AES256"},
    )["repository"]
    assert made["repositoryUri"] == f"{cloud.account}.dkr.ecr.me-central-1.amazonaws.com/uat/web"
    assert made["createdAt"].date() == dt.date(2026, 11, 22)
    assert refused(ecr.create_repository, repositoryName="uat/web") == "RepositoryAlreadyExistsException"
    assert refused(ecr.create_repository, repositoryName="Upper") == "InvalidParameterException"
    assert ecr.list_tags_for_resource(resourceArn=made["repositoryArn"])["tags"] == [{"Key": "a", "Value": "b"}]
    ecr.put_image_tag_mutability(repositoryName="uat/web", imageTagMutability="MUTABLE")
    ecr.put_image_scanning_configuration(repositoryName="uat/web", imageScanningConfiguration={"scanOnPush": False})
    (found,) = ecr.describe_repositories(repositoryNames=["uat/web"])["repositories"]
    assert (found["imageTagMutability"], found["imageScanningConfiguration"]) == ("MUTABLE", {"scanOnPush": False})
    image(ecr, "uat/web", "1")
    (described,) = cloud.snapshot()["ecr"]["me-central-1"]["repository"].values()
    assert (described["tags"], described["mutability"]) == ({"a": "b"}, "MUTABLE")
    assert refused(ecr.delete_repository, repositoryName="uat/web") == "RepositoryNotEmptyException"
    ecr.delete_repository(repositoryName="uat/web", force=True)
    assert refused(ecr.delete_repository, repositoryName="uat/web") == "RepositoryNotFoundException"
    assert cloud.snapshot() == {}


def test_any_that_is_missing_is_an_error(ecr: Any) -> None:
    ecr.create_repository(repositoryName="web")
    names = ["web", "none"]
    assert refused(ecr.describe_repositories, repositoryNames=names) == "RepositoryNotFoundException"
    assert refused(ecr.describe_images, repositoryName="none") == "RepositoryNotFoundException"


def test_pages_of_repositories(ecr: Any) -> None:
    for number in range(5):
        ecr.create_repository(repositoryName=f"r{number}")
    pages = list(ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["repositories"]) for page in pages] == [2, 2, 1]
    assert {one["repositoryName"] for page in pages for one in page["repositories"]} == {f"r{n}" for n in range(5)}


def test_lifecycle_policies(ecr: Any) -> None:
    ecr.create_repository(repositoryName="web")
    assert refused(ecr.get_lifecycle_policy, repositoryName="web") == "LifecyclePolicyNotFoundException"
    put = {"repositoryName": "web"}
    assert refused(ecr.put_lifecycle_policy, lifecyclePolicyText="x" * 200, **put) == "InvalidParameterException"
    ecr.put_lifecycle_policy(lifecyclePolicyText=LIFECYCLE, **put)
    assert json.loads(ecr.get_lifecycle_policy(**put)["lifecyclePolicyText"]) == json.loads(LIFECYCLE)
    ecr.delete_lifecycle_policy(**put)
    assert refused(ecr.delete_lifecycle_policy, **put) == "LifecyclePolicyNotFoundException"


def test_limits(connect: Connect) -> None:
    ecr = connect(Cloud(quotas={"ecr_repositories": 1}), "ecr")
    many = [{"Key": f"k{number}", "Value": ""} for number in range(51)]
    assert refused(ecr.create_repository, repositoryName="web", tags=many) == "TooManyTagsException"
    reserved = [{"Key": "aws:x", "Value": ""}]
    assert refused(ecr.create_repository, repositoryName="web", tags=reserved) == "InvalidTagParameterException"
    ecr.create_repository(repositoryName="web", tags=many[:50])
    assert refused(ecr.create_repository, repositoryName="web2") == "LimitExceededException"


def test_the_token_lives_twelve_hours(cloud: Cloud, ecr: Any) -> None:
    (found,) = ecr.get_authorization_token()["authorizationData"]
    assert found["expiresAt"].astimezone(dt.UTC) == cloud.clock.now() + dt.timedelta(hours=12)
    assert base64.b64decode(found["authorizationToken"]).startswith(b"AWS:")
    assert found["proxyEndpoint"] == f"https://{cloud.account}.dkr.ecr.me-central-1.amazonaws.com"


def _letting_in(account: str, *actions: str) -> str:
    said = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": list(actions)}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


def test_another_account_s_repository(cloud: Cloud, ecr: Any, other: Any) -> None:
    other.create_repository(repositoryName="prod/web")
    digest = image(other, "prod/web", "1")
    assert refused(ecr.describe_images, repositoryName="prod/web") == "RepositoryNotFoundException"
    there = {"registryId": OTHER, "repositoryName": "prod/web"}
    assert refused(ecr.describe_images, **there) == "AccessDeniedException"
    read = ("ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:DescribeRepositories")
    other.set_repository_policy(repositoryName="prod/web", policyText=_letting_in(cloud.account, *read))
    assert ecr.describe_images(**there)["imageDetails"][0]["imageDigest"] == digest
    (got,) = ecr.batch_get_image(imageIds=[{"imageTag": "1"}], **there)["images"]
    layer = json.loads(got["imageManifest"])["layers"][0]["digest"]
    assert f"/{OTHER}/" in ecr.get_download_url_for_layer(layerDigest=layer, **there)["downloadUrl"]
    assert refused(ecr.list_images, **there) == "AccessDeniedException"
    assert refused(ecr.initiate_layer_upload, **there) == "AccessDeniedException"
    assert refused(ecr.describe_images, registryId=OTHER, repositoryName="none") == "RepositoryNotFoundException"
    assert "ecr" not in cloud.snapshot()  # it is not ours
