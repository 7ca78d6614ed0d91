"""Secrets."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

BLOCKED_S = 30  # aws-reality 4.8 e, 8.5: how long a name is not free after a forced deletion
_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_CHANGES = ("PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage")
_MOST_TAGS = 50


@rule(
    "secretsmanager",
    "CreateSecret",
    "ValidationException",
    "a name: 1-512 of letters, digits and /_+=.@-",
    source="4.8 a",
)
def secret_name(call: Call, view: View) -> str | None:
    name = str(call.params.get("Name", ""))
    allowed = "Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
    return None if _NAME.fullmatch(name) else f"Invalid name. {allowed}"


@rule(
    "secretsmanager",
    ("CreateSecret", "PutSecretValue", "UpdateSecret"),
    "ValidationException",
    "a value: at most 65,536 bytes",
    source="4.8 a",
)
def secret_size(call: Call, view: View) -> str | None:
    value = call.params.get("SecretString") or call.params.get("SecretBinary") or b""
    size = len(value.encode() if isinstance(value, str) else value)
    return "The secret value is longer than 65536 bytes" if size > 65_536 else None


@rule(
    "secretsmanager",
    "CreateSecret",
    "InvalidRequestException",
    "the name of a secret that waits for its deletion is not free",
    source="4.8 e",
)
def name_waiting(call: Call, view: View) -> str | None:
    waiting = _waiting(view, call.params["Name"]) or blocked(view).get(call.params["Name"], 0) > view.now
    message = "You can't create this secret because a secret with this name is already scheduled for deletion."
    return message if waiting else None


@rule(
    "secretsmanager",
    (*_CHANGES, "GetSecretValue", "TagResource", "UntagResource", "PutResourcePolicy", "RotateSecret"),
    "InvalidRequestException",
    "nothing is done to a secret that waits for its deletion, but restoring it",
    source="4.8 e",
)
def secret_waiting(call: Call, view: View) -> str | None:
    waiting = _waiting(view, call.params["SecretId"])
    message = "You can't perform this operation on the secret because it was marked for deletion."
    return message if waiting else None


@rule(
    "secretsmanager",
    (*_CHANGES, "DeleteSecret"),
    "InvalidRequestException",
    "a secret that another service keeps is that service's",
    source="4.8, last row",
)
def secret_managed(call: Call, view: View) -> str | None:
    found = view.secrets.get(call.params["SecretId"])
    owner = found.owning_service if found is not None else None
    return f"You can't perform this operation on a secret that is managed by {owner}." if owner else None


@rule(
    "secretsmanager",
    "GetSecretValue",
    "ResourceNotFoundException",
    "a version bears the label that is asked for",
    source="Secrets Manager API: GetSecretValue, ResourceNotFoundException",
)
def no_value(call: Call, view: View) -> str | None:
    found, label = view.secrets.get(call.params["SecretId"]), call.params.get("VersionStage", "AWSCURRENT")
    if found is None or call.params.get("VersionId"):
        return None
    there = any(label in one["version_stages"] for one in found.versions.values())
    return None if there else f"Secrets Manager can't find the specified secret value for staging label: {label}"


@rule(
    "secretsmanager",
    ("CreateSecret", "TagResource"),
    "InvalidParameterException",
    "50 tags, none of them starting with aws:",
    source="1.5",
)
def secret_tags(call: Call, view: View) -> str | None:
    keys = {str(tag.get("Key", "")) for tag in call.params.get("Tags", ())}
    found = view.secrets.get(call.params.get("SecretId", ""))
    held = {str(tag["Key"]) for tag in (found.tags or ())} if found is not None else set()
    bad = len(keys | held) > _MOST_TAGS or any(key.lower().startswith("aws:") for key in keys)
    return "Tags: at most 50, and none with the reserved prefix aws:" if bad else None


def blocked(view: View) -> dict[str, float]:
    """Names of secrets whose deletion was forced, and until when they are not free."""
    found: dict[str, float] = vars(view.backend("secretsmanager")).setdefault("blocked", {})
    return found


def _waiting(view: View, wanted: str) -> Any:
    found = view.secrets.get(wanted)
    return found is not None and found.is_deleted()
