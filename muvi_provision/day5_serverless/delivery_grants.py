"""What the roles of day 5 may do: the workflow, what starts it and pipelines, pipelines themselves, GitHub. Pure.

As on day 3 an ARN is an output where there is one before the role is made, and else its pattern, in whichever account.
The pipeline's role of day 3 knows neither buckets nor connections, which come later; so pipelines
have one of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muvi_provision.day2_data.instances import AuroraInstance
from muvi_provision.day2_data.plans import machines_of
from muvi_provision.day2_data.roles import Role, policy_document
from muvi_provision.day3_compute import grants
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.logs import LogGroup
from muvi_provision.day3_compute.repositories import Repository
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day3_compute.task_definitions import TaskDefinition
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.day5_serverless import pipeline_stages
from muvi_provision.day5_serverless.building import BuildProject
from muvi_provision.day5_serverless.connections import Connection
from muvi_provision.day5_serverless.github import PROVIDER_HOST, OidcProvider
from muvi_provision.day5_serverless.pipelines import Pipeline
from muvi_provision.day5_serverless.workflow import StateMachine
from muvi_provision.engine.stack import Stack
from muvi_provision.environment import Environment
from muvi_provision.environment.serverless import GitHub, Workflow
from muvi_provision.naming import physical
from muvi_provision.resource import Resource, Unknown

WORKFLOW, EVENTS, DELIVERY, DEPLOY = "workflow", "events", "delivery", "github-deploy"
AUDIENCE = "sts.amazonaws.com"


@dataclass(frozen=True)
class GrantPlan:
    """One role's fields: who may act in it (services, or a whole document), what it may do and why."""

    trust: tuple[str, ...] | Mapping[str, Any]
    policy: Mapping[str, Any]
    purpose: str

    @property
    def fields(self) -> dict[str, Any]:
        return {"trust": self.trust, "policy": self.policy, "purpose": self.purpose}


def is_started(environment: Environment) -> bool:
    """Whether EventBridge starts anything but functions."""
    return bool(environment.workflow or (environment.pipelines and not pipeline_stages.from_source(environment)))


def acting(stack: Stack) -> dict[str, Any]:
    """The role that pipelines and their builds act in, as both are told of it."""
    role = stack.get(Role, DELIVERY)
    return {"role": role, "role_arn": role.arn}


def starter(stack: Stack) -> Any:
    """The ARN of the role in which EventBridge starts what is no function; None where it starts nothing such."""
    return stack.get(Role, EVENTS).arn if is_started(stack.environment) else None


def workflow(environment: Environment, plan: Workflow) -> GrantPlan:
    """Of the one service and the machines whose sizes it sets."""
    databases = dict.fromkeys(name for moment in plan.moments.values() for name in moment.classes)
    machines = [machine.name for name in databases for machine in machines_of(environment, name)]
    region, limit = environment.region, AuroraInstance.declared.name_limit
    policy = policy_document(
        WORKFLOW,
        targets=f"arn:aws:application-autoscaling:{region}:*:scalable-target/*",  # AWS makes up the rest of the name
        services=(_service(environment, plan.service),),
        machines=tuple(f"arn:aws:rds:{region}:*:db:{physical(environment.name, each, limit)}" for each in machines),
    )
    return GrantPlan(("states.amazonaws.com",), policy, f"Raises and lowers {plan.service} at its hours")


def events(environment: Environment) -> GrantPlan:
    """The state machine and the pipelines come after the role."""
    machines = (_named(environment, "states", "stateMachine:", StateMachine, "main"),) if environment.workflow else ()
    pipelines = tuple(_named(environment, "codepipeline", "", Pipeline, name) for name in environment.pipelines)
    policy = policy_document(EVENTS, machines=machines, pipelines=pipelines)
    return GrantPlan(("events.amazonaws.com",), policy, "Starts the workflow and pipelines")


def delivery(environment: Environment) -> GrantPlan:
    """What pipelines and their builds do: read, build, copy, roll out."""
    plans = environment.pipelines
    named = (bucket for plan in plans.values() for bucket in (plan.artifacts, plan.copies) if bucket)
    buckets = tuple(_output(Bucket, name, "arn") for name in dict.fromkeys(named))
    handed = (grants.EXECUTION, *(grants.task_role(service) for service in plans))
    definitions = (_named(environment, "ecs", "task-definition/", TaskDefinition, name) for name in plans)
    policy = policy_document(
        DELIVERY,
        connections=tuple(_output(Connection, name, "arn") for name in pipeline_stages.providers(environment)),
        buckets=buckets,
        files=tuple(f"{arn}/*" for arn in buckets),
        projects=tuple(_named(environment, "codebuild", "project/", BuildProject, name) for name in plans),
        log_streams=tuple(f"{_output(LogGroup, name, 'arn')}:*" for name in plans),
        repositories=tuple(_output(Repository, name, "arn") for name in _images(environment)),
        services=tuple(_service(environment, name) for name in plans),
        definitions=tuple(f"{arn}:*" for arn in definitions),
        task_roles=tuple(_output(Role, name, "arn") for name in handed),
    )
    trust = ("codebuild.amazonaws.com", "codepipeline.amazonaws.com")
    return GrantPlan(trust, policy, "Builds new versions and rolls them out")


def github(environment: Environment, plan: GitHub) -> GrantPlan:
    """What the pipeline's role of day 3 may, for workflows of one branch of one repository."""
    (policy,) = (role.policy for role in grants.roles(environment) if role.name == grants.PIPELINE)
    said = {
        f"{PROVIDER_HOST}:aud": AUDIENCE,
        f"{PROVIDER_HOST}:sub": f"repo:{plan.repository}:ref:refs/heads/{plan.branch}",
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": _output(OidcProvider, "github", "arn")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": said},
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return GrantPlan(trust, policy, f"Deployments from {plan.repository}")


def _images(environment: Environment) -> tuple[str, ...]:
    """The repositories of the services that have a pipeline."""
    return tuple(dict.fromkeys(environment.services[name].image for name in environment.pipelines))


def _service(environment: Environment, service: str) -> str:
    cluster = physical(environment.name, "main", EcsCluster.declared.name_limit)
    return _named(environment, "ecs", f"service/{cluster}/", EcsService, service)


def _named(environment: Environment, service: str, before: str, kind: type[Resource], name: str) -> str:
    """The ARN, in whichever account, of what is made later than the role."""
    named = physical(environment.name, name, kind.declared.name_limit)
    return f"arn:aws:{service}:{environment.region}:*:{before}{named}"


def _output(kind: type[Resource], name: str, output: str) -> Any:
    return Unknown(f"{kind.declared.kind}/{name}", output)
