"""Roles that are handed to a service which has not heard of them yet."""

from __future__ import annotations

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


@rule("rds", "CreateDBProxy", "InvalidParameterValue", "a proxy's role is known to RDS", source="1.6, 5.2 e")
def proxy_role(call: Call, view: View) -> str | None:
    unknown = not roles.settled(view, call.params.get("RoleArn", ""), policies=True)
    return "IAM role ARN value is invalid or does not include the required permissions" if unknown else None


@rule(
    "lambda", "CreateFunction", "InvalidParameterValueException", "a function's role is known to Lambda", source="5.2 e"
)
def function_role(call: Call, view: View) -> str | None:
    unknown = not roles.settled(view, call.params.get("Role", ""), policies=True)
    return "The role defined for the function cannot be assumed by Lambda." if unknown else None
