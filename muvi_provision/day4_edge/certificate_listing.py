"""Certificates as ACM lists and describes them: facts in aws-reality 1.3 and 6.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.naming import LINEAGE

DEAD = ("FAILED", "VALIDATION_TIMED_OUT", "EXPIRED", "REVOKED")
"""What a certificate never comes back from."""
_KEY_TYPES = (  # a listing leaves out what it is not asked for (1.3)
    "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1",
)  # fmt: skip
PROOF_ACTIONS = frozenset({"acm:ListCertificates", "acm:ListTagsForCertificate"})
"""What asking who else needs a proof calls."""


def listed(aws: Aws) -> list[dict[str, Any]]:
    """Every certificate of the view's region, the newest first."""
    found = aws.listing("acm", "list_certificates", "CertificateSummaryList", Includes={"keyTypes": list(_KEY_TYPES)})
    return sorted(found, key=lambda each: str(each.get("CreatedAt", "")), reverse=True)


def described(aws: Aws, arn: str) -> dict[str, Any]:
    """A certificate of the view's region; empty when it is gone."""
    with unless_gone():
        return dict(aws.read("acm", "describe_certificate", CertificateArn=arn)["Certificate"])
    return {}


def tags_told(aws: Aws, arn: str) -> dict[str, str]:
    """Its tags, from ACM itself."""
    with unless_gone():
        return tags.read(aws.read("acm", "list_tags_for_certificate", CertificateArn=arn)["Tags"])
    return {}


def is_issued_here(summary: Mapping[str, Any]) -> bool:
    """Whether ACM makes and renews it, and nobody brought it along."""
    return str(summary.get("Type", "AMAZON_ISSUED")) == "AMAZON_ISSUED"


def is_proof_of_others(aws: Aws, record_name: str) -> bool:
    """Whether a certificate that is not this stack's is proved, and renewed, by the same record (6.1).

    All certificates of a domain in an account share one, in us-east-1 as in the stack's own region.
    """
    domain = record_name.partition(".")[2]
    regions = {view.region: view for view in (aws.worldwide, aws)}
    return any(_is_others(view, each, domain) for view in regions.values() for each in listed(view))


def _is_others(aws: Aws, summary: Mapping[str, Any], domain: str) -> bool:
    names = {summary.get("DomainName"), *summary.get("SubjectAlternativeNameSummaries", ())}
    if names.isdisjoint({domain, f"*.{domain}"}) or not is_issued_here(summary) or summary.get("Status") in DEAD:
        return False
    return tags_told(aws, summary["CertificateArn"]).get(LINEAGE) != aws.ownership.lineage
