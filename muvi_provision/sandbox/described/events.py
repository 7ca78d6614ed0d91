"""EventBridge's rules with their targets."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import event_rules
from muvi_provision.sandbox.event_rules import Rule
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> ARN -> description


def describe(view: View) -> Described:
    return {"rule": {one.arn: _rule(one) for one in event_rules.kept(view).values()}}


def _rule(one: Rule) -> dict[str, Any]:
    shown = {"name": one.name, "state": one.state, "settings": dict(sorted(one.settings.items()))}
    return shown | {"targets": dict(sorted(one.targets.items())), "tags": dict(sorted(one.tags.items()))}


SERVICES = {"events": describe}
