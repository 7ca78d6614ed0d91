"""A lost state, rebuilt from names and tags: the steps say what to look for, AWS says what is there."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from muvi_provision.aws.translation import translated
from muvi_provision.engine.examine import is_ours, plain
from muvi_provision.engine.schedule import Job, Later
from muvi_provision.engine.site import Site, raise_fatal
from muvi_provision.engine.stack import Node, Stack, Wanted
from muvi_provision.errors import StepFailed, UsageError
from muvi_provision.naming import ENVIRONMENT, LINEAGE
from muvi_provision.resource import Live, Resource, UnknownValue, resolve, to_json


@dataclass(frozen=True)
class Recovered:
    """What was found again: the lineage on its tags, and the addresses recorded."""

    lineage: str
    adopted: tuple[str, ...]


def recover(stack: Stack, site: Site, account: str) -> Recovered:
    """Records everything the steps ask for that exists and bears one lineage of this environment.

    Changes nothing in AWS. The state must be new. Raises UsageError when nothing, or more than one lineage,
    is found; StepFailed when something could not be looked at; NotSignedIn, StateError.
    """
    found = _Search(stack, site).run()
    lineages = Counter(live.tags[LINEAGE] for _, _, live in found.values() if LINEAGE in live.tags)
    if len(lineages) != 1:
        raise _refusal(lineages, site)
    lineage = next(iter(lineages))
    site = replace(site, aws=replace(site.aws, ownership=replace(site.aws.ownership, lineage=lineage)))
    found = _Search(stack, site).run()  # again, for what only its own lineage's tags tell from a stranger's
    site.state.inherit(lineage)
    site.state.pin(account, site.aws.region)
    ours = {a: one for a, one in found.items() if _belongs(*one[1:], site)}
    for node, resource, live in ours.values():
        _record(node, resource, live, site)
    site.state.checkpoint()
    return Recovered(lineage, tuple(ours))


def _belongs(resource: Resource, live: Live, site: Site) -> bool:
    return resource.declared.is_foreign or is_ours(resource, live, site.aws)


def _record(node: Wanted, resource: Resource, live: Live, site: Site) -> None:
    """As the run that made it would have; a run sees it ready again."""
    site.state.intend(node.address, resource.declared.kind, node.step, to_json(node.resource), node.needs)
    site.state.made(node.address, live.id)
    site.state.ready(node.address, plain(resource.outputs(live)))


def _refusal(lineages: Counter[str], site: Site) -> UsageError:
    env = site.aws.ownership.env
    if not lineages:
        what = f"nothing in this account and region bears the tag {ENVIRONMENT}: {env}"
        why = "there is nothing to recover"
    else:
        counted = ", ".join(f"{count} of {lineage}" for lineage, count in lineages.most_common())
        what, why = f"objects of {len(lineages)} lineages were found: {counted}", "each belongs to a state of its own"
    return UsageError(what, where=LINEAGE, why=why, next=("muvi plan", "muvi config show"))


class _Search:
    """Looks for everything the steps ask for, what it stands on first."""

    def __init__(self, stack: Stack, site: Site) -> None:
        self.site = site
        self.nodes = {a: node for a, node in stack.nodes.items() if isinstance(node, Wanted)}
        self._found: dict[str, tuple[Wanted, Resource, Live]] = {}
        self._values: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def run(self) -> dict[str, tuple[Wanted, Resource, Live]]:
        errors: dict[str, Exception] = {}

        def over(name: str, _: str, error: Exception | None) -> None:
            if error:
                errors[name] = error

        jobs = [Job(node.address, after=_known(node, self.nodes)) for node in self.nodes.values()]
        raise_fatal(self.site.walk().run(jobs, self._look, over))
        if errors:
            name, error = next(iter(errors.items()))
            told = translated(error, name)
            what = f"{len(errors)} things could not be looked at, so nothing was recorded: {told.what}"
            raise StepFailed(what, where=name, why=told.why, next=told.next) from error
        return {address: self._found[address] for address in self.nodes if address in self._found}

    def _look(self, name: str, _: int) -> Later | None:
        node = self.nodes[name]
        resource = resolve(node.resource, self._values.get)
        if any(each not in self._values for _, each, _ in node.resource.references()):
            return None  # what it stands on is not there, so it cannot be either
        try:
            live = resource.find(self.site.aws, None)
        except UnknownValue:  # and cannot be told without what is still to be made of it
            return None
        if live is not None and self._may_be_ours(resource, live):
            with self._lock:
                self._found[name] = (node, resource, live)
                self._values[name] = {**resource.outputs(live), "id": live.id}
        return None

    def _may_be_ours(self, resource: Resource, live: Live) -> bool:
        """Whether its tags are this environment's, of whatever lineage."""
        if resource.declared.is_foreign:
            return True
        lineage = live.tags.get(LINEAGE, "")
        ownership = replace(self.site.aws.ownership, lineage=lineage)
        return bool(lineage) and is_ours(resource, live, replace(self.site.aws, ownership=ownership))


def _known(node: Node, nodes: dict[str, Wanted]) -> tuple[str, ...]:
    return tuple(need for need in node.needs if need in nodes)
