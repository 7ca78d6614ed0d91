"""What was just made is not seen yet: each line of the table, in seconds and in looks (aws-reality 1.6)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.lag import Lag
from muvi_provision.sandbox.late import THINGS
from tests.sandbox.late_stage import Stage
from tests.sandbox.late_stories import STORIES

ROWS = {(late.made, blind.who): (late, blind) for late in THINGS for blind in late.blind}


def code_of(ask: Any, *said: Any) -> str:
    try:
        ask(*said)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_there_is_a_story_for_each_line() -> None:
    assert set(STORIES) == set(ROWS)


@pytest.mark.parametrize("row", STORIES, ids=" ".join)
def test_for_some_seconds(on: Stage, row: tuple[str, str]) -> None:
    (make, ask), (_, blind) = STORIES[row], ROWS[row]
    on.cloud.lag = Lag(50)
    made = make(on)
    assert code_of(ask, on, made) == blind.code
    on.clock.sleep(49)
    assert code_of(ask, on, made) == blind.code
    on.clock.sleep(2)
    assert code_of(ask, on, made) != blind.code


@pytest.mark.parametrize("row", STORIES, ids=" ".join)
def test_for_some_looks(on: Stage, row: tuple[str, str]) -> None:
    (make, ask), (_, blind) = STORIES[row], ROWS[row]
    on.cloud.faults = Faults(unseen_reads=2)
    made = make(on)
    assert [code_of(ask, on, made) for _ in range(3)].count(blind.code) == 2
