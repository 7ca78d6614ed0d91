"""Tags of roles, policies and identity providers."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_TAGGING = (
    "CreateRole",
    "TagRole",
    "CreatePolicy",
    "TagPolicy",
    "CreateOpenIDConnectProvider",
    "TagOpenIDConnectProvider",
)
_TAG = re.compile(r"[\w\s_.:/=+\-@]*")  # aws-reality 1.5: letters of any script are letters
_MOST = 50


@rule("iam", _TAGGING, "InvalidInput", "tags of letters, digits, spaces and _.:/=+-@, none of AWS's own", source="1.5")
def characters(call: Call, view: View) -> str | None:
    for key, value in _said(call):
        if key.lower().startswith("aws:"):
            return "Member must not start with the reserved prefix aws:"
        if not _TAG.fullmatch(key) or not _TAG.fullmatch(value):
            return f"The tag '{key}' has characters that are not allowed"
    return None


@rule("iam", _TAGGING, "InvalidInput", "a tag's key once, in whatever case", source="IAM guide: tagging, rules")
def twice(call: Call, view: View) -> str | None:
    keys = [key.lower() for key, _ in _said(call)]
    message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    return message if len(set(keys)) < len(keys) else None


@rule("iam", _TAGGING, "LimitExceeded", "50 tags, with those there are", 409, source="1.5")
def count(call: Call, view: View) -> str | None:
    role = roles.named(view, call.params["RoleName"]) if call.operation == "TagRole" else None
    held = {str(tag["Key"]).lower() for tag in role.tags} if role is not None else set()
    many = len(held | {key.lower() for key, _ in _said(call)}) > _MOST
    return f"Cannot exceed quota for TagsPerEntity: {_MOST}" if many else None


def _said(call: Call) -> list[tuple[str, str]]:
    tags: list[dict[str, Any]] = call.params.get("Tags", [])
    return [(str(tag.get("Key", "")), str(tag.get("Value", ""))) for tag in tags]
