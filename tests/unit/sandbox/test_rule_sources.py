"""Every rule says where it is known from, and the sections of docs/aws-reality.md that it names are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from muvi_provision.sandbox.rules import refusals

REALITY = Path(__file__).parents[3] / "docs" / "aws-reality.md"
SECTION = re.compile(r"(\d+(?:\.\d+)?)(?: ([a-z]))?")


def sections() -> Iterator[str]:
    """``4.2`` and ``4.2 a`` for a heading and the rows below it; ``0.13`` for a row with a number of its own."""
    at = ""
    for line in REALITY.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"#+ (\d+(?:\.\d+)?)", line):
            at = heading[1]
            yield at
        elif row := re.match(r"\| ([a-z]) \|", line):
            yield f"{at} {row[1]}"
        elif numbered := re.match(r"\| (\d+\.\d+) \|", line):
            yield numbered[1]


def named(source: str) -> Iterator[str]:
    """The sections among what a source names: ``4.2 a, c; 6.2`` are three."""
    at = ""
    for part in re.split(r"[,;] ", source):
        if section := SECTION.fullmatch(part):
            at = section[1]
            yield part
        elif re.fullmatch(r"[a-z]", part):
            yield f"{at} {part}"
        elif part[:1].isdigit():
            yield part  # looks like one, and is none


def test_what_a_source_names() -> None:
    assert list(named("4.2 a, c; 6.2")) == ["4.2 a", "4.2 c", "6.2"]
    assert list(named("4.2ac")) == ["4.2ac"]
    assert list(named("bc:rds.CreateDBCluster, 4.2 a")) == ["4.2 a"]
    known = set(sections())
    assert {"0.13", "3.5", "3.5 b", "10", "13"} <= known
    assert not {"3.5 z", "99"} & known


def test_every_rule_says_where_it_is_known_from() -> None:
    assert not [f"{one.service} {one.code}: {one.sentence}" for one in refusals() if not one.source.strip()]


def test_every_section_that_is_named_exists() -> None:
    known = set(sections())
    wrong = {
        f"{one.service} {one.code}, {one.sentence}": missing
        for one in refusals()
        if (missing := set(named(one.source)) - known)
    }
    assert not wrong
