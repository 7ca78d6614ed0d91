"""What plans, states and differences look like on a console. Nothing here asks or changes anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muvi_provision.cli.drawing.costs import by_month, cost_lines
from muvi_provision.cli.drawing.findings import blocked, changes, errors, left_over, listed
from muvi_provision.cli.drawing.glyphs import counted, spoken
from muvi_provision.cli.drawing.sheet import GLUE, Sheet, folded
from muvi_provision.cli.orphans import Orphans
from muvi_provision.engine.stack import Step
from muvi_provision.resource import Verdict
from muvi_provision.state.records import Record

if TYPE_CHECKING:
    from muvi_provision.engine.drift import Drift
    from muvi_provision.engine.planner import Plan
    from muvi_provision.pricing import Estimate

SIGNS = {Verdict.CREATE: "+", Verdict.VANISHED: "+", Verdict.UPDATE: "~", Verdict.BLOCKED: "!", Verdict.SAME: "="}
COLUMN = "; at the right: USD a month"
NOTHING = Orphans()


@dataclass(frozen=True)
class Checked:
    """The answer to one check: ``holds`` is None when it could not be asked, and ``why`` says why not.

    ``waits``: it is no check but something a person has to give.
    """

    step: str
    sentence: str
    holds: bool | None
    why: str = ""
    waits: bool = False


def plan(
    sheet: Sheet,
    plan: Plan,
    estimate: Estimate | None = None,
    *,
    steps: Sequence[Step],
    left: Orphans = NOTHING,
    verbose: bool = False,
) -> None:
    """What a run would do, one line a step; changes, obstacles, what needs a person and what is ``left`` in full."""
    sheet.line(_plan_headline(plan, left), "strong")
    if not plan.is_empty:
        same = f"  {SIGNS[Verdict.SAME]} as it should be" if verbose else ""
        sheet.line(f"+ create  ~ change  ! cannot be changed{same}{COLUMN if estimate else ''}", "dim")
    quiet = [step for step in steps if not _step_of_plan(sheet, plan, step, estimate, verbose)]
    if quiet and not plan.is_empty:
        sheet.line(f"Nothing to do in {', '.join(step.number for step in quiet)}.", "dim", indent=2)
    changes(sheet, plan.of(Verdict.UPDATE))
    blocked(sheet, plan.of(Verdict.BLOCKED))
    left_over(sheet, left)
    listed(sheet, "To be done once", (spoken(address) for address in plan.acts))
    listed(sheet, "For you to do, when its turn comes", (spoken(address) for address in plan.gates), "warn")
    errors(sheet, plan.errors, "In the way")
    _untold(sheet, plan)
    if plan.usual_s >= 60:
        sheet.heading(f"AWS usually takes about {counted(round(plan.usual_s / 60), 'minute')} to make it ready.")
    cost_lines(sheet, estimate)


def _untold(sheet: Sheet, plan: Plan) -> None:
    for lost in dict.fromkeys(plan.untold.values()):
        over = folded(address for address, because in plan.untold.items() if because == lost)
        sheet.line(f"Nothing can be told of {over}, because {lost} could not be looked at.", "warn", indent=2, hang=2)


def _plan_headline(plan: Plan, left: Orphans) -> str:
    made = len(plan.of(Verdict.CREATE, Verdict.VANISHED))
    told = (
        (made, "to create"),
        (len(plan.of(Verdict.UPDATE)), "to change"),
        (len(plan.of(Verdict.BLOCKED)), "that cannot be changed"),
        (len(plan.errors), "not possible yet"),
        (len(plan.of(Verdict.SAME)), "as it should be"),
    )
    if plan.is_empty and left.records:
        return (
            f"Nothing to make or change: {counted(len(plan.findings), 'thing')} looked at; but something is left over."
        )
    if plan.is_empty:
        return f"Nothing to do: {counted(len(plan.findings), 'thing')} looked at, all as they should be."
    return f"Plan: {', '.join(f'{number} {words}' for number, words in told if number) or 'nothing to make'}."


def _step_of_plan(sheet: Sheet, plan: Plan, step: Step, estimate: Estimate | None, verbose: bool) -> bool:
    """Writes a step that has something to do, and says whether it had."""
    mine = [f for a, f in plan.findings.items() if plan.steps[a] == step.number]
    todo = [f for f in mine if f.verdict != Verdict.SAME]
    others = _others_of_plan(plan, step)
    if not (todo or others or verbose):
        return False
    by_sign: dict[str, list[str]] = defaultdict(list)
    for finding in todo if todo or others else mine:
        by_sign[SIGNS[finding.verdict]].append(finding.address)
    texts = [f"{sign}{GLUE}{folded(addresses)}" for sign, addresses in by_sign.items()]
    right = by_month(estimate, [f.address for f in todo])
    sheet.step(" ", step.number, step.title, ", ".join([*texts, *others]), right)
    if verbose:
        sheet.items((f"{SIGNS[f.verdict]} {f.address}" for f in mine), "dim", indent=10)
    return True


def _others_of_plan(plan: Plan, step: Step) -> list[str]:
    """What a step has to do besides resources, and what something is in the way of."""
    told = (("once", plan.acts), ("for you", plan.gates))
    others = [f"{word}: {spoken(a)}" for word, found in told for a in found if plan.steps.get(a) == step.number]
    lost = folded(address for address in plan.errors if plan.steps.get(address) == step.number)
    return [*others, *([f"not possible yet: {lost}"] if lost else [])]


def drift(sheet: Sheet, drift: Drift, *, verbose: bool = False) -> None:
    """Where AWS differs from the records."""
    _drift(sheet, drift, verbose)


def _drift(sheet: Sheet, drift: Drift, verbose: bool) -> None:
    seen = counted(len(drift.findings), "thing")
    if drift.is_none:
        sheet.line(f"No difference: {seen} looked at, all as recorded.", "good")
    else:
        told = ((len(drift.changed), "changed"), (len(drift.vanished), "gone"), (len(drift.errors), "not readable"))
        sheet.line(f"{seen} looked at: {', '.join(f'{n} {word}' for n, word in told if n)}.", "warn")
    listed(sheet, "Gone from AWS; `muvi run` makes it again", (f.address for f in drift.vanished), "bad")
    changes(sheet, [f for f in drift.changed if f.verdict == Verdict.UPDATE], "Changed by somebody else")
    blocked(sheet, [f for f in drift.changed if f.verdict == Verdict.BLOCKED])
    listed(sheet, "There, but not ready", (f"{a}: {why}" for a, why in drift.unready.items()), "warn")
    errors(sheet, drift.errors)
    if verbose:
        same = (f.address for f in drift.findings.values() if f.verdict == Verdict.SAME)
        listed(sheet, "As recorded", same, "dim")


def verify(sheet: Sheet, seen: Drift, checks: Sequence[Checked], *, verbose: bool = False) -> None:
    """Everything read back, and what the checks say."""
    _drift(sheet, seen, verbose)
    if not checks:
        return
    asked = [check for check in checks if not check.waits]
    held = sum(bool(check.holds) for check in asked)
    waiting = f"; {len(checks) - len(asked)} of the steps wait for you" if len(checks) > len(asked) else ""
    sheet.heading(f"{held} of {counted(len(asked), 'check')} hold{waiting}")
    marks = {True: (sheet.glyphs.done, "good"), False: (sheet.glyphs.failed, "bad"), None: ("?", "warn")}
    for check in checks:
        mark, tone = (sheet.glyphs.gate, "warn") if check.waits else marks[check.holds]
        sheet.line(f"{mark} {check.step:<5} {check.sentence}", tone, indent=2, hang=8)
        if check.why:
            sheet.line(check.why, indent=10)


def teardown_preview(
    sheet: Sheet,
    records: Sequence[Record],
    steps: Sequence[Step],
    *,
    kept: Sequence[Record] = (),
    forgotten: Sequence[Record] = (),
    estimate: Estimate | None = None,
    verbose: bool = False,
) -> None:
    """What a teardown would delete, last made first, and what it saves."""
    if not (records or forgotten):
        return sheet.line("Nothing to delete: the state remembers nothing of this.", "good")
    sheet.line(f"{counted(len(records), 'thing')} would be deleted, for good, the last step first:", "strong")
    titles = {step.number: step.title for step in steps}
    for number in sorted({record.step for record in records}, key=_place, reverse=True):
        mine = [record.address for record in reversed(records) if record.step == number]
        sheet.step("-", number, titles.get(number, ""), folded(mine), by_month(estimate, mine))
        if verbose:
            sheet.items(mine, "dim", indent=10)
    listed(
        sheet,
        "Only looked up, or the whole account's: forgotten here, not deleted",
        [folded(record.address for record in forgotten)],
    )
    listed(sheet, "Kept", [folded(record.address for record in kept)])
    sheet.line()
    sheet.line("Only what is recorded and bears this environment's tags is deleted; all else stays.", "dim")
    return cost_lines(sheet, estimate, saved=True)


def _place(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))
