"""Policies that track a target, each with its two alarms (aws-reality 7.4).

Nothing is scaled by them: no service here has a load that would be measured.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import alarms, scaling
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.scaling import Policy, Target
from muvi_provision.sandbox.view import View

_WORD = "application-autoscaling"
_PAGE = 50
_SLACK = 0.9  # fewer tasks only when this much of the target is not reached
_HIGH, _LOW = ("AlarmHigh", "GreaterThanThreshold", 3, 1.0), ("AlarmLow", "LessThanThreshold", 15, _SLACK)


@instead(_WORD, "PutScalingPolicy")
def put(call: Call, view: View) -> Any:
    said = call.params
    configuration = said.get("TargetTrackingScalingPolicyConfiguration", {})
    if said.get("PolicyType") != "TargetTrackingScaling" or "CustomizedMetricSpecification" in configuration:
        raise NotImplementedError("a policy that does not track a predefined metric")
    target, name = scaling.asked(call, view), said["PolicyName"]
    there = target.policies.get(name)
    policy = Policy(name, "", dict(configuration), view.today, [])
    if there is not None:
        policy.arn, policy.made = there.arn, there.made
        drop_alarms(view, there)
    else:
        own = f"{uuid.uuid4()}:resource/ecs/{target.resource}:policyName/{name}"
        policy.arn = f"arn:aws:autoscaling:{view.region}:{view.account}:scalingPolicy:{own}"
    target.policies[name], target.policed_at = policy, view.now
    _raise_alarms(view, target, policy)
    return {"PolicyARN": policy.arn, "Alarms": _alarms(view, policy)}


def _raise_alarms(view: View, target: Target, policy: Policy) -> None:
    goal = policy.configuration["TargetValue"]
    wanted = (_HIGH,) if policy.configuration.get("DisableScaleIn") else (_HIGH, _LOW)
    for word, comparison, periods, share in wanted:
        name = f"TargetTracking-{target.resource}-{word}-{uuid.uuid4()}"
        shown = {
            "AlarmName": name,
            "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}.",
            "AlarmActions": [policy.arn],
            "Period": 60,
            "EvaluationPeriods": periods,
            "Threshold": goal * share,
            "ComparisonOperator": comparison,
        }
        alarms.put(view, name, shown | _metric(target, policy.configuration), {})
        policy.alarms.append(name)


def _metric(target: Target, configuration: Mapping[str, Any]) -> dict[str, Any]:
    said = configuration["PredefinedMetricSpecification"]
    if said["PredefinedMetricType"] == "ALBRequestCountPerTarget":
        balancer, _, group = said["ResourceLabel"].partition("/targetgroup/")
        named = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
        name, space, stat = "RequestCountPerTarget", "AWS/ApplicationELB", "Sum"
    else:
        _, cluster, service = target.resource.split("/")
        named = {"ClusterName": cluster, "ServiceName": service}
        name = "CPUUtilization" if "CPU" in said["PredefinedMetricType"] else "MemoryUtilization"
        space, stat = "AWS/ECS", "Average"
    dimensions = [{"Name": key, "Value": value} for key, value in named.items()]
    return {"MetricName": name, "Namespace": space, "Statistic": stat, "Dimensions": dimensions}


def drop_alarms(view: View, policy: Policy) -> None:
    for name in policy.alarms:
        alarms.shelf(view).pop(name, None)


def _alarms(view: View, policy: Policy) -> list[dict[str, str]]:
    start = f"arn:aws:cloudwatch:{view.region}:{view.account}:alarm:"
    return [{"AlarmName": name, "AlarmARN": start + name} for name in policy.alarms]


@instead(_WORD, "DescribeScalingPolicies")
def described(call: Call, view: View) -> Any:
    resource, names = call.params.get("ResourceId"), call.params.get("PolicyNames")
    found = [
        _shown(view, target, policy)
        for _, target in sorted(scaling.shelf(view).targets.items())
        for _, policy in sorted(target.policies.items())
        if resource in (None, target.resource) and (not names or {policy.name, policy.arn} & set(names))
    ]
    kept, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults", _PAGE))
    return {"ScalingPolicies": kept} | ({"NextToken": token} if token else {})


def _shown(view: View, target: Target, policy: Policy) -> dict[str, Any]:
    return {
        "PolicyARN": policy.arn,
        "PolicyName": policy.name,
        "ServiceNamespace": "ecs",
        "ResourceId": target.resource,
        "ScalableDimension": scaling.DIMENSION,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": dict(policy.configuration),
        "Alarms": _alarms(view, policy),
        "CreationTime": policy.made,
    }


@instead(_WORD, "DeleteScalingPolicy")
def deleted(call: Call, view: View) -> Any:
    target = scaling.shelf(view).targets.get(call.params["ResourceId"])
    policy = target.policies.pop(call.params["PolicyName"], None) if target is not None else None
    if policy is None:
        where = f"{scaling.named(call)}: {call.params['PolicyName']}"
        raise Refused("ObjectNotFoundException", f"No scaling policy found for {where}")
    drop_alarms(view, policy)
    return {}
