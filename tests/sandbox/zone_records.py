"""Zones and changes of records, as tests write them."""

from __future__ import annotations

from typing import Any

CLOUDFRONT = "Z2FDTNDATAQYW2"


def zone(route53: Any, name: str = "uat.example.com", reference: str = "one", **more: Any) -> str:
    made = route53.create_hosted_zone(Name=name, CallerReference=reference, **more)
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


def plain(action: str, name: str, kind: str, *values: str, ttl: int = 300) -> dict[str, Any]:
    record = {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": one} for one in values]}
    return {"Action": action, "ResourceRecordSet": record}


def alias(action: str, name: str, target: str, home: str = CLOUDFRONT, kind: str = "A", **more: Any) -> dict[str, Any]:
    said = {"HostedZoneId": home, "DNSName": target, "EvaluateTargetHealth": False} | more
    return {"Action": action, "ResourceRecordSet": {"Name": name, "Type": kind, "AliasTarget": said}}


def batch(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"Changes": list(changes)}


def records(route53: Any, wanted: str) -> list[tuple[str, str, list[str]]]:
    """What is in a zone but for what AWS put there."""
    held = route53.list_resource_record_sets(HostedZoneId=wanted)["ResourceRecordSets"]
    found = [(one["Name"], one["Type"], [each["Value"] for each in one.get("ResourceRecords", ())]) for one in held]
    return [one for one in found if one[1] not in ("NS", "SOA")]
