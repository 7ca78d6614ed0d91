"""Route 53's zones and their records."""

from __future__ import annotations

from collections import Counter
from typing import Any

from muvi_provision.sandbox import zones
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    """By name and network, and a number where there are several: their ids are arbitrary."""
    seen: Counter[str] = Counter()
    found: dict[str, Any] = {}
    for one in zones.held(view).zones.values():
        name = f"{one.name} {' '.join(_vpcs(one))}".strip()
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name} #{seen[name]}"] = _zone(view, one)
    return {"hosted_zone": found}


def _vpcs(one: Any) -> list[str]:
    return sorted(item["vpc_id"] for item in one.vpcs)


def _zone(view: View, one: Any) -> dict[str, Any]:
    """Without the records that AWS itself puts there."""
    held = [_record(record) for record in zones.records(one).values() if not _is_own(one, record)]
    tags = dict(sorted(zones.held(view).resource_tags.get(one.resource_id, {}).items()))
    owner = {"private": bool(one.private_zone), "managed_by": getattr(one, "managed_by", None)}
    return {"name": one.name, "vpcs": _vpcs(one), "records": held, "comment": _comment(one), "tags": tags} | owner


def _is_own(zone: Any, record: Any) -> bool:
    """Those of a namespace's zone are the emulator's, which spells names otherwise."""
    return zones.is_own(zone, record) or (record.type in ("NS", "SOA") and bool(getattr(zone, "managed_by", None)))


def _comment(one: Any) -> str:
    return "" if getattr(one, "managed_by", None) else str(one.comment or "")


def _record(record: Any) -> dict[str, Any]:
    """What AWS chose (name servers, a load balancer's name) is under "dns"."""
    shown = zones.told(record)
    values = sorted(one["Value"] for one in shown.pop("ResourceRecords", ()))
    alias = shown.pop("AliasTarget", None)
    chosen = [alias["DNSName"]] if alias else [one for one in values if ".awsdns-" in one]
    plain = {"values": [one for one in values if one not in chosen], "dns": chosen}
    return {str(key).lower(): value for key, value in shown.items()} | plain | {"alias": bool(alias)}


SERVICES = {"route53": describe}
