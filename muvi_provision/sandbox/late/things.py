"""One kind of thing that is not seen at once, by whom, and what is said meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

Names = Callable[[Call, Any], tuple[str, ...]]  # the call that made it, and its answer


@dataclass(frozen=True)
class Blind:
    """Who does not see it, as ``service:Operation`` with ``*``, and what they say of ``{name}`` meanwhile.

    members: where in a request it is named; anywhere but in filters, names and tags, where none are given.
    """

    who: str
    code: str
    says: str
    members: tuple[str, ...] = ()
    status: int = 400


def never(call: Call, view: View) -> bool:
    """It is always a new one."""
    return False


@dataclass(frozen=True)
class Late:
    """``made``: the call that makes it, which needs not see it; ``names``: what it goes by.

    there: whether the call that makes it will find that it exists already.
    most: AWS's seconds after which everybody sees it, whatever the sandbox was told: so long do providers try again.
    """

    made: str
    kind: str
    names: Names
    blind: tuple[Blind, ...]
    there: Callable[[Call, View], bool] = never
    most: float = 120


def told(*paths: str) -> Names:
    """What stands at these places of the answer, such as ``Listeners.0.arn``."""
    return lambda _, result: tuple(filter(None, (_at(result, path) for path in paths)))


def sent(*paths: str) -> Names:
    """What stood at these places of the request."""
    return lambda call, _: tuple(filter(None, (_at(call.params, path) for path in paths)))


def _at(value: Any, path: str) -> str:
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return str(value or "")
