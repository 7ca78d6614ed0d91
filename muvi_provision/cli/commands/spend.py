"""``muvi spend``: what AWS says it has cost so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.session import Session, opened
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from decimal import Decimal

    from muvi_provision.cli.spending import By, Spent

DAYS, MOST = 30, 365
HELP = ("muvi spend --help",)


def spend(
    ctx: typer.Context,
    days: Annotated[int | None, typer.Option("--days", min=1, max=MOST, metavar="N", help="The last N days.")] = None,
    month: Annotated[bool, typer.Option("--month", help="This month so far.")] = False,
    by: Annotated[str, typer.Option("--by", metavar="SORT", help="service, tag or day.")] = "service",
) -> None:
    """What was really spent, by Cost Explorer, up to 24 hours late. Each question costs 0.01 USD: it asks first."""
    from muvi_provision.cli import spending
    from muvi_provision.cli.prompts import confirm

    call = invocation(ctx)
    if days and month:
        raise UsageError("--days and --month are two different times: take one", next=HELP)
    sort = _sort(by)
    with opened(call) as session:
        session.connection  # noqa: B018 (who we are, before anything that costs)
        if not session.is_sandbox:
            confirm(call, f"Ask Cost Explorer? AWS bills {spending.PRICE} USD for each request (one, seldom more).")
        found = spending.spent(session, sort, *spending.period(call.clock.now(), days or DAYS, month=month))
        session.count()
        _tell(session, found, sort)


def _sort(word: str) -> By:
    """Raises UsageError with the nearest there is."""
    from muvi_provision.cli.options import suggestion
    from muvi_provision.cli.spending import SORTS

    for sort in SORTS:
        if word == sort:
            return sort
    there = f"; there are {', '.join(SORTS)}"
    raise UsageError(f"nothing is told by {word}{suggestion(word, SORTS) or there}", where="--by", next=HELP)


def _tell(session: Session, found: Spent, by: By) -> None:
    from muvi_provision.naming import ENVIRONMENT

    call = session.call
    if not found.is_tagged:
        call.warn(
            f"nothing is known by the tag {ENVIRONMENT}: {session.environment.name}. It counts once it is activated "
            "under Billing, Cost allocation tags, from then on and up to 24 hours later; these are the whole account's"
        )
    if call.options.json:
        return call.document(_described(found, by), next=("muvi status",))
    if not found.lines:
        call.show("nothing was spent, as far as Cost Explorer knows")
    else:
        _draw(session, found, by)
    call.say(f"from {found.start} on; figures are up to 24 hours late, without taxes")
    if not session.is_sandbox:
        from muvi_provision.cli.spending import PRICE

        call.say(f"asking cost {found.requests * PRICE} USD")
    return call.advise("muvi status")


def _described(found: Spent, by: By) -> dict[str, Any]:
    return {
        "from": found.start.isoformat(),
        "until": found.end.isoformat(),
        "by": by,
        "currency": "USD",
        "tagged": found.is_tagged,
        "ours": _number(found.ours),
        "account": _number(found.account),
        "lines": [
            {"name": line.name, "ours": _number(line.ours), "account": _number(line.account)} for line in found.lines
        ],
        "requests": found.requests,
    }


def _number(amount: Decimal) -> float:
    return round(float(amount), 4)


def _draw(session: Session, found: Spent, by: By) -> None:
    from muvi_provision.cli.drawing.columns import Row, columns

    rows = [_row(line.name, line.ours, line.account, found) for line in found.lines]
    total = _row("in all", found.ours, found.account, found)
    columns(session.sheet(), (by, session.environment.name, "account, USD"), [*rows, Row(total.cells, "strong")])


def _row(name: str, ours: Decimal, account: Decimal, found: Spent) -> Any:
    from muvi_provision.cli.drawing.columns import Row

    return Row((name, f"{ours:,.2f}" if found.is_tagged else "", f"{account:,.2f}"))
