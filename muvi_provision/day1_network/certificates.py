"""The certificate that the internal load balancer shows, signed by our own authority and imported into ACM.

Facts: aws-reality.md 1.4, 1.5 and 6.2. ACM renews nothing that was imported: a run does, in good time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.authority import SIGNED_BY, CertificateAuthority, TrustBundle, read_authority
from muvi_provision.day1_network.signing import KEY_TYPE, Signed, new_leaf
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.errors import StepFailed
from muvi_provision.resource import Change, Handle, Live, Resource

SEEN_AT = "SeenAt"  # ours, beside ACM's own fields: when the certificate was looked at


class LeafCertificate(
    Resource,
    found_by="tags",
    mutable={"names", "renewed", "authority_version"},
    actions={
        "acm:AddTagsToCertificate",
        "acm:DeleteCertificate",
        "acm:DescribeCertificate",
        "acm:ImportCertificate",
        "acm:ListCertificates",
        "acm:ListTagsForCertificate",
        "secretsmanager:GetSecretValue",
    },
    card="acm",
):
    """A server's certificate for ``names`` (the first is its subject). Its key is in ACM and nowhere else.

    authority_version: the version of the authority's secret that signed it, kept as a tag.
    days: how long it is valid; a new length counts from the next renewal.
    renewed: False in AWS once its end is ``renew_days_before`` days away or nearer; a run then imports a new key
    and certificate under the same ARN, so that listeners keep it.
    keeps_a_name: False when none of the names in AWS is wanted any more, which ACM does not let pass (6.2).
    trust: what services trust, only stood on: it tells of a new authority before the certificate shows one.
    """

    authority: Handle[CertificateAuthority]
    authority_version: str
    trust: Handle[TrustBundle]
    names: tuple[str, ...]
    days: int
    renew_days_before: int
    renewed: bool = True
    keeps_a_name: bool = True

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        return (self._look(aws, known_id) if known_id else None) or self._search(aws)

    def create(self, aws: Aws) -> str:
        leaf, chain = self._signed(aws)
        answer = aws.acm.import_certificate(
            Certificate=leaf.certificate.encode(),
            PrivateKey=leaf.private_key.encode(),
            CertificateChain=chain.encode(),
            Tags=self._tags(aws),
        )
        return answer["CertificateArn"]

    def observe(self, live: Live) -> dict[str, Any]:
        shown = live.raw.get("SubjectAlternativeNames", [])
        ours = tuple(name for name in self.names if name in shown)
        return {
            "names": (*ours, *sorted(set(shown) - set(ours))),
            "keeps_a_name": bool(ours),
            "renewed": live.raw[SEEN_AT] < live.raw["NotAfter"] - timedelta(days=self.renew_days_before),
            "authority_version": live.tags.get(SIGNED_BY, ""),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """A new key and certificate under the same ARN."""
        leaf, chain = self._signed(aws)
        aws.acm.import_certificate(
            CertificateArn=live.id,
            Certificate=leaf.certificate.encode(),
            PrivateKey=leaf.private_key.encode(),
            CertificateChain=chain.encode(),
        )
        # an import under a known ARN refuses tags (aws-reality.md 1.5)
        aws.acm.add_tags_to_certificate(CertificateArn=live.id, Tags=self._tags(aws))

    def delete(self, aws: Aws, live: Live) -> None:
        """ResourceInUseException rises while a listener shows it, and for minutes after."""
        with unless_gone():
            aws.acm.delete_certificate(CertificateArn=live.id)

    def _signed(self, aws: Aws) -> tuple[Signed, str]:
        """A new leaf and the certificate that vouches for it. Raises StepFailed when the authority ends too soon."""
        authority, now = read_authority(aws, self.authority.id, self.authority_version), aws.clock.now()
        if authority.ends() <= now + timedelta(days=self.renew_days_before):
            raise StepFailed(
                f"{self.authority.address} ends on {authority.ends():%d %B %Y}",
                where=self.address,
                why=f"what it signs now is due for renewal at once, {self.renew_days_before} days before its end, "
                "and its own end cannot be moved: a new authority takes its place, and what stands on it is made anew",
                next=(f"muvi teardown --only {self.authority.address} --with-users", "muvi run day1"),
            )
        return new_leaf(authority, self.names, self.days, now), authority.certificate

    def _tags(self, aws: Aws) -> list[Any]:
        return [*aws.tag_pairs(self), *tags.pairs({SIGNED_BY: self.authority_version})]

    def _search(self, aws: Aws) -> Live | None:
        """Through the imported certificates that share a name with this one; the key type must be asked for by name."""
        listed = aws.listing("acm", "list_certificates", "CertificateSummaryList", Includes={"keyTypes": [KEY_TYPE]})
        seen = (self._look(aws, summary["CertificateArn"]) for summary in listed if self._may_be(summary))
        return next((live for live in seen if live and aws.ownership.owns(live.tags, self.address)), None)

    def _may_be(self, summary: Mapping[str, Any]) -> bool:
        """Whether it is worth asking for its tags, of which ACM tells one certificate's a second."""
        shown = {summary.get("DomainName"), *summary.get("SubjectAlternativeNameSummaries", ())}
        return summary.get("Type", "IMPORTED") == "IMPORTED" and not shown.isdisjoint(self.names)

    def _look(self, aws: Aws, arn: str) -> Live | None:
        with unless_gone():
            raw = {} if aws.shallow else aws.read("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
            held = aws.read("acm", "list_tags_for_certificate", CertificateArn=arn)["Tags"]
            return Live(arn, {**raw, SEEN_AT: aws.clock.now()}, tags.read(held))
        return None
