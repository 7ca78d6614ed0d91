"""Common options are found wherever they stand, and commands to paste lead to the same place."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muvi_provision.cli.options import Options, hoisted, suggestion

SPELLINGS = {"-e": True, "--env": True, "--state-dir": True, "--json": False, "-q": False, "-y": False, "--yes": False}
OTHERS = ("plan", "day1", "--step", "1.4", "--exit-code", "-x", "-h")


@pytest.mark.parametrize(
    ("words", "front", "rest"),
    [
        ("plan day1 --json", "--json", "plan day1"),
        ("--json plan", "--json", "plan"),
        ("plan -e prodlike day1", "-e prodlike", "plan day1"),
        ("plan --env=prodlike", "--env=prodlike", "plan"),
        ("plan -eprodlike", "-eprodlike", "plan"),
        ("run -qy", "-qy", "run"),
        ("run -qx", "", "run -qx"),
        ("run --step 1.4 -- --json", "", "run --step 1.4 -- --json"),
        ("run -e", "-e", "run"),
        ("run --jsno", "", "run --jsno"),
    ],
)
def test_the_common_ones_are_taken_out(words: str, front: str, rest: str) -> None:
    assert hoisted(words.split(), SPELLINGS) == (front.split(), rest.split())


@given(
    st.lists(st.sampled_from(OTHERS)),
    st.lists(st.sampled_from([["--json"], ["-q"], ["-e", "uat"], ["--env=plan"], ["--state-dir", "--x"]])),
    st.randoms(use_true_random=False),
)
def test_nothing_is_lost_and_the_order_stays(rest: list[str], common: list[list[str]], chance: object) -> None:
    places = sorted(chance.randint(0, len(rest)) for _ in common)  # type: ignore[attr-defined]
    mixed, begin = [], 0
    for place, option in zip(places, common, strict=True):
        mixed += [*rest[begin:place], *option]
        begin = place
    mixed += rest[begin:]
    assert hoisted(mixed, SPELLINGS) == ([word for option in common for word in option], rest)


def test_suggestions() -> None:
    assert suggestion("plna", ["plan", "run"]) == ': did you mean "plan"?'
    assert suggestion("zzz", ["plan", "run"]) == ""


def test_a_command_to_paste_leads_to_the_same_environment() -> None:
    assert Options().again("muvi run") == "muvi run"
    assert Options().again("aws sso login") == "aws sso login"
    there = Options(env="my env.yaml", sandbox=True, state_dir=Path("else where"))
    assert shlex.split(there.again("muvi run")) == [
        *("muvi", "run", "-e", "my env.yaml", "--state-dir", "else where", "--sandbox"),
    ]
    assert Options(env="prodlike").again("muvi init -e NAME") == "muvi init -e NAME"
    assert there.again("aws configure") == "aws configure"
    elsewhere = Options(region="eu-central-1", profile="cinema")
    assert elsewhere.again("muvi verify") == "muvi verify --region eu-central-1 -p cinema"
    assert elsewhere.again("muvi run -p other --region us-east-1") == "muvi run -p other --region us-east-1"
    assert Options(profile="cinema", sandbox=True).again("muvi run") == "muvi run --sandbox"  # it reads no profile


def test_in_the_sandbox_no_advice_leads_to_the_real_aws() -> None:
    there, asked = Options(sandbox=True), "aws service-quotas request-service-quota-increase --service-code fargate"
    assert there.again(asked) == "muvi sandbox start --help"
    assert there.again("aws rds describe-events --source-type db-instance") == "muvi sandbox status"
    assert Options().again(asked) == asked
