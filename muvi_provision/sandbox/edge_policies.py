"""The policies that CloudFront itself has in every account, by their fixed ids (aws-reality 6.6)."""

from __future__ import annotations

from typing import Any

Policies = dict[str, dict[str, Any]]  # id -> configuration


def _compressed(short: int, usual: int, longest: int, **more: Any) -> dict[str, Any]:
    """What a cache policy keeps apart: the encodings, and what ``more`` says of headers, cookies and queries."""
    key = {
        "EnableAcceptEncodingGzip": True,
        "EnableAcceptEncodingBrotli": True,
        "HeadersConfig": {"HeaderBehavior": "none"},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }
    times = {"MinTTL": short, "DefaultTTL": usual, "MaxTTL": longest}
    return times | {"ParametersInCacheKeyAndForwardedToOrigin": key | more}


def _listed(*names: str) -> dict[str, Any]:
    return {"Quantity": len(names), "Items": list(names)}


def _headers(*names: str, behaviour: str = "whitelist") -> dict[str, Any]:
    return {"HeaderBehavior": behaviour, "Headers": _listed(*names)}


_PLAIN = {"EnableAcceptEncodingGzip": False, "EnableAcceptEncodingBrotli": False}
_ALL_COOKIES = {"CookiesConfig": {"CookieBehavior": "all"}}
_ALL_QUERIES = {"QueryStringsConfig": {"QueryStringBehavior": "all"}}
_BY_ORIGIN = {
    "HeadersConfig": _headers(
        "Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"
    ),
    **_ALL_COOKIES,
}  # fmt: skip
_YEAR_S = 31536000

CACHE: Policies = {
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": {
        "Name": "Managed-CachingDisabled",
        "Comment": "Policy with caching disabled",
        **_compressed(0, 0, 0, **_PLAIN),
    },
    "658327ea-f89d-4fab-a63d-7e88639e58f6": {
        "Name": "Managed-CachingOptimized",
        "Comment": "Policy with caching enabled. Supports Gzip and Brotli compression.",
        **_compressed(1, 86400, _YEAR_S),
    },
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": {
        "Name": "Managed-CachingOptimizedForUncompressedObjects",
        "Comment": "Default policy when compression is disabled",
        **_compressed(1, 86400, _YEAR_S, **_PLAIN),
    },
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": {
        "Name": "UseOriginCacheControlHeaders",
        "Comment": "Policy for origins that return Cache-Control headers",
        **_compressed(0, 0, _YEAR_S, **_BY_ORIGIN),
    },
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": {
        "Name": "UseOriginCacheControlHeaders-QueryStrings",
        "Comment": "Policy for origins that return Cache-Control headers; queries are part of the key",
        **_compressed(0, 0, _YEAR_S, **_BY_ORIGIN, **_ALL_QUERIES),
    },
}

_NO_COOKIES = {"CookiesConfig": {"CookieBehavior": "none"}}
_NO_QUERIES = {"QueryStringsConfig": {"QueryStringBehavior": "none"}}
ORIGIN_REQUEST: Policies = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": {
        "Name": "Managed-AllViewer",
        "Comment": "Policy to forward all parameters in viewer requests",
        "HeadersConfig": {"HeaderBehavior": "allViewer"},
        **_ALL_COOKIES,
        **_ALL_QUERIES,
    },
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": {
        "Name": "Managed-AllViewerExceptHostHeader",
        "Comment": "Policy to forward all parameters in viewer requests except for the Host header",
        "HeadersConfig": _headers("host", behaviour="allExcept"),
        **_ALL_COOKIES,
        **_ALL_QUERIES,
    },
    "59781a5b-3903-41f3-afcb-af62929ccde1": {
        "Name": "Managed-CORS-CustomOrigin",
        "Comment": "Policy for a custom origin with CORS",
        "HeadersConfig": _headers("origin"),
        **_NO_COOKIES,
        **_NO_QUERIES,
    },
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": {
        "Name": "Managed-CORS-S3Origin",
        "Comment": "Policy for S3 origin with CORS",
        "HeadersConfig": _headers("origin", "access-control-request-headers", "access-control-request-method"),
        **_NO_COOKIES,
        **_NO_QUERIES,
    },
    "acba4595-bd28-49b8-b9fe-13317c0390fa": {
        "Name": "Managed-UserAgentRefererHeaders",
        "Comment": "Policy to forward user-agent and referer headers to origin",
        "HeadersConfig": _headers("user-agent", "referer"),
        **_NO_COOKIES,
        **_NO_QUERIES,
    },
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": {
        "Name": "Managed-HostHeaderOnly",
        "Comment": "Policy to forward host header to origin",
        "HeadersConfig": _headers("host"),
        **_NO_COOKIES,
        **_NO_QUERIES,
    },
}

_SECURE = {
    "SecurityHeadersConfig": {
        "XSSProtection": {"Override": False, "Protection": True, "ModeBlock": True},
        "FrameOptions": {"Override": False, "FrameOption": "SAMEORIGIN"},
        "ReferrerPolicy": {"Override": False, "ReferrerPolicy": "strict-origin-when-cross-origin"},
        "ContentTypeOptions": {"Override": True},
        "StrictTransportSecurity": {"Override": False, "AccessControlMaxAgeSec": _YEAR_S},
    }
}


def _shared(*methods: str, exposed: tuple[str, ...] = ()) -> dict[str, Any]:
    said = {
        "AccessControlAllowOrigins": _listed("*"),
        "AccessControlAllowHeaders": _listed("*"),
        "AccessControlAllowMethods": _listed(*methods),
        "AccessControlAllowCredentials": False,
        "OriginOverride": False,
    }
    return {"CorsConfig": said | ({"AccessControlExposeHeaders": _listed(*exposed)} if exposed else {})}


_SIMPLE = _shared("GET")
_PREFLIGHT = _shared("GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", exposed=("*",))
RESPONSE_HEADERS: Policies = {
    "67f7725c-6f97-4210-82d7-5512b31e9d03": {
        "Name": "Managed-SecurityHeadersPolicy",
        "Comment": "Adds a set of security headers to every response",
        **_SECURE,
    },
    "60669652-455b-4ae9-85a4-c4c02393f86c": {
        "Name": "Managed-SimpleCORS",
        "Comment": "Allows all origins for simple CORS requests",
        **_SIMPLE,
    },
    "5cc3b908-e619-4b99-88e5-2cf7f45965bd": {
        "Name": "Managed-CORS-With-Preflight",
        "Comment": "Allows all origins for CORS requests, including preflight requests",
        **_PREFLIGHT,
    },
    "e61eb60c-9c35-4d20-a928-2b84e02af89c": {
        "Name": "Managed-CORS-and-SecurityHeadersPolicy",
        "Comment": "Allows all origins for simple CORS requests and adds security headers",
        **_SIMPLE,
        **_SECURE,
    },
    "eaab4381-ed33-4a86-88ca-d9558dc6cd63": {
        "Name": "Managed-CORS-with-preflight-and-SecurityHeadersPolicy",
        "Comment": "Allows all origins for all CORS requests and adds security headers",
        **_PREFLIGHT,
        **_SECURE,
    },
}
