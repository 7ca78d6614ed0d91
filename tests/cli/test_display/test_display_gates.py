"""Many closed gates at the end of a run: all seen at once on 80 x 24, each with the command that shows how."""

from __future__ import annotations

import pytest

from muvi_provision.cli.drawing.place import Ending
from muvi_provision.cli.overview import LISTS
from muvi_provision.engine.events import Counts
from muvi_provision.engine.site import Report
from tests.cli.test_display.conftest import Stage, StandingClock, start

LONG = (
    "The internet does not ask this stack about uat.cinema.example yet. Where uat.cinema.example or the domain above "
    "it is registered, let NS records of uat.cinema.example name these servers and no others: ns-1.awsdns-38.org, "
    "ns-2.awsdns-60.co.uk, ns-3.awsdns-06.com, ns-4.awsdns-28.net. Then run day 4 again: the certificate is issued "
    "some minutes later, and the public names work. Until then everything answers under CloudFront's own names only."
)
MANY = f"9 of 9 functions wait for code: {', '.join(f'sync-everything-{number}' for number in range(9))}. Copy it."
SHORT = "A secret waits for a value; each command asks for one:\n  muvi secrets set payment/key\n"
CLOSED = dict.fromkeys(reversed(LISTS), LONG) | {"gate/secrets": SHORT, "gate/functions": MANY}


def ended(clock: StandingClock, gates: dict[str, str], columns: int = 80, lines: int = 24) -> Stage:
    stage = Stage(clock, columns, lines)
    stage.play([start()])
    report = Report(Counts(created=162, waiting=len(gates), api_calls=400, writes=200), gates=gates)
    stage.pen.close(Ending(clock.monotonic(), report))
    return stage


def test_six_of_them_fit_a_screen_in_the_order_of_the_runbook(clock: StandingClock) -> None:
    stage = ended(clock, CLOSED)
    assert stage.terminal.scrolled == 0, stage.terminal.text
    text = stage.terminal.text
    places = [text.index(f"{gate} waits for you:") for gate in LISTS]
    assert places == sorted(places)
    assert "muvi secrets set payment/key" in text
    for gate in list(LISTS)[2:]:
        assert f"`{LISTS[gate]}`" in text
    assert text.rstrip().splitlines()[-1].endswith("muvi run")
    assert max(map(len, stage.terminal.seen)) <= 80


def test_what_is_cut_is_cut_between_names_and_ends_with_three_dots(clock: StandingClock) -> None:
    told = " ".join(ended(clock, CLOSED).terminal.text.split())
    line = told.partition("gate/functions waits for you: ")[2].partition(" How: ")[0]
    assert line.endswith("sync-everything-1, ...")
    assert "yet. How: " in told


def test_one_alone_is_told_in_full(clock: StandingClock) -> None:
    text = " ".join(ended(clock, {"gate/delegation": LONG}).terminal.text.split())
    assert LONG in text
    assert "muvi outputs name-servers" not in text


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_on_other_screens_nothing_is_cut(clock: StandingClock, columns: int) -> None:
    stage = ended(clock, CLOSED, columns, 60)
    text = " ".join(stage.terminal.text.split())
    for gate, command in LISTS.items():
        assert f"{gate} waits for you:" in text
        assert command in text or CLOSED[gate].split(". ")[0].split(":")[0] in text
