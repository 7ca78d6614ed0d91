"""A function's settings: name, size, time, environment, runtime, code (aws-reality 7.1 a)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from muvi_provision.sandbox import functions
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.lambda_code import DIRECT, uploaded
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

MADE = "CreateFunction"
SET = (MADE, "UpdateFunctionConfiguration")
CODE = (MADE, "UpdateFunctionCode")
WRONG = "InvalidParameterValueException"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST = {"memorySize": 10_240, "ephemeralStorage.size": 10_240, "timeout": 900}
_ENVIRONMENT = 4096
_REFUSED = {  # the table of runtimes in 7.1: AWS creates none of these any more, and changes none
    *("python2.7", "python3.6", "python3.7", "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10"),
    *("nodejs10.x", "nodejs12.x", "nodejs14.x", "go1.x", "java8", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1"),
    *("dotnetcore3.1", "ruby2.5", "ruby2.7", "provided"),
}
_DEPRECATED = {
    *("python3.8", "python3.9", "python3.10", "nodejs16.x", "nodejs18.x", "nodejs20.x", "dotnet6", "dotnet8"),
    *("ruby3.2", "provided.al2"),
}
_NO_LONGER_CREATED = date(2027, 2, 1)
_RESERVED = {
    *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
    *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
    *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
    *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    *("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
}


@rule("lambda", MADE, "ValidationException", "a function's name has 1-64 letters, digits, - and _", source="7.1 a")
def name(call: Call, view: View) -> str | None:
    said = functions.name_of(call.params["FunctionName"])
    if _NAME.fullmatch(said):
        return None
    constraint = "Member must have length less than or equal to 64"
    return f"1 validation error detected: Value '{said}' at 'functionName' failed to satisfy constraint: {constraint}"


@rule(
    "lambda", SET, "ValidationException", "128-10,240 MB of memory, as much in /tmp, and 1-900 seconds", source="7.1 a"
)
def size(call: Call, view: View) -> str | None:
    said = {
        "memorySize": call.params.get("MemorySize", 0),
        "ephemeralStorage.size": call.params.get("EphemeralStorage", {}).get("Size", 0),
        "timeout": call.params.get("Timeout", 0),
    }
    for member, most in _MOST.items():
        if said[member] > most:
            where = f"Value '{said[member]}' at '{member}' failed to satisfy constraint"
            return f"1 validation error detected: {where}: Member must have value less than or equal to {most}"
    return None


@rule("lambda", SET, WRONG, "the environment weighs at most 4 KB", source="7.1 a")
def environment(call: Call, view: View) -> str | None:
    said = _variables(call)
    heavy = len(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()) > _ENVIRONMENT
    start = "Lambda was unable to configure your environment variables because the environment variables"
    return (
        f"{start} you have provided exceeded the 4KB limit. String measured: {len(said)} variables" if heavy else None
    )


@rule(
    "lambda",
    SET,
    WRONG,
    "the environment leaves alone what Lambda itself sets",
    source="Lambda Developer Guide: environment variables",
)
def reserved(call: Call, view: View) -> str | None:
    taken = sorted(_RESERVED & set(_variables(call)))
    start = "Lambda was unable to configure your environment variables because the environment variables you have"
    said = "provided contains reserved keys that are currently not supported for modification."
    return f"{start} {said} Reserved keys used in this request: {', '.join(taken)}" if taken else None


def _variables(call: Call) -> Mapping[str, Any]:
    found: Mapping[str, Any] = call.params.get("Environment", {}).get("Variables", {})
    return found


@rule("lambda", SET, WRONG, "the runtime is one that AWS still creates functions of", source="7.1")
def runtime(call: Call, view: View) -> str | None:
    said = call.params.get("Runtime", "")
    start = f"The runtime parameter of {said} is no longer supported for creating or updating AWS Lambda functions."
    advice = "We recommend you use a supported runtime while creating or updating functions."
    return f"{start} {advice}" if said in _REFUSED else None


@rule("lambda", MADE, WRONG, "from February 2027 on the runtime is one that is still kept up", source="7.1")
def kept_up(call: Call, view: View) -> str | None:
    said = call.params.get("Runtime", "")
    over = said in _DEPRECATED and view.today.date() >= _NO_LONGER_CREATED
    start = f"The runtime parameter of {said} is no longer supported for creating or updating AWS Lambda functions."
    return f"{start} We recommend you use a supported runtime while creating or updating functions." if over else None


@rule("lambda", MADE, WRONG, "a zip comes with its runtime and its handler", source="Lambda API: CreateFunction")
def handler(call: Call, view: View) -> str | None:
    said = call.params
    bare = said.get("PackageType", "Zip") == "Zip" and not (said.get("Runtime") and said.get("Handler"))
    return (
        "Runtime and Handler are mandatory parameters for functions created with deployment packages." if bare else None
    )


@rule("lambda", CODE, WRONG, "code comes from one place", source="Lambda API: FunctionCode")
def one_source(call: Call, view: View) -> str | None:
    said = _code(call)
    stored = bool(said.get("S3Bucket") and said.get("S3Key"))
    if said.get("ZipFile") is not None and stored:
        return "Please do not provide other FunctionCode parameters when providing a ZipFile."
    there = said.get("ZipFile") is not None or stored or said.get("ImageUri")
    return None if there else "Please provide a source for function code."


@rule(
    "lambda",
    CODE,
    "RequestEntityTooLargeException",
    "a zip that comes with the call has at most 50 MB",
    source="7.1 a",
    status=413,
)
def direct(call: Call, view: View) -> str | None:
    heavy = len(_code(call).get("ZipFile") or b"") > DIRECT
    return f"Request must be smaller than 70167211 bytes for the {call.operation} operation" if heavy else None


@rule(
    "lambda", CODE, "CodeStorageExceededException", "a region's functions weigh 75 GB together at most", source="7.1 i"
)
def storage(call: Call, view: View) -> str | None:
    name, most = functions.name_of(call.params["FunctionName"]), view.quotas["lambda_code_gb"] * 1024**3
    others = sum(len(one.code) for one in functions.shelf(view).values() if one.name != name)
    return "Code storage limit exceeded." if others + len(uploaded(call, view)) > most else None


def _code(call: Call) -> Mapping[str, Any]:
    found: Mapping[str, Any] = call.params["Code"] if call.operation == MADE else call.params
    return found
