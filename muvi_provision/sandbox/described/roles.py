"""Roles, without those that AWS keeps for its services."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    held = view.world.backend("iam", view.account, view.region).roles.values()
    return {"role": {one.name: _role(one) for one in held if not one.path.startswith("/aws-service-role/")}}


def _role(one: Any) -> dict[str, Any]:
    return {
        "path": one.path,
        "description": one.description or "",
        "trust": roles.statements(one.assume_role_policy_document),
        "policies": {name: roles.statements(text) for name, text in sorted(one.policies.items())},
        "attached": sorted(one.managed_policies),
        "tags": dict(sorted((tag["Key"], tag["Value"]) for tag in one.tags)),
    }


SERVICES = {"iam": describe}
