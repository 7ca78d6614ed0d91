"""Which steps, or which records, a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from muvi_provision.cli.session import Session
    from muvi_provision.engine.stack import Step
    from muvi_provision.state.records import Record

SHOWN = 8


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


def unbuilt_below(session: Session, steps: Iterable[Step]) -> list[str]:
    """The numbers of other steps that these stand on and that have not made what is needed, in the runbook's order."""
    from muvi_provision import runbook

    nodes, state, inside = session.stack.nodes, session.state, {step.number for step in steps}
    needs = {need for node in nodes.values() if node.step in inside for need in node.needs if need in nodes}
    lacking = {nodes[need].step for need in needs if not (state.values(need) or state.deed(need))} - inside
    return [step.number for step in runbook.steps() if step.number in lacking]


def refuse_without_ground(session: Session, steps: Sequence[Step]) -> None:
    """Half a day that ends in failures helps nobody. Raises UsageError naming the run that comes first."""
    lacking = unbuilt_below(session, steps)
    if not lacking:
        return
    which = f"{', '.join(lacking[:SHOWN])}{f' and {len(lacking) - SHOWN} more' if len(lacking) > SHOWN else ''}"
    raise UsageError(
        f"this stands on what step{'' if len(lacking) == 1 else 's'} {which} would have made",
        where=session.environment.name,
        why="they have not been run here, or not to their end; nothing was begun",
        next=(ground(lacking, steps), "muvi run all"),
    )


def ground(lacking: Sequence[str], steps: Sequence[Step]) -> str:
    """The run that comes first: of the day below, or up to the last of those steps when the day is the same."""
    day = lacking[0].partition(".")[0]
    is_same = any(str(step.day) == day for step in steps)
    return f"muvi run --until {lacking[-1]}" if is_same else f"muvi run day{day}"


def of_days(session: Session, day: str | None) -> list[Record]:
    """What is recorded of a day, or of everything: also what no step asks for any more."""
    from muvi_provision import runbook

    records = session.state.records()
    if day is None or day == "all":
        return records
    number = str(runbook.of_day(day)[0].day)
    return [record for record in records if record.step.partition(".")[0] == number]


def unfinished(session: Session) -> tuple[Step, ...]:
    """The steps of the first day with something not ready, and of those before it that wait for a person.

    A secret that was given since then is only known once its own step has looked. The last day when all is done.
    """
    from muvi_provision import runbook
    from muvi_provision.cli.overview import is_by_the_way, is_there

    lacking = [node for node in session.stack.nodes.values() if not is_there(node, session.state)]
    waiting = {node.step for node in lacking if is_by_the_way(node)}
    undone = {node.step for node in lacking if not is_by_the_way(node)}
    found: list[Step] = []
    for day in runbook.days():
        numbers = {step.number for step in day.steps}
        if numbers & (undone | waiting):
            found += day.steps
        if numbers & undone:
            break
    return tuple(found) or runbook.days()[-1].steps
