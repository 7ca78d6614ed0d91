"""What Route 53 refuses of a batch of changes: all of it, for one record that is wrong (aws-reality 6.3 e, f)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox import record_values, zones
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_CHANGE = "ChangeResourceRecordSets"
_BATCH_LIMIT = 1000  # 6.3 e


@rule("route53", _CHANGE, "NoSuchHostedZone", "the zone of the records is there", 404, source="6.3 e")  # first of all
def zone_missing(call: Call, view: View) -> str | None:
    wanted = call.params["HostedZoneId"]
    return f"No hosted zone found with ID: {wanted}" if zones.find(view, wanted) is None else None


@rule(
    "route53", _CHANGE, "AccessDenied", "the records of a namespace's zone are Cloud Map's", 403, source="5.8 b, 6.3 f"
)
def managed_records(call: Call, view: View) -> str | None:
    zone = zones.find(view, call.params["HostedZoneId"])
    owner = getattr(zone, "managed_by", None)
    said = f"The resource hostedzone/{zone.resource_id} can only be managed through AWS Cloud Map"
    return f"{said} ({owner})" if owner else None


@rule(
    "route53",
    _CHANGE,
    "InvalidInput",
    "a record has values with a TTL, or an alias, and not both",
    source="Route 53 API: ResourceRecordSet",
)
def values_or_alias(call: Call, view: View) -> str | None:
    for one in _changes(call):
        record = one["ResourceRecordSet"]
        plain = record.get("TTL") is not None and bool(record.get("ResourceRecords"))
        if plain == bool(record.get("AliasTarget")):
            many = "more than one" if plain else "none"
            which = f"[Action={one['Action']}, Name={zones.stored(record['Name'])}, Type={record['Type']}"
            said = "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or"
            return f"{said} TrafficPolicyInstanceId], but found {many} in Change with {which}, SetIdentifier=null]"
    return None


@rule("route53", _CHANGE, "InvalidChangeBatch", "1,000 values a batch, an UPSERT counts twice", source="6.3 e")
def batch_size(call: Call, view: View) -> str | None:
    sizes = [_size(one["ResourceRecordSet"]) * (2 if one["Action"] == "UPSERT" else 1) for one in _changes(call)]
    return f"Number of records limit of {_BATCH_LIMIT} exceeded." if sum(sizes) > _BATCH_LIMIT else None


@rule(
    "route53", _CHANGE, "InvalidChangeBatch", "every change of a batch is possible, or none is made", source="6.3 e, f"
)
def batch_possible(call: Call, view: View) -> str | None:
    zone = zones.find(view, call.params["HostedZoneId"])
    wrong = [*_repeated(call), *_one_by_one(view, zone, call)]
    wrong = wrong or [*_together(zone, after(zone, call), call)]
    return f"[{', '.join(dict.fromkeys(wrong))}]" if wrong else None


def after(zone: Any, call: Call) -> dict[zones.Key, Any]:
    """The zone's records once the batch is carried out: what it deletes goes first, so that it may come back."""
    found = zones.records(zone)
    for one in _changes(call):
        if one["Action"] == "DELETE":
            found.pop(zones.key(zones.record_of(one["ResourceRecordSet"])), None)
    for one in _changes(call):
        if one["Action"] != "DELETE":
            record = zones.record_of(one["ResourceRecordSet"])
            found[zones.key(record)] = record
    return found


def _changes(call: Call) -> list[dict[str, Any]]:
    return list(call.params["ChangeBatch"]["Changes"])


def _size(record: dict[str, Any]) -> int:
    return len(record.get("ResourceRecords", ())) or 1


def _repeated(call: Call) -> Iterator[str]:
    """The same record made twice; deleting and making it is no repetition."""
    made = [one for one in _changes(call) if one["Action"] != "DELETE"]
    for side in (made, [one for one in _changes(call) if one["Action"] == "DELETE"]):
        counted = Counter(zones.key(zones.record_of(one["ResourceRecordSet"])) for one in side)
        for (name, kind, _), count in counted.items():
            if count > 1:
                said = "The request contains an invalid set of changes for a resource record set"
                yield f"{said} '{kind} {name}'"


def _one_by_one(view: View, zone: Any, call: Call) -> Iterator[str]:
    deleted = {
        zones.key(zones.record_of(one["ResourceRecordSet"])) for one in _changes(call) if one["Action"] == "DELETE"
    }
    for one in _changes(call):
        record = zones.record_of(one["ResourceRecordSet"])
        if not zones.within(record.name, zone.name):
            yield f"RRSet with DNS name {record.name} is not permitted in zone {zone.name}"
        elif one["Action"] == "DELETE":
            yield from _deletion(zone, record)
        else:
            if one["Action"] == "CREATE" and zones.key(record) in set(zones.records(zone)) - deleted:
                yield f"Tried to create resource record set [{record_values.which(record)}] but it already exists"
            yield from record_values.complaints(view, zone, record)


def _deletion(zone: Any, record: Any) -> Iterator[str]:
    """6.3 f: with exactly its values and its TTL."""
    there = zones.records(zone).get(zones.key(record))
    if there is None:
        yield f"Tried to delete resource record set [{record_values.which(record)}] but it was not found"
    elif _comparable(there) != _comparable(record):
        said = f"Tried to delete resource record set [{record_values.which(record)}]"
        yield f"{said} but the values provided do not match the current values"


def _together(zone: Any, found: dict[zones.Key, Any], call: Call) -> Iterator[str]:
    """What the zone would be like."""
    changed = {zones.stored(one["ResourceRecordSet"]["Name"]) for one in _changes(call)}
    for kind, said in (("NS", "at least one NS record for the zone itself"), ("SOA", "exactly one SOA record")):
        if (zone.name, kind, "") not in found:
            yield f"A HostedZone must contain {said}."
    for name in sorted(changed):
        kinds = {kind for at, kind, _ in found if at == name}
        if "CNAME" in kinds and name == zone.name:
            yield f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone.name}"
        elif "CNAME" in kinds and len(kinds) > 1:
            said = f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records"
            yield f"{said} with the same DNS name in zone {zone.name}"
        yield from _policies(name, found)
    yield from _dangling(zone, found, changed)


def _policies(name: str, found: dict[zones.Key, Any]) -> Iterator[str]:
    """A record without a set identifier is the only one of its name and type."""
    plain = {kind for at, kind, identifier in found if at == name and not identifier}
    for kind in sorted(plain & {kind for at, kind, identifier in found if at == name and identifier}):
        said = f"RRSet with DNS name {name}, type {kind}, SetIdentifier null cannot be created as"
        yield f"{said} other RRSets exist with the same name and type."


def _dangling(zone: Any, found: dict[zones.Key, Any], changed: set[str]) -> Iterator[str]:
    there = {(name, kind) for name, kind, _ in found}
    for (name, kind, _), record in found.items():
        alias = record.alias_target
        within = name in changed and alias and alias["HostedZoneId"] == zone.resource_id
        if within and (alias["DNSName"], kind) not in there:
            said = f"Tried to create an alias that targets {alias['DNSName']}, type {kind}"
            yield f"{said} in zone {zone.resource_id}, but that target was not found"


def _comparable(record: Any) -> Any:
    shown = zones.told(record)
    shown["ResourceRecords"] = sorted(one["Value"] for one in shown.get("ResourceRecords", ()))
    return shown
