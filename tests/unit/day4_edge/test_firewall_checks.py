"""Whether a file says a firewall that AWS would take, and that does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from muvi_provision.environment import load
from muvi_provision.errors import EnvironmentInvalid

TINY = (Path(__file__).parents[2] / "environments" / "tiny.yaml").read_text(encoding="utf-8")
RULES = TINY[TINY.index("firewall:") : TINY.index("distributions:")]
COMMON = "{group: AWSManagedRulesCommonRuleSet"


def complaints(tmp_path: Path, *rules: str) -> str:
    """What is said of a file with these rules."""
    path = tmp_path / "tiny.yaml"
    said = "".join(f"  {rule}\n" for rule in rules)
    path.write_text(TINY.replace(RULES, f"firewall:\n{said}\n"), encoding="utf-8")
    try:
        load(path)
    except EnvironmentInvalid as error:
        return "\n".join(error.complaints)
    return ""


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("common: {group: AWSManagedRulesComonRuleSet}", 'did you mean "AWSManagedRulesCommonRuleSet"?'),
        ("bots: {group: AWSManagedRulesBotControlRuleSet}", "is no group of rules that is known here"),
        (f"common: {COMMON}, count_rules: [SizeRestriction_BODY]}}", 'did you mean "SizeRestrictions_BODY"?'),
        (f"common: {COMMON}, count_rules: [xyz]}}", "it has NoUserAgent_HEADER, "),
        ("limit: {limit: 100, count_rules: [SQLi_BODY]}", "count_rules goes with a group"),
        ("office: {allow: [0.0.0.0/0]}", "is everybody"),
        ("large: {larger_than: 20000}", "the first 16384 bytes of a body"),
    ],
)
def test_what_aws_refuses_or_takes_without_a_word(tmp_path: Path, rule: str, said: str) -> None:
    assert said in complaints(tmp_path, rule)


def test_what_does_not_fit_is_told_with_what_each_rule_takes(tmp_path: Path) -> None:
    twice = (f"common: {COMMON}}}", f"again: {COMMON}, count: true}}", "sql: {group: AWSManagedRulesSQLiRuleSet}")
    said = complaints(tmp_path, *twice)
    assert "the rules take 1600 capacity units, 100 more than 1500: common 700, again 700, sql 200" in said


def test_only_so_many_limits(tmp_path: Path) -> None:
    rules = [f"limit-{letter}: {{limit: 100}}" for letter in "abcdefghijk"]
    assert not complaints(tmp_path, *rules[:10])
    assert "11 rules have a limit: a web ACL takes 10 of them" in complaints(tmp_path, *rules)


def test_a_rule_that_is_wrong_otherwise_is_only_told_once(tmp_path: Path) -> None:
    said = complaints(tmp_path, "both: {limit: 100, group: AWSManagedRulesCommonRuleSet}")
    assert said.count("\n") == 0
    assert "exactly one of" in said
