"""A place for a task: vCPUs of the account's quota, a network interface in one of its subnets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import interfaces
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.fleet import NEVER, Service, Task
from muvi_provision.sandbox.view import View

PULL_S = 60  # from PROVISIONING to RUNNING: an interface is attached, the image pulled
FULL = "You've reached the limit on the number of vCPUs you can run concurrently"
_AGAIN_S = 60  # the scheduler tries again
_SAID_AGAIN_S = 300


def place(view: View, service: Service, wanted: int, at: float) -> list[Task]:
    """As many of the wanted tasks as there is room for; what is in the way becomes an event."""
    definition = ecs_records.definition(view, service.primary.definition)
    started: list[Task] = []
    for _ in range(wanted):
        obstacle = _elsewhere(service) or obstacle_to(view, definition, service.settings["networkConfiguration"])
        if obstacle is not None:
            _wait(view, service, obstacle, at)
            return started
        started.append(_of_service(view, service, definition, at))
    service.unplaced = -NEVER
    return started


def obstacle_to(view: View, definition: Any, network: Mapping[str, Any]) -> str | None:
    """Why there is no place for one more task; None when there is."""
    if used(view) + ecs_records.vcpus(definition) > view.quotas["fargate_vcpus"]:
        return FULL
    for subnet in _awsvpc(network).get("subnets", ()):
        if view.find("subnet", subnet) is None:
            return f"The subnet ID '{subnet}' does not exist"
    return None


def _elsewhere(service: Service) -> str | None:
    """Without a launch type it is EC2, of which there is none here."""
    providers = {one.get("capacityProvider") for one in service.settings.get("capacityProviderStrategy", ())}
    fargate = service.settings.get("launchType") == "FARGATE" or providers & {"FARGATE", "FARGATE_SPOT"}
    return None if fargate else "No Container Instances were found in your cluster"


def used(view: View) -> float:
    """vCPUs of all the tasks that have not stopped."""
    found = (ecs_records.definition(view, one.definition) for one in ecs_records.unstopped(view))
    return sum(ecs_records.vcpus(one) for one in found if one is not None)


def launch(
    view: View,
    cluster: str,
    definition: Any,
    settings: Mapping[str, Any],
    at: float,
    tags: list[dict[str, str]],
    *,
    service: str = "",
    deployment: str = "",
) -> Task:
    """A task in PROVISIONING, with its interface."""
    network = _awsvpc(settings.get("networkConfiguration", {}))
    subnet = _emptiest(view, cluster, service, network["subnets"])
    attachment = str(uuid.uuid4())
    described = f"arn:aws:ecs:{view.region}:{view.account}:attachment/{attachment}"
    groups = network.get("securityGroups") or [_default_group(view, subnet)]
    public = network.get("assignPublicIp") == "ENABLED"
    interface = interfaces.add(view, subnet, described, "interface", groups, public=public)
    arn = f"arn:aws:ecs:{view.region}:{view.account}:task/{cluster}/{uuid.uuid4().hex}"
    address = str(view.ec2.enis[interface].private_ip_address)
    due = NEVER if "ecs_task" in view.faults.never_ready else at + view.seconds(PULL_S)
    made = Task(
        arn, cluster, service, deployment, definition.arn, at, due, dict(settings), subnet, interface, address, tags
    )
    made.attachment = attachment
    view.books.fleet.tasks[view.region, arn] = made
    return made


def _of_service(view: View, service: Service, definition: Any, at: float) -> Task:
    return launch(
        view,
        service.cluster,
        definition,
        service.settings,
        at,
        _tags(view, service, definition),
        service=service.arn,
        deployment=service.primary.id,
    )


def _tags(view: View, service: Service, definition: Any) -> list[dict[str, str]]:
    """aws-reality 5.7: tasks bear a tag only when the service says whose, and ECS's own when it says so."""
    twin = view.backend("ecs").services.get(f"{service.cluster}:{service.name}")
    held = {"SERVICE": twin.tags if twin is not None else [], "TASK_DEFINITION": definition.tags}
    found = [dict(one) for one in held.get(service.settings.get("propagateTags", "NONE"), ())]
    if service.settings.get("enableECSManagedTags"):
        found.append({"key": "aws:ecs:clusterName", "value": service.cluster})
        found.append({"key": "aws:ecs:serviceName", "value": service.name})
    return found


def _wait(view: View, service: Service, obstacle: str, at: float) -> None:
    service.due = at + (view.seconds(_AGAIN_S) or _AGAIN_S)
    if at - service.unplaced >= (view.seconds(_SAID_AGAIN_S) or _SAID_AGAIN_S):
        service.unplaced = at
        ecs_records.tell(service, at, f"was unable to place a task. Reason: {obstacle}")


def _awsvpc(network: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = network.get("awsvpcConfiguration", {})
    return found


def _emptiest(view: View, cluster: str, service: str, subnets: list[str]) -> str:
    """Tasks are spread over the zones."""
    placed = [one.subnet for one in ecs_records.unstopped(view, cluster, service)]
    return min(subnets, key=placed.count)


def _default_group(view: View, subnet: str) -> str:
    return str(view.ec2.get_default_security_group(view.find("subnet", subnet).vpc_id).id)
