"""Examples of what day 3 makes: repositories, images, roles of AWS's own, logs, the cluster, names and services."""

from __future__ import annotations

from typing import Any

from muvi_provision.day1_network.listeners import Listener
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.day2_data.roles import Role
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.discovery import DiscoveryService
from muvi_provision.day3_compute.image_lookup import Image
from muvi_provision.day3_compute.linked_roles import ServiceLinkedRole
from muvi_provision.day3_compute.logs import LogGroup
from muvi_provision.day3_compute.namespaces import Namespace
from muvi_provision.day3_compute.repositories import Repository
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day3_compute.task_definitions import TaskDefinition
from muvi_provision.resource import Unknown
from tests.resources import examples_balancing as balancing
from tests.resources.contract import REGION, Example
from tests.resources.examples_balancing import at

VPC = Vpc("main", cidr="10.240.0.0/16")
APP_A = Subnet("app-a", vpc=at("vpc/main"), cidr="10.240.4.0/24", zone=f"{REGION}a")
APP_B = Subnet("app-b", vpc=at("vpc/main"), cidr="10.240.5.0/24", zone=f"{REGION}b")
GROUP = SecurityGroup("svc-gateway", vpc=at("vpc/main"), description="Service gateway", open_egress=True)
OTHER_GROUP = SecurityGroup("svc-other", vpc=at("vpc/main"), description="Service other", open_egress=True)

REPOSITORY = Repository("gateway", keep=10)
IMAGE = Image("gateway", repository=at(REPOSITORY.address), tag="latest")
ECS_ROLE = ServiceLinkedRole("ecs", service="ecs.amazonaws.com")
LOGS = LogGroup("gateway", retention_days=14)
OTHER_LOGS = LogGroup("other", retention_days=14)
CLUSTER = EcsCluster("main", role=at(ECS_ROLE.address))
NAMESPACE = Namespace("main", vpc=at("vpc/main"), domain="internal")
NAME = DiscoveryService("gateway", namespace=at(NAMESPACE.address))
EXECUTION = Role("task-execution", trust="ecs-tasks.amazonaws.com")
TASK = Role("task-gateway", trust="ecs-tasks.amazonaws.com")
OTHER_TASK = Role("task-other", trust="ecs-tasks.amazonaws.com")

DEFINITION = TaskDefinition(
    "gateway",
    image="000011112222.dkr.ecr.me-central-1.amazonaws.com/uat-gateway:latest",
    port=3001,
    cpu=512,
    memory=1024,
    execution_role=Unknown(EXECUTION.address, "arn"),  # type: ignore[arg-type]
    task_role=Unknown(TASK.address, "arn"),  # type: ignore[arg-type]
    log_group=at(LOGS.address),
    environment={"PORT": "3001", "ROLE_OF": Unknown(TASK.address, "arn")},
    secrets={"KEPT": f"arn:aws:secretsmanager:{REGION}:000011112222:secret:uat/gateway/key-AbCdEf", "NOT_YET": ""},
    health_command=("node", "-e", "process.exit(0)"),
    grace_s=60,
)
NEXT = TaskDefinition(
    "next",
    image="000011112222.dkr.ecr.me-central-1.amazonaws.com/uat-gateway:next",
    port=3001,
    cpu=512,
    memory=1024,
    execution_role=Unknown(EXECUTION.address, "arn"),  # type: ignore[arg-type]
    task_role=Unknown(TASK.address, "arn"),  # type: ignore[arg-type]
    log_group=at(LOGS.address),
    environment={},
    secrets={},
)
INSIDE: dict[str, Any] = {
    "cluster": at(CLUSTER.address),
    "task_definition": Unknown(DEFINITION.address, "arn"),
    "image": at(IMAGE.address),
    "subnets": (at(APP_A.address), at(APP_B.address)),
    "groups": (at(GROUP.address),),
    "tasks": 1,
    "cpu": 512,
    "memory": 1024,
    "cpu_in_all": 1024,
}
SERVICE = EcsService("gateway", **INSIDE, names=(Unknown(NAME.address, "arn"),))  # type: ignore[arg-type]
OTHER_HTTP = Listener(
    "website",
    load_balancer=at(balancing.PUBLIC.address),
    port=8080,
    protocol="HTTP",
    target_group=at(balancing.WEBSITE.address),
    certificate=None,
)
BALANCED = EcsService(
    "gateway",
    **INSIDE,
    target_group=at(balancing.GATEWAY.address),
    listener=at(balancing.HTTP.address),
    port=3001,
    grace_s=60,
)

ROLES = (EXECUTION, TASK, OTHER_TASK)
BALANCING = (
    *balancing.GROUND[1:], balancing.PUBLIC, balancing.GATEWAY, balancing.WEBSITE, balancing.HTTP, OTHER_HTTP,
)  # fmt: skip
RUNNING = (VPC, APP_A, APP_B, GROUP, OTHER_GROUP, REPOSITORY, IMAGE, *ROLES, LOGS, ECS_ROLE, CLUSTER, DEFINITION)

EXAMPLES = [
    Example(REPOSITORY, (), {"keep": 5, "immutable": True, "scan_on_push": False}),
    Example(IMAGE, (REPOSITORY,), empty=frozenset({"digest"})),
    Example(ECS_ROLE),
    Example(LOGS, (), {"retention_days": 30}),
    Example(CLUSTER, (ECS_ROLE,), {"container_insights": "enabled"}),
    Example(NAMESPACE, (VPC,)),
    Example(NAME, (VPC, NAMESPACE), {"ttl": 20}),
    Example(
        DEFINITION,
        (*ROLES, LOGS, OTHER_LOGS),
        {
            "image": NEXT.image,
            "port": 3002,
            "cpu": 256,
            "memory": 2048,
            "execution_role": Unknown(OTHER_TASK.address, "arn"),
            "task_role": Unknown(OTHER_TASK.address, "arn"),
            "log_group": at(OTHER_LOGS.address),
            "environment": {"PORT": "3001"},
            "secrets": {"KEPT": f"arn:aws:secretsmanager:{REGION}:000011112222:secret:uat/gateway/other-AbCdEf"},
            "health_command": (),
            "grace_s": 90,
        },
        unseen=frozenset({"content"}),
    ),
    Example(
        SERVICE,
        (*RUNNING, NAMESPACE, NAME),
        {
            "subnets": (at(APP_A.address),),
            "groups": (at(OTHER_GROUP.address),),
            "minimum_percent": 50,
            "maximum_percent": 150,
            "names": (),
        },
        unseen=frozenset({"running", "task_definition"}),
    ),
    Example(
        BALANCED,
        (*RUNNING, *BALANCING),
        {"target_group": at(balancing.WEBSITE.address), "grace_s": 90},
        unseen=frozenset({"port"}),  # it changes together with the container's
    ),
]
