"""Day 5 as it is told in runbook/day5-serverless.md: functions and their times, scaling, alarms, and deliveries."""

from __future__ import annotations

from muvi_provision.day2_data.roles import Role
from muvi_provision.day3_compute import service_plans
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.linked_roles import ServiceLinkedRole
from muvi_provision.day3_compute.logs import LogGroup
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.day5_serverless import (
    alarm_plans,
    connections,
    dashboard_body,
    delivery_grants,
    function_plans,
    github,
    metric_filters,
    pipeline_stages,
    scaling_plans,
    workflow_definition,
)
from muvi_provision.day5_serverless.alarms import Alarm
from muvi_provision.day5_serverless.building import BuildProject
from muvi_provision.day5_serverless.code import FunctionCode
from muvi_provision.day5_serverless.connections import Connection
from muvi_provision.day5_serverless.dashboards import Dashboard
from muvi_provision.day5_serverless.function_logs import FunctionLogGroup
from muvi_provision.day5_serverless.functions import Function
from muvi_provision.day5_serverless.github import OidcProvider
from muvi_provision.day5_serverless.metric_filters import AuditTrail, MetricFilter
from muvi_provision.day5_serverless.permissions import FunctionPermission
from muvi_provision.day5_serverless.pipelines import Pipeline
from muvi_provision.day5_serverless.rules import Rule
from muvi_provision.day5_serverless.scaling import ScalableTarget, ScalingPolicy
from muvi_provision.day5_serverless.targets import RuleTarget
from muvi_provision.day5_serverless.workflow import StateMachine
from muvi_provision.engine.stack import Stack, Step, step

TITLE = "Serverless"


@step("5.1", "Code of the functions")
def code(stack: Stack) -> None:
    """Which code each function has; one without any waits for it, and nothing is made up in its place."""
    for name, plan in stack.environment.functions.items():
        stack.look_up(FunctionCode(name, entry=plan.entry, runtime=plan.runtime, code=plan.code or ""))
    told, there = function_plans.what_is_missing(stack.environment), function_plans.all_there(stack.environment)
    stack.gate("functions", satisfied=there, instructions=told, lasting=False)


@step("5.2", "Logs of the functions")
def function_logs(stack: Stack) -> None:
    """Where each function's words are kept, and for how long."""
    for name in stack.environment.functions:
        stack.ensure(FunctionLogGroup(name, retention_days=stack.environment.logs.retention_days))


@step("5.3", "Functions", needs=["3.3", "5.1", "5.2"])
def functions(stack: Stack) -> None:
    """Each function with its code, in the app tier beside the services, told where its databases and caches are."""
    for name in stack.environment.functions:
        found = stack.get(FunctionCode, name)
        function = Function(
            name,
            code=found,
            sha256=found.sha256,
            role=stack.get(Role, "functions").arn,
            logs=stack.get(FunctionLogGroup, name),
            **function_plans.sort(stack.environment, name),
            **function_plans.network(stack, name),
        )
        stack.ensure(function, after=function_plans.first(stack, name))


@step("5.4", "Schedules", needs=["5.3"])
def function_schedules(stack: Stack) -> None:
    """When each function runs, in UTC; a rule of a function without code is switched off."""
    for plan in function_plans.rules(stack.environment):
        function, waits_for = stack.get(Function, plan.name), stack.get(FunctionCode, plan.name).sha256
        wanted = Rule(plan.name, schedule=plan.schedule, description=plan.description, waits_for=waits_for)
        rule = stack.ensure(wanted)
        allowed = stack.ensure(FunctionPermission(plan.name, function=function, rule=rule))
        stack.ensure(RuleTarget(plan.name, rule=rule, target=function.arn), after=[allowed])


@step("5.5", "Automatic scaling", needs=["3.8"])
def automatic_scaling(stack: Stack) -> None:
    """Between how many copies each service scales, and by which figures; a service without image waits."""
    environment, role = stack.environment, stack.get(ServiceLinkedRole, "ecs-scaling")
    for name in environment.services:
        service, digest = stack.get(EcsService, name), service_plans.running(stack, name).digest
        bounds = scaling_plans.bounds(environment, name)
        target = stack.ensure(ScalableTarget(name, service=service, role=role, image_digest=digest, **bounds))
        last = target
        for plan in scaling_plans.policies(environment, name):
            counted = scaling_plans.counted_by(stack, name, plan.metric)
            policy = ScalingPolicy(
                plan.name, target=target, service=service, metric=plan.metric, value=plan.value, **counted
            )
            last = stack.ensure(policy, after=[last])


