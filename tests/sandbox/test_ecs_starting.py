"""Why a task does not start: its image, its secrets, its logs, its role, its way out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import INDEX, World, allow, manifest, trust
from tests.sandbox.refusals import nat, refused

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture
def world(slow: Cloud, connect: Connect, clock: Leaping) -> World:
    return World(slow, connect, clock)


def rollout(seen: dict[str, Any]) -> tuple[str, str]:
    primary = seen["deployments"][0]
    assert primary["status"] == "PRIMARY"
    return str(primary["rolloutState"]), str(primary["taskDefinition"])


def test_an_image_that_is_not_there(world: World) -> None:
    world.service(world.definition("web", world.container(tag="none")), deploymentConfiguration=BREAKER)
    world.wait(65)
    (stopped, *_) = world.tasks("STOPPED")
    assert stopped["stoppedReason"].startswith("CannotPullContainerError: ")
    assert stopped["stoppedReason"].endswith("/web:none: not found")
    assert stopped["stopCode"] == "TaskFailedToStart"
    assert stopped["containers"][0]["reason"] == stopped["stoppedReason"]
    world.wait(120)
    assert rollout(world.seen())[0] == "FAILED"


def secret(world: World, **value: str) -> str:
    return str(world.secrets.create_secret(Name="uat/web", **value)["ARN"])


def with_secret(world: World, value_from: str) -> str:
    return world.definition("web", world.container(secrets=[{"name": "PASSWORD", "valueFrom": value_from}]))


def why(world: World) -> str:
    """Why the newest task stopped, a minute later."""
    world.wait(65)
    return str(max(world.tasks("STOPPED"), key=lambda one: one["createdAt"])["stoppedReason"])


def test_a_secret_without_a_value(world: World) -> None:
    arn = secret(world)
    world.iam.put_role_policy(
        RoleName="execution", PolicyName="secrets", PolicyDocument=allow("secretsmanager:GetSecretValue", resource=arn)
    )
    world.wait(11)
    world.service(with_secret(world, arn), desired=1)
    said = why(world)
    assert said.startswith("ResourceInitializationError: unable to pull secrets or registry auth: ")
    assert "staging label: AWSCURRENT" in said
    world.secrets.put_secret_value(SecretId=arn, SecretString='{"password": "x"}')
    world.wait(130)
    assert rollout(world.seen())[0] == "COMPLETED"
    world.ecs.update_service(cluster="uat", service="web", taskDefinition=with_secret(world, f"{arn}:user::"))
    assert "did not contain json key user" in why(world)


def test_a_secret_that_the_role_may_not_read(world: World) -> None:
    world.service(with_secret(world, secret(world, SecretString="x")), desired=1)
    assert "is not authorized to perform: secretsmanager:GetSecretValue" in why(world)


def test_a_secret_under_a_key_of_ours(world: World) -> None:
    key = world.connect(world.cloud, "kms").create_key()["KeyMetadata"]["Arn"]
    arn = secret(world, SecretString="x", KmsKeyId=key)
    put = {"RoleName": "execution", "PolicyName": "p"}
    world.iam.put_role_policy(PolicyDocument=allow("secretsmanager:GetSecretValue", resource=arn), **put)
    world.wait(11)
    world.service(with_secret(world, arn), desired=1)
    assert "Access to KMS is not allowed" in why(world)
    world.iam.put_role_policy(PolicyDocument=allow("secretsmanager:GetSecretValue", "kms:Decrypt"), **put)
    world.wait(130)
    assert rollout(world.seen())[0] == "COMPLETED"


def test_a_log_group_that_is_not_there(world: World) -> None:
    world.logs.delete_log_group(logGroupName="/ecs/web")
    world.service(world.definition(), desired=1)
    said = why(world)
    assert said.startswith("ResourceInitializationError: failed to validate logger args: ")
    assert "The specified log group does not exist." in said


def test_a_role_that_is_gone(world: World) -> None:
    world.service(world.definition(), desired=1)
    world.iam.detach_role_policy(
        RoleName="execution", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    )
    world.iam.delete_role(RoleName="execution")
    assert why(world).startswith(f"ECS was unable to assume the role '{world.role}'")


def test_an_image_for_another_machine(world: World) -> None:
    text = manifest(world.ecr, "web", b"arm")
    put = world.ecr.put_image(repositoryName="web", imageManifest=text)["image"]["imageId"]
    arm = {
        "digest": put["imageDigest"],
        "platform": {"architecture": "arm64", "os": "linux"},
        "mediaType": "x",
        "size": 1,
    }
    whole = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [arm]})
    world.ecr.put_image(repositoryName="web", imageManifest=whole, imageTag="arm")
    world.service(world.definition("web", world.container(tag="arm")), desired=1)
    assert why(world).endswith("does not contain descriptor matching platform 'linux/amd64'")


def test_a_new_role_is_not_known_at_once(world: World) -> None:
    world.iam.create_role(RoleName="fresh", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    definition = world.definition("fresh", taskRoleArn=f"arn:aws:iam::{world.cloud.account}:role/fresh")
    said = {"cluster": "uat", "serviceName": "fresh", "taskDefinition": definition, "desiredCount": 1}
    assert refused(world.ecs.create_service, networkConfiguration=world.place, **said) == "InvalidParameterException"
    world.wait(11)
    world.ecs.create_service(networkConfiguration=world.place, **said)


def test_a_private_subnet_needs_a_way_out(world: World) -> None:
    private = {"awsvpcConfiguration": world.place["awsvpcConfiguration"] | {"assignPublicIp": "DISABLED"}}
    world.service(world.definition(), desired=1, networkConfiguration=private)
    said = why(world)
    assert said.startswith("ResourceInitializationError: unable to pull secrets or registry auth: ")
    assert "Check your task network configuration. ecr.api.me-central-1" in said
    gateway = nat(world.ec2, world.net)
    world.ec2.replace_route(RouteTableId=world.table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
    assert "Check your task network configuration." in why(world)  # the gateway is pending
    world.wait(130)
    assert rollout(world.seen())[0] == "COMPLETED"


def test_endpoints_are_a_way_too(world: World) -> None:
    for name in ("ecr.api", "ecr.dkr", "logs"):
        said = {"VpcEndpointType": "Interface", "SubnetIds": [world.net.subnets[0]], "PrivateDnsEnabled": False}
        world.ec2.create_vpc_endpoint(VpcId=world.net.vpc, ServiceName=f"com.amazonaws.{REGION}.{name}", **said)
    private = {"awsvpcConfiguration": world.place["awsvpcConfiguration"] | {"assignPublicIp": "DISABLED"}}
    world.wait(91)
    world.service(world.definition(), desired=1, networkConfiguration=private)
    assert "task network configuration. s3.me-central-1" in why(world)
    world.ec2.create_vpc_endpoint(
        VpcId=world.net.vpc, ServiceName=f"com.amazonaws.{REGION}.s3", RouteTableIds=[world.table]
    )
    world.wait(250)
    assert rollout(world.seen())[0] == "COMPLETED"


def test_a_parameter(world: World) -> None:
    ssm = world.connect(world.cloud, "ssm")
    arn = f"arn:aws:ssm:{REGION}:{world.cloud.account}:parameter/uat/web"
    world.service(with_secret(world, arn), desired=1)
    assert "is not authorized to perform: ssm:GetParameters" in why(world)
    world.iam.put_role_policy(
        RoleName="execution", PolicyName="p", PolicyDocument=allow("ssm:GetParameters", resource=arn)
    )
    world.wait(70)
    assert why(world).endswith("invalid ssm parameters: /uat/web")
    ssm.put_parameter(Name="/uat/web", Value="x", Type="SecureString")
    world.wait(130)
    assert rollout(world.seen())[0] == "COMPLETED"


def test_a_log_group_that_the_task_makes(world: World) -> None:
    options = world.container()["logConfiguration"]["options"]
    options |= {"awslogs-group": "/ecs/made", "awslogs-create-group": "true"}
    container = world.container(logConfiguration={"logDriver": "awslogs", "options": options})
    world.service(world.definition("web", container), desired=1)
    assert "is not authorized to perform: logs:CreateLogGroup" in why(world)  # the managed policy has it not
    world.iam.put_role_policy(RoleName="execution", PolicyName="p", PolicyDocument=allow("logs:CreateLogGroup"))
    world.wait(130)
    assert rollout(world.seen())[0] == "COMPLETED"
    assert [one["logGroupName"] for one in world.logs.describe_log_groups(logGroupNamePrefix="/ecs/made")["logGroups"]]


def test_a_role_that_may_do_nothing(world: World) -> None:
    world.iam.create_role(RoleName="bare", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    world.wait(11)
    bare = f"arn:aws:iam::{world.cloud.account}:role/bare"
    definition = world.definition("web", executionRoleArn=bare)
    world.service(definition, desired=1)
    assert "is not authorized to perform: logs:CreateLogStream" in why(world)
    for actions, said in (
        (("logs:CreateLogStream",), "is not authorized to perform: ecr:GetAuthorizationToken"),
        (("logs:*", "ecr:GetAuthorizationToken"), "failed with status code: 403 Forbidden"),
    ):
        world.iam.put_role_policy(RoleName="bare", PolicyName="p", PolicyDocument=allow(*actions))
        world.wait(130)
        assert said in why(world)


def test_an_image_from_elsewhere(world: World) -> None:
    plain = {"name": "plain", "image": "nginx:1", "portMappings": [{"containerPort": 80}]}
    definition = world.definition("plain", plain, executionRoleArn=None)
    private = {"awsvpcConfiguration": world.place["awsvpcConfiguration"] | {"assignPublicIp": "DISABLED"}}
    world.service(definition, desired=1, networkConfiguration=private)
    assert why(world) == "CannotPullContainerError: ref pull of nginx:1: dial tcp: i/o timeout"
    world.ecs.update_service(cluster="uat", service="web", networkConfiguration=world.place)
    world.wait(130)
    assert rollout(world.seen())[0] == "COMPLETED"
