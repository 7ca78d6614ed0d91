"""``muvi smoke``: does it work from outside? And if not, which door is closed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from muvi_provision.cli.errors import GATES
from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from muvi_provision.cli.smoke_report import Row

HEADINGS = ("name", "what", "state", "asked", "answer")
SHOWN = 4  # commands


def smoke(ctx: typer.Context) -> int:
    """Try from outside what must work, and name the first closed door. Ends with 9 when only you are waited for."""
    from muvi_provision.cli.smoke_report import HELD, WRONG, tried

    call = invocation(ctx)
    with opened(call) as session:
        if not session.environment.smoke:
            call.say("the environment names no flows (smoke), so nothing is asked from outside")
        rows = tried(session)
        session.count()
        states = {row.state for row in rows}
        _show(session, rows)
    return 1 if WRONG in states else GATES if HELD in states else 0


def _show(session: Session, rows: list[Row]) -> None:
    from muvi_provision.cli.smoke_report import WELL

    call, advice = session.call, _advice(rows)
    if call.options.json:
        content = {"rows": [row.described(call.options.again) for row in rows]}
        return call.document(content, ok=all(row.state == WELL for row in rows), next=advice)
    _draw(session, rows)
    call.say(_in_short(rows))
    return call.advise(*advice)


def _in_short(rows: list[Row]) -> str:
    """``4 of 16 are wrong, 12 wait for you``: on a small screen the first rows are gone by then."""
    from muvi_provision.cli.smoke_report import HELD, WRONG

    wrong, held = (sum(row.state == state for row in rows) for state in (WRONG, HELD))
    told = [f"{wrong} of {len(rows)} {'is' if wrong == 1 else 'are'} wrong"] if wrong else ["nothing is wrong"]
    told += [f"{held} {'waits' if held == 1 else 'wait'} for you"] if held else []
    return ", ".join(told) if wrong or held else f"all {len(rows)} are well"


def _draw(session: Session, rows: list[Row]) -> None:
    from muvi_provision.cli.drawing.columns import Row as Line
    from muvi_provision.cli.drawing.columns import columns
    from muvi_provision.cli.smoke_report import HELD, WRONG

    tones = {WRONG: "bad", HELD: "warn"}
    lines = []
    for row in rows:
        door = f"the first closed door: {row.door}; " if row.door else ""
        notes = (f"{door}{row.why}",) if row.why or door else ()
        lines.append(Line((row.name, row.sort, row.state, row.asked, row.seen), tones.get(row.state, ""), notes))
    columns(session.sheet(), HEADINGS, lines)


def _advice(rows: list[Row]) -> tuple[str, ...]:
    """What mends the first thing that is wrong, then what opens the gates, each once."""
    from muvi_provision.cli.overview import LISTS
    from muvi_provision.cli.smoke_report import HELD, WRONG

    wrong = [row.next for row in rows if row.state == WRONG and row.next]
    gates = dict.fromkeys(row.gate for row in rows if row.state == HELD)
    held = [LISTS.get(gate, "muvi run day4") for gate in gates if gate]
    return tuple(dict.fromkeys([*(wrong[0] if wrong else ()), *held]))[:SHOWN]