@step("5.6", "Alarms", needs=["3.8"])
def alarms(stack: Stack) -> None:
    """What CloudWatch watches: busy services, copies that are unwell, and what CloudTrail writes down."""
    environment, group = stack.environment, stack.environment.alarms.audit_log_group
    for plan in alarm_plans.of_services(environment):
        stack.ensure(Alarm(plan.name, **plan.fields))
    if group:
        trail = stack.look_up(AuditTrail("main", group=group))
        there, told = metric_filters.written([trail]), metric_filters.how_to_write(group)
        stack.gate("audit", satisfied=there, instructions=told, needs=[trail], lasting=False)
    for counted in alarm_plans.filters(environment):
        trail = stack.get(AuditTrail, "main")
        stack.ensure(MetricFilter(counted.name, trail=trail, log_group=trail.log_group, pattern=counted.pattern))
        watched = alarm_plans.of_filter(environment, counted)
        stack.ensure(Alarm(watched.name, **watched.fields))


@step("5.7", "Dashboard", needs=["3.8", "4.6"])
def dashboard(stack: Stack) -> None:
    """One page with the figures of everything, from the visitors' requests to the databases."""
    environment = stack.environment
    if environment.alarms.dashboard:
        cluster, graphs = stack.get(EcsCluster, "main"), dashboard_body.graphs(environment)
        stack.ensure(Dashboard("main", cluster=cluster, graphs=graphs))


@step("5.8", "Busy and quiet hours", needs=["5.5"])
def busy_and_quiet_hours(stack: Stack) -> None:
    """A workflow that raises a service for its busy hours and lowers it again, and what starts it."""
    environment, plan = stack.environment, stack.environment.workflow
    if delivery_grants.is_started(environment):
        stack.ensure(Role(delivery_grants.EVENTS, **delivery_grants.events(environment).fields))
    if plan:
        granted = delivery_grants.workflow(environment, plan).fields
        role = stack.ensure(Role(delivery_grants.WORKFLOW, **granted))
        drawn = workflow_definition.definition(environment, plan)
        machine = stack.ensure(StateMachine("main", role=role, role_arn=role.arn, definition=drawn))
        starts = delivery_grants.starter(stack)
        for moment in workflow_definition.moments(environment, plan):
            rule = stack.ensure(Rule(moment.name, schedule=moment.schedule, description=moment.description))
            target = RuleTarget(moment.name, rule=rule, target=machine.arn, role=starts, input=moment.input)
            stack.ensure(target)


@step("5.9", "Pipelines", needs=["3.8", "4.3", "5.8"])
def pipelines(stack: Stack) -> None:
    """How a service's new versions come from their source to its containers, with a person's yes in between."""
    environment = stack.environment
    ways = pipeline_stages.providers(environment)
    made = [stack.ensure(Connection(name, provider=provider)) for name, provider in ways.items()]
    if made:
        told, opened = connections.how_to_open(made), connections.opened(made)
        stack.gate("connection", satisfied=opened, instructions=told, needs=made, lasting=False)
    if environment.pipelines:
        stack.ensure(Role(delivery_grants.DELIVERY, **delivery_grants.delivery(environment).fields))
    for name, plan in environment.pipelines.items():
        acting, logs = delivery_grants.acting(stack), stack.get(LogGroup, name)
        build = BuildProject(name, log_group=logs, **acting, **pipeline_stages.build(environment, name))
        pipeline = Pipeline(
            name,
            artifacts=stack.get(Bucket, plan.artifacts),
            project=stack.ensure(build),
            service=stack.get(EcsService, name),
            stages=pipeline_stages.stages(environment, name),
            **acting,
        )
        way, starter = stack.ensure(pipeline), delivery_grants.starter(stack)
        for start in pipeline_stages.starts(environment, name):
            rule = stack.ensure(Rule(start.name, pattern=start.pattern, description=start.description))
            stack.ensure(RuleTarget(start.name, rule=rule, target=way.arn, role=starter))


@step("5.10", "Deployments from GitHub", needs=["3.3"])
def deployments_from_github(stack: Stack) -> None:
    """A role for the workflows of one branch of one repository, with no key stored anywhere."""
    environment, plan = stack.environment, stack.environment.github
    if plan:
        host, audience = github.PROVIDER_HOST, delivery_grants.AUDIENCE
        stack.ensure(OidcProvider("github", host=host, audience=audience))
        stack.ensure(Role(delivery_grants.DEPLOY, **delivery_grants.github(environment, plan).fields))


STEPS: tuple[Step, ...] = (
    code,
    function_logs,
    functions,
    function_schedules,
    automatic_scaling,
    alarms,
    dashboard,
    busy_and_quiet_hours,
    pipelines,
    deployments_from_github,
)
