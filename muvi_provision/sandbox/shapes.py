"""Requests checked against botocore's own service models: lengths, patterns, enumerations, ranges.

AWS checks them before anything else; the emulator hardly ever does.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call, service_model

# the usual validation code
_CODES = {
    "ec2": "InvalidParameterValue",
    "rds": "InvalidParameterValue",
    "elasticache": "InvalidParameterValue",
    "ecs": "InvalidParameterException",
    "ecr": "InvalidParameterException",
    "logs": "InvalidParameterException",
    "servicediscovery": "InvalidInput",
    "route53": "InvalidInput",
    "cloudfront": "MalformedXML",
    "codebuild": "InvalidInputException",
    "cloudwatch": "ValidationError",
    "query": "ValidationError",
}  # by service, else by protocol
_SKIPPED = ("s3",)  # objects' keys and bodies have their own rules


def check(call: Call) -> None:
    """Raises what AWS says of a request that its own model rules out."""
    model = service_model(call.service)
    if model is None or call.service in _SKIPPED or call.operation not in model.operation_names:
        return
    shape = model.operation_model(call.operation).input_shape
    complaint = next(_complaints(shape, call.params, ""), None) if shape is not None else None
    if complaint:
        code = _CODES.get(call.service) or _CODES.get(call.protocol, "ValidationException")
        raise Refused(code, f"1 validation error detected: {complaint}")


def _complaints(shape: Any, value: Any, where: str) -> Iterator[str]:
    check_one = _CHECKS.get(shape.type_name)
    if check_one is not None and value is not None:
        yield from check_one(shape, value, where)


def _structure(shape: Any, value: Any, where: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{_join(where, name)}' failed to satisfy constraint: Member must not be null"
    for name, member in shape.members.items():
        if name in value:
            yield from _complaints(member, value[name], _join(where, name))


def _list(shape: Any, value: Any, where: str) -> Iterator[str]:
    yield from _length(shape, len(value), where, value)
    for number, one in enumerate(value, 1):
        yield from _complaints(shape.member, one, f"{where}.{number}.member")


def _map(shape: Any, value: Any, where: str) -> Iterator[str]:
    yield from _length(shape, len(value), where, value)
    for key, one in value.items():
        yield from _complaints(shape.key, key, where)
        yield from _complaints(shape.value, one, f"{where}.{key}")


def _string(shape: Any, value: Any, where: str) -> Iterator[str]:
    text = str(value)
    shown = "***" if shape.metadata.get("sensitive") else text
    yield from _length(shape, len(text), where, shown)
    if shape.enum and text not in shape.enum:
        yield _said(shown, where, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    compiled = _compiled(pattern) if pattern else None
    if compiled is not None and not compiled.fullmatch(text):
        yield _said(shown, where, f"Member must satisfy regular expression pattern: {pattern}")


def _number(shape: Any, value: Any, where: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield _said(value, where, f"Member must have value greater than or equal to {low}")
    if high is not None and value > high:
        yield _said(value, where, f"Member must have value less than or equal to {high}")


def _blob(shape: Any, value: Any, where: str) -> Iterator[str]:
    yield from _length(shape, len(value), where, "***")


def _length(shape: Any, length: int, where: str, shown: Any) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and length < low:
        yield _said(shown, where, f"Member must have length greater than or equal to {low}")
    if high is not None and length > high:
        yield _said(shown, where, f"Member must have length less than or equal to {high}")


_CHECKS = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "blob": _blob,
    "integer": _number,
    "long": _number,
    "float": _number,
    "double": _number,
}


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """None for a pattern that means something else in Java than here."""
    if re.search(r"\\p\{|\\u[dD][89a-fA-F]|\[\[|&&|\\x\{", pattern):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(pattern, re.ASCII | re.DOTALL)
    except (re.error, Warning):
        return None


def _said(shown: Any, where: str, constraint: str) -> str:
    return f"Value '{shown}' at '{where}' failed to satisfy constraint: {constraint}"


def _join(where: str, name: str) -> str:
    spelled = name[:1].lower() + name[1:]
    return f"{where}.{spelled}" if where else spelled
