"""``muvi status``: how far it is, what is in flight, what it costs now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.session import Session, opened
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.cli.overview import Overview, Thing
    from muvi_provision.pricing import Estimate
    from muvi_provision.runbook import Day

EVERY = 2.0
CLEAR = "\x1b[2J\x1b[H"


def status(
    ctx: typer.Context,
    day: Annotated[str | None, typer.Argument(help="day1, or all.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Also ask AWS what it shows now.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again whenever it changes, until Ctrl-C.")] = False,
) -> None:
    """Days and steps, what is in flight, what it costs now. From what is remembered; --live asks AWS."""
    call = invocation(ctx)
    if watch and call.options.json:
        raise UsageError("--watch is for people, --json for programs", next=("muvi status --json",))
    _once(call, day, live)
    if watch:
        call.is_told = True  # Ctrl-C is the way out of it, not an error
        _watch(call, day, live)


def _watch(call: Invocation, day: str | None, live: bool) -> None:
    shown = _serial(call)
    while True:
        call.clock.sleep(EVERY)
        if (serial := _serial(call)) != shown or live:
            shown = serial
            if call.out.isatty():
                print(CLEAR, end="", file=call.out)
            _once(call, day, live)


def _serial(call: Invocation) -> tuple[int, str]:
    """What changes whenever there is something new to show."""
    with opened(call) as session:
        return session.state.contents().serial, _holder(session)


def _once(call: Invocation, day: str | None, live: bool) -> None:
    from muvi_provision.cli.money import standing
    from muvi_provision.cli.overview import overview

    with opened(call) as session:
        seen = _seen(session) if live else {}
        session.count()
        days = _days(day)
        view = overview(session.stack, days, session.state, seen, _holder(session))
        estimate = standing(session.state.records(), session.environment.region)
        if call.options.json:
            call.document(described(session, view, estimate), next=_advice(session, view, day))
        else:
            _show(session, view, day, estimate)


def _days(word: str | None) -> tuple[Day, ...]:
    from muvi_provision import runbook

    if word is None or word == "all":
        return runbook.days()
    number = runbook.of_day(word)[0].day
    return tuple(day for day in runbook.days() if day.number == number)


def _seen(session: Session) -> dict[str, str]:
    """What AWS shows of everything recorded: a verdict, or why it is not ready."""
    from muvi_provision.engine.drift import find_drift

    found = find_drift(session.state.records(), session.site())
    verdicts = {address: finding.verdict.value for address, finding in found.findings.items()}
    return {**verdicts, **found.unready, **{address: error.summary for address, error in found.errors.items()}}


def _show(session: Session, view: Overview, day: str | None, estimate: Estimate) -> None:
    from muvi_provision.cli.drawing.standing import standing
    from muvi_provision.cli.overview import in_flight, nothing_in

    call, header = session.call, session.state.header
    where = f"account {header.account}, region {header.region}" if header.account else "nothing made yet"
    call.show(f"{session.environment.name}: {where}" + (" (sandbox)" if session.is_sandbox else ""))
    if not session.state.records():
        call.show(nothing_in(session.state))
    if view.holder:
        call.show(f"a command is at work: {view.holder}")
    sheet = session.sheet()
    standing(sheet, view, estimate, verbose=call.options.verbose)
    for thing in view.things:
        if thing.live not in ("", "same"):
            sheet.line(f"AWS shows {thing.address}: {thing.live}", "warn", hang=2)
    if view.last_change:
        call.show(f"last change {view.last_change[:16].replace('T', ' ')} UTC; {len(in_flight(view))} in flight")
    call.advise(*_advice(session, view, day))


def _advice(session: Session, view: Overview, day: str | None) -> tuple[str, ...]:
    from muvi_provision.cli.overview import advice, asked_of_you, waiting
    from muvi_provision.state.records import DELETING

    records = session.state.records()
    goes = any(record.status == DELETING for record in records)  # nobody is to give anything to what is taken down
    first = () if view.holder or goes else asked_of_you(session.stack, waiting(view))
    return (*first, advice(view, records, day))


def _holder(session: Session) -> str:
    """Who is writing just now, if anybody is."""
    return str(session.lock.holder() or "somebody") if session.lock.is_held() else ""


def described(session: Session, view: Overview, estimate: Estimate) -> dict[str, Any]:
    """For a program."""
    from muvi_provision.cli.money import document
    from muvi_provision.cli.overview import in_flight

    return {
        "account": view.account,
        "region": view.region,
        "sandbox": session.is_sandbox,
        "days": [
            {
                "day": day.number,
                "name": day.name,
                "title": day.title,
                "done": day.done,
                "total": day.total,
                "steps": [
                    {
                        "step": step.number,
                        "title": step.title,
                        "done": step.done,
                        "total": len(step.things),
                        "resources": [_thing(thing) for thing in step.things],
                    }
                    for step in day.steps
                ],
            }
            for day in view.days
        ],
        "orphans": [_thing(thing) for thing in view.orphans],
        "in_flight": [thing.address for thing in in_flight(view)],
        "holder": view.holder or None,
        "cost": document(estimate),
        "last_change": view.last_change or None,
    }


def _thing(thing: Thing) -> dict[str, Any]:
    return {
        "address": thing.address,
        "kind": thing.kind,
        "status": thing.status,
        "id": thing.id or None,
        "since": thing.since or None,
        "live": thing.live or None,
    }
