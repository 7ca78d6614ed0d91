"""The run: everything the steps ask for, as soon as what it stands on is there."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from muvi_provision.aws.translation import translated
from muvi_provision.engine import events
from muvi_provision.engine.events import Counts
from muvi_provision.engine.graph import MADE, READY, making, subject
from muvi_provision.engine.making import Making, NotYet
from muvi_provision.engine.schedule import Later
from muvi_provision.engine.settling import settle
from muvi_provision.engine.site import Report, Site, raise_fatal
from muvi_provision.engine.stack import Act, Check, Gate, Node, Stack, Wanted
from muvi_provision.errors import MuviError, StepFailed, WaitingForPerson
from muvi_provision.resource import Declared, Verdict, resolve, resolved
from muvi_provision.state.records import READY as IS_READY
from muvi_provision.state.records import Record

COUNTED = {Verdict.SAME: "same", Verdict.UPDATE: "updated"}


class Applier:
    """Makes what the steps ask for. One use, one run; the state's lock must be held."""

    def __init__(self, site: Site) -> None:
        self.site = replace(site, aws=replace(site.aws, thorough=True))
        self.walk = site.walk()
        self._making: dict[str, Making] = {}
        self._moments: dict[int, int] = {}
        self._errors: dict[str, MuviError] = {}
        self._gates: dict[str, str] = {}
        self._dormant: set[str] = set()
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Begins nothing new; what is under way is finished and recorded. Safe in a signal handler."""
        self.site.aws.border.stopping.set()
        self.walk.stop()

    def run(self, stack: Stack, steps: Collection[str]) -> Report:
        """Does those step numbers. Raises NotSignedIn, StateError; other failures are in the report."""
        nodes = _concerned(stack, steps)
        jobs = making(nodes.values())
        left = Counter(nodes[subject(job.name)].step for job in jobs)
        broken: dict[str, set[str]] = defaultdict(set)

        def over(name: str, because: str, error: Exception | None) -> None:
            node = nodes[subject(name)]
            self._over(node, name, because, error)
            if because or error:
                broken[node.step].add(node.address)
            left[node.step] -= 1
            if not left[node.step] and node.step in steps:
                self.site.state.checkpoint()
                self.site.listen(events.StepEnd(step=node.step, failed=len(broken[node.step])))

        outcome = self.walk.run(jobs, lambda name, batch: self._work(nodes, steps, name, batch), over)
        raise_fatal(outcome)
        self.site.state.checkpoint()
        return self._report(outcome.skipped, outcome.interrupted)

    def _report(self, skipped: Mapping[str, str], interrupted: bool) -> Report:
        lost = {subject(name): subject(because) for name, because in skipped.items()}
        told = {*self._errors, *self._gates}
        lost = {name: because for name, because in lost.items() if name not in told}
        tally = self.site.aws.border.tally
        settled = Counter(COUNTED.get(m.verdict, "created") for m in self._making.values() if self._is_settled(m))
        counts = Counts(
            **settled,
            failed=len(self._errors),
            skipped=len(lost),
            waiting=len(self._gates),
            api_calls=tally.calls,
            writes=tally.writes,
        )
        unfinished = tuple(record.address for record in self.site.state.records() if _goes_on(record))
        return Report(
            counts, dict(self._errors), lost, dict(self._gates), unfinished if interrupted else (), interrupted
        )

    def _is_settled(self, one: Making) -> bool:
        record = one.record if one.address not in self._errors else None
        return record is not None and record.status == IS_READY and not one.resource.declared.lookup

    def _over(self, node: Node, name: str, because: str, error: Exception | None) -> None:
        if isinstance(error, WaitingForPerson):
            self._gates[node.address] = error.what
            self.site.listen(events.GateClosed(step=node.step, resource=node.address, instructions=error.what))
        elif error:
            told = self._errors[node.address] = translated(error, node.address)
            self.site.listen(events.Failed(step=node.step, resource=node.address, error=told))
        elif because and subject(name) != subject(because) and not name.endswith(READY):
            self.site.listen(events.Skipped(step=node.step, resource=node.address, because=subject(because)))

    def _rest(self, node: Wanted) -> Later | None:
        """It is not to be made yet, nor what holds it in a field; the state knows that nothing is missing."""
        with self._lock:
            self._dormant.add(node.address)
        state = self.site.state
        if state.record(node.address) is None and state.deed(node.address) is None:
            state.did(node.address, node.step)
        return None

    def _work(self, nodes: Mapping[str, Node], steps: Collection[str], name: str, batch: int) -> Later | None:
        node = nodes[subject(name)]
        if node.step not in steps:
            return self._rely_on(node)
        if not isinstance(node, Wanted):
            return None if name.endswith(READY) else self._do(node)
        if node.address in self._dormant:
            return None
        if not self._dormant.isdisjoint(node.resource.needs()):
            return self._rest(node)
        one = self._of(node)
        if name.endswith(READY):
            return settle(one, self._moment(batch))
        if one.resource.declared.completes and not name.endswith(MADE):
            return one.complete(self._moment(batch))
        try:
            return one.make()
        except NotYet:
            return self._rest(node)

    def _of(self, node: Wanted) -> Making:
        """The progress of a node; made when what it stands on is there, so its values are known."""
        with self._lock:
            if node.address not in self._making:
                resource = resolve(node.resource, self.site.state.values)
                self._making[node.address] = Making(self.site, node, resource, began=self.site.clock.monotonic())
            return self._making[node.address]

    def _rely_on(self, node: Node) -> Later | None:
        """A step that is not being run only lends what it made before."""
        if self.site.state.values(node.address):
            return None
        if self.site.state.deed(node.address):
            if isinstance(node, Wanted):
                self._rest(node)
            return None
        raise StepFailed(
            f"{node.address} is not there yet",
            where=node.address,
            why=f"step {node.step} makes it, and has not been run",
            next=(f"muvi run --step {node.step}",),
        )

    def _do(self, node: Node) -> Later | None:
        asks = isinstance(node, Gate) and not node.lasting
        did = (asks or self.site.state.deed(node.address) is None) and self._did(node)
        verdict = Verdict.CREATE if did else Verdict.SAME
        self.site.listen(events.Settled(step=node.step, resource=node.address, verdict=verdict))
        return None

    def _did(self, node: Node) -> bool:
        """Does an act, or asks whether a gate is open; whether anything was done. Raises WaitingForPerson."""
        state, aws = self.site.state, self.site.aws
        values = {address: state.values(address) or {} for address in node.needs}
        acted = False
        if isinstance(node, Gate) and not node.satisfied(aws, values):
            if state.deed(node.address):
                state.forget(node.address)
            told = node.instructions
            said = told(aws, values) if callable(told) else str(resolved(told, values.get))
            raise WaitingForPerson(said, where=node.address)
        if isinstance(node, Act) and not node.done(aws, values):
            self.site.listen(events.Begin(step=node.step, resource=node.address, verb="do"))
            with aws.writing(node.address):
                node.do(aws, values)
            acted = True
        if acted or state.deed(node.address) is None:
            state.did(node.address, node.step)
        return acted

    def _moment(self, batch: int) -> int:
        """One inventory moment for all work begun together, so that it shares its reads."""
        with self._lock:
            if batch not in self._moments:
                self._moments[batch] = self.site.moment()
            return self._moments[batch]


def _concerned(stack: Stack, steps: Collection[str]) -> dict[str, Node]:
    """What the steps ask for, and what that stands on."""
    chosen = [node for node in stack.nodes.values() if node.step in steps and not isinstance(node, Check)]
    concerned = {node.address for node in chosen}.union(*(node.needs for node in chosen))
    return {address: node for address, node in stack.nodes.items() if address in concerned}


def _goes_on(record: Record) -> bool:
    """Whether AWS goes on making it by itself."""
    kind = Declared.kinds.get(record.kind)
    return bool(record.id and record.status != IS_READY and kind and kind.declared.ready)
