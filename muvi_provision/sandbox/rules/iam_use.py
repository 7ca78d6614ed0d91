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
    "rds",
    ("CreateDBInstance", "ModifyDBInstance"),
    "InvalidParameterValue",
    "a monitoring role lets RDS in, which has heard of it",
    source="1.6, 4.3 e",
)
def monitoring_role(call: Call, view: View) -> str | None:
    role = call.params.get("MonitoringRoleArn")
    good = not role or roles.assumable(view, role, "monitoring.rds.amazonaws.com")
    needed = "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"
    return None if good else needed


@rule(
    "lambda", "CreateFunction", "InvalidParameterValueException", "a function's role is known to Lambda", source="5.2 e"
)
def function_role(call: Call, view: View) -> str | None:
    unknown = not roles.settled(view, call.params.get("Role", ""), policies=True)
    return "The role defined for the function cannot be assumed by Lambda." if unknown else None
