"""Secrets, certificates, parameters: things that are held rather than connected."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def secrets(view: View) -> Described:
    return {"secret": {one.arn: _secret(one) for one in view.secrets.values()}}


def _secret(one: Any) -> dict[str, Any]:
    """Never the value: a digest of it."""
    values = sorted(_digest(item) for item in one.versions.values() if "AWSCURRENT" in item.get("version_stages", ()))
    tags = {tag["Key"]: tag.get("Value") for tag in one.tags or ()}
    return {
        "name": one.name,
        "description": one.description,
        "value": values,
        "deleting": one.is_deleted(),
        "tags": tags,
    }


def _digest(version: Mapping[str, Any]) -> str:
    value = version.get("secret_string") or version.get("secret_binary") or ""
    return hashlib.sha256(value if isinstance(value, bytes) else str(value).encode()).hexdigest()


def certificates(view: View) -> Described:
    return {"certificate": {arn: _certificate(one) for arn, one in view.certificates.items()}}


def _certificate(one: Any) -> dict[str, Any]:
    shown = {"names": sorted(one.sans), "common_name": one.common_name, "type": one.type, "status": one.status}
    serial = {"serial": str(one._cert.serial_number), "used_by": sorted(one.in_use_by)}
    return shown | serial | {"tags": dict(sorted(one.tags.items()))}


def parameters(view: View) -> Described:
    backend = view.world.backend("ssm", view.account, view.region)
    held = backend._parameters
    return {"parameter": {name: _parameter(backend, held[name][-1]) for name in list(held) if held[name]}}


def _parameter(backend: Any, one: Any) -> dict[str, Any]:
    tags = backend._resource_tags.get("Parameter", {}).get(one.name, {})
    shown = {"type": one.parameter_type, "value": _digest({"secret_string": one.value}), "tier": one.tier}
    return shown | {"description": one.description, "tags": dict(sorted(tags.items()))}


SERVICES = {"acm": certificates, "secretsmanager": secrets, "ssm": parameters}
