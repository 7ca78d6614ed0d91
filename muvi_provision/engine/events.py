"""What happens while the engine works, as data; whoever draws listens. ``type`` is the name in NDJSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from muvi_provision.errors import MuviError
from muvi_provision.resource import Verdict


@dataclass(frozen=True, kw_only=True)
class Event:
    """Where it happened. ``elapsed_s``: seconds since the run began, or since the thing itself began."""

    type: ClassVar[str] = "event"
    step: str = ""
    resource: str = ""
    id: str = ""
    elapsed_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RunStart(Event):
    """``steps``: (number, title, how many things) in the runbook's order."""

    type: ClassVar[str] = "run.start"
    command: str
    env: str
    steps: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepEnd(Event):
    """Everything the step asked for is finished, failed or skipped."""

    type: ClassVar[str] = "step.end"
    failed: int = 0


@dataclass(frozen=True, kw_only=True)
class Begin(Event):
    """A write is about to happen: ``verb`` is create, update, delete or do."""

    type: ClassVar[str] = "resource.begin"
    verb: str


@dataclass(frozen=True, kw_only=True)
class Settled(Event):
    """A resource is as wanted and may be stood on; ``verdict`` says what it took."""

    type: ClassVar[str] = "resource.done"
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Deleted(Event):
    type: ClassVar[str] = "resource.deleted"


@dataclass(frozen=True, kw_only=True)
class Waiting(Event):
    """AWS is at it. ``usual_s``: how long it usually takes; ``why``: what to look at when that is over."""

    type: ClassVar[str] = "resource.waiting"
    verb: str
    usual_s: float = 0.0
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Moved(Event):
    """So many bytes of something are over."""

    type: ClassVar[str] = "resource.moved"
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Failed(Event):
    type: ClassVar[str] = "resource.failed"
    error: MuviError


@dataclass(frozen=True, kw_only=True)
class Skipped(Event):
    """Not tried, because what it stands on failed or waits."""

    type: ClassVar[str] = "resource.skipped"
    because: str


@dataclass(frozen=True, kw_only=True)
class GateClosed(Event):
    type: ClassVar[str] = "gate.closed"
    instructions: str


@dataclass(frozen=True, kw_only=True)
class Stopping(Event):
    """Interrupted: nothing new is begun, what is under way is being recorded."""

    type: ClassVar[str] = "run.stopping"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What a run did."""

    created: int = 0
    updated: int = 0
    same: int = 0
    deleted: int = 0
    failed: int = 0
    skipped: int = 0
    waiting: int = 0
    api_calls: int = 0
    writes: int = 0


@dataclass(frozen=True, kw_only=True)
class RunEnd(Event):
    """The last event of a run. ``going_on``: what AWS goes on making after an interruption."""

    type: ClassVar[str] = "run.end"
    counts: Counts = field(default_factory=Counts)
    going_on: tuple[str, ...] = ()
    interrupted: bool = False


Listener = Callable[[Event], None]


def nobody(event: Event) -> None:
    """A listener that does not."""
