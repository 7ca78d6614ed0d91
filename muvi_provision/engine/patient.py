"""Looking again: after an interrupted create, and for what AWS does not show yet."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from datetime import datetime

from muvi_provision.aws.patience import error_of
from muvi_provision.aws.wait_rows.row import Wait
from muvi_provision.aws.waits import next_poll
from muvi_provision.engine.schedule import Later
from muvi_provision.engine.site import Site
from muvi_provision.errors import TimedOut
from muvi_provision.resource import Declared
from muvi_provision.state.records import DELETING, Record

CONSISTENT = 300.0  # seconds AWS may take to show what it made (aws-reality.md 1.6)
SETTLED = 20.0  # seconds after which it shows what is older than that everywhere
LOOKS = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between looks for an object whose creation was interrupted
CONFLICTS = (
    "*Duplicate*", "*AlreadyExist*", "*.Conflict", "*AlreadyAssociated", "ResourceExistsException", "PriorityInUse",
    "ResourceConflictException", "PipelineNameInUse*", "*AlreadyOwnedByYou",
)  # fmt: skip


def is_conflict(error: BaseException) -> bool:
    """Whether AWS says that there is one already."""
    code = error_of(error)[1]
    return bool(code) and any(fnmatch.fnmatchcase(code, pattern) for pattern in CONFLICTS)


@dataclass
class Searching:
    """The looks already taken for one object that may exist although it is not shown."""

    looks: int = 0

    def again(self, record: Record, site: Site) -> Later | None:
        """When to look again, or None when it is certain enough that there is none.

        What AWS said it made, and what a second one would stand beside unnoticed (found by its tags alone), is
        looked for as long as AWS may take to show it; the rest for half a minute, since AWS refuses a second one.
        """
        age = age_of(max(record.intended_at, record.made_at), site)
        if record.status == DELETING or age >= CONSISTENT:
            return None
        kind = Declared.kinds[record.kind].declared
        thorough = site.pace.scale > 0 and (record.id is not None or kind.found_by == "tags")
        if not thorough and self.looks >= len(LOOKS):
            return None
        self.looks += 1
        why = "an interrupted call may have made it, and AWS may show it late"
        left = CONSISTENT - age if thorough else 0.0
        site.tell_wait(record.step, record.address, "look", why, usual=left)
        return Later(LOOKS[min(self.looks, len(LOOKS)) - 1] * site.pace.scale)


def age_of(when: str, site: Site) -> float:
    """Seconds since an ISO 8601 time; as good as for ever when there is none."""
    return (site.clock.now() - datetime.fromisoformat(when)).total_seconds() if when else CONSISTENT


def soon(elapsed: float) -> Later:
    """Half as long again as it has taken so far: for what comes in seconds."""
    return Later(max(0.1, min(5.0, elapsed / 2)))


def on_its_way(site: Site, step: str, address: str, verb: str, wait: Wait, elapsed: float) -> Later:
    """Comes back when AWS may be done. Raises TimedOut when it takes longer than it ever should."""
    ends = "gone" if verb == "delete" else "ready"
    if elapsed > wait.limit:
        raise TimedOut(
            f"{address} is not {ends} after {elapsed:.0f} s (usually {wait.usual:.0f} s)",
            where=address,
            why=wait.slow,
            next=("muvi status --live",),
        )
    site.tell_wait(step, address, verb, wait.slow, elapsed, wait.usual * site.pace.scale)
    return Later(next_poll(elapsed, wait.usual, site.pace))
