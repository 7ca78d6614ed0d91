"""All waiting for AWS, as data: AWS's own waiters where it has them, the missing ones in the same notation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from muvi_provision.aws.wait_rows import day1, day2, day3, day4, day5
from muvi_provision.aws.wait_rows.row import Wait
from muvi_provision.resource import Live

WAITS: dict[str, Wait] = day1.WAITS | day2.WAITS | day3.WAITS | day4.WAITS | day5.WAITS
GONE: dict[str, Wait] = day1.GONE | day2.GONE | day3.GONE | day4.GONE | day5.GONE


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
    return max(shortest, min(max(20.0, usual / 20, elapsed / 40), max(usual, elapsed) / 10))
