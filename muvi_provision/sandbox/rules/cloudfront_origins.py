"""A distribution's origins, and the access controls they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.distributions import items, sent, shelf
from muvi_provision.sandbox.rules.cloudfront import WRITES
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_SORTS = ("S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig")
_HOST = re.compile(r"(?=.{1,253}$)([a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,62})")
_BUCKET = re.compile(
    r"[a-z0-9][a-z0-9.-]+\.s3(\.(dualstack\.)?[a-z]{2}(-[a-z]+)+-\d|-[a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com"
)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}")
# aws-reality 6.7: what CloudFront adds itself, or takes away
_RESERVED = frozenset(
    (
        "cache-control", "connection", "content-length", "cookie", "host", "if-match", "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "pragma", "proxy-authenticate",
        "proxy-authorization", "proxy-connection", "range", "request-range", "te", "trailer", "transfer-encoding",
        "upgrade", "via", "x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-cache",
        "x-forwarded-proto", "x-real-ip",
    )
)  # fmt: skip
_RESERVED_STARTS = ("x-amz-", "x-edge-", "cloudfront-")


def _origins(call: Call) -> list[dict[str, Any]]:
    return items(sent(call), "Origins")


def _custom(call: Call) -> Iterator[dict[str, Any]]:
    return (one["CustomOriginConfig"] for one in _origins(call) if "CustomOriginConfig" in one)


def is_bucket(domain: str) -> bool:
    """Whether it is a bucket's REST endpoint; that of a website is not (aws-reality 6.5)."""
    return ".s3-website" not in domain and _BUCKET.fullmatch(domain) is not None


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "one origin at least, each with an id of its own",
    source="CloudFront API: Origins",
)
def ids(call: Call, view: View) -> str | None:
    found = [one["Id"] for one in _origins(call)]
    if not found or len(set(found)) < len(found):
        return "The parameter Origins must have one origin at least, with unique ids."
    return "The parameter Origin Id is too long." if any(not 1 <= len(one) <= 128 for one in found) else None


@rule("cloudfront", WRITES, "TooManyOrigins", "25 origins a distribution", source="6.6 i")
def count(call: Call, view: View) -> str | None:
    return "You cannot create more origins for the distribution." if len(_origins(call)) > 25 else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "an origin is a bucket, a custom one or a VPC one",
    source="CloudFront API: Origin",
)
def sort(call: Call, view: View) -> str | None:
    wrong = any(sum(name in one for name in _SORTS) != 1 for one in _origins(call))
    said = "Exactly one of CustomOriginConfig, VpcOriginConfig, and S3OriginConfig must be specified"
    return said if wrong else None


@rule("cloudfront", WRITES, "InvalidArgument", "an origin's name is that of a host", source="CloudFront API: Origin")
def host(call: Call, view: View) -> str | None:
    wrong = any(not _HOST.fullmatch(one["DomainName"]) for one in _origins(call))
    return "The parameter Origin DomainName must be a domain name, without a scheme or a path." if wrong else None


@rule("cloudfront", WRITES, "InvalidArgument", "a bucket's origin is its REST endpoint", source="6.5")
def bucket(call: Call, view: View) -> str | None:
    wrong = any("S3OriginConfig" in one and not is_bucket(one["DomainName"]) for one in _origins(call))
    return "The parameter Origin DomainName does not refer to a valid S3 bucket." if wrong else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "an origin's path begins with a slash and does not end with one",
    source="CloudFront API: Origin",
)
def path(call: Call, view: View) -> str | None:
    for one in _origins(call):
        said = str(one.get("OriginPath") or "")
        if said and (not said.startswith("/") or said.endswith("/")):
            return "The parameter OriginPath must begin with a / and not end with one."
    return None


@rule("cloudfront", WRITES, "InvalidArgument", "a custom origin says its ports and its TLS versions", source="6.7")
def custom(call: Call, view: View) -> str | None:
    for one in _custom(call):
        if not items(one, "OriginSslProtocols"):
            return "The parameter OriginSslProtocols is required."
        for name in ("HTTPPort", "HTTPSPort"):
            if one[name] not in (80, 443) and not 1024 <= one[name] <= 65535:
                return f"The parameter {name} must be 80, 443 or from 1024 to 65535."
    return None


