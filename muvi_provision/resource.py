"""The words of the design: Resource, Live, Change, Verdict, and Handle with its kin. Nothing here does I/O."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from muvi_provision.references import (
    Handle,
    Unknown,
    UnknownValue,
    is_known,
    mentions,
    plain,
    read_back,
    resolved,
    written,
)

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws

__all__ = [
    "Change",
    "Declaration",
    "Declared",
    "Handle",
    "Live",
    "Obstacle",
    "Resource",
    "Unknown",
    "UnknownValue",
    "Verdict",
    "differences",
    "from_json",
    "is_known",
    "mentions",
    "resolve",
    "resolved",
    "secret",
    "to_json",
]


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


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way of a deletion, in words; ``passes``: whether AWS takes it away by itself."""

    what: str
    passes: bool


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
    completes: ``create`` leaves fields for ``update``, so the object is completed before anything stands on it.
    mutable: fields AWS can change in place. inherits: the field whose object carries the tags of an untaggable one.
    found_by: "key" (name or natural key), or "tags" when nothing else tells one from another.
    fades: one that failed goes away by itself, so a new one may be made beside it. lookup: found, never made.
    shared: the account's, not ours: made when it is missing, never tagged as ours, never deleted.
    adopts: one that is there already and is not ours is used as it is: never compared, changed or deleted.
    within: the field with what it lives in: in one that was made just now there can be none yet.
    goes_with: the field whose object takes it along when it is deleted. binds: what else it holds cannot go before it.
    holds: the fields whose objects must outlive it until it is gone, the rest until it is being deleted; none: all.
    releases: holds others of its kind fast until it lets go of them (``release``), which it does first of all.
    again: what to type when AWS gave up on it, instead of making it anew; ``{name}`` stands for its name.
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
    shared: bool = False
    adopts: bool = False
    within: str = ""
    goes_with: str = ""
    binds: bool = True
    holds: frozenset[str] = frozenset()
    releases: bool = False
    again: tuple[str, ...] = ()

    @property
    def is_foreign(self) -> bool:
        """Found, or the account's own: never tagged as ours and never deleted."""
        return self.lookup or self.shared


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

    def before(self, aws: Aws) -> None:
        """Raises a MuviError when AWS would refuse to make it, so that a plan says so. Reads only.

        Asked of what is about to be made, while planning too, when what it stands on may not be known yet.
        """

    def dormant(self) -> str:
        """Why it is not to be made yet, though it is wanted; "" for make it. Asked only while it is not there.

        Nothing is planned, made or said to have failed then, neither of it nor of what holds it in a field; what only
        comes after it goes on. Fields may hold what is not known yet while planning.
        """
        return ""

    def create(self, aws: Aws) -> str:
        """Makes the object in exactly one mutating call and returns its id. The rest is ``update``'s."""
        raise NotImplementedError

    def newborn(self) -> dict[str, Any] | None:
        """What ``observe`` says of one just made, where AWS leaves no doubt; None: it has to be looked at."""
        return None

    def observe(self, live: Live) -> dict[str, Any]:
        """The wanted fields as AWS has them now; only those AWS can tell."""
        raise NotImplementedError

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Makes the changed fields right. Safe to repeat."""
        raise NotImplementedError

    def delete(self, aws: Aws, live: Live) -> None:
        """Takes the object away. Safe to repeat."""
        raise NotImplementedError

    def release(self, aws: Aws, live: Live) -> None:
        """Lets go of what it holds, before anything it held is deleted. Safe to repeat."""

    def obstacles(self, aws: Aws, live: Live) -> tuple[Obstacle, ...]:  # noqa: ARG002
        """What stands in the way of deleting it, asked once AWS has refused for longer than usual. Reads only."""
        return ()

    def outputs(self, live: Live) -> dict[str, str]:  # noqa: ARG002
        """The declared outputs, from what AWS shows."""
        return {}

    def costs(self) -> tuple[tuple[str, float], ...]:
        """(id in the price list, how many of its unit): hours for ``….hour``, pieces a month for the others."""
        return tuple((price, 1.0) for price in self.declared.prices)

    def parents(self, field: str) -> tuple[str, ...]:
        """The addresses that the field of that name (``within``, ``goes_with``) holds."""
        return tuple(address for address, _ in mentions(getattr(self, field))) if field else ()

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
        return {f.name: plain(getattr(self, f.name)) for f in kept}


def secret(**words: Any) -> Any:
    """A field that is never compared, recorded, printed or logged."""
    return field(repr=False, compare=False, metadata={"secret": True}, **words)


def resolve(resource: Resource, outputs: Callable[[str], Mapping[str, Any] | None]) -> Resource:
    """A copy of the resource whose handles carry real values."""
    values = {f.name: resolved(getattr(resource, f.name), outputs) for f in dataclasses.fields(resource)}
    return dataclasses.replace(resource, **values)


def differences(wanted: Mapping[str, Any], observed: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields AWS told of that are not as wanted; a wanted value not yet known counts as different."""
    return tuple(
        Change(name, old, wanted[name])
        for name, old in observed.items()
        if name in wanted and (not is_known(wanted[name]) or _ordered(old) != _ordered(wanted[name]))
    )


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
    return {f.name: written(getattr(resource, f.name)) for f in kept}


def from_json(kind: str, fields: Mapping[str, Any]) -> Resource:
    """The resource again, from its record. Raises KeyError for a kind this version does not know."""
    made = Declared.kinds[kind]
    known = {f.name for f in dataclasses.fields(made)}
    return made(**{name: read_back(value) for name, value in fields.items() if name in known})
