"""What a smoke test found, row by row: flows, services, public names and their certificate; what only waits for you."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.holdings import in_our_words, needed
from muvi_provision.cli.overview import LISTS, is_there

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session
    from muvi_provision.day4_edge.outlook import Certificate, Outlook, PublicName
    from muvi_provision.day4_edge.smoke import Outcome
    from muvi_provision.day4_edge.target_health import Health

DAY = 4
WELL, WRONG, HELD = "ok", "wrong", "waits for you"
SOON = 30  # days before its end that a certificate is spoken of
DELEGATION, IMAGES, SECRETS = "gate/delegation", "gate/images", "gate/secrets"


@dataclass(frozen=True)
class Row:
    """One thing. sort: flow, service, dns or certificate. state: ok, wrong, or waits for you (``gate``).

    asked, seen: what was looked at and what it said. door: the first closed one of a flow. next: most useful first.
    """

    sort: str
    name: str
    state: str
    asked: str = ""
    seen: str = ""
    why: str = ""
    door: str = ""
    gate: str = ""
    next: tuple[str, ...] = ()

    def described(self, again: Callable[[str], str] = str) -> dict[str, Any]:
        """For a program. again: a command with the options that lead to the same environment."""
        told = {"sort": self.sort, "name": self.name, "state": self.state, "asked": self.asked, "seen": self.seen}
        return {
            **told,
            "why": self.why,
            "door": self.door or None,
            "gate": self.gate or None,
            "next": [*map(again, self.next)],
        }


def tried(session: Session) -> list[Row]:
    """Everything tried from outside and looked at, flows first. Raises UsageError before day 4 was run."""
    from muvi_provision.day4_edge import outlook, smoke

    for name in dict.fromkeys(flow.distribution for flow in session.environment.smoke.values()):
        needed(session, f"distribution/{name}", DAY)
    site = session.site()
    aws = site.aws.seen_from(site.moment())
    values: Mapping[str, Mapping[str, Any]] = {each.address: each.values() for each in session.state.records()}
    with in_our_words("smoke"):
        outcomes = smoke.tried(aws, session.environment, values)
        view = outlook.outlook(aws, session.environment, values)
    return list(_rows(session, outcomes, view))


def _rows(session: Session, outcomes: tuple[Outcome, ...], view: Outlook) -> Iterator[Row]:
    held = {name: gate for health in view.services if (gate := _holds(session, health)) for name in [health.service]}
    yield from (_flow(session, each, held) for each in outcomes)
    yield from (_service(each, held.get(each.service, "")) for each in view.services)
    yield from (_name(each, delegated=view.delegated) for each in view.names)
    yield _certificate(view.certificate, delegated=view.delegated)


def _holds(session: Session, health: Health) -> str:
    """The gate that keeps an unwell service from being well, or ""."""
    from muvi_provision.day4_edge.target_health import RESTS

    if health.is_well:
        return ""
    if health.why == RESTS and _is_closed(session, IMAGES):
        return IMAGES
    secrets = session.environment.secrets.items()
    lacking = [
        name
        for name, secret in secrets
        if secret.kind == "given" and health.service in secret.used_by
        and not (session.state.values(f"secret/{name}") or {}).get("version")
    ]  # fmt: skip
    return SECRETS if lacking and _is_closed(session, SECRETS) else ""


def _is_closed(session: Session, gate: str) -> bool:
    node = session.stack.nodes.get(gate)
    return node is not None and not is_there(node, session.state)


def _flow(session: Session, outcome: Outcome, held: Mapping[str, str]) -> Row:
    asked = f"{outcome.method} {outcome.url}"
    seen = f"{outcome.status or 'no answer'}, {outcome.took_s:.1f} s"
    if outcome.works or outcome.door is None:
        return Row("flow", outcome.name, WELL, asked, seen)
    services = session.environment.smoke[outcome.name].services
    gate = next((held[name] for name in services if name in held), "") if outcome.door.place == "tasks" else ""
    state, door = HELD if gate else WRONG, outcome.door
    return Row("flow", outcome.name, state, asked, seen, door.why, door.place, gate, door.next)


def _service(health: Health, gate: str) -> Row:
    targets = ", ".join(f"{count} {state}" for state, count in health.targets.items())
    seen = f"{health.running} of {health.wanted} run{f'; {targets}' if targets else ''}"
    if health.is_well:
        return Row("service", health.service, WELL, "", seen)
    listing = (LISTS[gate],) if gate else ()
    advice = (*listing, f"muvi logs {health.service}", "muvi services")
    return Row("service", health.service, HELD if gate else WRONG, "", seen, health.why, "", gate, advice)


def _name(name: PublicName, *, delegated: bool) -> Row:
    if name.leads_somewhere:
        return Row("dns", name.host, WELL, "A", ", ".join(name.addresses))
    gate = "" if delegated else DELEGATION
    return Row("dns", name.host, HELD if gate else WRONG, "A", "no address", name.why, "", gate, ("muvi run day4",))


def _certificate(found: Certificate, *, delegated: bool) -> Row:
    left = "" if found.days_left is None else f", {found.days_left} days left"
    seen = f"{found.status}{left}"
    if found.is_good:
        soon = found.days_left is not None and found.days_left < SOON
        why = "ACM renews it by itself as long as its record stands in the zone" if soon else ""
        return Row("certificate", "the public names'", WRONG if soon else WELL, "", seen, why, next=("muvi drift",))
    gate = DELEGATION if not delegated and found.status == "PENDING_VALIDATION" else ""
    state = HELD if gate else WRONG
    return Row("certificate", "the public names'", state, "", seen, found.why, "", gate, ("muvi run day4",))
