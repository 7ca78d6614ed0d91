"""``muvi leftovers``: what is in the account, bears this environment's tag or name, and is not in the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli import prompts
from muvi_provision.cli.drawing.glyphs import counted
from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from muvi_provision.cli.leftover_names import Named
    from muvi_provision.engine.leftovers import Leftover

HEADINGS = ("what", "id", "region", "whose", "cost if forgotten")


@dataclass(frozen=True)
class Found:
    """tagged: with our tag, believed of their own service or in doubt. named: with our name alone.

    lost: listings that could not be had, and why.
    """

    tagged: list[Leftover]
    named: list[Named]
    lost: dict[str, str]

    @property
    def deletable(self) -> list[Leftover]:
        return [each for each in self.tagged if each.can_go]

    @property
    def is_empty(self) -> bool:
        return not (self.tagged or self.named)


def leftovers(
    ctx: typer.Context,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete what bears this state's own tags; the rest is only listed.")
    ] = False,
    confirmed: Annotated[
        str | None, typer.Option("--confirm", metavar="NAME", help="The environment's name, instead of typing it.")
    ] = None,
) -> int:
    """What bears this environment's tag or name and is not recorded, and how to be rid of it. Says what each costs."""
    call = invocation(ctx)
    with opened(call, writes=delete) as session:
        name = session.environment.name
        if delete:
            prompts.refuse_unnamed(call, "This deletes what is left over, for good.", name, confirmed)
        found = looked_for(session)
        session.count()
        if not (delete and found.deletable):
            _show(session, found)
            return 0
        return _deleted(session, found, confirmed)


def looked_for(session: Session) -> Found:
    """Asks the index of tags in both regions, then every service itself. Raises NotSignedIn, AwsRefused."""
    from muvi_provision.cli.holdings import in_our_words
    from muvi_provision.cli.leftover_names import named
    from muvi_provision.engine import leftovers as engine

    with in_our_words("tag:GetResources"):
        tagged = engine.leftovers(session.stack, session.site())
    told = {text for each in tagged for text in (each.id, each.tagged.arn, each.tagged.tags.get("Name", ""))}
    others, lost = named(session, told | {text.rpartition("/")[2] for text in told})
    return Found(tagged, others, lost)


def _show(session: Session, found: Found) -> None:
    call, advice = session.call, _advice(session, found)
    if call.options.json:
        from muvi_provision.cli.leftover_words import described, described_named, month_of

        content = {
            "per_month": round(float(month_of(session, found.tagged)), 2),
            "tagged": [described(session, each) for each in found.tagged],
            "named": [described_named(each) for each in found.named],
            "not_looked_at": found.lost,
        }
        return call.document(content, next=advice)
    if found.is_empty:
        call.show("nothing is left over: all that bears this environment's tag or name is recorded")
    else:
        _draw(session, found)
    for what, why in found.lost.items():
        call.warn(f"{what} could not be listed: {why}")
    return call.advise(*advice)


def _draw(session: Session, found: Found) -> None:
    from muvi_provision.cli.drawing.columns import columns
    from muvi_provision.cli.leftover_words import month_of, row, row_named

    sheet = session.sheet()
    rows = [row(session, each) for each in found.tagged] + [row_named(session, each) for each in found.named]
    columns(sheet, HEADINGS, rows)
    count = len(found.deletable)
    sheet.line()
    sheet.line(
        f"{counted(count, 'thing')} of {counted(len(rows), 'thing')} can be deleted here: "
        "what bears this state's own tags. The rest is only listed.",
        "strong",
    )
    if month := month_of(session, found.tagged):
        sheet.line(f"Forgotten, the tagged ones cost about {month:,.2f} USD a month, and what is used of them.")


def _advice(session: Session, found: Found) -> tuple[str, ...]:
    if not found.deletable:
        is_lost = found.tagged and not session.state.records()
        return ("muvi state recover",) if is_lost else ("muvi status",)
    wanted = any(each.address in session.stack.nodes for each in found.deletable if not each.is_double)
    return (*(("muvi run",) if wanted else ()), f"muvi leftovers --delete --confirm {session.environment.name}")


def _deleted(session: Session, found: Found, confirmed: str | None) -> int:
    """Shows, asks for the name, records what can go, and takes it away as a teardown does."""
    from muvi_provision.engine import leftovers as engine

    call, gone = session.call, found.deletable
    session.guard_writes()
    if not call.options.json:
        call.say(f"{session.environment.name}: account {session.identity.account}")
        _draw(session, found)
    question = f"This deletes {counted(len(gone), 'thing')} for good."
    prompts.confirm_by_name(call, question, session.environment.name, confirmed)
    session.state.pin(session.identity.account, session.environment.region)
    doubles = [each for each in gone if each.is_double]
    _without_doubles(session, doubles)
    scope = engine.record(session.state, session.stack, gone)
    if not scope:
        return _told(session, doubles)
    from muvi_provision.cli.commands.teardown import undone

    call.again = f"muvi leftovers --delete --confirm {session.environment.name}"
    try:
        return undone(session, scope)
    finally:
        engine.forget(session.state, scope)


def _without_doubles(session: Session, doubles: list[Leftover]) -> None:
    """Those whose address another one has: asked for one by one, since no record can hold them."""
    from muvi_provision.cli.holdings import in_our_words
    from muvi_provision.engine import leftovers as engine

    for each in doubles:
        with in_our_words(each.address):
            engine.delete_double(session.site(), each)
        session.call.say(f"{each.id}: AWS is deleting it")


def _told(session: Session, doubles: list[Leftover]) -> int:
    call = session.call
    session.count()
    content: dict[str, Any] = {"per_month": 0.0, "tagged": [], "named": [], "not_looked_at": {}}
    if call.options.json:
        call.document({**content, "deleted": [each.id for each in doubles]}, next=("muvi leftovers",))
        return 0
    call.advise("muvi leftovers")
    return 0
