"""What one record may be called and may say, and what an alias may lead to (aws-reality 6.3 a, e)."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox import distributions, resolver, zones
from muvi_provision.sandbox.view import View

_CLOUDFRONT, _BALANCER, _AMAZON = ".cloudfront.net.", ".elb.amazonaws.com.", ".amazonaws.com."
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_LABEL, _NAME, _STRING = 63, 255, 255  # characters


def complaints(view: View, zone: Any, record: Any) -> Iterator[str]:
    """What Route 53 says of a record that is to be made."""
    yield from _of_name(record.name)
    if record.alias_target:
        yield from _of_alias(view, zone, record)
    else:
        yield from _of_values(record)


def which(record: Any) -> str:
    return f"name='{record.name}', type='{record.type}'"


def _of_name(name: str) -> Iterator[str]:
    labels = zones.spoken(name).split(".")
    if not all(labels):
        yield _fatal("DomainLabelEmpty (Domain label is empty)", name)
    if any(len(label) > _LABEL for label in labels):
        yield _fatal("DomainLabelTooLong (Domain label is too long)", name)
    if len(zones.spoken(name)) > _NAME:
        yield _fatal("DomainNameTooLong (Domain name is too long)", name)


def _of_values(record: Any) -> Iterator[str]:
    for value, times in Counter(record.records).items():
        if times > 1:
            yield f"Duplicate Resource Record: '{value}'"
    if record.type == "CNAME" and len(record.records) != 1:
        yield f"The resource record set [{which(record)}] of type CNAME must have exactly one value"
    for value in record.records:
        problem = _problem(record.type, str(value))
        if problem:
            yield f"Invalid Resource Record: '{_fatal(problem, value)}'"


def _problem(kind: str, value: str) -> str:
    """By its type; "" when there is none."""
    if kind in ("A", "AAAA"):
        version = 4 if kind == "A" else 6
        bad = not _is_address(value, version)
        return f"{kind}RRDATAIllegalIPv{version}Address (Value is not a valid IPv{version} address)" if bad else ""
    if kind in ("TXT", "SPF"):
        return _problem_of_text(value)
    if kind in ("CNAME", "NS", "PTR"):
        found = zones.spoken(value).split(".")
        if not all(found) or any(" " in label for label in found):
            return "DomainLabelEmpty (Domain label is empty)"
        return "DomainLabelTooLong (Domain label is too long)" if max(map(len, found)) > _LABEL else ""
    return ""


def _problem_of_text(value: str) -> str:
    """Strings in quotation marks with blanks between, each of 255 characters at most."""
    strings = _TEXT.findall(value)
    if not strings or _TEXT.sub("", value).strip():
        return "InvalidCharacterString (Value should be enclosed in quotation marks)"
    return "CharacterStringTooLong (Value is too long)" if max(map(len, strings)) > _STRING + 2 else ""


def _of_alias(view: View, zone: Any, record: Any) -> Iterator[str]:
    """A distribution's zone is a constant, and a load balancer tells its own; within the zone others look."""
    target, home = record.alias_target["DNSName"], record.alias_target["HostedZoneId"]
    said = f"Tried to create an alias that targets {target}, type {record.type} in zone {home}, but"
    if home == zone.resource_id:
        return
    if record.type not in ("A", "AAAA", "HTTPS"):
        yield f"{said} the target's type is not {record.type}"
    elif not _lies_within(view, target, home):
        yield f"{said} the alias target name does not lie within the target zone"
    elif _is_gone(view, target):
        yield f"{said} that target was not found"
    elif home == zones.CLOUDFRONT and record.alias_target.get("EvaluateTargetHealth"):
        yield f"{said} EvaluateTargetHealth cannot be true for a CloudFront distribution"


def _lies_within(view: View, target: str, home: str) -> bool:
    if home == zones.CLOUDFRONT:
        return target.endswith(_CLOUDFRONT)
    found = _balancer(view, target)
    return target.endswith(_AMAZON) and (found is None or found.canonical_hosted_zone_id == home)


def _is_gone(view: View, target: str) -> bool:
    """A distribution that was deleted, a load balancer that is not active yet; what nobody knows may be another's."""
    if target.endswith(_CLOUDFRONT):
        return distributions.was_deleted(view, zones.spoken(target))
    found = _balancer(view, target)
    return found is not None and found.state != "active"


def _balancer(view: View, target: str) -> Any:
    if not target.endswith(_BALANCER):
        return None
    found = resolver.load_balancer(view, zones.spoken(target).removeprefix("dualstack."))
    return found[1] if found is not None else None


def _fatal(problem: str, value: Any) -> str:
    return f"FATAL problem: {problem} encountered with '{value}'"


def _is_address(value: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(value).version == version
    except ValueError:
        return False
