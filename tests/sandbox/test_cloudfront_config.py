"""CloudFront: configurations that are refused, and their neighbours that are not."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.edge_stand import (
    ALL_VIEWER,
    DISABLED,
    SECURE,
    Stand,
    behaviour,
    bucket,
    config,
    custom,
    listed,
)
from tests.sandbox.refusals import refused

OLD = {"QueryString": False, "Cookies": {"Forward": "none"}}
FUNCTION = {"FunctionARN": "arn:aws:cloudfront::000011112222:function/f", "EventType": "viewer-request"}
GRPC = {"Enabled": True}
ALL = listed("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE")


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


def default(**more: Any) -> dict[str, Any]:
    return {"DefaultCacheBehavior": behaviour(**more)}


def older(**more: Any) -> dict[str, Any]:
    said = behaviour(ForwardedValues=OLD, MinTTL=0, **more)
    return {"DefaultCacheBehavior": {key: value for key, value in said.items() if key != "CachePolicyId"}}


def without_times() -> dict[str, Any]:
    one = older()["DefaultCacheBehavior"]
    return {"DefaultCacheBehavior": {key: value for key, value in one.items() if key != "MinTTL"}}


def others(*patterns: str) -> dict[str, Any]:
    return {"CacheBehaviors": listed(*(behaviour(PathPattern=one) for one in patterns))}


def origins(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Origins": listed(*found)}


def without_versions() -> dict[str, Any]:
    one = custom()
    del one["CustomOriginConfig"]["OriginSslProtocols"]
    return one


def headed(*pairs: tuple[str, str]) -> dict[str, Any]:
    return origins(custom() | {"CustomHeaders": listed(*({"HeaderName": a, "HeaderValue": b} for a, b in pairs))})


def page(code: int, **more: Any) -> dict[str, Any]:
    return {"CustomErrorResponses": listed({"ErrorCode": code, **more})}


def told(*names: str) -> dict[str, Any]:
    """What a bucket is told of the viewer."""
    said = older(origin="files")["DefaultCacheBehavior"]
    said |= {"ForwardedValues": OLD | {"Headers": listed(*names)}}
    return origins(bucket()) | {"DefaultCacheBehavior": said}


def places(kind: str, *countries: str) -> dict[str, Any]:
    return {"Restrictions": {"GeoRestriction": {"RestrictionType": kind, **listed(*countries)}}}


REFUSED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("InconsistentQuantities", {"Aliases": {"Quantity": 1}}, {"Aliases": {"Quantity": 0, "Items": []}}),
    ("InconsistentQuantities", {"Origins": {"Quantity": 2, "Items": [custom()]}}, origins(custom())),
    ("InvalidArgument", {"Comment": "x" * 129}, {"Comment": "x" * 128}),
    ("InvalidDefaultRootObject", {"DefaultRootObject": "/index.html"}, {"DefaultRootObject": "index.html"}),
    ("NoSuchOrigin", default(origin="none"), default(origin="alb")),
    ("NoSuchOrigin", {"CacheBehaviors": listed(behaviour("none", PathPattern="/a"))}, others("/a")),
    ("TooManyCacheBehaviors", others(*(f"/{n}" for n in range(25))), others(*(f"/{n}" for n in range(24)))),
    ("InvalidArgument", others("/a", "a"), others("/a", "/b")),
    ("InvalidArgument", others("/" * 256), others("/" + "a" * 254)),
    ("InvalidArgument", without_times(), older()),
    (
        "InvalidArgument",
        default(AllowedMethods=listed("GET", "POST")),
        default(AllowedMethods=ALL | {"CachedMethods": listed("GET", "HEAD")}),
    ),
    (
        "InvalidArgument",
        default(AllowedMethods=listed("GET", "HEAD") | {"CachedMethods": listed("GET", "HEAD", "OPTIONS")}),
        default(AllowedMethods=listed("GET", "HEAD")),
    ),
    ("InvalidArgument", default(ForwardedValues=OLD), older()),
    ("InvalidArgument", default(MinTTL=0), default()),
    ("InvalidArgument", default(CachePolicyId=""), older()),
    ("InvalidArgument", older(OriginRequestPolicyId=ALL_VIEWER), default(OriginRequestPolicyId=ALL_VIEWER)),
    ("InvalidTTLOrder", older(DefaultTTL=60, MaxTTL=30), older(DefaultTTL=30, MaxTTL=60)),
    ("NoSuchCachePolicy", default(CachePolicyId=ALL_VIEWER), default(CachePolicyId=DISABLED)),
    ("NoSuchOriginRequestPolicy", default(OriginRequestPolicyId=DISABLED), default(OriginRequestPolicyId=ALL_VIEWER)),
    ("NoSuchResponseHeadersPolicy", default(ResponseHeadersPolicyId=DISABLED), default(ResponseHeadersPolicyId=SECURE)),
    ("InvalidErrorCode", page(401), page(404)),
    ("InvalidResponseCode", page(404, ResponseCode="200"), page(404, ResponsePagePath="/e", ResponseCode="200")),
    ("InvalidArgument", page(404, ResponsePagePath="e", ResponseCode="200"), page(404, ErrorCachingMinTTL=5)),
    ("InvalidArgument", origins(custom(), custom()), origins(custom(), custom() | {"Id": "two"})),
    ("TooManyOrigins", origins(*(custom() | {"Id": f"o{n}"} for n in range(26)), custom()), origins(custom())),
    ("InvalidArgument", origins(bucket() | custom()), origins(custom(), bucket())),
    ("InvalidArgument", origins(custom() | {"DomainName": "http://a.example.com"}), origins(custom())),
    ("InvalidArgument", origins(custom() | {"DomainName": "192.0.2.1"}), origins(custom())),
    (
        "InvalidArgument",
        origins(custom(), bucket(DomainName="uat.s3-website.me-central-1.amazonaws.com")),
        origins(custom() | {"DomainName": "uat.s3-website.me-central-1.amazonaws.com"}),
    ),
    ("InvalidArgument", origins(custom() | {"OriginPath": "site/"}), origins(custom() | {"OriginPath": "/site"})),
    ("InvalidArgument", origins(without_versions()), origins(custom())),
    ("InvalidArgument", origins(custom(HTTPPort=81)), origins(custom(HTTPPort=8080))),
    ("InvalidOriginReadTimeout", origins(custom(OriginReadTimeout=121)), origins(custom(OriginReadTimeout=60))),
    ("InvalidOriginKeepaliveTimeout", origins(custom(OriginKeepaliveTimeout=0)), origins(custom())),
    ("InvalidArgument", origins(custom() | {"ConnectionAttempts": 4}), origins(custom() | {"ConnectionAttempts": 2})),
    ("TooManyOriginCustomHeaders", headed(*((f"x-{n}", "v") for n in range(11))), headed(("x-0", "v"))),
    ("InvalidArgument", headed(("X-Amz-Secret", "v")), headed(("X-Origin-Verify", "v"))),
    ("InvalidArgument", headed(("Host", "v")), headed(("X-Host", "v"))),
    ("InvalidArgument", headed(("x-a", "v" * 1784)), headed(("x-a", "v" * 1783))),
    ("InvalidArgument", headed(("x-a", "v"), ("X-A", "w")), headed(("x-a", "v"), ("x-b", "w"))),
    ("MalformedXML", {"PriceClass": "PriceClass_300"}, {"PriceClass": "PriceClass_200"}),
    ("InvalidArgument", default(GrpcConfig=GRPC), default(GrpcConfig=GRPC, AllowedMethods=ALL)),
    (
        "InvalidArgument",
        default(GrpcConfig=GRPC, AllowedMethods=ALL) | {"HttpVersion": "http1.1"},
        default(GrpcConfig=GRPC, AllowedMethods=ALL) | {"HttpVersion": "http2and3"},
    ),
    ("InvalidHeadersForS3Origin", told("Host"), told("Origin")),
    ("InvalidGeoRestrictionParameter", places("whitelist"), places("whitelist", "AE")),
    ("InvalidGeoRestrictionParameter", places("none", "AE"), places("none")),
    ("InvalidLocationCode", places("blacklist", "uae"), places("blacklist", "AE")),
    ("InvalidFunctionAssociation", default(FunctionAssociations=listed(FUNCTION)), default()),
]  # fmt: skip


@pytest.mark.parametrize(("code", "bad", "good"), REFUSED)
def test_refused_and_not(stand: Stand, code: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    assert stand.refusing(**bad) == code
    made = stand.make(**good)
    said, etag = stand.read(made["Id"])
    parts = ("Origins", "DefaultCacheBehavior", "CacheBehaviors")
    if not set(bad) & set(parts):  # an update is refused in the same way; these would want their defaults beside
        change = {"Id": made["Id"], "IfMatch": etag, "DistributionConfig": said | bad}
        assert refused(stand.edge.update_distribution, **change) == code


def test_a_plain_create_is_judged_too(stand: Stand) -> None:
    bad = config(Comment="x" * 129)
    assert refused(stand.edge.create_distribution, DistributionConfig=bad) == "InvalidArgument"
    made = stand.edge.create_distribution(DistributionConfig=config())["Distribution"]
    assert stand.edge.list_tags_for_resource(Resource=made["ARN"])["Tags"]["Items"] == []


def test_access_controls_of_origins(stand: Stand) -> None:
    """aws-reality 6.5."""
    control = stand.control()
    website = bucket(control) | {"DomainName": "uat.s3-website.me-central-1.amazonaws.com"}
    del website["S3OriginConfig"]
    website |= {"CustomOriginConfig": custom()["CustomOriginConfig"]}
    assert stand.refusing(**origins(custom(), bucket("ENONE"))) == "InvalidOriginAccessControl"
    assert stand.refusing(**origins(custom(), website)) == "InvalidDomainNameForOriginAccessControl"
    balancer = custom() | {"OriginAccessControlId": control}
    assert stand.refusing(**origins(balancer)) == "InvalidDomainNameForOriginAccessControl"
    identity = {"S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1"}}
    assert stand.refusing(**origins(custom(), bucket(control, **identity))) == "IllegalOriginAccessConfiguration"
    stand.make(**origins(custom(), bucket(control)))
    stand.make("old", **origins(custom(), bucket(DomainName="uat-files.s3.amazonaws.com")))


def test_logs_go_to_a_bucket_with_lists(stand: Stand, connect: Connect) -> None:
    """aws-reality 6.4 e, 6.6 e."""
    s3 = connect(stand.cloud, "s3", "us-east-1")
    said = {"Enabled": True, "IncludeCookies": False, "Bucket": "uat-logs.s3.amazonaws.com", "Prefix": ""}
    assert stand.refusing(Logging=said) == "InvalidArgument"
    s3.create_bucket(Bucket="uat-logs")
    assert stand.refusing(Logging=said) == "InvalidArgument"
    rules = [{"ObjectOwnership": "BucketOwnerPreferred"}]
    s3.put_bucket_ownership_controls(Bucket="uat-logs", OwnershipControls={"Rules": rules})
    stand.make(Logging=said)
