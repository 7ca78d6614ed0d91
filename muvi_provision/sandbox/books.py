"""What the sandbox must remember itself, because the emulator does not: it is kept over a restart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from muvi_provision.sandbox.costs import Costs
from muvi_provision.sandbox.fleet import Fleet

Key = tuple[str, str]  # region, id


@dataclass
class Phase:
    """What an object is going through. ``name`` is making, deleting or gone; ``until`` in the cloud's seconds."""

    kind: str
    name: str
    until: float
    failure: tuple[str, str] | None = None  # code, message


@dataclass
class Fresh:
    """An object that cannot be found yet: until a time, and until each service has looked for it so many times.

    last: when everybody sees it, however often they have looked.
    """

    kind: str
    until: float
    reads: int
    last: float
    looks: dict[str, int] = field(default_factory=dict)  # service -> how many times it has looked

    def is_hidden(self, now: float, service: str) -> bool:
        return now < self.last and (now < self.until or self.looks.get(service, 0) < self.reads)


@dataclass
class Token:
    """A client token that was used: with which parameters, and what it made."""

    parameters: str
    made: list[str]


@dataclass
class Books:
    phases: dict[Key, Phase] = field(default_factory=dict)
    fresh: dict[tuple[str, str, str], Fresh] = field(default_factory=dict)  # place, kind, each of its names
    tokens: dict[tuple[str, str, str], Token] = field(default_factory=dict)  # region, account/service:operation, token
    baselines: dict[str, dict[str, Any]] = field(default_factory=dict)  # region -> what AWS itself put there
    fleet: Fleet = field(default_factory=Fleet)  # what runs on ECS
    settling: dict[str, tuple[float, float]] = field(default_factory=dict)  # role -> assumable from, its policies from
    delegated: dict[str, tuple[str, ...]] = field(default_factory=dict)  # domain -> its registrar's name servers
    foreign_buckets: set[str] = field(default_factory=set)  # names that strangers have taken
    foreign_aliases: set[str] = field(default_factory=set)  # CloudFront aliases that strangers have taken
    visitor: tuple[str, str] = ("", "")  # whence pages are asked for: an address, a country; "" when nobody knows
    costs: Costs = field(default_factory=Costs)  # what Cost Explorer tells
