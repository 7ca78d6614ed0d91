"""Route 53's zones and records as the sandbox keeps them: the emulator's objects, with names as AWS stores them."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from muvi_provision.sandbox.lag import hidden
from muvi_provision.sandbox.view import View

INSYNC_S = 30  # aws-reality 6.3 b
CLOUDFRONT = "Z2FDTNDATAQYW2"  # 6.3: the zone of every distribution
_PLAIN = frozenset(string.ascii_lowercase + string.digits + "-_.")
_ENDS = (("com", 0), ("net", 512), ("org", 1024), ("co.uk", 1536))

Key = tuple[str, str, str]  # name, type, set identifier


def stored(name: str) -> str:
    """aws-reality 6.3 a: lower-case, with a dot at the end, and ``\\052`` for an asterisk."""
    plain = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), name).lower().rstrip(".")
    return "".join(one if one in _PLAIN else f"\\{ord(one):03o}" for one in plain) + "."


def spoken(name: str) -> str:
    """As people write it: no escapes, no dot at the end."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), name).lower().rstrip(".")


def within(name: str, zone: str) -> bool:
    """Whether a name is a zone's own or below it; both as stored."""
    return name == zone or name.endswith(f".{zone}")


def held(view: View) -> Any:
    """The emulator's objects of the caller's account."""
    return view.backend("route53", "aws")


def everywhere(view: View) -> list[Any]:
    """The zones of every account, the oldest first."""
    accounts = view.world.everything().get("route53", {}).values()
    return [zone for regions in accounts for backend in regions.values() for zone in backend.zones.values()]


def find(view: View, wanted: str) -> Any:
    """The zone with this id, or None: also of one that is so new that nobody has heard of it (aws-reality 1.6)."""
    plain = str(wanted).rpartition("/")[2]
    return None if hidden(view, "hosted_zone", plain, "route53") else held(view).zones.get(plain)


def known(view: View) -> list[Any]:
    """The account's zones."""
    return list(held(view).zones.values())


def name_servers(zone: Any) -> tuple[str, ...]:
    """The four of a public zone (6.3 c: another zone of the same name has others); none of a private one."""
    if zone.private_zone:
        return ()
    digest = hashlib.sha256(zone.resource_id.encode()).digest()
    numbers = [(int.from_bytes(digest[4 * at : 4 * at + 4], "big"), *end) for at, end in enumerate(_ENDS)]
    return tuple(f"ns-{first + one % 512}.awsdns-{one // 512 % 64:02}.{end}" for one, end, first in numbers)


def key(record: Any) -> Key:
    return str(record.name), str(record.type), str(record.set_identifier or "")


def records(zone: Any) -> dict[Key, Any]:
    """By name, type and set identifier, in AWS's order: by the labels from the right, then by type."""
    return {key(one): one for one in sorted(zone.rrsets, key=lambda one: (labels(one.name), one.type))}


def labels(name: str) -> tuple[str, ...]:
    return tuple(reversed(name.rstrip(".").split(".")))


def is_own(zone: Any, record: Any) -> bool:
    """The two that AWS itself puts at a zone's apex, and that go with it."""
    return record.type in ("NS", "SOA") and record.name == zone.name


def record_of(said: Mapping[str, Any]) -> Any:
    """A record as the emulator keeps it, from what a caller says."""
    from moto.route53.models import RecordSet

    values = [one["Value"] for one in said.get("ResourceRecords", ())]
    target = said.get("AliasTarget")
    alias = {**target, "DNSName": stored(target["DNSName"])} if target else None
    return RecordSet({**said, "Name": stored(said["Name"]), "ResourceRecords": values, "AliasTarget": alias})


def told(record: Any) -> dict[str, Any]:
    """A record as AWS tells it."""
    shown: dict[str, Any] = {"Name": record.name, "Type": record.type}
    if record.alias_target:
        shown["AliasTarget"] = dict(record.alias_target)
    else:
        shown |= {"TTL": int(record.ttl), "ResourceRecords": [{"Value": str(one)} for one in record.records]}
    rest = {"SetIdentifier": record.set_identifier, "Weight": record.weight, "Region": record.region}
    rest |= {"Failover": record.failover, "GeoLocation": record.geo_location, "HealthCheckId": record.health_check_id}
    rest["MultiValueAnswer"] = record.multi_value_answer
    return shown | {name: value for name, value in rest.items() if value is not None}


def own_records(zone: Any) -> list[Any]:
    """What a new zone has."""
    servers = name_servers(zone) or tuple(f"ns-{first}.awsdns-00.{end}" for end, first in _ENDS)
    soa = f"{servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
    said = ({"Type": "NS", "TTL": 172800, "Values": [f"{one}." for one in servers]},)
    both = (*said, {"Type": "SOA", "TTL": 900, "Values": [soa]})
    return [record_of(one | {"Name": zone.name, "ResourceRecords": _pairs(one["Values"])}) for one in both]


def _pairs(values: Any) -> list[dict[str, str]]:
    return [{"Value": one} for one in values]


def by_name(zones: Iterable[Any]) -> list[Any]:
    """aws-reality 1.3: by the labels from the right, then by id."""
    return sorted(zones, key=lambda one: (labels(one.name), one.resource_id))


def seen_in(view: View, vpc: str) -> Iterator[Any]:
    """The private zones that a VPC is associated with."""
    for zone in held(view).zones.values():
        if zone.private_zone and vpc in [one["vpc_id"] for one in zone.vpcs]:
            yield zone


def changes(view: View) -> dict[str, float]:
    """Every change that was asked for: its id, and when (in the cloud's seconds) it is everywhere."""
    found: dict[str, float] = vars(held(view)).setdefault("changes", {})
    return found


def change(view: View, comment: str | None = None) -> dict[str, Any]:
    """A new change, as the answer that announces it tells it."""
    noted = changes(view)
    digest = hashlib.sha256(f"{view.account}/{len(noted)}".encode()).hexdigest()
    wanted = f"C{digest[:20].upper()}"
    noted[wanted] = view.now + view.seconds(INSYNC_S)
    shown = {"Id": f"/change/{wanted}", "Status": "PENDING", "SubmittedAt": view.today}
    return shown | ({"Comment": comment} if comment else {})
