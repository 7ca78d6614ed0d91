"""Where a run works, and how it ended: what every way of drawing is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from muvi_provision.cli.orphans import Orphans
from muvi_provision.engine.site import Report


@dataclass(frozen=True)
class Place:
    """Where a run works, what it leaves as it is, and ``again``: a command with the options that lead there.

    tally: how many calls it made so far, and how many of them wrote.
    """

    account: str = ""
    region: str = ""
    is_sandbox: bool = False
    again: Callable[[str], str] = str
    orphans: Callable[[], Orphans] = Orphans
    tally: Callable[[], tuple[int, int]] = lambda: (0, 0)


NOWHERE = Place()


@dataclass(frozen=True)
class Ending:
    """The end of a run: its report, or the error that ended it without one."""

    at: float
    report: Report | None = None
    error: BaseException | None = None
