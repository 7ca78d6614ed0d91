"""How ECS spells tags: with small letters, unlike the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def spelt(tags: Mapping[str, str]) -> list[Any]:
    """``[{"key": …, "value": …}]``."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def read(spelled: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Tags as ECS answers them, as a dictionary."""
    return {tag["key"]: tag.get("value", "") for tag in spelled or ()}
