"""``muvi caches``: the Redis clusters, as AWS shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import typer

from muvi_provision.cli.holdings import in_our_words, made
from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from muvi_provision.cli.drawing.columns import Row

HEADINGS = ("cache", "status", "node", "nodes", "address", "used by", "purpose", "USD/h")


@dataclass(frozen=True)
class Held:
    """One Redis cluster of the environment. ``queue``: whether job queues live in it."""

    name: str
    used_by: tuple[str, ...]
    purpose: str
    queue: bool
    status: str = "not built"
    node_type: str = ""
    nodes: int = 0
    host: str = ""
    port: int = 0
    encrypted: bool = False
    per_hour: float = 0.0

    @property
    def is_made(self) -> bool:
        return self.status != "not built"


def caches(ctx: typer.Context) -> None:
    """The Redis clusters: status, size, address, who uses them for what, price an hour. Asks AWS."""
    call = invocation(ctx)
    with opened(call) as session:
        found = listed(session)
        session.count()
        advice = ("muvi run day2",) if any(not one.is_made for one in found) else ()
        if call.options.json:
            return call.document({"caches": [described(one) for one in found]}, next=advice)
        if not found:
            return call.show("the environment has no caches")
        from muvi_provision.cli.drawing.columns import columns

        columns(session.sheet(), HEADINGS, [row(one) for one in found])
        return call.advise(*advice)


def listed(session: Session) -> list[Held]:
    """In the environment's order. Asks AWS only about what is recorded."""
    from muvi_provision.cli.money import standing

    wanted = session.environment.cache_clusters
    records = {name: made(session, f"replication-group/{name}") for name in wanted}
    shown = _shown(session) if any(records.values()) else {}
    estimate = standing(session.state.records(), session.environment.region)
    found = []
    for name, cache in wanted.items():
        record = records[name]
        held = Held(name, cache.used_by, cache.purpose, cache.queue)
        if record and (raw := shown.get(str(record.id))):
            held = _seen(held, raw, round(float(estimate.by_address.get(record.address, 0)), 4))
        elif record:
            held = replace(held, status="gone")
        found.append(held)
    return found


def _shown(session: Session) -> dict[str, dict[str, Any]]:
    with in_our_words("elasticache:DescribeReplicationGroups"):
        found = session.connection.aws.listing("elasticache", "describe_replication_groups", "ReplicationGroups")
    return {raw["ReplicationGroupId"]: raw for raw in found}


def _seen(held: Held, raw: dict[str, Any], per_hour: float) -> Held:
    """The same with what AWS shows of it."""
    group: dict[str, Any] = next(iter(raw.get("NodeGroups", ())), {})
    place = group.get("PrimaryEndpoint") or raw.get("ConfigurationEndpoint") or {}
    return replace(
        held,
        status=raw["Status"],
        node_type=raw.get("CacheNodeType", ""),
        nodes=len(raw.get("MemberClusters", ())),
        host=place.get("Address", ""),
        port=place.get("Port", 0),
        encrypted=raw.get("TransitEncryptionEnabled", False),
        per_hour=per_hour,
    )


def row(one: Held) -> Row:
    from muvi_provision.cli.drawing.columns import Row

    purpose = "; ".join(filter(None, (one.purpose, "job queues: nothing is thrown out" if one.queue else "")))
    address = f"{one.host}:{one.port}" if one.host else ""
    price = f"{one.per_hour:.3f}" if one.per_hour else ""
    nodes = str(one.nodes) if one.nodes else ""
    tone = "" if one.status == "available" else "warn" if one.is_made else "dim"
    cells = (one.name, one.status, one.node_type, nodes, address, ", ".join(one.used_by), purpose, price)
    return Row(cells, tone)


def described(one: Held) -> dict[str, Any]:
    """For a program."""
    return {
        "cache": one.name,
        "status": one.status,
        "node_type": one.node_type,
        "nodes": one.nodes,
        "host": one.host,
        "port": one.port,
        "encrypted": one.encrypted,
        "used_by": list(one.used_by),
        "purpose": one.purpose,
        "queue": one.queue,
        "per_hour": one.per_hour,
    }
