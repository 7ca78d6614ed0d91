"""Which secrets there are and whether they have a value, without ever asking for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.holdings import in_our_words, made

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session


@dataclass(frozen=True)
class Told:
    """One secret of the environment. ``since``: when its value or anything else about it changed last."""

    name: str
    kind: str
    used_by: tuple[str, ...]
    purpose: str
    is_made: bool
    has_value: bool = False
    since: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a person has to give its value now."""
        return self.is_made and not self.has_value and self.kind == "given"

    @property
    def state(self) -> str:
        return ("yes" if self.has_value else "no") if self.is_made else "not built"


def listed(session: Session) -> list[Told]:
    """All of them, in the environment's order. Asks AWS only when one is recorded."""
    names = session.environment.secrets
    records = {name: made(session, f"secret/{name}") for name in names}
    shown = _shown(session) if any(records.values()) else {}
    told = []
    for name, secret in names.items():
        raw = _of(session, name, shown) if records[name] else None
        told.append(
            Told(
                name, secret.kind, secret.used_by, secret.purpose, raw is not None,
                _is_current(raw or {}), (raw or {}).get("LastChangedDate") or (raw or {}).get("CreatedDate"),
            )
        )  # fmt: skip
    return told


def _shown(session: Session) -> dict[str, dict[str, Any]]:
    """By full name, what the listing shows."""
    prefix = f"{session.environment.name}/"
    with in_our_words("secretsmanager:ListSecrets"):
        found = session.connection.aws.listing(
            "secretsmanager",
            "list_secrets",
            "SecretList",
            Filters=[{"Key": "name", "Values": [prefix]}],
            MaxResults=100,
        )
    return {each["Name"]: each for each in found}


def _of(session: Session, name: str, shown: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """One secret. The listing lags by minutes, so what it shows without a value is asked for by name."""
    from muvi_provision.aws.patience import AWS_ERRORS, is_gone

    full = f"{session.environment.name}/{name}"
    if _is_current(shown.get(full, {})):
        return shown[full]
    with in_our_words(f"secret/{name}"):
        try:
            answer: dict[str, Any] = dict(session.connection.aws.secretsmanager.describe_secret(SecretId=full))
        except AWS_ERRORS as error:
            if is_gone(error):
                return None
            raise
    return None if answer.get("DeletedDate") else answer


def _is_current(raw: dict[str, Any]) -> bool:
    """Whether a version of it is the current one; the two calls spell it differently."""
    versions = raw.get("SecretVersionsToStages") or raw.get("VersionIdsToStages") or {}
    return any("AWSCURRENT" in stages for stages in versions.values())
