"""How a leftover is told: whose it is, what it costs if it is forgotten, and how one is rid of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.drawing.glyphs import kind_words

if TYPE_CHECKING:
    from muvi_provision.cli.drawing.columns import Row
    from muvi_provision.cli.leftover_names import Named
    from muvi_provision.cli.session import Session
    from muvi_provision.engine.leftovers import Leftover

NOTHING = "nothing by itself"
# aws-reality 8.4; of what costs by the hour the price list knows
BY_USE = {
    "log-group": "0.03 USD a GB and month",
    "function-log-group": "0.03 USD a GB and month",
    "repository": "0.10 USD a GB and month",
    "bucket": "0.023 USD a GB and month",
    "distribution": "nothing but its requests",
    "function": "nothing while nobody calls it",
}
OURS, STRANGE, BY_NAME = "this state's", "another state's", "by its name only"


def cost_of(session: Session, each: Leftover) -> str:
    """By the price list where that can tell, else in words."""
    from muvi_provision.engine.leftovers import LOST
    from muvi_provision.pricing import monthly

    kind = each.address.partition("/")[0]
    if each.resource is None:
        return "not known"
    try:
        month = monthly([each.resource], session.environment.region).month
    except LOST:
        return BY_USE.get(kind, "not known")
    return f"{month:,.2f} USD a month" if month else BY_USE.get(kind, NOTHING)


def month_of(session: Session, found: Iterable[Leftover]) -> Decimal:
    """What all of them that the price list knows cost a month, in USD."""
    from muvi_provision.engine.leftovers import LOST
    from muvi_provision.pricing import monthly

    total = Decimal(0)
    for each in found:
        with contextlib.suppress(*LOST):
            total += monthly([each.resource] if each.resource else [], session.environment.region).month
    return total


def whose(each: Leftover) -> str:
    return OURS if each.is_ours else f"{STRANGE} ({each.tagged.lineage[:8] or 'no lineage'})"


def how_to_delete(session: Session, each: Leftover) -> str:
    if each.can_go:
        return f"muvi leftovers --delete --confirm {session.environment.name}"
    if each.live is None:
        return f"only the index of tags shows it: {each.doubt}"
    return "a teardown with its own state deletes it, or the console"


def described(session: Session, each: Leftover) -> dict[str, Any]:
    """For a program."""
    return {
        "address": each.address or None,
        "kind": each.address.partition("/")[0] or None,
        "id": each.id,
        "arn": each.tagged.arn,
        "region": each.tagged.region,
        "ours": each.is_ours,
        "lineage": each.tagged.lineage or None,
        "exists": each.live is not None,
        "double": each.is_double,
        "deletable": each.can_go,
        "cost": cost_of(session, each),
        "how": how_to_delete(session, each),
    }


def described_named(each: Named) -> dict[str, Any]:
    """For a program."""
    return {"what": each.what, "name": each.name, "region": each.region, "cost": each.cost, "delete": each.delete}


def row(session: Session, each: Leftover) -> Row:
    from muvi_provision.cli.drawing.columns import Row

    notes = [] if each.can_go else [how_to_delete(session, each)]
    if each.is_double:
        notes.append(f"another one is recorded as {each.address}")
    what = each.address or kind_words(each.tagged.sort.replace(":", "-"))
    cells = (what, each.id, each.tagged.region, whose(each), cost_of(session, each))
    return Row(cells, "warn" if each.can_go else "", tuple(notes))


def row_named(session: Session, each: Named) -> Row:
    """In a rehearsal without the command, which would lead to the real AWS."""
    from muvi_provision.cli.drawing.columns import Row

    notes = () if session.is_sandbox else (each.delete,)
    return Row((each.what, each.name, each.region, BY_NAME, each.cost), "dim", notes)
