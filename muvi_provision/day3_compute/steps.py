"""Day 3 as it is told in runbook/day3-compute.md: images, roles, logs, the cluster and the services in it."""

from __future__ import annotations

from muvi_provision.day1_network import chain, subnets
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.day2_data.roles import Role
from muvi_provision.day3_compute import given_secrets, grants, service_plans, well
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.discovery import DiscoveryService
from muvi_provision.day3_compute.image_lookup import Image
from muvi_provision.day3_compute.linked_roles import ServiceLinkedRole
from muvi_provision.day3_compute.logs import LogGroup
from muvi_provision.day3_compute.namespaces import Namespace
from muvi_provision.day3_compute.repositories import Repository
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day3_compute.task_definitions import TaskDefinition
from muvi_provision.engine.stack import Stack, Step, step

TITLE = "Compute"


@step("3.1", "Repositories")
def repositories(stack: Stack) -> None:
    """A place for the images of each program, where the oldest ones go by themselves."""
    images = stack.environment.images
    for name in stack.environment.repositories:
        stack.ensure(Repository(name, keep=images.keep, immutable=images.immutable))


@step("3.2", "Images", needs=["3.1"])
def images(stack: Stack) -> None:
    """Which image each tag stands for now; services whose image is missing are made, but run nothing."""
    found = []
    for plan in service_plans.images(stack.environment):
        repository = stack.get(Repository, plan.repository)
        found.append(stack.look_up(Image(plan.name, repository=repository, tag=plan.tag)))
    told = well.what_is_missing(found)
    stack.gate("images", satisfied=well.all_there(found), instructions=told, needs=found, lasting=False)


@step("3.3", "Roles", needs=["3.1"])
def roles(stack: Stack) -> None:
    """What ECS, the programs themselves, functions, the pipeline and automatic scaling may do, and no more."""
    stack.ensure(ServiceLinkedRole("ecs", service="ecs.amazonaws.com"))
    stack.ensure(ServiceLinkedRole("ecs-scaling", service="ecs.application-autoscaling.amazonaws.com"))
    for plan in grants.roles(stack.environment):
        stack.ensure(Role(plan.name, trust=plan.trust, policy=plan.policy, purpose=plan.purpose))


@step("3.4", "Log groups")
def log_groups(stack: Stack) -> None:
    """Where each service's words are kept, and for how long."""
    for name in stack.environment.services:
        stack.ensure(LogGroup(name, retention_days=stack.environment.logs.retention_days))


@step("3.5", "Cluster", needs=["3.3"])
def cluster(stack: Stack) -> None:
    """The room that all services run in."""
    role, insights = stack.get(ServiceLinkedRole, "ecs"), stack.environment.cluster.container_insights
    stack.ensure(EcsCluster("main", role=role, container_insights=insights))


@step("3.6", "Service discovery", needs=["1.1"])
def service_discovery(stack: Stack) -> None:
    """Names inside the network for services that are found without a load balancer."""
    network, plan = stack.get(Vpc, "main"), stack.environment.discovery
    if plan.services:
        namespace = stack.ensure(Namespace("main", vpc=network, domain=plan.namespace))
        for name in plan.services:
            stack.ensure(DiscoveryService(name, namespace=namespace))
        answered = well.answers_private_names(network)
        stack.check("the network answers private names", answered, needs=[network, namespace])


@step("3.7", "Task definitions", needs=["3.2", "3.3", "3.4"])
def task_definitions(stack: Stack) -> None:
    """What each container runs, with which settings, secrets and size."""
    execution = stack.get(Role, grants.EXECUTION)
    for name, plan in stack.environment.services.items():
        stack.ensure(
            TaskDefinition(
                name,
                image=service_plans.running(stack, name).reference,
                port=plan.port,
                cpu=plan.cpu,
                memory=plan.memory,
                execution_role=execution.arn,
                task_role=stack.get(Role, grants.task_role(name)).arn,
                log_group=stack.get(LogGroup, name),
                environment=given_secrets.plain_variables(stack.environment, name),
                secrets=given_secrets.variables(stack.environment, name),
                health_command=plan.health_command,
                grace_s=stack.environment.deployment.grace_s,
            )
        )


@step("3.8", "Services", needs=["3.5", "3.6", "3.7"])
def services(stack: Stack) -> None:
    """So many copies of each container, kept running behind their load balancers and under their names."""
    inside = subnets.of_tier(stack, "app")
    for name, plan in stack.environment.services.items():
        service = EcsService(
            name,
            cluster=stack.get(EcsCluster, "main"),
            task_definition=stack.get(TaskDefinition, name).arn,
            image=service_plans.running(stack, name),
            subnets=inside,
            groups=(stack.get(SecurityGroup, chain.service(name)),),
            names=service_plans.names(stack, name),
            **service_plans.size(stack.environment, name),
            **service_plans.balancing(stack, name),
        )
        made = stack.ensure(service, after=service_plans.first(stack, name))
        stack.check(f"as many copies of {name} run as are wanted", well.as_many_as_wanted([made]), needs=[made])
        if plan.load_balancer:
            group = stack.get(TargetGroup, name)
            stack.check(f"its load balancer finds {name} well", well.reached({made: group}), needs=[made, group])


STEPS: tuple[Step, ...] = (
    repositories,
    images,
    roles,
    log_groups,
    cluster,
    service_discovery,
    task_definitions,
    services,
)
