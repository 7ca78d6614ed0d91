"""``muvi state``: what is remembered of what was made, and who is writing it."""

from __future__ import annotations

import dataclasses
import socket
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.commands import recovery
from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.options import COMMON, Commands, suggestion
from muvi_provision.cli.prompts import confirm
from muvi_provision.errors import Locked, UsageError

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session
    from muvi_provision.state.records import Record

app = typer.Typer(cls=Commands, rich_markup_mode=None, help="What is remembered of what was made.")
app.command("recover", epilog=COMMON)(recovery.recover)


@app.command(epilog=COMMON)
def show(
    ctx: typer.Context,
    address: Annotated[str | None, typer.Argument(help="One thing, such as vpc/main; without it, all of them.")] = None,
) -> None:
    """What the state remembers, of everything or of one thing."""
    from muvi_provision.cli.session import opened

    call = invocation(ctx)
    with opened(call) as session:
        if address:
            _show_one(call, recorded(session, address))
        else:
            _show_all(call, session)


@app.command(epilog=COMMON)
def unlock(ctx: typer.Context) -> None:
    """Take away a lock that a dead command on another machine left behind."""
    from muvi_provision.cli.session import load_environment, state_folder
    from muvi_provision.state.disk import not_written
    from muvi_provision.state.lock import Lock
    from muvi_provision.state.store import Files

    call = invocation(ctx)
    lock = Lock(Files(state_folder(call), load_environment(call).name).lock, call.clock)
    holder = lock.holder()
    if not lock.is_held():
        _told(call, "there is no lock", unlocked=False)
        return
    if holder is None or holder.host == socket.gethostname():
        raise Locked(
            f"held by {holder}" if holder else "held by another process",
            where=str(lock.path),
            why="its holder is alive on this machine; stop it there, and the lock goes with it",
            next=("muvi status --watch",),
        )
    confirm(call, f"Held by {holder}. Is that command surely not running any more?")
    try:
        lock.path.unlink()
    except OSError as error:
        raise not_written(error, lock.path, why="the lock stays", again=("muvi state unlock",)) from error
    _told(call, "the lock is gone", unlocked=True)


@app.command(epilog=COMMON)
def forget(ctx: typer.Context, address: Annotated[str, typer.Argument(help="What to forget: vpc/main.")]) -> None:
    """Forget one thing without touching it in AWS: from then on nobody here looks after it."""
    from muvi_provision.cli.session import opened

    call = invocation(ctx)
    with opened(call, writes=True) as session:
        record = recorded(session, address)
        above = [other.address for other in session.state.records() if address in other.needs]
        if above:
            raise UsageError(
                f"{', '.join(above[:5])} stand{'s' if len(above) == 1 else ''} on {address}",
                why="what they stand on must be remembered as long as they are",
                next=(f"muvi state forget {above[-1]}",),
            )
        confirm(call, f"Forget {address} ({record.id or 'without an id'})? It stays in AWS and goes on costing.")
        session.state.forget(address)
        session.state.checkpoint()
    _told(call, f"forgotten: {address}", forgotten=address)


def recorded(session: Session, address: str) -> Record:
    """The record of an address. Raises UsageError, with the nearest there is."""
    found = session.state.record(address)
    if found is None:
        near = suggestion(address, [record.address for record in session.state.records()])
        raise UsageError(f"the state has no {address}{near}", next=("muvi state show",))
    return found


def _show_one(call: Invocation, record: Record) -> None:
    if call.options.json:
        call.document({"record": dataclasses.asdict(record)})
        return
    import yaml

    plain = {name: value for name, value in _plain(dataclasses.asdict(record)).items() if value not in ("", None)}
    call.show(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True).rstrip())


def _show_all(call: Invocation, session: Session) -> None:
    from muvi_provision.cli.overview import nothing_in

    header, records = session.state.header, session.state.records()
    if call.options.json:
        listed = [{"address": r.address, "step": r.step, "status": r.status, "id": r.id} for r in records]
        deeds = [dataclasses.asdict(deed) for deed in session.state.contents().deeds.values()]
        call.document({"header": dataclasses.asdict(header), "records": listed, "deeds": deeds})
        return
    call.say(f"{session.state.files.checkpoint}: account {header.account or '-'}, region {header.region or '-'}")
    if not records:
        call.show(nothing_in(session.state))
    width = max((len(record.address) for record in records), default=0)
    for record in records:
        call.show(f"{record.step:<5} {record.status:<9} {record.address:<{width}} {record.id or '-'}")


def _told(call: Invocation, text: str, **content: Any) -> None:
    if call.options.json:
        call.document(content)
    else:
        call.show(text)


def _plain(value: Any) -> Any:
    """Without tuples, which YAML has no word for."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
