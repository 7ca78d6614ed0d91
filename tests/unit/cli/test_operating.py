"""Following a log, judging a deployment, ECS's events in words, rows in columns."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from muvi_provision.cli.drawing.columns import Row, columns, hour, short
from muvi_provision.cli.drawing.glyphs import size
from muvi_provision.cli.drawing.place import NOWHERE
from muvi_provision.cli.drawing.plain import Plain
from muvi_provision.cli.drawing.progress import Moment, Progress
from muvi_provision.cli.drawing.sheet import Sheet
from muvi_provision.cli.errors import in_words_of
from muvi_provision.cli.invocation import Invocation
from muvi_provision.cli.log_lines import Event, Source, followed, pattern, seconds_of
from muvi_provision.cli.rollout import TAKEN_OVER, judged
from muvi_provision.cli.secret_values import version_id
from muvi_provision.cli.service_list import plain, state_of
from muvi_provision.day3_compute.rollouts import ROLLED_BACK
from muvi_provision.engine import events
from muvi_provision.errors import UsageError

START = 1_000_000


class Group:
    """A log group that has something new at each look, given again for a while as CloudWatch does."""

    def __init__(self, *looks: list[tuple[str, int]]) -> None:
        self.looks = list(looks)
        self.asked: list[dict[str, Any]] = []
        self.logs = self

    def get_paginator(self, name: str) -> Any:
        assert name == "filter_log_events"
        return self

    def paginate(self, **asked: Any) -> Any:
        self.asked.append(asked)
        found = self.looks.pop(0) if self.looks else []
        named = {"logStreamName": "ecs/main/0123", "message": "said\n"}
        return [{"events": [{"eventId": known, "timestamp": at, **named} for known, at in found]}]


class Enough(Exception):
    pass


class Watch:
    """A clock that has had enough after so many naps."""

    def __init__(self, naps: int) -> None:
        self.naps: list[float] = []
        self.most = naps

    def sleep(self, seconds: float) -> None:
        if len(self.naps) == self.most:
            raise Enough
        self.naps.append(seconds)


def source(group: Group, text: str = "") -> Source:
    return Source(group, "/ecs/uat/main", text, START)  # type: ignore[arg-type]


def test_the_last_ones_are_the_newest() -> None:
    found = source(Group([("b", START + 2), ("a", START + 1), ("c", START + 3)])).last(2)
    assert [event.id for event in found] == ["a", "c"]
    assert found[0].task == "0123"
    assert found[0].message == "said"


def test_what_comes_late_is_shown_once_and_quiet_slows_down() -> None:
    group = Group(
        [("a", START + 60_000)], [("a", START + 60_000), ("late", START + 50_000)], [], [], [], [("b", START + 90_000)]
    )
    shown: list[Event] = []
    watched, clock = source(group, 'a "word"'), Watch(7)
    assert [event.id for event in watched.last(10)] == ["a"]
    with pytest.raises(Enough):
        followed(watched, shown.append, clock)  # type: ignore[arg-type]
    assert [event.id for event in shown] == ["late", "b"]
    assert clock.naps == [1.0, 1.0, 1.5, 2.25, 3.375, 1.0, 1.5]
    assert group.asked[0] == {
        "logGroupName": "/ecs/uat/main", "startTime": START, "filterPattern": '"a \\"word\\""'
    }  # fmt: skip
    assert group.asked[1]["startTime"] == START + 30_000


def test_times_to_look_back() -> None:
    assert [seconds_of(text) for text in ("30s", "10m", "2h", "1d")] == [30, 600, 7200, 86_400]
    for wrong in ("10", "0m", "m", "-1h", "1w", "10 m"):
        with pytest.raises(UsageError):
            seconds_of(wrong)
    assert pattern(r"a\b") == r'"a\\b"'


def service(*deployments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"status": "ACTIVE", "desiredCount": 1, "deployments": deployments, "events": (), **more}


def deployment(known: str, state: str = "IN_PROGRESS", status: str = "PRIMARY") -> dict[str, Any]:
    return {"id": known, "rolloutState": state, "status": status, "createdAt": datetime(2026, 11, 2, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (service(deployment("mine"), deployment("old", "COMPLETED", "ACTIVE")), ("going on", "")),
        (service(deployment("mine", "COMPLETED")), ("done", "")),
        (service(deployment("old", "COMPLETED"), deployment("mine", "FAILED", "ACTIVE")), ("failed", ROLLED_BACK)),
        (service(deployment("old", "COMPLETED")), ("failed", ROLLED_BACK)),
        (service(deployment("newer"), deployment("mine", "IN_PROGRESS", "ACTIVE")), ("failed", TAKEN_OVER)),
    ],
)
def test_only_the_own_deployment_counts(shown: dict[str, Any], expected: tuple[str, str]) -> None:
    assert judged(shown, "mine") == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("(service uat-main) has reached a steady state.", "has reached a steady state"),
        (
            "(service uat-main) has started 1 tasks: (task 0123456789abcdef0123456789abcdef).",
            "has started task 01234567",
        ),
        (
            "(service uat-main) (deployment ecs-svc/123) deployment failed: tasks failed to start.",
            "deployment failed: tasks failed to start",
        ),
        (
            "(service uat-main) (task 0123456789abcdef) (port 5002) is unhealthy in (target-group arn:aws:x) due to "
            "(reason Request timed out)",
            "01234567 port 5002 is unhealthy in its target group due to (reason Request timed out)",
        ),
    ],
)
def test_events_in_words(message: str, expected: str) -> None:
    assert plain(message) == expected


def test_an_event_whose_cause_is_known_says_what_helps() -> None:
    said = "(service uat-main) was unable to place a task. Reason: You've reached the limit on the number of vCPUs."
    assert "service-quotas" in plain(said)


def drawn(rows: list[Row], width: int, *, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, color_system=None, _environ={})
    columns(Sheet(console), ("name", "empty", "state"), rows)
    return out.getvalue()


def test_rows_in_columns() -> None:
    rows = [Row(("main", "", "well")), Row(("gateway", "", ""), "warn", ("look at it",))]
    assert drawn(rows, 80, terminal=False) == "name     state\nmain     well\ngateway  -; look at it\n"
    wide = drawn(rows, 80, terminal=True)
    assert [line.rstrip() for line in wide.splitlines()][-1].strip() == "look at it"
    assert drawn([Row(("x" * 30, "", "y" * 30))], 40, terminal=True).splitlines()[0] == "x" * 30
    assert drawn([Row(("x" * 30, "", "y" * 30))], 40, terminal=False).count("\n") == 2


def test_sizes_and_digests() -> None:
    assert [size(count) for count in (0, 999, 1000, 12_345_678, 345_678_901, 5 * 10**12)] == [
        "0 B", "999 B", "1.0 kB", "12.3 MB", "346 MB", "5.0 TB"
    ]  # fmt: skip
    assert short("sha256:0123456789abcdef") == "0123456789ab"
    assert short("") == ""
    then = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
    assert hour(then).endswith(hour(then, then))
    assert len(hour(then, then)) == 5
    assert hour(None) == ""


def test_a_version_is_made_of_the_value_and_the_place() -> None:
    one = version_id("arn:1", "value")
    assert len(one) == 64
    assert one == version_id("arn:1", "value")
    assert len({one, version_id("arn:2", "value"), version_id("arn:1", "another")}) == 3


@pytest.mark.parametrize(
    ("running", "wanted", "expected"), [(1, 1, "running"), (0, 1, "too few running"), (0, 0, "no copies wanted")]
)
def test_a_service_at_rest(running: int, wanted: int, expected: str) -> None:
    shown = service(deployment("mine", "COMPLETED"), runningCount=running) | {"desiredCount": wanted}
    assert state_of(shown) == expected


def test_how_much_of_a_layer_is_over_is_told_while_it_is_on_its_way() -> None:
    progress, now = Progress(), datetime(2026, 11, 2, tzinfo=UTC)
    progress.take(Moment(events.Begin(step="3.2", resource="layer/main:1", verb="copy"), 1.0, now))
    progress.take(
        Moment(events.Moved(step="3.2", resource="layer/main:1", done=10_000_000, total=34_000_000), 2.0, now)
    )
    progress.take(Moment(events.Moved(step="3.2", resource="layer/main:2", done=1, total=2), 2.0, now))
    assert {name: active.part for name, active in progress.active.items()} == {"layer/main:1": "10.0 MB of 34.0 MB"}
    err = io.StringIO()
    drawn = Plain(err, NOWHERE)
    drawn.progress, drawn._heard = progress, (2.0, now)
    drawn.tick(2.0)
    drawn.tick(40.0)
    assert "layer/main:1: copying since" in err.getvalue()
    assert "10.0 MB of 34.0 MB" in err.getvalue()


def test_a_copy_goes_on_with_the_options_it_had() -> None:
    call = Invocation(["images", "copy", "--from-account", "444455556666"])
    call.command = "images copy"
    assert in_words_of(call, "muvi images copy") == "muvi images copy --from-account 444455556666"
    assert in_words_of(call, "muvi images list") == "muvi images list"
