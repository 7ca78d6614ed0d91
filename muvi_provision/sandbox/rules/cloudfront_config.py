"""A distribution's configuration: its behaviours, and what holds for all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox import edge_policies
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.distributions import behaviours, items, sent
from muvi_provision.sandbox.rules.cloudfront import WRITES
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_READS = frozenset({"GET", "HEAD"})
_ASKS = _READS | {"OPTIONS"}
_ALL = _ASKS | {"PUT", "PATCH", "POST", "DELETE"}
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
_TTLS = ("MinTTL", "DefaultTTL", "MaxTTL")


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


@rule("cloudfront", WRITES, "InvalidDefaultRootObject", "the root object has no slash in front")
def root_object(call: Call, view: View) -> str | None:
    name = str(sent(call).get("DefaultRootObject", ""))
    bad = name.startswith("/") or len(name) > 255
    return "The default root object file name is too big or contains an invalid character." if bad else None


@rule("cloudfront", WRITES, "NoSuchOrigin", "a behaviour's origin is in the same configuration", 404)
def origin_missing(call: Call, view: View) -> str | None:
    config = sent(call)
    known = {one["Id"] for name in ("Origins", "OriginGroups") for one in items(config, name)}
    lost = any(one["TargetOriginId"] not in known for one in behaviours(config))
    return "One or more of your origins or origin groups do not exist." if lost else None


@rule("cloudfront", WRITES, "TooManyCacheBehaviors", "25 behaviours a distribution", source="6.6 i")
def behaviour_count(call: Call, view: View) -> str | None:
    many = len(behaviours(sent(call))) > 25
    return "You cannot create more cache behaviors for the distribution." if many else None


@rule("cloudfront", WRITES, "InvalidArgument", "a path pattern once, of 255 characters at most")
def patterns(call: Call, view: View) -> str | None:
    found = [str(one["PathPattern"]) for one in items(sent(call), "CacheBehaviors")]
    if any(not 1 <= len(one) <= 255 for one in found):
        return "The parameter PathPattern is too long or empty."
    twice = len({one.lstrip("/") for one in found}) < len(found)
    return "The parameter PathPattern contains a duplicate." if twice else None


@rule("cloudfront", WRITES, "InvalidArgument", "methods: reads, reads and OPTIONS, or all; cached are some of them")
def methods(call: Call, view: View) -> str | None:
    for one in behaviours(sent(call)):
        said = one.get("AllowedMethods")
        allowed = frozenset(items(one, "AllowedMethods")) if said else _READS
        cached = frozenset(items(said, "CachedMethods")) if said and "CachedMethods" in said else _READS
        if allowed not in (_READS, _ASKS, _ALL):
            return "The parameter AllowedMethods is not one of the three sets that are supported."
        if cached not in (_READS, _ASKS) or not cached <= allowed:
            return "The parameter CachedMethods is not a supported subset of AllowedMethods."
    return None


@rule("cloudfront", WRITES, "InvalidArgument", "a cache policy, or the old fields, and not both", source="6.6 e")
def old_and_new(call: Call, view: View) -> str | None:
    for one in behaviours(sent(call)):
        old = [name for name in ("ForwardedValues", *_TTLS) if name in one]
        if one.get("CachePolicyId") and old:
            return f"The parameter {old[0]} cannot be used when a cache policy is associated to the cache behavior."
        if not one.get("CachePolicyId") and (one.get("OriginRequestPolicyId") or "ForwardedValues" not in one):
            return "The parameter ForwardedValues is required."
        if not one.get("CachePolicyId") and "MinTTL" not in one:
            return "The parameter MinTTL is required."
    return None


@rule(
    "cloudfront", WRITES, "InvalidTTLOrder", "the shortest time is not longer than the usual, nor that than the longest"
)
def ttl_order(call: Call, view: View) -> str | None:
    for one in behaviours(sent(call)):
        said = [one[name] for name in _TTLS if name in one]
        if said != sorted(said):
            return "The order of the TTLs is not valid."
    return None


def _unknown(member: str, held: edge_policies.Policies, words: str) -> Any:
    def test(call: Call, view: View) -> str | None:
        named = [one.get(member) for one in behaviours(sent(call))]
        return f"The {words} policy does not exist." if any(one and one not in held for one in named) else None

    return test


for _what, _words, _held in (
    ("CachePolicy", "cache", edge_policies.CACHE),
    ("OriginRequestPolicy", "origin request", edge_policies.ORIGIN_REQUEST),
    ("ResponseHeadersPolicy", "response headers", edge_policies.RESPONSE_HEADERS),
):
    rule("cloudfront", WRITES, f"NoSuch{_what}", f"the {_words} policy is there", 404)(
        _unknown(f"{_what}Id", _held, _words)
    )


@rule("cloudfront", WRITES, "InvalidErrorCode", "pages for the errors that CloudFront replaces, each once")
def error_codes(call: Call, view: View) -> str | None:
    codes = [one["ErrorCode"] for one in items(sent(call), "CustomErrorResponses")]
    bad = any(code not in _ERRORS for code in codes) or len(set(codes)) < len(codes)
    return "An invalid error code was specified." if bad else None


@rule("cloudfront", WRITES, "InvalidResponseCode", "a page and its code go together")
def error_pages(call: Call, view: View) -> str | None:
    for one in items(sent(call), "CustomErrorResponses"):
        code, path = str(one.get("ResponseCode") or ""), str(one.get("ResponsePagePath") or "")
        if bool(code) != bool(path) or (code and not (code.isdecimal() and int(code) in (200, *_ERRORS))):
            return "A response code is not valid, or is without a page."
    return None


@rule("cloudfront", WRITES, "InvalidArgument", "a page's path has a slash in front")
def error_paths(call: Call, view: View) -> str | None:
    paths = [str(one.get("ResponsePagePath") or "/") for one in items(sent(call), "CustomErrorResponses")]
    bad = any(not path.startswith("/") for path in paths)
    return "The parameter ResponsePagePath must begin with /." if bad else None


@rule("cloudfront", WRITES, "InvalidFunctionAssociation", "there are no functions here")
def functions(call: Call, view: View) -> str | None:
    named = any(items(one, "FunctionAssociations") for one in behaviours(sent(call)))
    return "A CloudFront function association is invalid." if named else None
