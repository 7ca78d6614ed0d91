"""What a web ACL lets through of what the internet asks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.outside import Outside, answers, arrive
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.edge_stand import Stand, behaviour, bucket, from_set, group, listed, rate, rule, starts

GEO: dict[str, Any] = {"GeoMatchStatement": {"CountryCodes": ["AE"]}}
ALLOW: dict[str, Any] = {"Action": {"Allow": {}}}
COUNT: dict[str, Any] = {"Action": {"Count": {}}}
UNCHANGED = [{"Priority": 0, "Type": "NONE"}]
SHUT: dict[str, Any] = {"DefaultAction": {"Block": {}}}
FILES = {"Bucket": "uat-files"}


class Site:
    """A distribution behind a web ACL. What is let through finds a bucket that refuses it, too."""

    def __init__(self, cloud: Cloud, connect: Connect, clock: Leaping) -> None:
        self.stand, self.cloud, self.outside = Stand(cloud, connect, clock), cloud, Outside(cloud)
        self.s3 = connect(cloud, "s3")
        self.s3.create_bucket(CreateBucketConfiguration={"LocationConstraint": REGION}, **FILES)
        self.at = ""

    def guarded(self, *rules: dict[str, Any], **more: Any) -> None:
        acl = self.stand.acl("web", *rules, **more)
        methods = listed("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE")
        said = {
            "Origins": listed(bucket(self.stand.control())),
            "DefaultCacheBehavior": behaviour("files", AllowedMethods=methods),
        }
        self.at = str(self.stand.make(WebACLId=acl["ARN"], **said)["DomainName"])

    def passes(self, path: str = "/", **more: Any) -> bool:
        got = self.outside.get(f"https://{self.at}{path}", more.pop("headers", {"User-Agent": "test"}), **more)
        assert got.status == 403, "by the firewall, or by the bucket"
        return b"Request blocked" not in got.body


@pytest.fixture
def site(cloud: Cloud, connect: Connect, clock: Leaping) -> Site:
    return Site(cloud, connect, clock)


def inside(**kinds: Any) -> dict[str, Any]:
    return {"NotStatement": {"Statement": kinds}}


def test_from_where_it_is_asked(site: Site) -> None:
    office, rival = site.stand.ip_set("office", "192.0.2.0/24"), site.stand.ip_set("rival", "198.51.100.0/24")
    far = rule(2, inside(**GEO))
    site.guarded(rule(0, from_set(office)) | ALLOW, rule(1, from_set(rival)), far)
    assert site.passes(), "nobody knows whence"
    for address, country, expected in (
        ("192.0.2.7", "DE", True),
        ("198.51.100.7", "AE", False),
        ("203.0.113.7", "AE", True),
        ("203.0.113.7", "DE", False),
        ("2001:db8::1", "AE", True),
    ):
        arrive(site.cloud, address, country)
        assert site.passes() is expected, (address, country)
    kept = persistence.dumped(site.cloud)
    site.cloud.reset()
    persistence.load(site.cloud, kept)
    assert site.cloud.books.visitor == ("2001:db8::1", "AE")


def test_nobody_but_the_office(site: Site) -> None:
    site.guarded(rule(0, from_set(site.stand.ip_set())) | ALLOW, **SHUT)
    assert not site.passes()
    answers(site.cloud)["visitor"]({"address": "192.0.2.9"})
    assert site.passes()
    answers(site.cloud)["visitor"]({})
    assert not site.passes()


def long(part: dict[str, Any], size: int, how: str = "GT") -> dict[str, Any]:
    said = {"FieldToMatch": part, "ComparisonOperator": how, "Size": size, "TextTransformations": UNCHANGED}
    return {"SizeConstraintStatement": said}


def both(*inner: dict[str, Any]) -> dict[str, Any]:
    return {"AndStatement": {"Statements": list(inner)}}


def written(text: str, **part: Any) -> dict[str, Any]:
    return {"RegexMatchStatement": {"RegexString": text, "FieldToMatch": part, "TextTransformations": UNCHANGED}}


@pytest.mark.parametrize(
    ("statement", "kept_out", "let_in"),
    [
        (starts("/admin"), {"path": "/admin/a"}, {"path": "/Admin"}),
        (starts("/admin", "URL_DECODE", "LOWERCASE"), {"path": "/%41dmin"}, {"path": "/a/admin"}),
        (starts("otp", how="CONTAINS"), {"path": "/a/otp1"}, {"path": "/a"}),
        (starts("otp", how="CONTAINS_WORD"), {"path": "/a/otp"}, {"path": "/a/otp1"}),
        (starts("/a", how="EXACTLY"), {"path": "/a"}, {"path": "/ab"}),
        (starts(".php", how="ENDS_WITH"), {"path": "/a.php"}, {"path": "/a.php5"}),
        (written("^a=[0-9]+$", QueryString={}), {"path": "/?a=1"}, {"path": "/?a=b"}),
        (written("^P", Method={}), {"method": "POST"}, {"method": "GET"}),
        (written("^x$", SingleHeader={"Name": "X-Kind"}), {"headers": {"X-KIND": "x"}}, {"headers": {"x-kind": "y"}}),
        (
            long({"Body": {"OversizeHandling": "MATCH"}}, 3),
            {"method": "POST", "body": b"1234"},
            {"method": "POST", "body": b"123"},
        ),
        (long({"QueryString": {}}, 3, "LE"), {"path": "/?abc"}, {"path": "/?abcd"}),
        (inside(**both(GEO, starts("/a"))), {"path": "/b"}, {"path": "/a"}),
        (both(starts("/a"), inside(**starts("/ab"))), {"path": "/ac"}, {"path": "/ab"}),
        ({"OrStatement": {"Statements": [GEO, starts("/a")]}}, {"path": "/a"}, {"path": "/b"}),
        ({"OrStatement": {"Statements": [starts("/a"), starts("/b")]}}, {"path": "/b"}, {"path": "/c"}),
    ],
)
def test_what_is_asked_for(site: Site, statement: dict[str, Any], kept_out: Any, let_in: Any) -> None:
    site.guarded(rule(0, statement))
    assert not site.passes(**kept_out)
    assert site.passes(**let_in)


def test_of_what_nobody_can_tell_nothing_comes(site: Site) -> None:
    """Rates, labels, and changes of a text that are not made here."""
    label = {"LabelMatchStatement": {"Scope": "LABEL", "Key": "a:b"}}
    site.guarded(rule(0, rate(10)), rule(1, label), rule(2, starts("/", "CMD_LINE")), rule(3, GEO), rule(4, group()))
    assert all(site.passes() for _ in range(20))


def test_rules_are_asked_in_their_order(site: Site) -> None:
    open_first = rule(5, starts("/open")) | ALLOW
    site.guarded(rule(9, starts("/")), open_first, rule(1, starts("/open/not")), rule(0, starts("/open/not/a")) | COUNT)
    assert site.passes("/open")
    assert not site.passes("/other")
    assert not site.passes("/open/not/a"), "counting ends nothing"


@pytest.mark.parametrize(
    ("more", "named", "nameless"),
    [
        ({}, True, False),
        ({"RuleActionOverrides": [{"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}}]}, True, True),
        ({"ScopeDownStatement": starts("/api")}, True, True),
    ],
)
def test_who_does_not_say_what_he_is(site: Site, more: dict[str, Any], named: bool, nameless: bool) -> None:
    """aws-reality 6.8: NoUserAgent_HEADER of the common group."""
    site.guarded(rule(0, group(**more)))
    assert site.passes() is named
    assert site.passes(headers={}) is nameless


def test_a_group_that_only_counts(site: Site) -> None:
    site.guarded(rule(0, group()) | {"OverrideAction": {"Count": {}}})
    assert site.passes(headers={})


def test_pages_for_errors_stand_for_its_answer_too(site: Site) -> None:
    """A website of one page says 200 to whom the firewall keeps out, as on AWS."""
    site.guarded(**SHUT)
    site.s3.put_object(Key="index.html", Body=b"<html>", **FILES)
    (shown,) = site.stand.edge.list_distributions()["DistributionList"]["Items"]
    reading = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject"}
    reading |= {"Resource": "arn:aws:s3:::uat-files/*", "Condition": {"StringEquals": {"AWS:SourceArn": shown["ARN"]}}}
    site.s3.put_bucket_policy(Policy=json.dumps({"Version": "2012-10-17", "Statement": [reading]}), **FILES)
    assert not site.passes("/index.html")
    pages = {"ErrorCode": 403, "ResponsePagePath": "/index.html", "ResponseCode": "200", "ErrorCachingMinTTL": 10}
    site.stand.change(shown["Id"], CustomErrorResponses=listed(pages))
    site.stand.edge.list_distributions()
    got = site.outside.get(f"https://{site.at}/any")
    assert (got.status, got.body) == (200, b"<html>")
