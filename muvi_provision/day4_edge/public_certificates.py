"""The certificate that CloudFront shows: asked for, proved by DNS, and issued once the world can see the proof.

Facts: aws-reality 6.1, 1.3 and 1.4. CloudFront wants it in us-east-1. ACM gives up on one that is not proved within
72 hours; that one can never be issued any more, so another is asked for beside it, under the same proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.aws import tag_index
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day4_edge.certificate_listing import DEAD, described, is_issued_here, listed, tags_told
from muvi_provision.day4_edge.delegation import is_delegated
from muvi_provision.day4_edge.record_sets import spoken
from muvi_provision.day4_edge.records import ValidationRecord
from muvi_provision.errors import AwsRefused
from muvi_provision.resource import Change, Handle, Live, Obstacle, Resource, is_known

LONGEST = 64
STATE, PROBLEM = "state", "problem"  # ours, beside ACM's own fields
_PROBLEMS = {
    "CAA_ERROR": "a CAA record of the domain, or of one above it, does not let Amazon issue certificates",
    "DOMAIN_NOT_ALLOWED": "Amazon does not issue certificates for this domain",
    "INVALID_PUBLIC_DOMAIN": "the domain does not end in a public one",
    "ADDITIONAL_VERIFICATION_REQUIRED": "AWS's support has to look at this domain first",
}
_ENDS = {
    "VALIDATION_TIMED_OUT": "nothing on the internet saw its proof for 72 hours",
    "EXPIRED": "its time is over, and ACM could not renew it: its proof is gone, or the domain leads elsewhere",
    "REVOKED": "it was revoked",
}


class PublicCertificate(
    Resource,
    region="us-east-1",
    ready="certificate_asked",
    mutable={"alive"},
    outputs={"arn", "record_name", "record_value"},
    again=("muvi run day4",),
    actions={
        "acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:DescribeCertificate", "acm:ListCertificates",
        "acm:ListTagsForCertificate", "acm:RequestCertificate", tag_index.ACTION,
    },
    card="acm",
):  # fmt: skip
    """A certificate for ``names``, the first of which is its subject. It is ready once it says what proves it.

    alive: False in AWS once ACM gave up on it; a run then asks for another, and a teardown deletes both.
    Outputs: ``arn``, and ``record_name`` and ``record_value`` of the CNAME that proves it; a domain and everything
    directly below it share one.
    """

    names: tuple[str, ...]
    alive: bool = True

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """The known one, unless it is dead and another took its place."""
        known = self._look(aws, known_id) if known_id else None
        if known and (aws.shallow or known.raw["Status"] not in DEAD):
            return known
        return next(self._alike(aws, DEAD, negate=True), None) or known or next(self._alike(aws, DEAD), None)

    def _alike(self, aws: Aws, statuses: tuple[str, ...], *, negate: bool = False) -> Iterator[Live]:
        """Those of ours for this address; ACM tells whose they are one at a time, so only likely ones are asked."""
        likely = [each for each in listed(aws.worldwide) if each.get("DomainName") == self.names[0]]
        for each in likely:
            if is_issued_here(each) and (each.get("Status") in statuses) != negate:
                live = self._look(aws, each["CertificateArn"])
                if live and aws.ownership.owns(live.tags, self.address):
                    yield live

    def _look(self, aws: Aws, arn: str) -> Live | None:
        world = aws.worldwide
        raw = described(world, arn)
        if not raw:
            return None
        told = tag_index.tags_of(world, arn, self.address, lambda: tags_told(world, arn))
        return Live(arn, {**raw, STATE: _progress(raw), PROBLEM: problem(raw)}, told)

    def before(self, aws: Aws) -> None:  # noqa: ARG002
        """Raises AwsRefused for a name that is too long to be a certificate's subject (6.1 a)."""
        if len(self.names[0]) > LONGEST:
            raise AwsRefused(
                f"{self.names[0]} has {len(self.names[0])} letters",
                where=self.address,
                why=f"the name of a certificate has {LONGEST} at most: choose a shorter domain in the environment file",
                next=("muvi config show",),
            )

    def create(self, aws: Aws) -> str:
        return self._request(aws, aws.token)

    def _request(self, aws: Aws, token: str) -> str:
        others: Any = {"SubjectAlternativeNames": list(self.names[1:])} if self.names[1:] else {}
        asked = aws.worldwide.acm.request_certificate(
            DomainName=self.names[0],
            ValidationMethod="DNS",
            IdempotencyToken=token,
            Tags=aws.tag_pairs(self),
            **others,
        )
        return asked["CertificateArn"]

    def observe(self, live: Live) -> dict[str, Any]:
        shown = live.raw.get("SubjectAlternativeNames", [live.raw["DomainName"]])
        ours = tuple(name for name in self.names if name in shown)
        return {"names": (*ours, *sorted(set(shown) - set(ours))), "alive": live.raw["Status"] not in DEAD}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """Another in place of those that are dead, for the same ones always under the same token."""
        dead = {live.id, *(each.id for each in self._alike(aws, DEAD))}
        self._request(aws, hashlib.sha256(" ".join(sorted(dead)).encode()).hexdigest()[:32])

    def delete(self, aws: Aws, live: Live) -> None:
        """It and the dead ones before it. ResourceInUseException rises while CloudFront shows it, and minutes after."""
        dead = [each.id for each in self._alike(aws, DEAD)]
        for arn in dict.fromkeys((live.id, *dead)):
            with unless_gone():
                aws.worldwide.acm.delete_certificate(CertificateArn=arn)

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:
        """What ACM says uses it, which it goes on saying for minutes after it is gone."""
        using = described(aws.worldwide, live.id).get("InUseBy", ())
        return tuple(Obstacle(f"ACM says that {arn} still uses it", passes=True) for arn in using)

    def outputs(self, live: Live) -> dict[str, str]:
        record = next(_records(live.raw), {})
        return {
            "arn": live.id,
            "record_name": spoken(record.get("Name", "")),
            "record_value": spoken(record.get("Value", "")),
        }


