"""Policies as documents: read from a day's ``policies`` folder, filled in, and compared by what they mean.

Facts: aws-reality 5.2 a (what IAM accepts) and 5.2 c (how it gives documents back).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import unquote

from muvi_provision.resource import Handle, Unknown

_WHOLE = re.compile(r"\$\{([a-z_]+)\}")
_SINGLE = ("", "Effect", "Sid", "Version")


def policy_document(name: str, **values: object) -> dict[str, Any]:
    """The document ``policies/<name>.json`` of whichever day has it, with ``values`` in place of their ``"${name}"``.

    A value is a text, an output that AWS has not given yet, or a tuple of those. A tuple takes the place of the
    whole text, and joins the list around it. A statement that is left with no resource at all says nothing and is
    left out; without any statement the document is empty. Raises KeyError for a name that ``values`` lack.
    """
    filled = _filled(json.loads(_text(name)), values)
    kept = tuple(each for each in filled["Statement"] if not _about_nothing(each))
    return {**filled, "Statement": kept} if kept else {}


def trust_document(services: tuple[str, ...]) -> dict[str, Any]:
    """Who may act in a role: AWS's own services, by name."""
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def meaning(document: object) -> Any:
    """A document in the one form in which two that mean the same are equal; None for none.

    Takes what IAM answers too: text (with ``%`` escapes), a text instead of a list of one, lists in another order.
    """
    if isinstance(document, str) and document:
        document = json.loads(unquote(document))
    if not isinstance(document, Mapping) or not document:
        return None
    said = document.get("Statement", ())
    statements = (said,) if isinstance(said, Mapping) else tuple(said)
    return {
        "Version": document.get("Version", "2008-10-17"),
        "Statement": tuple(sorted((_sorted(each) for each in statements), key=repr)),
    }


def spelt(document: Mapping[str, Any]) -> str:
    """The document as IAM takes it."""
    return json.dumps(document, separators=(",", ":"))


@cache
def _text(name: str) -> str:
    days = (each for each in resources.files("muvi_provision").iterdir() if each.name.startswith("day"))
    found = (day.joinpath("policies", f"{name}.json") for day in days)
    return next(each for each in found if each.is_file()).read_text(encoding="utf-8")


def _about_nothing(statement: Mapping[str, Any]) -> bool:
    resource = statement.get("Resource")
    return isinstance(resource, tuple) and not resource


def _filled(said: Any, values: Mapping[str, object]) -> Any:
    match said:
        case str():
            return _value(said, values)
        case dict():
            return {_value(key, values): _filled(item, values) for key, item in said.items()}
        case list():
            return tuple(one for item in said for one in _spread(_filled(item, values)))
    return said


def _value(text: str, values: Mapping[str, object]) -> Any:
    if whole := _WHOLE.fullmatch(text):
        found = values[whole[1]]
        return tuple(found) if isinstance(found, (list, tuple)) else found
    return _WHOLE.sub(lambda match: str(values[match[1]]), text)


def _spread(item: Any) -> Iterator[Any]:
    if isinstance(item, tuple):
        yield from item
    else:
        yield item


def _sorted(part: Any, key: str = "") -> Any:
    """Keys in order, lists of texts as sorted tuples, and a single one as a tuple too where IAM takes both."""
    match part:
        case Mapping():
            return {each: _sorted(part[each], each) for each in sorted(part)}
        case list() | tuple():
            return tuple(sorted((_sorted(item) for item in part), key=str))
        case Handle():
            return _sorted(part.id, key)
        case str() | Unknown() if key not in _SINGLE:
            return (part,)
        case bool():
            return (str(part).lower(),)
    return part
