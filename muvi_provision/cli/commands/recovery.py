"""``muvi state recover``: a lost or damaged state, rebuilt from what AWS shows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.prompts import confirm
from muvi_provision.clock import Clock
from muvi_provision.errors import StateCorrupt, UsageError

if TYPE_CHECKING:
    from muvi_provision.engine.recovering import Recovered
    from muvi_provision.state.loading import Files


def recover(ctx: typer.Context) -> None:
    """Rebuild a lost or damaged state from the names and tags in AWS. Changes nothing there."""
    call = invocation(ctx)
    with _room(call) as moved:
        found = _recovered(call)
        _tell(call, found, moved)


@contextlib.contextmanager
def _room(call: Invocation) -> Iterator[Mapping[Path, Path]]:
    """What stood in the way of a new state, and where it was moved to; back again when nothing was recovered."""
    from muvi_provision.cli.session import load_environment, state_folder
    from muvi_provision.state.loading import Files
    from muvi_provision.state.lock import Lock

    files = Files(state_folder(call), load_environment(call).name)
    lock = Lock(files.lock, call.clock)
    moved: dict[Path, Path] = {}
    if any(path.exists() for path in _all(files)):
        lock.take(call.command_line)
        try:
            moved = _moved_aside(call, files)
        finally:
            lock.release()
    try:
        yield moved
    except BaseException:
        if moved and not any(path.exists() for path in _all(files)):
            _rename({new: old for old, new in moved.items()})
            call.say("nothing was recovered, so the files are where they were")
        raise


def _all(files: Files) -> tuple[Path, ...]:
    return (
        files.checkpoint,
        files.log,
        files.fresh,
        files.backup(files.checkpoint),
        files.backup(files.log),
    )


def _moved_aside(call: Invocation, files: Files) -> dict[Path, Path]:
    """Moves away what is damaged or empty, after asking. Raises UsageError for a sound state, Declined."""
    how = _what_is_wrong(call.clock, files)
    suffix = f".{how}-{call.clock.now():%Y%m%d%H%M%S}"
    moves = {path: path.with_name(path.name + suffix) for path in _all(files) if path.exists()}
    call.say(f"{files.checkpoint.absolute()} is {how}; it would be kept as {files.checkpoint.name}{suffix}")
    confirm(call, "Move it aside and look in AWS for what it should remember?")
    _rename(moves)
    return moves


def _what_is_wrong(clock: Clock, files: Files) -> str:
    from muvi_provision.state.disk import Disk
    from muvi_provision.state.loading import read_settled

    try:
        found, _ = read_settled(files, Disk(), clock)
    except StateCorrupt:
        return "damaged"
    if found and found.records:
        raise UsageError(
            f"the state is sound and remembers {len(found.records)} things",
            where=str(files.checkpoint.absolute()),
            why="there is nothing to recover",
            next=("muvi drift",),
        )
    return "empty"


def _rename(moves: Mapping[Path, Path]) -> None:
    from muvi_provision.state.disk import not_written

    for old, new in moves.items():
        try:
            old.rename(new)
        except OSError as error:
            raise not_written(error, old, why="it is not moved aside yet", again=("muvi state recover",)) from error


def _recovered(call: Invocation) -> Recovered:
    """Found again and recorded, under the guards of a run."""
    from muvi_provision.cli.session import opened
    from muvi_provision.engine.recovering import recover as search

    with opened(call, writes=True) as session:
        if not session.state.is_new:
            raise UsageError("another command has begun a new state just now", next=("muvi status",))
        session.connection  # noqa: B018 (who we are, before anything else is asked)
        session.guard_writes()
        return search(session.stack, session.site(), session.identity.account)


def _tell(call: Invocation, found: Recovered, moved: Mapping[Path, Path]) -> None:
    advice = "muvi plan"
    if call.options.json:
        kept = [str(new) for new in moved.values()]
        call.document({"lineage": found.lineage, "recovered": list(found.adopted), "kept": kept}, next=(advice,))
        return
    count = len(found.adopted)
    call.show(f"{count} thing{'' if count == 1 else 's'} found again, of lineage {found.lineage}")
    call.advise(advice)
