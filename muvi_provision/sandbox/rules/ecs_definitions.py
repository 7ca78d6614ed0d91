"""Task definitions for Fargate (aws-reality 5.6)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.effects.ecs_starting import in_registry
from muvi_provision.sandbox.rules.ecs_clusters import NAME
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_REGISTER, _CODE = "RegisterTaskDefinition", "ClientException"
_STEPPED = {1024: (2048, 8192, 1024), 2048: (4096, 16384, 1024), 4096: (8192, 30720, 1024)}
_STEPPED |= {8192: (16384, 61440, 4096), 16384: (32768, 122880, 8192)}
_PAIRS: dict[int, tuple[int, ...]] = {256: (512, 1024, 2048), 512: (1024, 2048, 3072, 4096), 32768: (61440, 122880)}
_PAIRS |= {cpu: tuple(range(low, high + 1, step)) for cpu, (low, high, step) in _STEPPED.items()}
_DRIVERS = ("awslogs", "splunk", "awsfirelens")
_NEEDED = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")
_OPTIONS = {*_NEEDED, "awslogs-create-group", "awslogs-datetime-format", "awslogs-multiline-pattern"}
_OPTIONS |= {"mode", "max-buffer-size"}
_NOT_ON_FARGATE = ("links", "privileged", "dockerSecurityOptions", "extraHosts", "disableNetworking", "dnsServers")
_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/.+")


@rule("ecs", _REGISTER, _CODE, "a family: 1-255 letters, digits, _ and -")
def family(call: Call, view: View) -> str | None:
    bad = not NAME.fullmatch(call.params["family"])
    return "Family contains invalid characters or is longer than 255 characters." if bad else None


@rule("ecs", _REGISTER, _CODE, "1-10 containers, each with a name of its own and an image")
def containers(call: Call, view: View) -> str | None:
    found = call.params["containerDefinitions"]
    if not 1 <= len(found) <= 10:
        return "Container list must have between 1 and 10 containers."
    for one in found:
        if not one.get("name") or not one.get("image"):
            return f"Container.{'image' if one.get('name') else 'name'} should not be null or empty."
    twice = [name for name, times in Counter(one["name"] for one in found).items() if times > 1]
    return f"Container name {twice[0]} is used more than once." if twice else None


@rule("ecs", _REGISTER, _CODE, "one container at least is essential")
def essential(call: Call, view: View) -> str | None:
    some = any(one.get("essential", True) for one in call.params["containerDefinitions"])
    return None if some else "Invalid setting for containers. At least one container must be essential."


@rule("ecs", _REGISTER, _CODE, "on Fargate the network mode is awsvpc")
def network_mode(call: Call, view: View) -> str | None:
    bad = _fargate(call) and call.params.get("networkMode") != "awsvpc"
    return "Fargate only supports network mode 'awsvpc'." if bad else None


@rule("ecs", _REGISTER, _CODE, "a pair of CPU and memory that Fargate has")
def size(call: Call, view: View) -> str | None:
    if not _fargate(call):
        return None
    for member in ("cpu", "memory"):
        if not call.params.get(member):
            return f"Fargate requires that '{member}' be defined at the task level."
    cpu, memory = _number(call.params["cpu"]), _number(call.params["memory"])
    return None if memory in _PAIRS.get(cpu, ()) else "No Fargate configuration exists for given values."


@rule("ecs", _REGISTER, _CODE, "what the containers ask for fits the task")
def fits(call: Call, view: View) -> str | None:
    found = call.params["containerDefinitions"]
    if not _fargate(call):
        return None
    memory, cpu = _number(call.params["memory"]), _number(call.params["cpu"])
    for one in found:
        if int(one.get("memory", 0)) > memory or int(one.get("memoryReservation", 0)) > int(one.get("memory", memory)):
            return f"Invalid setting for container '{one['name']}'. Its memory is larger than that of the task."
    if sum(int(one.get("memoryReservation") or one.get("memory", 0)) for one in found) > memory:
        return "Total memory of the containers is larger than the memory of the task."
    over = sum(int(one.get("cpu", 0)) for one in found) > cpu
    return "Total cpu of the containers is larger than the cpu of the task." if over else None


@rule("ecs", _REGISTER, _CODE, "an execution role fetches images from ECR, fetches secrets and writes logs")
def execution_role(call: Call, view: View) -> str | None:
    if call.params.get("executionRoleArn") or not _fargate(call):
        return None
    for one in call.params["containerDefinitions"]:
        if one.get("logConfiguration", {}).get("logDriver") == "awslogs":
            return "Fargate requires task definition to have execution role ARN to support log driver awslogs."
        if one.get("secrets"):
            return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        if in_registry(one["image"]):
            return "Fargate requires task definition to have execution role ARN to support ECR images."
    return None


@rule(
    "ecs", _REGISTER, _CODE, "a role is given by its ARN", source="5.6 e"
)  # whether there is one is seen at the start
def role_arn(call: Call, view: View) -> str | None:
    given = (call.params.get(member) for member in ("executionRoleArn", "taskRoleArn"))
    return "Role is not valid" if any(one and not _ROLE.fullmatch(one) for one in given) else None


@rule("ecs", _REGISTER, _CODE, "a log driver that Fargate has, with the options it wants")
def logs(call: Call, view: View) -> str | None:
    for one in call.params["containerDefinitions"]:
        said = one.get("logConfiguration")
        if not said or not _fargate(call):
            continue
        if said["logDriver"] not in _DRIVERS:
            return f"Log driver {said['logDriver']} is not supported on Fargate."
        complaint = _awslogs(said.get("options", {})) if said["logDriver"] == "awslogs" else None
        if complaint:
            return complaint
    return None


@rule("ecs", _REGISTER, _CODE, "in awsvpc mode a host port is the container's")
def host_port(call: Call, view: View) -> str | None:
    for one in call.params["containerDefinitions"]:
        for port in one.get("portMappings", ()):
            if call.params.get("networkMode") == "awsvpc" and port.get("hostPort", 0) not in (0, port["containerPort"]):
                return "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
    return None


@rule("ecs", _REGISTER, _CODE, "no port is used by two containers of a task")
def port_twice(call: Call, view: View) -> str | None:
    ports = Counter(
        (port["containerPort"], port.get("protocol", "tcp"))
        for one in call.params["containerDefinitions"]
        for port in one.get("portMappings", ())
    )
    twice = [str(port) for (port, _), times in ports.items() if times > 1]
    return (
        f"Duplicate container port mappings: {twice[0]}"
        if twice and call.params.get("networkMode") == "awsvpc"
        else None
    )


@rule("ecs", _REGISTER, _CODE, "nothing that Fargate does not have")
def not_on_fargate(call: Call, view: View) -> str | None:
    for one in call.params["containerDefinitions"] if _fargate(call) else ():
        for member in _NOT_ON_FARGATE:
            if one.get(member):
                return f"Fargate compatible task definitions do not support {member}"
    placed = _fargate(call) and call.params.get("placementConstraints")
    return "Fargate compatible task definitions do not support placementConstraints" if placed else None


@rule("ecs", _REGISTER, _CODE, "ephemeral storage: 21-200 GiB")
def storage(call: Call, view: View) -> str | None:
    said = call.params.get("ephemeralStorage", {}).get("sizeInGiB", 21)
    return None if 21 <= int(said) <= 200 else "EphemeralStorage size must be between 21 and 200 GiB."


@rule("ecs", _REGISTER, _CODE, "a health check begins with CMD or CMD-SHELL and has times within limits")
def health_check(call: Call, view: View) -> str | None:
    limits = {"interval": (5, 300), "timeout": (2, 120), "retries": (1, 10), "startPeriod": (0, 300)}
    for one in call.params["containerDefinitions"]:
        said = one.get("healthCheck")
        if said and (not said.get("command") or said["command"][0] not in ("CMD", "CMD-SHELL", "NONE")):
            return "A container health check command must start with CMD or CMD-SHELL."
        for member, (low, high) in limits.items():
            if said and not low <= int(said.get(member, low)) <= high:
                return f"Invalid health check {member}: it must be between {low} and {high}."
    return None


@rule(
    "ecs",
    "DeleteTaskDefinitions",
    "InvalidParameterException",
    "1-10 task definitions are deleted at a time",
    source="5.6 f",
)
def too_many_deleted(call: Call, view: View) -> str | None:
    named = len(call.params["taskDefinitions"])
    if named == 0:
        return "size of TaskDefinition references list must be greater than 0"
    return "Size of TaskDefinition references list cannot exceed 10" if named > 10 else None


@rule("ecs", "DescribeTaskDefinition", _CODE, "the task definition that is described is there", source="5.6 d")
def missing(call: Call, view: View) -> str | None:
    found = ecs_records.definition(view, call.params["taskDefinition"])
    return None if found is not None else "Unable to describe task definition."


def _fargate(call: Call) -> bool:
    return "FARGATE" in call.params.get("requiresCompatibilities", ())


def _number(said: Any) -> int:
    """ "1024", "1 vCPU" and "2 GB" are all right."""
    number, _, unit = str(said).partition(" ")
    try:
        return int(float(number) * 1024) if unit.lower() in ("vcpu", "gb") else int(number)
    except ValueError:
        return 0


def _awslogs(options: dict[str, str]) -> str | None:
    missing = [one for one in _NEEDED if not options.get(one)]
    if missing:
        return f"Log driver awslogs requires options: {', '.join(missing)}"
    unknown = sorted(set(options) - _OPTIONS)
    return f"Log driver awslogs disallows options: {', '.join(unknown)}" if unknown else None
