"""Functions, with what may call them."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import functions
from muvi_provision.sandbox.functions import Function
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> ARN -> description


def describe(view: View) -> Described:
    return {"function": {one.arn: _function(view, one) for one in functions.kept(view).values()}}


def _function(view: View, one: Function) -> dict[str, Any]:
    life = {"state": one.state(view.now), "updating": one.updating(view.now), "vpc": one.vpc}
    held = {"code": one.digest, "reserved": one.reserved, "statements": dict(sorted(one.statements.items()))}
    return {"name": one.name, "settings": dict(one.settings)} | life | held | {"tags": dict(sorted(one.tags.items()))}


SERVICES = {"lambda": describe}
