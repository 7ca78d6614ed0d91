"""How each service spells tags. What they say is ``naming``'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def pairs(tags: Mapping[str, str]) -> list[Any]:
    """``[{"Key": …, "Value": …}]``, the spelling of nearly all services."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def specification(resource_type: str, tags: Mapping[str, str]) -> list[Any]:
    """EC2's ``TagSpecifications`` for a create call; ``resource_type`` in EC2's words ("natgateway")."""
    return [{"ResourceType": resource_type, "Tags": pairs(tags)}]


def read(spelled: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Tags as AWS answers them, as a dictionary."""
    return {tag["Key"]: tag.get("Value", "") for tag in spelled or ()}
