"""One object held against what is wanted: find, compare, and say what should happen. Never changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muvi_provision.aws import waits
from muvi_provision.aws.clients import Aws
from muvi_provision.errors import AwsRefused, NameTaken, NotOurs
from muvi_provision.naming import ADDRESS, ENVIRONMENT
from muvi_provision.resource import Change, Handle, Live, Resource, Verdict, differences, is_known
from muvi_provision.state.records import DELETING, INTENDED, Record


@dataclass(frozen=True)
class Finding:
    """What was found of one resource, and the verdict. ``resource`` is the wanted one with real values filled in."""

    resource: Resource
    verdict: Verdict
    live: Live | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""

    @property
    def address(self) -> str:
        return self.resource.address

    def values(self) -> dict[str, Any]:
        """id and outputs, for whoever stands on it."""
        return {**self.resource.outputs(self.live), "id": self.live.id} if self.live else {}


def examine(resource: Resource, record: Record | None, aws: Aws) -> Finding:
    """Finds and compares. Raises NameTaken, NotOurs, AwsRefused (a look-up that finds nothing), ClientError."""
    known_id = record.id if record else None
    if not known_id and not is_known(resource.wanted()):
        return Finding(resource, Verdict.CREATE)
    live = resource.find(aws, known_id)
    if resource.declared.lookup:
        return _looked_up(resource, live)
    being_deleted = record is not None and record.status == DELETING
    if live is not None and not being_deleted and _has_faded(resource, live):
        live, gone = None, waits.reason(resource.declared.ready, live)
    else:
        gone = ""
    if live is None:
        vanished = known_id is not None
        return Finding(resource, Verdict.VANISHED if vanished else Verdict.CREATE, reason=gone)
    confirm_ownership(resource, live, record, aws)
    return compared(resource, live)


def compared(resource: Resource, live: Live) -> Finding:
    """The verdict on an object that is there and ours."""
    changes = differences(resource.wanted(), resource.observe(live))
    if not changes:
        return Finding(resource, Verdict.SAME, live)
    fixed = [change.field for change in changes if change.field not in resource.declared.mutable]
    if fixed:
        return Finding(resource, Verdict.BLOCKED, live, changes, f"AWS cannot change {', '.join(fixed)} in place")
    return Finding(resource, Verdict.UPDATE, live, changes)


def confirm_ownership(resource: Resource, live: Live, record: Record | None, aws: Aws) -> None:
    """Raises unless the object bears our tags: NotOurs for a recorded one, NameTaken for one just found."""
    if is_ours(resource, live, aws):
        return
    recorded = record is not None and record.status != INTENDED and record.id == live.id
    owner = live.tags.get(ENVIRONMENT)
    bears = f"it is tagged {owner}:{live.tags.get(ADDRESS)}" if owner else "it has none of our tags"
    if recorded:
        raise NotOurs(
            f"{live.id} is recorded as {resource.address}, but {bears}",
            where=resource.address,
            why="only what is recorded and tagged as ours is ever changed or deleted",
            next=(f"muvi state forget {resource.address}", "muvi drift"),
        )
    raise NameTaken(
        f"{live.id} has the name or address range that {resource.address} needs, and {bears}",
        where=resource.address,
        why="made by somebody else, or by another copy of this project with a state of its own",
        next=("muvi plan", "muvi config show"),
    )


def is_ours(resource: Resource, live: Live, aws: Aws) -> bool:
    """Whether the object's tags (or, for an untaggable one, those of what it belongs to) are this stack's."""
    if aws.ownership.owns(live.tags, resource.address):
        return True
    parent = getattr(resource, resource.declared.inherits) if resource.declared.inherits else None
    return isinstance(parent, Handle) and aws.ownership.owns(live.tags, parent.address)


def _looked_up(resource: Resource, live: Live | None) -> Finding:
    if live is None:
        raise AwsRefused(
            f"there is no {resource.declared.kind} {resource.name} in this region",
            where=resource.address,
            next=("muvi config show",),
        )
    return Finding(resource, Verdict.SAME, live)


def _has_faded(resource: Resource, live: Live) -> bool:
    """Whether it is a failed one of a kind whose failed ones go away by themselves."""
    return resource.declared.fades and waits.outcome(resource.declared.ready, live) == "failure"


def plain(values: Mapping[str, Any]) -> dict[str, str]:
    """Outputs as the state keeps them, without the id."""
    return {name: str(value) for name, value in values.items() if name != "id"}
