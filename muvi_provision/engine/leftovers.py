"""What bears this environment's tag and is not in the state: found by the index of tags, believed of its own service.

The index lags and goes on showing what is gone (aws-reality 1.3, 9), so nothing is told on its word alone. What can be
deleted is recorded first, so that a deletion that does not come to its end is not a leftover again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS, is_gone
from muvi_provision.aws.translation import is_fatal, translated
from muvi_provision.engine.examine import is_ours, plain
from muvi_provision.engine.indexed import Tagged, by_themselves, ids, indexed, is_recorded
from muvi_provision.engine.site import Site
from muvi_provision.engine.stack import Stack, Wanted
from muvi_provision.naming import ADDRESS, ENVIRONMENT, LINEAGE, Ownership
from muvi_provision.resource import Declared, Live, Resource, Unknown, UnknownValue, resolve, to_json
from muvi_provision.state.records import Record
from muvi_provision.state.store import State

NO_STEP = "0.0"  # of what no step asks for any more
LOST = (UnknownValue, AttributeError, KeyError, TypeError, ValueError)
"""What a class says that needs a field nobody knows any more."""


@dataclass(frozen=True)
class Leftover:
    """One object that is there. resource: as its class would make it, None for a kind this version does not know.

    is_ours: whether the lineage is this state's. live: what its own service shows; None while only the index does,
    for the reason ``doubt``. is_double: another one is recorded under its address.
    """

    tagged: Tagged
    is_ours: bool
    resource: Resource | None = None
    live: Live | None = None
    doubt: str = ""
    is_double: bool = False

    @property
    def address(self) -> str:
        return self.tagged.address

    @property
    def id(self) -> str:
        return self.live.id if self.live else self.tagged.arn

    @property
    def can_go(self) -> bool:
        """Whether it is certain to be there, ours, and of a kind that we delete."""
        known = self.resource is not None and not self.resource.declared.is_foreign
        return self.is_ours and self.live is not None and known


@dataclass
class _Search:
    """values: ids and outputs of what was found so far, for what stands on it."""

    stack: Stack
    site: Site
    records: Mapping[str, Record]
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    def resource(self, tagged: Tagged) -> Resource | None:
        """As the steps ask for it, else as it is recorded, else with nothing known of it but its name."""
        node = self.stack.nodes.get(tagged.address)
        if isinstance(node, Wanted):
            return resolve(node.resource, self._of)
        if record := self.records.get(tagged.address):
            return self.site.recorded(record)
        return bare(tagged.address)

    def _of(self, address: str) -> Mapping[str, Any] | None:
        return self.values.get(address) or self.site.state.values(address)

    def looked_at(self, tagged: Tagged) -> Leftover | None:
        """None for what is gone. Raises NotSignedIn."""
        is_ours = tagged.lineage == self.site.aws.ownership.lineage
        resource, is_double = self.resource(tagged), tagged.address in self.records
        if resource is None:
            return Leftover(tagged, is_ours, doubt="this version does not know this kind", is_double=is_double)
        aws = self._aws(tagged)
        doubt = ""
        for known in ids(tagged.arn):
            try:
                live = resource.find(aws, known)
            except (*LOST, *AWS_ERRORS) as error:
                doubt = doubt or _reason(error)
                continue
            if live is not None and _is_it(live, resource, tagged):
                self._keep(resource, live, is_ours=is_ours and not is_double)
                return Leftover(tagged, is_ours, resource, live, is_double=is_double)
        return Leftover(tagged, is_ours, resource, doubt=doubt, is_double=is_double) if doubt else None

    def unlisted(self, node: Wanted, told: Container[str]) -> Leftover | None:
        """What the index of tags cannot show: it bears none, or its service is not in it. None for what is not there.

        Raises NotSignedIn.
        """
        resource = resolve(node.resource, self._of)
        if node.address in told:
            return None
        aws = replace(self.site.aws, certain=True, thorough=True, shallow=True)
        try:
            live = resource.find(aws, None)
        except (*LOST, *AWS_ERRORS) as error:
            _reason(error)
            return None
        if live is None or not is_ours(resource, live, aws):
            return None
        self._keep(resource, live, is_ours=True)
        marks = aws.ownership.tags(node.address, aws.physical(resource))
        return Leftover(Tagged(live.id, aws.region, marks), is_ours=True, resource=resource, live=live)

    def _keep(self, resource: Resource, live: Live, *, is_ours: bool) -> None:
        if is_ours:
            with suppress(*LOST):
                self.values[resource.address] = {**resource.outputs(live), "id": live.id}

    def _aws(self, tagged: Tagged) -> Aws:
        """As its own state would look for it, past whatever was read before."""
        aws = self.site.aws
        owner = Ownership(aws.ownership.env, tagged.lineage)
        return replace(aws, ownership=owner, certain=True, thorough=True, shallow=True)


def bare(address: str) -> Resource | None:
    """A resource of which nothing is known but its kind and name; None for an unknown kind."""
    kind, _, name = address.partition("/")
    made = Declared.kinds.get(kind)
    if made is None or not name:
        return None
    needed = [one for one in dataclasses.fields(made) if one.name != "name" and _is_required(one)]
    words: Any = {one.name: Unknown(f"nothing/{kind}", one.name) for one in needed}
    return made(name, **words)


def _is_required(one: Any) -> bool:
    return one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING


def _reason(error: Exception) -> str:
    """Why its service could not tell; "" when it says that there is none. Raises NotSignedIn."""
    if isinstance(error, LOST):
        return "the environment does not describe it any more"
    told = translated(error)
    if is_fatal(error) or is_fatal(told):
        raise told from error
    return "" if is_gone(error) or _is_another_sort_of_id(error) else told.what


def _is_another_sort_of_id(error: Exception) -> bool:
    code = str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
    said = ("Malformed", "Invalid", "Validation", "BadRequest")
    return any(word in code for word in said) or "ParamValidation" in type(error).__name__


def _is_it(live: Live, resource: Resource, tagged: Tagged) -> bool:
    """Whether what was found is the one of that ARN, with the same tags."""
    marks = (ENVIRONMENT, ADDRESS, LINEAGE)
    if any(live.tags.get(mark) != tagged.tags.get(mark) for mark in marks):
        return False
    if live.id in ids(tagged.arn):
        return True
    with suppress(*LOST):
        return tagged.arn in resource.outputs(live).values() or _holds(live.raw, tagged.arn)
    return _holds(live.raw, tagged.arn)


def _holds(raw: Mapping[str, Any], arn: str) -> bool:
    return any(value == arn for value in raw.values())


def leftovers(stack: Stack, site: Site) -> list[Leftover]:
    """Each object once, what stands on others behind them. Changes nothing. Raises NotSignedIn, ClientError."""
    aws = site.aws.seen_from(site.moment())
    site = replace(site, aws=aws)
    records = {record.address: record for record in site.state.records()}
    found = [each for each in indexed(aws) if not is_recorded(each, records, aws.ownership.lineage)]
    places = {address: place for place, address in enumerate(stack.nodes)}
    found.sort(key=lambda each: (places.get(each.address, len(places)), each.address, each.lineage, each.arn))
    search = _Search(stack, site, records)
    tagged = list(_once(each for one in by_themselves(found) if (each := search.looked_at(one))))
    told = {each.address for each in tagged}
    return [*tagged, *(each for node in _unrecorded(stack, records) if (each := search.unlisted(node, told)))]


def _unrecorded(stack: Stack, records: Mapping[str, Record]) -> Iterator[Wanted]:
    """What the steps ask for and no record holds, but for what is only looked up, or the account's."""
    nodes = (node for node in stack.nodes.values() if isinstance(node, Wanted))
    return (node for node in nodes if node.address not in records and not node.resource.declared.is_foreign)


