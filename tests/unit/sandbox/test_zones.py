"""How names are stored, and what a zone is served by."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from muvi_provision.sandbox import zones


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Example.COM", "example.com."),
        ("example.com.", "example.com."),
        ("*.example.com", "\\052.example.com."),
        ("\\052.example.com.", "\\052.example.com."),
        ("_acme.a-b.example.com", "_acme.a-b.example.com."),
        ("a@b.example.com", "a\\100b.example.com."),
    ],
)
def test_names_have_one_spelling(said: str, kept: str) -> None:
    assert zones.stored(said) == kept
    assert zones.stored(zones.spoken(said)) == kept
    assert zones.stored(kept) == kept


def test_what_lies_within_a_zone() -> None:
    assert zones.within("example.com.", "example.com.")
    assert zones.within("a.example.com.", "example.com.")
    assert not zones.within("notexample.com.", "example.com.")


def test_name_servers_are_a_zones_own_and_stay() -> None:
    first, second, private = (SimpleNamespace(resource_id=one, private_zone=one == "Z3") for one in ("Z1", "Z2", "Z3"))
    assert zones.name_servers(first) == zones.name_servers(first)
    assert not set(zones.name_servers(first)) & set(zones.name_servers(second))
    assert [one.partition(".awsdns-")[2].partition(".")[2] for one in zones.name_servers(first)] == [
        "com",
        "net",
        "org",
        "co.uk",
    ]
    assert zones.name_servers(private) == ()


def test_names_are_ordered_from_the_right() -> None:
    names = ["b.com.", "z.a.com.", "a.com.", "a.b.com."]
    assert sorted(names, key=zones.labels) == ["a.com.", "z.a.com.", "b.com.", "a.b.com."]
