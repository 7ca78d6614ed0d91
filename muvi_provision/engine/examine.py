"""One object held against what is wanted: find, compare, and say what should happen. Never changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muvi_provision.aws import waits
from muvi_provision.aws.clients import Aws
from muvi_provision.errors import AwsRefused, NameTaken, NotOurs
from muvi_provision.naming import ADDRESS, ENVIRONMENT, LINEAGE
from muvi_provision.resource import Change, Handle, Live, Resource, Verdict, differences, is_known
from muvi_provision.state.records import INTENDED, Record


@dataclass(frozen=True)
class Finding:
    """What was found of one resource, and the verdict. ``resource`` is the wanted one with real values filled in.

    is_going: AWS is still taking the old one away.
    """

    resource: Resource
    verdict: Verdict
    live: Live | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""
    is_going: bool = False

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
    absent = Verdict.CREATE if known_id is None else Verdict.VANISHED
    if live is None:
        return Finding(resource, absent)
    ready = resource.declared.ready
    if ready and waits.is_going(ready, live):
        return Finding(resource, absent, reason="it is being deleted", is_going=True)
    if resource.declared.fades and waits.outcome(ready, live) == "failure":
        return Finding(resource, absent, reason=waits.reason(ready, live) or "it failed")
    if is_adopted(resource, live, aws):
        return Finding(resource, Verdict.SAME, live)
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
    if resource.declared.shared or is_ours(resource, live, aws):
        return
    bears = _bears(live, aws)
    if record is not None and record.status != INTENDED and record.id == live.id:
        raise NotOurs(
            f"{live.id} is recorded as {resource.address}, but {bears}",
            where=resource.address,
            why="only what is recorded and tagged as ours is ever changed or deleted",
            next=(f"muvi state forget {resource.address}", "muvi drift"),
        )
    what = f"{live.id} has the name or address range that {resource.address} needs, and {bears}"
    if _is_this_stacks(live, aws):
        own = live.tags[ADDRESS]
        why = "it was made under another address, and a run never deletes"
        raise NameTaken(
            what, where=resource.address, why=why, next=(f"muvi teardown --only {own} --with-users", "muvi run")
        )
    why = "made by somebody else, or by another copy of this project with a state of its own"
    lost = ("muvi state recover",) if live.tags.get(ENVIRONMENT) == aws.ownership.env else ()
    raise NameTaken(what, where=resource.address, why=why, next=(*lost, "muvi config show"))


def _is_this_stacks(live: Live, aws: Aws) -> bool:
    ours = aws.ownership
    return (live.tags.get(ENVIRONMENT), live.tags.get(LINEAGE)) == (ours.env, ours.lineage) and ADDRESS in live.tags


def _bears(live: Live, aws: Aws) -> str:
    """What its tags say of whose it is."""
    owner, address = live.tags.get(ENVIRONMENT), live.tags.get(ADDRESS)
    if owner is None and address is None:
        return "it has none of our tags"
    if _is_this_stacks(live, aws):
        return f"it is this stack's own {address}"
    if owner == aws.ownership.env:
        said = "another" if LINEAGE in live.tags else "missing"
        return f"its tag {LINEAGE} is {said} (it says {owner}, {address})"
    return f"it is tagged {owner}:{address}"


def is_adopted(resource: Resource, live: Live, aws: Aws) -> bool:
    """Whether it was there before us, and is used as it is."""
    return resource.declared.adopts and not is_ours(resource, live, aws)


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


def plain(values: Mapping[str, Any]) -> dict[str, str]:
    """Outputs as the state keeps them, without the id."""
    return {name: str(value) for name, value in values.items() if name != "id"}
