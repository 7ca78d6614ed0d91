"""What ``muvi status`` looks like: one line a step, and what is not finished. Nothing here asks or changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muvi_provision.cli.drawing.costs import by_month, cost_lines
from muvi_provision.cli.drawing.findings import listed
from muvi_provision.cli.drawing.glyphs import LOOKS, UNUSED, spoken
from muvi_provision.cli.drawing.sheet import Sheet, folded
from muvi_provision.cli.overview import RESTING, WAITING, DayView, Overview, StepView, in_flight, never_made
from muvi_provision.state.records import DELETING, INTENDED, MADE

if TYPE_CHECKING:
    from muvi_provision.pricing import Estimate

AT_WORK = {INTENDED: "being created", MADE: "made, but not yet seen ready", DELETING: "being deleted"}
UNTIL_THEN = {
    "gate/secrets": ": until then containers start without them",
    "gate/images": ": until then services run no copies, and cost less than is shown here",
    "gate/delegation": ": until then everything answers under CloudFront's own names",
    "gate/functions": ": until then those without code are not made, and their schedules are off",
    "gate/connection": ": until then pipelines cannot fetch the source",
    "gate/audit": ": until then sign-ins and refusals are not watched",
}
NOT_YET = "not yet"
ENDED = {
    INTENDED: "not made yet (the last run was refused or stopped)",
    MADE: "made, but not yet seen ready when the last run ended",
    DELETING: "being deleted when the last teardown ended",
}


def standing(sheet: Sheet, view: Overview, estimate: Estimate | None = None, *, verbose: bool = False) -> None:
    """Days and steps as far as the state knows, and what is not finished: in the works, or left by who was at work."""
    for day in view.days:
        _day(sheet, day, estimate, verbose)
    listed(sheet, "Recorded, but no step asks for it any more", [folded(thing.address for thing in view.orphans)])
    steps = [step for day in view.days for step in day.steps]
    waits = [(thing, step) for step in steps for thing in step.things if thing.status == WAITING]
    told = (f"{spoken(thing.address)}, step {step.number}{UNTIL_THEN.get(thing.address, '')}" for thing, step in waits)
    listed(sheet, "Waiting for you", told, "warn")
    words = AT_WORK if view.holder else ENDED
    unfinished = [*in_flight(view), *never_made(view)]
    listed(
        sheet, "Not finished", (f"{each.address}: {words.get(each.status, each.status)}" for each in unfinished), "warn"
    )
    cost_lines(sheet, estimate)


def _day(sheet: Sheet, day: DayView, estimate: Estimate | None, verbose: bool) -> None:
    sheet.heading(f"Day {day.number}")
    for step in day.steps:
        _step(sheet, step, estimate)
        if verbose:
            begun = (thing for thing in step.things if thing.id)
            sheet.items((f"{thing.address}  {thing.id}" for thing in begun), "dim", indent=10)


def _step(sheet: Sheet, step: StepView, estimate: Estimate | None) -> None:
    there = [thing.address for thing in step.things if thing.is_there and thing.status != RESTING]
    text = f"{len(there)} of {len(step.things) - step.resting}" if step.things else LOOKS if step.looks else UNUSED
    text = NOT_YET if step.things and step.resting == len(step.things) else text
    said = f"{text}: {folded(there)}" if there and sheet.width >= 100 else text
    if step.resting and text != NOT_YET:
        said += f", {step.resting} {NOT_YET}"
    mark, tone = _how_far(sheet, step)
    sheet.step(mark, step.number, step.title, said, by_month(estimate, there), tone)


def _how_far(sheet: Sheet, step: StepView) -> tuple[str, str]:
    if step.things and step.resting == len(step.things):
        return sheet.glyphs.pending, "dim"
    if step.things and step.done == len(step.things):
        return sheet.glyphs.done, "good"
    has_begun = step.done or any(thing.is_in_flight for thing in step.things)
    return (sheet.glyphs.active, "warn") if has_begun else (sheet.glyphs.pending, "dim")
