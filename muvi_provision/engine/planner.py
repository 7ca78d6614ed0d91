"""The plan: the real steps with their hands tied, so it is never a second description."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from muvi_provision.aws.translation import translated
from muvi_provision.engine.examine import Finding, examine
from muvi_provision.engine.graph import critical_path
from muvi_provision.engine.patient import CONSISTENT, LOOKS, age_of
from muvi_provision.engine.schedule import Job, Later
from muvi_provision.engine.site import Site, raise_fatal
from muvi_provision.engine.stack import Act, Check, Gate, Node, Stack, Wanted
from muvi_provision.errors import MuviError
from muvi_provision.resource import Verdict, resolve
from muvi_provision.state.records import Record

PATIENT_LOOKS = 3  # at what is younger than AWS may take to show it


@dataclass(frozen=True)
class Plan:
    """What a run would do: findings by address in the runbook's order, and what could not be told.

    untold: what could not be looked at, because of which failed address. acts, gates: addresses not done yet.
    holding: those of the gates that something stands on.
    orphans: recorded, but no step asks for them any more. usual_s: how long the longest chain of waits usually takes.
    """

    findings: Mapping[str, Finding]
    steps: Mapping[str, str]
    orphans: tuple[Record, ...] = ()
    acts: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()
    errors: Mapping[str, MuviError] = field(default_factory=dict)
    untold: Mapping[str, str] = field(default_factory=dict)
    usual_s: float = 0.0

    def of(self, *verdicts: Verdict) -> list[Finding]:
        return [finding for finding in self.findings.values() if finding.verdict in verdicts]

    @property
    def is_empty(self) -> bool:
        """Whether a run would have nothing to do, whatever it may be waiting for beside."""
        undone = self.of(Verdict.CREATE, Verdict.VANISHED, Verdict.UPDATE, Verdict.BLOCKED)
        return not (undone or self.acts or self.holding or self.errors)


class Planner:
    """Looks at everything the steps ask for, changing nothing."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._values: dict[str, dict[str, Any]] = {}
        self._findings: dict[str, Finding] = {}
        self._undone: set[str] = set()
        self._dormant: set[str] = set()
        self._untold: dict[str, str] = {}
        self._looks: dict[str, int] = {}
        self._as_of: dict[str, int] = {}
        self._lock = threading.Lock()

    def plan(self, stack: Stack, steps: Collection[str]) -> Plan:
        """The plan for those step numbers. Raises NotSignedIn, StateError; other errors are in the plan."""
        nodes = {address: node for address, node in stack.nodes.items() if not isinstance(node, Check)}
        jobs = [Job(node.address, after=node.needs) for node in nodes.values()]
        errors: dict[str, MuviError] = {}

        def over(name: str, _: str, error: Exception | None) -> None:
            if error:
                errors[name] = translated(error, name)
                self._untold[name] = name

        raise_fatal(self.site.walk().run(jobs, lambda name, _: self._look(nodes[name], steps), over))
        return self._plan(nodes, steps, errors)

    def _plan(self, nodes: Mapping[str, Node], steps: Collection[str], errors: Mapping[str, MuviError]) -> Plan:
        findings = {address: self._findings[address] for address in nodes if address in self._findings}
        new = [nodes[a] for a, f in findings.items() if f.verdict in (Verdict.CREATE, Verdict.VANISHED)]
        gates = tuple(a for a, n in nodes.items() if isinstance(n, Gate) and a in self._undone)
        stood_on = {need for node in nodes.values() for need in node.needs}
        return Plan(
            findings,
            {address: node.step for address, node in nodes.items()},
            orphans=tuple(r for r in self.site.state.records() if r.step in steps and r.address not in nodes),
            acts=tuple(a for a, n in nodes.items() if isinstance(n, Act) and a in self._undone),
            gates=gates,
            holding=tuple(gate for gate in gates if gate in stood_on),
            errors={address: errors[address] for address in nodes if address in errors},
            untold={a: lost for a, lost in self._untold.items() if a != lost},
            usual_s=critical_path(new),
        )

    def _look(self, node: Node, steps: Collection[str]) -> Later | None:
        lost = next((self._untold[need] for need in node.needs if need in self._untold), "")
        if lost:  # with an unknown beneath it, it would look as if it had to be made anew
            self._untold[node.address] = lost
            return None
        if isinstance(node, Wanted) and not self._dormant.isdisjoint(node.resource.needs()):
            self._dormant.add(node.address)
        elif node.step not in steps:
            if isinstance(node, Wanted) and self.site.state.deed(node.address):
                self._dormant.add(node.address)
            self._keep(node.address, self.site.state.values(node.address) or {})
        elif isinstance(node, Wanted):
            return self._examine(node)
        elif isinstance(node, Gate | Act) and not self._is_done(node):
            with self._lock:
                self._undone.add(node.address)
        return None

    def _examine(self, node: Wanted) -> Later | None:
        resource, record = resolve(node.resource, self._values.get), self.site.state.record(node.address)
        aws = self.site.aws.seen_from(self._as_of.get(node.address, 0))
        finding = examine(resource, record, aws)
        if finding.verdict is Verdict.VANISHED and record and (later := self._once_more(record)):
            return later
        if finding.verdict in (Verdict.CREATE, Verdict.VANISHED):
            if resource.dormant():
                self._dormant.add(node.address)
                return None
            resource.before(self.site.aws)
        self._keep(node.address, finding.values(), finding)
        return None

    def _once_more(self, record: Record) -> Later | None:
        """What was made moments ago AWS may not show yet: that is no news for a plan."""
        if age_of(record.made_at, self.site) >= CONSISTENT:
            return None
        with self._lock:
            looks = self._looks[record.address] = self._looks.get(record.address, 0) + 1
            self._as_of[record.address] = self.site.moment()
        return Later(LOOKS[looks - 1] * self.site.pace.scale) if looks <= PATIENT_LOOKS else None

    def _is_done(self, node: Act | Gate) -> bool:
        needs = [need for need in node.needs if need not in self._dormant]
        if any(need in self._undone or not self._values.get(need) for need in needs):
            return False
        question = node.done if isinstance(node, Act) else node.satisfied
        lasts = isinstance(node, Act) or node.lasting
        return (lasts and self.site.state.deed(node.address) is not None) or question(self.site.aws, self._values)

    def _keep(self, address: str, values: dict[str, Any], finding: Finding | None = None) -> None:
        with self._lock:
            self._values[address] = values
            if finding:
                self._findings[address] = finding
