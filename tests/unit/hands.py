"""What somebody changes past the product, in AWS's console or with its CLI."""

from __future__ import annotations

from typing import Any

from tests.resources.contract import Bench


def by_hand(bench: Bench, client: str, operation: str, **params: Any) -> Any:
    """What is in no region is changed where AWS keeps it."""
    aws = bench.aws
    region = "us-east-1" if client in ("route53", "cloudfront", "wafv2") else aws.region
    with aws.writing("somebody"):
        return getattr(bench.border.client(client, region), operation)(**params)
