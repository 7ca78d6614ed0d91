"""The words of the design: Resource, Handle, Unknown, Live, Change, Verdict. Nothing here does I/O."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws

R_co = TypeVar("R_co", covariant=True)
REFERENCE = re.compile(r"\$\{([^}]+?)\.([a-z_]+)\}")


class UnknownValue(TypeError):
    """A step tried to decide something on a value that AWS has not given yet."""


class Unknown:
    """An output of a resource while steps run: may be passed on and printed, never branched on or measured.

    In a string it stands as ``${address.output}``, which the engine replaces once the value is there.
    """

    def __init__(self, address: str, output: str) -> None:
        self.address = address
        self.output = output

    def __str__(self) -> str:
        return f"${{{self.address}.{self.output}}}"

    __repr__ = __str__

    def _refuse(self, *_: object) -> Any:
        raise UnknownValue(f"{self} is not known while steps run; pass it on instead of looking at it")

    __bool__ = __len__ = __iter__ = __lt__ = __le__ = __gt__ = __ge__ = __getitem__ = __contains__ = _refuse
    __add__ = __radd__ = __int__ = __float__ = _refuse

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Unknown):
            return (self.address, self.output) == (other.address, other.output)
        self._refuse()
        return False

    def __hash__(self) -> int:
        return hash((self.address, self.output))


@dataclass(frozen=True)
class Handle(Generic[R_co]):
    """What ``ensure`` returns: the address of a resource, its ``id`` and its declared outputs.

    In a step every output is Unknown. In a resource's own methods the engine has filled in ``values``.
    """

    address: str
    values: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def id(self) -> str:
        return self.values["id"] if "id" in self.values else Unknown(self.address, "id")  # type: ignore[return-value]

    def __getattr__(self, output: str) -> Any:
        if output.startswith("_"):
            raise AttributeError(output)
        return self.values[output] if output in self.values else Unknown(self.address, output)


@dataclass(frozen=True)
class Live:
    """An object as AWS shows it: its id, the answer's own dictionary, and its tags."""

    id: str
    raw: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One field that differs: what AWS has, what is wanted."""

    field: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.field}: {self.old} -> {self.new}"


class Verdict(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    BLOCKED = "blocked"
    VANISHED = "vanished"
    ORPHAN = "orphan"


@dataclass(frozen=True)
class Declaration:
    """The uniform things a resource class says about itself in its class line.

    ready, gone: names of waits in ``aws/waits.py``. awaits: fields whose handle must be ready, not only made.
    completes: ``create`` leaves fields for ``update``, so the object is read again before anything stands on it.
    mutable: fields AWS can change in place. inherits: the field whose object carries the tags of an untaggable one.
    found_by: "key" (name or natural key), or "tags" when nothing else tells one from another.
    fades: one that failed goes away by itself, so a new one may be made beside it. lookup: found, never made.
    region: "" for the environment's own. prices: ids in the price list with units per hour or per month.
    actions: IAM actions, service:Operation. card: the lesson.
    """

    kind: str = ""
    ready: str = ""
    gone: str = ""
    awaits: frozenset[str] = frozenset()
    mutable: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    completes: bool = False
    inherits: str = ""
    found_by: str = "key"
    region: str = ""
    name_limit: int = 255
    prices: tuple[str, ...] = ()
    actions: frozenset[str] = frozenset()
    card: str = ""
    lookup: bool = False
    fades: bool = False


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Declared:
    """Makes every subclass a frozen dataclass and reads its class line into ``declared``."""

    declared: ClassVar[Declaration] = Declaration()
    kinds: ClassVar[dict[str, type[Resource]]] = {}

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__()
        sets = {name: frozenset(value) for name, value in words.items() if isinstance(value, (set, frozenset))}
        kind = words.get("kind") or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()
        cls.declared = dataclasses.replace(cls.declared, **{**words, **sets, "kind": kind})
        dataclass(frozen=True, kw_only=True)(cls)
        if cls.__dict__.get("abstract", False):
            return
        Declared.kinds[kind] = cls  # type: ignore[assignment]


class Resource(Declared):
    """One AWS object as it is wanted. Fields are what is wanted; a field holding a Handle is a dependency.

    A subclass is about thirty lines: fields and the five methods below, which call boto3 with AWS's own
    parameter names. Each raises botocore's ``ClientError``; the engine knows what to do with it.
    """

    abstract: ClassVar[bool] = True

    name: str = field(kw_only=False)

    @property
    def address(self) -> str:
        return f"{self.declared.kind}/{self.name}"

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """The object, by id if known, else by name, natural key or tag; None when there is none. Never mutates."""
        raise NotImplementedError

    def create(self, aws: Aws) -> str:
        """Makes the object in exactly one mutating call and returns its id. The rest is ``update``'s."""
        raise NotImplementedError

    def observe(self, live: Live) -> dict[str, Any]:
        """The wanted fields as AWS has them now; only those AWS can tell."""
        raise NotImplementedError

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Makes the changed fields right. Safe to repeat."""
        raise NotImplementedError

    def delete(self, aws: Aws, live: Live) -> None:
        """Takes the object away. Safe to repeat."""
        raise NotImplementedError

    def outputs(self, live: Live) -> dict[str, str]:  # noqa: ARG002
        """The declared outputs, from what AWS shows."""
        return {}

    def costs(self) -> tuple[tuple[str, float], ...]:
        """(id in the price list, how many of its unit): hours for ``….hour``, pieces a month for the others."""
        return tuple((price, 1.0) for price in self.declared.prices)

    def needs(self) -> tuple[str, ...]:
        """Addresses this one stands on, in field order."""
        return tuple(dict.fromkeys(address for _, address, _ in self.references()))

    def references(self) -> Iterator[tuple[str, str, str]]:
        """(field, address, output) for every handle and unknown value in the fields."""
        for item in dataclasses.fields(self):
            for address, output in mentions(getattr(self, item.name)):
                yield item.name, address, output

    def wanted(self) -> dict[str, Any]:
        """What is compared: the fields by name, handles as ids, secrets left out."""
        kept = (f for f in dataclasses.fields(self) if f.name != "name" and not f.metadata.get("secret"))
        return {f.name: _plain(getattr(self, f.name)) for f in kept}


def secret(**words: Any) -> Any:
    """A field that is never compared, recorded, printed or logged."""
    return field(repr=False, compare=False, metadata={"secret": True}, **words)


def mentions(value: object) -> Iterator[tuple[str, str]]:
    """(address, output) of every handle, unknown and ``${address.output}`` inside a value."""
    match value:
        case Handle():
            yield value.address, "id"
        case Unknown():
            yield value.address, value.output
        case str():
            yield from REFERENCE.findall(value)
        case Mapping():
            for item in value.values():
                yield from mentions(item)
        case tuple() | list() | frozenset() | set():
            for item in value:
                yield from mentions(item)


def resolved(value: Any, outputs: Callable[[str], Mapping[str, Any] | None]) -> Any:
    """The value with every handle and unknown filled in from ``outputs(address)``, where that has them."""
    match value:
        case Handle():
            return Handle(value.address, outputs(value.address) or {})
        case Unknown():
            return (outputs(value.address) or {}).get(value.output, value)
        case str() if "${" in value:
            return REFERENCE.sub(lambda m: str((outputs(m[1]) or {}).get(m[2], m[0])), value)
        case Mapping():
            return {key: resolved(item, outputs) for key, item in value.items()}
        case tuple() | list() | frozenset() | set():
            return type(value)(resolved(item, outputs) for item in value)
    return value


def resolve(resource: Resource, outputs: Callable[[str], Mapping[str, Any] | None]) -> Resource:
    """A copy of the resource whose handles carry real values."""
    values = {f.name: resolved(getattr(resource, f.name), outputs) for f in dataclasses.fields(resource)}
    return dataclasses.replace(resource, **values)


def is_known(value: object) -> bool:
    """Whether no part of a value is still unknown."""
    match value:
        case Unknown():
            return False
        case str():
            return REFERENCE.search(value) is None
        case Mapping():
            return all(is_known(item) for item in value.values())
        case tuple() | list() | frozenset() | set():
            return all(is_known(item) for item in value)
    return True


def differences(wanted: Mapping[str, Any], observed: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields AWS told of that are not as wanted; a wanted value not yet known counts as different."""
    return tuple(
        Change(name, old, wanted[name])
        for name, old in observed.items()
        if name in wanted and (not is_known(wanted[name]) or _ordered(old) != _ordered(wanted[name]))
    )


