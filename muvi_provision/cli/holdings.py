"""What is recorded of a kind, and the proof before a write that it is ours."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from muvi_provision.cli.options import suggestion
from muvi_provision.errors import StepFailed, UsageError

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session
    from muvi_provision.resource import Live
    from muvi_provision.state.records import Record


def named(name: str, among: Collection[str], what: str, advice: str) -> str:
    """The name, if the environment has it. Raises UsageError with the nearest there is."""
    if name in among:
        return name
    near = suggestion(name, among)
    there = f"there are {', '.join(among)}" if among else "the environment has none"
    raise UsageError(f"there is no {what} {name}{near or f'; {there}'}", next=(advice,))


def made(session: Session, address: str) -> Record | None:
    """The record of something that has an id."""
    found = session.state.record(address)
    return found if found is not None and found.id else None


def needed(session: Session, address: str, day: int) -> Record:
    """The record of something that exists. Raises UsageError naming the run that makes it."""
    found = made(session, address)
    if found is None:
        raise UsageError(
            f"{address} is not built yet",
            where=f"day {day} of {session.environment.name}",
            why="this command works with what a run has made and recorded",
            next=(f"muvi run day{day}",),
        )
    return found


def ours(session: Session, record: Record) -> Live:
    """The object of a record, asked of its own service, bearing our tags.

    Raises NotOurs, StepFailed when it is there no more.
    """
    from muvi_provision.engine.examine import confirm_ownership

    site = session.site()
    resource = site.recorded(record)
    aws = dataclasses.replace(site.aws.seen_from(site.moment()), certain=True)
    with in_our_words(record.address):
        live = resource.find(aws, record.id)
    if live is None:
        why = "somebody deleted it"
        raise StepFailed(f"AWS shows no {record.id}", where=record.address, why=why, next=("muvi drift", "muvi run"))
    confirm_ownership(resource, live, record, aws)
    return live


def settled(session: Session) -> None:
    """Who we are, whose account this is, and that it is pinned: before any write.

    Raises NotSignedIn, GuardRefused.
    """
    session.connection  # noqa: B018 (who we are, before anything else is asked)
    session.guard_writes()
    session.state.pin(session.identity.account, session.environment.region)


@contextlib.contextmanager
def in_our_words(where: str) -> Iterator[None]:
    """Inside, what AWS refuses is raised as the product's own errors."""
    from muvi_provision.aws.patience import AWS_ERRORS
    from muvi_provision.aws.translation import translated

    try:
        yield
    except AWS_ERRORS as error:
        raise translated(error, where) from error
