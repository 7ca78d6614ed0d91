"""What manifests say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muvi_provision.day3_compute.copying import Copy
from muvi_provision.day3_compute.images import Manifest, fetched, platforms, tags_of
from tests.registry import Registry


def test_the_parts_of_an_image() -> None:
    said = {
        "config": {"digest": "sha256:c", "size": 2},
        "layers": [
            {"digest": "sha256:a", "size": 5},
            {"digest": "sha256:a", "size": 5},
            {"digest": "sha256:far", "size": 9, "urls": ["https://far.example"]},
        ],
    }
    manifest = Manifest("sha256:m", json.dumps(said), "x")
    assert [(blob.digest, blob.size) for blob in manifest.blobs] == [("sha256:c", 2), ("sha256:a", 5)]
    assert manifest.children == ()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"os": "linux", "architecture": "amd64"}, ("linux/amd64",)),
        (
            {
                "manifests": [
                    {"platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
                    {"platform": {"os": "linux", "architecture": "amd64"}},
                    {"platform": {"os": "unknown", "architecture": "unknown"}},
                    {},
                ]
            },
            ("linux/arm64/v8", "linux/amd64"),
        ),
        ({}, ()),
    ],
)
def test_processors(said: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert platforms(said) == expected


def test_what_is_not_there_is_left_out(copy: Copy, source: Registry) -> None:
    source.repository("cinema-main")
    there = source.image("cinema-main", "v1", b"one")
    found = fetched(copy.source, [{"imageTag": "v1"}, {"imageTag": "v2"}])
    assert [each.digest for each in found] == [there["digest"]]
    assert tags_of(copy.source) == ["v1"]
