"""``muvi plan``: what a run would do, how long it takes, what it costs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from muvi_provision.cli.errors import error_part
from muvi_provision.cli.files import written
from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.orphans import Orphans, orphans
from muvi_provision.cli.selection import chosen, ground, unbuilt_below
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muvi_provision.engine.planner import Plan
    from muvi_provision.engine.stack import Step
    from muvi_provision.pricing import Estimate

DIFFERENT = 3


def plan(
    ctx: typer.Context,
    day: Annotated[str | None, typer.Argument(help="day1, or all; without it, the unfinished day.")] = None,
    step: Annotated[str | None, typer.Option(metavar="STEP", help="Only this step, such as 1.4.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="STEP", help="From this step on.")] = None,
    last: Annotated[str | None, typer.Option("--until", metavar="STEP", help="Up to this step.")] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 3 when there is something to do.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write it to this file, as JSON.")] = None,
) -> int:
    """What a run would make or change, how long it takes and what it costs. Changes nothing."""
    call = invocation(ctx)
    with opened(call) as session:
        steps = chosen(session, day, step=step, first=first, last=last)
        found = looked(session, steps)
        session.count()
        show(session, found, steps, selection(day, step, first, last))
        if out:
            written(out, json.dumps(described(session, found), indent=2, default=str) + "\n")
    if found.errors:
        return next(iter(found.errors.values())).exit_code
    return DIFFERENT if exit_code and not found.is_empty else 0


def looked(session: Session, steps: Sequence[Step]) -> Plan:
    """The plan for those steps, without what is only looked up: nobody makes that."""
    from muvi_provision.engine.planner import Planner

    found = Planner(session.site()).plan(session.stack, {step.number for step in steps})
    ours = {a: finding for a, finding in found.findings.items() if not finding.resource.declared.lookup}
    return replace(found, findings=ours, orphans=orphans(session, steps).records)


def selection(day: str | None, step: str | None, first: str | None, last: str | None) -> str:
    """The same steps again, as words of a command."""
    numbers = (("--step", step), ("--from", first), ("--until", last))
    return " ".join([*([day] if day else []), *(f"{option} {number}" for option, number in numbers if number)])


def show(session: Session, found: Plan, steps: Sequence[Step], again: str) -> None:
    """As a document, or as tables and what to type next."""
    call, advice = session.call, advised(found, orphans(session, steps), again)
    if not found.is_empty and (lacking := unbuilt_below(session, steps)):
        call.warn(f"this stands on steps that have not been run to their end: {', '.join(lacking)}")
        advice = (ground(lacking, steps),)
    if call.options.json:
        call.document(described(session, found), ok=not found.errors, next=advice)
        return
    tabled(session, found, steps, call.out)
    call.advise(*advice)


def tabled(session: Session, found: Plan, steps: Sequence[Step], stream: TextIO) -> None:
    """As tables on that stream."""
    from muvi_provision.cli.drawing import tables

    options, left = session.call.options, orphans(session, steps)
    sheet = session.sheet(stream)
    tables.plan(sheet, found, cost(session, found), steps=steps, left=left, verbose=options.verbose)


def cost(session: Session, found: Plan) -> Estimate:
    """What it adds to the bill."""
    from muvi_provision.cli.money import wanted
    from muvi_provision.resource import Verdict

    new = [finding.resource for finding in found.of(Verdict.CREATE, Verdict.VANISHED)]
    return wanted(new, session.environment.region)


def advised(found: Plan, left: Orphans, again: str) -> tuple[str, ...]:
    """What to type next, most useful first."""
    from muvi_provision.resource import Verdict

    if found.errors:
        return next(iter(found.errors.values())).next
    only = " ".join(f"--only {finding.address}" for finding in found.of(Verdict.BLOCKED))
    first = (f"muvi teardown {only} --with-users",) if only else ()
    then = () if found.is_empty else (f"muvi run {again}".strip(),)
    return tuple(filter(None, (*first, *then, left.command))) or ("muvi status",)


def described(session: Session, found: Plan) -> dict[str, Any]:
    """For a program: addresses by what would happen to them."""
    from muvi_provision.cli.money import document
    from muvi_provision.resource import Verdict

    verdicts = (Verdict.CREATE, Verdict.UPDATE, Verdict.SAME, Verdict.BLOCKED, Verdict.VANISHED)
    return {
        **{verdict.value: [finding.address for finding in found.of(verdict)] for verdict in verdicts},
        "orphan": [record.address for record in found.orphans],
        "acts": list(found.acts),
        "gates": list(found.gates),
        "changes": {
            finding.address: [str(change) for change in finding.changes]
            for finding in found.of(Verdict.UPDATE, Verdict.BLOCKED)
        },
        "errors": {address: error_part(error) for address, error in found.errors.items()},
        "steps": {number: [a for a, at in found.steps.items() if at == number] for number in _numbers(found)},
        "empty": found.is_empty,
        "usual_s": round(found.usual_s * session.connection.pace.scale, 1),
        "cost": document(cost(session, found)),
        "account": session.identity.account,
        "region": session.environment.region,
    }


def _numbers(found: Plan) -> list[str]:
    """The steps of what was looked at."""
    about = {*found.findings, *found.acts, *found.gates, *found.errors}
    return list(dict.fromkeys(number for address, number in found.steps.items() if address in about))
