"""What holds for all of a distribution's configuration: its lists, pages for errors, countries, logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox import buckets
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.distributions import items, sent
from muvi_provision.sandbox.rules.cloudfront import WRITES
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)


@rule(
    "cloudfront",
    (*WRITES, "CreateInvalidation"),
    "InconsistentQuantities",
    "quantities are what is listed",
    source="6.6 e",
)
def quantities(call: Call, view: View) -> str | None:
    wrong = any(part["Quantity"] != len(part.get("Items") or ()) for part in _lists(sent(call)))
    return "The value of Quantity and the size of Items don't match." if wrong else None


def _lists(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Quantity" in value:
            yield value
        for one in value.values():
            yield from _lists(one)
    for one in value if isinstance(value, list) else ():
        yield from _lists(one)


@rule("cloudfront", WRITES, "InvalidArgument", "a comment has 128 characters at most", source="6.6 a")
def comment(call: Call, view: View) -> str | None:
    return "The parameter Comment is too long." if len(sent(call)["Comment"]) > 128 else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidDefaultRootObject",
    "the root object has no slash in front",
    source="CloudFront API: DistributionConfig",
)
def root_object(call: Call, view: View) -> str | None:
    name = str(sent(call).get("DefaultRootObject", ""))
    bad = name.startswith("/") or len(name) > 255
    return "The default root object file name is too big or contains an invalid character." if bad else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidGeoRestrictionParameter",
    "countries, unless there are no restrictions",
    source="CloudFront API: GeoRestriction",
)
def restriction(call: Call, view: View) -> str | None:
    found = _restriction(call)
    listed = bool(found.get("Items"))
    wrong = listed == (found.get("RestrictionType", "none") == "none")
    return "The specified geo restriction parameter is not valid." if wrong else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidLocationCode",
    "a country has two capital letters",
    source="CloudFront API: GeoRestriction",
)
def countries(call: Call, view: View) -> str | None:
    wrong = any(not re.fullmatch("[A-Z]{2}", str(one)) for one in _restriction(call).get("Items") or ())
    return "The location code specified is not valid." if wrong else None


def _restriction(call: Call) -> dict[str, Any]:
    return dict((sent(call).get("Restrictions") or {}).get("GeoRestriction") or {})


@rule("cloudfront", WRITES, "InvalidArgument", "logs go to a bucket that is there and has lists", source="6.6 e")
def logs(call: Call, view: View) -> str | None:
    said = sent(call).get("Logging") or {}
    if not said.get("Enabled"):
        return None
    name = str(said.get("Bucket", ""))
    bucket = buckets.find(view, name.partition(".s3")[0])
    if bucket is None:
        return f"The S3 bucket that you specified for CloudFront logs doesn't exist: {name}"
    closed = buckets.enforces_owner(bucket)
    return (
        f"The S3 bucket that you specified for CloudFront logs does not enable ACL access: {name}" if closed else None
    )


@rule(
    "cloudfront",
    WRITES,
    "InvalidErrorCode",
    "pages for the errors that CloudFront replaces, each once",
    source="CloudFront API: CustomErrorResponse",
)
def error_codes(call: Call, view: View) -> str | None:
    codes = [one["ErrorCode"] for one in items(sent(call), "CustomErrorResponses")]
    bad = any(code not in _ERRORS for code in codes) or len(set(codes)) < len(codes)
    return "An invalid error code was specified." if bad else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidResponseCode",
    "a page and its code go together",
    source="CloudFront API: CustomErrorResponse",
)
def error_pages(call: Call, view: View) -> str | None:
    for one in items(sent(call), "CustomErrorResponses"):
        code, path = str(one.get("ResponseCode") or ""), str(one.get("ResponsePagePath") or "")
        if bool(code) != bool(path) or (code and not (code.isdecimal() and int(code) in (200, *_ERRORS))):
            return "A response code is not valid, or is without a page."
    return None


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "a page's path has a slash in front",
    source="CloudFront API: CustomErrorResponse",
)
def error_paths(call: Call, view: View) -> str | None:
    paths = [str(one.get("ResponsePagePath") or "/") for one in items(sent(call), "CustomErrorResponses")]
    bad = any(not path.startswith("/") for path in paths)
    return "The parameter ResponsePagePath must begin with /." if bad else None
