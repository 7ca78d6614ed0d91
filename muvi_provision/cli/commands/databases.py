"""``muvi databases``: the Aurora clusters and their machines, as AWS shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from muvi_provision.cli.holdings import in_our_words, made
from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from muvi_provision.cli.drawing.columns import Row
    from muvi_provision.pricing import Estimate
    from muvi_provision.state.records import Record

HEADINGS = ("database", "status", "role", "class", "version", "address", "used by", "USD/h")
Raw = dict[str, Any]


@dataclass(frozen=True)
class Machine:
    """One machine of a cluster."""

    name: str
    status: str
    kind: str
    is_writer: bool
    address: str


@dataclass(frozen=True)
class Database:
    """One database of the environment. ``proxies``: addresses of the proxies before it, by name."""

    name: str
    used_by: tuple[str, ...]
    status: str = "not built"
    version: str = ""
    writer: str = ""
    reader: str = ""
    port: int = 0
    protected: bool = False
    machines: tuple[Machine, ...] = ()
    proxies: tuple[tuple[str, str], ...] = ()
    per_hour: float = 0.0

    @property
    def is_made(self) -> bool:
        return self.status != "not built"


def databases(ctx: typer.Context) -> None:
    """The databases: status, machines, addresses, who may connect, price an hour. Asks AWS."""
    call = invocation(ctx)
    with opened(call) as session:
        found = listed(session)
        session.count()
        advice = ("muvi run day2",) if any(not one.is_made for one in found) else ()
        if call.options.json:
            return call.document({"databases": [described(one) for one in found]}, next=advice)
        if not found:
            return call.show("the environment has no databases")
        from muvi_provision.cli.drawing.columns import columns

        columns(session.sheet(), HEADINGS, [row for one in found for row in rows(one)])
        return call.advise(*advice)


def listed(session: Session) -> list[Database]:
    """In the environment's order. Asks AWS only about what is recorded."""
    from muvi_provision.cli.money import standing

    wanted = session.environment.databases
    records = {name: made(session, f"aurora-cluster/{name}") for name in wanted}
    clusters, machines = _shown(session) if any(records.values()) else ({}, {})
    estimate = standing(session.state.records(), session.environment.region)
    found = []
    for name, database in wanted.items():
        record = records[name]
        if record is None:
            found.append(Database(name, database.used_by))
        elif raw := clusters.get(str(record.id)):
            found.append(_database(session, name, raw, machines, estimate))
        else:
            found.append(Database(name, database.used_by, "gone"))
    return found


def _shown(session: Session) -> tuple[dict[str, Raw], dict[str, Raw]]:
    """All clusters and machines of the region by their ids."""
    aws = session.connection.aws
    with in_our_words("rds:DescribeDBClusters"):
        clusters = aws.listing("rds", "describe_db_clusters", "DBClusters")
        machines = aws.listing("rds", "describe_db_instances", "DBInstances")
    by_cluster = {raw["DBClusterIdentifier"]: raw for raw in clusters}
    return by_cluster, {raw["DBInstanceIdentifier"]: raw for raw in machines}


def _database(session: Session, name: str, raw: Raw, machines: Mapping[str, Raw], estimate: Estimate) -> Database:
    writers = {each["DBInstanceIdentifier"]: each["IsClusterWriter"] for each in raw.get("DBClusterMembers", ())}
    members = [machines[known] for known in sorted(writers, key=lambda known: not writers[known]) if known in machines]
    mine = _addresses(session, name)
    return Database(
        name, session.environment.databases[name].used_by, raw["Status"], raw["EngineVersion"],
        raw.get("Endpoint", ""), raw.get("ReaderEndpoint", ""), raw.get("Port", 0),
        raw.get("DeletionProtection", False),
        tuple(_machine(each, is_writer=writers[each["DBInstanceIdentifier"]]) for each in members),
        tuple((record.address, record.outputs["host"]) for record in mine if record.outputs.get("host")),
        round(sum(float(estimate.by_address.get(record.address, 0)) for record in mine), 4),
    )  # fmt: skip


def _machine(raw: Raw, *, is_writer: bool) -> Machine:
    address = raw.get("Endpoint", {}).get("Address", "")
    return Machine(raw["DBInstanceIdentifier"], raw["DBInstanceStatus"], raw["DBInstanceClass"], is_writer, address)


def _addresses(session: Session, name: str) -> list[Record]:
    """What is recorded of one database: the cluster, and what stands on it."""
    from muvi_provision.cli.orphans import standing_on

    records = session.state.records()
    kinds = ("aurora-cluster", "aurora-instance", "db-proxy", "db-proxy-endpoint")
    about = standing_on(records, [f"aurora-cluster/{name}"]) | {f"db-proxy/{name}"}
    return [record for record in records if record.address in about and record.kind in kinds]


def rows(one: Database) -> list[Row]:
    """The cluster, and a row for each machine."""
    from muvi_provision.cli.drawing.columns import Row

    users, price = ", ".join(one.used_by), f"{one.per_hour:.3f}" if one.per_hour else ""
    tone = "" if one.status == "available" else "warn" if one.is_made else "dim"
    address = f"{one.writer}:{one.port}" if one.writer else ""
    found = [Row((one.name, one.status, "cluster", "", one.version, address, users, price), tone, _notes(one))]
    for each in one.machines:
        role = "writer" if each.is_writer else "reader"
        tone = "" if each.status == "available" else "warn"
        where = "" if each.is_writer else f"{one.reader}:{one.port}"
        found.append(Row((f"  {each.name}", each.status, role, each.kind, "", where, "", ""), tone))
    return found


def _notes(one: Database) -> tuple[str, ...]:
    proxies = tuple(f"{address}: {host}" for address, host in one.proxies)
    return (*proxies, *(("it is protected: a teardown switches that off first",) if one.protected else ()))


def described(one: Database) -> dict[str, Any]:
    """For a program."""
    return {
        "database": one.name,
        "status": one.status,
        "version": one.version,
        "writer": one.writer,
        "reader": one.reader,
        "port": one.port,
        "protected": one.protected,
        "used_by": list(one.used_by),
        "machines": [
            {"id": each.name, "status": each.status, "class": each.kind, "writer": each.is_writer, "host": each.address}
            for each in one.machines
        ],
        "proxies": dict(one.proxies),
        "per_hour": one.per_hour,
    }
