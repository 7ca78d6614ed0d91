"""Scalable targets: a service is moved between its limits as soon as it has them (aws-reality 7.4 b)."""

from __future__ import annotations

import uuid
from typing import Any

from muvi_provision.sandbox import linked_roles, scaling
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import autoscaling_policies
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.scaling import Activity, Target
from muvi_provision.sandbox.view import View

WORD = "application-autoscaling"
_PAGE = 50
_ABSENT = ("PutScheduledAction", "DeleteScheduledAction", "DescribeScheduledActions", "GetPredictiveScalingForecast")
_SUSPENDED = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


@instead(WORD, "RegisterScalableTarget")
def registered(call: Call, view: View) -> Any:
    """What is not said of one that is there stays."""
    said, resource = call.params, call.params["ResourceId"]
    held = scaling.shelf(view).targets
    if resource not in held:
        arn = f"arn:aws:{WORD}:{view.region}:{view.account}:scalable-target/{uuid.uuid4().hex}"
        tags = dict(said.get("Tags", {}))
        held[resource] = Target(resource, arn, 0, 0, dict.fromkeys(_SUSPENDED, False), tags, view.today)
    target = held[resource]
    target.least = said.get("MinCapacity", target.least)
    target.most = said.get("MaxCapacity", target.most)
    target.suspended |= said.get("SuspendedState", {})
    _move(view, target)
    return {"ScalableTargetARN": target.arn}


def _move(view: View, target: Target) -> None:
    service = scaling.service_of(view, target.resource)
    if service is None or target.least <= service.desired <= target.most:
        return
    low = service.desired < target.least
    service.desired = target.least if low else target.most
    service.primary.desired, service.primary.updated = service.desired, view.now
    service.steady, service.due = False, view.now
    twin = view.backend("ecs").services.get(f"{service.cluster}:{service.name}")
    if twin is not None:
        twin.desired_count = service.desired
    limit = f"minimum capacity was set to {target.least}" if low else f"maximum capacity was set to {target.most}"
    what = f"Setting desired count to {service.desired}."
    scaling.shelf(view).activities.insert(0, Activity(target.resource, what, limit, view.today))


@instead(WORD, "DescribeScalableTargets")
def targets(call: Call, view: View) -> Any:
    wanted = call.params.get("ResourceIds")
    every = scaling.shelf(view).targets
    found = [_target(view, one) for name, one in sorted(every.items()) if not wanted or name in wanted]
    kept, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults", _PAGE))
    return {"ScalableTargets": kept} | ({"NextToken": token} if token else {})


def _target(view: View, one: Target) -> dict[str, Any]:
    service = "ecs.application-autoscaling.amazonaws.com"
    role = f"aws-service-role/{service}/{linked_roles.NAMES[service]}"
    return where(one.resource) | {
        "MinCapacity": one.least,
        "MaxCapacity": one.most,
        "RoleARN": f"arn:aws:iam::{view.account}:role/{role}",
        "CreationTime": one.made,
        "SuspendedState": dict(one.suspended),
        "ScalableTargetARN": one.arn,
    }


def where(resource: str) -> dict[str, Any]:
    return {"ServiceNamespace": "ecs", "ResourceId": resource, "ScalableDimension": scaling.DIMENSION}


@instead(WORD, "DeregisterScalableTarget")
def deregistered(call: Call, view: View) -> Any:
    """aws-reality 7.4 f: its policies go with it, and their alarms."""
    target = scaling.asked(call, view)
    for policy in target.policies.values():
        autoscaling_policies.drop_alarms(view, policy)
    del scaling.shelf(view).targets[target.resource]
    return {}


@instead(WORD, "DescribeScalingActivities")
def activities(call: Call, view: View) -> Any:
    wanted = call.params.get("ResourceId")
    found = [
        where(one.resource)
        | {"ActivityId": one.id, "Description": one.description, "Cause": one.cause, "StatusCode": "Successful"}
        | {"StartTime": one.at, "EndTime": one.at, "StatusMessage": "Successfully set the desired count."}
        for one in scaling.shelf(view).activities
        if wanted in (None, one.resource)
    ]
    kept, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults", _PAGE))
    return {"ScalingActivities": kept} | ({"NextToken": token} if token else {})


@instead(WORD, _ABSENT)
def absent(call: Call, view: View) -> Any:
    """The emulator would do these to targets of its own."""
    raise NotImplementedError(call.operation)


@instead(WORD, "ListTagsForResource")
def tags(call: Call, view: View) -> Any:
    return {"Tags": dict(scaling.tagged(call, view).tags)}


@instead(WORD, "TagResource")
def tagged(call: Call, view: View) -> Any:
    scaling.tagged(call, view).tags.update(call.params["Tags"])
    return {}


@instead(WORD, "UntagResource")
def untagged(call: Call, view: View) -> Any:
    for key in call.params["TagKeys"]:
        scaling.tagged(call, view).tags.pop(key, None)
    return {}
