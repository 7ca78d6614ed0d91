"""``muvi logs``: what a service's containers write, or a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from muvi_provision.cli.log_lines import Event

DAYS = {"log-group": 3, "function-log-group": 5}
LINES = 100


def logs(
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(help="The service or function, such as gateway.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    since: Annotated[str, typer.Option(metavar="TIME", help="How far back: 30s, 10m, 2h or 1d.")] = "10m",
    text: Annotated[str, typer.Option("--filter", metavar="TEXT", help="Only what contains this text.")] = "",
    lines: Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="At most so many, the last.")] = LINES,
) -> None:
    """What a service's containers, or a function, have written lately, oldest first. Asks AWS."""
    from muvi_provision.cli.holdings import in_our_words, needed
    from muvi_provision.cli.log_lines import Source, followed, seconds_of

    call = invocation(ctx)
    back = seconds_of(since)
    with opened(call) as session:
        kind, advice = _kind(session, service)
        group = str(needed(session, f"{kind}/{service}", DAYS[kind]).id)
        source = Source(session.connection.aws, group, text, round((call.clock.now().timestamp() - back) * 1000))
        page = _page(session, service)
        with in_our_words(f"{kind}/{service}"):
            found = source.last(lines)
            _begin(call, since, empty=not found, follow=follow)
            for event in found:
                page.show(event)
            if follow:
                call.is_told = True  # Ctrl-C is the way out of it, not an error
                followed(source, page.show, call.clock)
    if not found:
        call.advise(advice)


def _kind(session: Session, name: str) -> tuple[str, str]:
    """What its log group is, and the command that shows how it is. Raises UsageError for what there is not."""
    from muvi_provision.cli.holdings import named

    services, functions = session.environment.services, session.environment.functions
    if name in functions and name not in services:
        return "function-log-group", "muvi functions list"
    named(name, [*services, *functions], "service or function" if functions else "service", "muvi services")
    return "log-group", "muvi services"


def _begin(call: Invocation, since: str, *, empty: bool, follow: bool) -> None:
    """That there is nothing, and the zone once where times are to come."""
    if empty:
        call.say(f"nothing was written in the last {since}")
    if (follow or not empty) and not call.options.json:
        call.say(f"times are local: {call.clock.now().astimezone():%Z (UTC%z)}")


def _page(session: Session, service: str) -> Page:
    call = session.call
    call.is_streaming = call.options.json
    return Page(call, service)


class Page:
    """Shows events, one a line: with ``--json`` a document each."""

    def __init__(self, call: Invocation, service: str) -> None:
        from muvi_provision.cli.drawing.glyphs import glyphs_for

        self.call = call
        self.service = service
        self.glyphs = glyphs_for(call.out.encoding)

    def show(self, event: Event) -> None:
        if self.call.options.json:
            return self.call.show(self._line(event))
        today = self.call.clock.now().astimezone().date()
        when = event.when.astimezone()
        hour = f"{when:%H:%M:%S}" if when.date() == today else f"{when:%Y-%m-%d %H:%M:%S}"
        for line in event.message.splitlines() or [""]:
            self.call.show(f"{hour} {event.task[:8]} {self.glyphs.safe(line)}".rstrip())
        return None

    def _line(self, event: Event) -> str:
        import json

        told = {
            "type": "log.line",
            "ts": event.when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "service": self.service,
            "task": event.task,
            "id": event.id,
            "message": event.message,
        }
        return json.dumps(told, ensure_ascii=True)
