"""What every group of keys in an environment file has in common, and how to find a key's description by its path."""

from __future__ import annotations

from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands in the file: ``("network", "public", 0)``."""


class Section(BaseModel):
    """A group of keys: frozen, no other keys than the declared ones, no silent conversions ("80" is not 80)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def field_at(root: type[Section], path: KeyPath) -> FieldInfo | None:
    """The declaration of the key at ``path``, or None where the file has no such key or a member of a list."""
    parent = _section_at(root, path[:-1])
    return parent.model_fields.get(str(path[-1])) if parent and path else None


def keys_at(root: type[Section], path: KeyPath) -> tuple[str, ...]:
    """The keys that may stand in the group at ``path``; empty where names are free."""
    section = _section_at(root, path)
    return tuple(section.model_fields) if section else ()


def _section_at(root: type[Section], path: KeyPath) -> type[Section] | None:
    kind: Any = root
    for part in path:
        kind = _inside(kind, part)
    return kind if _is_section(kind) else None


def _inside(kind: Any, part: str | int) -> Any:
    """The type one step further: a section's field, or whatever a dict of sections holds."""
    if _is_section(kind):
        field = kind.model_fields.get(str(part))
        return field.annotation if field else None
    return get_args(kind)[1] if get_origin(kind) is dict else None


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)
