"""Policies that stand on their own, and how many a role may hold."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.iam import bare
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_LIMIT = 6144  # aws-reality 5.2 a; whitespace does not count


@rule("iam", "AttachRolePolicy", "LimitExceeded", "a role holds 10 managed policies", 409, source="5.2 i")
def too_many_attached(call: Call, view: View) -> str | None:
    role, most = roles.named(view, call.params["RoleName"]), view.quotas["iam_policies_per_role"]
    held = set(role.managed_policies) | {call.params["PolicyArn"]}
    return f"Cannot exceed quota for PoliciesPerRole: {most}" if len(held) > most else None


@rule("iam", "CreatePolicy", "EntityAlreadyExists", "one policy of a name, in whatever case", 409, source="5.2 a")
def taken(call: Call, view: View) -> str | None:
    name = call.params["PolicyName"]
    there = name.lower() in {one.name.lower() for one in _own(view)}
    return f"A policy called {name} already exists. Duplicate names are not allowed." if there else None


@rule("iam", "CreatePolicy", "LimitExceeded", "an account holds 1,500 policies of its own", 409, source="5.2 i")
def too_many(call: Call, view: View) -> str | None:
    most = view.quotas["iam_policies"]
    return f"Cannot exceed quota for PoliciesPerAccount: {most}" if len(_own(view)) >= most else None


@rule(
    "iam", ("CreatePolicy", "CreatePolicyVersion"), "LimitExceeded", "a policy: at most 6,144 characters", 409,
    source="5.2 a",
)  # fmt: skip
def length(call: Call, view: View) -> str | None:
    long = len(bare(call.params["PolicyDocument"])) > _LIMIT
    return f"Cannot exceed quota for PolicySize: {_LIMIT}" if long else None


@rule(
    "iam",
    "DeletePolicy",
    "DeleteConflict",
    "a policy is nobody's, and has one version, when it goes",
    409,
    source="5.2 f",
)
def in_use(call: Call, view: View) -> str | None:
    policy = view.backend("iam", "aws").managed_policies.get(call.params["PolicyArn"])
    if policy is None:
        return None
    held = view.backend("iam", "aws")
    holders = (*held.roles.values(), *held.users.values(), *held.groups.values())
    if any(policy.arn in one.managed_policies for one in holders):
        return "Cannot delete a policy attached to entities."
    several = (
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
    )
    return f"{several} The default version is deleted with the policy." if len(policy.versions) > 1 else None


def _own(view: View) -> list[Any]:
    """The account's, without those that AWS keeps."""
    return [one for one in view.backend("iam", "aws").managed_policies.values() if ":iam::aws:" not in one.arn]
