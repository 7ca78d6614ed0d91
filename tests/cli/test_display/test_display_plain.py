"""Plain lines and NDJSON: for logs and programs."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from muvi_provision.cli.drawing import display
from muvi_provision.cli.drawing.display import Display, Drawing
from muvi_provision.cli.drawing.ndjson import Ndjson
from muvi_provision.cli.drawing.place import Ending
from muvi_provision.cli.drawing.plain import Plain
from muvi_provision.cli.drawing.progress import Moment
from muvi_provision.clock import SystemClock
from muvi_provision.engine import events
from muvi_provision.engine.events import Counts, Event
from muvi_provision.engine.site import Report
from muvi_provision.errors import NotSignedIn
from muvi_provision.resource import Verdict
from tests.cli.test_display.conftest import (
    ADVICE,
    PLACE,
    StandingClock,
    Stream,
    Terminal,
    begin,
    failed,
    settled,
    start,
    troubled,
    waiting,
)

COUNTED = ("created", "updated", "same", "failed", "waiting", "deleted", "skipped", "api_calls", "writes")
EVERY = ("type", "ts", "run", "day", "step", "resource", "id", "elapsed_s")


def play(pen: Plain | Ndjson, clock: StandingClock, told: list[Event], after: float = 0.0) -> None:
    for event in told:
        pen.take(Moment(event, clock.monotonic(), clock.now()))
    clock.sleep(after)
    pen.tick(clock.monotonic())


def spoken(err: Stream) -> list[str]:
    """The lines without their times."""
    lines = err.getvalue().splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in lines)
    return [" ".join(line[9:].split()) for line in lines]


def test_one_record_a_line(clock: StandingClock) -> None:
    err = Stream()
    pen = Plain(err, PLACE)
    told: list[Event] = [
        start(),
        begin("vpc/main", "1.1"),
        begin("vpc/main", "1.1", "update"),
        settled("vpc/main", "1.1"),
    ]
    told += [events.StepEnd(step="1.1"), settled("subnet/a", "1.2", Verdict.SAME), failed()]
    told += [events.Skipped(step="1.8", resource="route/a", because="vpc/main"), events.StepEnd(step="1.4", failed=1)]
    told += [events.GateClosed(step="1.8", resource="gate/x", instructions="Ask\nthem"), events.Stopping()]
    play(pen, clock, told)
    assert spoken(err) == [
        "start run uat: 3 steps, 59 things",
        "creating 1.1 vpc/main",
        "created 1.1 vpc/main (id-1) after 0:02",
        "done 1.1 VPC",
        "failed 1.4 nat-gateway/a: MUVI-1012 AWS could not make it ready; nat-gateway/a (nat-1) failed; "
        "InsufficientFreeAddressesInSubnet; next: muvi teardown --only nat-gateway/a",
        "unfinished 1.4 NAT gateway, 1 of 2 done",
        "you 1.8 gate/x: waiting for you: Ask",
        "stopping nothing new is begun; what is under way is finished and recorded",
    ]


def test_quiet_says_only_what_needs_somebody_and_the_end(clock: StandingClock) -> None:
    err = Stream()
    pen = Plain(err, PLACE, quiet=True)
    play(pen, clock, [start(), begin("vpc/main", "1.1"), settled("vpc/main", "1.1")], after=100)
    play(pen, clock, [failed(), begin("nat-gateway/b")], after=100)
    pen.close(Ending(clock.monotonic(), Report(Counts(created=1))))
    assert [line.split()[0] for line in spoken(err)] == ["failed", "end", "counts", "next"]


def test_verbose_also_names_what_was_right_already(clock: StandingClock) -> None:
    err = Stream()
    play(Plain(err, PLACE, verbose=True), clock, [settled("vpc/main", "1.1", Verdict.SAME)])
    assert spoken(err) == ["unchanged 1.1 vpc/main (id-1) after 0:02"]


def test_the_heartbeat_says_what_since_when_how_long_and_what_to_look_at(clock: StandingClock) -> None:
    err = Stream()
    pen = Plain(err, PLACE)
    play(pen, clock, [begin("nat-gateway/a"), waiting("nat-gateway/a", 0, usual=45)])
    said = []
    for _ in range(14):
        clock.sleep(7.5)
        before = len(err.getvalue())
        pen.tick(clock.monotonic())
        said += [(clock.time - 1000, err.getvalue()[before:])] if len(err.getvalue()) > before else []
    since = clock.now().fromisoformat("2026-11-02T08:00:00+00:00").astimezone()
    assert [at for at, _ in said] == [30, 60, 90]
    words = [" ".join(text[9:].split()) for _, text in said]
    begun = f"waiting 1.4 nat-gateway/a: creating since {since:%H:%M:%S}"
    assert words[0] == f"{begun} (0:30), usually about 0:45"
    assert words[1] == f"{begun} (1:00), usually about 0:45; worth a look: {ADVICE}"


def test_no_heartbeat_when_nothing_is_waited_for(clock: StandingClock) -> None:
    err = Stream()
    pen = Plain(err, PLACE)
    play(pen, clock, [begin("vpc/main"), settled("vpc/main")])
    length = len(err.getvalue())
    play(pen, clock, [], after=300)
    play(pen, clock, [], after=300)
    assert len(err.getvalue()) == length


def test_a_heartbeat_names_the_longest_and_counts_the_rest(clock: StandingClock) -> None:
    err = Stream()
    pen = Plain(err, PLACE)
    play(pen, clock, [begin(f"subnet/{n}", "1.2") for n in range(6)])
    before = len(spoken(err))
    play(pen, clock, [], after=30)
    lines = spoken(err)[before:]
    assert [line.split()[2] for line in lines[:3]] == ["subnet/0:", "subnet/1:", "subnet/2:"]
    assert lines[3:] == ["waiting and 3 more: 3 subnets"]


def test_the_last_word_is_one_record_a_line_too(clock: StandingClock) -> None:
    err = Stream()
    pen = Plain(err, PLACE)
    play(pen, clock, [start()], after=9)
    pen.close(Ending(clock.monotonic(), troubled()))
    words = [line.split()[0] for line in spoken(err)]
    assert words == [
        "start",
        "failed",
        "where",
        "what",
        "why",
        "next",
        "next",
        "skipped",
        "you",
        "do",
        "do",
        "going",
        "going",
        "end",
        "counts",
        "next",
    ]


def test_each_ndjson_line_has_its_place(clock: StandingClock) -> None:
    out = Stream()
    pen = Ndjson(out, "run-1", clock)
    told = [
        start(),
        begin("vpc/main", "1.1"),
        waiting("vpc/main", 3.5, step="1.1"),
        settled("vpc/main", "1.1"),
        failed(),
    ]
    told += [events.StepEnd(step="1.1"), events.Stopping(), events.RunEnd(counts=Counts(created=9))]
    play(pen, clock, told)
    pen.close(Ending(clock.monotonic(), troubled()))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert all(tuple(line)[: len(EVERY)] == EVERY and line["run"] == "run-1" for line in lines)
    assert [line["type"] for line in lines].count("run.end") == 1
    begun = lines[1]
    assert (begun["day"], begun["step"], begun["resource"], begun["id"]) == (1, "1.1", "vpc/main", None)
    assert lines[0]["steps"][0] == {"step": "1.1", "title": "VPC", "total": 1}
    assert lines[2]["elapsed_s"] == 3.5 and lines[3]["verdict"] == "create" and lines[3]["id"] == "id-1"
    assert lines[4]["error"]["code"] == "MUVI-1012" and lines[4]["error"]["next"][-1] == "muvi run"
    assert datetime.fromisoformat(lines[0]["ts"]).utcoffset() is not None
    end = lines[-1]
    assert [end[name] for name in COUNTED] == [3, 0, 4, 1, 1, 0, 2, 40, 9]
    assert (end["going_on"], end["interrupted"], end["error"]) == (["load-balancer/api"], True, None)


def test_ndjson_ends_with_the_error_that_ended_the_run(clock: StandingClock) -> None:
    out = Stream()
    pen = Ndjson(out, "run-1", clock)
    play(pen, clock, [start(), settled("vpc/main", "1.1"), failed()])
    pen.close(Ending(clock.monotonic(), error=NotSignedIn("expired")))
    end = json.loads(out.getvalue().splitlines()[-1])
    assert (end["type"], end["created"], end["failed"]) == ("run.end", 1, 1)
    assert (end["error"]["code"], end["error"]["what"]) == ("MUVI-4001", "expired")


def test_an_error_instead_of_a_report_has_an_end_and_true_counts(clock: StandingClock) -> None:
    place, error = replace(PLACE, tally=lambda: (7, 2)), NotSignedIn("expired")
    err, out = Stream(), Stream()
    for pen in (plain := Plain(err, place), lines := Ndjson(out, "run-1", clock, place)):
        play(pen, clock, [start(), settled("vpc/main", "1.1")])
        pen.close(Ending(clock.monotonic(), error=error))
    assert plain.progress.counts() == lines.progress.counts()
    assert spoken(err)[-2:] == [
        "end run uat: ended by an error after 0:00",
        "counts 1 created (7 calls to AWS, 2 of them to change something)",
    ]
    end = json.loads(out.getvalue().splitlines()[-1])
    assert (end["created"], end["api_calls"], end["writes"]) == (1, 7, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_no_control_characters_and_nothing_a_stream_cannot_write(encoding: str, clock: StandingClock) -> None:
    evil = "caf\u00e9/\x1b[31m\u2192\u2026\x07\r\n\u202e\x9b"
    told = [start(), begin(evil), waiting(evil, 500, why=f"look {evil}"), failed(evil)]
    for pen in (Plain(plain := Stream(encoding), PLACE), Ndjson(lines := Stream(encoding), "r", clock)):
        play(pen, clock, told)
        play(pen, clock, [begin("x/y")], after=60)
        pen.close(Ending(clock.monotonic(), troubled()))
    for stream in (plain, lines):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", stream.getvalue())
    assert all(json.loads(line) for line in lines.getvalue().splitlines())


def choose(out: Stream, err: Stream, clock: StandingClock | SystemClock, **said: object) -> Display:
    words: dict[str, object] = {
        **dict.fromkeys(("json", "plain", "quiet", "verbose", "no_color"), False),
        "environ": {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
        **said,
    }
    return display.choose(out=out, err=err, clock=clock, run_id="r", place=PLACE, **words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "terminal", "pen"),
    [
        ({}, True, "Screen"),
        ({}, False, "Plain"),
        ({"plain": True}, True, "Plain"),
        ({"quiet": True}, True, "Plain"),
        ({"json": True}, True, "Ndjson"),
        ({"environ": {"TERM": "dumb"}}, True, "Plain"),
        ({"environ": {"TERM": "xterm", "CI": "true"}}, True, "Plain"),
        ({"environ": {"TERM": "xterm", "CI": "false"}}, True, "Screen"),
    ],
)
def test_which_display(said: dict[str, object], terminal: bool, pen: str, clock: StandingClock) -> None:
    chosen = choose(Stream(), Stream(terminal=terminal), clock, **said)
    assert isinstance(chosen, Drawing)
    assert type(chosen.pen).__name__ == pen


@pytest.mark.parametrize("said", [{"json": True}, {"plain": True}, {}])
def test_a_storm_of_events_from_sixteen_threads(said: dict[str, object]) -> None:
    out, err = Stream(), Terminal()
    with choose(out, err, SystemClock(), **said) as drawn:
        drawn.listen(start([("1.8", "Rules", 1000)]))
        _storm(drawn, threads=16, each=125)
        drawn.end(Report(Counts(created=1000)))
    if "json" in said:
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert len(lines) == 2 + 2000 and lines[-1]["type"] == "run.end"
        assert len({line["resource"] for line in lines[1:-1]}) == 1000
    elif "plain" in said:
        words = [line.split()[1] for line in err.getvalue().splitlines()]
        assert words.count("created") == 1000 and words[-1] == "next"
    else:
        assert "counts    1000 created" in err.seen and err.scrolled == 0
    assert not [thread for thread in threading.enumerate() if thread.name == "display"]


def _storm(drawn: Display, threads: int, each: int) -> None:
    def work(mine: int) -> None:
        for number in range(each // 2 + each % 2 if mine % 2 else each // 2):
            drawn.listen(begin(f"rule/{mine}-{number}", "1.8"))
            drawn.listen(settled(f"rule/{mine}-{number}", "1.8"))

    at_work = [threading.Thread(target=work, args=(mine,)) for mine in range(threads)]
    for thread in at_work:
        thread.start()
    for thread in at_work:
        thread.join()


def test_the_timer_beats_by_itself_and_stops(clock: StandingClock) -> None:
    err = Stream()
    with choose(Stream(), err, clock, plain=True) as drawn:
        drawn.listen(begin("nat-gateway/a"))
        _until(lambda: "creating" in err.getvalue())
        for beats in (1, 2, 3):
            clock.sleep(30)
            _until(lambda beats=beats: err.getvalue().count("waiting") == beats)  # type: ignore[misc]
    length = len(err.getvalue())
    clock.sleep(300)
    assert len(err.getvalue()) == length
    assert not [thread for thread in threading.enumerate() if thread.name == "display"]


def _until(holds: Callable[[], bool]) -> None:
    given_up = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < given_up
        time.sleep(0.002)


def test_a_display_that_cannot_write_lets_the_work_go_on(clock: StandingClock) -> None:
    class Closed(Stream):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    for said in ({"json": True}, {"plain": True}):
        with choose(Closed(), Closed(), clock, **said) as drawn:
            for _ in range(10):
                drawn.listen(begin("vpc/main"))
            drawn.end(Report(Counts()))
    shut = io.StringIO()
    shut.close()
    assert not display.is_lively(shut, {})


def test_an_error_in_the_work_ends_the_display_and_goes_on(clock: StandingClock) -> None:
    out = Stream()
    with pytest.raises(NotSignedIn), choose(out, Stream(), clock, json=True) as drawn:
        drawn.listen(start())
        raise NotSignedIn("expired")
    assert json.loads(out.getvalue().splitlines()[-1])["error"]["code"] == "MUVI-4001"


def test_what_comes_after_the_end_is_not_drawn(clock: StandingClock) -> None:
    out = Stream()
    with choose(out, Stream(), clock, json=True) as drawn:
        drawn.end(Report(Counts()))
        drawn.listen(begin("vpc/main"))
        drawn.end(Report(Counts(created=5)))
    assert len(out.getvalue().splitlines()) == 1
