"""What ECS does in an account it has never been in: it makes its own role, and cannot act in it at once.

aws-reality 5.3 b, 5.5 e: the first requests are refused until the role is known everywhere.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import linked_roles
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import amend
from muvi_provision.sandbox.view import View

_CONTAINERS, _SCALING = "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com"


@amend("ecs", ("CreateCluster", "CreateService", "RunTask"))
def containers(call: Call, view: View, params: dict[str, Any]) -> None:
    linked_roles.provide(view, _CONTAINERS)
    if not linked_roles.usable(view, _CONTAINERS):
        verify = "Please verify that the ECS service linked role exists."
        raise Refused("InvalidParameterException", f"Unable to assume the service linked role. {verify}")


@amend("application-autoscaling", "RegisterScalableTarget")
def scaling(call: Call, view: View, params: dict[str, Any]) -> None:
    linked_roles.provide(view, _SCALING)
    if not linked_roles.usable(view, _SCALING):
        name = f"{linked_roles.PATH}{_SCALING}/{linked_roles.NAMES[_SCALING]}"
        raise Refused("ValidationException", f"Unable to assume IAM role: arn:aws:iam::{view.account}:role{name}")
