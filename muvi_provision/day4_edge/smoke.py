"""What must work from outside, tried: what was asked, what came back, and which door is closed when it is wrong.

Reads only, and prints nothing. ``values`` are ids and outputs by address, as the state records them.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from muvi_provision.aws.clients import Aws
from muvi_provision.day4_edge import closed_doors, edge_plans
from muvi_provision.day4_edge.closed_doors import Door, Met
from muvi_provision.engine.stack import Values
from muvi_provision.environment import Environment
from muvi_provision.environment.edge import Flow

AGENT = "muvi-smoke"  # the firewall's usual groups keep out who does not say what he is


@dataclass(frozen=True)
class Outcome:
    """One flow: what was asked (``GET https://...``), what came back, and the first closed door if it is not right.

    status: as HTTP has it, 0 when nobody answered. took_s: seconds until the answer.
    via: the public name, or CloudFront's own while that does not work yet.
    """

    name: str
    purpose: str
    method: str
    url: str
    via: str
    expected: tuple[int, ...]
    status: int
    took_s: float
    door: Door | None = None

    @property
    def works(self) -> bool:
        return self.status in self.expected


def tried(aws: Aws, environment: Environment, values: Values) -> tuple[Outcome, ...]:
    """Every flow of the environment, in file order."""
    return tuple(flow(aws, environment, values, name) for name in environment.smoke)


def flow(aws: Aws, environment: Environment, values: Values, name: str) -> Outcome:
    """One of them. Raises what AWS raises when it is asked why something does not work."""
    plan = environment.smoke[name]
    via = _place(aws, environment, values, plan.distribution)
    url, began = f"https://{via}{plan.path}", aws.clock.monotonic()
    met = _asked(aws, plan, url) if via else Met(plan.distribution, "")
    took = aws.clock.monotonic() - began
    status = met.answered.status if met.answered else 0
    wrong = status not in plan.expect
    door = closed_doors.first(aws, environment, values, plan, met) if wrong else None
    return Outcome(name, plan.purpose, plan.method, url, via, plan.expect, status, took, door)


def _place(aws: Aws, environment: Environment, values: Values, distribution: str) -> str:
    """The public name once it leads somewhere and has its certificate, else CloudFront's own; "" before there is one.

    The certificate's record is not enough: a name without one is refused by CloudFront, whatever the DNS says.
    """
    host = edge_plans.host(environment, distribution)
    certificate = (values.get("issued-certificate/edge") or {}).get("arn", "")
    if certificate and aws.border.outside.look_up(host, "A"):
        return host
    own: Mapping[str, object] = values.get(f"distribution/{distribution}") or {}
    return str(own.get("domain_name", ""))


def _asked(aws: Aws, plan: Flow, url: str) -> Met:
    headers = {"user-agent": AGENT, **({"content-type": "application/json"} if plan.body else {})}
    try:
        answered = aws.border.outside.get(url, headers, method=plan.method, body=plan.body.encode())
    except OSError as error:
        return Met(plan.distribution, url, problem=_words(error))
    return Met(plan.distribution, url, answered=answered)


def _words(error: OSError) -> str:
    """Which of the things that can go wrong before there is an answer."""
    match error:
        case socket.gaierror():
            return closed_doors.NO_NAME
        case ssl.SSLError():
            return closed_doors.NO_TRUST
    return closed_doors.NO_ANSWER