class IssuedCertificate(
    Resource,
    region="us-east-1",
    lookup=True,
    awaits={"certificate"},
    ready="certificate_issued",
    outputs={"arn"},
    actions={"acm:DescribeCertificate"},
    again=("muvi run day4",),
    card="acm",
):
    """The same certificate once it is issued. It is always found: until then its ``arn`` is "".

    A run waits for it only while the internet asks our zone (``name_servers``, with spaces between them) about the
    ``domain``: before that a person has to do something, and nothing can be issued. ``record`` is what proves it.
    """

    certificate: Handle[PublicCertificate]
    record: Handle[ValidationRecord]
    domain: str
    name_servers: str

    def wanted(self) -> dict[str, Any]:
        """Not the certificate: before there is one it is certain that it is not issued."""
        return {"domain": self.domain}

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        arn = self.certificate.id
        raw = described(aws.worldwide, arn) if is_known(arn) else {}
        if not raw:
            return Live(f"certificate of {self.domain}", {STATE: "pending"})
        return Live(arn, {**raw, STATE: self._state(aws, raw), PROBLEM: problem(raw)})

    def _state(self, aws: Aws, raw: Mapping[str, Any]) -> str:
        status = raw["Status"]
        if status in DEAD:
            return "failed"
        if status == "ISSUED":
            return "issued"
        waits = is_known(self.name_servers) and is_delegated(aws, self.domain, self.name_servers)
        return "pending" if waits else "undelegated"

    def observe(self, live: Live) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def outputs(self, live: Live) -> dict[str, str]:
        """None while it will be issued soon, since a plan must not say that nothing is about to change."""
        if live.raw[STATE] == "pending" and "Status" in live.raw:
            return {}
        return {"arn": live.id if live.raw[STATE] == "issued" else ""}


def names_of(domain: str) -> tuple[str, ...]:
    """The domain and everything directly below it."""
    return domain, f"*.{domain}"


def problem(raw: Mapping[str, Any]) -> str:
    """Why ACM gave up on it, in words; "" while it has not."""
    status, reason = raw["Status"], str(raw.get("FailureReason", ""))
    if status not in DEAD:
        return ""
    return _ENDS.get(status) or _PROBLEMS.get(reason) or f"ACM says only {reason or status}"


def _records(raw: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """The records that ACM has told so far, name by name."""
    for option in raw.get("DomainValidationOptions", ()):
        if "ResourceRecord" in option:
            yield option["ResourceRecord"]


def _progress(raw: Mapping[str, Any]) -> str:
    if raw["Status"] in DEAD:
        return "dead"
    options = raw.get("DomainValidationOptions", ())
    return "told" if options and len(list(_records(raw))) == len(options) else "asked"
