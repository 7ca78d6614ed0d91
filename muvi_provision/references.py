"""Values that AWS has not given yet: how they are named, carried, filled in and written down. No I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

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


def plain(value: object) -> Any:
    """The value with handles as their ids: what is compared with AWS."""
    match value:
        case Handle():
            return value.id
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case tuple() | list():
            return tuple(plain(item) for item in value)
        case frozenset() | set():
            return frozenset(plain(item) for item in value)
    return value


def written(value: object) -> Any:
    """The value as JSON: handles and unknowns by address, sets as sorted lists."""
    match value:
        case Handle():
            return {"$handle": value.address}
        case Unknown():
            return {"$output": [value.address, value.output]}
        case Mapping():
            return {key: written(item) for key, item in value.items()}
        case tuple() | list():
            return [written(item) for item in value]
        case frozenset() | set():
            return {"$set": sorted((written(item) for item in value), key=str)}
    return value


def read_back(value: Any) -> Any:
    """The value that ``written`` made JSON of."""
    match value:
        case {"$handle": str(address)}:
            return Handle(address)
        case {"$output": [str(address), str(output)]}:
            return Unknown(address, output)
        case {"$set": list(items)}:
            return frozenset(read_back(item) for item in items)
        case dict():
            return {key: read_back(item) for key, item in value.items()}
        case list():
            return tuple(read_back(item) for item in value)
    return value
