"""How WAF's listings are read: page by page, for boto3 does not do it by itself. Facts: aws-reality 1.3."""

from __future__ import annotations

from typing import Any, Final

from muvi_provision.aws.clients import Aws

SCOPE: Final = "CLOUDFRONT"
MOST = 100  # on one page


def listed(aws: Aws, operation: str, result: str) -> list[dict[str, Any]]:
    """All items of a listing of CloudFront's scope (``"list_web_acls", "WebACLs"``), shared by all who ask."""
    found: list[dict[str, Any]] = []
    marker: dict[str, str] = {}
    while True:
        answer = aws.worldwide.read("wafv2", operation, Scope=SCOPE, Limit=MOST, **marker)
        page = answer.get(result, [])
        found += page
        if len(page) < MOST or not answer.get("NextMarker"):  # there may be a marker on the last page too
            return found
        marker = {"NextMarker": answer["NextMarker"]}
