"""Becoming somebody else: a role that is there, and that trusts whoever asks (aws-reality 5.2 b, 9)."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


@rule("sts", "AssumeRole", "AccessDenied", "the role is there, and trusts the caller's account", 403, source="5.2 b, 9")
def trusted(call: Call, view: View) -> str | None:
    """The emulator lets anybody be any role, of whatever account. Of another account's roles only the trust counts."""
    arn, role = str(call.params["RoleArn"]), _role(call, view)
    document = role.assume_role_policy_document if role is not None else "{}"
    settled = role is None or roles.find(view, arn) is None or roles.settled(view, arn)
    if settled and roles.granted(document, view.account, "sts:AssumeRole"):
        return None
    user = f"arn:aws:iam::{view.account}:user/sandbox"
    return f"User: {user} is not authorized to perform: sts:AssumeRole on resource: {arn}"


@rule("sts", "AssumeRole", "ValidationError", "no longer than the role allows", source="STS API: AssumeRole")
def duration(call: Call, view: View) -> str | None:
    most = int(_role(call, view).max_session_duration or 3600)
    long = int(call.params.get("DurationSeconds", 3600)) > most
    return "The requested DurationSeconds exceeds the MaxSessionDuration set for this role." if long else None


@rule(
    "sts", "AssumeRoleWithWebIdentity", "AccessDenied", "the role is there, and trusts an identity provider", 403,
    source="7.10",
)  # fmt: skip
def federated(call: Call, view: View) -> str | None:
    role = _role(call, view)
    found = roles.statements(role.assume_role_policy_document) if role is not None else []
    good = any("sts:AssumeRoleWithWebIdentity" in _listed(one.get("Action")) for one in found)
    return None if good else "Not authorized to perform sts:AssumeRoleWithWebIdentity"


def _role(call: Call, view: View) -> Any:
    """In whichever account of the sandbox it is."""
    arn = str(call.params["RoleArn"])
    parts = arn.split(":")
    account = parts[4] if len(parts) > 5 else ""
    held = view.world.backend("iam", account, "aws").roles.values() if account.isdecimal() else ()
    return next((one for one in held if one.arn == arn), None)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
