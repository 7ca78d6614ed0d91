"""The live screen, seen through terminals of several sizes."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace

import pytest

from muvi_provision.cli.drawing.frame import Frame
from muvi_provision.cli.drawing.glyphs import UNICODE
from muvi_provision.cli.drawing.ndjson import Ndjson
from muvi_provision.cli.drawing.place import Ending
from muvi_provision.cli.drawing.progress import Moment, Progress
from muvi_provision.cli.options import Options
from muvi_provision.engine import events
from muvi_provision.engine.events import Counts, Event
from muvi_provision.engine.site import Report
from muvi_provision.resource import Verdict
from tests.cli.test_display.conftest import (
    ADVICE,
    FAILURE,
    PLACE,
    Stage,
    StandingClock,
    Stream,
    begin,
    failed,
    settled,
    start,
    troubled,
    waiting,
)

SIZES = [(80, 24), (40, 10), (200, 50), (20, 5), (60, 3)]
LONG = [(f"{day}.{number}", f"Step {number} of day {day}", 9) for day in range(1, 6) for number in range(1, 14)]


def test_the_header_says_which_environment_where_and_how_far(clock: StandingClock) -> None:
    first = Stage(clock).play([start(), begin("vpc/main", "1.1"), settled("vpc/main", "1.1")], after=65).seen[0]
    assert first.startswith("run uat · me-central-1 · 123456789012  SANDBOX")
    assert first.endswith("1 of 59  1:05")


def test_a_step_has_a_mark_its_number_title_and_how_much_is_done(clock: StandingClock) -> None:
    told: list[Event] = [start(), settled("vpc/main", "1.1"), events.StepEnd(step="1.1"), begin("nat-gateway/a")]
    seen = Stage(clock).play(told).seen
    assert seen[1].split() == ["✓", "1.1", "VPC", "1", "of", "1"]
    assert seen[2].startswith(" ● 1.4   NAT gateway")
    assert seen[3].startswith(" · 1.8   Rules between the groups  0 of 56")


def test_what_is_waited_for_says_for_how_long_and_how_long_it_takes(clock: StandingClock) -> None:
    stage = Stage(clock)
    stage.play([start(), begin("nat-gateway/a"), begin("security-group-rule/x", "1.8")], after=41)
    lines = stage.play([waiting("nat-gateway/a", 41)]).seen
    assert lines[-2].split() == ["NAT", "gateway", "a", "creating", "0:42", "of", "about", "1:45"]
    assert "Security group rule x  creating  0:42" in lines[-1]


def test_what_is_late_says_what_to_look_at(clock: StandingClock) -> None:
    stage = Stage(clock)
    before = stage.play([start(), begin("nat-gateway/a"), waiting("nat-gateway/a", 0)], after=100)
    assert "worth a look" not in before.text and "brown" not in _colours_of(before, "NAT gateway a")
    after = stage.play([], after=10)
    assert f"worth a look: {ADVICE}" in " ".join(after.text.split())
    assert "brown" in _colours_of(after, "NAT gateway a")


def _colours_of(terminal: object, words: str) -> set[str]:
    screen = terminal.screen  # type: ignore[attr-defined]
    line = next(number for number, text in enumerate(screen.display) if words in text)
    return {cell.fg for cell in screen.buffer[line].values() if cell.data.strip()}


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_a_storm_never_takes_more_than_fits(columns: int, lines: int, clock: StandingClock) -> None:
    stage, chance = Stage(clock, columns, lines), random.Random(columns)
    stage.play([start(LONG)])
    for _ in range(60):
        stage.play(_some_events(chance), after=chance.uniform(0, 20))
        assert len(stage.terminal.seen) <= max(1, lines - 1)
        assert stage.terminal.scrolled == 0


def _some_events(chance: random.Random) -> list[Event]:
    told: list[Event] = []
    for _ in range(chance.randrange(12)):
        number = chance.randrange(90)
        resource, step = f"{chance.choice(['subnet', 'nat-gateway'])}/{number}", LONG[number % len(LONG)][0]
        told.append(
            chance.choice(
                [
                    begin(resource, step),
                    begin(resource, step),
                    waiting(resource, chance.uniform(0, 200), step=step),
                    settled(resource, step),
                    failed(resource, step),
                    events.Skipped(step=step, resource=resource, because="vpc/main"),
                    events.GateClosed(step=step, resource=f"gate/{number}", instructions="do\nthis"),
                    events.StepEnd(step=step),
                    events.Stopping(),
                ]
            )
        )
    return told


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_everything_going_on_is_shown_or_counted(columns: int, lines: int) -> None:
    for count in (1, 3, 7, 30, 200):
        progress = Progress()
        clock = StandingClock()
        told = [start(LONG), *(waiting(f"db-cluster/{n}", 1, step=LONG[n % 40][0]) for n in range(count)), failed()]
        for event in told:
            progress.take(Moment(event, clock.monotonic(), clock.now()))
        rows = [row.text for row in Frame(progress, PLACE, UNICODE, 1001.0, columns, lines).rows()]
        assert all(len(row) < columns for row in rows) and len(rows) < max(2, lines)
        shown = sum("creating" in row or "creat" in row for row in rows)
        more = sum(int(found[1]) for row in rows if (found := re.match(r"\s+and (\d+) more$", row)))
        assert shown + more == count or lines == 3
        assert lines == 3 or any("MUVI-1012" in row or "failed or" in row for row in rows)


def test_many_alike_share_a_line_only_when_there_is_no_room(clock: StandingClock) -> None:
    rules = [begin(f"security-group-rule/{number}", "1.8") for number in range(56)]
    stage = Stage(clock)
    assert "   56 security group rules  creating  0:01" in stage.play([start(), *rules]).seen
    assert "and 36 more" in stage.play([], after=30).seen[-1]  # slow ones have a line each
    wide = Stage(clock, 200, 100)
    assert wide.play([start(), *rules]).text.count("Security group rule") == 56


def test_finished_steps_fold_away_first_then_those_not_begun(clock: StandingClock) -> None:
    over = [events.StepEnd(step=number) for number, _, _ in LONG[:20]]
    seen = Stage(clock).play([start(LONG), *over, begin("nat-gateway/a", LONG[20][0])]).seen
    assert seen[1] == " ✓ 20 steps done"
    assert seen[2].startswith(f" ● {LONG[20][0]}")
    assert re.fullmatch(r" · \d+ more to come", seen[-2])
    assert "NAT gateway a" in seen[-1]


def test_failures_stay_with_their_code_whatever_else_goes_on(clock: StandingClock) -> None:
    stage = Stage(clock, 40, 10)
    many = [begin(f"database-{kind}/x", LONG[kind][0]) for kind in range(30)]
    stage.play([start(LONG), failed(), *many])
    assert "MUVI-1012 NAT gateway a" in stage.terminal.text
    stage.play([settled(f"database-{kind}/x", LONG[kind][0]) for kind in range(20)], after=600)
    assert "MUVI-1012 NAT gateway a" in stage.terminal.text


def test_a_resize_in_the_middle_leaves_one_whole_picture(clock: StandingClock) -> None:
    stage = Stage(clock, 120, 30)
    stage.play([start(), begin("nat-gateway/a"), waiting("nat-gateway/a", 1)])
    for columns, lines in ((50, 12), (30, 8), (140, 40)):
        stage.resize(columns, lines)
        seen = stage.play([]).seen
        assert seen[0].startswith("run uat")
        assert sum("run uat" in line for line in seen) == 1
        assert sum("creating" in line for line in seen) == 1
        assert len(seen) < lines


def test_nothing_is_written_when_nothing_has_changed(clock: StandingClock) -> None:
    stage = Stage(clock)
    stage.play([start(), begin("vpc/main", "1.1")])
    length = len(stage.terminal.getvalue())
    for _ in range(5):
        stage.play([], after=0.15)
    assert len(stage.terminal.getvalue()) == length


def test_it_draws_eight_times_a_second_at_most(clock: StandingClock) -> None:
    stage = Stage(clock)
    stage.play([start()])
    drawn = []
    for number in range(1000):  # one second
        before = len(stage.terminal.getvalue())
        stage.play([begin(f"subnet/{number}", "1.1")], after=0.001)
        drawn.append(len(stage.terminal.getvalue()) > before)
    assert 1 <= sum(drawn) <= 8


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
def test_an_old_encoding_gets_marks_it_can_show(encoding: str, clock: StandingClock) -> None:
    stage = Stage(clock, 80, 24, encoding)
    stage.play([start(), settled("vpc/main", "1.1"), events.StepEnd(step="1.1"), failed(), begin("café/→…", "1.8")])
    stage.pen.close(Ending(clock.monotonic(), troubled()))
    assert "MUVI-1012" in stage.terminal.text


def test_no_color_means_no_colour(clock: StandingClock) -> None:
    for stage, colours in ((Stage(clock), {"default", "green", "red"}), (Stage(clock, NO_COLOR="1"), {"default"})):
        told: list[Event] = [start(), settled("vpc/main", "1.1"), events.StepEnd(step="1.1"), failed()]
        assert stage.play(told).colours() >= colours
        stage.pen.close(Ending(clock.monotonic(), troubled()))
        assert (stage.terminal.colours() == {"default"}) == (colours == {"default"})


def test_escape_sequences_in_what_aws_says_do_nothing(clock: StandingClock) -> None:
    stage = Stage(clock)
    evil = waiting("nat-gateway/[red]a\x1b[2J\x1b]0;title\x07", 200, why="look\x1b[31m here\r\n\x07[bold]now[/]")
    seen = stage.play([start(), evil]).text
    assert "NAT gateway [red]a" in seen and "worth a look: look here  [bold]now[/]" in seen
    assert stage.terminal.screen.title == ""


def test_the_last_word_stays_and_says_what_why_and_what_next(clock: StandingClock) -> None:
    stage = Stage(clock, 80, 40)
    stage.play([start(), failed(), begin("load-balancer/api", "1.8"), events.Stopping()], after=9)
    assert "Stopping safely" in stage.terminal.text
    stage.pen.close(Ending(clock.monotonic(), troubled()))
    assert stage.terminal.seen[1:] == [
        "failed    nat-gateway/a: MUVI-1012 AWS could not make it ready",
        "where     subnet/public-a",
        "what      nat-gateway/a (nat-1) failed",
        "why       InsufficientFreeAddressesInSubnet",
        "next      muvi teardown --only nat-gateway/a",
        "          muvi run",
        "skipped   2 things not tried, because they stand on nat-gateway/a",
        "",
        "you       gate/delegate-domain waits for you:",
        "          Ask the registrar to delegate uat.cinema.example to:",
        "            ns-1.example",
        "going on  AWS goes on making load-balancer/api",
        "          the state remembers it; `muvi run` takes it up again",
        "",
        "run uat: stopped after 0:09",
        "counts    3 created, 1 failed, 2 not tried, 1 waiting for you, 4 unchanged (40",
        "          calls to AWS, 9 of them to change something)",
        "next      muvi run",
    ]
    assert not stage.terminal.screen.cursor.hidden


def test_a_good_end_is_short(clock: StandingClock) -> None:
    stage = Stage(clock)
    stage.play([start(), settled("vpc/main", "1.1")])
    stage.pen.close(Ending(clock.monotonic(), Report(Counts(created=1, api_calls=3, writes=1))))
    assert stage.terminal.seen[1:] == [
        "run uat: done after 0:01",
        "counts    1 created (3 calls to AWS, 1 of them to change something)",
        "next      muvi verify",
    ]


def test_an_error_instead_of_a_report_leaves_the_terminal_usable(clock: StandingClock) -> None:
    stage = Stage(clock)
    stage.play([start(), failed()])
    stage.pen.close(Ending(clock.monotonic(), error=RuntimeError("no")))
    assert not stage.terminal.screen.cursor.hidden
    assert "failed    nat-gateway/a: MUVI-1012" in stage.terminal.text


def test_an_error_instead_of_a_report_has_an_end_and_true_counts(clock: StandingClock) -> None:
    stage = Stage(clock)
    stage.pen.place = replace(PLACE, tally=lambda: (7, 2))
    stage.play([start(), settled("vpc/main", "1.1")])
    stage.pen.close(Ending(clock.monotonic(), error=RuntimeError("no")))
    assert stage.terminal.seen[1:] == [
        "run uat: ended by an error after 0:01",
        "counts    1 created (7 calls to AWS, 2 of them to change something)",
    ]


def test_what_takes_things_up_again_has_the_options_too(clock: StandingClock) -> None:
    stage = Stage(clock, 60, 40)
    stage.pen.place = replace(PLACE, again=Options(env="prodlike", sandbox=True).again)
    stage.play([start()])
    stage.pen.close(Ending(clock.monotonic(), troubled()))
    assert "`muvi run -e prodlike --sandbox`" in stage.terminal.text


def test_an_address_is_never_broken(clock: StandingClock) -> None:
    stage = Stage(clock, 50, 60)
    stage.play([start()])
    many = tuple(f"security-group-rule/main-database-from-{number}-service" for number in range(4))
    stage.pen.close(Ending(clock.monotonic(), Report(Counts(), going_on=many, interrupted=True)))
    assert all(any(address in line for line in stage.terminal.getvalue().splitlines()) for address in many)


def test_more_failures_than_fit_are_all_named_by_the_stream(clock: StandingClock) -> None:
    stage, out = Stage(clock, 80, 60), Stream()
    errors = {f"subnet/{number}": FAILURE for number in range(12)}
    stage.play([start()])
    stage.pen.close(Ending(clock.monotonic(), Report(Counts(failed=12), errors)))
    assert "and 4 more; the log names them all, and so does `muvi run --json`" in " ".join(stage.terminal.text.split())
    pen = Ndjson(out, "run-1", clock)
    for address in errors:
        pen.take(Moment(failed(address), clock.monotonic(), clock.now()))
    assert [json.loads(line)["resource"] for line in out.getvalue().splitlines()] == list(errors)


def test_a_step_that_is_not_used_says_so(clock: StandingClock) -> None:
    seen = Stage(clock).play([start([("1.8", "Rules", 3), ("1.9", "Private endpoints", 0)])]).seen
    assert seen[2].split(maxsplit=4) == ["✓", "1.9", "Private", "endpoints", "not used here"]


def test_a_long_command_is_never_broken_by_us(clock: StandingClock) -> None:
    stage = Stage(clock, 40, 30)
    stage.play([start()])
    stage.pen.close(Ending(clock.monotonic(), troubled()))
    assert "muvi teardown --only nat-gateway/a\n" in stage.terminal.getvalue()


def test_what_is_done_without_an_event_counts_when_its_step_is_over(clock: StandingClock) -> None:
    stage = Stage(clock)
    stage.play([start([("3.1", "Images", 2)]), begin("act/copy-images", "3.1", "do")])
    assert "copy images  doing" in stage.terminal.text
    seen = stage.play([events.StepEnd(step="3.1")]).seen
    assert seen[1].split() == ["✓", "3.1", "Images", "2", "of", "2"]
    assert len(seen) == 2


def test_a_deletion_begun_twice_keeps_its_first_time(clock: StandingClock) -> None:
    stage = Stage(clock)
    stage.play([start(), begin("security-group/x", "1.8", "delete")], after=20)
    refused = events.Waiting(step="1.8", resource="security-group/x", verb="delete", why="an interface lingers")
    seen = stage.play([refused, begin("security-group/x", "1.8", "delete")], after=10).seen
    assert "Security group x  deleting  0:30" in seen[-2]
    assert seen[-1].strip() == "worth a look: an interface lingers"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_can_be_drawn(verdict: Verdict, clock: StandingClock) -> None:
    assert Stage(clock).play([start(), settled("vpc/main", "1.1", verdict)]).seen[0].endswith("1 of 59  0:01")
