"""CloudFront's own policies: what makes up a key of the cache, and what of a request goes on to the origin.

Facts: aws-reality 6.6. AWS has the same ids everywhere and for ever, so a plan believes what was looked up once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from muvi_provision.aws.clients import Aws
from muvi_provision.resource import Live, Resource

PREFIX = "Managed-"  # which some of AWS's names have and some have not


class ManagedPolicy(
    Resource,
    region="us-east-1",
    lookup=True,
    actions={"cloudfront:ListCachePolicies", "cloudfront:ListOriginRequestPolicies"},
    card="cloudfront",
):
    """One of AWS's own, found by its name; ``CachingDisabled`` or ``Managed-CachingDisabled`` are the same."""

    sort: Literal["cache", "origin-request"]
    title: str

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        if known_id and not aws.thorough:
            return Live(known_id, {})
        word = "CachePolicy" if self.sort == "cache" else "OriginRequestPolicy"
        found = (each[word] for each in _listed(aws, self.sort))
        titles = ((each["Id"], each[f"{word}Config"]["Name"].removeprefix(PREFIX)) for each in found)
        wanted = self.title.removeprefix(PREFIX)
        return next((Live(policy, {}) for policy, title in titles if title == wanted), None)

    def observe(self, live: Live) -> dict[str, Any]:  # noqa: ARG002
        return {}


def _listed(aws: Aws, sort: str) -> Iterator[dict[str, Any]]:
    """Page by page, for boto3 does not do it by itself."""
    operation, result = {
        "cache": ("list_cache_policies", "CachePolicyList"),
        "origin-request": ("list_origin_request_policies", "OriginRequestPolicyList"),
    }[sort]
    marker: dict[str, str] = {}
    while True:
        page = aws.worldwide.read("cloudfront", operation, Type="managed", **marker)[result]
        yield from page.get("Items", ())
        if not page.get("NextMarker"):
            return
        marker = {"Marker": page["NextMarker"]}
