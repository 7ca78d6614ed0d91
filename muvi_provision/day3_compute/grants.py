"""What each role may do: its policy, filled in with this stack's own names. Pure.

An ARN is an output where there is one before the roles are made. What comes after them (log groups, services) is named
by its ARN's pattern, in whichever account: a role's policy reaches no further than its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muvi_provision.day2_data.roles import Role, policy_document
from muvi_provision.day3_compute import given_secrets
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.repositories import Repository
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.environment import Environment
from muvi_provision.environment.names import FUNCTIONS
from muvi_provision.naming import physical
from muvi_provision.resource import Handle

EXECUTION, PIPELINE, SCALING = "task-execution", "pipeline", "scaling"
TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class RolePlan:
    """One role: its name, who may act in it, what it may do and why."""

    name: str
    trust: tuple[str, ...]
    policy: dict[str, Any]
    purpose: str


def task_role(service: str) -> str:
    """The name of the role that a service's program acts in."""
    return f"task-{service}"


def roles(environment: Environment) -> tuple[RolePlan, ...]:
    """All of them; the pipeline's last but one, since it names the tasks' roles."""
    return (
        _execution(environment),
        *(_task(environment, service) for service in environment.services),
        _functions(environment),
        _pipeline(environment),
        _scaling(environment),
    )


def _execution(environment: Environment) -> RolePlan:
    streams = tuple(
        f"arn:aws:logs:{environment.region}:*:log-group:/ecs/{environment.name}/{service}:log-stream:*"
        for service in environment.services
    )
    given = (arn for service in environment.services for arn in given_secrets.arns(environment, service))
    policy = policy_document(
        EXECUTION,
        repositories=_repositories(environment),
        log_streams=streams,
        secrets=tuple(dict.fromkeys(given)),
    )
    return RolePlan(EXECUTION, (TASKS,), policy, "Starts containers: pulls images, gives secrets, writes logs")


def _task(environment: Environment, service: str) -> RolePlan:
    path = f"arn:aws:ssm:{environment.region}:*:parameter/{environment.name}"
    policy = policy_document(
        "task",
        parameters=(path, f"{path}/*") if environment.parameters else (),
        secrets=given_secrets.arns(environment, service),
    )
    return RolePlan(task_role(service), (TASKS,), policy, f"What the program of {service} may do")


def _functions(environment: Environment) -> RolePlan:
    beginning = f"arn:aws:logs:{environment.region}:*:log-group:/aws/lambda/{environment.name}-"
    policy = policy_document(
        FUNCTIONS,
        log_streams=f"{beginning}*:log-stream:*",
        secrets=given_secrets.arns(environment, FUNCTIONS),
    )
    return RolePlan(FUNCTIONS, ("lambda.amazonaws.com",), policy, "What Lambda functions may do")


def _pipeline(environment: Environment) -> RolePlan:
    handed = (EXECUTION, *(task_role(service) for service in environment.services))
    policy = policy_document(
        PIPELINE,
        repositories=_repositories(environment),
        services=_services(environment),
        task_roles=tuple(Handle[Role](f"{Role.declared.kind}/{name}").arn for name in handed),
    )
    trust = ("codebuild.amazonaws.com", "codepipeline.amazonaws.com")
    return RolePlan(PIPELINE, trust, policy, "Builds images and rolls them out")


def _scaling(environment: Environment) -> RolePlan:
    cluster = _cluster(environment)
    alarms = f"arn:aws:cloudwatch:{environment.region}:*:alarm:TargetTracking-service/{cluster}/*"
    policy = policy_document(SCALING, services=_services(environment), alarms=alarms)
    trust = ("application-autoscaling.amazonaws.com",)
    return RolePlan(SCALING, trust, policy, "Changes how many containers of a service run")


def _repositories(environment: Environment) -> tuple[Any, ...]:
    kind = Repository.declared.kind
    return tuple(Handle[Repository](f"{kind}/{name}").arn for name in environment.repositories)


def _cluster(environment: Environment) -> str:
    return physical(environment.name, "main", EcsCluster.declared.name_limit)


def _services(environment: Environment) -> tuple[str, ...]:
    """Their ARNs; they are made after the roles."""
    inside = f"arn:aws:ecs:{environment.region}:*:service/{_cluster(environment)}"
    limit = EcsService.declared.name_limit
    return tuple(f"{inside}/{physical(environment.name, name, limit)}" for name in environment.services)
