"""A distribution's behaviours: which path comes from which origin, and what of it is kept."""

from __future__ import annotations

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
_TTLS = ("MinTTL", "DefaultTTL", "MaxTTL")


@rule(
    "cloudfront",
    WRITES,
    "NoSuchOrigin",
    "a behaviour's origin is in the same configuration",
    404,
    source="CloudFront API: CreateDistribution",
)
def origin_missing(call: Call, view: View) -> str | None:
    config = sent(call)
    known = {one["Id"] for name in ("Origins", "OriginGroups") for one in items(config, name)}
    lost = any(one["TargetOriginId"] not in known for one in behaviours(config))
    return "One or more of your origins or origin groups do not exist." if lost else None


@rule("cloudfront", WRITES, "TooManyCacheBehaviors", "25 behaviours a distribution", source="6.6 i")
def behaviour_count(call: Call, view: View) -> str | None:
    many = len(behaviours(sent(call))) > 25
    return "You cannot create more cache behaviors for the distribution." if many else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "a path pattern once, of 255 characters at most",
    source="CloudFront API: CacheBehavior",
)
def patterns(call: Call, view: View) -> str | None:
    found = [str(one["PathPattern"]) for one in items(sent(call), "CacheBehaviors")]
    if any(not 1 <= len(one) <= 255 for one in found):
        return "The parameter PathPattern is too long or empty."
    twice = len({one.lstrip("/") for one in found}) < len(found)
    return "The parameter PathPattern contains a duplicate." if twice else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "methods: reads, reads and OPTIONS, or all; cached are some of them",
    source="CloudFront API: AllowedMethods",
)
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
    "cloudfront",
    WRITES,
    "InvalidTTLOrder",
    "the shortest time is not longer than the usual, nor that than the longest",
    source="CloudFront API: CacheBehavior",
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
    rule("cloudfront", WRITES, f"NoSuch{_what}", f"the {_words} policy is there", 404, source="6.6")(
        _unknown(f"{_what}Id", _held, _words)
    )


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "gRPC goes over HTTP/2, and by POST",
    source="6.6, CloudFront API: GrpcConfig",
)
def grpc(call: Call, view: View) -> str | None:
    wanted = [one for one in behaviours(sent(call)) if (one.get("GrpcConfig") or {}).get("Enabled")]
    if wanted and "http2" not in str(sent(call).get("HttpVersion", "http2")):
        return "The parameter GrpcConfig requires HTTP/2."
    deaf = any("POST" not in items(one, "AllowedMethods") for one in wanted)
    return "The parameter GrpcConfig requires that AllowedMethods includes POST." if deaf else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidHeadersForS3Origin",
    "a bucket is not told the viewer's host, nor everything",
    source="6.7",
)
def headers_for_buckets(call: Call, view: View) -> str | None:
    """By the old fields; a policy is taken, and the bucket refuses the signature."""
    files = {one["Id"] for one in items(sent(call), "Origins") if "S3OriginConfig" in one}
    for one in behaviours(sent(call)):
        named = {str(name).lower() for name in items(one.get("ForwardedValues") or {}, "Headers")}
        if one["TargetOriginId"] in files and named & {"*", "host"}:
            return "The headers specified are not valid for an Amazon S3 origin."
    return None


@rule(
    "cloudfront",
    WRITES,
    "InvalidFunctionAssociation",
    "there are no functions here",
    source="CloudFront API: FunctionAssociation",
)
def functions(call: Call, view: View) -> str | None:
    named = any(items(one, "FunctionAssociations") for one in behaviours(sent(call)))
    return "A CloudFront function association is invalid." if named else None
