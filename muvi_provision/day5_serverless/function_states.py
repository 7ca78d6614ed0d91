"""Whether a function can be called yet, and why not, in words. Pure.

Facts: aws-reality 7.1 b. Both its making and every change of it go on after the answer; a listing tells of neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATE, PROBLEM = "Readiness", "Problem"
READY, GOES_ON, FAILED, DELETING = "ready", "going on", "failed", "deleting"

_WORDS = {
    "SubnetOutOfIPAddresses": "a subnet of the app tier has no free address left (network.app)",
    "InvalidSubnet": "a subnet that it stands in is not there",
    "InvalidSecurityGroup": "a security group that it bears is not there",
    "EniLimitExceeded": "the account may have no more network interfaces in a VPC (quota lambda L-9FEE3D26)",
    "InsufficientRolePermissions": "its role may not make network interfaces",
    "EC2RequestLimitExceeded": "EC2 was asked too often just now: run again",
    "InvalidRuntime": "Lambda does not run this runtime",
    "InvalidZipFileException": "its zip cannot be opened",
    "KMSKeyAccessDenied": "its role may not use the key of its variables",
    "InternalError": "AWS had a fault",
}


def judged(raw: Mapping[str, Any]) -> dict[str, str]:
    """What the wait looks at. raw: a function's configuration; one from a listing has no state and counts as ready."""
    state, update = raw.get("State", "Active"), raw.get("LastUpdateStatus", "Successful")
    if state == "Deleting":
        return {STATE: DELETING, PROBLEM: ""}
    if state == "Failed":
        return {STATE: FAILED, PROBLEM: _why(raw.get("StateReasonCode", ""), raw.get("StateReason", ""))}
    if update == "Failed":
        code, reason = raw.get("LastUpdateStatusReasonCode", ""), raw.get("LastUpdateStatusReason", "")
        return {STATE: FAILED, PROBLEM: _why(code, reason)}
    # one that nobody called for weeks is Inactive, and comes back when it is called
    is_ready = state in ("Active", "Inactive", "ActiveNonInvocable") and update == "Successful"
    return {STATE: READY if is_ready else GOES_ON, PROBLEM: ""}


def _why(code: str, reason: str) -> str:
    """In our words where we have some, then in AWS's."""
    return ": ".join(part for part in (_WORDS.get(code, code), reason) if part)
