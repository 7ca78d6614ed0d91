"""Who is calling."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View


@instead("sts", "GetCallerIdentity")
def caller(call: Call, view: View) -> Any:
    """The credentials that a sandbox hands out; those of an assumed role are the emulator's affair."""
    if call.access_key not in ("", "sandbox", call.account):
        return None
    return {"UserId": "AIDASANDBOX", "Account": view.account, "Arn": f"arn:aws:iam::{view.account}:user/sandbox"}
