"""A distribution's origins and behaviours, in words and as CloudFront takes and shows them. Pure.

Facts: aws-reality 6.5 to 6.7. An origin in words is ``{"id": "api", "domain": ..., "reach": "http", "header":
"X-Muvi-Origin"}``: reached over plain http, with a secret header, on port 80 unless it has another ``port``. One
reached over https has no header, and a bucket (``"reach": "bucket"``) has the id of its access control as ``access``.
A behaviour is ``{"path": "*", "origin": "api", "cache": <policy>, "methods": "all"}``, and perhaps ``request``, the
policy of what goes on to the origin. The first one is the default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Words = dict[str, Any]
Config = dict[str, Any]

AS_TOLD = "as the origin says"
"""Instead of a cache policy: none of AWS's own keeps what the origin allows and sends no Host along (6.7)."""

METHODS: dict[str, tuple[str, ...]] = {
    "all": ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"),
    "read": ("GET", "HEAD"),
    "ask": ("GET", "HEAD", "OPTIONS"),
}
VIEWERS, HTTP = "redirect-to-https", 80
PAGE, ERRORS, AGAIN_S = "/index.html", (403, 404), 10
_YEAR_S = 31536000
_REACH = {"http": "http-only", "https": "https-only"}

# what an update must say again although a create need not, and is kept when somebody else has set it
_OF_AN_ORIGIN: Config = {"OriginPath": "", "CustomHeaders": {"Quantity": 0}}
_OF_A_SERVER: Config = {"HTTPSPort": 443, "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5}
_OF_A_BEHAVIOUR: Config = {
    "SmoothStreaming": False,
    "LambdaFunctionAssociations": {"Quantity": 0},
    "FieldLevelEncryptionId": "",
}
_OF_ALL: Config = {
    "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
    "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
}
_OF_THE_CACHE = ("CachePolicyId", "OriginRequestPolicyId", "ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL")


def listed(items: Iterable[Any]) -> Config:
    """A list as CloudFront wants it: how many, and them, but no empty list (InconsistentQuantities)."""
    found = list(items)
    return {"Quantity": len(found), "Items": found} if found else {"Quantity": 0}


def items(config: Mapping[str, Any], member: str) -> list[Any]:
    """The members of such a list."""
    return list((config.get(member) or {}).get("Items") or ())


def merged(config: Mapping[str, Any], ours: Config, origins: Iterable[Words], behaviours: Iterable[Words]) -> Config:
    """``config`` (empty for a new one) with what is ours replaced: CloudFront keeps nothing that is not repeated."""
    there = {each["Id"]: each for each in items(config, "Origins")}
    first, *others = behaviours
    before = {each["PathPattern"]: each for each in items(config, "CacheBehaviors")}
    return {
        **_OF_ALL,
        **config,
        **ours,
        "Origins": listed(_origin(each, there.get(each["id"], {})) for each in origins),
        "DefaultCacheBehavior": _behaviour(first, config.get("DefaultCacheBehavior", {})),
        "CacheBehaviors": listed(
            {**_behaviour(each, before.get(each["path"], {})), "PathPattern": each["path"]} for each in others
        ),
    }


def _origin(words: Words, there: Mapping[str, Any]) -> Config:
    said = {"Id": words["id"], "DomainName": words["domain"], "OriginAccessControlId": words.get("access", "")}
    if words["reach"] == "bucket":
        kept = {key: value for key, value in there.items() if key != "CustomOriginConfig"}
        return {**_OF_AN_ORIGIN, **kept, **said, "S3OriginConfig": {"OriginAccessIdentity": ""}}
    kept = {key: value for key, value in there.items() if key != "S3OriginConfig"}
    header = [{"HeaderName": words["header"], "HeaderValue": words["value"]}] if "header" in words else []
    server = {
        **_OF_A_SERVER,
        **there.get("CustomOriginConfig", {}),
        "HTTPPort": words.get("port", HTTP),
        "OriginProtocolPolicy": _REACH[words["reach"]],
        "OriginSslProtocols": listed(["TLSv1.2"]),
    }
    return {**_OF_AN_ORIGIN, **kept, **said, "CustomHeaders": listed(header), "CustomOriginConfig": server}


def _behaviour(words: Words, there: Mapping[str, Any]) -> Config:
    kept = {key: value for key, value in there.items() if key not in _OF_THE_CACHE}
    methods = listed(METHODS[words["methods"]])
    return {
        **_OF_A_BEHAVIOUR,
        **kept,
        "TargetOriginId": words["origin"],
        "ViewerProtocolPolicy": VIEWERS,
        "AllowedMethods": {**methods, "CachedMethods": listed(METHODS["read"])},
        "Compress": True,
        **_cache(words),
    }


def _cache(words: Words) -> Config:
    request = {"OriginRequestPolicyId": words["request"]} if "request" in words else {}
    if words["cache"] != AS_TOLD:
        return {"CachePolicyId": words["cache"], **request}
    headers = listed(["Authorization", "Origin"])
    forwarded = {"QueryString": True, "Cookies": {"Forward": "all"}, "Headers": headers}
    return {"ForwardedValues": forwarded, "MinTTL": 0, "DefaultTTL": 0, "MaxTTL": _YEAR_S}


def with_value(origins: Iterable[Words], value: str) -> tuple[Words, ...]:
    """Origins whose secret header has its value: what is sent, and neither kept nor shown."""
    return tuple({**each, "value": value} if "header" in each else each for each in origins)


def error_pages(*, single_page: bool) -> Config:
    """For a website of one page: it answers for every address that the origin does not know (6.5)."""
    said = {"ResponsePagePath": PAGE, "ResponseCode": "200", "ErrorCachingMinTTL": AGAIN_S}
    return listed({"ErrorCode": code, **said} for code in (ERRORS if single_page else ()))


def viewer_certificate(arn: str, tls: str) -> Config:
    """That of the public names, by name and not by an address of its own; CloudFront's own while there is none."""
    if not arn:
        return {"CloudFrontDefaultCertificate": True}
    return {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": tls}


def read_origins(shown: Mapping[str, Any]) -> tuple[Words, ...]:
    """The origins of a distribution as CloudFront shows it, in words."""
    return tuple(sorted((_origin_read(each) for each in items(shown, "Origins")), key=lambda words: str(words["id"])))


def _origin_read(shown: Mapping[str, Any]) -> Words:
    words: Words = {"id": shown["Id"], "domain": shown["DomainName"], "reach": _reach(shown)}
    if access := shown.get("OriginAccessControlId"):
        words["access"] = access
    if (port := shown.get("CustomOriginConfig", {}).get("HTTPPort", HTTP)) != HTTP:
        words["port"] = port
    names = [each["HeaderName"] for each in items(shown, "CustomHeaders")]
    return {**words, "header": ", ".join(names)} if names else words


def _reach(shown: Mapping[str, Any]) -> str:
    server = shown.get("CustomOriginConfig")
    if not server:
        return "bucket"
    policy = server["OriginProtocolPolicy"]
    reach = next((word for word, said in _REACH.items() if said == policy), policy)
    versions = items(server, "OriginSslProtocols")
    return reach if reach == "http" or versions == ["TLSv1.2"] else f"{reach} ({', '.join(versions)})"


def read_behaviours(shown: Mapping[str, Any]) -> tuple[Words, ...]:
    """The behaviours of a distribution as CloudFront shows it, in words, the default one first."""
    others = (_behaviour_read(each, each["PathPattern"]) for each in items(shown, "CacheBehaviors"))
    return (_behaviour_read(shown["DefaultCacheBehavior"], "*"), *others)


def _behaviour_read(shown: Mapping[str, Any], path: str) -> Words:
    words: Words = {"path": path, "origin": shown["TargetOriginId"], "cache": _cache_read(shown)}
    if request := shown.get("OriginRequestPolicyId"):
        words["request"] = request
    methods = frozenset(items(shown, "AllowedMethods"))
    words["methods"] = next((word for word, said in METHODS.items() if frozenset(said) == methods), sorted(methods))
    plain = shown["ViewerProtocolPolicy"] == VIEWERS and shown.get("Compress")
    return words if plain else {**words, "viewers": shown["ViewerProtocolPolicy"], "compress": shown.get("Compress")}


def _cache_read(shown: Mapping[str, Any]) -> str:
    """The policy, or that there is none and what the origin says counts, or that somebody set times of his own."""
    if policy := shown.get("CachePolicyId"):
        return str(policy)
    times = tuple(shown.get(key, 0) for key in ("MinTTL", "DefaultTTL", "MaxTTL"))
    return AS_TOLD if times == (0, 0, _YEAR_S) else f"kept for {times[1]} s"


def has_error_pages(shown: Mapping[str, Any]) -> bool:
    """Whether it is a website of one page."""
    found = {each["ErrorCode"]: each.get("ResponsePagePath") for each in items(shown, "CustomErrorResponses")}
    return found == dict.fromkeys(ERRORS, PAGE)
