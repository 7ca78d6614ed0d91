"""What the models refuse, said as a person would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic_core import ErrorDetails

from muvi_provision.environment.models import Environment
from muvi_provision.environment.names import nearest
from muvi_provision.environment.section import KeyPath, field_at, keys_at

_EXPECTED = {
    "string_type": "a word",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list of words such as [a, b]",
    "dict_type": "a group of names, each with its own keys",
    "model_type": "a group of keys",
}
ABOUT_THE_KEY = frozenset({"extra_forbidden", "missing"})


def path_of(error: ErrorDetails) -> tuple[KeyPath, bool]:
    """Where the error is in the file, and whether it is the key there that is wrong, not its value."""
    place = error["loc"]
    if place and place[-1] == "[key]":
        return place[:-1], True
    return place, error["type"] == "extra_forbidden"


def sentence(error: ErrorDetails) -> str:
    """One line without a full stop, with the value that is there and what would be right."""
    kind, path, value = error["type"], error["loc"], error["input"]
    details: Mapping[str, Any] = error.get("ctx", {})
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, got {_spoken(value)}{_remedy(kind, value)}"
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "missing":
        field = field_at(Environment, path)
        return f'"{path[-1]}" is missing: {_lowered(field.description or "") if field else "it is needed"}'
    if kind == "literal_error":
        return _other_word(str(details["expected"]), value)
    if kind == "value_error":
        return str(details["error"])
    return _out_of_bounds(kind, details, value) or str(error["msg"])


def _spoken(value: object) -> str:
    """The value as the file's author sees it. The order matters: true is a number to Python."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the answer {'yes' if value else 'no'} (yes, no, on, off, true and false are answers)"
    names = {str: f'the text "{value}"', int: f"the number {value}", float: f"the number {value}"}
    groups = {tuple: "a list", dict: "a group of keys", date: "a date"}
    return next((text for kind, text in {**names, **groups}.items() if isinstance(value, kind)), "something else")


def _remedy(kind: str, value: object) -> str:
    if kind == "string_type" and isinstance(value, bool | int | float | date):
        return ": put it in quotes"
    if isinstance(value, str) and _reads_as(kind, value):
        return ": take the quotes away"
    if kind == "tuple_type" and isinstance(value, str):
        return f": write [{value}]"
    empty = {"tuple_type": "[]", "dict_type": "{}"}.get(kind)
    return f": write {empty} for none" if value is None and empty else ""


def _reads_as(kind: str, quoted: str) -> bool:
    """Whether the text would have been right without its quotes."""
    if kind == "bool_type":
        return quoted.lower() in {"yes", "no", "on", "off", "true", "false"}
    return kind == "int_type" and quoted.isdecimal()


def _unknown_key(path: KeyPath) -> str:
    keys = keys_at(Environment, path[:-1])
    hint = nearest(str(path[-1]), keys)
    return f'"{path[-1]}" is not a key here{hint or ": the keys are " + ", ".join(keys)}'


def _other_word(expected: str, value: object) -> str:
    words = re.findall(r"'([^']*)'", expected)
    hint = nearest(value, words) if isinstance(value, str) else ""
    choice = " or ".join(f'"{word}"' for word in words)
    return f"expected {choice}, got {_spoken(value)}{hint}"


def _out_of_bounds(kind: str, details: Mapping[str, Any], value: object) -> str:
    texts = {
        "greater_than_equal": f"{value} is too little: at least {details.get('ge')}",
        "less_than_equal": f"{value} is too much: at most {details.get('le')}",
    }
    return texts.get(kind, "")


def _lowered(text: str) -> str:
    first, _, rest = text.partition(" ")
    return f"{first.lower() if first.istitle() else first} {rest}".rstrip(".")
