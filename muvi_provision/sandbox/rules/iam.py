"""Roles and their policies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import linked_roles, roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_DOCUMENTS = {
    "CreateRole": "AssumeRolePolicyDocument",
    "UpdateAssumeRolePolicy": "PolicyDocument",
    "PutRolePolicy": "PolicyDocument",
    "CreatePolicy": "PolicyDocument",
    "CreatePolicyVersion": "PolicyDocument",
}
_TRUST = ("CreateRole", "UpdateAssumeRolePolicy")
_BY_NAME: tuple[str, ...] = (
    *("GetRole", "UpdateRole", "DeleteRole", "TagRole", "UntagRole", "ListRoleTags", "UpdateAssumeRolePolicy"),
    *("PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy", "ListRolePolicies"),
    *("AttachRolePolicy", "DetachRolePolicy", "ListAttachedRolePolicies"),
)
_OWN = ("PutRolePolicy", "CreatePolicy", "CreatePolicyVersion")
_TRUST_LIMIT, _INLINE_LIMIT = 2048, 10_240  # aws-reality 5.2 a; whitespace does not count


@rule("iam", tuple(_DOCUMENTS), "MalformedPolicyDocument", "a policy is JSON with statements", source="5.2 a")
def policy_syntax(call: Call, view: View) -> str | None:
    text = call.params[_DOCUMENTS[call.operation]]
    try:
        said = json.loads(text)
    except ValueError:
        return "This policy contains invalid Json"
    found = roles.statements(said) if isinstance(said, Mapping) else []
    good = bool(found) and all(one.get("Effect") in ("Allow", "Deny") for one in found)
    return None if good and all(_names_action(one) for one in found) else "Syntax errors in policy."


@rule("iam", _TRUST, "MalformedPolicyDocument", "a trust policy says whom it trusts, and no resource", source="5.2 a")
def trust_principal(call: Call, view: View) -> str | None:
    for one in roles.statements(call.params[_DOCUMENTS[call.operation]]):
        if not one.get("Principal") and not one.get("NotPrincipal"):
            return "AssumeRole policy must contain principals"
        if "Resource" in one:
            return "Has prohibited field Resource"
    return None


@rule(
    "iam",
    _OWN,
    "MalformedPolicyDocument",
    "what a role may do names resources, and no principal",
    source="5.2 a",
)
def inline_resource(call: Call, view: View) -> str | None:
    for one in roles.statements(call.params["PolicyDocument"]):
        if "Principal" in one:
            return "Policy document should not specify a principal."
        if "Resource" not in one and "NotResource" not in one:
            return "Policy statement must contain resources."
    return None


@rule("iam", _TRUST, "LimitExceeded", "a trust policy: at most 2,048 characters", 409, source="5.2 a")
def trust_length(call: Call, view: View) -> str | None:
    long = len(bare(call.params[_DOCUMENTS[call.operation]])) > _TRUST_LIMIT
    return f"Cannot exceed quota for ACLSizePerRole: {_TRUST_LIMIT}" if long else None


@rule(
    "iam",
    "PutRolePolicy",
    "LimitExceeded",
    "the inline policies of a role: at most 10,240 characters",
    409,
    source="5.2 a",
)
def inline_length(call: Call, view: View) -> str | None:
    role = roles.named(view, call.params["RoleName"])
    held = dict(role.policies) if role is not None else {}
    held[call.params["PolicyName"]] = call.params["PolicyDocument"]
    long = sum(len(bare(text)) for text in held.values()) > _INLINE_LIMIT
    return f"Maximum policy size of {_INLINE_LIMIT} bytes exceeded for role {call.params['RoleName']}" if long else None


@rule("iam", _BY_NAME, "NoSuchEntity", "the role is there, and not only just", 404, source="5.2 b, 13")
def role_missing(call: Call, view: View) -> str | None:
    role = roles.named(view, call.params["RoleName"])
    there = role is not None and roles.seen(view, role)
    return None if there else f"The role with name {call.params['RoleName']} cannot be found."


@rule("iam", "CreateRole", "EntityAlreadyExists", "one role of a name, in whatever case", 409, source="5.2 a")
def role_taken(call: Call, view: View) -> str | None:
    name = call.params["RoleName"]
    taken = [one for one in _all(view) if one.name.lower() == name.lower()]
    return f"Role with name {name} already exists." if taken else None


@rule("iam", "CreateRole", "LimitExceeded", "an account holds 1,000 roles", 409, source="5.2 i")
def too_many_roles(call: Call, view: View) -> str | None:
    most = view.quotas["iam_roles"]
    return f"Cannot exceed quota for RolesPerAccount: {most}" if len(_own(view)) >= most else None


@rule("iam", "DeleteRole", "DeleteConflict", "a role gives up its policies before it goes", 409, source="5.2 f")
def role_in_use(call: Call, view: View) -> str | None:
    role = roles.named(view, call.params["RoleName"])
    still = role is not None and view.now < getattr(role, "held_until", 0.0)
    if role is not None and (role.managed_policies or still):
        return "Cannot delete entity, must detach all policies first."
    return "Cannot delete entity, must delete policies first." if role is not None and role.policies else None


@rule(
    "iam",
    ("DeleteRole", "PutRolePolicy", "UpdateAssumeRolePolicy", "AttachRolePolicy", "DetachRolePolicy"),
    "UnmodifiableEntity",
    "AWS's own roles are AWS's",
    source="IAM API: DeleteRole, UnmodifiableEntity",
)
def aws_s_own(call: Call, view: View) -> str | None:
    role = roles.named(view, call.params["RoleName"])
    bad = role is not None and role.path.startswith(linked_roles.PATH)
    return (
        f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS"
        if bad
        else None
    )


@rule("iam", "CreateServiceLinkedRole", "AccessDenied", "the service has a service-linked role", 403, source="5.3 a")
def unknown_service(call: Call, view: View) -> str | None:
    service = call.params["AWSServiceName"]
    return None if service in linked_roles.NAMES else f"Service {service} does not support service-linked roles"


@rule("iam", "CreateServiceLinkedRole", "InvalidInput", "an account has each service-linked role once", source="5.3 c")
def linked_twice(call: Call, view: View) -> str | None:
    name = linked_roles.NAMES[call.params["AWSServiceName"]]
    message = f"Service role name {name} has been taken in this account, please try a different suffix."
    return message if name in {one.name for one in _all(view)} else None


@rule("iam", "CreateServiceLinkedRole", "InvalidInput", "hardly any service takes a suffix", source="5.3 c")
def suffix(call: Call, view: View) -> str | None:
    return (
        "Custom suffix is not allowed for " + call.params["AWSServiceName"] if call.params.get("CustomSuffix") else None
    )


def _names_action(statement: Mapping[str, Any]) -> bool:
    return bool(statement.get("Action") or statement.get("NotAction"))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _all(view: View) -> list[Any]:
    return list(view.backend("iam", "aws").roles.values())


def _own(view: View) -> list[Any]:
    return [one for one in _all(view) if not one.path.startswith(linked_roles.PATH)]
