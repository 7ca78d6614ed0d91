"""From what the steps asked for to jobs: what must be made before what, and what must be ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from muvi_provision.aws.waits import WAITS
from muvi_provision.engine.schedule import Job
from muvi_provision.engine.stack import Check, Node, Wanted

MADE, READY = " made", " ready"


def making(nodes: Iterable[Node]) -> list[Job]:
    """Two jobs a node: ``address`` makes it, ``address ready`` sees it usable; others stand on either.

    A job needs the making of what its fields hold, and the readiness of what the class awaits or whose
    outputs it uses. One that ``completes`` has a third, ``address made``, before ``address``. All of a
    kind in a step are looked at together once the last of them is made, so that one read serves all.
    """
    wanted = [node for node in nodes if not isinstance(node, Check)]
    jobs = _within([*(_making(node) for node in wanted), *_looking(wanted)])
    return _prioritised(_acyclic(jobs), {node.address: node for node in wanted})


def _within(jobs: list[Job]) -> list[Job]:
    """The jobs without needs that are none of them: those exist already."""
    names = {job.name for job in jobs}
    return [replace(job, needs=tuple(need for need in job.needs if need in names)) for job in jobs]


def _making(node: Node) -> Job:
    if not isinstance(node, Wanted):
        return Job(node.address, tuple(address + READY for address in node.needs))
    awaits = node.resource.declared.awaits
    used = {(address, output == "id" and field not in awaits) for field, address, output in node.resource.references()}
    needs = {address if only_made else address + READY for address, only_made in used}
    return Job(_first_job(node), tuple(sorted(needs | set(node.needs))))


def _first_job(node: Node) -> str:
    completes = isinstance(node, Wanted) and node.resource.declared.completes
    return node.address + MADE if completes else node.address


def subject(job: str) -> str:
    """The address that a job is about."""
    return job.removesuffix(READY).removesuffix(MADE)


def _looking(nodes: list[Node]) -> list[Job]:
    alike: dict[tuple[str, str, int], list[Node]] = defaultdict(list)
    companies = _companies(nodes)
    for node in nodes:
        alike[companies[node.address]].append(node)
    jobs = []
    for node in nodes:
        company = alike[companies[node.address]]
        if _first_job(node) != node.address:
            jobs.append(Job(node.address, (_first_job(node),), tuple(_first_job(other) for other in company)))
        jobs.append(Job(node.address + READY, (node.address,), tuple(other.address for other in company)))
    return jobs


def _companies(nodes: list[Node]) -> dict[str, tuple[str, str, int]]:
    """Who is looked at together: those of a step and kind, but never one with another that stands on it."""
    above: dict[str, set[str]] = {}
    found: dict[str, tuple[str, str, int]] = {}
    for node in nodes:
        above[node.address] = {*node.needs}.union(*(above.get(need, set()) for need in node.needs))
        step, kind = _company(node)
        beneath = [found[each][2] for each in above[node.address] if each in found and found[each][:2] == (step, kind)]
        found[node.address] = (step, kind, max(beneath, default=-1) + 1)
    return found


def _company(node: Node) -> tuple[str, str]:
    return node.step, node.address.partition("/")[0]


def _acyclic(jobs: list[Job]) -> list[Job]:
    """The jobs as they are, or without the looking together where that would make them wait in a circle."""
    try:
        TopologicalSorter({job.name: (*job.needs, *job.after) for job in jobs}).prepare()
    except CycleError:
        return [Job(job.name, job.needs) for job in jobs]
    return jobs


def _prioritised(jobs: list[Job], nodes: Mapping[str, Node]) -> list[Job]:
    """Those with the longest waits still before them go first."""
    by_name = {job.name: job for job in jobs}
    longest: dict[str, float] = defaultdict(float)
    order = list(TopologicalSorter({job.name: (*job.needs, *job.after) for job in jobs}).static_order())
    for name in reversed(order):
        ahead = longest[name] + _usual(nodes.get(subject(name)) if name.endswith(READY) else None)
        longest[name] = ahead
        for need in by_name[name].needs:
            longest[need] = max(longest[need], ahead)
    return [Job(job.name, job.needs, job.after, -longest[job.name]) for job in jobs]


def _usual(node: Node | None) -> float:
    ready = node.resource.declared.ready if isinstance(node, Wanted) else ""
    return WAITS[ready].usual if ready else 0.0


def critical_path(nodes: Iterable[Node]) -> float:
    """Seconds the longest chain of waits usually takes."""
    jobs = making(nodes)
    return -min((job.priority for job in jobs), default=0.0)
