"""Addresses that are left in the subnets of databases and caches: each of their interfaces takes one."""

from __future__ import annotations

from collections.abc import Iterable

from muvi_provision.sandbox import caches, interfaces
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found
from muvi_provision.sandbox.rules.rds_groups import subnets_of
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


@rule(
    "rds",
    ("CreateDBProxy", "CreateDBProxyEndpoint"),
    "InsufficientAvailableIPsInSubnetFault",
    "a proxy finds an address in each of its subnets",
    source="4.5 e",
)
def proxy_room(call: Call, view: View) -> str | None:
    message = "There are not enough available IP addresses in the proxy's subnets."
    return message if any(not interfaces.room(view, one) for one in subnets_of(call)) else None


@rule(
    "rds",
    "CreateDBInstance",
    "InvalidVPCNetworkStateFault",
    "a subnet of the group has an address left",
    source="RDS API: CreateDBInstance, InvalidVPCNetworkStateFault",
)
def instance_room(call: Call, view: View) -> str | None:
    cluster = found.clusters(view).get(found.plain(call.params.get("DBClusterIdentifier")))
    zone = call.params.get("AvailabilityZone")
    subnets = found.subnet_groups(view)[cluster.subnet_group].subnets if cluster is not None else ()
    known = [one for one in (view.find("subnet", wanted) for wanted in subnets) if one is not None]
    full = known and not any(interfaces.room(view, one.id) for one in known if zone in (None, one.availability_zone))
    return "No subnet of the DB subnet group has an available IP address." if full else None


@rule(
    "elasticache",
    ("CreateReplicationGroup", "IncreaseReplicaCount"),
    "InvalidVPCNetworkStateFault",
    "each subnet of the group has an address left",
    source="4.7 e",
)
def cache_room(call: Call, view: View) -> str | None:
    held = caches.shelf(view)
    group = held.groups.get(str(call.params["ReplicationGroupId"]).lower())
    named = group.subnet_group if group else str(call.params.get("CacheSubnetGroupName", "")).lower()
    full = any(not interfaces.room(view, one) for one in _there(view, held.subnet_groups[named].subnets))
    return f"No IP address is available in a subnet of the cache subnet group {named}." if full else None


def _there(view: View, subnets: Iterable[str]) -> list[str]:
    return [one for one in subnets if view.find("subnet", one) is not None]
