"""What the state knows: one record an object, one a deed, and the header."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

SCHEMA = 1
INTENDED, MADE, READY, DELETING = "intended", "made", "ready", "deleting"


@dataclass(frozen=True)
class Header:
    """Whose state this is. ``account`` is pinned by the first confirmed run; ``lineage`` is random, for life."""

    env: str
    lineage: str
    region: str = ""
    account: str = ""
    schema: int = SCHEMA


@dataclass(frozen=True)
class Record:
    """One object: what was wanted of it, and how far it came. Never holds a secret.

    status: intended (about to be created: ``id`` is None), made, ready, deleting.
    token: the client token of the intent, 32 hexadecimal digits, used again on resume.
    wanted: the resource's fields as ``resource.to_json`` gives them. outputs: id and declared outputs.
    Times are ISO 8601, UTC.
    """

    address: str
    kind: str
    step: str
    status: str
    id: str | None = None
    token: str = ""
    wanted: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    intended_at: str = ""
    made_at: str = ""
    ready_at: str = ""

    def values(self) -> dict[str, str]:
        """id and outputs, for whoever stands on it; empty until it is made."""
        return {**self.outputs, "id": self.id} if self.id else {}


@dataclass(frozen=True)
class Deed:
    """An act that was done, a gate that was open: its address, step and when."""

    address: str
    step: str
    done_at: str


@dataclass(frozen=True)
class Contents:
    """A whole state at one moment. ``serial`` counts the changes since the beginning."""

    header: Header
    records: Mapping[str, Record] = field(default_factory=dict)
    deeds: Mapping[str, Deed] = field(default_factory=dict)
    serial: int = 0

    def complaints(self) -> Iterator[str]:
        """What cannot be true of a sound state."""
        for address, record in self.records.items():
            if record.address != address:
                yield f"{address} is recorded as {record.address}"
            if record.status not in (INTENDED, MADE, READY, DELETING):
                yield f"{address} has the unknown status {record.status!r}"
            if record.status != INTENDED and not record.id:
                yield f"{address} is {record.status} but has no id"
        yield from self._twice()
        try:
            TopologicalSorter({r.address: r.needs for r in self.records.values()}).prepare()
        except CycleError as error:
            yield f"the records stand on one another in a circle: {' -> '.join(error.args[1])}"

    def _twice(self) -> Iterator[str]:
        owners: dict[tuple[str, str], str] = {}
        for record in self.records.values():
            if record.id and (first := owners.setdefault((record.kind, record.id), record.address)) != record.address:
                yield f"{record.address} and {first} have the same id {record.id}"


def put(serial: int, item: Record | Deed | Header) -> dict[str, Any]:
    """A log entry that sets one thing."""
    return {"serial": serial, type(item).__name__.lower(): vars(item)}


def drop(serial: int, address: str) -> dict[str, Any]:
    """A log entry that takes one record or deed away."""
    return {"serial": serial, "drop": address}


def applied(contents: Contents, entry: Mapping[str, Any]) -> Contents:
    """The contents after one log entry. Raises KeyError or TypeError for one that makes no sense."""
    records, deeds, header = dict(contents.records), dict(contents.deeds), contents.header
    match entry:
        case {"record": dict(fields)}:
            records[fields["address"]] = record_from(fields)
        case {"deed": dict(fields)}:
            deeds[fields["address"]] = Deed(**fields)
        case {"header": dict(fields)}:
            header = Header(**fields)
        case {"drop": str(address)}:
            records.pop(address, None)
            deeds.pop(address, None)
        case _:
            raise KeyError("an entry that is neither a record, a deed, a header nor a drop")
    return Contents(header, records, deeds, entry["serial"])


def record_from(fields: Mapping[str, Any]) -> Record:
    return Record(**{**fields, "needs": tuple(fields.get("needs", ()))})


def line(entry: Mapping[str, Any]) -> bytes:
    """``crc32 json\\n``: a line that shows whether it is whole."""
    body = json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def entry_of(whole: bytes) -> dict[str, Any] | None:
    """The entry on a line (without its newline), or None when the line is damaged."""
    check, _, body = whole.partition(b" ")
    try:
        if int(check, 16) != zlib.crc32(body):
            return None
        entry = json.loads(body)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def is_torn(log: bytes) -> bool:
    """Whether the last line of a log was cut off or damaged while it was written."""
    *whole, tail = log.split(b"\n")
    return bool(tail) or (bool(whole) and entry_of(whole[-1]) is None)


def checkpoint(contents: Contents) -> bytes:
    """The state file: JSON with a record a line, and a checksum of its own content."""
    body = {
        "header": vars(contents.header),
        "serial": contents.serial,
        "records": [vars(record) for record in contents.records.values()],
        "deeds": [vars(deed) for deed in contents.deeds.values()],
    }
    lines = [
        f'{{"checksum": "{_checksum(body)}"',
        f'"header": {json.dumps(body["header"])}',
        f'"serial": {body["serial"]}',
    ]
    lines += [f'"{name}": {_listed(body[name])}' for name in ("records", "deeds")]
    return (",\n ".join(lines) + "}\n").encode()


def _listed(items: Any) -> str:
    return "[\n  " + ",\n  ".join(json.dumps(item) for item in items) + "]" if items else "[]"


def contents_of(file: bytes) -> Contents | None:
    """The state in a file, or None when the file is damaged. Never raises for damage."""
    try:
        body = json.loads(file)
        if body.pop("checksum") != _checksum(body):
            return None
        records = {fields["address"]: record_from(fields) for fields in body["records"]}
        deeds = {fields["address"]: Deed(**fields) for fields in body["deeds"]}
        return Contents(Header(**body["header"]), records, deeds, body["serial"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def schema_of(file: bytes) -> int:
    """The schema version a file claims, 0 when it says nothing readable."""
    try:
        return int(json.loads(file)["header"]["schema"])
    except (ValueError, KeyError, TypeError):
        return 0


def _checksum(body: Mapping[str, Any]) -> str:
    return f"{zlib.crc32(json.dumps(body, sort_keys=True, separators=(',', ':')).encode()):08x}"
