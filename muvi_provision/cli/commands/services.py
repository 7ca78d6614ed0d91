"""``muvi services``: what runs, how many of it, from which image."""

from __future__ import annotations

import typer

from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.service_list import Served
from muvi_provision.cli.session import Session, opened

HEADINGS = ("service", "state", "copies", "image", "tag", "since")


def services(ctx: typer.Context) -> None:
    """The services: copies, image, roll-out, and what ECS said last. Asks AWS."""
    from muvi_provision.cli.service_list import listed

    call = invocation(ctx)
    with opened(call) as session:
        found = listed(session)
        session.count()
        advice = _advice(found)
        if call.options.json:
            return call.document({"services": [one.described() for one in found]}, next=advice)
        if not found:
            return call.show("the environment has no services")
        _draw(session, found)
        return call.advise(*advice)


def _advice(found: list[Served]) -> tuple[str, ...]:
    if any(not one.is_made for one in found):
        return ("muvi run day3",)
    if any(one.state == "gone" for one in found):
        return ("muvi run",)
    failed = tuple(f"muvi logs {one.name}" for one in found if one.state in ("failed", "too few running"))
    waiting = ("muvi images list",) if any(one.is_waiting for one in found) else ()
    return (*failed[:2], *waiting)


def _draw(session: Session, found: list[Served]) -> None:
    from muvi_provision.cli.drawing.columns import Row, columns, hour, short

    verbose, now = session.call.options.verbose, session.call.clock.now()
    rows = []
    for one in found:
        starting = f" (+{one.pending})" if one.pending else ""
        counts = f"{one.running} of {one.wanted}{starting}" if one.is_made else ""
        image = ", ".join(short(digest) for digest in one.digests)
        tone = "bad" if one.has_failed else "warn" if one.is_waiting or one.running < one.wanted else ""
        said = f"{hour(one.said_at, now)} {one.said}" if one.said else ""
        told = (said,) if said and (verbose or (tone and not one.is_waiting)) else ()
        cells = (one.name, one.state, counts, image, one.tag, hour(one.since, now))
        rows.append(Row(cells, tone if one.is_made else "dim", told))
    columns(session.sheet(), HEADINGS, rows)
