"""Roles: what AWS's own services may do in this account on our behalf.

Facts: aws-reality 5.2. A role is one entry of one list that all roles share, policies and tags included.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day2_data.policy_documents import meaning, policy_document, spelt, trust_document
from muvi_provision.resource import Change, Live, Resource

__all__ = ["POLICY", "Role", "policy_document"]

POLICY = "permissions"  # the name of a role's own policy


class Role(
    Resource,
    mutable={"trust", "policy", "managed"},
    completes=True,
    outputs={"arn"},
    name_limit=64,
    actions={
        "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
        "iam:GetAccountAuthorizationDetails", "iam:PutRolePolicy", "iam:TagRole", "iam:UpdateAssumeRolePolicy",
    },
    card="iam",
):  # fmt: skip
    """What those in ``trust`` may do: a policy of its own, and those of AWS's that it names.

    trust: one service or several ("ecs-tasks.amazonaws.com"), or a whole document for who is no service.
    policy: a document (``policy_document`` reads one), as a mapping that may hold outputs; empty for none.
    managed: ARNs of policies that AWS keeps. purpose: ASCII, fixed.
    Outputs: ``arn``. It can be used by others some seconds after AWS says that it is there (aws-reality 1.6).
    """

    trust: str | tuple[str, ...] | Mapping[str, Any]
    policy: Mapping[str, Any] | str = ""
    managed: tuple[str, ...] = ()
    purpose: str = ""

    def wanted(self) -> dict[str, Any]:
        """By what they mean, since IAM gives documents back in a form of its own (5.2 c)."""
        wanted = super().wanted()
        documents = {"trust": meaning(self._trust()), "policy": meaning(self.policy)}
        return {**wanted, **documents, "managed": tuple(sorted(self.managed))}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """By name, whose case does not count; the list is the only one that tells tags and policies of all at once."""
        name = aws.physical(self).lower()
        every = aws.listing("iam", "get_account_authorization_details", "RoleDetailList", Filter=["Role"])
        raw = next((each for each in every if each["RoleName"].lower() == name), None)
        return Live(raw["RoleName"], raw, tags.read(raw.get("Tags"))) if raw else None

    def create(self, aws: Aws) -> str:
        made = aws.iam.create_role(
            Path=f"/muvi/{aws.ownership.env}/",
            RoleName=aws.physical(self),
            AssumeRolePolicyDocument=spelt(self._trust()),
            Description=self.purpose,
            Tags=aws.tag_pairs(self),
        )
        return made["Role"]["RoleName"]

    def observe(self, live: Live) -> dict[str, Any]:
        """A policy that somebody put beside ours counts as a difference."""
        inline = _inline(live)
        own = meaning(inline.pop(POLICY, None))
        return {
            "trust": meaning(live.raw["AssumeRolePolicyDocument"]),
            "policy": {**(own or {}), "beside it": tuple(sorted(inline))} if inline else own,
            "managed": tuple(sorted(_managed(live))),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        changed = {change.field for change in changes}
        if "trust" in changed:
            aws.iam.update_assume_role_policy(RoleName=live.id, PolicyDocument=spelt(self._trust()))
        if "policy" in changed:
            self._put_policy(aws, live)
        if "managed" in changed:
            for arn in set(self.managed) - _managed(live):
                aws.iam.attach_role_policy(RoleName=live.id, PolicyArn=arn)
            _detach(aws, live, _managed(live) - set(self.managed))

    def delete(self, aws: Aws, live: Live) -> None:
        """What it holds goes first, or AWS refuses (5.2 f)."""
        _detach(aws, live, _managed(live))
        _take_out(aws, live, set(_inline(live)))
        with unless_gone():
            aws.iam.delete_role(RoleName=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw["Arn"]}

    def _trust(self) -> Mapping[str, Any]:
        if isinstance(self.trust, Mapping):
            return self.trust
        return trust_document((self.trust,) if isinstance(self.trust, str) else tuple(self.trust))

    def _put_policy(self, aws: Aws, live: Live) -> None:
        own = {POLICY} if self.policy else set()
        if self.policy:
            document = self.policy if isinstance(self.policy, str) else spelt(self.policy)
            aws.iam.put_role_policy(RoleName=live.id, PolicyName=POLICY, PolicyDocument=document)
        _take_out(aws, live, set(_inline(live)) - own)


def _inline(live: Live) -> dict[str, Any]:
    return {each["PolicyName"]: each["PolicyDocument"] for each in live.raw.get("RolePolicyList", ())}


def _managed(live: Live) -> set[str]:
    return {each["PolicyArn"] for each in live.raw.get("AttachedManagedPolicies", ())}


def _detach(aws: Aws, live: Live, arns: set[str]) -> None:
    for arn in sorted(arns):
        with unless_gone():
            aws.iam.detach_role_policy(RoleName=live.id, PolicyArn=arn)


def _take_out(aws: Aws, live: Live, names: set[str]) -> None:
    for name in sorted(names):
        with unless_gone():
            aws.iam.delete_role_policy(RoleName=live.id, PolicyName=name)
