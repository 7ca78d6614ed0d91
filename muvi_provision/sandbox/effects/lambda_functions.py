"""Functions: made, changed, shown, deleted; all of it in place of the emulator, whose functions are ready at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import functions
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import lambda_code, lambda_interfaces
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.functions import Function
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

_PAGE = 50
_MADE_S, _UPDATED_S, _MOVED_S = 3, 5, 30  # aws-reality 7.1 b
_SETTINGS = (
    *("Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "VpcConfig", "Environment"),
    *("TracingConfig", "EphemeralStorage", "LoggingConfig", "KMSKeyArn", "DeadLetterConfig", "Architectures"),
)
_PLACE = ("FunctionName", "Code", "Tags", "Publish", "PackageType")
_UPDATED = ("FunctionName", "RevisionId")
_CODE = ("ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion", "Publish", "DryRun", "Architectures")


@instead("lambda", "CreateFunction")
def made(call: Call, view: View) -> Any:
    _only(call, (*_SETTINGS, *_PLACE))
    name = functions.name_of(call.params["FunctionName"])
    fresh = Function(
        name=name,
        arn=functions.arn_of(view, name),
        settings=_usual(name),
        code=lambda_code.uploaded(call, view),
        tags=dict(call.params.get("Tags", {})),
        modified=functions.moment(view),
        ready_at=view.now,
    )
    _take(view, fresh, call.params)
    functions.shelf(view)[name] = fresh
    took, fresh.failure = lambda_interfaces.hold(view, fresh) if fresh.subnets else (_MADE_S, None)
    _begin(view, fresh, took)
    return shown(fresh) | functions.life(fresh, -1)


def _begin(view: View, fresh: Function, seconds: float) -> None:
    never = "lambda_function" in view.faults.never_ready
    fresh.ready_at = float("inf") if never else view.now + view.seconds(seconds)
    fresh.wanted_at(view)
    if "lambda_function" in view.faults.fail_ready:
        fresh.failure = functions.INTERNAL


@instead("lambda", "UpdateFunctionConfiguration")
def configured(call: Call, view: View) -> Any:
    """aws-reality 7.1 g: what is not said stays."""
    _only(call, (*_SETTINGS, *_UPDATED))
    function = functions.asked(call, view)
    before, subnets, groups = dict(function.settings), function.subnets, function.groups
    _take(view, function, call.params)
    moved = before["VpcConfig"] != function.settings["VpcConfig"]
    failure = None
    if moved:
        _, failure = lambda_interfaces.hold(view, function)
        lambda_interfaces.release(view, function, subnets, groups)
    return _updating(view, function, _MOVED_S if moved else _UPDATED_S, failure)


@instead("lambda", "UpdateFunctionCode")
def code_changed(call: Call, view: View) -> Any:
    _only(call, (*_CODE, *_UPDATED))
    function = functions.asked(call, view)
    content = lambda_code.uploaded(call, view)
    if call.params.get("DryRun"):
        return shown(function) | functions.life(function, view.now)
    function.code = content
    function.settings["Architectures"] = list(call.params.get("Architectures") or function.settings["Architectures"])
    return _updating(view, function, _UPDATED_S)


def _updating(view: View, function: Function, seconds: float, failure: tuple[str, str] | None = None) -> Any:
    function.modified, function.revision = functions.moment(view), str(uuid.uuid4())
    function.wanted_at(view)
    function.updated_at = view.now + view.seconds(seconds)
    if "lambda_function_update" in view.faults.never_ready:
        function.updated_at = float("inf")
    function.update_failure = functions.INTERNAL if "lambda_function_update" in view.faults.fail_ready else failure
    function.stream = ""  # what runs is started anew
    told = {
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }
    return shown(function) | {"State": function.state(view.now)} | told


@instead("lambda", "DeleteFunction")
def deleted(call: Call, view: View) -> Any:
    """aws-reality 7.1 f: gone at once; its interfaces are not."""
    function = functions.asked(call, view)
    if call.params.get("Qualifier"):
        raise NotImplementedError("versions of a function")
    del functions.shelf(view)[function.name]
    lambda_interfaces.release(view, function, function.subnets, function.groups)
    return {"StatusCode": 204}


@instead("lambda", "GetFunction")
def found(call: Call, view: View) -> Any:
    function = functions.asked(call, view)
    told: dict[str, Any] = {
        "Configuration": shown(function) | functions.life(function, view.now),
        "Code": lambda_code.told(call, view, function),
    }
    if function.tags:
        told["Tags"] = dict(function.tags)
    if function.reserved is not None:
        told["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
    return told


@instead("lambda", "GetFunctionConfiguration")
def configuration(call: Call, view: View) -> Any:
    function = functions.asked(call, view)
    return shown(function) | functions.life(function, view.now)


@instead("lambda", "ListFunctions")
def listed(call: Call, view: View) -> Any:
    """Without states, which only the answers about a single function have."""
    every = [shown(one) for _, one in sorted(functions.shelf(view).items())]
    kept, token = page(every, call.params.get("Marker"), min(call.params.get("MaxItems", _PAGE), _PAGE))
    return {"Functions": kept} | ({"NextMarker": token} if token else {})


@instead("lambda", "ListVersionsByFunction")
def versions(call: Call, view: View) -> Any:
    """Nothing is ever published here."""
    one = shown(functions.asked(call, view))
    return {"Versions": [one | {"FunctionArn": f"{one['FunctionArn']}:$LATEST"}]}


def _only(call: Call, known: tuple[str, ...]) -> None:
    """Whatever else is asked for the sandbox has nothing for, and does not pretend to have."""
    unknown = set(call.params) - set(known)
    if unknown or call.params.get("Publish") or call.params.get("PackageType", "Zip") != "Zip":
        raise NotImplementedError(sorted(unknown) or "a published version, or an image")


def _usual(name: str) -> dict[str, Any]:
    """What AWS takes where nothing is said (aws-reality 7.1 a)."""
    return {
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
        "Environment": {},
        "TracingConfig": {"Mode": "PassThrough"},
        "EphemeralStorage": {"Size": 512},
        "Architectures": ["x86_64"],
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
    }


def _take(view: View, function: Function, said: Mapping[str, Any]) -> None:
    settings = function.settings
    for member in _SETTINGS:
        if member not in said:
            continue
        if member in ("VpcConfig", "LoggingConfig"):
            settings[member] = settings[member] | dict(said[member])
        elif member == "Environment":
            settings[member] = dict(said[member].get("Variables", {}))
        else:
            settings[member] = said[member]
    subnet = view.find("subnet", next(iter(function.subnets), None))
    function.vpc = subnet.vpc_id if subnet is not None else ""


def shown(function: Function) -> dict[str, Any]:
    """A function's settings as AWS tells them."""
    told = {name: value for name, value in function.settings.items() if name != "Environment"}
    if function.settings["Environment"]:
        told["Environment"] = {"Variables": dict(function.settings["Environment"])}
    told["VpcConfig"] = told["VpcConfig"] | {"VpcId": function.vpc, "Ipv6AllowedForDualStack": False}
    return told | {
        "FunctionName": function.name,
        "FunctionArn": function.arn,
        "CodeSize": len(function.code),
        "CodeSha256": function.digest,
        "LastModified": function.modified,
        "Version": "$LATEST",
        "RevisionId": function.revision,
        "PackageType": "Zip",
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
    }