def _plain(value: object) -> Any:
    match value:
        case Handle():
            return value.id
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case tuple() | list():
            return tuple(_plain(item) for item in value)
        case frozenset() | set():
            return frozenset(_plain(item) for item in value)
    return value


def _ordered(value: object) -> Any:
    """Lists and tuples alike; sets as sets."""
    match value:
        case Mapping():
            return {key: _ordered(item) for key, item in value.items()}
        case tuple() | list():
            return tuple(_ordered(item) for item in value)
        case frozenset() | set():
            return frozenset(_ordered(item) for item in value)
    return value


def to_json(resource: Resource) -> dict[str, Any]:
    """Fields for the state file: handles and unknowns by address, sets as sorted lists, no secret."""
    kept = (f for f in dataclasses.fields(resource) if not f.metadata.get("secret"))
    return {f.name: _json(getattr(resource, f.name)) for f in kept}


def from_json(kind: str, fields: Mapping[str, Any]) -> Resource:
    """The resource again, from its record. Raises KeyError for a kind this version does not know."""
    made = Declared.kinds[kind]
    known = {f.name for f in dataclasses.fields(made)}
    return made(**{name: _unjson(value) for name, value in fields.items() if name in known})


def _json(value: object) -> Any:
    match value:
        case Handle():
            return {"$handle": value.address}
        case Unknown():
            return {"$output": [value.address, value.output]}
        case Mapping():
            return {key: _json(item) for key, item in value.items()}
        case tuple() | list():
            return [_json(item) for item in value]
        case frozenset() | set():
            return {"$set": sorted((_json(item) for item in value), key=str)}
    return value


def _unjson(value: Any) -> Any:
    match value:
        case {"$handle": str(address)}:
            return Handle(address)
        case {"$output": [str(address), str(output)]}:
            return Unknown(address, output)
        case {"$set": list(items)}:
            return frozenset(_unjson(item) for item in items)
        case dict():
            return {key: _unjson(item) for key, item in value.items()}
        case list():
            return tuple(_unjson(item) for item in value)
    return value
