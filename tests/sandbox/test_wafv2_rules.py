"""WAFv2: rules, what they cost, and the groups that AWS manages."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.edge_stand import Stand, from_set, group, rate, rule, seen, starts
from tests.sandbox.refusals import refused

SCOPE = {"Scope": "CLOUDFRONT"}
INVALID, MISSING = "WAFInvalidParameterException", "WAFNonexistentItemException"
GEO: dict[str, Any] = {"GeoMatchStatement": {"CountryCodes": ["AE"]}}
SEVEN = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
}


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


def body(**how: Any) -> dict[str, Any]:
    said = {"FieldToMatch": {"Body": how}, "ComparisonOperator": "GT", "Size": 8192}
    return {"SizeConstraintStatement": said | {"TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}


def both(*inner: dict[str, Any]) -> dict[str, Any]:
    return {"AndStatement": {"Statements": list(inner)}}


def without_action() -> dict[str, Any]:
    return {name: value for name, value in rule(0, GEO).items() if name != "Action"}


def scripts(**part: Any) -> dict[str, Any]:
    return {"XssMatchStatement": {"FieldToMatch": part, "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}


def written(text: str) -> dict[str, Any]:
    said = {"RegexString": text, "FieldToMatch": {"UriPath": {}}}
    return {"RegexMatchStatement": said | {"TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}


def changed(*priorities: int) -> dict[str, Any]:
    one = starts("/a", *("LOWERCASE" for _ in priorities))
    for said, priority in zip(one["ByteMatchStatement"]["TextTransformations"], priorities, strict=True):
        said["Priority"] = priority
    return one


COUNTED = {"OverrideAction": {"Count": {}}}
REFUSED: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = [
    (INVALID, [rule(1, rate()), rule(1, GEO) | {"Name": "b"}], [rule(1, rate()), rule(2, GEO)]),
    (INVALID, [rule(1, rate()), rule(2, GEO) | {"Name": "rule-1"}], [rule(1, rate()), rule(2, GEO)]),
    (INVALID, [rule(0, group(), Action={"Block": {}})], [rule(0, group())]),
    (INVALID, [rule(0, rate(), OverrideAction={"None": {}})], [rule(0, rate())]),
    (INVALID, [without_action()], [rule(0, GEO)]),
    (INVALID, [rule(0, GEO) | {"Action": {"Block": {}, "Allow": {}}}], [rule(0, GEO) | {"Action": {"Allow": {}}}]),
    (INVALID, [rule(0, group()) | {"OverrideAction": {}}], [rule(0, group()) | COUNTED]),
    (INVALID, [rule(0, GEO | rate())], [rule(0, GEO)]),
    (INVALID, [rule(0, {})], [rule(0, GEO)]),
    (INVALID, [rule(0, GEO, VisibilityConfig=seen("All"))], [rule(0, GEO, VisibilityConfig=seen("all"))]),
    ("ValidationException", [rule(0, GEO, VisibilityConfig=seen("a b"))], [rule(0, GEO)]),
    (INVALID, [rule(0, both(GEO, rate()))], [rule(0, both(GEO, starts()))]),
    (INVALID, [rule(0, both(GEO))], [rule(0, both(GEO, GEO))]),
    (INVALID, [rule(0, {"NotStatement": {"Statement": group()}})], [rule(0, {"NotStatement": {"Statement": GEO}})]),
    ("WAFSubscriptionNotFoundException", [rule(0, group("X", VendorName="Other"))], [rule(0, group())]),
    (MISSING, [rule(0, group("AWSManagedRulesNoSuchRuleSet"))], [rule(0, group("AWSManagedRulesUnixRuleSet"))]),
    ("ValidationException", [rule(0, rate(), Priority=0) | {"Name": "a b"}], [rule(0, rate(10))]),
    (INVALID, [rule(0, rate(EvaluationWindowSec=90))], [rule(0, rate(EvaluationWindowSec=60))]),
    (
        INVALID,
        [rule(0, rate(AggregateKeyType="CONSTANT"))],
        [rule(0, rate(AggregateKeyType="CONSTANT", ScopeDownStatement=GEO))],
    ),
    (INVALID, [rule(0, rate(AggregateKeyType="FORWARDED_IP"))], [rule(0, rate())]),
    (
        "WAFLimitsExceededException",
        [rule(number, rate()) for number in range(11)],
        [rule(number, rate()) for number in range(10)],
    ),
    ("WAFConfigurationWarningException", [rule(0, body())], [rule(0, body(OversizeHandling="CONTINUE"))]),
    (INVALID, [rule(0, starts("/" * 201))], [rule(0, starts("/" * 200))]),
    (INVALID, [rule(0, scripts(QueryString={}, UriPath={}))], [rule(0, scripts(QueryString={}))]),
    (INVALID, [rule(0, written("(a"))], [rule(0, written("^/(a|b)$"))]),
    (INVALID, [rule(0, changed(1, 1))], [rule(0, changed(1, 0))]),
    (
        INVALID,
        [rule(0, group(RuleActionOverrides=[{"Name": "SizeRestrictions_BODY", "ActionToUse": {}}]))],
        [rule(0, group(RuleActionOverrides=[{"Name": "NoSuchRule", "ActionToUse": {"Count": {}}}]))],  # ignored (6.8)
    ),
    (
        INVALID,
        [rule(0, group("AWSManagedRulesAnonymousIpList", Version="Version_1.0"))],
        [rule(0, group(Version="Version_1.0"))],
    ),
]


@pytest.mark.parametrize(("code", "bad", "good"), REFUSED)
def test_refused_and_not(stand: Stand, code: str, bad: list[dict[str, Any]], good: list[dict[str, Any]]) -> None:
    assert refused(stand.waf.create_web_acl, **stand.guarding("web", *bad)) == code
    assert refused(stand.waf.check_capacity, Rules=bad, **SCOPE) == code
    made = stand.acl("web", *good)
    change = {"Name": "web", "Id": made["Id"], "LockToken": made["LockToken"], "VisibilityConfig": seen("web")}
    change |= SCOPE | {"DefaultAction": {"Allow": {}}}
    assert refused(stand.waf.update_web_acl, Rules=bad, **change) == code
    stand.waf.update_web_acl(Rules=good, **change)


def test_the_default_action(stand: Stand) -> None:
    for action in ({}, {"Allow": {}, "Block": {}}):
        assert refused(stand.waf.create_web_acl, **stand.guarding("web", DefaultAction=action)) == INVALID
    stand.acl("web", DefaultAction={"Block": {}})


def test_answers_of_one_s_own(stand: Stand) -> None:
    own = rule(0, GEO) | {"Action": {"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": "k"}}}}
    assert refused(stand.waf.create_web_acl, **stand.guarding("web", own)) == INVALID
    stand.acl("web", own, CustomResponseBodies={"k": {"ContentType": "TEXT_PLAIN", "Content": "no"}})


def test_ip_sets_that_are_named(stand: Stand) -> None:
    """aws-reality 6.8 e."""
    arn = stand.ip_set()

    def making(named: str) -> str:
        return refused(stand.waf.create_web_acl, **stand.guarding("web", rule(0, both(GEO, from_set(named)))))

    assert making(arn.replace("us-east-1", "me-central-1").replace("global", "regional")) == INVALID
    assert making(arn[:-1] + ("0" if arn[-1] != "0" else "1")) == MISSING
    stand.acl("web", rule(0, from_set(arn)))


def test_a_new_ip_set_cannot_be_named_at_once(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    stand = Stand(slow, connect, clock)
    named = stand.guarding("web", rule(0, from_set(stand.ip_set())))
    assert refused(stand.waf.create_web_acl, **named) == "WAFUnavailableEntityException"
    clock.sleep(11)
    stand.waf.create_web_acl(**named)


@pytest.mark.parametrize(
    ("statement", "units"),
    [
        (starts(how="EXACTLY"), 2),
        (starts(how="ENDS_WITH"), 2),
        (starts(how="CONTAINS"), 10),
        (starts("/a", "LOWERCASE"), 12),
        (starts("/a", "LOWERCASE", "URL_DECODE", how="CONTAINS_WORD"), 30),
        (GEO, 1),
        (scripts(QueryString={}), 40),
        (scripts(AllQueryArguments={}), 50),
        (scripts(JsonBody={"MatchPattern": {"All": {}}, "MatchScope": "ALL", "OversizeHandling": "MATCH"}), 80),
        (body(OversizeHandling="MATCH"), 1),
        ({"LabelMatchStatement": {"Scope": "LABEL", "Key": "a:b"}}, 1),
        (rate(), 2),
        (rate(ScopeDownStatement=starts()), 4),
        (rate(AggregateKeyType="CUSTOM_KEYS", CustomKeys=[{"HTTPMethod": {}}, {"IP": {}}]), 62),
        (both(GEO, {"NotStatement": {"Statement": starts(how="CONTAINS")}}), 11),
        (group("AWSManagedRulesSQLiRuleSet"), 200),
        (group("AWSManagedRulesSQLiRuleSet", ScopeDownStatement=GEO), 201),
    ],
)
def test_capacity(stand: Stand, statement: dict[str, Any], units: int) -> None:
    assert stand.waf.check_capacity(Rules=[rule(0, statement)], **SCOPE)["Capacity"] == units


def test_the_seven_groups_and_more(stand: Stand) -> None:
    """aws-reality 6.8: 1,475 units, of which 1,500 are in the price and 5,000 are possible."""
    rules = [rule(number, group(name)) for number, name in enumerate(SEVEN)]
    rules += [rule(10, rate()), rule(11, from_set(stand.ip_set()))]
    assert stand.waf.check_capacity(Rules=rules, **SCOPE)["Capacity"] == 1478
    more = [rule(20 + number, group(f"AWSManagedRules{one}RuleSet")) for number, one in enumerate(["Unix", "Common"])]
    stand.acl("web", *rules, *more)
    many = [rule(number, group()) for number in range(8)]
    assert refused(stand.waf.create_web_acl, **stand.guarding("many", *many)) == "WAFLimitsExceededException"
    stand.acl("many", *many[:7])


@pytest.mark.parametrize(("name", "units"), SEVEN.items())
def test_managed_groups(stand: Stand, name: str, units: int) -> None:
    told = stand.waf.describe_managed_rule_group(VendorName="AWS", Name=name, **SCOPE)
    assert told["Capacity"] == units
    assert all(set(one["Action"]) <= {"Block", "Count"} for one in told["Rules"])
    assert told["LabelNamespace"].startswith("awswaf:managed:aws:")
    listed = stand.waf.list_available_managed_rule_groups(**SCOPE)["ManagedRuleGroups"]
    assert name in [one["Name"] for one in listed]
    missing = {"VendorName": "AWS", "Name": "None"} | SCOPE
    assert refused(stand.waf.describe_managed_rule_group, **missing) == MISSING


def test_rules_that_are_known_to_get_in_the_way(stand: Stand) -> None:
    told = stand.waf.describe_managed_rule_group(VendorName="AWS", Name="AWSManagedRulesCommonRuleSet", **SCOPE)
    names = {one["Name"] for one in told["Rules"]}
    assert {"SizeRestrictions_BODY", "NoUserAgent_HEADER", "CrossSiteScripting_BODY", "GenericRFI_BODY"} <= names


def test_what_is_not_looked_after_is_not_made(stand: Stand) -> None:
    said = {"Name": "a", "RegularExpressionList": [{"RegexString": "a"}]} | SCOPE
    assert refused(stand.waf.create_regex_pattern_set, **said) == "SandboxNotImplemented"
