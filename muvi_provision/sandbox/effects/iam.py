"""Roles: AWS's own ones, who has heard of a new one, and all of them at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from muvi_provision.sandbox import linked_roles, roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.view import View

_PAGE = 100


_CHANGES = ("PutRolePolicy", "AttachRolePolicy", "DeleteRolePolicy", "DetachRolePolicy", "UpdateAssumeRolePolicy")


@after("iam", "CreateRole")
def role_made(call: Call, view: View, result: Any) -> None:
    made = roles.named(view, call.params["RoleName"])
    made.create_date = view.today.replace(tzinfo=None)
    made.seen_from = view.now + view.lag_s
    roles.settle(view, made.name, assumable=True)


@amend("iam", (*_CHANGES, "TagRole", "UntagRole"))
def changing(call: Call, view: View, params: dict[str, Any]) -> None:
    """For a while the list of all roles tells what was (aws-reality 1.6)."""
    role = roles.named(view, call.params["RoleName"])
    if role is not None and view.lag_s:
        role.told = (view.now + view.lag_s, _detail(role))


@after("iam", ("DeleteRolePolicy", "DetachRolePolicy"))
def taken_off(call: Call, view: View, result: Any) -> None:
    """It is not gone everywhere at once (aws-reality 5.2 f)."""
    roles.named(view, call.params["RoleName"]).held_until = view.now + view.lag_s


@after("iam", ("PutRolePolicy", "AttachRolePolicy"))
def policy_changed(call: Call, view: View, result: Any) -> None:
    roles.settle(view, call.params["RoleName"])


@after("iam", "UpdateAssumeRolePolicy")
def trust_changed(call: Call, view: View, result: Any) -> None:
    roles.settle(view, call.params["RoleName"], assumable=True)


@after("iam", "DeleteRole")
def role_gone(call: Call, view: View, result: Any) -> None:
    view.books.settling.pop(call.params["RoleName"], None)


@instead("iam", "AttachRolePolicy")
def attached_again(call: Call, view: View) -> Any:
    """aws-reality 5.2 e: to attach a policy again is no error; the emulator would count it twice."""
    role = roles.named(view, call.params["RoleName"])
    return {} if role is not None and call.params["PolicyArn"] in role.managed_policies else None


@instead("iam", "CreateServiceLinkedRole")
def service_linked(call: Call, view: View) -> Any:
    """aws-reality 5.3 a: under its fixed name, which the emulator guesses."""
    made = linked_roles.make(view, call.params["AWSServiceName"], call.params.get("Description", ""))
    return {"Role": _role(made)}


@instead("iam", "GetAccountAuthorizationDetails")
def everything(call: Call, view: View) -> Any:
    """Roles with their policies and tags, a page at a time; the emulator has neither pages nor the documents' shape."""
    if set(call.params.get("Filter", ())) != {"Role"}:
        return None
    shown = [one for one in view.backend("iam", "aws").roles.values() if roles.seen(view, one)]
    found = sorted(shown, key=lambda one: str(one.arn))
    first, size = int(call.params.get("Marker", 0)), int(call.params.get("MaxItems", _PAGE))
    page = found[first : first + size]
    answer: dict[str, Any] = {"RoleDetailList": [_told(view, one) for one in page], "IsTruncated": False}
    if first + size < len(found):
        answer |= {"IsTruncated": True, "Marker": str(first + size)}
    return answer


def _told(view: View, role: Any) -> dict[str, Any]:
    until, before = getattr(role, "told", (0.0, {}))
    return dict(before) if view.now < until else _detail(role)


def _detail(role: Any) -> dict[str, Any]:
    inline = [{"PolicyName": name, "PolicyDocument": quote(text)} for name, text in role.policies.items()]
    return _role(role) | {
        "InstanceProfileList": [],
        "RolePolicyList": inline,
        "AttachedManagedPolicies": role.attached_managed_policies,
        "Tags": list(role.tags),
    }


def _role(role: Any) -> dict[str, Any]:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.create_date,
        "AssumeRolePolicyDocument": quote(role.assume_role_policy_document),
    }
