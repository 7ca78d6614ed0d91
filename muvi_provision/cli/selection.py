"""Which steps, or which records, a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session
    from muvi_provision.engine.stack import Step
    from muvi_provision.state.records import Record


def chosen(
    session: Session, day: str | None, *, step: str | None = None, first: str | None = None, last: str | None = None
) -> tuple[Step, ...]:
    """The steps a command is about. Without a day: all for a number that is given, else the unfinished day."""
    from muvi_provision import runbook

    if step and (first or last):
        raise UsageError("--step names one step; --from and --until name a range", next=("muvi run --help",))
    everything = step or first or last or day
    steps = runbook.of_day(day or "all") if everything else unfinished(session)
    if step:
        first = last = step
    found = runbook.between(steps, first, last)
    if not found:
        raise UsageError(f"no step of {day or 'the runbook'} is in that range", next=("muvi status",))
    return found


def of_days(session: Session, day: str | None) -> list[Record]:
    """What is recorded of a day, or of everything: also what no step asks for any more."""
    from muvi_provision import runbook

    records = session.state.records()
    if day is None or day == "all":
        return records
    number = str(runbook.of_day(day)[0].day)
    return [record for record in records if record.step.partition(".")[0] == number]


def unfinished(session: Session) -> tuple[Step, ...]:
    """The steps of the first day with something not ready, else of the last day."""
    from muvi_provision import runbook
    from muvi_provision.cli.overview import is_by_the_way, is_there

    stack, state = session.stack, session.state
    days = runbook.days()
    for day in days:
        numbers = {step.number for step in day.steps}
        inside = (node for node in stack.nodes.values() if node.step in numbers and not is_by_the_way(node))
        if not all(is_there(node, state) for node in inside):
            return day.steps
    return days[-1].steps
