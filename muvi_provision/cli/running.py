"""What ``run`` and ``teardown`` share: a display, signals that stop safely, and the code they end with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from muvi_provision.cli.errors import exit_code, in_words_of
from muvi_provision.cli.interrupts import Interrupts
from muvi_provision.cli.orphans import Orphans
from muvi_provision.cli.session import THREADS, Session

if TYPE_CHECKING:
    from muvi_provision.cli.drawing.display import Display
    from muvi_provision.engine.site import Report, Site


class Engine(Protocol):
    """An applier or an undoer."""

    def stop(self) -> None:
        """Begins nothing new; safe in a signal handler."""
        ...


E = TypeVar("E", bound=Engine)
Listing = Sequence[tuple[str, str, int]]
"""(number, title, how many things) of the steps, in the order they are drawn."""


def carried_out(
    session: Session,
    listing: Listing,
    make: Callable[[Site], E],
    work: Callable[[E], Report],
    threads: int = THREADS,
    left: Callable[[], Orphans] = Orphans,
    resting: Callable[[], int] = int,
) -> tuple[Report, int]:
    """Does the work under a display; how it ended, and the exit code. ``left``: what is left over when it is.

    ``resting``: how many things are not to be made yet then.

    Raises NotSignedIn, StateError and their kinds: what ends a run before its time.
    """
    from muvi_provision.engine import events

    call = session.call
    session.connection  # noqa: B018 (asks who we are before anything is drawn)
    call.is_streaming = call.options.json
    with _display(session, left, resting) as display:
        engine = make(session.site(display.listen, threads))

        def stop() -> None:
            display.listen(events.Stopping())
            engine.stop()

        with Interrupts(stop) as interrupts:
            display.listen(events.RunStart(command=call.command, env=session.environment.name, steps=tuple(listing)))
            report = work(engine)
            display.listen(
                events.RunEnd(counts=report.counts, going_on=report.going_on, interrupted=report.interrupted)
            )
            display.end(report)
        _log(session, report)
        call.is_told = True
        return report, exit_code(report, interrupts.code or 130)


def _display(session: Session, left: Callable[[], Orphans], resting: Callable[[], int]) -> Display:
    from muvi_provision.cli.drawing.display import choose
    from muvi_provision.cli.drawing.place import Place

    call, options = session.call, session.call.options
    tallied = session.connection.aws.border.tally
    place = Place(
        session.identity.account,
        session.environment.region,
        session.is_sandbox,
        lambda command: options.again(in_words_of(call, command)),
        options.again,
        left,
        lambda: (tallied.calls, tallied.writes),
        resting,
    )
    return choose(
        json=options.json,
        plain=options.plain,
        quiet=options.quiet,
        verbose=options.verbose,
        no_color=options.no_color,
        out=call.out,
        err=call.err,
        clock=call.clock,
        environ=call.environ,
        run_id=session.connection.aws.border.chance.token()[:12],
        place=place,
    )


def _log(session: Session, report: Report) -> None:
    """Keeps every failure in the log, with the request id that AWS's support asks for."""
    if session.call.journal:
        for error in report.errors.values():
            session.call.journal.note(str(error))
