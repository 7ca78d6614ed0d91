"""A file that may still be wrong, as the checks see it: values of the right sort, defaults for absent keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any, TypeAlias

from pydantic_core import PydanticUndefined

from muvi_provision.environment.addresses import network
from muvi_provision.environment.models import Environment
from muvi_provision.environment.section import KeyPath, field_at

Complaint: TypeAlias = tuple[KeyPath, str]
"""Where in the file, and a sentence."""


class Draft:
    """Reads what can be read, so that one wrong value does not hide what is wrong elsewhere.

    A value of another sort than asked for is as good as absent: its own complaint is made when the models refuse it.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def text(self, *path: str | int) -> str | None:
        """The text at ``path``, its default if the key is absent, None if it is no text."""
        found = self._at(path)
        return found if isinstance(found, str) else None

    def number(self, *path: str | int) -> int | None:
        """The whole number at ``path``, its default if the key is absent, None if it is no whole number."""
        found = self._at(path)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def texts(self, *path: str | int) -> tuple[tuple[KeyPath, str], ...]:
        """The texts in the list at ``path``, each with its own path."""
        found = self._at(path)
        members = enumerate(found if isinstance(found, tuple) else ())
        return tuple(((*path, index), member) for index, member in members if isinstance(member, str))

    def networks(self, *path: str | int) -> tuple[tuple[KeyPath, IPv4Network], ...]:
        """The address ranges in the list (or the one text) at ``path`` that are ranges."""
        alone = self.text(*path)
        written = ((path, alone),) if alone is not None else self.texts(*path)
        return tuple((where, found) for where, text in written if (found := _network_or_none(text)))

    def length(self, *path: str | int) -> int | None:
        """How many members the list at ``path`` has, None if it is no list."""
        found = self._at(path)
        return len(found) if isinstance(found, tuple) else None

    def names(self, *path: str) -> tuple[str, ...]:
        """The names in a group such as ``services``, in file order."""
        found = self._at(path)
        return tuple(found) if isinstance(found, dict) else ()

    def absent(self, *path: str | int) -> bool:
        """Whether the group around ``path`` is there and the key is not, or is empty."""
        group = self._at(path[:-1])
        return isinstance(group, dict) and group.get(str(path[-1])) is None

    def lists(self) -> Iterator[KeyPath]:
        """The paths of all lists in the file."""
        yield from _lists(self.values, ())

    def _at(self, path: KeyPath) -> Any:
        found: Any = self.values
        for depth, part in enumerate(path):
            if not isinstance(found, dict):
                return None
            if part not in found:
                return _default(path) if depth + 1 == len(path) or _optional(path[: depth + 1]) else None
            found = found[str(part)]
        return found


def _optional(path: KeyPath) -> bool:
    field = field_at(Environment, path)
    return field is not None and not field.is_required()


def _default(path: KeyPath) -> Any:
    field = field_at(Environment, path)
    return None if field is None or field.default is PydanticUndefined else field.default


def _network_or_none(text: str) -> IPv4Network | None:
    try:
        return network(text)
    except ValueError:
        return None


def _lists(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, tuple):
        yield path
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _lists(member, (*path, key))
