"""The internet as anybody sees it: names looked up and pages fetched, by nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Answered(NamedTuple):
    """What a web server answered: its status (200), headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outside(Protocol):
    """A way to the internet, or to what stands for it."""

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        """The values of a name's records of a kind ("NS", "A", "CNAME", "TXT"); none when there are none."""
        ...

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answered:
        """Raises OSError when the name does not resolve or nobody answers (TimeoutError)."""
        ...


class Internet:
    """The real one."""

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        raise NotImplementedError

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answered:
        raise NotImplementedError
