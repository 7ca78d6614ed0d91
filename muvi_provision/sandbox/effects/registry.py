"""What the emulator does otherwise than AWS, put right: before its act, in place of it, or after it.

``amend`` changes the parameters the emulator will see, ``instead`` answers in its place (None: it shall act after
all), ``after`` works on what it did and on what it is about to answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

Amend = Callable[[Call, View, dict[str, Any]], None]
Instead = Callable[[Call, View], Any]
After = Callable[[Call, View, Any], None]

_AMEND: dict[tuple[str, str], list[Amend]] = defaultdict(list)
_INSTEAD: dict[tuple[str, str], list[Instead]] = defaultdict(list)
_AFTER: dict[tuple[str, str], list[After]] = defaultdict(list)


def _registering(
    registry: dict[tuple[str, str], list[Any]], service: str, operations: str | Iterable[str]
) -> Callable[[Any], Any]:
    named = [operations] if isinstance(operations, str) else list(operations)

    def register(effect: Any) -> Any:
        for operation in named:
            registry[service, operation].append(effect)
        return effect

    return register


def amend(service: str, operations: str | Iterable[str]) -> Callable[[Amend], Amend]:
    return _registering(_AMEND, service, operations)


def instead(service: str, operations: str | Iterable[str]) -> Callable[[Instead], Instead]:
    return _registering(_INSTEAD, service, operations)


def after(service: str, operations: str | Iterable[str]) -> Callable[[After], After]:
    return _registering(_AFTER, service, operations)


def amended(call: Call, view: View, params: dict[str, Any]) -> None:
    load()
    for effect in _AMEND.get((call.service, call.operation), ()):
        effect(call, view, params)


def answered_instead(call: Call, view: View) -> Any:
    load()
    for effect in _INSTEAD.get((call.service, call.operation), ()):
        result = effect(call, view)
        if result is not None:
            return result
    return None


def finished(call: Call, view: View, result: Any) -> None:
    load()
    for effect in _AFTER.get((call.service, call.operation), ()):
        effect(call, view, result)


_LOADED: list[bool] = []


def load() -> None:
    """Every file of effects."""
    if not _LOADED:
        for found in iter_modules([str(Path(__file__).parent)]):
            import_module(f"muvi_provision.sandbox.effects.{found.name}")
        _LOADED.append(True)
