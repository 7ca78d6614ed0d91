"""What is written for each setting, and what is read back from what somebody else wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.day4_edge import bucket_settings
from muvi_provision.day4_edge.bucket_settings import Settings

SETTINGS = Settings(public=True, versioned=True, keep_versions_days=7, expire_days=40, origins=("https://a.example",))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"BlockPublicAcls": True, "IgnorePublicAcls": False}, "in part"),
        ({}, "in part"),
        (bucket_settings.block(public=True), True),
        (bucket_settings.block(public=False), False),
    ],
)
def test_who_is_shut_out(settings: Any, told: Any) -> None:
    assert bucket_settings.is_public(settings) == told


def test_rules_that_mean_the_same_are_no_difference() -> None:
    ours = bucket_settings.lifecycle(30, 9)
    assert bucket_settings.days(reversed(ours)) == {"keep_versions_days": 30, "expire_days": 9}
    renamed = [{**rule, "ID": f"x{place}", "Filter": {}} for place, rule in enumerate(ours)]
    assert bucket_settings.days(renamed) == {"keep_versions_days": 30, "expire_days": 9}


def test_rules_of_somebody_else_are_told() -> None:
    narrowed = [{**rule, "Filter": {"Prefix": "tmp/"}} for rule in bucket_settings.lifecycle(30, 9)]
    assert set(bucket_settings.days(narrowed).values()) == {bucket_settings.ELSE}
    assert bucket_settings.days([]) == {"keep_versions_days": "for ever", "expire_days": None}


def test_websites_of_somebody_else_are_told() -> None:
    ours = bucket_settings.cross_origin(("*",))
    assert bucket_settings.origins_of(ours) == ("*",)
    assert bucket_settings.origins_of([{**ours[0], "AllowedMethods": ["GET"]}]) == ("others",)
    assert bucket_settings.origins_of([*ours, *ours]) == ("others",)
    assert bucket_settings.origins_of([]) == ()


@pytest.mark.parametrize("note", ["", "0 public=1", "1 public=1 versioned=0", "gibberish"])
def test_a_note_that_cannot_be_read_tells_nothing(note: str) -> None:
    assert SETTINGS.told_by(note) == {}


def test_a_note_fits_into_a_tag() -> None:
    longest = replace(SETTINGS, origins=tuple(f"https://{'x' * 50}{n}.example" for n in range(100))).note()
    assert len(longest) <= 256
    assert set(longest) <= set("abcdefghijklmnopqrstuvwxyz0123456789 _.:/=+-@")


@pytest.mark.parametrize("other", [SETTINGS, replace(SETTINGS, public=False, expire_days=None, origins=())])
def test_a_note_tells_what_was_noted(other: Settings) -> None:
    assert other.told_by(other.note()) == vars(other)
    assert SETTINGS.told_by(other.note())["public"] == other.public
