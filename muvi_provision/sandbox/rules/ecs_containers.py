"""Containers of task definitions for Fargate (aws-reality 5.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.ecs_clusters import NAME
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_REGISTER, _CODE = "RegisterTaskDefinition", "ClientException"
_DRIVERS = ("awslogs", "splunk", "awsfirelens")
_NEEDED = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")
_OPTIONS = {*_NEEDED, "awslogs-create-group", "awslogs-datetime-format", "awslogs-multiline-pattern"}
_OPTIONS |= {"mode", "max-buffer-size"}
_NOT_ON_FARGATE = ("links", "privileged", "dockerSecurityOptions", "extraHosts", "disableNetworking", "dnsServers")
_NOT_OF_LINUX = ("devices", "tmpfs", "sharedMemorySize", "maxSwap", "swappiness")
_LONGEST_STOP_S = 120


@rule("ecs", _REGISTER, _CODE, "1-10 containers, each with a name of its own and an image", source="5.6 i")
def containers(call: Call, view: View) -> str | None:
    found = call.params["containerDefinitions"]
    if not 1 <= len(found) <= 10:
        return "Container list must have between 1 and 10 containers."
    for one in found:
        if not one.get("name") or not one.get("image"):
            return f"Container.{'image' if one.get('name') else 'name'} should not be null or empty."
        if not NAME.fullmatch(one["name"]):
            return "Container name contains invalid characters or is longer than 255 characters."
    twice = _repeated(one["name"] for one in found)
    return f"Container name {twice} is used more than once." if twice else None


@rule("ecs", _REGISTER, _CODE, "one container at least is essential", source="ECS API: ContainerDefinition")
def essential(call: Call, view: View) -> str | None:
    some = any(one.get("essential", True) for one in call.params["containerDefinitions"])
    return None if some else "Invalid setting for containers. At least one container must be essential."


@rule("ecs", _REGISTER, _CODE, "a log driver that Fargate has, with the options it wants", source="5.6")
def logs(call: Call, view: View) -> str | None:
    for one in call.params["containerDefinitions"]:
        said = one.get("logConfiguration")
        if not said or not is_fargate(call):
            continue
        if said["logDriver"] not in _DRIVERS:
            return f"Log driver {said['logDriver']} is not supported on Fargate."
        complaint = _awslogs(said.get("options", {})) if said["logDriver"] == "awslogs" else None
        if complaint:
            return complaint
    return None


@rule("ecs", _REGISTER, _CODE, "in awsvpc mode a host port is the container's", source="5.6")
def host_port(call: Call, view: View) -> str | None:
    for one in call.params["containerDefinitions"]:
        for port in one.get("portMappings", ()):
            if call.params.get("networkMode") == "awsvpc" and port.get("hostPort", 0) not in (0, port["containerPort"]):
                return "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
    return None


@rule("ecs", _REGISTER, _CODE, "no port is used by two containers of a task", source="from memory")
def port_twice(call: Call, view: View) -> str | None:
    twice = _repeated(
        f"{port['containerPort']}/{port.get('protocol', 'tcp')}"
        for one in call.params["containerDefinitions"]
        for port in one.get("portMappings", ())
    )
    bad = twice and call.params.get("networkMode") == "awsvpc"
    return f"Duplicate container port mappings: {twice.partition('/')[0]}" if bad else None


@rule(
    "ecs",
    _REGISTER,
    _CODE,
    "a variable is given once, in the open or as a secret",
    source="5.6",
)
def variable_twice(call: Call, view: View) -> str | None:
    for one in call.params["containerDefinitions"]:
        secrets = [str(each.get("name")) for each in one.get("secrets", ())]
        if twice := _repeated(secrets):
            return f"Duplicate secret names found: {twice}. Each secret name must be unique."
        shared = sorted(set(secrets) & {str(each.get("name")) for each in one.get("environment", ())})
        if shared:
            apart = "must be unique and not shared with any new or existing environment variables set on the container"
            return f"The secret name {apart}, such as '{shared[0]}'."
    return None


@rule(
    "ecs",
    _REGISTER,
    _CODE,
    "on Fargate a container has at most 120 seconds to stop",
    source="ECS API: ContainerDefinition",
)
def stop_timeout(call: Call, view: View) -> str | None:
    bad = any(int(one.get("stopTimeout", 0)) > _LONGEST_STOP_S for one in call.params["containerDefinitions"])
    return f"stopTimeout must be at most {_LONGEST_STOP_S} seconds on Fargate." if bad and is_fargate(call) else None


@rule("ecs", _REGISTER, _CODE, "nothing that Fargate does not have", source="5.6")
def not_on_fargate(call: Call, view: View) -> str | None:
    if not is_fargate(call):
        return None
    said = call.params
    asked = [member for one in said["containerDefinitions"] for member in _NOT_ON_FARGATE if one.get(member)]
    linux = [one.get("linuxParameters", {}) for one in said["containerDefinitions"]]
    asked += [member for one in linux for member in _NOT_OF_LINUX if one.get(member)]
    asked += ["placementConstraints"] if said.get("placementConstraints") else []
    asked += ["sourcePath"] if any(one.get("host", {}).get("sourcePath") for one in said.get("volumes", ())) else []
    return f"Fargate compatible task definitions do not support {asked[0]}" if asked else None


@rule(
    "ecs",
    _REGISTER,
    _CODE,
    "a health check begins with CMD or CMD-SHELL and has times within limits",
    source="ECS API: HealthCheck",
)
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


def _awslogs(options: dict[str, str]) -> str | None:
    missing = [one for one in _NEEDED if not options.get(one)]
    if missing:
        return f"Log driver awslogs requires options: {', '.join(missing)}"
    unknown = sorted(set(options) - _OPTIONS)
    return f"Log driver awslogs disallows options: {', '.join(unknown)}" if unknown else None


def is_fargate(call: Call) -> bool:
    return "FARGATE" in call.params.get("requiresCompatibilities", ())


def _repeated(names: Iterable[str]) -> str:
    """The first that is there twice, or nothing."""
    return next((name for name, times in Counter(names).items() if times > 1), "")
