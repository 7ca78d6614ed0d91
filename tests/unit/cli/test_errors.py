"""How an error is told, and what a run ends with."""

from __future__ import annotations

import pytest

from muvi_provision.cli import errors
from muvi_provision.cli.options import Options
from muvi_provision.engine.events import Counts
from muvi_provision.engine.site import Report
from muvi_provision.errors import AwsRefused, MuviError, NotOurs, TimedOut


def test_five_parts_in_their_order() -> None:
    error = TimedOut("it\ntakes long", where="nat-gateway/a", why="a busy zone", next=("muvi run", "aws sts x"))
    assert errors.lines(error, Options(env="prodlike")) == [
        f"error MUVI-8001: {TimedOut.summary}",
        "where: nat-gateway/a",
        "what:  it\n       takes long",
        "why:   a busy zone",
        "next:  muvi run -e prodlike",
        "next:  aws sts x",
    ]


def test_parts_there_are_not_are_left_out() -> None:
    assert errors.lines(MuviError("x"), Options()) == [f"error MUVI-1000: {MuviError.summary}", "what:  x"]


@pytest.mark.parametrize(
    ("failures", "gates", "interrupted", "code"),
    [
        ([], False, False, 0),
        ([], True, False, 9),
        ([TimedOut()], False, False, 8),
        ([TimedOut(), TimedOut()], True, False, 8),
        ([TimedOut(), AwsRefused()], False, False, 1),
        ([NotOurs()], False, False, 5),
        ([AwsRefused()], True, True, 143),
    ],
)
def test_the_exit_code_of_a_run(failures: list[MuviError], gates: bool, interrupted: bool, code: int) -> None:
    report = Report(
        Counts(),
        {str(number): error for number, error in enumerate(failures)},
        gates={"gate/x": "do it"} if gates else {},
        interrupted=interrupted,
    )
    assert errors.exit_code(report, 143) == code
