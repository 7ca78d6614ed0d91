"""What the sandbox holds of ElastiCache: the emulator's own groups never end, and it has no parameter groups.

Names are lower case, as AWS keeps them (aws-reality 1.4). Everything is kept with the emulator's objects of the
region, and so over a restart.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from muvi_provision.sandbox import cache_catalogue, interfaces, lifecycles, objects
from muvi_provision.sandbox.lag import hidden
from muvi_provision.sandbox.view import View


@dataclass
class SubnetGroup:
    name: str
    arn: str
    description: str
    subnets: list[str]
    vpc: str
    tags: dict[str, str]


@dataclass
class ParameterGroup:
    name: str
    arn: str
    family: str
    description: str
    tags: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)  # only what was changed


@dataclass
class ReplicationGroup:
    """``members``: the ids of its nodes, the primary first, each with the subnet it is in."""

    name: str
    arn: str
    description: str
    node_type: str
    version: str
    port: int
    subnet_group: str
    parameter_group: str
    security_groups: list[str]
    members: dict[str, str]
    failover: bool
    multi_az: bool
    transit: bool
    at_rest: bool
    token: bool  # whether there is an AUTH token; never which
    key: str
    retention: int
    window: str
    maintenance: str
    tags: dict[str, str]
    made: Any  # when
    upgrades: bool = True  # by itself, to a new minor version
    status: str = "creating"
    placed: bool = False  # it was available once, and so has endpoints
    pending: dict[str, str] = field(default_factory=dict)  # waits for the maintenance window
    due: dict[str, str] = field(default_factory=dict)  # is being changed now, and shows once that is done

    @property
    def usable(self) -> bool:
        return self.status == "available"


@dataclass
class Shelf:
    """One region's. ``lingering``: groups that are gone and whose interfaces are not, with their subnet group."""

    groups: dict[str, ReplicationGroup] = field(default_factory=dict)
    subnet_groups: dict[str, SubnetGroup] = field(default_factory=dict)
    parameter_groups: dict[str, ParameterGroup] = field(default_factory=dict)
    lingering: dict[str, str] = field(default_factory=dict)


def shelf(view: View) -> Shelf:
    found: Shelf = vars(view.backend("elasticache")).setdefault("shelf", Shelf())
    return found


def of_nodes(view: View, *, looking: bool = False) -> dict[str, ReplicationGroup]:
    """The group of every node that AWS shows: those of a new one may not be among them yet (aws-reality 4.7 d)."""
    groups = shelf(view).groups.values()
    seen = [one for one in groups if not hidden(view, "replication_group", one.arn, "elasticache", looking=looking)]
    return {member: group for group in seen for member in group.members}


def arn_of(view: View, kind: str, name: str) -> str:
    return f"arn:aws:elasticache:{view.region}:{view.account}:{kind}:{name}"


def group_of(view: View, member: str) -> ReplicationGroup | None:
    """The replication group that a node belongs to."""
    return of_nodes(view).get(member)


def tags_of(view: View, arn: str) -> dict[str, str] | None:
    """The tags of what bears this ARN, None when nothing does; a node has its group's."""
    held, (kind, _, name) = shelf(view), arn.partition(":elasticache:")[2].split(":", 2)[2].partition(":")
    one: Any
    if kind == "cluster":
        one = group_of(view, name)
    else:
        kinds: dict[str, dict[str, Any]] = {
            "replicationgroup": held.groups,
            "subnetgroup": held.subnet_groups,
            "parametergroup": held.parameter_groups,
        }
        one = kinds.get(kind, {}).get(name)
    return one.tags if one is not None else None


def description_of(member: str) -> str:
    """What a node's interface is recognised by."""
    return f"ElastiCache {member}"


def place(view: View, group: ReplicationGroup) -> None:
    """One interface a node, in the node's subnet, with the group's security groups; those of nodes gone are freed."""
    wanted = {description_of(member): subnet for member, subnet in group.members.items()}
    there = {one.description: one for one in nodes_interfaces(view, group.name)}
    for description, one in there.items():
        if description not in wanted:
            interfaces.drop(view, one.id)
    for description, subnet in wanted.items():
        if description in there:
            interfaces.regroup(view, there[description], group.security_groups)
        else:
            made = interfaces.add(view, subnet, description, "interface", group.security_groups)
            view.ec2.enis[made].requester_id = "amazon-elasticache"


