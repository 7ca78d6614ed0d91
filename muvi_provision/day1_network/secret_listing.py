"""How secrets are found: all of an environment in one listing, and one by one where the listing may be wrong.

It lags by minutes, behind what was made as behind what is gone (aws-reality 1.3 and 4.8), so the truth is asked of a
secret itself by whoever has just written it, or must be certain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.resource import Live

SEEN_AT = "SeenAt"  # ours, beside AWS's own fields: when the secret was looked at
ACTIONS = frozenset({"secretsmanager:DescribeSecret", "secretsmanager:ListSecrets"})
"""What finding one calls."""


def found(
    aws: Aws, name: str, known_id: str | None, settled: Callable[[Live], bool], *, truth: bool = False
) -> Live | None:
    """The secret of that full name (``uat/main/rds``). ``settled``: whether what the listing shows is as wanted.

    truth: the listing is not enough, whatever it shows.
    """
    live = next((_live(aws, raw) for raw in listed(aws) if raw["Name"] == name), None) if not truth else None
    if live is None and known_id is None and aws.as_of == 0 and not truth:
        return None
    if live and live.id == known_id and (aws.as_of == 0 or settled(live)):
        return live
    with unless_gone():
        return _live(aws, aws.read("secretsmanager", "describe_secret", SecretId=name))
    return None


def listed(aws: Aws) -> list[dict[str, Any]]:
    """Every secret of the environment, those that wait for their deletion too."""
    named = [{"Key": "name", "Values": [f"{aws.ownership.env}/"]}]
    params: dict[str, Any] = {"IncludePlannedDeletion": True, "Filters": named, "MaxResults": 100}
    return aws.listing("secretsmanager", "list_secrets", "SecretList", **params)


def current_version(raw: Mapping[str, Any]) -> str:
    """The version that readers get, "" while there is none; the listing and the secret itself spell it differently."""
    stages = raw.get("SecretVersionsToStages") or raw.get("VersionIdsToStages") or {}
    return next((version for version, held in stages.items() if "AWSCURRENT" in held), "")


def _live(aws: Aws, raw: Mapping[str, Any]) -> Live:
    return Live(raw["ARN"], {**raw, SEEN_AT: aws.clock.now()}, tags.read(raw.get("Tags")))
