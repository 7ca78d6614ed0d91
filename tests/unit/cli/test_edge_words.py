"""Which gate holds a smoke test's row, what a leftover's name belongs to, and what a call of a function says."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.cli.calling import Answer, payload_of
from muvi_provision.cli.function_list import local_times_of
from muvi_provision.cli.leftover_names import SORTS, _goes_along
from muvi_provision.cli.log_lines import _event
from muvi_provision.cli.smoke_report import DELEGATION, HELD, IMAGES, WELL, WRONG, _certificate, _flow, _name, _service
from muvi_provision.day4_edge.closed_doors import Door
from muvi_provision.day4_edge.outlook import Certificate, PublicName
from muvi_provision.day4_edge.smoke import Outcome
from muvi_provision.day4_edge.target_health import RESTS, Health
from muvi_provision.environment.serverless import Function
from muvi_provision.errors import UsageError


class Sitting:
    """What a flow's row needs of a session: which services it passes."""

    def __init__(self, *services: str) -> None:
        self.environment = self
        self.smoke = {"alive": self}
        self.services = services


def outcome(status: int, door: Door | None) -> Outcome:
    return Outcome("alive", "answers", "GET", "https://x/heartbeat", "x", (200,), status, 0.25, door)


@pytest.mark.parametrize(
    ("place", "held", "state", "gate"),
    [
        ("tasks", {"gateway": IMAGES}, HELD, IMAGES),
        ("tasks", {"main": IMAGES}, WRONG, ""),  # another service's image
        ("groups", {"gateway": IMAGES}, WRONG, ""),  # a door that no image opens
    ],
)
def test_a_flow_waits_only_when_what_is_closed_waits(place: Any, held: dict[str, str], state: str, gate: str) -> None:
    sitting: Any = Sitting("gateway")
    row = _flow(sitting, outcome(503, Door(place, "no copies", ("muvi images list",))), held)
    assert (row.state, row.gate, row.door, row.seen) == (state, gate, place, "503, 0.2 s")


def test_a_flow_that_nobody_answered() -> None:
    sitting: Any = Sitting()
    row = _flow(sitting, outcome(0, Door("dns", "not known", ("muvi run day4",))), {})
    assert (row.state, row.seen, row.next) == (WRONG, "no answer, 0.2 s", ("muvi run day4",))
    assert _flow(sitting, outcome(200, None), {}).state == WELL


def test_services_names_and_the_certificate() -> None:
    assert _service(Health("main", 1, 1, {}), "").state == WELL
    waits = _service(Health("main", 0, 0, {}, RESTS), IMAGES)
    assert (waits.state, waits.next[0]) == (HELD, "muvi images list")
    broken = _service(Health("main", 2, 1, {"healthy": 0, "unhealthy": 1}, "it refuses"), "")
    assert (broken.state, broken.seen, broken.next[0]) == (
        WRONG, "1 of 2 run; 0 healthy, 1 unhealthy", "muvi logs main"
    )  # fmt: skip
    lost = PublicName("api.x", "api", (), "not known")
    assert (_name(lost, delegated=False).gate, _name(lost, delegated=True).state) == (DELEGATION, WRONG)
    pending = Certificate("PENDING_VALIDATION", None, "soon")
    assert _certificate(pending, delegated=False).state == HELD
    assert _certificate(pending, delegated=True).state == WRONG
    assert _certificate(Certificate("VALIDATION_TIMED_OUT", None, "72 hours"), delegated=False).state == WRONG
    assert _certificate(Certificate("ISSUED", 10), delegated=True).state == WRONG  # it should have been renewed
    assert _certificate(Certificate("ISSUED", 200), delegated=True).seen == "ISSUED, 200 days left"


@pytest.mark.parametrize(
    ("name", "belongs"),
    [
        ("TargetTracking-service/uat-main/uat-gateway-AlarmHigh-0123", True),
        ("TargetTracking-service/uat-other/uat-x-AlarmHigh-0123", False),
        ("/aws/ecs/containerinsights/uat-main/performance", True),
        ("/aws/codebuild/uat-gone", False),
        ("uat-main", False),  # somebody else's of that very name: its own id is not among ours
    ],
)
def test_what_aws_makes_beside_something_goes_with_it(name: str, belongs: bool) -> None:
    assert _goes_along(name, {"uat-main", "uat-gateway"}) is belongs


def test_every_listing_asks_for_this_environment_alone_and_can_be_pasted() -> None:
    for sort in SORTS:
        assert "{env}" in sort.begins
        assert sort.delete.startswith("aws ")
        assert "{" in sort.delete


def test_what_a_function_answered() -> None:
    fine = Answer(200, {"a": 1}, "", (), 0.1)
    assert (fine.problem, fine.is_timeout) == ("", False)
    broken = Answer(200, {"errorType": "Runtime.ExitError", "errorMessage": "exit status 1"}, "Unhandled", (), 0.1)
    assert (broken.problem, broken.is_timeout) == ("Runtime.ExitError: exit status 1", False)
    late = Answer(200, {"errorMessage": "2026 x Task timed out after 3.00 seconds"}, "Unhandled", (), 3.0)
    assert late.is_timeout
    assert late.problem.startswith("Unhandled: ")


def test_payloads() -> None:
    assert payload_of(None, "RequestResponse") == b"{}"
    assert payload_of('"x"', "Event") == b'"x"'
    with pytest.raises(UsageError, match="Lambda takes 1,048,576"):
        payload_of(f'"{"x" * 1024 * 1024}"', "Event")
    assert payload_of(f'"{"x" * 1024 * 1024}"', "RequestResponse")


def test_times_on_a_local_clock() -> None:
    daily = Function(purpose="x", schedule="cron(0 22 * * ? *)")
    assert local_times_of(daily, "Asia/Dubai") == "02:00 a day later"
    assert local_times_of(daily, "UTC") == ""
    often = Function(purpose="x", schedule="rate(5 minutes)")
    assert local_times_of(often, "Asia/Dubai") == "counted from when it was switched on"
    assert local_times_of(Function(purpose="x"), "Asia/Dubai") == ""


def test_a_function_environment_is_named_by_its_digits() -> None:
    raw = {"eventId": "1", "timestamp": 0, "logStreamName": "2026/11/25/[$LATEST]0123456789", "message": "x"}
    assert _event(raw).task == "0123456789"
