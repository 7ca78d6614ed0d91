"""Target groups."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.letting_go import lingers
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_BOTH = ("CreateTargetGroup", "ModifyTargetGroup")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
_CODES = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")
_HTTP, _GRPC = (200, 499), (0, 99)  # botocore model: Matcher


@rule(
    "elbv2",
    "CreateTargetGroup",
    "ValidationError",
    "a target group's name: 1-32 letters, digits and inner hyphens",
    source="3.10 a",
)
def target_group_name(call: Call, view: View) -> str | None:
    name = str(call.params.get("Name", ""))
    bad = len(name) > 32 or not _NAME.fullmatch(name)
    return (
        f"Target group name '{name}' cannot be longer than '32' characters, or begin or end with '-'" if bad else None
    )


@rule("elbv2", _BOTH, "ValidationError", "a gRPC target group is checked by gRPC codes", source="3.11")
def grpc_matcher(call: Call, view: View) -> str | None:
    bad = _version(call, view) == "GRPC" and "HttpCode" in call.params.get("Matcher", {})
    return "HTTP codes cannot be specified for a target group with protocol version 'GRPC'" if bad else None


@rule("elbv2", _BOTH, "ValidationError", "only a gRPC target group is checked by gRPC codes", source="3.11")
def http_matcher(call: Call, view: View) -> str | None:
    bad = _version(call, view) != "GRPC" and "GrpcCode" in call.params.get("Matcher", {})
    return "gRPC codes can only be specified for a target group with protocol version 'GRPC'" if bad else None


@rule(
    "elbv2",
    _BOTH,
    "ValidationError",
    "a healthy answer is of 200-499, or of 0-99 for gRPC",
    source="3.11; botocore model",
)
def matcher_codes(call: Call, view: View) -> str | None:
    for member, (low, high) in (("HttpCode", _HTTP), ("GrpcCode", _GRPC)):
        said = str(call.params.get("Matcher", {}).get(member, low))
        codes = [int(one) for one in re.findall(r"\d+", said)]
        if not _CODES.fullmatch(said) or not all(low <= one <= high for one in codes):
            return f"Health check matcher {member} '{said}' must be within '{low}-{high}' inclusive"
    return None


@rule("elbv2", _BOTH, "ValidationError", "a health check asks for a path that begins with /", source="3.11; ELBv2 API")
def health_path(call: Call, view: View) -> str | None:
    path = call.params.get("HealthCheckPath")
    return f"Health check path '{path}' must begin with a '/' character" if path and path[0] != "/" else None


@rule("elbv2", _BOTH, "ValidationError", "a health check's port: traffic-port or 1-65535", source="botocore model")
def health_port(call: Call, view: View) -> str | None:
    port = str(call.params.get("HealthCheckPort", "traffic-port"))
    good = port == "traffic-port" or (port.isdigit() and 1 <= int(port) <= 65_535)
    return None if good else f"Health check port '{port}' must be 'traffic-port' or between '1-65535' inclusive"


@rule(
    "elbv2",
    _BOTH,
    "ValidationError",
    "the health of an HTTP target group is asked by HTTP or HTTPS",
    source="3.11; ELBv2 API: CreateTargetGroup",
)
def health_protocol(call: Call, view: View) -> str | None:
    web = _of(call, view, "Protocol", "protocol") in ("HTTP", "HTTPS")
    said = call.params.get("HealthCheckProtocol", "HTTP")
    bad = web and said not in ("HTTP", "HTTPS")
    return f"Health check protocol '{said}' is not supported for target groups with the HTTP protocol" if bad else None


@rule(
    "elbv2",
    _BOTH,
    "ValidationError",
    "targets that are addresses or instances are always asked for their health",
    source="ELBv2 API: CreateTargetGroup",
)
def health_unasked(call: Call, view: View) -> str | None:
    kind = _of(call, view, "TargetType", "target_type") or "instance"
    off = call.params.get("HealthCheckEnabled") is False and kind != "lambda"
    return f"Health check enabled must be true for target groups with target type '{kind}'" if off else None


@rule(
    "elbv2",
    "ModifyTargetGroup",
    "ValidationError",
    "a health check ends before the next begins",
    source="botocore model",
)
def health_times(call: Call, view: View) -> str | None:
    found = view.find("target_group", call.params["TargetGroupArn"])
    if found is None:
        return None
    interval = int(call.params.get("HealthCheckIntervalSeconds") or found.health_check_interval_seconds)
    timeout = int(call.params.get("HealthCheckTimeoutSeconds") or found.health_check_timeout_seconds)
    said = f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'"
    return said if timeout >= interval else None


@rule(
    "elbv2",
    "CreateTargetGroup",
    "DuplicateTargetGroupName",
    "one name a region; the same settings again give the same one",
    source="3.10 c",
)
def target_group_taken(call: Call, view: View) -> str | None:
    from muvi_provision.sandbox.effects.target_groups import settings_of

    taken = [one for one in view.all("target_group") if one.name == call.params["Name"]]
    other = [one for one in taken if one.asked != settings_of(call)]
    return f"A target group with the same name '{other[0].name}' exists, but with different settings" if other else None


@rule("elbv2", "CreateTargetGroup", "TooManyTargetGroups", "a region holds 3,000 target groups", source="3.10 i")
def too_many_target_groups(call: Call, view: View) -> str | None:
    others = [one for one in view.all("target_group") if one.name != call.params["Name"]]
    return (
        "The maximum number of target groups has been reached." if len(others) >= view.quotas["target_groups"] else None
    )


@rule(
    "elbv2",
    "DeleteTargetGroup",
    "ResourceInUse",
    "a target group is let go of a moment after its last listener or rule",
    source="3.10 f",
)
def target_group_lingers(call: Call, view: View) -> str | None:
    arn = call.params["TargetGroupArn"]
    return f"Target group '{arn}' is currently in use by a listener or a rule" if lingers(view, arn) else None


def _version(call: Call, view: View) -> str:
    return str(_of(call, view, "ProtocolVersion", "protocol_version") or "HTTP1")


def _of(call: Call, view: View, member: str, attribute: str) -> Any:
    """What the target group of this call has, or will have."""
    if call.operation == "CreateTargetGroup":
        return call.params.get(member)
    return getattr(view.find("target_group", call.params["TargetGroupArn"]), attribute, None)
