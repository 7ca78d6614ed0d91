"""Where a task can be reached: its target groups and its Cloud Map services."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.effects.registry import after
from muvi_provision.sandbox.fleet import Service, Task
from muvi_provision.sandbox.view import View

_SAID = {  # state -> reason, description
    "initial": ("Elb.RegistrationInProgress", "Target registration is in progress"),
    "unhealthy": ("Target.FailedHealthChecks", "Health checks failed"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "unused": ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
    "healthy": (None, None),
}


def register(view: View, service: Service, task: Task) -> None:
    """A running task is told to its service's target groups and Cloud Map services."""
    for one in service.settings.get("loadBalancers", ()):
        group = view.find("target_group", one.get("targetGroupArn"))
        if group is not None:
            group.register([{"Id": task.address, "Port": int(one["containerPort"])}])
            task.registered.append((group.arn, int(one["containerPort"])))
    for one in service.settings.get("serviceRegistries", ()):
        _discoverable(view, service, task, str(one["registryArn"]).rpartition("/")[2])


def deregister(view: View, task: Task) -> None:
    """It is sent nothing new; ``task.registered`` goes on saying where it drains."""
    for arn, _ in task.registered:
        group = view.find("target_group", arn)
        if group is not None and task.address in group.targets:
            group.targets.pop(task.address)
    held = view.backend("servicediscovery")
    for wanted in task.instances:
        if wanted in held.services and any(one.instance_id == task.id for one in held.services[wanted].instances):
            held.deregister_instance(wanted, task.id)
    task.instances = []


def delay(view: View, task: Task) -> float:
    """The longest of its target groups' deregistration delays, in AWS's seconds."""
    found = [view.find("target_group", arn) for arn, _ in task.registered]
    return max(
        (float(one.attributes.get("deregistration_delay.timeout_seconds", 300)) for one in found if one is not None),
        default=0.0,
    )


def patience(view: View, service: Service) -> float:
    """After how long a task that is not well is given up, in AWS's seconds."""
    found = [view.find("target_group", one.get("targetGroupArn")) for one in service.settings.get("loadBalancers", ())]
    checks = [float(one.health_check_interval_seconds) * int(one.unhealthy_threshold_count) for one in found if one]
    return max([float(service.settings.get("healthCheckGracePeriodSeconds") or 0), *checks])


@after("elbv2", "DescribeTargetHealth")
def health(call: Call, view: View, result: Any) -> None:
    """What ECS registered is initial before it is healthy, and drains before it is gone."""
    group = view.find("target_group", call.params["TargetGroupArn"])
    ours = {
        one.address: one
        for one in ecs_records.unstopped(view)
        if any(arn == group.arn for arn, _ in one.registered) and one.phase in ("running", "draining")
    }
    shown = result["TargetHealthDescriptions"]
    for one in shown:
        task = ours.pop(one.instance_id, None)
        if task is not None:
            _say(one, _state(group, task))
    if not call.params.get("Targets"):
        shown.extend(_draining(group, task) for task in ours.values() if task.phase == "draining")


def _state(group: Any, task: Task) -> str:
    if task.phase == "draining":
        return "draining"
    if not group.load_balancer_arns:
        return "unused"
    return "healthy" if task.healthy else "initial"


def _say(one: Any, state: str) -> None:
    one.status = state
    one.reason, one.description = _SAID[state]


def _draining(group: Any, task: Task) -> Any:
    from moto.elbv2.models import FakeHealthStatus

    port = next(port for arn, port in task.registered if arn == group.arn)
    return FakeHealthStatus(task.address, port, group.health_check_port, "draining", *_SAID["draining"])


def _discoverable(view: View, service: Service, task: Task, wanted: str) -> None:
    held = view.backend("servicediscovery")
    if wanted not in held.services:
        return
    family = task.definition.rpartition("/")[2].partition(":")[0]
    told = {
        "AWS_INSTANCE_IPV4": task.address,
        "AWS_INIT_HEALTH_STATUS": "HEALTHY",
        "AVAILABILITY_ZONE": str(view.find("subnet", task.subnet).availability_zone),
        "REGION": view.region,
        "ECS_CLUSTER_NAME": service.cluster,
        "ECS_SERVICE_NAME": service.name,
        "ECS_TASK_DEFINITION_FAMILY": family,
    }
    held.register_instance(wanted, task.id, task.id, told)
    task.instances.append(wanted)
