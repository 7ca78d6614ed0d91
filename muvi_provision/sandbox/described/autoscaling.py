"""Scalable targets with their policies."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import scaling
from muvi_provision.sandbox.scaling import Target
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    return {"scalable_target": {one.resource: _target(one) for one in scaling.shelf(view).targets.values()}}


def _target(one: Target) -> dict[str, Any]:
    policies = {name: policy.configuration for name, policy in sorted(one.policies.items())}
    shown = {"least": one.least, "most": one.most, "suspended": dict(sorted(one.suspended.items()))}
    return shown | {"policies": policies, "tags": dict(sorted(one.tags.items()))}


SERVICES = {"application-autoscaling": describe}
