"""Task definitions for Fargate: the task as a whole (aws-reality 5.6)."""

from __future__ import annotations

import json
import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.effects.ecs_starting import in_registry
from muvi_provision.sandbox.rules.ecs_clusters import NAME
from muvi_provision.sandbox.rules.ecs_containers import is_fargate
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_REGISTER, _CODE = "RegisterTaskDefinition", "ClientException"
_STEPPED = {1024: (2048, 8192, 1024), 2048: (4096, 16384, 1024), 4096: (8192, 30720, 1024)}
_STEPPED |= {8192: (16384, 61440, 4096), 16384: (32768, 122880, 8192)}
_PAIRS: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: (1024, 2048, 3072, 4096),
    32768: (61440, 122880, 249856),
}
_PAIRS |= {cpu: tuple(range(low, high + 1, step)) for cpu, (low, high, step) in _STEPPED.items()}
_LARGEST = 65_536  # bytes
_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/.+")


@rule("ecs", _REGISTER, _CODE, "a family: 1-255 letters, digits, _ and -", source="5.6 a")
def family(call: Call, view: View) -> str | None:
    bad = not NAME.fullmatch(call.params["family"])
    return "Family contains invalid characters or is longer than 255 characters." if bad else None


@rule(
    "ecs",
    _REGISTER,
    _CODE,
    "a task definition has at most 64 KiB",
    source="5.6 i, iss:awsdocs/amazon-ecs-developer-guide#149",
)
def too_large(call: Call, view: View) -> str | None:
    length = len(json.dumps(call.params, separators=(",", ":"), ensure_ascii=False, default=str).encode())
    return f"Actual length: '{length}'. Max allowed length is '{_LARGEST}' bytes." if length > _LARGEST else None


@rule("ecs", _REGISTER, _CODE, "on Fargate the network mode is awsvpc", source="5.6")
def network_mode(call: Call, view: View) -> str | None:
    bad = is_fargate(call) and call.params.get("networkMode") != "awsvpc"
    return "Fargate only supports network mode 'awsvpc'." if bad else None


@rule("ecs", _REGISTER, _CODE, "a pair of CPU and memory that Fargate has", source="5.6")
def size(call: Call, view: View) -> str | None:
    if not is_fargate(call):
        return None
    for member in ("cpu", "memory"):
        if not call.params.get(member):
            return f"Fargate requires that '{member}' be defined at the task level."
    cpu, memory = ecs_records.units(call.params["cpu"]), ecs_records.units(call.params["memory"])
    return None if memory in _PAIRS.get(cpu, ()) else "No Fargate configuration exists for given values."


@rule("ecs", _REGISTER, _CODE, "what the containers ask for fits the task", source="5.6")
def fits(call: Call, view: View) -> str | None:
    found = call.params["containerDefinitions"]
    if not is_fargate(call):
        return None
    memory, cpu = ecs_records.units(call.params["memory"]), ecs_records.units(call.params["cpu"])
    for one in found:
        if int(one.get("memory", 0)) > memory or int(one.get("memoryReservation", 0)) > int(one.get("memory", memory)):
            return f"Invalid setting for container '{one['name']}'. Its memory is larger than that of the task."
    if sum(int(one.get("memoryReservation") or one.get("memory", 0)) for one in found) > memory:
        return "Total memory of the containers is larger than the memory of the task."
    over = sum(int(one.get("cpu", 0)) for one in found) > cpu
    return "Total cpu of the containers is larger than the cpu of the task." if over else None


@rule(
    "ecs",
    _REGISTER,
    _CODE,
    "an execution role fetches images from ECR, fetches secrets and writes logs",
    source="5.6",
)
def execution_role(call: Call, view: View) -> str | None:
    if call.params.get("executionRoleArn") or not is_fargate(call):
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


@rule("ecs", _REGISTER, _CODE, "ephemeral storage: 21-200 GiB", source="5.6")
def storage(call: Call, view: View) -> str | None:
    said = call.params.get("ephemeralStorage", {}).get("sizeInGiB", 21)
    return None if 21 <= int(said) <= 200 else "EphemeralStorage size must be between 21 and 200 GiB."


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
