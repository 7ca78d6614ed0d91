"""Where a run works, and how it ended: what every way of drawing is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from muvi_provision.cli.orphans import Orphans
from muvi_provision.engine.site import Report

COMMAND = re.compile(r"(?<=`)muvi [^`]+(?=`)|^muvi .+$")
"""A command within a sentence, or on a line of its own."""


@dataclass(frozen=True)
class Place:
    """Where a run works, what it leaves as it is, and ``again``: a command with the options that lead there.

    onward: the same for what comes after this run, which is no longer about its steps alone.
    resting: how many things of the steps wait for something to be there before they are made.
    tally: how many calls it made so far, and how many of them wrote.
    """

    account: str = ""
    region: str = ""
    is_sandbox: bool = False
    again: Callable[[str], str] = str
    onward: Callable[[str], str] = str
    orphans: Callable[[], Orphans] = Orphans
    tally: Callable[[], tuple[int, int]] = lambda: (0, 0)
    resting: Callable[[], int] = int

    def told(self, instructions: str) -> list[str]:
        """Instructions line by line, every command in them with the options that lead there."""
        lines = [line.rstrip() for line in instructions.splitlines() if line.strip()]
        return [COMMAND.sub(lambda found: self.again(found[0]), line) for line in lines]


NOWHERE = Place()


@dataclass(frozen=True)
class Ending:
    """The end of a run: its report, or the error that ended it without one."""

    at: float
    report: Report | None = None
    error: BaseException | None = None
