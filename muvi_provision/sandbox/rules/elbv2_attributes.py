"""The attributes of load balancers and target groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from muvi_provision.sandbox import buckets
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

Good = Callable[[str], bool]


def _one_of(*values: str) -> Good:
    return lambda value: value in values


def _within(low: int, high: int, *others: str) -> Good:
    return lambda value: value in others or (value.isdigit() and low <= int(value) <= high)


_SWITCH, _ANY, _DAYS = _one_of("true", "false"), (lambda _: True), _within(1, 604_800)
_LOGS = {
    f"{kind}_logs.s3.{part}": _ANY for kind in ("access", "connection", "health_check") for part in ("bucket", "prefix")
}
_LOGGED = {f"{kind}_logs.s3.enabled": _SWITCH for kind in ("access", "connection", "health_check")}
_HEALTH = "target_group_health"
BALANCER: Mapping[str, Good] = {  # botocore model: LoadBalancerAttribute, what an application load balancer has
    **_LOGS,
    **_LOGGED,
    "client_keep_alive.seconds": _within(60, 604_800),
    "deletion_protection.enabled": _SWITCH,
    "idle_timeout.timeout_seconds": _within(1, 4000),
    "ipv6.deny_all_igw_traffic": _SWITCH,
    "load_balancing.cross_zone.enabled": _one_of("true"),
    "routing.http.desync_mitigation_mode": _one_of("monitor", "defensive", "strictest"),
    "routing.http.drop_invalid_header_fields.enabled": _SWITCH,
    "routing.http.preserve_host_header.enabled": _SWITCH,
    "routing.http.x_amzn_tls_kx.enabled": _SWITCH,
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": _SWITCH,
    "routing.http.xff_client_port.enabled": _SWITCH,
    "routing.http.xff_header_processing.mode": _one_of("append", "preserve", "remove"),
    "routing.http2.enabled": _SWITCH,
    "waf.fail_open.enabled": _SWITCH,
    "zonal_shift.config.enabled": _SWITCH,
}
GROUP: Mapping[str, Good] = {  # botocore model: TargetGroupAttribute, of addresses and instances behind one
    "deregistration_delay.timeout_seconds": _within(0, 3600),
    "load_balancing.algorithm.anomaly_mitigation": _one_of("on", "off"),
    "load_balancing.algorithm.type": _one_of("round_robin", "least_outstanding_requests", "weighted_random"),
    "load_balancing.cross_zone.enabled": _one_of("true", "false", "use_load_balancer_configuration"),
    "routing.http2.rst_stream_error_forwarding.enabled": _SWITCH,
    "slow_start.duration_seconds": _within(30, 900, "0"),
    "stickiness.app_cookie.cookie_name": lambda value: not value.startswith("AWSALB"),
    "stickiness.app_cookie.duration_seconds": _DAYS,
    "stickiness.enabled": _SWITCH,
    "stickiness.lb_cookie.duration_seconds": _DAYS,
    "stickiness.type": _one_of("lb_cookie", "app_cookie"),
    f"{_HEALTH}.dns_failover.minimum_healthy_targets.count": _within(1, 1000, "off"),
    f"{_HEALTH}.dns_failover.minimum_healthy_targets.percentage": _within(1, 100, "off"),
    f"{_HEALTH}.unhealthy_state_routing.minimum_healthy_targets.count": _within(1, 1000),
    f"{_HEALTH}.unhealthy_state_routing.minimum_healthy_targets.percentage": _within(1, 100, "off"),
    "waf.http2.traffic_inspection_behavior": _one_of("inspect_immediately", "inspect_after_sufficient_data"),
}


@rule(
    "elbv2",
    "ModifyLoadBalancerAttributes",
    "ValidationError",
    "a load balancer's attributes are AWS's, and so are their values",
    source="botocore model: LoadBalancerAttribute",
)
def of_balancer(call: Call, view: View) -> str | None:
    balancer = view.find("load_balancer", call.params["LoadBalancerArn"])
    return _bad(call, BALANCER, "load balancer") if balancer is not None and balancer.type == "application" else None


@rule(
    "elbv2",
    "ModifyTargetGroupAttributes",
    "ValidationError",
    "a target group's attributes are AWS's, and so are their values",
    source="botocore model: TargetGroupAttribute",
)
def of_group(call: Call, view: View) -> str | None:
    group = view.find("target_group", call.params["TargetGroupArn"])
    judged = group is not None and group.target_type in ("ip", "instance") and group.protocol in ("HTTP", "HTTPS")
    return _bad(call, GROUP, "target group") if judged else None


@rule(
    "elbv2",
    "ModifyLoadBalancerAttributes",
    "InvalidConfigurationRequest",
    "access logs go to a bucket that is there, with a policy that lets them in",
    source="2.1; aws-load-balancer-controller#1956",
)
def logs(call: Call, view: View) -> str | None:
    balancer, said = view.find("load_balancer", call.params["LoadBalancerArn"]), _said(call)
    held = {**(balancer.attrs if balancer is not None else {}), **said}
    for kind in ("access", "connection", "health_check"):
        asked = any(key.startswith(f"{kind}_logs.") for key in said) and held.get(f"{kind}_logs.s3.enabled") == "true"
        name = str(held.get(f"{kind}_logs.s3.bucket", ""))
        found = buckets.find(view, name) if asked and name else None
        if asked and (found is None or not buckets.policy(found)):
            return f"Access Denied for bucket: {name}. Please check S3bucket permission"
    return None


def _said(call: Call) -> dict[str, str]:
    return {str(one.get("Key")): str(one.get("Value", "")) for one in call.params.get("Attributes", ())}


def _bad(call: Call, known: Mapping[str, Any], noun: str) -> str | None:
    for key, value in _said(call).items():
        if key not in known:
            return f"The {noun} attribute '{key}' is not recognized"
        if not known[key](value):
            return f"'{key}' value '{value}' is not valid"
    return None
