"""Target groups."""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.view import View

_DEFAULTS = {  # aws-reality 3.10, 3.11: what is not said counts as said
    "TargetType": "instance",
    "ProtocolVersion": "HTTP1",
    "HealthCheckEnabled": True,
    "HealthCheckIntervalSeconds": 30,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 5,
    "UnhealthyThresholdCount": 2,
    "HealthCheckPort": "traffic-port",
    "IpAddressType": "ipv4",
}


_ATTRIBUTES = {  # the model of botocore: what a new one behind an application load balancer has
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}


def settings_of(call: Call) -> str:
    """Everything but the tags, for comparing: AWS gives the same group only for all the same settings."""
    said = {key: value for key, value in call.params.items() if key != "Tags"}
    grpc = said.get("ProtocolVersion") == "GRPC"
    checked = {
        "HealthCheckPath": "/AWS.ALB/healthcheck" if grpc else "/",
        "Matcher": {"GrpcCode": "12"} if grpc else {"HttpCode": "200"},
        "HealthCheckProtocol": said.get("Protocol"),
    }
    return json.dumps(_DEFAULTS | checked | said, sort_keys=True, default=str)


@instead("elbv2", "CreateTargetGroup")
def same_group(call: Call, view: View) -> Any:
    there = [one for one in view.all("target_group") if one.name == call.params["Name"]]
    return {"TargetGroups": there} if there else None


@amend("elbv2", "CreateTargetGroup")
def grpc_defaults(call: Call, view: View, params: dict[str, Any]) -> None:
    if params.get("ProtocolVersion") == "GRPC":
        params.setdefault("HealthCheckPath", "/AWS.ALB/healthcheck")
        params.setdefault("Matcher", {"GrpcCode": "12"})


@after("elbv2", "CreateTargetGroup")
def group_made(call: Call, view: View, result: Any) -> None:
    group = result["TargetGroups"][0]
    if hasattr(group, "asked"):
        return
    group.asked = settings_of(call)
    if group.protocol in ("HTTP", "HTTPS"):
        group.attributes = dict(_ATTRIBUTES)


@instead("elbv2", "ModifyTargetGroupAttributes")
def attributes_changed(call: Call, view: View) -> Any:
    """The emulator refuses the longest delay, and writes down what is no attribute."""
    group = view.find("target_group", call.params["TargetGroupArn"])
    if group is None:
        return None
    group.attributes |= {one["Key"]: str(one.get("Value", "")) for one in call.params["Attributes"]}
    return {"Attributes": group.attributes}


@after("elbv2", "ModifyTargetGroup")
def group_changed(call: Call, view: View, result: Any) -> None:
    """The emulator knows no gRPC codes here; and a changed group is no longer the one that was asked for."""
    group = view.find("target_group", call.params["TargetGroupArn"])
    if "GrpcCode" in call.params.get("Matcher", {}):
        group.matcher = {"GrpcCode": call.params["Matcher"]["GrpcCode"]}
    changed = {key: value for key, value in call.params.items() if key != "TargetGroupArn"}
    group.asked = json.dumps(json.loads(group.asked) | changed, sort_keys=True, default=str)


@instead("elbv2", "DescribeTargetGroups")
def groups_of_balancer(call: Call, view: View) -> Any:
    """A load balancer with no target group has an empty list; the emulator says not found."""
    balancer = call.params.get("LoadBalancerArn")
    if not balancer or view.find("load_balancer", balancer) is None:
        return None
    return {"TargetGroups": [one for one in view.all("target_group") if balancer in one.load_balancer_arns]}


@after("elbv2", "DeleteTargetGroup")
def group_gone(call: Call, view: View, result: Any) -> None:
    view.elb.tagging_service.delete_all_tags_for_resource(call.params["TargetGroupArn"])