def _once(found: Iterable[Leftover]) -> Iterator[Leftover]:
    seen: set[tuple[str, str, str]] = set()
    for each in found:
        key = (each.address, each.tagged.lineage, each.id)
        if key not in seen:
            seen.add(key)
            yield each


def record(state: State, stack: Stack, found: Iterable[Leftover]) -> list[Record]:
    """Records what can go, so that a teardown takes it away; doubles are not among them. The lock must be held."""
    made = []
    for each in found:
        if not each.can_go or each.is_double or each.resource is None or each.live is None:
            continue
        node = stack.nodes.get(each.address)
        wanted = node.resource if isinstance(node, Wanted) else each.resource
        needs = node.needs if node else ()
        step = node.step if node else NO_STEP
        state.intend(each.address, wanted.declared.kind, step, to_json(wanted), needs)
        state.made(each.address, each.live.id)
        outputs: dict[str, str] = {}
        with suppress(*LOST):
            outputs = plain(each.resource.outputs(each.live))
        made.append(state.ready(each.address, outputs))
    state.checkpoint()
    return made


def forget(state: State, made: Iterable[Record]) -> None:
    """What of those is still recorded could not be deleted, and is a leftover again."""
    for one in made:
        if state.record(one.address):
            state.forget(one.address)
    state.checkpoint()


def delete_double(site: Site, each: Leftover) -> None:
    """Asks AWS to take away one whose address is another one's. Raises ClientError."""
    if each.resource is None or each.live is None or not each.can_go:
        return
    aws = replace(site.aws.seen_from(site.moment()), certain=True, shallow=True)
    with aws.writing(each.address):
        each.resource.delete(aws, each.live)
