"""Roles, without those that AWS keeps for its services, and identity providers."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    backend = view.world.backend("iam", view.account, view.region)
    held = [one for one in backend.roles.values() if not one.path.startswith("/aws-service-role/")]
    providers = backend.open_id_providers.values()
    return {
        "role": {one.name: _role(one) for one in held},
        "oidc_provider": {one.arn: _provider(one) for one in providers},
    }


def _role(one: Any) -> dict[str, Any]:
    return {
        "path": one.path,
        "description": one.description or "",
        "trust": roles.statements(one.assume_role_policy_document),
        "policies": {name: roles.statements(text) for name, text in sorted(one.policies.items())},
        "attached": sorted(one.managed_policies),
        "tags": dict(sorted((tag["Key"], tag["Value"]) for tag in one.tags)),
    }


def _provider(one: Any) -> dict[str, Any]:
    """Without its thumbprints, which AWS does not look at for GitHub (aws-reality 7.10 g)."""
    told = {"url": one.url, "audiences": sorted(one.client_id_list)}
    return told | {"tags": dict(sorted((tag["Key"], tag["Value"]) for tag in one.tag_list_type))}


SERVICES = {"iam": describe}
