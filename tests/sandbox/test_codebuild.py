"""Build projects: made, changed, found, and what CodeBuild refuses."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import allow, trust
from tests.sandbox.refusals import group, network, refused

TAGS = [{"key": "muvi:address", "value": "build/web"}]
MACHINE = {"type": "ARM_CONTAINER", "image": "aws/codebuild/amazonlinux2-aarch64-standard:3.0"}
MACHINE |= {"computeType": "BUILD_GENERAL1_SMALL"}


@pytest.fixture
def builds(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "codebuild")


@pytest.fixture
def role(cloud: Cloud, connect: Connect) -> str:
    return made_role(connect(cloud, "iam"))


def made_role(iam: Any, service: str = "codebuild.amazonaws.com") -> str:
    said = {"RoleName": service.partition(".")[0], "AssumeRolePolicyDocument": trust(service)}
    return str(iam.create_role(**said)["Role"]["Arn"])


def wanted(role: str, name: str = "web", **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"name": name, "serviceRole": role, "environment": MACHINE | {"privilegedMode": True}}
    return said | {"source": {"type": "CODEPIPELINE"}, "artifacts": {"type": "CODEPIPELINE"}} | more


def test_its_life(cloud: Cloud, builds: Any, role: str) -> None:
    made = builds.create_project(**wanted(role, tags=TAGS))["project"]
    arn = f"arn:aws:codebuild:{REGION}:{cloud.account}:project/web"
    assert (made["arn"], made["timeoutInMinutes"], made["queuedTimeoutInMinutes"]) == (arn, 60, 480)
    assert (made["environment"]["privilegedMode"], made["cache"]) == (True, {"type": "NO_CACHE"})
    assert refused(builds.create_project, **wanted(role)) == "ResourceAlreadyExistsException"
    changed = builds.update_project(name="web", description="the web", environment=MACHINE)["project"]
    assert (changed["description"], changed["environment"]["privilegedMode"]) == ("the web", False)
    assert (changed["tags"], changed["source"]) == (TAGS, {"type": "CODEPIPELINE", "insecureSsl": False})
    assert changed["artifacts"]["packaging"] == "NONE"
    assert changed["encryptionKey"] == f"arn:aws:kms:{REGION}:{cloud.account}:alias/aws/s3"
    asked = builds.batch_get_projects(names=["web", arn, "none"])
    assert ([one["name"] for one in asked["projects"]], asked["projectsNotFound"]) == (["web", "web"], ["none"])
    described = cloud.snapshot()["codebuild"][REGION]["project"][arn]
    assert (described["tags"], described["description"]) == ({"muvi:address": "build/web"}, "the web")
    assert builds.start_build(projectName="web")["build"]["projectName"] == "web"
    for _ in range(2):
        builds.delete_project(name="web")
    assert refused(builds.update_project, name="web") == "ResourceNotFoundException"
    assert builds.list_projects()["projects"] == []
    assert "codebuild" not in cloud.snapshot()


def test_listed_by_the_hundred(builds: Any, role: str) -> None:
    for number in range(101):
        builds.create_project(**wanted(role, f"p{number:03}"))
    pages = list(builds.get_paginator("list_projects").paginate(sortOrder="DESCENDING"))
    assert [len(one["projects"]) for one in pages] == [100, 1]
    assert pages[0]["projects"][0] == "p100"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "-web"},
        {"name": "w" * 151},
        {"source": {"type": "GITHUB"}, "artifacts": {"type": "NO_ARTIFACTS"}},
        {"source": {"type": "NO_SOURCE"}, "artifacts": {"type": "NO_ARTIFACTS"}},
        {"source": {"type": "CODEPIPELINE", "location": "https://example.com/x"}},
        {"artifacts": {"type": "NO_ARTIFACTS"}},
        {
            "artifacts": {"type": "S3"},
            "source": {"type": "GITHUB", "location": "https://github.com/owner/code.git"},
        },
        {"environment": MACHINE | {"type": "ARM_LAMBDA_CONTAINER"}},
        {"environment": MACHINE | {"computeType": "BUILD_LAMBDA_1GB"}},
        {"environment": MACHINE | {"computeType": "HUGE"}},
        {"serviceRole": "arn:aws:iam::999999999999:role/codebuild"},
        {"tags": [{"key": "aws:a", "value": ""}]},
        {"tags": [{"key": "a", "value": ""}, {"key": "a", "value": "b"}]},
        {"vpcConfig": {"vpcId": "vpc-0", "subnets": ["subnet-0"], "securityGroupIds": ["sg-0"]}},
    ],
)
def test_what_is_refused(builds: Any, role: str, wrong: dict[str, Any]) -> None:
    assert refused(builds.create_project, **wanted(role, **wrong)) == "InvalidInputException"
    elsewhere = {"type": "GITHUB", "location": "https://github.com/owner/code.git"}
    builds.create_project(**wanted(role, source=elsewhere, artifacts={"type": "NO_ARTIFACTS"}))


def test_a_place_in_the_network(cloud: Cloud, connect: Connect, builds: Any, role: str) -> None:
    ec2 = connect(cloud, "ec2")
    net = network(ec2)
    place = {"vpcId": net.vpc, "subnets": list(net.subnets[:2]), "securityGroupIds": [group(ec2, net.vpc)]}
    with pytest.raises(ClientError, match="Not authorized to perform DescribeSecurityGroups"):
        builds.create_project(**wanted(role, vpcConfig=place))
    looking = {"RoleName": "codebuild", "PolicyName": "look", "PolicyDocument": allow("ec2:Describe*")}
    connect(cloud, "iam").put_role_policy(**looking)
    assert builds.create_project(**wanted(role, vpcConfig=place))["project"]["vpcConfig"] == place
    assert "vpcConfig" not in builds.update_project(name="web", vpcConfig={})["project"]
    assert refused(builds.update_project, name="web", vpcConfig=place | {"subnets": []}) == "InvalidInputException"


def test_the_role_is_heard_of_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    builds, iam = connect(slow, "codebuild"), connect(slow, "iam")
    role = made_role(iam)
    with pytest.raises(ClientError, match="CodeBuild is not authorized to perform: sts:AssumeRole on arn"):
        builds.create_project(**wanted(role))
    clock.sleep(11)
    builds.create_project(**wanted(role))
    other = made_role(iam, "lambda.amazonaws.com")
    clock.sleep(11)
    assert refused(builds.update_project, name="web", serviceRole=other) == "InvalidInputException"


def test_they_are_indexed_and_kept(cloud: Cloud, connect: Connect, builds: Any, role: str) -> None:
    arn = builds.create_project(**wanted(role, tags=TAGS))["project"]["arn"]
    index = connect(cloud, "resourcegroupstaggingapi")
    (found,) = index.get_resources(ResourceTypeFilters=["codebuild:project"])["ResourceTagMappingList"]
    assert found == {"ResourceARN": arn, "Tags": [{"Key": "muvi:address", "Value": "build/web"}]}
    again = Cloud(cloud.clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot() != {}
    again.reset()