def nodes_interfaces(view: View, group: str) -> list[Any]:
    start = description_of(group)
    return [one for one in view.ec2.enis.values() if str(one.description).rpartition("-")[0] == start]


def spread(view: View, group: SubnetGroup, count: int, taken: dict[str, str]) -> dict[str, str]:
    """``count`` nodes more, by subnet: over the zones in turn, as AWS places them."""
    by_zone: dict[str, str] = {}
    for found in filter(None, (view.find("subnet", subnet) for subnet in group.subnets)):
        by_zone.setdefault(found.availability_zone, found.id)
    subnets = [by_zone[zone] for zone in sorted(by_zone)]
    return {number: subnets[(len(taken) + place) % len(subnets)] for place, number in enumerate(_free(taken, count))}


def _free(taken: dict[str, str], count: int) -> list[str]:
    held = {member.rpartition("-")[2] for member in taken}
    return [number for number in (f"{one:03d}" for one in range(1, 100)) if number not in held][:count]


_PLACES = {"central": "c", "east": "e", "west": "w", "north": "n", "south": "s"}


def domain(view: View) -> str:
    """The account's part of every address, as in ``p21co7.mec1.cache.amazonaws.com``."""
    area, *middle, number = view.region.split("-")
    code = "".join(middle)
    for word, letter in _PLACES.items():
        code = code.replace(word, letter)
    own = hashlib.sha256(f"{view.account}/{view.region}".encode()).hexdigest()[:6]
    return f"{own}.{area}{code}{number}.cache.amazonaws.com"


def endpoints(view: View, group: ReplicationGroup) -> tuple[str, str]:
    """The primary's and the readers' address. With TLS they are named otherwise."""
    own, _, rest = domain(view).partition(".")
    if group.transit:
        return f"master.{group.name}.{own}.{rest}", f"replica.{group.name}.{own}.{rest}"
    return f"{group.name}.{own}.ng.0001.{rest}", f"{group.name}-ro.{own}.ng.0001.{rest}"


def _ready(view: View, wanted: str) -> None:
    view.find("replication_group", wanted).placed = True


HEAVY = {"CacheNodeType": "node_type", "EngineVersion": "version"}  # what AWS replaces nodes for


def _changed(view: View, wanted: str) -> None:
    """A group tells its old node type and version until it is available with the new ones."""
    group = view.find("replication_group", wanted)
    for member, value in group.due.items():
        setattr(group, HEAVY[member], value)
    group.due = {}
    if group.parameter_group in cache_catalogue.DEFAULTS:
        group.parameter_group = f"default.{cache_catalogue.VERSIONS[group.version][1]}"


def _gone(view: View, wanted: str) -> None:
    """Its interfaces linger a little (aws-reality 4.6 f)."""
    held = shelf(view)
    group = held.groups.pop(wanted.rpartition(":")[2])
    held.lingering[group.name] = group.subnet_group
    lifecycles.begin_deleting(view, "cache_interfaces", f"{group.name} interfaces")


def _freed(view: View, wanted: str) -> None:
    name = wanted.partition(" ")[0]
    shelf(view).lingering.pop(name, None)
    if name not in shelf(view).groups:
        for one in nodes_interfaces(view, name):
            interfaces.drop(view, one.id)


def _groups(view: View) -> list[ReplicationGroup]:
    return list(shelf(view).groups.values())


for _kind in ("replication_group", "replication_group_change"):
    objects.register(objects.Kind(_kind, ":replicationgroup:", "ReplicationGroupNotFoundFault", _groups))
lifecycles.register(  # aws-reality 4.7 b, f: the middle of what is seen
    lifecycles.Lifecycle(
        "replication_group", "creating", "available", 360, "deleting", 420, failed="create-failed", attribute="status"
    ),
    end=_gone,
    ready=_ready,
)
lifecycles.register(
    lifecycles.Lifecycle("replication_group_change", "modifying", "available", 120, attribute="status"), ready=_changed
)
lifecycles.register(lifecycles.Lifecycle("cache_interfaces", "", "", 0, "", 60), end=_freed)
