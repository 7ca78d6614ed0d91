"""Services, deployments and tasks as the API shows them."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.fleet import Deployment, Service, Task
from muvi_provision.sandbox.view import View

_PLATFORM = "1.4.0"  # aws-reality 5.7: what LATEST means for Linux
_PROVISION_S = 10  # an interface is attached
_STATUS = {"running": "RUNNING", "draining": "DEACTIVATING", "stopping": "STOPPING", "stopped": "STOPPED"}


def service(view: View, one: Service, *, tags: bool) -> dict[str, Any]:
    tasks = ecs_records.unstopped(view, service=one.arn)
    twin = view.backend("ecs").services.get(f"{one.cluster}:{one.name}")
    shown = {
        "serviceArn": one.arn,
        "serviceName": one.name,
        "clusterArn": f"arn:aws:ecs:{view.region}:{view.account}:cluster/{one.cluster}",
        "status": one.status,
        "desiredCount": one.desired,
        "runningCount": _counted(tasks, "running"),
        "pendingCount": _counted(tasks, "starting"),
        "taskDefinition": one.primary.definition,
        "deployments": [_deployment(view, one, each, tasks) for each in one.deployments],
        "events": [
            {"id": each.id, "createdAt": ecs_records.moment(view, each.at), "message": each.message}
            for each in one.events
        ],
        "createdAt": ecs_records.moment(view, one.created),
        "createdBy": f"arn:aws:iam::{view.account}:user/sandbox",
        "platformFamily": "Linux",
        "roleArn": f"arn:aws:iam::{view.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    }
    held = list(twin.tags or []) if twin is not None else []
    return shown | one.settings | ({"tags": held} if tags and held else {})


def _deployment(view: View, one: Service, each: Deployment, tasks: list[Task]) -> dict[str, Any]:
    own = [task for task in tasks if task.deployment == each.id]
    shown = {
        "id": each.id,
        "status": each.status,
        "taskDefinition": each.definition,
        "desiredCount": each.desired,
        "pendingCount": _counted(own, "starting"),
        "runningCount": _counted(own, "running"),
        "failedTasks": each.failed_tasks,
        "createdAt": ecs_records.moment(view, each.created),
        "updatedAt": ecs_records.moment(view, each.updated),
        "platformVersion": _PLATFORM,
        "platformFamily": "Linux",
        "networkConfiguration": each.network,
        "rolloutState": each.rollout,
        "rolloutStateReason": each.reason,
    }
    return shown | {key: one.settings[key] for key in ("launchType", "capacityProviderStrategy") if key in one.settings}


def _counted(tasks: list[Task], phase: str) -> int:
    return sum(task.phase == phase for task in tasks)


def task(view: View, one: Task, *, tags: bool) -> dict[str, Any]:
    definition = ecs_records.definition(view, one.definition)
    shown: dict[str, Any] = {
        "taskArn": one.arn,
        "clusterArn": f"arn:aws:ecs:{view.region}:{view.account}:cluster/{one.cluster}",
        "taskDefinitionArn": one.definition,
        "group": _group(one),
        "startedBy": one.deployment or one.settings.get("startedBy", ""),
        "launchType": "FARGATE",
        "platformVersion": _PLATFORM,
        "platformFamily": "Linux",
        "desiredStatus": "RUNNING" if one.alive else "STOPPED",
        "lastStatus": _last_status(view, one),
        "healthStatus": _health(definition, one),
        "connectivity": "CONNECTED",
        "overrides": one.settings.get("overrides", {"containerOverrides": []}),
        "attachments": [_attachment(view, one)],
        "containers": [_container(view, one, each) for each in definition.container_definitions] if definition else [],
        "createdAt": ecs_records.moment(view, one.created),
        "tags": list(one.tags) if tags else [],
        "version": 1,
    }
    if definition is not None:
        shown |= {"cpu": definition.cpu, "memory": definition.memory}
    zone = view.find("subnet", one.subnet)
    return shown | ({"availabilityZone": zone.availability_zone} if zone else {}) | _times(view, one) | _ending(one)


def _last_status(view: View, one: Task) -> str:
    if one.phase == "starting":
        return "PROVISIONING" if view.now < one.created + view.seconds(_PROVISION_S) else "PENDING"
    return _STATUS[one.phase]


def _group(one: Task) -> str:
    if one.service:
        return "service:" + one.service.rpartition("/")[2]
    family = one.definition.rpartition("/")[2].partition(":")[0]
    return str(one.settings.get("group") or f"family:{family}")


def _health(definition: Any, one: Task) -> str:
    if definition is None or not ecs_records.checked(definition) or one.phase == "starting":
        return "UNKNOWN"
    return "HEALTHY" if one.healthy else "UNHEALTHY" if one.reason else "UNKNOWN"


def _times(view: View, one: Task) -> dict[str, Any]:
    held = {"startedAt": one.started, "stoppingAt": one.stopping, "stoppedAt": one.stopped}
    return {key: ecs_records.moment(view, at) for key, at in held.items() if at is not None}


def _ending(one: Task) -> dict[str, Any]:
    return {key: value for key, value in (("stoppedReason", one.reason), ("stopCode", one.code)) if value}


def _attachment(view: View, one: Task) -> dict[str, Any]:
    details = {"subnetId": one.subnet, "networkInterfaceId": one.interface, "privateIPv4Address": one.address}
    return {
        "id": one.attachment,
        "type": "ElasticNetworkInterface",
        "status": "DELETED" if one.phase == "stopped" else "ATTACHED",
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def _container(view: View, one: Task, each: dict[str, Any]) -> dict[str, Any]:
    status = "PENDING" if one.phase == "starting" else "STOPPED" if one.phase == "stopped" else "RUNNING"
    shown = {
        "containerArn": f"arn:aws:ecs:{view.region}:{view.account}:container/{one.cluster}/{one.id}/{each['name']}",
        "taskArn": one.arn,
        "name": each["name"],
        "image": each["image"],
        "lastStatus": status,
        "networkInterfaces": [{"attachmentId": one.attachment, "privateIpv4Address": one.address}],
        "cpu": str(each.get("cpu", 0)),
    }
    if one.phase == "stopped" and one.exit_code is not None:
        shown["exitCode"] = one.exit_code
    return shown | ({"reason": one.container_reason} if one.container_reason else {})
