"""How CloudFront proves to a bucket who it is.

Facts: aws-reality 6.5. An origin access control bears no tags, so whose it is stands in its description.
"""

from __future__ import annotations

from typing import Any, Literal

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day4_edge.ownership import mark, tags_in
from muvi_provision.resource import Change, Live, Resource


class OriginAccessControl(
    Resource,
    region="us-east-1",
    mutable={"signing"},
    name_limit=64,
    actions={
        "cloudfront:CreateOriginAccessControl", "cloudfront:DeleteOriginAccessControl",
        "cloudfront:GetOriginAccessControl", "cloudfront:ListOriginAccessControls",
        "cloudfront:UpdateOriginAccessControl",
    },
    card="cloudfront",
):  # fmt: skip
    """Signs every request to a bucket, which then needs to be open to nobody else."""

    signing: Literal["always"] = "always"

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By id if known, else by name, which is unique in the account."""
        found = aws.worldwide.listing("cloudfront", "list_origin_access_controls", "OriginAccessControlList.Items")
        found = [each for each in found if each]  # where there is none, CloudFront shows no list
        by_id = (each for each in found if known_id and each["Id"] == known_id)
        by_name = (each for each in found if each["Name"] == aws.physical(self))
        raw = next(by_id, None) or next(by_name, None)
        return Live(raw["Id"], raw, tags_in(aws, self, raw.get("Description", ""))) if raw else None

    def create(self, aws: Aws) -> str:
        made = aws.cloudfront.create_origin_access_control(OriginAccessControlConfig=self._said(aws))
        return made["OriginAccessControl"]["Id"]

    def _said(self, aws: Aws) -> Any:
        return {
            "Name": aws.physical(self),
            "Description": mark(aws.ownership, self.address),
            "SigningProtocol": "sigv4",
            "SigningBehavior": self.signing,
            "OriginAccessControlOriginType": "s3",
        }

    def observe(self, live: Live) -> dict[str, Any]:
        return {"signing": live.raw["SigningBehavior"]}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        etag = aws.cloudfront.get_origin_access_control(Id=live.id)["ETag"]
        aws.cloudfront.update_origin_access_control(Id=live.id, IfMatch=etag, OriginAccessControlConfig=self._said(aws))

    def delete(self, aws: Aws, live: Live) -> None:
        """OriginAccessControlInUse rises while a distribution names it."""
        with unless_gone():
            etag = aws.cloudfront.get_origin_access_control(Id=live.id)["ETag"]
            aws.cloudfront.delete_origin_access_control(Id=live.id, IfMatch=etag)
