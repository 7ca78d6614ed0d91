"""Waiting for one thing while somebody looks on: a heartbeat, and an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from muvi_provision.errors import TimedOut

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session

LONGEST = 10.0  # seconds between two looks: somebody is looking on
HEARTBEAT = 30.0
USUAL, LIMIT = 120.0, 1800.0  # seconds


def waited_for(session: Session, where: str, what: str, is_done: Callable[[], bool], again: str) -> None:
    """Returns once ``is_done`` says so. Raises TimedOut after half an hour; ``again`` shows how far it is then."""
    from muvi_provision.aws import waits

    call, pace = session.call, session.connection.pace
    began = told_at = call.clock.monotonic()
    while not is_done():
        now = call.clock.monotonic()
        if now - began > LIMIT:
            raise TimedOut(f"{what} has not ended", where=where, why="AWS goes on with it by itself", next=(again,))
        if now - told_at >= HEARTBEAT:
            told_at = now
            call.say(f"{what}: {(now - began) / 60:.0f} min so far")
        call.clock.sleep(min(LONGEST, waits.next_poll(now - began, USUAL, pace)))
