"""Service-linked roles: the ones AWS's own services act in. They are the account's, free, and shared by all stacks.

Facts: aws-reality 5.3.
"""

from __future__ import annotations

from typing import Any, Literal

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.resource import Live, Resource

ROLES = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
}
"""The names AWS gives them, which are the same in every account."""


class ServiceLinkedRole(
    Resource,
    shared=True,
    outputs={"arn"},
    name_limit=64,
    actions={"iam:CreateServiceLinkedRole", "iam:GetAccountAuthorizationDetails", "iam:GetRole"},
    card="iam",
):
    """The role of one service of AWS. ``service`` is its name among principals. Output: ``arn``."""

    service: Literal["ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com"]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """In the same list as all other roles."""
        every = aws.listing("iam", "get_account_authorization_details", "RoleDetailList", Filter=["Role"])
        raw = next((each for each in every if each["RoleName"] == ROLES[self.service]), None)
        return Live(raw["RoleName"], raw, tags.read(raw.get("Tags"))) if raw else None

    def create(self, aws: Aws) -> str:
        """One that another stack, or AWS itself, made meanwhile is as good."""
        try:
            return aws.iam.create_service_linked_role(AWSServiceName=self.service)["Role"]["RoleName"]
        except Exception as error:
            _, code, message, _ = error_of(error)
            if code != "InvalidInput" or "has been taken" not in message:
                raise
            return ROLES[self.service]

    def observe(self, live: Live) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def delete(self, aws: Aws, live: Live) -> None:
        """Never: other regions and stacks may stand on it, and it costs nothing."""

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw["Arn"]}
