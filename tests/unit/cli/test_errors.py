"""How an error is told, and what a run ends with."""

from __future__ import annotations

import pytest

from muvi_provision.cli import errors
from muvi_provision.cli.drawing.place import Ending, Place
from muvi_provision.cli.drawing.progress import Progress
from muvi_provision.cli.drawing.summary import lines
from muvi_provision.cli.invocation import Invocation
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


def test_the_same_again_is_said_as_it_was_typed() -> None:
    call = Invocation(["images", "copy", "--from-account", "444455556666"], command="images copy")
    assert errors.in_words_of(call, "muvi images copy") == "muvi images copy --from-account 444455556666"
    more = errors.in_words_of(call, "muvi images copy --from-prefix TEXT")
    assert more == "muvi images copy --from-account 444455556666 --from-prefix TEXT"
    call = Invocation(["run", "day2"], command="run", again="muvi run day2")
    assert errors.in_words_of(call, "muvi run") == "muvi run day2"
    assert errors.in_words_of(call, "muvi teardown") == "muvi teardown"
    call = Invocation(["teardown", "day2"], command="teardown", again="muvi teardown day2 --keep vpc/main")
    assert errors.in_words_of(call, "muvi run") == "muvi teardown day2 --keep vpc/main"
    assert errors.in_words_of(call, "muvi run --step 1.4") == "muvi run --step 1.4"


def test_a_reason_that_many_share_is_told_once() -> None:
    refusals = {
        f"service/{name}": AwsRefused("too little", why="a quota", next=("aws ask",)) for name in ("a", "b", "c")
    }
    refusals["service/d"] = AwsRefused("something else", why="a quota", next=("aws ask",))
    refusals["service/e"] = AwsRefused("too little", why="another reason", next=())
    told = [line for line in lines(Progress(), Ending(0, Report(Counts(), refusals)), Place()) if line.text]
    said = [line.text for line in told if line.word in ("what", "why")]
    assert said == ["too little", "a quota", "something else", "too little", "another reason"]
    assert sum(line.word == "failed" for line in told) == 5
    assert sum(line.text == "aws ask" for line in told) == 1
