"""Secrets: passwords and certificates that are made up in memory and sent once, and empty places for given ones.

Facts: aws-reality 4.8 and 1.3. One listing tells of all; since it may lag by minutes, what it does not show as it
should be is asked of the secret itself.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import string
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import secret_listing
from muvi_provision.day1_network.authority import SIGNED_BY, CertificateAuthority, read_authority
from muvi_provision.day1_network.secret_listing import SEEN_AT
from muvi_provision.day1_network.signing import Signed, new_leaf
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.errors import StepFailed
from muvi_provision.resource import Change, Handle, Live, Resource, differences

MASTER_USER = "muvi"
PORT = 5432
KIND, OF, ENDS = "muvi:secret-kind", "muvi:secret-of", "muvi:ends"
_PASSWORD = (string.ascii_letters + string.digits + "_-", 30)  # what every database takes (aws-reality 4.2 a)


class Secret(
    Resource,
    mutable={"description", "kept", "of", "renewed", "authority_version"},
    outputs={"arn", "version", "value_from"},
    prices=("secrets.secret",),
    actions={
        "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue", "secretsmanager:ListSecrets", "secretsmanager:PutSecretValue",
        "secretsmanager:RestoreSecret", "secretsmanager:TagResource", "secretsmanager:UpdateSecret",
    },
    card="secrets-manager",
):  # fmt: skip
    """One secret, ``uat/main/rds`` in AWS. What is in it is sent when it is made and never read back here.

    kind: database (``{username, password, engine, port, dbname}``), certificate (``{certificate, private_key,
    chain}``), password (a text), given (empty until a person fills it, and never touched after that).
    of: the database's name in PostgreSQL, or the certificate's DNS name.
    kept: False in AWS while it waits for its deletion, which blocks its name for weeks; a run takes it back.
    authority, authority_version, days, renew_days_before, renewed: of a certificate, as for the load balancer's.
    Outputs: ``arn``; ``version``, the current one; ``value_from``, the ARN again, but only once there is a value.
    """

    kind: Literal["database", "certificate", "password", "given"]
    description: str
    of: str = ""
    authority: Handle[CertificateAuthority] | None = None
    authority_version: str = ""
    days: int = 0
    renew_days_before: int = 0
    renewed: bool = True
    kept: bool = True

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """What a person gave nobody could make again, so before its deletion it is asked itself."""
        precious = aws.certain and self.kind == "given"
        settled = lambda live: not differences(self.wanted(), self.observe(live))  # noqa: E731
        return secret_listing.found(aws, f"{aws.ownership.env}/{self.name}", known_id, settled, truth=precious)

    def create(self, aws: Aws) -> str:
        value, noted = self._made_up(aws)
        said: Any = {} if value is None else {"SecretString": value}
        made = aws.secretsmanager.create_secret(
            Name=f"{aws.ownership.env}/{self.name}",
            Description=self.description,
            ClientRequestToken=aws.token,
            Tags=[*aws.tag_pairs(self), *tags.pairs({KIND: self.kind, **noted})],
            **said,
        )
        return made["ARN"]

    def observe(self, live: Live) -> dict[str, Any]:
        """What its tags tell only while they do."""
        kind = {"kind": live.tags[KIND]} if KIND in live.tags else {}
        seen = {**kind, "description": live.raw.get("Description", ""), "kept": "DeletedDate" not in live.raw}
        return {**seen, **self._seen_of_certificate(live)} if self.kind == "certificate" else seen

    def _seen_of_certificate(self, live: Live) -> dict[str, Any]:
        until = datetime.fromisoformat(live.tags[ENDS]) if ENDS in live.tags else live.raw[SEEN_AT]
        return {
            "of": live.tags.get(OF, ""),
            "authority_version": live.tags.get(SIGNED_BY, ""),
            "renewed": live.raw[SEEN_AT] < until - timedelta(days=self.renew_days_before),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Back from its deletion first, for nothing else may be done to it then; its value outlives that."""
        changed = {change.field for change in changes}
        if "kept" in changed:
            aws.secretsmanager.restore_secret(SecretId=live.id)
        if "description" in changed:
            aws.secretsmanager.update_secret(SecretId=live.id, Description=self.description)
        if changed & {"of", "authority_version", "renewed"}:
            self._renew(aws, live)

    def _renew(self, aws: Aws, live: Live) -> None:
        """The value first, the tags that vouch for it last."""
        value, noted = self._certificate(aws)
        token = hashlib.sha256(value.encode()).hexdigest()
        aws.secretsmanager.put_secret_value(SecretId=live.id, SecretString=value, ClientRequestToken=token)
        aws.secretsmanager.tag_resource(SecretId=live.id, Tags=tags.pairs(noted))

    def delete(self, aws: Aws, live: Live) -> None:
        """At once: a recovery window would block the name for 7 to 30 days."""
        with unless_gone():
            aws.secretsmanager.delete_secret(SecretId=live.id, ForceDeleteWithoutRecovery=True)

    def outputs(self, live: Live) -> dict[str, str]:
        version = secret_listing.current_version(live.raw)
        return {"arn": live.id, "version": version, "value_from": live.id if version else ""}

    def _made_up(self, aws: Aws) -> tuple[str | None, dict[str, str]]:
        """The value, None for one that a person gives, and what its tags say of it."""
        makers: dict[str, Callable[[Aws], tuple[str | None, dict[str, str]]]] = {
            "database": lambda _: (self._master_user(), {}),
            "certificate": self._certificate,
            "password": lambda _: (new_password(), {}),
            "given": lambda _: (None, {}),
        }
        return makers[self.kind](aws)

    def _master_user(self) -> str:
        said = {"username": MASTER_USER, "password": new_password(), "engine": "postgres", "port": PORT}
        return json.dumps({**said, "dbname": self.of})

    def _certificate(self, aws: Aws) -> tuple[str, dict[str, str]]:
        leaf, chain = self._signed(aws)
        value = json.dumps({"certificate": leaf.certificate, "private_key": leaf.private_key, "chain": chain})
        return value, {OF: self.of, SIGNED_BY: self.authority_version, ENDS: leaf.ends().isoformat()}

    def _signed(self, aws: Aws) -> tuple[Signed, str]:
        """A new leaf and the certificate that vouches for it. Raises StepFailed when the authority ends too soon."""
        if self.authority is None:
            raise StepFailed(f"{self.address} has no authority to sign its certificate", where=self.address)
        authority, now = read_authority(aws, self.authority.id, self.authority_version), aws.clock.now()
        if authority.ends() <= now + timedelta(days=self.renew_days_before):
            raise StepFailed(
                f"{self.authority.address} ends on {authority.ends():%d %B %Y}",
                where=self.address,
                why=f"what it signs now is due for renewal at once, {self.renew_days_before} days before its end",
                next=(f"muvi teardown --only {self.authority.address} --with-users", "muvi run"),
            )
        return new_leaf(authority, (self.of,), self.days, now), authority.certificate


def new_password() -> str:
    """Thirty letters, digits, underscores and hyphens."""
    letters, length = _PASSWORD
    return "".join(secrets.choice(letters) for _ in range(length))


def missing_values(aws: Aws, names: tuple[str, ...]) -> tuple[str, ...]:
    """Which of these secrets have no value yet, as the listing shows them; their names without the environment's."""
    filled = {raw["Name"] for raw in secret_listing.listed(aws) if secret_listing.current_version(raw)}
    return tuple(name for name in names if f"{aws.ownership.env}/{name}" not in filled)
