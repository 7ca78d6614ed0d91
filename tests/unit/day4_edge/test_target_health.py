"""What a load balancer thinks of copies, in plain words."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader

from muvi_provision.day4_edge.target_health import REASONS, Health, code_of, in_words


def target(reason: str = "", description: str = "", state: str = "unhealthy") -> dict[str, Any]:
    said = {"State": state, "Reason": reason, "Description": description}
    return {"TargetHealth": {key: value for key, value in said.items() if value}}


def test_every_reason_that_aws_may_give_has_words() -> None:
    model = Loader().load_service_model("elbv2", "service-2")
    assert set(model["shapes"]["TargetHealthReasonEnum"]["enum"]) == set(REASONS)


def test_words_come_before_what_aws_says_itself() -> None:
    told = in_words([target("Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]")])
    assert told.startswith("it answers the health check with another code than is expected (Health checks failed")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([], "its target group is empty"),
        ([target()], "it is not healthy"),
        ([target("Target.NewReason", "It is tired")], "It is tired"),
        ([target("Target.InvalidState")], "it is stopped"),
    ],
)
def test_what_is_said_when_aws_says_less(found: list[dict[str, Any]], told: str) -> None:
    assert in_words(found) == told


def test_the_most_frequent_reason_counts() -> None:
    found = [target("Target.Timeout", "slow"), target("Target.InvalidState"), target("Target.InvalidState", "stopped")]
    assert code_of(found) == "Target.InvalidState"
    assert in_words(found).startswith("it is stopped")


@pytest.mark.parametrize(
    ("health", "well"),
    [
        (Health("main", 2, 2, {"healthy": 1, "unhealthy": 1}), True),
        (Health("main", 2, 2, {"unhealthy": 2}, "it does not answer"), False),
        (Health("main", 1, 1, {}, "its target group is empty"), False),
        (Health("ticket", 1, 1, {}), True),
        (Health("ticket", 1, 0, {}, "0 of 1 copies run"), False),
    ],
)
def test_one_healthy_copy_is_enough(health: Health, well: bool) -> None:
    assert health.is_well == well
