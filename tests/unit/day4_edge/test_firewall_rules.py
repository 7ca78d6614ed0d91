"""Firewall rules: from the environment's words to AWS's and back, and what they take of the capacity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muvi_provision.day4_edge import firewall_rules
from muvi_provision.day4_edge.firewall_rules import SORTS, UNLIKE, read, spelt
from muvi_provision.environment import Environment
from muvi_provision.environment.firewall_units import GROUPS, INCLUDED, units

ARN = "arn:aws:wafv2:us-east-1:000011112222:global/ipset/uat-list/0123"
PATHS = st.text("abcdefghijklmnopqrstuvwxyz-/", min_size=0, max_size=10).map(lambda text: f"/{text}")
LIMITS = st.fixed_dictionaries(
    {"limit": st.integers(10, 2_000_000_000), "window_s": st.sampled_from([60, 120, 300, 600])},
    optional={"path": PATHS},
)
NAMED = st.sampled_from(sorted(GROUPS)).flatmap(
    lambda group: st.fixed_dictionaries(
        {"group": st.just(group)},
        optional={"count_rules": st.sampled_from(GROUPS[group].rules).map(lambda rule: (rule,))},
    )
)
LISTS = st.sampled_from([{"allow": ARN}, {"block": ARN}])
COUNTRIES = st.lists(st.sampled_from(["AE", "SA", "QA", "EG"]), min_size=1, unique=True)
OUTSIDE = COUNTRIES.map(lambda found: {"outside": tuple(found)})
SIZES = st.integers(0, 16384).map(lambda size: {"larger_than": size})
JUDGED = st.one_of(LIMITS, NAMED, OUTSIDE, SIZES, LISTS)


@st.composite
def rule(draw: st.DrawFn, name: str = "one") -> dict[str, Any]:
    words = {"name": name, **draw(JUDGED)}
    if "allow" not in words and draw(st.booleans()):
        words["count"] = True
    return words


@given(rule())
def test_what_was_said_is_read_back(words: dict[str, Any]) -> None:
    assert read("uat", spelt("uat", [words])) == (words,)


@given(rule())
def test_what_was_said_is_read_back_as_aws_shows_it(words: dict[str, Any]) -> None:
    shown = [_as_shown(each) for each in spelt("uat", [words])]
    assert read("uat", shown) == (words,)


def _as_shown(said: Any) -> Any:
    """AWS answers texts that are searched for as bytes, and lists that were not sent as empty ones."""
    match said:
        case {"SearchString": text}:
            return {**said, "SearchString": text.encode()}
        case dict():
            shown = {key: _as_shown(value) for key, value in said.items()}
            return {**shown, "ExcludedRules": []} if "VendorName" in said else shown
        case list():
            return [_as_shown(each) for each in said]
    return said


def test_every_limit_counts_each_address_by_itself() -> None:
    (said,) = spelt("uat", [{"name": "otp", "limit": 100, "window_s": 60, "path": "/otp"}])
    rate = said["Statement"]["RateBasedStatement"]
    match = rate["ScopeDownStatement"]["ByteMatchStatement"]
    assert (rate["Limit"], rate["EvaluationWindowSec"], rate["AggregateKeyType"]) == (100, 60, "IP")
    assert (match["SearchString"], match["PositionalConstraint"]) == ("/otp", "CONTAINS")
    assert match["TextTransformations"] == [{"Priority": 0, "Type": "NONE"}]
    assert said["VisibilityConfig"]["MetricName"] == "uat-otp"


@pytest.mark.parametrize(
    ("words", "acts"),
    [
        ({"limit": 100, "window_s": 300}, {"Action": {"Block": {}}}),
        ({"limit": 100, "window_s": 300, "count": True}, {"Action": {"Count": {}}}),
        ({"allow": ARN}, {"Action": {"Allow": {}}}),
        ({"block": ARN}, {"Action": {"Block": {}}}),
        ({"outside": ("AE",)}, {"Action": {"Block": {}}}),
        ({"larger_than": 8192}, {"Action": {"Block": {}}}),
        ({"group": "AWSManagedRulesSQLiRuleSet"}, {"OverrideAction": {"None": {}}}),
        ({"group": "AWSManagedRulesSQLiRuleSet", "count": True}, {"OverrideAction": {"Count": {}}}),
    ],
)
def test_a_group_overrides_and_all_others_act(words: dict[str, Any], acts: dict[str, Any]) -> None:
    (said,) = spelt("uat", [{"name": "one", **words}])
    assert {key: said[key] for key in ("Action", "OverrideAction") if key in said} == acts


def test_the_order_is_that_of_the_priorities() -> None:
    words = [{"name": name, "limit": 100, "window_s": 300} for name in ("first", "second", "third")]
    said = spelt("uat", words)
    assert [each["Priority"] for each in said] == [0, 1, 2]
    assert [each["name"] for each in read("uat", reversed(said))] == ["first", "second", "third"]


@pytest.mark.parametrize(
    "by_hand",
    [
        {"RuleLabels": [{"Name": "looked-at"}]},
        {"Action": {"Captcha": {}}},
        {"Statement": {"GeoMatchStatement": {"CountryCodes": ["AE"]}}},
        {"Statement": {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "CONSTANT"}}},
    ],
)
def test_what_no_words_could_make_is_not_taken_for_what_they_did_make(by_hand: dict[str, Any]) -> None:
    words = {"name": "one", "limit": 100, "window_s": 300}
    (said,) = spelt("uat", [words])
    (found,) = read("uat", [{**said, **by_hand}])
    assert found.keys() == {"name", UNLIKE}


def test_the_shipped_files_fit(uat: Environment, prodlike: Environment) -> None:
    assert capacity(_of(uat)) == 14
    assert capacity(_of(prodlike)) == 1493 <= INCLUDED


def test_file_order_is_kept_and_lists_stand_for_addresses(prodlike: Environment) -> None:
    found = _of(prodlike)
    assert [each["name"] for each in found] == list(prodlike.firewall)
    assert {each["name"] for each in found if ARN in each.values()} == {"allow-list", "block-list"}
    assert firewall_rules.lists(prodlike) == {"allow-list": (), "block-list": ()}


def test_a_list_that_only_counts_reads_back_whatever_it_is_for(tiny: Environment) -> None:
    counting = tiny.firewall["allow-list"].model_copy(update={"count": True})
    words = firewall_rules.rules(tiny.model_copy(update={"firewall": {"allow-list": counting}}), {"allow-list": ARN})
    assert read("tiny", spelt("tiny", words)) == words


def capacity(rules: Iterable[dict[str, Any]]) -> int:
    """What AWS would say that they take."""
    sorts = [(next(sort for sort in SORTS if sort in words), words) for words in rules]
    return sum(units(sort, path="path" in words, group=words.get("group", "")) for sort, words in sorts)


def _of(environment: Environment) -> tuple[dict[str, Any], ...]:
    return firewall_rules.rules(environment, dict.fromkeys(firewall_rules.lists(environment), ARN))
