"""Versions of secrets."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after
from muvi_provision.sandbox.view import View


@after("secretsmanager", "UpdateSecretVersionStage")
def stage_moved(call: Call, view: View, result: Any) -> None:
    """Readers get the version that is AWSCURRENT; the emulator goes on giving out the one that was."""
    if call.params["VersionStage"] == "AWSCURRENT" and call.params.get("MoveToVersionId"):
        view.secrets[call.params["SecretId"]].set_default_version_id(call.params["MoveToVersionId"])
