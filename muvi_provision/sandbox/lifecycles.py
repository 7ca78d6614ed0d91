"""How long things take to be ready and to be gone, and what happens when they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from muvi_provision.sandbox import interfaces, objects
from muvi_provision.sandbox.books import Phase
from muvi_provision.sandbox.view import View


@dataclass(frozen=True)
class Lifecycle:
    """Seconds are AWS's. A kind without ``making`` shows no state; ``listed_s``: how long it is shown after its end.

    attribute: where the emulator's object keeps its state. fails: whether there is any state that shows a failure.
    """

    kind: str
    making: str
    ready: str
    make_s: float
    deleting: str = ""
    delete_s: float = 0
    gone: str = ""
    listed_s: float = 0
    failed: str = "failed"
    attribute: str = "state"

    @property
    def fails(self) -> bool:
        return self.making not in ("", self.failed)


TABLE = {
    one.kind: one
    for one in (
        Lifecycle("vpc", "pending", "available", 1),  # aws-reality 3.1 b
        Lifecycle("subnet", "pending", "available", 1),  # 3.2 b
        Lifecycle("nat_gateway", "pending", "available", 105, "deleting", 55, "deleted", 3600),  # 3.5 b, d, f
        Lifecycle("vpc_endpoint", "pending", "available", 90, "deleting", 60),  # 3.7 b, f (interface endpoints)
        Lifecycle("load_balancer", "provisioning", "active", 150, "", 120),  # 3.9 b; its interfaces linger: f
        Lifecycle("certificate", "", "", 15),  # 6.2: until a load balancer sees it
    )
}


def begin_making(view: View, kind: str, wanted: str, failure: tuple[str, str] | None = None) -> None:
    """From now on it is being made; with ``failure`` it will not come to be."""
    cycle = TABLE[kind]
    if failure is None and kind in view.faults.fail_ready and cycle.fails:
        failure = ("InternalError", "The request could not be completed because of an internal failure.")
    view.books.phases[view.region, wanted] = Phase(kind, "making", view.now + view.seconds(cycle.make_s), failure)
    _show(view, kind, wanted, cycle.making)


def begin_deleting(view: View, kind: str, wanted: str) -> None:
    cycle = TABLE[kind]
    view.books.phases[view.region, wanted] = Phase(kind, "deleting", view.now + view.seconds(cycle.delete_s))
    _show(view, kind, wanted, cycle.deleting)


def advance(view: View, kinds: frozenset[str] | None = None) -> None:
    """Let everything happen in this region that is due."""
    while due := [
        (phase.until, key, phase)
        for key, phase in view.books.phases.items()
        if key[0] == view.region and _is_due(view, phase) and (kinds is None or phase.kind in kinds)
    ]:
        _, (_, wanted), phase = min(due, key=lambda one: (one[0], one[1]))
        _end(view, wanted, phase)
    for step in _ALSO if kinds is None else ():
        step(view)


def _is_due(view: View, phase: Phase) -> bool:
    """What never becomes ready does as soon as that is over."""
    return phase.until <= view.now and not (phase.name == "making" and phase.kind in view.faults.never_ready)


def also(step: Callable[[View], Any]) -> Callable[[View], Any]:
    """Registers what else happens by itself; it is called whenever somebody is about to look."""
    _ALSO.append(step)
    return step


def insist(view: View) -> None:
    """Show the states again: the emulator makes a load balancer active as soon as somebody looks."""
    for (region, wanted), phase in view.books.phases.items():
        if region == view.region and phase.name == "making" and TABLE[phase.kind].making:
            _show(view, phase.kind, wanted, TABLE[phase.kind].making)


def _end(view: View, wanted: str, phase: Phase) -> None:
    cycle = TABLE[phase.kind]
    del view.books.phases[view.region, wanted]
    if phase.name == "making":
        _made(view, cycle, wanted, phase)
    elif phase.name == "deleting":
        _ENDS[phase.kind](view, wanted)
        _tombstone(view, cycle, wanted, cycle.gone, phase.until)
    else:
        _forget(view, phase.kind, wanted)


def _made(view: View, cycle: Lifecycle, wanted: str, phase: Phase) -> None:
    if phase.failure is None:
        _show(view, cycle.kind, wanted, cycle.ready)
        _READY.get(cycle.kind, _nothing)(view, wanted)
        return
    _show(view, cycle.kind, wanted, cycle.failed)
    found = objects.find(view, cycle.kind, wanted)
    if found is not None:
        found.failure_code, found.failure_message = phase.failure
    if cycle.kind == "nat_gateway":
        _free_nat(view, wanted)
        _tombstone(view, cycle, wanted, cycle.failed, phase.until)


def _tombstone(view: View, cycle: Lifecycle, wanted: str, state: str, since: float) -> None:
    """Still listed, with its tags, though it is no more: even at speed 0, so that code must look at states."""
    if cycle.listed_s:
        _show(view, cycle.kind, wanted, state)
        shown = view.seconds(cycle.listed_s) or cycle.listed_s
        view.books.phases[view.region, wanted] = Phase(cycle.kind, "gone", since + shown)


def _show(view: View, kind: str, wanted: str, state: str) -> None:
    found = objects.find(view, kind, wanted) if state else None
    if found is not None:
        setattr(found, TABLE[kind].attribute, state)


def _free_nat(view: View, wanted: str) -> None:
    gateway = objects.find(view, "nat_gateway", wanted)
    if gateway is not None:
        interfaces.drop(view, gateway._eni.id)


def _free_endpoint(view: View, wanted: str) -> None:
    endpoint = objects.find(view, "vpc_endpoint", wanted)
    for interface in endpoint.network_interface_ids if endpoint is not None else ():
        interfaces.drop(view, interface)
    view.ec2.vpc_end_points.pop(wanted, None)
    view.ec2.tags.pop(wanted, None)


def _free_balancer(view: View, wanted: str) -> None:
    for interface in interfaces.of_balancer(view, "ELB " + wanted.partition(":loadbalancer/")[2]):
        interfaces.drop(view, interface.id)


def _forget(view: View, kind: str, wanted: str) -> None:
    if kind == "nat_gateway":
        view.ec2.nat_gateways.pop(wanted, None)
        view.ec2.tags.pop(wanted, None)


def _nothing(view: View, wanted: str) -> None:
    """Its end has no consequences."""


_ENDS: dict[str, Callable[[View, str], Any]] = {
    "nat_gateway": _free_nat,
    "vpc_endpoint": _free_endpoint,
    "load_balancer": _free_balancer,
}
_READY: dict[str, Callable[[View, str], Any]] = {}
_ALSO: list[Callable[[View], Any]] = []


def register(
    cycle: Lifecycle, end: Callable[[View, str], Any] = _nothing, ready: Callable[[View, str], Any] = _nothing
) -> None:
    """Another kind's: what happens once it is gone, and once it is ready."""
    TABLE[cycle.kind], _ENDS[cycle.kind], _READY[cycle.kind] = cycle, end, ready
