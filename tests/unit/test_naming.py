"""Names fit, stay and differ; ownership is all three tags or nothing."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muvi_provision.naming import ADDRESS, ENVIRONMENT, LINEAGE, Ownership, physical

LETTERS = string.ascii_lowercase + string.digits + "-"
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,80}[a-z0-9]", fullmatch=True)
ENVS = st.from_regex(r"[a-z][a-z0-9]{1,11}", fullmatch=True)
steady = settings(derandomize=True, deadline=None, database=None, max_examples=100)
OURS = Ownership("uat", "0123abcd")


def test_a_short_name_is_the_environment_and_the_name() -> None:
    assert physical("uat", "main", 255) == "uat-main"
    assert physical("uat", "main", 8) == "uat-main"


def test_the_hash_of_a_long_name_never_changes() -> None:
    """Else an object made by an earlier version would not be found by its name."""
    assert physical("uat", "notification-service-internal", 32) == "uat-notification-service-abed23"


@steady
@given(ENVS, NAMES, st.integers(min_value=20, max_value=64))
def test_names_fit_and_keep_their_letters(env: str, name: str, limit: int) -> None:
    made = physical(env, name, limit)
    assert len(made) <= limit
    assert set(made) <= set(LETTERS)
    assert made.startswith(env[:12])
    assert "--" not in made or "--" in name
    assert not made.endswith("-")
    assert made == physical(env, name, limit)


@steady
@given(st.lists(NAMES, min_size=2, max_size=20, unique=True), st.integers(min_value=20, max_value=40))
def test_different_names_stay_different(names: list[str], limit: int) -> None:
    assert len({physical("uat", name, limit) for name in names}) == len(names)


def test_names_that_differ_only_behind_the_cut_stay_different() -> None:
    long = "a" * 60
    assert physical("uat", long + "1", 32) != physical("uat", long + "2", 32)
    assert physical("uat", long, 32) != physical("dev", long, 32)


def test_the_four_tags() -> None:
    assert OURS.tags("vpc/main", "uat-main") == {
        "Name": "uat-main",
        "muvi:env": "uat",
        "muvi:address": "vpc/main",
        "muvi:lineage": "0123abcd",
    }


def test_it_owns_what_it_tagged() -> None:
    tags = OURS.tags("vpc/main", "uat-main")
    assert OURS.owns(tags, "vpc/main")
    assert OURS.owns({**tags, "Name": "renamed by a person", "team": "x"}, "vpc/main")


@pytest.mark.parametrize("key", [ENVIRONMENT, ADDRESS, LINEAGE])
def test_it_owns_nothing_with_a_tag_wrong_or_missing(key: str) -> None:
    tags = OURS.tags("vpc/main", "uat-main")
    assert not OURS.owns({**tags, key: "another"}, "vpc/main")
    assert not OURS.owns({name: value for name, value in tags.items() if name != key}, "vpc/main")
    assert not OURS.owns({}, "vpc/main")


def test_one_object_of_ours_is_not_another() -> None:
    assert not OURS.owns(OURS.tags("vpc/main", "uat-main"), "vpc/other")
