"""What a service on ECS stands on: a network, a load balancer, roles, an image, a log group, a secret, a cluster."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.refusals import Net, balancer, forward, group, network, target_group

MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def trust(*services: str) -> str:
    said = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


def allow(*actions: str, resource: str = "*") -> str:
    said = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


def layer(ecr: Any, repository: str, content: bytes) -> dict[str, Any]:
    """Upload one layer in one part; how a manifest names it."""
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    where = {"repositoryName": repository, "uploadId": upload}
    ecr.upload_layer_part(partFirstByte=0, partLastByte=len(content) - 1, layerPartBlob=content, **where)
    assert ecr.complete_layer_upload(layerDigests=[digest], **where)["layerDigest"] == digest
    return {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest, "size": len(content)}


def manifest(ecr: Any, repository: str, content: bytes) -> str:
    """A manifest whose config and layer are uploaded."""
    said = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": layer(ecr, repository, b"{}" + content),
        "layers": [layer(ecr, repository, content)],
    }
    return json.dumps(said)


def image(ecr: Any, repository: str, tag: str, content: bytes = b"layer") -> str:
    """Push an image; its digest."""
    text = manifest(ecr, repository, content + tag.encode())
    return str(
        ecr.put_image(repositoryName=repository, imageManifest=text, imageTag=tag)["image"]["imageId"]["imageDigest"]
    )


@dataclass
class World:
    cloud: Cloud
    connect: Connect
    clock: Leaping
    net: Net = field(init=False)
    group: str = field(init=False)
    table: str = field(init=False)

    def __post_init__(self) -> None:
        for name in ("ec2", "ecs", "ecr", "iam", "logs"):
            setattr(self, name, self.connect(self.cloud, name))
        self.elb, self.secrets = self.connect(self.cloud, "elbv2"), self.connect(self.cloud, "secretsmanager")
        self.net = network(self.ec2)
        self.group = group(self.ec2, self.net.vpc)
        (main,) = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [self.net.vpc]}])["RouteTables"]
        self.table = str(main["RouteTableId"])
        self.ec2.create_route(RouteTableId=self.table, DestinationCidrBlock="0.0.0.0/0", GatewayId=self.net.gateway)
        self.iam.create_role(RoleName="execution", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
        self.iam.attach_role_policy(RoleName="execution", PolicyArn=MANAGED)
        self.ecr.create_repository(repositoryName="web")
        image(self.ecr, "web", "1")
        self.logs.create_log_group(logGroupName="/ecs/web")
        for name in ("ecs", "ecs.application-autoscaling"):
            self.iam.create_service_linked_role(AWSServiceName=f"{name}.amazonaws.com")
        self.wait(15)
        self.ecs.create_cluster(clusterName="uat")

    ec2: Any = field(init=False)
    ecs: Any = field(init=False)
    ecr: Any = field(init=False)
    iam: Any = field(init=False)
    logs: Any = field(init=False)
    elb: Any = field(init=False)
    secrets: Any = field(init=False)

    def wait(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    @property
    def role(self) -> str:
        return f"arn:aws:iam::{self.cloud.account}:role/execution"

    @property
    def place(self) -> dict[str, Any]:
        """Two subnets whose tasks have addresses of their own, since there is no NAT gateway."""
        return {
            "awsvpcConfiguration": {
                "subnets": list(self.net.subnets[:2]),
                "securityGroups": [self.group],
                "assignPublicIp": "ENABLED",
            }
        }

    def container(self, name: str = "web", tag: str = "1", **more: Any) -> dict[str, Any]:
        options = {"awslogs-group": "/ecs/web", "awslogs-region": REGION, "awslogs-stream-prefix": "web"}
        said = {
            "name": name,
            "image": f"{self.cloud.account}.dkr.ecr.{REGION}.amazonaws.com/web:{tag}",
            "portMappings": [{"containerPort": 8080}],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }
        return said | more

    def asked(self, family: str = "web", *containers: dict[str, Any], **more: Any) -> dict[str, Any]:
        said = {
            "family": family,
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "executionRoleArn": self.role,
            "containerDefinitions": list(containers) or [self.container()],
        }
        return {key: value for key, value in (said | more).items() if value is not None}

    def definition(self, family: str = "web", *containers: dict[str, Any], **more: Any) -> str:
        made = self.ecs.register_task_definition(**self.asked(family, *containers, **more))
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def balanced(self, name: str = "web", delay: int = 60) -> str:
        """A target group behind a listener of its own load balancer."""
        arn = target_group(self.elb, self.net, name)
        attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}]
        self.elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)
        front = balancer(self.elb, self.net, name)
        self.elb.create_listener(LoadBalancerArn=front, Port=80, Protocol="HTTP", DefaultActions=forward(arn))
        return arn

    def service(self, definition: str, name: str = "web", desired: int = 2, **more: Any) -> dict[str, Any]:
        said = {
            "cluster": "uat",
            "serviceName": name,
            "taskDefinition": definition,
            "desiredCount": desired,
            "launchType": "FARGATE",
            "networkConfiguration": self.place,
        }
        return dict(self.ecs.create_service(**(said | more))["service"])

    def behind(self, arn: str, port: int = 8080) -> list[dict[str, Any]]:
        return [{"targetGroupArn": arn, "containerName": "web", "containerPort": port}]

    def seen(self, name: str = "web") -> dict[str, Any]:
        return dict(self.ecs.describe_services(cluster="uat", services=[name])["services"][0])

    def tasks(self, status: str = "RUNNING", name: str = "web") -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster="uat", serviceName=name, desiredStatus=status)["taskArns"]
        return list(self.ecs.describe_tasks(cluster="uat", tasks=arns)["tasks"]) if arns else []

    def health(self, arn: str) -> list[str]:
        found = self.elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return sorted(one["TargetHealth"]["State"] for one in found)

    def messages(self, name: str = "web") -> list[str]:
        return [str(one["message"]) for one in self.seen(name)["events"]]
