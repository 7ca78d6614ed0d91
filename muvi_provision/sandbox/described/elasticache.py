"""ElastiCache's groups."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from muvi_provision.sandbox import caches
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description
_WHEN = "made"


def describe(view: View) -> Described:
    held = caches.shelf(view)
    kinds: dict[str, dict[str, Any]] = {
        "replication_group": held.groups,
        "cache_subnet_group": held.subnet_groups,
        "cache_parameter_group": held.parameter_groups,
    }
    return {kind: {one.arn: _described(one) for one in found.values()} for kind, found in kinds.items()}


def _described(one: Any) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(one).items() if name != _WHEN}
    return shown | {"tags": dict(sorted(one.tags.items()))}


SERVICES = {"elasticache": describe}
