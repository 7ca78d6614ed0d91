"""``muvi drift``: the records against AWS now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.selection import of_days
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from muvi_provision.engine.drift import Drift

DIFFERENT = 3


def drift(
    ctx: typer.Context,
    day: Annotated[str | None, typer.Argument(help="day1, or all; without it, everything recorded.")] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 3 when something differs.")] = False,
) -> int:
    """What has changed or vanished in AWS since it was made. Changes nothing."""
    from muvi_provision.engine.drift import find_drift

    call = invocation(ctx)
    with opened(call) as session:
        found = find_drift(of_days(session, day), session.site())
        session.count()
        _show(call, session, found)
    if found.errors:
        return next(iter(found.errors.values())).exit_code
    return DIFFERENT if exit_code and not found.is_none else 0


def _show(call: Invocation, session: Session, found: Drift) -> None:
    advice = () if found.is_none else ("muvi plan", "muvi run")
    if call.options.json:
        return call.document(described(found), ok=not found.errors, next=advice)
    from muvi_provision.cli.drawing import tables
    from muvi_provision.cli.overview import nothing_in

    if not session.state.records():
        return call.show(f"{nothing_in(session.state)}, so nothing can differ from it")
    tables.drift(session.sheet(), found, verbose=call.options.verbose)
    return call.advise(*advice)


def described(found: Drift) -> dict[str, Any]:
    """For a program: addresses, and what is different of each."""
    from muvi_provision.cli.errors import error_part

    return {
        "changed": {
            finding.address: [
                {"field": change.field, "recorded": change.new, "now": change.old} for change in finding.changes
            ]
            for finding in found.changed
        },
        "vanished": [finding.address for finding in found.vanished],
        "unready": dict(found.unready),
        "errors": {address: error_part(error) for address, error in found.errors.items()},
        "looked_at": len(found.findings),
    }
