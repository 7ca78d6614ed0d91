"""The last word of a run: what was done, what failed and why, what waits for a person, and what to type next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import shorten

from muvi_provision.cli.drawing.glyphs import counted, duration
from muvi_provision.cli.drawing.place import Ending, Place
from muvi_provision.cli.drawing.progress import Progress
from muvi_provision.cli.overview import LISTS
from muvi_provision.engine.events import Counts
from muvi_provision.engine.site import Report
from muvi_provision.errors import MuviError

ROOM, MARGIN, NARROW = 9, 12, 20  # lines of instructions on a screen; the columns before them; the fewest for them
LONGEST = 90  # letters of a gate's first sentence where there is no room for all
SHOWN = 8  # failures told in full; more would push the first ones off the screen


@dataclass(frozen=True)
class Line:
    """One thing to say. ``word``: what sort it is (done, failed, where, why, you, counts, next, …)."""

    word: str
    text: str


def lines(progress: Progress, ending: Ending, place: Place, width: int = 0) -> Iterator[Line]:
    """Everything worth saying at the end, the next command last, which an error says itself.

    width: the columns of a screen, on which all of it should be seen at once; 0 where there is room for everything.
    """
    if ending.report:
        yield from _reported(progress, ending.report, ending.at, place, width)
    elif progress.began is not None:
        yield from (Line("failed", f"{address}: {e.code} {e.summary}") for address, e in progress.failures.items())
        yield Line("end", f"{_name(progress)}: ended by an error after {duration(progress.elapsed(ending.at))}")
        yield Line("counts", tallied(progress.counts(place.tally())))


def _reported(progress: Progress, report: Report, now: float, place: Place, width: int) -> Iterator[Line]:
    again = place.again
    yield from _failures(progress.command, report, again)
    yield from _not_tried(report)
    yield from _gates(report, place, width)
    if later := place.resting():
        stands = (
            "is made by a later run, once what it stands"
            if later == 1
            else "are made by a later run, once what they stand"
        )
        yield Line("not yet", f"{counted(later, 'thing')} {stands} on is there")
    if report.interrupted:
        yield from _interruption(progress, report, again)
    yield from _left_over(place)
    yield Line("end", f"{_name(progress)}: {ended(report)} after {duration(progress.elapsed(now))}")
    yield Line("counts", tallied(report.counts))
    if command := next_command(progress.command, report):
        goes_on = report.gates and not (report.errors or report.interrupted)
        yield Line("next", (place.onward if goes_on else again)(command))


def _gates(report: Report, place: Place, width: int) -> Iterator[Line]:
    """What waits for a person: in full while a screen has room, then what it is and the command that shows how."""
    room, places = ROOM, {address: place for place, address in enumerate(LISTS)}
    for address, instructions in sorted(report.gates.items(), key=lambda gate: places.get(gate[0], len(places))):
        told, listing = place.told(instructions), LISTS.get(address, "")
        taken = 1 + sum(len(line) // max(NARROW, width - MARGIN) + 1 for line in told)
        if width and listing and taken > room:
            first = told[0].partition(". ")[0].rstrip(":.") if told else ""
            what = shorten(first, LONGEST, placeholder=" ...", break_on_hyphens=False)
            stop = "" if what.endswith("...") else "."
            yield Line("you", f"{address} waits for you: {what}{stop} How: `{place.again(listing)}`")
            room -= 2
        else:
            yield Line("you", f"{address} waits for you:")
            yield from (Line("do", line) for line in told)
            room -= taken


def _name(progress: Progress) -> str:
    return f"{progress.command} {progress.env}".strip() or "run"


def _failures(command: str, report: Report, again: Callable[[str], str]) -> Iterator[Line]:
    told: set[object] = set()
    for address, error in list(report.errors.items())[:SHOWN]:
        yield Line("failed", f"{address}: {error.code} {error.summary}")
        yield from _told(address, error, again, told)
    if (more := len(report.errors) - SHOWN) > 0:
        every = again(f"muvi {command or 'run'}") + " --json"
        yield Line("failed", f"and {more} more; the log names them all, and so does `{every}`")


def _told(address: str, error: MuviError, again: Callable[[str], str], told: set[object]) -> Iterator[Line]:
    """The parts of one failure; a reason and remedy that an earlier one had (``told``) are said once."""
    said = [("where", error.where if error.where != address else "")]
    why = (error.why, error.next)
    said += [("what", error.what)] if why not in told or (error.what, why) not in told else []
    said += [("why", error.why), *(("next", again(command)) for command in error.next)] if why not in told else []
    told |= {why, (error.what, why)}
    yield from (Line(word, text) for word, text in said if text)


def _not_tried(report: Report) -> Iterator[Line]:
    """What was not tried, one line for each thing that it was not tried for."""
    causes: dict[str, int] = {}
    for because in report.skipped.values():
        causes[because] = causes.get(because, 0) + 1
    for because, number in list(causes.items())[:SHOWN]:
        stands = "it stands" if number == 1 else "they stand"
        yield Line("skipped", f"{counted(number, 'thing')} not tried, because {stands} on {because}")


def _left_over(place: Place) -> Iterator[Line]:
    """What no step asks for any more, and the one command that takes it away."""
    found = place.orphans()
    yield from (Line("left over", sentence) for sentence in found.sentences())
    if found.command:
        yield Line("next", place.again(found.command))


def _interruption(progress: Progress, report: Report, again: Callable[[str], str]) -> Iterator[Line]:
    goes_on = "taking away" if progress.command == "teardown" else "making"
    if report.going_on:
        yield Line("going on", f"AWS goes on {goes_on} {_some(report.going_on)}")
        them = "it" if len(report.going_on) == 1 else "them"
        command = again(f"muvi {progress.command or 'run'}")
        yield Line("going on", f"the state remembers {them}; `{command}` takes {them} up again")
    else:
        yield Line("going on", f"nothing is left half-way: AWS is not {goes_on} anything of ours now")


def _some(addresses: Sequence[str]) -> str:
    more = len(addresses) - SHOWN
    return ", ".join(addresses[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def ended(report: Report) -> str:
    """How it ended, in a word or two."""
    if report.interrupted:
        return "stopped"
    if report.errors:
        return "ended with failures"
    return "done but for what waits for you" if report.gates else "done"


def tallied(counts: Counts) -> str:
    """``3 created, 1 failed, 12 unchanged; 40 calls to AWS, 4 of them changes``."""
    told = (
        (counts.created, "created"),
        (counts.updated, "updated"),
        (counts.deleted, "deleted"),
        (counts.failed, "failed"),
        (counts.skipped, "not tried"),
        (counts.waiting, "waiting for you"),
        (counts.same, "unchanged"),
    )
    said = ", ".join(f"{number} {word}" for number, word in told if number) or "nothing to do"
    changes = f", {counts.writes} of them to change something" if counts.writes else ", none to change anything"
    return f"{said} ({counted(counts.api_calls, 'call')} to AWS{changes})" if counts.api_calls else said


def next_command(command: str, report: Report) -> str:
    """What to type next: the same again while something is left to do."""
    command = f"muvi {command or 'run'}"
    if command == "muvi images copy" and not (report.errors or report.interrupted):
        return "muvi run day3"
    if report.errors or report.gates or report.interrupted:
        return command
    return {"muvi teardown": "", "muvi leftovers": "muvi status"}.get(command, "muvi verify")


def one_line(error: MuviError, again: Callable[[str], str]) -> str:
    """An error in one line: code, summary, the values and the reason."""
    said = [f"{error.code} {error.summary}", error.what, error.why]
    said += [f"next: {again(command)}" for command in error.next[:1]]
    return "; ".join(part for part in said if part)
