"""What a function has besides its code and its configuration: who may call it, its tags, its share of the calls."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import functions
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.lambda_code import DIRECT, UNZIPPED
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.functions import Function
from muvi_provision.sandbox.view import View

_KNOWN = {"FunctionName", "StatementId", "Action", "Principal", "SourceArn", "SourceAccount"}


@instead("lambda", "AddPermission")
def permitted(call: Call, view: View) -> Any:
    if set(call.params) - _KNOWN:
        raise NotImplementedError(sorted(set(call.params) - _KNOWN))
    function = functions.asked(call, view)
    said = statement(call, function)
    function.statements[said["Sid"]] = said
    function.policy_revision = str(uuid.uuid4())
    return {"Statement": json.dumps(said)}


def statement(call: Call, function: Function) -> dict[str, Any]:
    """A permission as it stands in the function's policy (aws-reality 7.1, the row on permissions)."""
    said, who = call.params, str(call.params["Principal"])
    conditions: dict[str, dict[str, str]] = {}
    if said.get("SourceAccount"):
        conditions["StringEquals"] = {"AWS:SourceAccount": said["SourceAccount"]}
    if said.get("SourceArn"):
        conditions["ArnLike"] = {"AWS:SourceArn": said["SourceArn"]}
    principal = {"Service": who} if "." in who else {"AWS": f"arn:aws:iam::{who}:root" if who.isdecimal() else who}
    told = {
        "Sid": said["StatementId"],
        "Effect": "Allow",
        "Principal": "*" if who == "*" else principal,
        "Action": said["Action"],
        "Resource": function.arn,
    }
    return told | ({"Condition": conditions} if conditions else {})


def policy(statements: Mapping[str, Mapping[str, Any]]) -> str:
    """The whole policy, as it is told and as it is measured."""
    return json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": list(statements.values())})


@instead("lambda", "GetPolicy")
def told(call: Call, view: View) -> Any:
    function = functions.asked(call, view)
    if not function.statements:
        raise Refused("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    return {"Policy": policy(function.statements), "RevisionId": function.policy_revision}


@instead("lambda", "RemovePermission")
def forbidden(call: Call, view: View) -> Any:
    function, wanted = functions.asked(call, view), call.params["StatementId"]
    if function.statements.pop(wanted, None) is None:
        raise Refused("ResourceNotFoundException", f"Statement {wanted} is not found in resource policy.", 404)
    function.policy_revision = str(uuid.uuid4())
    return {}


@instead("lambda", "ListTags")
def tags(call: Call, view: View) -> Any:
    return {"Tags": dict(functions.tagged(call, view).tags)}


@instead("lambda", "TagResource")
def tagged(call: Call, view: View) -> Any:
    functions.tagged(call, view).tags.update(call.params["Tags"])
    return {}


@instead("lambda", "UntagResource")
def untagged(call: Call, view: View) -> Any:
    function = functions.tagged(call, view)
    for key in call.params["TagKeys"]:
        function.tags.pop(key, None)
    return {}


def _index(view: View) -> dict[str, dict[str, str]]:
    return {one.arn: one.tags for one in functions.kept(view).values()}


tagging.register("lambda:function", _index)


@instead("lambda", "PutFunctionConcurrency")
def reserved(call: Call, view: View) -> Any:
    function = functions.asked(call, view)
    function.reserved = call.params["ReservedConcurrentExecutions"]
    return {"ReservedConcurrentExecutions": function.reserved}


@instead("lambda", "GetFunctionConcurrency")
def share(call: Call, view: View) -> Any:
    function = functions.asked(call, view)
    return {} if function.reserved is None else {"ReservedConcurrentExecutions": function.reserved}


@instead("lambda", "DeleteFunctionConcurrency")
def shared(call: Call, view: View) -> Any:
    functions.asked(call, view).reserved = None
    return {}


@instead("lambda", "GetAccountSettings")
def account(call: Call, view: View) -> Any:
    held = functions.shelf(view)
    limits = {
        "TotalCodeSize": view.quotas["lambda_code_gb"] * 1024**3,
        "CodeSizeUnzipped": UNZIPPED,
        "CodeSizeZipped": DIRECT,
        "ConcurrentExecutions": view.quotas["lambda_concurrency"],
        "UnreservedConcurrentExecutions": functions.unreserved(view),
    }
    used = {"TotalCodeSize": sum(len(one.code) for one in held.values()), "FunctionCount": len(held)}
    return {"AccountLimit": limits, "AccountUsage": used}
