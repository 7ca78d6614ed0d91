"""What a run of a function leaves behind: lines in its log group, if its role may write them, and metrics."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import log_events, roles
from muvi_provision.sandbox.functions import Function
from muvi_provision.sandbox.view import View


def write(view: View, function: Function, request: str, took: float, trouble: Mapping[str, str]) -> list[str]:
    """The lines of one run, which took so many milliseconds."""
    lines = _lines(view, function, request, took, trouble)
    stream = _stream(view, function)
    if stream is not None:
        log_events.write(view, stream, view.now, lines)
    return lines


def _lines(view: View, function: Function, request: str, took: float, trouble: Mapping[str, str]) -> list[str]:
    memory, billed = function.settings["MemorySize"], -(-took // 1)
    shown = {"durationMs": took, "billedDurationMs": int(billed), "memorySizeMB": memory, "maxMemoryUsedMB": 64}
    if function.settings["LoggingConfig"].get("LogFormat") == "JSON":
        ended = {"requestId": request, "status": "error" if trouble else "success", "metrics": shown}
        at = view.today.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        kinds = {"platform.start": {"requestId": request, "version": "$LATEST"}, "platform.report": ended}
        said = [json.dumps({"time": at, "type": kind, "record": record}) for kind, record in kinds.items()]
        return [said[0], *([json.dumps({"level": "ERROR", **trouble})] if trouble else []), said[1]]
    durations = f"Duration: {took:.2f} ms\tBilled Duration: {billed:.0f} ms"
    return [
        f"START RequestId: {request} Version: $LATEST",
        *([f"[ERROR] {trouble['errorType']}: {trouble['errorMessage']}"] if trouble else []),
        f"END RequestId: {request}",
        f"REPORT RequestId: {request}\t{durations}\tMemory Size: {memory} MB\tMax Memory Used: 64 MB",
    ]


def _stream(view: View, function: Function) -> Any:
    """Where the function writes: it makes what is missing as far as its role may (aws-reality 5.4 f); or None."""
    backend, name, role = view.backend("logs"), function.log_group, function.settings["Role"]
    group_arn = f"arn:aws:logs:{view.region}:{view.account}:log-group:{name}"
    if name not in backend.groups:
        if not roles.allows(view, role, "logs:CreateLogGroup", f"{group_arn}:*"):
            return None
        backend.create_log_group(name, {})
        backend.groups[name].creation_time = view.today.replace(tzinfo=None)
    group = backend.groups[name]
    if function.stream not in group.streams:
        if not roles.allows(view, role, "logs:CreateLogStream", f"{group_arn}:log-stream:"):
            return None
        function.stream = f"{view.today:%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
        backend.create_log_stream(name, function.stream)
    stream_arn = f"{group_arn}:log-stream:{function.stream}"
    return group.streams[function.stream] if roles.allows(view, role, "logs:PutLogEvents", stream_arn) else None


def measure(view: View, function: Function, took: float, *, failed: bool) -> None:
    """Lambda's own metrics, which alarms are made of."""
    named = [{"Name": "FunctionName", "Value": function.name}]
    at = view.today.replace(tzinfo=None)
    values = {"Invocations": (1.0, "Count"), "Errors": (float(failed), "Count"), "Duration": (took, "Milliseconds")}
    told = [
        {"MetricName": name, "Value": value, "Unit": unit, "Timestamp": at, "Dimensions": named}
        for name, (value, unit) in values.items()
    ]
    view.backend("cloudwatch").put_metric_data("AWS/Lambda", told)
