"""What everything in the engine works with, and how a run is reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import patiently
from muvi_provision.aws.patience_rows.row import Patience
from muvi_provision.aws.translation import is_fatal, translated
from muvi_provision.aws.waits import Pace
from muvi_provision.clock import Chance, Clock
from muvi_provision.engine import events
from muvi_provision.engine.events import Counts, Listener
from muvi_provision.engine.schedule import Outcome, Walk
from muvi_provision.errors import MuviError
from muvi_provision.resource import Resource, from_json, resolve
from muvi_provision.state.records import Record
from muvi_provision.state.store import State

T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """One state, one cloud, one clock; ``threads`` calls at a time, ``pace`` of the cloud's slow things.

    born: the addresses made since this process began.
    """

    state: State
    aws: Aws
    clock: Clock
    chance: Chance
    listen: Listener = events.nobody
    pace: Pace = field(default_factory=Pace)
    threads: int = 16
    born: set[str] = field(default_factory=set)

    def walk(self) -> Walk:
        """A walk that begins nothing new once nobody is signed in or the state cannot be written."""
        return Walk(self.clock, self.threads, fatal=lambda error: is_fatal(error) or is_fatal(translated(error)))

    def patiently(self, call: Callable[[], T], waiting: Callable[[Patience, float], None], longest: float) -> T:
        """Calls again while what it refers to is too new for AWS to see; ``waiting`` hears of each wait."""
        stopping = self.aws.border.stopping
        return patiently(call, self.clock, self.chance, stopping, longest=longest, waiting=waiting)

    def tell_wait(self, step: str, address: str, verb: str, why: str, elapsed: float = 0.0, usual: float = 0.0) -> None:
        """Says that AWS is at it: for how long (seconds), how long it usually takes here, and what to look at."""
        about = events.Waiting(step=step, resource=address, verb=verb, elapsed_s=elapsed, usual_s=usual, why=why)
        self.listen(about)

    def moment(self) -> int:
        """Later than every read so far: for objects written just now."""
        return self.aws.border.inventory.moment()

    def recorded(self, record: Record) -> Resource:
        """The resource of a record, with real values filled in.

        Raises StepFailed for a kind this version does not know.
        """
        from muvi_provision.errors import StepFailed

        try:
            resource = from_json(record.kind, record.wanted)
        except (KeyError, TypeError) as error:
            raise StepFailed(
                f"this version does not know how a {record.kind} is made",
                where=record.address,
                why=str(error),
                next=("pip install --upgrade muvi-provision",),
            ) from error
        return resolve(resource, self.state.values)


@dataclass(frozen=True)
class Report:
    """How a run or teardown ended.

    errors, skipped (because of which address), gates (instructions): by address.
    going_on: what AWS goes on making or deleting after an interruption.
    """

    counts: Counts
    errors: Mapping[str, MuviError] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    gates: Mapping[str, str] = field(default_factory=dict)
    going_on: tuple[str, ...] = ()
    interrupted: bool = False


def raise_fatal(outcome: Outcome) -> None:
    """Raises what ended a walk before its time, in the product's words."""
    if outcome.fatal:
        raise translated(outcome.fatal)
