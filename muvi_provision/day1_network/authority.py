"""The private certificate authority of the internal names, and the half of it that services may read.

No public authority signs a name under ``.internal``, and AWS's own private one costs more than the whole network
(aws-reality.md 6.2), so the authority is a key in Secrets Manager: facts in aws-reality.md 4.8.
"""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import secret_listing
from muvi_provision.day1_network.signing import Signed, new_authority
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.resource import Change, Handle, Live, Resource, differences

COMMON_NAME, YEARS, SIGNED_BY = "muvi:common-name", "muvi:years", "muvi:signed-by"


def read_authority(aws: Aws, secret_id: str, version: str) -> Signed:
    """The authority's certificate and key, as of one version of its secret; not by the shared reads, which last."""
    answer = aws.secretsmanager.get_secret_value(SecretId=secret_id, VersionId=version)
    return Signed.from_secret(answer["SecretString"])


class AuthoritySecret(Resource, card="secrets-manager"):
    """What the two secrets of the authority have in common; ``path`` follows the environment's name."""

    abstract: ClassVar[bool] = True
    path: ClassVar[str] = ""

    kept: bool = True

    def secret_name(self, aws: Aws) -> str:
        """``uat/internal-ca/authority``: a path, so that a policy can name all of an environment."""
        return f"{aws.ownership.env}/{self.path}"

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By name, which stays when the ARN's random end does not."""
        settled = lambda live: not differences(self.wanted(), self.observe(live))  # noqa: E731
        return secret_listing.found(aws, self.secret_name(aws), known_id, settled)

    def observe(self, live: Live) -> dict[str, Any]:
        return {"kept": "DeletedDate" not in live.raw}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Takes back a scheduled deletion, which blocks the name for weeks; the value outlives it."""
        if any(change.field == "kept" for change in changes):
            aws.secretsmanager.restore_secret(SecretId=live.id)

    def delete(self, aws: Aws, live: Live) -> None:
        """At once: a recovery window would block the name for 7 to 30 days."""
        with unless_gone():
            aws.secretsmanager.delete_secret(SecretId=live.id, ForceDeleteWithoutRecovery=True)

    def _create(self, aws: Aws, value: str, description: str, noted: dict[str, str]) -> str:
        made = aws.secretsmanager.create_secret(
            Name=self.secret_name(aws),
            Description=description,
            SecretString=value,
            ClientRequestToken=aws.token,
            Tags=[*aws.tag_pairs(self), *tags.pairs(noted)],
        )
        return made["ARN"]


_ACTIONS = {
    "secretsmanager:CreateSecret",
    "secretsmanager:DeleteSecret",
    *secret_listing.ACTIONS,
    "secretsmanager:RestoreSecret",
    "secretsmanager:TagResource",
}


class CertificateAuthority(
    AuthoritySecret, mutable={"kept"}, outputs={"version"}, prices=("secrets.secret",), actions=_ACTIONS
):
    """A self-signed authority: ``{certificate, private_key}`` in one secret that only the provisioner reads.

    The key exists in memory while it is made and while it signs, and otherwise only there. ``years`` and
    ``common_name`` are fixed at birth: AWS shows them as tags of the secret.
    Outputs: ``version``, the secret's current version, which changes with the key.
    """

    path: ClassVar[str] = "internal-ca/authority"

    common_name: str
    years: int

    def create(self, aws: Aws) -> str:
        made = new_authority(self.common_name, self.years, aws.clock.now())
        return self._create(
            aws,
            made.to_secret(),
            "Certificate and private key of the internal certificate authority",
            {COMMON_NAME: self.common_name, YEARS: str(self.years)},
        )

    def observe(self, live: Live) -> dict[str, Any]:
        """How it was born only while its tags still tell."""
        years = live.tags.get(YEARS, "")
        born = {"common_name": live.tags.get(COMMON_NAME, ""), "years": int(years)} if years.isdigit() else {}
        return {**super().observe(live), **born}

    def outputs(self, live: Live) -> dict[str, str]:
        return {"version": secret_listing.current_version(live.raw)}


class TrustBundle(
    AuthoritySecret,
    mutable={"kept", "authority_version"},
    prices=("secrets.secret",),
    actions=_ACTIONS | {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"},
):
    """The authority's certificate alone, for services to trust: a secret of its own, for a policy cannot split one.

    authority_version: the version of the authority's secret it was taken from, kept as a tag.
    """

    path: ClassVar[str] = "internal-ca/certificate"

    authority: Handle[CertificateAuthority]
    authority_version: str

    def create(self, aws: Aws) -> str:
        description = "Certificate of the internal certificate authority, for services to trust"
        return self._create(aws, self._certificate(aws), description, {SIGNED_BY: self.authority_version})

    def observe(self, live: Live) -> dict[str, Any]:
        return {**super().observe(live), "authority_version": live.tags.get(SIGNED_BY, "")}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """The value first, the tag that vouches for it last."""
        super().update(aws, live, changes)
        if not any(change.field == "authority_version" for change in changes):
            return
        certificate = self._certificate(aws)
        token = hashlib.sha256(certificate.encode()).hexdigest()  # the same value is the same version
        aws.secretsmanager.put_secret_value(SecretId=live.id, SecretString=certificate, ClientRequestToken=token)
        aws.secretsmanager.tag_resource(SecretId=live.id, Tags=tags.pairs({SIGNED_BY: self.authority_version}))

    def _certificate(self, aws: Aws) -> str:
        return read_authority(aws, self.authority.id, self.authority_version).certificate
