"""The embedded AWS: a whole account on 127.0.0.1, as strict and as slow as the real one.

Importing this package costs nothing; the emulator is loaded by the first use of what it exports.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from muvi_provision.sandbox.process import Running, reset, start, status, stop

__all__ = ["Running", "reset", "start", "status", "stop"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("muvi_provision.sandbox.process"), name)
