"""CloudFront: a distribution's life, what is told of it, who may write it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.translation import translated
from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.edge_stand import (
    ALL_VIEWER,
    DISABLED,
    NOTHING,
    OPTIMIZED,
    SECURE,
    TAGS,
    Stand,
    behaviour,
    bucket,
    config,
    custom,
    listed,
)
from tests.sandbox.refusals import refused


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


@pytest.fixture
def slowly(slow: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(slow, connect, clock)


def full(stand: Stand) -> dict[str, Any]:
    """Everything the product says of a distribution."""
    header = {"HeaderName": "X-Origin-Verify", "HeaderValue": "not a secret"}
    timed = custom(OriginReadTimeout=60, OriginKeepaliveTimeout=5)
    methods = {**listed("GET", "HEAD", "OPTIONS"), "CachedMethods": listed("GET", "HEAD")}
    return {
        "Aliases": listed("www.uat.example.com", "api.uat.example.com"),
        "ViewerCertificate": stand.certificate(),
        "Origins": listed(timed | {"CustomHeaders": listed(header)}, bucket(stand.control(), OriginPath="/site")),
        "DefaultCacheBehavior": behaviour(OriginRequestPolicyId=ALL_VIEWER, AllowedMethods=methods, Compress=True),
        "CacheBehaviors": listed(behaviour("files", PathPattern="/assets/*", CachePolicyId=OPTIMIZED)),
        "CustomErrorResponses": listed(
            {"ErrorCode": 403, "ResponsePagePath": "/index.html", "ResponseCode": "200", "ErrorCachingMinTTL": 10}
        ),
        "WebACLId": stand.acl()["ARN"],
        "HttpVersion": "http2and3",
        "IsIPV6Enabled": True,
        "PriceClass": "PriceClass_200",
        "DefaultRootObject": "index.html",
    }


def test_it_takes_its_time(slowly: Stand) -> None:
    made = slowly.make()
    assert (made["Status"], made["ARN"]) == (
        "InProgress",
        f"arn:aws:cloudfront::000011112222:distribution/{made['Id']}",
    )
    assert made["DomainName"].startswith("d")
    assert made["DomainName"].endswith(".cloudfront.net")
    slowly.clock.sleep(299)
    assert slowly.status(made["Id"]) == "InProgress"
    slowly.clock.sleep(2)
    assert slowly.status(made["Id"]) == "Deployed"
    assert slowly.change(made["Id"], Comment="new")["Distribution"]["Status"] == "InProgress"
    slowly.clock.sleep(301)
    assert slowly.status(made["Id"]) == "Deployed"


def test_it_goes_when_it_is_off_everywhere(slowly: Stand) -> None:
    """aws-reality 6.6 f."""
    wanted = slowly.make()["Id"]
    slowly.clock.sleep(301)
    deleting = {"Id": wanted, "IfMatch": slowly.read(wanted)[1]}
    assert refused(slowly.edge.delete_distribution, **deleting) == "DistributionNotDisabled"
    told = slowly.change(wanted, Enabled=False)
    assert told["Distribution"]["DistributionConfig"]["Enabled"] is False
    deleting = {"Id": wanted, "IfMatch": told["ETag"]}
    assert refused(slowly.edge.delete_distribution, **deleting) == "DistributionNotDisabled"
    slowly.clock.sleep(301)
    assert slowly.status(wanted) == "Deployed"
    assert refused(slowly.edge.delete_distribution, **deleting) == "DistributionNotDisabled"  # for a while
    slowly.clock.sleep(30)
    slowly.edge.delete_distribution(**deleting)
    assert refused(slowly.edge.get_distribution, Id=wanted) == "NoSuchDistribution"
    assert "cloudfront" not in slowly.cloud.snapshot()


def test_nothing_waits_at_full_speed(stand: Stand) -> None:
    made = stand.make()
    assert (made["Status"], stand.status(made["Id"])) == ("InProgress", "Deployed")
    told = stand.change(made["Id"], Enabled=False)
    stand.edge.delete_distribution(Id=made["Id"], IfMatch=told["ETag"])
    assert "cloudfront" not in stand.cloud.snapshot()


def test_one_that_is_never_deployed(clock: Leaping, connect: Connect) -> None:
    """CloudFront has no word for failure, so that this is all that can befall it."""
    unlucky = frozenset({"distribution"})
    stand = Stand(Cloud(clock, faults=Faults(never_ready=unlucky, fail_ready=unlucky)), connect, clock)
    wanted = stand.make(Enabled=False)["Id"]
    clock.sleep(3600)
    assert stand.status(wanted) == "InProgress"
    deleting = {"Id": wanted, "IfMatch": stand.read(wanted)[1]}
    assert refused(stand.edge.delete_distribution, **deleting) == "DistributionNotDisabled"
    stand.cloud.reset()


def test_what_was_sent_is_told_with_defaults(stand: Stand) -> None:
    sent = full(stand)
    made = stand.make(**sent)
    told, _ = stand.read(made["Id"])
    for name in ("Aliases", "CustomErrorResponses", "WebACLId", "HttpVersion", "PriceClass", "DefaultRootObject"):
        assert told[name] == sent[name], name
    web, files = told["Origins"]["Items"]
    assert web["CustomHeaders"] == sent["Origins"]["Items"][0]["CustomHeaders"]
    assert (web["CustomOriginConfig"]["OriginReadTimeout"], web["OriginAccessControlId"]) == (60, "")
    assert (files["OriginAccessControlId"], files["OriginPath"]) == (
        sent["Origins"]["Items"][1]["OriginAccessControlId"],
        "/site",
    )
    methods = told["DefaultCacheBehavior"]["AllowedMethods"]
    assert (methods["Items"], methods["CachedMethods"]["Items"]) == (["HEAD", "GET", "OPTIONS"], ["HEAD", "GET"])
    assert told["ViewerCertificate"]["CertificateSource"] == "acm"
    assert told["Logging"] == {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""}
    assert told["Restrictions"] == {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}
    bare, _ = stand.read(stand.make("bare", Aliases={"Quantity": 0, "Items": []})["Id"])
    assert bare["Aliases"] == NOTHING
    assert bare["ViewerCertificate"]["CloudFrontDefaultCertificate"] is True


def test_reading_and_writing_back_loses_nothing(stand: Stand) -> None:
    made = stand.make(**full(stand))
    before, etag = stand.read(made["Id"])
    stand.change(made["Id"])
    after, new = stand.read(made["Id"])
    assert (after, new != etag) == (before, True)


def test_the_listing_tells_nearly_all(stand: Stand) -> None:
    made = stand.make(**full(stand))
    (one,) = stand.edge.list_distributions()["DistributionList"]["Items"]
    told, _ = stand.read(made["Id"])
    assert (one["Id"], one["ARN"], one["Status"], one["Enabled"]) == (made["Id"], made["ARN"], "Deployed", True)
    unlike = [name for name in one if name in told and one[name] != told[name]]
    assert (unlike, one["HttpVersion"]) == (["HttpVersion"], "HTTP2and3")
    hidden = set(told) - set(one)
    assert hidden == {"CallerReference", "DefaultRootObject", "Logging", "ContinuousDeploymentPolicyId"}
    assert "ETag" not in one


def test_listings_come_in_pages(stand: Stand) -> None:
    assert "Items" not in stand.edge.list_distributions()["DistributionList"]
    made = [stand.make(f"r{number}")["Id"] for number in range(5)]
    pages = list(stand.edge.get_paginator("list_distributions").paginate(MaxItems="2"))
    assert [one["DistributionList"]["Quantity"] for one in pages] == [2, 2, 1]
    assert [one["Id"] for page in pages for one in page["DistributionList"]["Items"]] == made


def test_a_write_says_what_it_replaces(stand: Stand) -> None:
    """aws-reality 6.6 g."""
    wanted = stand.make()["Id"]
    said, etag = stand.read(wanted)
    update, delete = stand.edge.update_distribution, stand.edge.delete_distribution
    assert refused(update, Id=wanted, DistributionConfig=said) == "InvalidIfMatchVersion"
    assert refused(delete, Id=wanted) == "InvalidIfMatchVersion"
    stand.change(wanted, Comment="somebody else")
    assert refused(update, Id=wanted, IfMatch=etag, DistributionConfig=said) == "PreconditionFailed"
    assert refused(delete, Id=wanted, IfMatch=etag) == "PreconditionFailed"
    assert refused(update, Id="ENONE", IfMatch=etag, DistributionConfig=said) == "NoSuchDistribution"
    assert refused(stand.edge.get_distribution_config, Id="ENONE") == "NoSuchDistribution"


def test_an_update_says_everything_again(stand: Stand) -> None:
    wanted = stand.make()["Id"]
    said, etag = stand.read(wanted)

    def updating(changed: dict[str, Any]) -> str:
        return refused(stand.edge.update_distribution, Id=wanted, IfMatch=etag, DistributionConfig=changed)

    assert updating(said | {"CallerReference": "other"}) == "IllegalUpdate"
    assert updating(config()) == "IllegalUpdate"
    for name in ("Aliases", "WebACLId", "ViewerCertificate", "CacheBehaviors"):
        assert updating({key: value for key, value in said.items() if key != name}) == "IllegalUpdate", name
    del said["Origins"]["Items"][0]["CustomOriginConfig"]["OriginReadTimeout"]
    assert updating(said) == "IllegalUpdate"


def test_a_reference_makes_one(stand: Stand) -> None:
    """aws-reality 1.4."""
    wanted = stand.make()["Id"]
    assert stand.refusing("r1") == "DistributionAlreadyExists"
    assert stand.refusing("r1", Comment="other") == "DistributionAlreadyExists"
    stand.make("r2")
    stand.remove(wanted)
    stand.make("r1")


def test_the_quota(clock: Leaping, connect: Connect) -> None:
    stand = Stand(Cloud(clock, quotas={"distributions": 1}), connect, clock)
    stand.make()
    assert stand.refusing() == "TooManyDistributions"
    stand.cloud.reset()


def test_an_account_that_is_not_verified_yet_has_none(clock: Leaping, connect: Connect) -> None:
    """aws-reality 6.6 e."""
    stand = Stand(Cloud(clock, quotas={"distributions": 0}), connect, clock)
    with pytest.raises(ClientError, match="must be verified") as caught:
        stand.make()
    error = translated(caught.value)
    assert "AWS Support" in error.why
    stand.cloud.reset()


def test_tags(stand: Stand) -> None:
    arn = stand.make()["ARN"]
    assert stand.edge.list_tags_for_resource(Resource=arn)["Tags"]["Items"] == TAGS
    stand.edge.tag_resource(Resource=arn, Tags={"Items": [{"Key": "a", "Value": "b"}]})
    assert stand.edge.list_tags_for_resource(Resource=arn)["Tags"]["Items"] == [*TAGS, {"Key": "a", "Value": "b"}]
    (one,) = stand.index.get_resources(ResourceTypeFilters=["cloudfront"])["ResourceTagMappingList"]
    assert (one["ResourceARN"], len(one["Tags"])) == (arn, 2)
    stand.edge.untag_resource(Resource=arn, TagKeys={"Items": ["a"]})
    assert stand.edge.list_tags_for_resource(Resource=arn)["Tags"]["Items"] == TAGS
    many = {"Items": [{"Key": f"k{number}", "Value": "v"} for number in range(50)]}
    assert refused(stand.edge.tag_resource, Resource=arn, Tags=many) == "InvalidTagging"
    reserved = {"Items": [{"Key": "aws:a", "Value": "v"}]}
    assert refused(stand.edge.tag_resource, Resource=arn, Tags=reserved) == "InvalidTagging"
    missing = arn.replace("distribution/", "distribution/X")
    assert refused(stand.edge.list_tags_for_resource, Resource=missing) == "NoSuchResource"


def test_the_index_is_in_one_region(stand: Stand, connect: Connect) -> None:
    stand.make()
    assert connect(stand.cloud, "resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"] == []
    assert len(stand.index.get_resources()["ResourceTagMappingList"]) == 1


def test_what_is_under_way_is_kept_over_a_restart(slowly: Stand, connect: Connect) -> None:
    made = slowly.make(**full(slowly))
    slowly.cloud.books.foreign_aliases.add("other.example.com")
    before = slowly.cloud.snapshot()
    again = Cloud(slowly.clock, speed=1)
    persistence.load(again, persistence.dumped(slowly.cloud))
    assert again.snapshot() == before
    assert again.books.foreign_aliases == {"other.example.com"}
    after = Stand(again, connect, slowly.clock)
    assert after.status(made["Id"]) == "InProgress"
    slowly.clock.sleep(301)
    assert after.status(made["Id"]) == "Deployed"
    again.reset()


def test_a_secret_header_is_not_in_a_snapshot(stand: Stand) -> None:
    stand.make(**full(stand))
    (one,) = stand.cloud.snapshot()["cloudfront"]["aws"]["distribution"].values()
    assert "not a secret" not in str(one)
    assert one["origins"]["files"]["OriginAccessControlId"] == "files"
    assert one["origins"]["files"]["bucket"] == "uat-files.s3.me-central-1.amazonaws.com"
    assert one["tags"] == {"muvi:address": "distribution/web"}


def test_managed_policies(stand: Stand) -> None:
    """aws-reality 6.6."""
    edge, managed = stand.edge, {"Type": "managed"}
    found = edge.list_cache_policies(**managed)["CachePolicyList"]
    ids = {one["CachePolicy"]["CachePolicyConfig"]["Name"]: one["CachePolicy"]["Id"] for one in found["Items"]}
    assert (ids["Managed-CachingDisabled"], ids["Managed-CachingOptimized"]) == (DISABLED, OPTIMIZED)
    assert found["Quantity"] == len(ids)
    seen = edge.list_origin_request_policies(**managed)["OriginRequestPolicyList"]["Items"]
    names = {one["OriginRequestPolicy"]["Id"]: one["OriginRequestPolicy"] for one in seen}
    assert names[ALL_VIEWER]["OriginRequestPolicyConfig"]["HeadersConfig"] == {"HeaderBehavior": "allViewer"}
    seen = edge.list_response_headers_policies(**managed)["ResponseHeadersPolicyList"]["Items"]
    shown = {one["ResponseHeadersPolicy"]["Id"]: one["ResponseHeadersPolicy"] for one in seen}
    said = shown[SECURE]["ResponseHeadersPolicyConfig"]
    assert said["SecurityHeadersConfig"]["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 31536000
    assert edge.list_cache_policies(Type="custom")["CachePolicyList"]["Quantity"] == 0


def test_what_is_not_looked_after_is_not_made(stand: Stand) -> None:
    said = {"Name": "f", "FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"}, "FunctionCode": b"x"}
    assert refused(stand.edge.create_function, **said) == "SandboxNotImplemented"
