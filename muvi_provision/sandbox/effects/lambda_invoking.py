"""Calling a function. No code is run: one that is well answers with what it was sent, another fails as Lambda does.

What Lambda leaves behind is there: the lines in its log group, and the metrics that alarms look at.
"""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

from muvi_provision.sandbox import functions
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import lambda_code, lambda_logs
from muvi_provision.sandbox.effects.lambda_interfaces import NEW_S
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.functions import Function
from muvi_provision.sandbox.view import View

_TOOK_MS = 12.5


@instead("lambda", "Invoke")
def invoked(call: Call, view: View) -> Any:
    function, how = functions.asked(call, view), call.params.get("InvocationType", "RequestResponse")
    if how == "DryRun":
        return {"StatusCode": 204, "Payload": b""}
    _wake(view, function)
    payload, lines = run(view, function, bytes(call.params.get("Payload") or b"{}"))
    if how == "Event":
        return {"StatusCode": 202, "Payload": b""}
    told: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": json.dumps(payload).encode()}
    if "errorType" in payload:
        told["FunctionError"] = "Unhandled"
    if call.params.get("LogType") == "Tail":
        told["LogResult"] = base64.b64encode("".join(f"{line}\n" for line in lines).encode()[-4096:]).decode()
    return told


def _wake(view: View, function: Function) -> None:
    """aws-reality 7.1: the first call of one that slept fails, and it is pending for as long as a new one."""
    if function.state(view.now) == "Inactive":
        function.wanted_at(view)
        function.ready_at = view.now + view.seconds(NEW_S)
        said = "The function is inactive and its VPC connection is no longer available."
        advice = "Wait for the VPC connection to reestablish and try again."
        raise Refused("ResourceNotReadyException", f"{said} {advice}", 502)


def run(view: View, function: Function, event: bytes) -> tuple[dict[str, Any], list[str]]:
    """What a run gives back, and the lines of its log, which are also in its log group."""
    request = str(uuid.uuid4())
    function.wanted_at(view)
    trouble = _trouble(view, function, request)
    timeout = trouble.get("errorType") == "Sandbox.Timedout"
    took = function.settings["Timeout"] * 1000.0 if timeout else _TOOK_MS
    lines = lambda_logs.write(view, function, request, took, trouble)
    lambda_logs.measure(view, function, took, failed=bool(trouble))
    return trouble or {"statusCode": 200, "body": event.decode("utf-8", "replace")}, lines


def _trouble(view: View, function: Function, request: str) -> dict[str, str]:
    """What the faults have in store for it, or what its own zip has; nothing when it is well."""
    fate = view.faults.crash.get(f"function:{function.name}", "")
    if fate == "timeout":
        said = f"RequestId: {request} Error: Task timed out after {function.settings['Timeout']:.2f} seconds"
        return {"errorType": "Sandbox.Timedout", "errorMessage": said}
    if fate:
        said = f"RequestId: {request} Error: Runtime exited with error: exit status 1"
        return {"errorType": "Runtime.ExitError", "errorMessage": said}
    if not lambda_code.has_handler(function):
        module = str(function.settings["Handler"]).rpartition(".")[0]
        said = f"Unable to import module '{module}': No module named '{module}'"
        return {"errorType": "Runtime.ImportModuleError", "errorMessage": said, "requestId": request}
    return {}
