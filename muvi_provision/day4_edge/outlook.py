"""What a smoke test tells besides the flows: the health of services, where public names lead, the certificate's days.

Reads only, and prints nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day4_edge import certificate_listing, edge_plans, public_certificates, target_health
from muvi_provision.day4_edge.delegation import is_delegated
from muvi_provision.day4_edge.target_health import Health
from muvi_provision.engine.stack import Values
from muvi_provision.environment import Environment


@dataclass(frozen=True)
class PublicName:
    """A public name, the addresses it leads to on the internet, and why there are none."""

    host: str
    distribution: str
    addresses: tuple[str, ...]
    why: str = ""

    @property
    def leads_somewhere(self) -> bool:
        return bool(self.addresses)


@dataclass(frozen=True)
class Certificate:
    """The public names' certificate: AWS's word for its state, days until it ends (None before it is issued), why."""

    status: str
    days_left: int | None
    why: str = ""

    @property
    def is_good(self) -> bool:
        return self.status == "ISSUED"


@dataclass(frozen=True)
class Outlook:
    """All of it. ``delegated``: whether the internet asks this stack's zone about the domain."""

    services: tuple[Health, ...]
    names: tuple[PublicName, ...]
    delegated: bool
    certificate: Certificate


def outlook(aws: Aws, environment: Environment, values: Values) -> Outlook:
    """How it all is at this moment. Raises ClientError."""
    servers = str((values.get("hosted-zone/public") or {}).get("name_servers", ""))
    delegated = is_delegated(aws, environment.domain, servers)
    return Outlook(
        services=tuple(
            target_health.of_service(aws, values, name, balanced=bool(plan.load_balancer))
            for name, plan in environment.services.items()
        ),
        names=tuple(_name(aws, plan, delegated=delegated) for plan in edge_plans.public_names(environment)),
        delegated=delegated,
        certificate=_certificate(aws, values, delegated=delegated),
    )


def _name(aws: Aws, plan: edge_plans.NamePlan, *, delegated: bool) -> PublicName:
    addresses = aws.border.outside.look_up(plan.host, "A")
    if addresses:
        return PublicName(plan.host, plan.of, addresses)
    why = "it is not known to the internet" if delegated else "the domain does not lead to this stack's zone yet"
    return PublicName(plan.host, plan.of, (), why)


def _certificate(aws: Aws, values: Values, *, delegated: bool) -> Certificate:
    arn = str((values.get("public-certificate/edge") or {}).get("id", ""))
    raw: dict[str, Any] = certificate_listing.described(aws.worldwide, arn) if arn else {}
    if not raw:
        return Certificate("MISSING", None, "it has not been asked for yet")
    left = (raw["NotAfter"] - aws.clock.now()).days if "NotAfter" in raw else None
    waits = "it is issued some minutes after the domain is delegated" if not delegated else "ACM has not issued it yet"
    return Certificate(
        raw["Status"], left, "" if raw["Status"] == "ISSUED" else public_certificates.problem(raw) or waits
    )
