"""Answers that come in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def page(found: Sequence[Any], token: str | None, size: int) -> tuple[list[Any], str | None]:
    """One page of ``found``, and the token of the next one (None on the last). An unknown token begins anew."""
    begin = int(token) if token and token.isdecimal() else 0
    end = begin + size
    return list(found[begin:end]), str(end) if end < len(found) else None
