"""Record sets of Route 53 as they are listed, and names as people write them: facts in aws-reality 6.3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone

RecordSet = Mapping[str, Any]
"""As Route 53 answers it: Name, Type, and TTL with ResourceRecords, or AliasTarget."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def spoken(name: str) -> str:
    """Lower-case, no dot at the end, and an asterisk where Route 53 stores an octal number (6.3 a)."""
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), name).lower().rstrip(".")


def listed(aws: Aws, zone: str) -> list[dict[str, Any]]:
    """All of a zone, in one listing that everybody shares; none when the zone is gone."""
    with unless_gone():
        params = {"HostedZoneId": zone}
        return aws.worldwide.listing("route53", "list_resource_record_sets", "ResourceRecordSets", **params)
    return []


def values(record: RecordSet) -> tuple[str, ...]:
    """What a record that is no alias says, texts without their quotes."""
    return tuple(each["Value"].strip('"') for each in record.get("ResourceRecords", ()))


def servers(records: list[dict[str, Any]], domain: str) -> tuple[str, ...]:
    """The name servers that these records give for a domain, as people write them, sorted."""
    found = [each for each in records if each["Type"] == "NS" and spoken(each["Name"]) == domain]
    return tuple(sorted(spoken(value) for each in found for value in values(each)))