@rule("cloudfront", WRITES, "InvalidOriginReadTimeout", "an origin has 1 to 120 seconds to answer", source="6.6")
def read_timeout(call: Call, view: View) -> str | None:
    wrong = any(not 1 <= one.get("OriginReadTimeout", 30) <= 120 for one in _custom(call))
    return "The read timeout specified for the origin is not valid." if wrong else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidOriginKeepaliveTimeout",
    "a connection to an origin is kept for 1 to 120 seconds",
    source="6.6",
)
def keepalive(call: Call, view: View) -> str | None:
    wrong = any(not 1 <= one.get("OriginKeepaliveTimeout", 5) <= 120 for one in _custom(call))
    return "The keep alive timeout specified for the origin is not valid." if wrong else None


@rule(
    "cloudfront", WRITES, "InvalidArgument", "3 attempts at most, of 1 to 10 seconds", source="CloudFront API: Origin"
)
def attempts(call: Call, view: View) -> str | None:
    for one in _origins(call):
        if not 1 <= one.get("ConnectionAttempts", 3) <= 3 or not 1 <= one.get("ConnectionTimeout", 10) <= 10:
            return "The parameter ConnectionAttempts or ConnectionTimeout is out of range."
    return None


@rule("cloudfront", WRITES, "TooManyOriginCustomHeaders", "10 headers an origin", source="6.6 i")
def header_count(call: Call, view: View) -> str | None:
    many = any(len(items(one, "CustomHeaders")) > 10 for one in _origins(call))
    return "Your request contains too many origin custom headers." if many else None


@rule(
    "cloudfront", WRITES, "InvalidArgument", "a header that CloudFront does not use itself, of a length", source="6.7"
)
def headers(call: Call, view: View) -> str | None:
    for origin in _origins(call):
        names = [str(one["HeaderName"]).lower() for one in items(origin, "CustomHeaders")]
        values = [str(one["HeaderValue"]) for one in items(origin, "CustomHeaders")]
        if any(name in _RESERVED or name.startswith(_RESERVED_STARTS) for name in names):
            return "The parameter HeaderName contains a header that CloudFront does not allow."
        if len(set(names)) < len(names) or not all(_HEADER.fullmatch(name) for name in names):
            return "The parameter HeaderName contains a name twice, or one that is not valid."
        if any(len(value) > 1783 for value in values):
            return "The parameter HeaderValue is too long."
    return None


def _controlled(call: Call) -> list[dict[str, Any]]:
    return [one for one in _origins(call) if one.get("OriginAccessControlId")]


@rule("cloudfront", WRITES, "InvalidOriginAccessControl", "the access control is there", source="6.5")
def control_missing(call: Call, view: View) -> str | None:
    held = shelf(view).access_controls
    lost = any(one["OriginAccessControlId"] not in held for one in _controlled(call))
    return "The origin access control is not valid." if lost else None


@rule(
    "cloudfront", WRITES, "InvalidDomainNameForOriginAccessControl", "an access control is for a bucket", source="6.5"
)
def control_of_no_bucket(call: Call, view: View) -> str | None:
    wrong = any(not is_bucket(one["DomainName"]) for one in _controlled(call))
    said = "An origin access control is associated with an origin whose domain name is not supported."
    return said if wrong else None


@rule(
    "cloudfront",
    WRITES,
    "IllegalOriginAccessConfiguration",
    "an access control, and no identity beside it",
    source="6.5",
)
def control_and_identity(call: Call, view: View) -> str | None:
    wrong = any(
        (one.get("S3OriginConfig") or {"OriginAccessIdentity": "custom"})["OriginAccessIdentity"]
        for one in _controlled(call)
    )
    return (
        "An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI)."
        if wrong
        else None
    )
