"""Application Auto Scaling: what may scale, and by what (aws-reality 7.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import scaling
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules import listeners
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_WORD, _WRONG = "application-autoscaling", "ValidationException"
_REGISTER, _PUT = "RegisterScalableTarget", "PutScalingPolicy"
_CHANGES = (_REGISTER, _PUT, "DeleteScalingPolicy", "DeregisterScalableTarget")
_RESOURCE = re.compile(r"service/[\w-]+/[\w-]+")
_LABEL = re.compile(r"(app/[\w-]+/[0-9a-f]{16})/(targetgroup/[\w-]+/[0-9a-f]{16})")
_METRICS = {
    *("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"),
    *("ECSServiceAverageCPUUtilizationHighResolution", "ECSServiceAverageMemoryUtilizationHighResolution"),
}
_SEEN_S = 2  # 1.6: so long a new service is not known here
_APART_S = 1


@rule(_WORD, _CHANGES, _WRONG, "the desired count of an ECS service, by its names", source="7.4 a")
def kind(call: Call, view: View) -> str | None:
    said = call.params
    if said["ServiceNamespace"] != "ecs":
        raise NotImplementedError(said["ServiceNamespace"])
    known = said["ScalableDimension"] == scaling.DIMENSION and _RESOURCE.fullmatch(said["ResourceId"])
    return None if known else "Unsupported service namespace, resource type or scalable dimension"


@rule(_WORD, _REGISTER, _WRONG, "the ECS service is there", source="7.4 e")
def service(call: Call, view: View) -> str | None:
    said = call.params["ResourceId"]
    found = scaling.service_of(view, said)
    known = found is not None and view.now >= found.created + view.seconds(_SEEN_S)
    return None if known else f"ECS service doesn't exist: {said}"


@rule(
    _WORD,
    _REGISTER,
    _WRONG,
    "a new target has both limits, and they are the right way round",
    source="Application Auto Scaling API: RegisterScalableTarget",
)
def limits(call: Call, view: View) -> str | None:
    said, there = call.params, scaling.shelf(view).targets.get(call.params["ResourceId"])
    least = said.get("MinCapacity", there.least if there else None)
    most = said.get("MaxCapacity", there.most if there else None)
    if least is None or most is None:
        return "Both MinCapacity and MaxCapacity must be specified when registering a new scalable target"
    if least < 0:
        return "Minimum capacity cannot be negative"
    return f"Maximum capacity cannot be less than minimum capacity: {most} < {least}" if most < least else None


@rule(_WORD, _PUT, "ObjectNotFoundException", "a policy is of a target that is registered", source="7.4 e")
def registered(call: Call, view: View) -> str | None:
    there = call.params["ResourceId"] in scaling.shelf(view).targets
    return None if there else f"No scalable target registered for {scaling.named(call)}"


@rule(_WORD, _PUT, _WRONG, "a policy tracks one metric that an ECS service has", source="7.4 a")
def metric(call: Call, view: View) -> str | None:
    said = _tracking(call)
    if said.get("TargetValue", 1) <= 0:
        return "TargetValue must be greater than 0"
    if call.params.get("PolicyType") == "TargetTrackingScaling" and not said:
        return "TargetTrackingScalingPolicyConfiguration must be specified for policy type TargetTrackingScaling"
    named = said.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    known = named is None or named in _METRICS
    return None if known else f"PredefinedMetricType {named} is not supported for service namespace ecs"


@rule(
    _WORD, _PUT, _WRONG, "requests are counted at a target group of the load balancer that is named", source="7.4 a, e"
)
def label(call: Call, view: View) -> str | None:
    said = _tracking(call).get("PredefinedMetricSpecification", {})
    counted = said.get("PredefinedMetricType") == "ALBRequestCountPerTarget"
    if not counted:
        only = "ResourceLabel can only be specified for ALBRequestCountPerTarget"
        return only if said.get("ResourceLabel") else None
    form = _LABEL.fullmatch(said.get("ResourceLabel", ""))
    if form is None:
        return "ResourceLabel must be in format app/<load-balancer>/<id>/targetgroup/<target-group>/<id>"
    group = next((one for one in view.all("target_group") if one.arn.endswith(f":{form[2]}")), None)
    behind = listeners.behind(view, group.arn) if group is not None else set()
    attached = any(one.endswith(f":loadbalancer/{form[1]}") for one in behind)
    return None if attached else f"Target group {form[2]} is not attached to load balancer {form[1]}"


@rule(
    _WORD,
    _PUT,
    _WRONG,
    "a figure is tracked by one policy of a target",
    source="iss:hashicorp/terraform-provider-aws#41179",
)
def tracked_twice(call: Call, view: View) -> str | None:
    target, said = scaling.shelf(view).targets.get(call.params["ResourceId"]), _tracking(call)
    others = target.policies.values() if target is not None else ()
    bad = any(
        one.name != call.params["PolicyName"] and _metric_of(one.configuration) == _metric_of(said) for one in others
    )
    allowed = "Only one TargetTrackingScaling policy for a given metric specification is allowed."
    return allowed if said and bad else None


def _metric_of(configuration: Mapping[str, Any]) -> Any:
    return configuration.get("PredefinedMetricSpecification") or configuration.get("CustomizedMetricSpecification")


def _tracking(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = call.params.get("TargetTrackingScalingPolicyConfiguration", {})
    return found


@rule(
    _WORD,
    (_PUT, "DeregisterScalableTarget"),
    "ConcurrentUpdateException",
    "one change of a target after the other",
    source="7.4 e",
)
def one_by_one(call: Call, view: View) -> str | None:
    target = scaling.shelf(view).targets.get(call.params["ResourceId"])
    busy = target is not None and view.now < target.policed_at + view.seconds(_APART_S)
    return "You already have a pending update to an Auto Scaling resource." if busy else None


@rule(_WORD, "TagResource", "TooManyTagsException", "50 tags a target", source="1.5")
def tags(call: Call, view: View) -> str | None:
    many = len(set(scaling.tagged(call, view).tags) | set(call.params["Tags"])) > 50
    return "The number of tags exceeds the maximum of 50." if many else None
