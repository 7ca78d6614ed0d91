"""The peers' figures, as measured in November 2026 on two cores against moto 5.2.5 at 50 ms a call.

Their work is 92 objects of days 1 and 2 (network, groups, balancers, Aurora, Redis); ours here is day 1 alone, so
only what is per object compares. Calls: first run, a run with nothing to do, teardown.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """One tool on some work; seconds and MB of its first run."""

    name: str
    objects: int
    run: int
    noop: int
    down: int
    wall: float
    cpu: float
    memory: int


PEERS = (
    Peer("raw boto3, 32 threads (the floor)", 92, 90, 20, 72, 1.2, 0.8, 72),
    Peer("Terraform 1.11.4 + aws 5.100.0", 92, 407, 165, 338, 124, 21, 713),
    Peer("Ansible 12.3 + amazon.aws 10.1.2", 92, 471, 345, 275, 160, 78, 193),
    Peer("alchemy 0.94", 50, 96, 0, 83, 4.3, 2.2, 172),
)

WEEK = {"name": "Terraform 1.11.4 + aws 5.100.0", "objects": 230, "run": (906, 120.0), "noop": (423, 25.0)}
"""A whole week of 230 resources on a cloud that answers at once: calls and seconds of the first run, and of a plan."""
