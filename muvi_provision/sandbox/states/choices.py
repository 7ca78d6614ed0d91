"""The rules of a Choice state: what is wrong with one, and whether it matches."""

from __future__ import annotations

import fnmatch
import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from muvi_provision.sandbox.states import paths

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}
_KINDS: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "String": (lambda one: isinstance(one, str), lambda one: one),
    "Numeric": (lambda one: isinstance(one, int | float) and not isinstance(one, bool), lambda one: one),
    "Timestamp": (lambda one: _moment(one) is not None, lambda one: _moment(one)),  # noqa: PLW0108 (defined below),
}
_TYPES: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda one: one is None,
    "IsString": _KINDS["String"][0],
    "IsNumeric": _KINDS["Numeric"][0],
    "IsBoolean": lambda one: isinstance(one, bool),
    "IsTimestamp": lambda one: _moment(one) is not None,
}
_COMPARED = {f"{kind}{order}": (kind, order) for kind in _KINDS for order in _ORDERS}
_COMPARED["BooleanEquals"] = ("Boolean", "Equals")
_OPERATORS = {*_COMPARED, *(f"{one}Path" for one in _COMPARED), *_TYPES, "IsPresent", "StringMatches"}
_NESTED = ("And", "Or", "Not")


def problems(rule: Any, where: str, *, nested: bool = False) -> Iterator[tuple[str, str]]:
    """What is wrong, and where."""
    if not isinstance(rule, Mapping):
        yield "A choice rule must be an object", where
        return
    if nested == ("Next" in rule):
        yield f"Field 'Next' {'is not supported' if nested else 'is required but was missing'}", where
    joined, compared = [one for one in _NESTED if one in rule], [one for one in rule if one in _OPERATORS]
    if len(joined) + len(compared) != 1:
        yield "A choice rule must have exactly one comparison operator", where
    if compared and not paths.is_path(rule.get("Variable")):
        yield "Field 'Variable' must be a JSONPath", where
    known = {"Next", "Variable", "Comment", *_NESTED, *_OPERATORS}
    yield from ((f"Field '{one}' is not supported", where) for one in rule if one not in known)
    for one in joined:
        inner = [rule[one]] if one == "Not" else rule[one]
        for number, each in enumerate(inner if isinstance(inner, list) else [None]):
            yield from problems(each, f"{where}/{one}[{number}]", nested=True)


def matches(rule: Mapping[str, Any], given: Any) -> bool:
    """Raises ``paths.Failure`` when its variable is not there."""
    if "And" in rule:
        return all(matches(one, given) for one in rule["And"])
    if "Or" in rule:
        return any(matches(one, given) for one in rule["Or"])
    if "Not" in rule:
        return not matches(rule["Not"], given)
    name = next(one for one in rule if one in _OPERATORS)
    if name == "IsPresent":
        return paths.has(rule["Variable"], given) is rule[name]
    value = paths.read(rule["Variable"], given)
    if name in _TYPES:
        return _TYPES[name](value) is rule[name]
    if name == "StringMatches":
        return isinstance(value, str) and fnmatch.fnmatchcase(value, rule[name].replace("[", "[[]"))
    wanted = paths.read(rule[name], given) if name.endswith("Path") else rule[name]
    return _compared(name.removesuffix("Path"), value, wanted)


def _compared(name: str, value: Any, wanted: Any) -> bool:
    """Values of different types are never equal, less or greater."""
    kind, order = _COMPARED[name]
    if kind == "Boolean":
        return isinstance(value, bool) and value is wanted
    fits, taken = _KINDS[kind]
    return fits(value) and fits(wanted) and _ORDERS[order](taken(value), taken(wanted))


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) and "T" in text else None
    except ValueError:
        return None
