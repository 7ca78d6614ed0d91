"""What is deleted before what, and what need not be deleted at all because something else takes it along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from muvi_provision.engine.schedule import Job
from muvi_provision.resource import Resource, from_json
from muvi_provision.state.records import Record

RELEASING, ENDING = " releasing", " ending"


def subject(job: str) -> str:
    """The address that a job is about."""
    return job.removesuffix(RELEASING).removesuffix(ENDING)


@dataclass(frozen=True)
class Dismantling:
    """The order in which the objects of some records go, the last made first.

    along: what something else takes along, and by what. One that ``releases`` has a job of its own before the others
    that it held may go: two groups whose rules name each other would both stay for ever. One that ``holds`` some of
    what it stood on longer than the rest has a job for its deletion (ending) and one for its being gone.
    """

    inside: Mapping[str, Record]
    resources: Mapping[str, Resource]
    along: Mapping[str, tuple[str, ...]]
    users: Mapping[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, inside: Mapping[str, Record], resources: Mapping[str, Resource], recorded: Callable[[str], bool]
    ) -> Dismantling:
        """``recorded``: whether there is a record of an address, inside or outside of this."""
        along = {}
        for address, resource in resources.items():
            parents = resource.parents(resource.declared.goes_with)
            if parents and all(each in inside or not recorded(each) for each in parents):
                along[address] = tuple(each for each in parents if each in inside)
        users: dict[str, set[str]] = defaultdict(set)
        for record in inside.values():
            for need in record.needs:
                users[need].add(record.address)
        return cls(inside, resources, along, users)

    def jobs(self) -> list[Job]:
        """Each with what must be over before it."""
        jobs = []
        for address in reversed(list(self.inside)):
            if address in self.along:
                jobs.append(Job(address, self.along[address]))
                continue
            before = [self._until(user, address) for user in self._before(address)]
            if self._releases(address):
                own = [job for job in before if not job.endswith(RELEASING)]
                jobs.append(Job(address + RELEASING, tuple(own)))
                before = [address + RELEASING, *before]
            if self._holds(address):
                jobs.append(Job(address + ENDING, tuple(dict.fromkeys(before))))
                before = [address + ENDING]
            jobs.append(Job(address, tuple(dict.fromkeys(before))))
        return jobs

    def _before(self, address: str) -> list[str]:
        """Its users, and those of what it takes along; of a user that another takes along, that other."""
        found, seen, pending = [], {address}, sorted(self.users.get(address, ()))
        while pending:
            user = pending.pop()
            if user in seen:
                continue
            seen.add(user)
            if user not in self.along:
                found.append(user)
            elif address in (takers := self._takers(user)):
                pending += sorted(self.users.get(user, ()))
            elif self.resources[user].declared.binds:
                found += [each + RELEASING if self._releases(each) else each for each in takers]
        return [each for each in found if each != address + RELEASING]

    def _takers(self, address: str) -> tuple[str, ...]:
        """What takes it along in the end: a rule goes with its listener, which goes with its load balancer."""
        above = self.along[address]
        return tuple(taker for each in above for taker in (self._takers(each) if each in self.along else (each,)))

    def _until(self, user: str, address: str) -> str:
        """The job of a user's that must be over before what it stood on may go."""
        held = self._holds(user)
        return user + ENDING if held and address not in held else user

    def _holds(self, address: str) -> tuple[str, ...]:
        """What it holds until it is gone, where that is not all that it stands on."""
        resource = self.resources.get(address)
        if resource is None or not (resource.declared.gone and resource.declared.holds):
            return ()
        record = self.inside[address]
        asked = from_json(record.kind, record.wanted)  # once its value is filled in, an output does not say whose it is
        return tuple(held for field in sorted(asked.declared.holds) for held in asked.parents(field))

    def _releases(self, address: str) -> bool:
        resource = self.resources.get(address)
        return resource is not None and resource.declared.releases
