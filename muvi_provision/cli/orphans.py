"""What is recorded and no step asks for any more: a run leaves it as it is, so it has to be named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session
    from muvi_provision.engine.stack import Step
    from muvi_provision.state.records import Record

SHOWN = 8  # named in full; the rest is counted


@dataclass(frozen=True)
class Orphans:
    """The records. ``going``: they and all that stands on them, the last made first. ``anew``: wanted ones of those."""

    records: tuple[Record, ...] = ()
    going: tuple[Record, ...] = ()
    anew: tuple[Record, ...] = ()
    region: str = ""

    @property
    def addresses(self) -> list[str]:
        return [record.address for record in self.records]

    @property
    def command(self) -> str:
        """What takes them away, in an order that works; nothing when there are none."""
        words = [word for record in self.going for word in ("--only", record.address)]
        return " ".join(("muvi teardown", *words)) if words else ""

    def sentences(self) -> tuple[str, ...]:
        """What to say of them: which they are, what they cost, what would go with them."""
        if not self.records:
            return ()
        return (f"{headline(self.records)} {named(self.records)}", *self.consequences())

    def consequences(self) -> tuple[str, ...]:
        from muvi_provision.cli.money import left_standing

        with_them = f"what stands on that goes with it, and the next run makes it anew: {named(self.anew)}"
        return (left_standing(self.records, self.region), *((with_them,) if self.anew else ()))


def orphans(session: Session, steps: Iterable[Step]) -> Orphans:
    """Those of the days of these steps. What was only looked up is nothing anybody made, so it is left out."""
    from muvi_provision.resource import Declared

    days = {str(step.day) for step in steps}
    lookups = {kind for kind, made in Declared.kinds.items() if made.declared.lookup}
    everything = session.state.records()
    found = [r for r in everything if r.step.partition(".")[0] in days and r.kind not in lookups]
    found = [record for record in found if record.address not in session.stack.nodes]
    going = in_order(everything, found)
    anew = [record for record in going if record.address in session.stack.nodes and record.kind not in lookups]
    return Orphans(tuple(found), tuple(going), tuple(anew), session.environment.region)


def in_order(records: Sequence[Record], chosen: Iterable[Record]) -> list[Record]:
    """Those and all that stands on them, in an order in which they can be deleted: the last made first."""
    with_users = standing_on(records, (record.address for record in chosen))
    return [record for record in reversed(records) if record.address in with_users]


def standing_on(records: Sequence[Record], addresses: Iterable[str]) -> set[str]:
    """Those addresses and all that stands on them, however far up."""
    found: set[str] = set()
    waiting = list(addresses)
    while waiting:
        address = waiting.pop()
        if address not in found:
            found.add(address)
            waiting.extend(record.address for record in records if address in record.needs)
    return found


def headline(found: Sequence[Record]) -> str:
    from muvi_provision.cli.drawing.glyphs import counted

    are, stay = ("is", "stays as it is") if len(found) == 1 else ("are", "stay as they are")
    return f"{counted(len(found), 'recorded thing')} {are} wanted by no step any more and {stay}:"


def named(found: Sequence[Record]) -> str:
    """The first ones by address, the rest counted by kind."""
    from muvi_provision.cli.drawing.sheet import folded

    told = ", ".join(record.address for record in found[:SHOWN])
    return told + (f", and {folded(record.address for record in found[SHOWN:])}" if len(found) > SHOWN else "")
