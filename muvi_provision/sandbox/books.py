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
    """An object that cannot be found yet: until a time, and for so many more listings."""

    kind: str
    until: float
    reads: int


@dataclass
class Token:
    """A client token that was used: with which parameters, and what it made."""

    parameters: str
    made: str


@dataclass
class Books:
    phases: dict[Key, Phase] = field(default_factory=dict)
    fresh: dict[Key, Fresh] = field(default_factory=dict)
    tokens: dict[tuple[str, str, str], Token] = field(default_factory=dict)  # region, operation, token
    baselines: dict[str, dict[str, Any]] = field(default_factory=dict)  # region -> what AWS itself put there
    fleet: Fleet = field(default_factory=Fleet)  # what runs on ECS
    settling: dict[str, tuple[float, float]] = field(default_factory=dict)  # role -> assumable from, its policies from
    delegated: dict[str, tuple[str, ...]] = field(default_factory=dict)  # domain -> its registrar's name servers
    foreign_buckets: set[str] = field(default_factory=set)  # names that strangers have taken
    foreign_aliases: set[str] = field(default_factory=set)  # CloudFront aliases that strangers have taken
    costs: Costs = field(default_factory=Costs)  # what Cost Explorer tells
