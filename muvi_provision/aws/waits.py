"""All waiting for AWS, as data: AWS's own waiters where it has them, the missing ones in the same notation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from muvi_provision.resource import Live


@dataclass(frozen=True)
class Wait:
    """When an object counts as ready (or gone).

    waiter: a name in AWS's own ``waiters-2`` of the service, or acceptors in that notation.
    wrap: the key under which that waiter expects the list of objects.
    usual, limit: seconds it usually takes, and when to give up. reason: fields that say why it failed.
    slow: what to look at when it takes longer than usual, in a sentence.
    """

    service: str
    waiter: str | tuple[Mapping[str, str], ...]
    wrap: str
    usual: float
    limit: float
    reason: tuple[str, ...] = ()
    slow: str = ""


def _all(path: str, expected: str, state: str = "success") -> dict[str, str]:
    return {"state": state, "matcher": "pathAll", "argument": path, "expected": expected}


def _any(path: str, expected: str) -> dict[str, str]:
    return {"state": "failure", "matcher": "pathAny", "argument": path, "expected": expected}


# Usual times and limits: aws-reality.md 3.1-3.12 and 8.3.
WAITS: dict[str, Wait] = {
    "vpc_available": Wait("ec2", "VpcAvailable", "Vpcs", 1, 600),
    "subnet_available": Wait("ec2", "SubnetAvailable", "Subnets", 1, 600),
    "nat_gateway_available": Wait(
        "ec2", "NatGatewayAvailable", "NatGateways", 105, 900, ("FailureCode", "FailureMessage"),
        slow="a NAT gateway needs a free address in its subnet and an attached internet gateway",
    ),
    "vpc_endpoint_available": Wait(
        "ec2",
        # the model says "Available", the wire says "available" (aws-reality.md 3.7)
        (
            _all("VpcEndpoints[].State", "available"), _all("VpcEndpoints[].State", "Available"),
            _any("VpcEndpoints[].State", "failed"), _any("VpcEndpoints[].State", "Failed"),
            _any("VpcEndpoints[].State", "rejected"), _any("VpcEndpoints[].State", "deleting"),
        ),
        "VpcEndpoints", 90, 900, ("LastError.Code", "LastError.Message"),
        slow="an interface endpoint makes one network interface in each of its subnets",
    ),
    "load_balancer_available": Wait(
        "elbv2",
        (
            _all("LoadBalancers[].State.Code", "active"), _any("LoadBalancers[].State.Code", "failed"),
        ),
        "LoadBalancers", 150, 900, ("State.Code", "State.Reason"),
        slow="a load balancer needs eight free addresses in each of its subnets",
    ),
}  # fmt: skip

# How long an object is still shown after its deletion: usual seconds, and when to say that it is stuck.
GONE: dict[str, Wait] = {
    "nat_gateway_gone": Wait("ec2", (), "NatGateways", 55, 1800, slow="AWS is still giving its address back"),
    "vpc_endpoint_gone": Wait("ec2", (), "VpcEndpoints", 60, 1800, slow="its network interfaces go first"),
    "load_balancer_gone": Wait(
        "elbv2", (), "LoadBalancers", 5, 900, slow="its network interfaces follow it in minutes"
    ),
}


@cache
def _acceptors(name: str) -> list[Any]:
    from botocore.loaders import Loader
    from botocore.waiter import AcceptorConfig, WaiterModel

    wait = WAITS[name]
    if isinstance(wait.waiter, str):
        return list(
            WaiterModel(Loader().load_service_model(wait.service, "waiters-2")).get_waiter(wait.waiter).acceptors
        )
    return [AcceptorConfig(acceptor) for acceptor in wait.waiter]


def outcome(name: str, live: Live | None) -> str:
    """``success``, ``failure`` or ``retry`` for one object, by the acceptors of the wait of that name."""
    if live is None:
        return "retry"
    response = {WAITS[name].wrap: [live.raw]}
    return next((a.state for a in _acceptors(name) if a.matcher != "error" and a.matcher_func(response)), "retry")


def is_going(name: str, live: Live) -> bool:
    """Whether AWS is taking it away: what the waiter of that name calls failed, because it is being deleted."""
    response = {WAITS[name].wrap: [live.raw]}
    ends = (a for a in _acceptors(name) if a.state == "failure" and str(a.expected).lower().startswith("delet"))
    return any(acceptor.matcher_func(response) for acceptor in ends)


def reason(name: str, live: Live | None) -> str:
    """Why AWS gave up, from the fields that tell."""
    found = [_dig(live.raw if live else {}, path) for path in WAITS[name].reason]
    return ": ".join(str(value) for value in found if value)


def _dig(raw: Any, path: str) -> Any:
    for key in path.split("."):
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw


@dataclass(frozen=True)
class Pace:
    """How fast the cloud is that we wait for.

    scale: 1 for AWS, 0.01 for a sandbox a hundred times faster, 0 for an instant one.
    known: whether that is certain; behind an endpoint of somebody's own it is not.
    """

    scale: float = 1.0
    known: bool = True


def next_poll(elapsed: float, usual: float, pace: Pace = Pace()) -> float:
    """Seconds until the next look at something that has taken ``elapsed`` and usually takes ``usual``.

    The first look comes at eight tenths of the usual time (sooner where the pace is not known), the
    next ones every tenth of it, and ever more rarely once it is late.
    """
    usual *= pace.scale
    shortest = max(0.05, min(1.0, usual / 20))
    if elapsed < usual * 0.8:
        rest = usual * 0.8 - elapsed
        return max(shortest, rest if pace.known else min(rest, elapsed * 0.5 + shortest))
    return max(shortest, min(20.0, max(usual, elapsed) / 10))
