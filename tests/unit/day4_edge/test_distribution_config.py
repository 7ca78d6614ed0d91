"""A distribution's configuration: complete as CloudFront wants it, and nothing of anybody else's lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muvi_provision.day4_edge import distribution_config as config
from muvi_provision.day4_edge.distribution_config import AS_TOLD

API: dict[str, Any] = {"id": "api", "domain": "api.elb.test", "reach": "http", "header": "X-Muvi-Origin"}
ODD: dict[str, Any] = {"id": "odd", "domain": "odd.elb.test", "reach": "http", "port": 8080}
GO: dict[str, Any] = {"id": "go", "domain": "go.test", "reach": "https"}
FILES: dict[str, Any] = {"id": "files", "domain": "files.s3.test", "reach": "bucket", "access": "E1"}
FIRST: dict[str, Any] = {"path": "*", "origin": "api", "cache": "p-none", "request": "p-all", "methods": "all"}

ORIGINS = st.lists(st.sampled_from([API, ODD, GO, FILES]), min_size=1, unique_by=lambda words: words["id"])
BEHAVIOURS = st.lists(
    st.fixed_dictionaries(
        {
            "path": st.text("abc/*", min_size=1, max_size=5),
            "origin": st.sampled_from(["api", "go", "files"]),
            "cache": st.sampled_from(["p-none", "p-long"]),
            "methods": st.sampled_from(["all", "read", "ask"]),
        },
        optional={"request": st.just("p-all")},
    ),
    max_size=4,
    unique_by=lambda words: words["path"],
).map(lambda others: [FIRST, *others])


def made(origins: Any, behaviours: Any, there: Any = None) -> dict[str, Any]:
    return config.merged(there or {}, {"Comment": "uat-api"}, config.with_value(origins, "s3cret"), behaviours)


def lists(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Quantity" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from lists(each)


@given(ORIGINS, BEHAVIOURS)
def test_what_was_said_is_read_back(origins: list[dict[str, Any]], behaviours: list[dict[str, Any]]) -> None:
    shown = made(origins, behaviours)
    assert config.read_origins(shown) == tuple(sorted(origins, key=lambda words: words["id"]))
    assert config.read_behaviours(shown) == tuple(behaviours)
    assert "s3cret" not in repr(config.read_origins(shown))


@given(ORIGINS, BEHAVIOURS)
def test_every_list_says_how_long_it_is_and_empty_ones_have_no_items(origins: Any, behaviours: Any) -> None:
    for each in lists(made(origins, behaviours)):
        assert each["Quantity"] == len(each.get("Items", ()))
        assert each.get("Items") != []


@given(ORIGINS, BEHAVIOURS)
def test_the_same_again_changes_nothing(origins: Any, behaviours: Any) -> None:
    there = made(origins, behaviours)
    assert made(origins, behaviours, there) == there


def test_what_is_somebody_elses_is_kept() -> None:
    there = made([API], [FIRST])
    there["Logging"] = {"Enabled": True, "IncludeCookies": False, "Bucket": "logs.s3.test", "Prefix": "cdn/"}
    there["Origins"]["Items"][0] |= {"ConnectionAttempts": 2, "OriginShield": {"Enabled": True}}
    there["DefaultCacheBehavior"] |= {"ResponseHeadersPolicyId": "p-headers", "SmoothStreaming": True}
    again = made([API], [{**FIRST, "methods": "read"}], there)
    assert again["Logging"]["Bucket"] == "logs.s3.test"
    assert again["Origins"]["Items"][0]["ConnectionAttempts"] == 2
    assert again["Origins"]["Items"][0]["OriginShield"] == {"Enabled": True}
    assert again["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == "p-headers"
    assert again["DefaultCacheBehavior"]["SmoothStreaming"] is True
    assert again["DefaultCacheBehavior"]["AllowedMethods"]["Items"] == ["GET", "HEAD"]


@pytest.mark.parametrize(("before", "after"), [("p-none", AS_TOLD), (AS_TOLD, "p-none")])
def test_a_policy_and_times_of_ones_own_are_never_mixed(before: str, after: str) -> None:
    bare = {key: value for key, value in FIRST.items() if key != "request"}
    there = made([API], [{**bare, "cache": before}])
    behaviour = made([API], [{**bare, "cache": after}], there)["DefaultCacheBehavior"]
    assert ("CachePolicyId" in behaviour) != ("ForwardedValues" in behaviour)
    assert config.read_behaviours({"DefaultCacheBehavior": behaviour})[0]["cache"] == after


def test_a_bucket_that_becomes_a_server_is_no_bucket_any_more() -> None:
    there = made([FILES], [{**FIRST, "origin": "files"}])
    (origin,) = made([{**GO, "id": "files"}], [{**FIRST, "origin": "files"}], there)["Origins"]["Items"]
    assert "S3OriginConfig" not in origin
    assert origin["OriginAccessControlId"] == ""
    (back,) = made([FILES], [FIRST], {"Origins": config.listed([origin])})["Origins"]["Items"]
    assert "CustomOriginConfig" not in back


@pytest.mark.parametrize(
    ("by_hand", "seen"),
    [
        ({"OriginProtocolPolicy": "match-viewer"}, "match-viewer"),
        ({"OriginSslProtocols": {"Quantity": 2, "Items": ["TLSv1", "TLSv1.2"]}}, "https (TLSv1, TLSv1.2)"),
    ],
)
def test_another_way_to_a_server_is_seen(by_hand: dict[str, Any], seen: str) -> None:
    shown = made([GO], [FIRST])
    shown["Origins"]["Items"][0]["CustomOriginConfig"] |= by_hand
    assert config.read_origins(shown)[0]["reach"].startswith(seen)


def test_another_behaviour_is_seen() -> None:
    shown = made([API], [FIRST])
    shown["DefaultCacheBehavior"] |= {"ViewerProtocolPolicy": "allow-all"}
    assert config.read_behaviours(shown)[0]["viewers"] == "allow-all"
    shown["DefaultCacheBehavior"]["AllowedMethods"] = config.listed(["GET", "HEAD", "PUT"])
    assert config.read_behaviours(shown)[0]["methods"] == ["GET", "HEAD", "PUT"]


def test_a_website_of_one_page_answers_for_what_is_not_there() -> None:
    pages = config.error_pages(single_page=True)
    assert {each["ErrorCode"]: each["ResponseCode"] for each in pages["Items"]} == {403: "200", 404: "200"}
    assert config.has_error_pages({"CustomErrorResponses": pages})
    assert not config.has_error_pages({"CustomErrorResponses": config.error_pages(single_page=False)})


def test_no_certificate_is_cloudfronts_own() -> None:
    assert config.viewer_certificate("", "TLSv1.2_2021") == {"CloudFrontDefaultCertificate": True}
    assert config.viewer_certificate("arn", "TLSv1.2_2021")["SSLSupportMethod"] == "sni-only"
