"""What a function's state allows, its name, its permissions and its share of the calls (aws-reality 7.1 b, c, i)."""

from __future__ import annotations

import re

from muvi_provision.sandbox import functions
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import lambda_settings
from muvi_provision.sandbox.rules.lambda_settings import WRONG
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_UPDATES = ("UpdateFunctionCode", "UpdateFunctionConfiguration")
_CONFLICT = "ResourceConflictException"
_POLICY = 20 * 1024
_PRINCIPAL = re.compile(r"\*|\d{12}|arn:aws:iam::\d{12}:.+|[a-z0-9.-]+\.amazonaws\.com")


@rule("lambda", "CreateFunction", _CONFLICT, "a function's name is free", source="7.1 c", status=409)
def taken(call: Call, view: View) -> str | None:
    name = functions.name_of(call.params["FunctionName"])
    return f"Function already exist: {name}" if name in functions.shelf(view) else None


@rule(
    "lambda",
    (*_UPDATES, "Invoke"),
    _CONFLICT,
    "a function is left alone until it is active",
    source="7.1 b",
    status=409,
)
def pending(call: Call, view: View) -> str | None:
    state = functions.asked(call, view).state(view.now)
    start = "The operation cannot be performed at this time. The function is currently in the following state:"
    return f"{start} {state}" if state == "Pending" or (state == "Failed" and call.operation == "Invoke") else None


@rule(
    "lambda",
    "Invoke",
    "TooManyRequestsException",
    "a function whose share is nothing is never called",
    source="10",
    status=429,
)
def throttled(call: Call, view: View) -> str | None:
    return "Rate Exceeded." if functions.asked(call, view).reserved == 0 else None


@rule(
    "lambda",
    (*_UPDATES, "DeleteFunction", "TagResource"),
    _CONFLICT,
    "one change of a function after the other",
    source="7.1 b",
    status=409,
)
def updating(call: Call, view: View) -> str | None:
    function = functions.tagged(call, view) if call.operation == "TagResource" else functions.asked(call, view)
    start = "The operation cannot be performed at this time. An update is in progress for resource:"
    return f"{start} {function.arn}" if function.updating(view.now) else None


@rule(
    "lambda",
    _UPDATES,
    "PreconditionFailedException",
    "a change is of the revision that was read",
    source="Lambda API: UpdateFunctionCode",
    status=412,
)
def revision(call: Call, view: View) -> str | None:
    said = call.params.get("RevisionId")
    stale = said is not None and said != functions.asked(call, view).revision
    latest = "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    return f"The Revision Id provided does not match the latest Revision Id. {latest}" if stale else None


@rule("lambda", "AddPermission", _CONFLICT, "a statement's id is free", source="1.4, 7.1", status=409)
def statement_taken(call: Call, view: View) -> str | None:
    said = call.params["StatementId"]
    advice = "Please provide a new statement id, or remove the existing statement."
    there = said in functions.asked(call, view).statements
    return f"The statement id ({said}) provided already exists. {advice}" if there else None


@rule(
    "lambda",
    "AddPermission",
    WRONG,
    "whoever may call is a service, an account or one of its own",
    source="Lambda API: AddPermission",
)
def principal(call: Call, view: View) -> str | None:
    known = _PRINCIPAL.fullmatch(call.params["Principal"])
    return None if known else "The provided principal was invalid. Please check the principal and try again."


@rule("lambda", "AddPermission", "PolicyLengthExceededException", "a function's policy has at most 20 KB", source="7.1")
def policy_length(call: Call, view: View) -> str | None:
    function = functions.asked(call, view)
    added = lambda_settings.statement(call, function)
    size = len(lambda_settings.policy(function.statements | {added["Sid"]: added}))
    return f"The final policy size ({size}) is bigger than the limit ({_POLICY})." if size > _POLICY else None


@rule("lambda", "PutFunctionConcurrency", WRONG, "some of the account's concurrency is left for all", source="7.1 i")
def concurrency(call: Call, view: View) -> str | None:
    function, wanted = functions.asked(call, view), call.params["ReservedConcurrentExecutions"]
    least = min(100, view.quotas["lambda_concurrency"])
    left = functions.unreserved(view) + (function.reserved or 0) - wanted
    start = "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution"
    return f"{start} below its minimum value of [{least}]." if left < least and wanted else None


@rule("lambda", ("CreateFunction", "TagResource"), WRONG, "50 tags a function, none of them AWS's", source="1.5")
def tags(call: Call, view: View) -> str | None:
    held = functions.tagged(call, view).tags if call.operation == "TagResource" else {}
    said = call.params.get("Tags", {})
    if any(key.lower().startswith("aws:") for key in said):
        return "Tag keys beginning with aws: are reserved for system use."
    return "The number of tags exceeds the maximum of 50." if len({*held, *said}) > 50 else None
