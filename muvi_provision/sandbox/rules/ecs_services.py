"""Services: the one definition, the one name, the role, the life and the end (aws-reality 5.7)."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records, ecs_services, ecs_starting
from muvi_provision.sandbox.rules.ecs_clusters import NAME
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_MADE = ("CreateService", "UpdateService")
_STARTED = (*_MADE, "RunTask")
_WRONG = "InvalidParameterException"


@rule("ecs", _STARTED, "ClientException", "the task definition is there, and active", source="5.6 f")
def definition(call: Call, view: View) -> str | None:
    wanted = call.params.get("taskDefinition")
    if wanted is None:
        return "TaskDefinition can not be blank." if call.operation != "UpdateService" else None
    found = ecs_records.definition(view, wanted)
    if found is None:
        return "TaskDefinition not found."
    return None if found.status == "ACTIVE" or _kept(call, view, found) else "TaskDefinition is inactive"


def _kept(call: Call, view: View, found: Any) -> bool:
    """A service goes on with what it has."""
    return call.operation == "UpdateService" and ecs_records.service_of(call, view).primary.definition == found.arn


@rule("ecs", "CreateService", _WRONG, "a name: 1-255 letters, digits, _ and -", source="5.7 a")
def service_name(call: Call, view: View) -> str | None:
    bad = not NAME.fullmatch(call.params["serviceName"])
    return "Name cannot be longer than 255 characters and may hold letters, digits, _ and -" if bad else None


@rule("ecs", "CreateService", _WRONG, "a name is free once the service that had it is gone", source="5.7 c, 1.4")
def service_taken(call: Call, view: View) -> str | None:
    there = ecs_records.service(view, ecs_records.cluster_of(call, view).name, call.params["serviceName"])
    if there is None or there.status == "INACTIVE":
        return None
    if there.status == "DRAINING":
        return "Unable to Start a service that is still Draining."
    token = view.books.fleet.tokens.get((view.region, call.params.get("clientToken", "")))
    same = token == (ecs_services.asked(call), there.arn)
    return None if same else "Creation of service was not idempotent."


@rule(
    "ecs",
    _MADE,
    _WRONG,
    "how many tasks are wanted is said, and is no negative number",
    source="ECS API: CreateService",
)
def desired(call: Call, view: View) -> str | None:
    said = call.params.get("desiredCount")
    unsaid_is_fine = call.operation == "UpdateService" or call.params.get("schedulingStrategy") == "DAEMON"
    good = unsaid_is_fine if said is None else said >= 0
    return None if good else "desiredCount must be a non-negative number."


@rule("ecs", "CreateService", _WRONG, "a token: at most 36 visible characters of ASCII", source="5.7 c")
def token(call: Call, view: View) -> str | None:
    said = str(call.params.get("clientToken", ""))
    good = len(said) <= 36 and all("!" <= one <= "~" for one in said)
    return None if good else "clientToken must be at most 36 ASCII characters in the range of 33-126."


@rule("ecs", _MADE, _WRONG, "who wants to look into containers gives them a role of their own", source="5.7")
def exec_role(call: Call, view: View) -> str | None:
    service = ecs_records.service_of(call, view) if call.operation == "UpdateService" else None
    before = service.settings["enableExecuteCommand"] if service is not None else False
    wanted = call.params.get("taskDefinition") or (service.primary.definition if service is not None else "")
    found = ecs_records.definition(view, wanted)
    bad = call.params.get("enableExecuteCommand", before) and not getattr(found, "task_role_arn", None)
    done = "updated" if service is not None else "created"
    why = "because a valid taskRoleArn is not being used. Specify a valid task role in your task definition"
    return f"The service couldn't be {done} {why} and try again." if bad else None


@rule("ecs", _MADE, _WRONG, "zones are balanced only where there may be one task more", source="5.7 g")
def zones_balanced(call: Call, view: View) -> str | None:
    before: dict[str, Any] = {}
    if call.operation == "UpdateService":
        before = ecs_records.service_of(call, view).settings
    wanted = call.params.get("availabilityZoneRebalancing", before.get("availabilityZoneRebalancing"))
    held = before.get("deploymentConfiguration", {}) | call.params.get("deploymentConfiguration", {})
    bad = wanted == "ENABLED" and int(held.get("maximumPercent", 200)) <= 100
    return "Availability Zone rebalancing does not support a maximumPercent of 100 or less." if bad else None


@rule("ecs", ("CreateService", "RunTask"), _WRONG, "ECS has heard of the task's roles", source="5.2 b, e")
def task_roles(call: Call, view: View) -> str | None:
    found = ecs_records.definition(view, call.params["taskDefinition"])
    arn = ecs_starting.role_trouble(view, found)
    advice = "Please verify that the ECS service role being passed has the proper permissions."
    return f"Unable to assume role {arn}. {advice}" if arn else None


@rule("ecs", _MADE, _WRONG, "the percentages of a rollout leave it room to move", source="5.7")
def percentages(call: Call, view: View) -> str | None:
    said = call.params.get("deploymentConfiguration", {})
    before: dict[str, Any] = {}
    if call.operation == "UpdateService":
        before = ecs_records.service_of(call, view).settings["deploymentConfiguration"]
    merged = {"maximumPercent": 200, "minimumHealthyPercent": 100} | before | said
    most, least = int(merged["maximumPercent"]), int(merged["minimumHealthyPercent"])
    if most == least == 100:
        return "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
    bad = most < 100 or not 0 <= least <= most
    return (
        "Invalid deployment configuration: minimumHealthyPercent and maximumPercent do not fit together"
        if bad
        else None
    )


@rule("ecs", _MADE, _WRONG, "a grace period wants a load balancer", source="5.7")
def grace(call: Call, view: View) -> str | None:
    there = call.params.get("loadBalancers")
    if there is None and call.operation == "UpdateService":
        there = ecs_records.service_of(call, view).settings["loadBalancers"]
    bad = call.params.get("healthCheckGracePeriodSeconds") is not None and not there
    return "Health check grace period is only valid for services configured to use load balancers" if bad else None


@rule("ecs", _STARTED, _WRONG, "the task definition is made for the launch type", source="ECS API: CreateService")
def launch_type(call: Call, view: View) -> str | None:
    found = ecs_records.definition(view, call.params.get("taskDefinition") or "")
    bad = call.params.get("launchType") == "FARGATE" and found is not None and "FARGATE" not in found.compatibilities
    return "Task definition does not support launch_type FARGATE." if bad else None


@rule(
    "ecs",
    ("UpdateService", "DeleteService"),
    "ServiceNotFoundException",
    "a service that is gone is gone",
    source="5.7 d",
)
def service_gone(call: Call, view: View) -> str | None:
    gone = ecs_records.service_of(call, view).status == "INACTIVE" and call.operation == "DeleteService"
    return "Service not found." if gone else None


@rule(
    "ecs",
    "UpdateService",
    "ServiceNotActiveException",
    "only an active service is changed",
    source="ECS API: UpdateService",
)
def service_not_active(call: Call, view: View) -> str | None:
    return None if ecs_records.service_of(call, view).status == "ACTIVE" else "Service was not ACTIVE."


@rule("ecs", "DeleteService", _WRONG, "a service is scaled to 0 before it goes, or forced", source="5.7 f")
def service_scaled(call: Call, view: View) -> str | None:
    found = ecs_records.service_of(call, view)
    if call.params.get("force") or found.status != "ACTIVE":
        return None
    if found.desired > 0:
        return "The service cannot be stopped while it is scaled above 0."
    return "The service cannot be stopped while deployments are active." if len(found.deployments) > 1 else None


@rule("ecs", "DescribeServices", _WRONG, "1-10 services are described at a time", source="1.3")
def described(call: Call, view: View) -> str | None:
    named = len(call.params["services"])
    return None if 1 <= named <= 10 else "Services cannot be empty." if not named else "Services cannot exceed 10."


@rule("ecs", "DescribeTasks", _WRONG, "1-100 tasks are described at a time", source="1.3")
def described_tasks(call: Call, view: View) -> str | None:
    named = len(call.params["tasks"])
    return None if 1 <= named <= 100 else "Tasks cannot be empty." if not named else "Tasks cannot exceed 100."


@rule(
    "ecs",
    "ListTasks",
    "ServiceNotFoundException",
    "the service whose tasks are listed is there",
    source="ECS API: ListTasks",
)
def listed_service(call: Call, view: View) -> str | None:
    wanted = call.params.get("serviceName")
    missing = wanted and ecs_records.service(view, ecs_records.cluster_of(call, view).name, wanted) is None
    return "Service not found." if missing else None
