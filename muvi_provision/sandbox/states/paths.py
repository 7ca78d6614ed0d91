"""Where in a document something is, and documents made out of others: as much of JSONPath as is needed here."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

_PATH = re.compile(r"""\$\$?(?:\.[A-Za-z_][\w-]*|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*""")
_PART = re.compile(r"""\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]""")


class Failure(Exception):
    """A state fails, with the error that Retry and Catch look at."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


def is_path(text: Any) -> bool:
    return isinstance(text, str) and _PATH.fullmatch(text) is not None


def read(path: str, given: Any, context: Any = None) -> Any:
    """What is at a path. Raises ``Failure``."""
    found = context if path.startswith("$$") else given
    for key in _keys(path):
        try:
            found = found[key]
        except (KeyError, IndexError, TypeError) as none:
            cause = f"The JSONPath '{path}' could not be found in the input"
            raise Failure("States.Runtime", cause) from none
    return found


def has(path: str, given: Any) -> bool:
    try:
        read(path, given)
    except Failure:
        return False
    return True


def put(path: str | None, given: Any, result: Any) -> Any:
    """ResultPath: the input with the result in its place; None drops the result."""
    if path is None:
        return given
    keys = _keys(path)
    if not keys:
        return result
    whole = copy.deepcopy(given) if isinstance(given, dict) else {}
    place = whole
    try:
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = result
    except (AttributeError, IndexError, TypeError) as wrong:
        raise Failure("States.ResultPathMatchFailure", f"The result cannot be put at '{path}'") from wrong
    return whole


def filled(template: Any, given: Any, context: Any) -> Any:
    """A payload template: ``"Name.$": "$.path"`` is replaced by what is at the path."""
    if isinstance(template, Mapping):
        return {
            key.removesuffix(".$"): read(value, given, context) if key.endswith(".$") else filled(value, given, context)
            for key, value in template.items()
        }
    if isinstance(template, list):
        return [filled(one, given, context) for one in template]
    return template


def _keys(path: str) -> list[Any]:
    return [int(number) if number else name or single or double for name, number, single, double in _PART.findall(path)]
