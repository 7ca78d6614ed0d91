"""``muvi run``: make what the runbook says; run again to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from muvi_provision.cli import prompts
from muvi_provision.cli.commands import plan as planning
from muvi_provision.cli.errors import GATES
from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.orphans import Orphans, orphans
from muvi_provision.cli.running import carried_out
from muvi_provision.cli.selection import chosen, refuse_without_ground
from muvi_provision.cli.session import THREADS, Session, opened
from muvi_provision.errors import AnswerMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muvi_provision.engine.stack import Step


def run(
    ctx: typer.Context,
    day: Annotated[str | None, typer.Argument(help="day1, or all; without it, the unfinished day.")] = None,
    step: Annotated[str | None, typer.Option(metavar="STEP", help="Only this step, such as 1.4.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="STEP", help="From this step on.")] = None,
    last: Annotated[str | None, typer.Option("--until", metavar="STEP", help="Up to this step.")] = None,
    step_by_step: Annotated[bool, typer.Option("--step-by-step", help="Ask before each step.")] = False,
    parallel: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Calls at a time.")] = THREADS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="The same as plan.")] = False,
) -> int:
    """Make what the runbook says. Run it again after a failure: it goes on where it stopped."""
    call, again = invocation(ctx), planning.selection(day, step, first, last)
    if dry_run:
        call.command = "plan"
        with opened(call) as session:
            steps = chosen(session, day, step=step, first=first, last=last)
            planning.show(session, planning.looked(session, steps), steps, again)
        return 0
    if step_by_step and not call.can_ask():
        raise UsageError("--step-by-step asks before each step, and nobody is there to answer", next=("muvi run",))
    call.again = f"muvi run {again}".rstrip()
    with opened(call, writes=True) as session:
        steps = chosen(session, day, step=step, first=first, last=last)
        refuse_without_ground(session, steps)
        if not _settled(session, steps):
            return 0
        return _by_step(session, steps, parallel) if step_by_step else _made(session, steps, parallel)


def _settled(session: Session, steps: Sequence[Step]) -> bool:
    """Whether to go on: shown, asked for where that is due, pinned. Raises Declined, AnswerMissing, GuardRefused."""
    call = session.call
    asks = is_first(session, steps) and not call.options.yes and not session.is_sandbox
    if asks and not call.can_ask():
        raise AnswerMissing(
            "this makes things in AWS for the first time, which costs money: yes or no?",
            why="nobody is there to answer; look at the plan, then say --yes",
            next=("muvi plan", f"{call.command_line} --yes"),
        )
    session.connection  # noqa: B018 (who we are, before anything else is asked)
    session.guard_writes()
    if asks:
        found = planning.looked(session, steps)
        if found.is_empty:
            _nothing(call, orphans(session, steps))
            return False
        planning.tabled(session, found, steps, session.call.err)
    _announce(session, steps)
    if asks:
        prompts.confirm(call, "Make it?")
    session.state.pin(session.identity.account, session.environment.region)
    return True


def is_first(session: Session, steps: Sequence[Step]) -> bool:
    """Whether one of these days was never begun."""
    begun = {record.step.partition(".")[0] for record in session.state.records()}
    return any(str(step.day) not in begun for step in steps)


def _nothing(call: Invocation, left: Orphans) -> None:
    if not left.records:
        return call.say("nothing to do: everything is as it should be")
    for sentence in left.sentences():
        call.say(sentence)
    return call.advise(left.command)


def _announce(session: Session, steps: Sequence[Step]) -> None:
    """Account, region, how much there is to make and what it adds to the bill."""
    from muvi_provision.cli.money import sentence, wanted
    from muvi_provision.cli.overview import missing

    new = missing(session.stack, steps, session.state)
    place = f"account {session.identity.account}, region {session.environment.region}"
    there_is = f"{len(new)} thing{'' if len(new) == 1 else 's'} to make" if new else _made_before(session, steps)
    session.call.say(f"{session.environment.name}: {place}; {there_is}")
    if new:
        adds = "on AWS this would add" if session.is_sandbox else "this adds"
        session.call.say(f"{adds} {sentence(wanted(new, session.environment.region))}")


def _made_before(session: Session, steps: Sequence[Step]) -> str:
    """What waits for a person may have come since: this run asks it again, and makes what stood on it."""
    from muvi_provision.cli.overview import is_by_the_way, is_there, things_of

    nodes = [node for nodes in things_of(session.stack, [step.number for step in steps]).values() for node in nodes]
    waits = any(is_by_the_way(node) and not is_there(node, session.state) for node in nodes)
    return "everything was made before but what waits for you" if waits else "everything was made before"


def _made(session: Session, steps: Sequence[Step], parallel: int, *, is_last: bool = True) -> int:
    """``is_last``: whether it is time to say what is left over."""
    from muvi_provision.cli.overview import looking, resting, things_of
    from muvi_provision.engine.applier import Applier

    things, looks = things_of(session.stack, [step.number for step in steps]), looking(session.stack)

    def left() -> Orphans:
        """Asked at the end, when the records say what stands on what by then."""
        return orphans(session, steps) if is_last else Orphans()

    report, code = carried_out(
        session,
        [(step.number, step.title, len(things[step.number])) for step in steps if step.number not in looks],
        Applier,
        lambda applier: applier.run(session.stack, set(things)),
        parallel,
        left,
        lambda: resting(session.stack, things, session.state),
    )
    if not (code or report.counts.created or report.counts.updated or left().records):
        _nothing(session.call, Orphans())
    return code


def _by_step(session: Session, steps: Sequence[Step], parallel: int) -> int:
    """One step at a time, each after enter. The first that fails ends it; what waits for a person does not."""
    waits = 0
    for step in steps:
        if not prompts.go_on(session.call, f"\n{step.number} {step.title}: {step.summary}"):
            session.call.advise(session.call.again)
            return 0
        code = _made(session, [step], parallel, is_last=step is steps[-1])
        if code not in (0, GATES):
            return code
        waits = waits or code
    return waits
