"""``muvi verify``: read everything back, and ask what an operator would ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.errors import GATES, error_part
from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.selection import of_days
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from muvi_provision.engine.checks import Checked
    from muvi_provision.engine.drift import Drift
    from muvi_provision.errors import MuviError


@dataclass(frozen=True)
class Sentence:
    """One thing that was checked, in words. ``why``: what is wrong with it. ``waits``: nothing is, but for a person."""

    step: str
    text: str
    holds: bool
    why: str = ""
    error: MuviError | None = None
    waits: bool = False


def verify(
    ctx: typer.Context,
    day: Annotated[str | None, typer.Argument(help="day1, or all; without it, everything that was begun.")] = None,
) -> int:
    """Read everything back from AWS and check that it is as recorded, ready and working. Changes nothing."""
    call = invocation(ctx)
    with opened(call) as session:
        seen, said = read_back(session, day)
        session.count()
        _show(call, session, seen, said)
    lacking = [sentence for sentence in said if not sentence.holds]
    return 0 if not lacking else GATES if all(sentence.waits for sentence in lacking) else 1


def read_back(session: Session, day: str | None) -> tuple[Drift, list[Sentence]]:
    """The records against AWS; one sentence for what is recorded of each step, and one for every check."""
    from muvi_provision import runbook
    from muvi_provision.cli.overview import looking
    from muvi_provision.engine.checks import run_checks
    from muvi_provision.engine.drift import find_drift

    records, site = of_days(session, day), session.site()
    numbers = dict.fromkeys(record.step for record in records)
    looks = looking(session.stack)
    seen_by = {step for step, needs in looks.items() if all(session.state.values(need) for need in needs)}
    asked = {step.number for step in runbook.of_day(day)} if day else {*numbers, *(seen_by if numbers else ())}
    drift = find_drift(records, site)
    read = [_as_made(session, number, drift) for number in sorted({*numbers, *asked} - looks.keys(), key=_order)]
    checked = run_checks(session.stack, site, asked)
    waits = _waiting(session, numbers)
    said = sorted([*read, *map(_checked, checked), *waits], key=lambda sentence: _order(sentence.step))
    return drift, said


def _waiting(session: Session, numbers: Iterable[str]) -> list[Sentence]:
    """What waits for a person in steps of which something is recorded, while all else goes on."""
    from muvi_provision.cli.drawing.glyphs import spoken
    from muvi_provision.cli.overview import is_by_the_way, is_there, things_of

    found = [node for nodes in things_of(session.stack, numbers).values() for node in nodes if is_by_the_way(node)]
    return [
        Sentence(node.step, f"{_waits(spoken(node.address))} for you", False, waits=True)
        for node in found
        if not is_there(node, session.state)
    ]


def _waits(what: str) -> str:
    """``secrets wait``, ``delegation waits``."""
    return f"{what} wait{'' if what.endswith('s') else 's'}"


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def _as_made(session: Session, number: str, drift: Drift) -> Sentence:
    """Whether everything a step asked for is there, ready and as recorded."""
    from muvi_provision.cli.drawing.glyphs import UNUSED
    from muvi_provision.cli.overview import is_by_the_way, is_there
    from muvi_provision.resource import Verdict

    asked = [node for node in session.stack.nodes.values() if node.step == number and not is_by_the_way(node)]
    inside = {record.address for record in session.state.records() if record.step == number}
    if not (asked or inside):
        return Sentence(number, UNUSED, True)
    wrong = [f"{node.address} is not there yet" for node in asked if not is_there(node, session.state)]
    for address in inside:
        finding = drift.findings.get(address)
        if address in drift.errors:
            wrong.append(f"{address}: {drift.errors[address].what}")
        elif finding and finding.verdict in (Verdict.VANISHED, Verdict.CREATE):
            wrong.append(f"{address} has vanished")
        elif finding and finding.changes:
            wrong.append(f"{address} has changed: {'; '.join(map(str, finding.changes))}")
        elif address in drift.unready:
            wrong.append(f"{address} is not ready: {drift.unready[address]}")
    count = f"{len(inside)} recorded thing{'' if len(inside) == 1 else 's'}"
    text = f"{count}: there, ready and unchanged" if inside else "nothing is recorded yet"
    return Sentence(number, text, not wrong, _few(wrong))


def _few(wrong: list[str]) -> str:
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return "; ".join(wrong[:3]) + more


def _checked(check: Checked) -> Sentence:
    why = check.error.what if check.error else ""
    return Sentence(check.step, check.sentence, check.holds, why, check.error)


def _show(call: Invocation, session: Session, seen: Drift, said: list[Sentence]) -> None:
    from muvi_provision.cli.overview import asked_of_you

    failed = [sentence for sentence in said if not (sentence.holds or sentence.waits)]
    waits = [sentence.step for sentence in said if sentence.waits]
    advice = ("muvi drift", "muvi run") if failed else asked_of_you(session.stack, waits)
    if call.options.json:
        checks = [_described(sentence) for sentence in said]
        call.document({"checks": checks}, ok=not (failed or waits), next=advice)
        return
    from muvi_provision.cli.drawing import tables
    from muvi_provision.cli.overview import nothing_in

    if not said:
        call.show(f"{nothing_in(session.state)}, so there is nothing to verify")
        return
    rows = [tables.Checked(each.step, each.text, each.holds, each.why, waits=each.waits) for each in said]
    tables.verify(session.sheet(), seen, rows, verbose=call.options.verbose)
    call.advise(*advice)


def _described(sentence: Sentence) -> dict[str, Any]:
    error = error_part(sentence.error) if sentence.error else None
    told = {"step": sentence.step, "check": sentence.text, "ok": sentence.holds, "waits": sentence.waits}
    return {**told, "why": sentence.why, "error": error}
