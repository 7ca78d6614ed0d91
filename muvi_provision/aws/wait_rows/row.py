"""One row of the table of waits, and AWS's notation for when a wait is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wait:
    """When an object counts as ready (or gone).

    waiter: a name in AWS's own ``waiters-2`` of the service, or acceptors in that notation.
    wrap: the key under which that waiter expects the list of objects.
    usual, limit: seconds it usually takes, and when to give up. reason: fields that say why it failed.
    slow: what to look at when it takes longer than usual, in a sentence.
    """

    service: str
    waiter: str | tuple[Mapping[str, str], ...]
    wrap: str
    usual: float
    limit: float
    reason: tuple[str, ...] = ()
    slow: str = ""


def all_are(path: str, expected: str, state: str = "success") -> dict[str, str]:
    return {"state": state, "matcher": "pathAll", "argument": path, "expected": expected}


def any_is(path: str, expected: str) -> dict[str, str]:
    return {"state": "failure", "matcher": "pathAny", "argument": path, "expected": expected}
