"""The index of tags only ever confirms; whatever it does not is asked of the service itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.aws.clients import Aws, Border, SignIn
from muvi_provision.aws.tag_index import tags_of
from muvi_provision.clock import SystemChance, SystemClock
from muvi_provision.naming import Ownership

ARN, ADDRESS = "arn:aws:ecr:eu-west-1:000011112222:repository/uat-main", "repository/main"
OURS = Ownership("uat", "f00d")
BY_SERVICE = {"asked": "the service"}


class Listing:
    """The index: two pages, counted."""

    def __init__(self, tags: Mapping[str, str]) -> None:
        self.pages = [{"ResourceTagMappingList": []}, {"ResourceTagMappingList": [self._row(tags)]}]
        self.asked: list[dict[str, Any]] = []

    def _row(self, tags: Mapping[str, str]) -> dict[str, Any]:
        return {"ResourceARN": ARN, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def can_paginate(self, operation: str) -> bool:
        return operation == "get_resources"

    def get_paginator(self, operation: str) -> Listing:
        return self

    def paginate(self, **asked: Any) -> Listing:
        self.asked.append(asked)
        return self

    def search(self, expression: str) -> list[Any]:
        return [row for page in self.pages for row in page[expression.removesuffix("[]")]]


def view(tags: Mapping[str, str]) -> tuple[Aws, Listing]:
    border, listing = Border(SignIn("eu-west-1"), SystemClock(), SystemChance()), Listing(tags)
    border._clients["resourcegroupstaggingapi", "eu-west-1"] = listing
    return Aws(border, OURS, "eu-west-1"), listing


def asked(aws: Aws, **more: Any) -> Mapping[str, str]:
    return tags_of(aws, ARN, ADDRESS, lambda: BY_SERVICE, **more)


def test_what_it_shows_as_ours_is_taken_and_asked_for_once() -> None:
    tags = OURS.tags(ADDRESS, "uat-main")
    aws, listing = view(tags)
    assert asked(aws) == asked(aws) == tags
    assert [each["TagFilters"] for each in listing.asked] == [[{"Key": "muvi:env", "Values": ["uat"]}]]


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"muvi:env": "uat"},
        Ownership("uat", "beef").tags(ADDRESS, "x"),
        Ownership("prodlike", "f00d").tags(ADDRESS, "x"),
        OURS.tags("repository/other", "x"),
    ],
    ids=["none", "half", "another lineage", "another environment", "another address"],
)
def test_what_it_does_not_show_as_ours_is_asked_of_the_service(tags: Mapping[str, str]) -> None:
    aws, _ = view(tags)
    assert asked(aws) == BY_SERVICE


def test_before_something_precious_is_deleted_the_service_is_asked() -> None:
    aws, listing = view(OURS.tags(ADDRESS, "uat-main"))
    assert asked(replace(aws, certain=True), precious=True) == BY_SERVICE
    assert listing.asked == []
    assert asked(aws, precious=True) != BY_SERVICE, "a plan may trust it"
    assert asked(replace(aws, certain=True)) != BY_SERVICE, "what can be made again is not precious"


def test_a_poll_does_not_ask_again_and_a_write_does() -> None:
    aws, listing = view(OURS.tags(ADDRESS, "uat-main"))
    asked(aws)
    asked(aws.seen_from(aws.border.inventory.moment()))
    assert len(listing.asked) == 1
    moment = aws.border.inventory.moment()
    asked(aws.seen_from(moment, written=moment))
    assert len(listing.asked) == 2
