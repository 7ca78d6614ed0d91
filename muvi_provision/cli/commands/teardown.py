"""``muvi teardown``: take it down again, in reverse order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli import prompts
from muvi_provision.cli.drawing.glyphs import counted
from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.options import suggestion
from muvi_provision.cli.orphans import in_order
from muvi_provision.cli.running import Listing, carried_out
from muvi_provision.cli.selection import of_days
from muvi_provision.cli.session import Session, opened, state_folder
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from muvi_provision.pricing import Estimate
    from muvi_provision.resource import Declaration
    from muvi_provision.state.records import Record


def teardown(
    ctx: typer.Context,
    day: Annotated[str | None, typer.Argument(help="day1, or all; without it, everything.")] = None,
    confirmed: Annotated[
        str | None, typer.Option("--confirm", metavar="NAME", help="The environment's name, instead of typing it.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Leave this thing, and what it stands on. May be given again."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Only this thing. May be given again.")
    ] = None,
    with_users: Annotated[
        bool, typer.Option("--with-users", help="Also everything recorded that stands on what is named.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and end.")] = False,
) -> int:
    """Delete what was made, the last first. Only what is recorded and bears this environment's tags."""
    call = invocation(ctx)
    call.again = _again(day, keep or [], only or [], with_users)
    with opened(call, writes=not dry_run) as session:
        scope = scoped(session, day, keep or [], only or [], with_users=with_users)
        kept = [record for record in of_days(session, day) if record not in scope]
        if not scope:
            return _nothing(call, keep or [])
        name, going = session.environment.name, len(scope) - len(_forgotten(scope))
        question = f"This deletes {counted(going, 'thing')} for good.{_unprotecting(scope)}"
        if not dry_run:
            prompts.refuse_unnamed(call, question, name, confirmed)
        session.connection  # noqa: B018 (who we are, before anything else is asked)
        _preview(session, scope, [] if only else kept, dry_run, names_all=bool(only))
        if dry_run:
            return 0
        session.guard_writes()
        prompts.confirm_by_name(call, question, name, confirmed)
        code = undone(session, scope)
        if not session.state.records() and not call.options.json:
            call.say("nothing left: the state remembers no object any more")
        return code


def _again(day: str | None, keep: Sequence[str], only: Sequence[str], with_users: bool) -> str:
    """The same teardown as a command: what goes on with one day's must not take all."""
    named = [word for option, those in (("--keep", keep), ("--only", only)) for one in those for word in (option, one)]
    words = ["muvi teardown", *([day] if day else []), *named, *(["--with-users"] if with_users else [])]
    return " ".join(words)


def scoped(
    session: Session, day: str | None, keep: Iterable[str], only: Iterable[str], *, with_users: bool = False
) -> list[Record]:
    """The records to delete. Raises UsageError for a thing that is not recorded, or that others stand on.

    What is kept keeps what it stands on; ``with_users`` then takes along what stands on the rest.
    """
    from muvi_provision.engine.undoing import refuse_if_stood_on

    records = session.state.records()
    keep, only = set(keep), set(only)
    if unknown := sorted((keep | only) - {record.address for record in records}):
        near = suggestion(unknown[0], [record.address for record in records])
        raise UsageError(f"the state has no {unknown[0]}{near}", next=("muvi state show",))
    spared = standing_under(records, keep)
    chosen = [record for record in of_days(session, day) if not only or record.address in only]
    scope = [record for record in chosen if record.address not in spared]
    if with_users:
        scope = list(reversed(in_order(records, scope)))
    refuse_if_stood_on(records, {record.address: record for record in scope})
    return scope


def standing_under(records: Sequence[Record], addresses: Iterable[str]) -> set[str]:
    """Those addresses and all they stand on, however far down."""
    by_address = {record.address: record for record in records}
    found: set[str] = set()
    waiting = list(addresses)
    while waiting:
        address = waiting.pop()
        if address in found or address not in by_address:
            continue
        found.add(address)
        waiting.extend(by_address[address].needs)
    return found


def _nothing(call: Invocation, keep: Sequence[str]) -> int:
    if call.options.json:
        call.document({"deleted": 0, "left": 0})
    else:
        kept = f"what is kept stands on it ({', '.join(keep)})"
        folder = state_folder(call).absolute()
        call.show(f"nothing to delete: {kept if keep else f'nothing of this is recorded in {folder}'}")
    return 0


def _preview(
    session: Session, scope: Sequence[Record], kept: Sequence[Record], dry_run: bool, *, names_all: bool
) -> None:
    """Account, region, what goes (each by its address with ``names_all``) and what that saves."""
    from muvi_provision.cli.money import standing

    call, estimate = session.call, standing(scope, session.environment.region)
    forgotten = _forgotten(scope)
    scope = [record for record in scope if record not in forgotten]
    if call.options.json:
        if dry_run:
            call.document(_described(session, scope, forgotten, kept, estimate))
        return
    from muvi_provision import runbook
    from muvi_provision.cli.drawing import tables

    call.say(f"{session.environment.name}: account {session.identity.account}, region {session.environment.region}")
    sheet = session.sheet(call.out if dry_run else call.err)
    verbose = call.options.verbose or names_all
    tables.teardown_preview(
        sheet, scope, runbook.steps(), kept=kept, forgotten=forgotten, estimate=estimate, verbose=verbose
    )
    if count := sum(record.kind == "repository" for record in scope):
        sheet.line(f"The images in {counted(count, 'repository')} go with {'it' if count == 1 else 'them'}.", "warn")
    if dry_run and (sentence := _unprotecting(scope)):
        sheet.line(sentence.strip(), "warn")


def _forgotten(scope: Sequence[Record]) -> list[Record]:
    """Those that were only looked up, or that others in the account may use too: no call deletes them."""
    from muvi_provision.resource import Declared

    kinds = Declared.kinds
    stays = {kind for kind in {record.kind for record in scope} & set(kinds) if _stays(kinds[kind].declared)}
    return [record for record in scope if record.kind in stays]


def _stays(declared: Declaration) -> bool:
    return declared.is_foreign


def _protected(scope: Sequence[Record]) -> list[str]:
    """The databases that AWS refuses to delete until that is switched off."""
    return [record.address for record in scope if record.wanted.get("protected") is True]


def _unprotecting(scope: Sequence[Record]) -> str:
    count = len(_protected(scope))
    return f" Deletion protection of {counted(count, 'database')} will be switched off." if count else ""


def _described(
    session: Session,
    scope: Sequence[Record],
    forgotten: Sequence[Record],
    kept: Sequence[Record],
    estimate: Estimate,
) -> dict[str, Any]:
    from muvi_provision.cli.money import document

    return {
        "account": session.identity.account,
        "region": session.environment.region,
        "delete": [record.address for record in reversed(scope)],
        "kinds": dict(Counter(record.kind for record in scope)),
        "forget": [record.address for record in forgotten],
        "keep": [record.address for record in kept],
        "unprotect": _protected(scope),
        "saves": document(estimate),
    }


def undone(session: Session, scope: Sequence[Record]) -> int:
    """Takes away what is recorded, the last made first, and says how it went."""
    from muvi_provision import runbook
    from muvi_provision.engine.undoing import Undoer

    titles = {step.number: step.title for step in runbook.steps()}
    counts = Counter(record.step for record in reversed(scope))
    listing: Listing = [(number, titles.get(number, ""), count) for number, count in counts.items()]
    return carried_out(session, listing, Undoer, lambda undoer: undoer.run(scope))[1]
