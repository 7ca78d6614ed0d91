"""Where tasks are put, and through what they are reached (aws-reality 5.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_MADE = ("CreateService", "UpdateService")
_STARTED = (*_MADE, "RunTask")
_WRONG = "InvalidParameterException"


@rule(
    "ecs", ("CreateService", "RunTask"), _WRONG, "a task in awsvpc mode has a network", source="ECS API: CreateService"
)
def network(call: Call, view: View) -> str | None:
    said = call.params.get("networkConfiguration", {}).get("awsvpcConfiguration")
    return None if said else "Network Configuration must be provided when networkMode 'awsvpc' is specified."


@rule("ecs", _STARTED, _WRONG, "1-16 subnets and at most 5 security groups", source="5.7")
def how_many(call: Call, view: View) -> str | None:
    said = _awsvpc(call)
    if said is None:
        return None
    if not 1 <= len(said.get("subnets", ())) <= 16:
        return "subnets can not be empty." if not said.get("subnets") else "subnets can have at most 16 items."
    return "securityGroups can have at most 5 items." if len(said.get("securityGroups", ())) > 5 else None


@rule("ecs", _STARTED, _WRONG, "the subnets and security groups are there", source="from memory")
def places_missing(call: Call, view: View) -> str | None:
    said = _awsvpc(call) or {}
    for one in said.get("subnets", ()):
        if view.find("subnet", one) is None:
            why = f"The subnet ID '{one}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
            return f"Error retrieving subnet information for [{one}]: {why}"
    for one in said.get("securityGroups", ()):
        if view.find("security_group", one) is None:
            why = f"The security group '{one}' does not exist (ErrorCode: InvalidGroup.NotFound)"
            return f"Error retrieving security group information for [{one}]: {why}"
    return None


@rule("ecs", _STARTED, _WRONG, "the subnets and security groups are of one VPC", source="ECS API: AwsVpcConfiguration")
def one_vpc(call: Call, view: View) -> str | None:
    said = _awsvpc(call) or {}
    vpcs = {view.find("subnet", one).vpc_id for one in said.get("subnets", ())}
    if len(vpcs) > 1:
        return "The specified subnets must be in the same VPC."
    for one in said.get("securityGroups", ()):
        if view.find("security_group", one).vpc_id not in vpcs:
            return f"Security Group {one} does not appear to belong to the same VPC as the input subnets."
    return None


@rule("ecs", _MADE, _WRONG, "a service has at most 5 target groups", source="5.7 i")
def too_many_groups(call: Call, view: View) -> str | None:
    return "load balancers can have at most 5 items." if len(call.params.get("loadBalancers", ())) > 5 else None


@rule("ecs", _MADE, _WRONG, "the target group is there, takes addresses and is behind a load balancer", source="5.7 e")
def target_groups(call: Call, view: View) -> str | None:
    for one in call.params.get("loadBalancers", ()):
        arn = one.get("targetGroupArn")
        found = view.find("target_group", arn)
        if found is None:
            return f"The specified target group does not exist. ({arn})"
        if found.target_type != "ip":
            kind = f"has target type {found.target_type}, which is incompatible with the awsvpc network mode"
            return f"The provided target group {arn} {kind} specified in the task definition."
        if not found.load_balancer_arns:
            return f"The target group with targetGroupArn {arn} does not have an associated load balancer."
    return None


@rule("ecs", _MADE, _WRONG, "a target group leads to a container and port of the task definition", source="5.7")
def container_ports(call: Call, view: View) -> str | None:
    for one, found in _led(call, view):
        name, port = one.get("containerName"), one.get("containerPort")
        ports = [ports for container, ports in _containers(found) if container == name]
        if not ports:
            return f"The container {name} does not exist in the task definition."
        if port not in ports[0]:
            return f"The container {name} did not have a container port {port} defined."
    return None


def _led(call: Call, view: View) -> Iterator[tuple[dict[str, Any], Any]]:
    """What leads where once the call is done: an update may change the one and keep the other."""
    groups, wanted = call.params.get("loadBalancers"), call.params.get("taskDefinition")
    if call.operation == "UpdateService" and (groups or wanted):
        service = ecs_records.service_of(call, view)
        groups = service.settings["loadBalancers"] if groups is None else groups
        wanted = wanted or service.primary.definition
    found = ecs_records.definition(view, wanted or "")
    yield from ((one, found) for one in groups or () if found is not None)


@rule("ecs", _MADE, _WRONG, "a service is found under one name of Cloud Map", source="ECS API: CreateService")
def one_registry(call: Call, view: View) -> str | None:
    many = len(call.params.get("serviceRegistries", ())) > 1
    return "serviceRegistries can have at most 1 items." if many else None


@rule("ecs", _MADE, _WRONG, "the Cloud Map service is there", source="5.8")
def registries(call: Call, view: View) -> str | None:
    for one in call.params.get("serviceRegistries", ()):
        arn = str(one.get("registryArn"))
        if arn.rpartition("/")[2] not in view.backend("servicediscovery").services:
            return f"The service registry {arn} does not exist."
    return None


@rule("ecs", _MADE, _WRONG, "a name with a port tells the container and its port", source="5.8")
def registry_port(call: Call, view: View) -> str | None:
    for one in call.params.get("serviceRegistries", ()):
        found = view.backend("servicediscovery").services[str(one["registryArn"]).rpartition("/")[2]]
        kinds = {record["Type"] for record in (found.dns_config or {}).get("DnsRecords", ())}
        if "SRV" in kinds and not (one.get("port") or (one.get("containerName") and one.get("containerPort"))):
            return "A container name and a container port, or a port, must be specified for a service with SRV records."
    return None


def _awsvpc(call: Call) -> dict[str, Any] | None:
    found: dict[str, Any] | None = call.params.get("networkConfiguration", {}).get("awsvpcConfiguration")
    return found


def _containers(found: Any) -> Iterator[tuple[str, set[int]]]:
    for one in found.container_definitions:
        yield one["name"], {int(port["containerPort"]) for port in one.get("portMappings", ())}
