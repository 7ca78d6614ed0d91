"""Aurora: clusters, instances, groups, proxies. What AWS itself keeps (default groups) is not in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from muvi_provision.sandbox.databases import found
from muvi_provision.sandbox.databases.objects import (
    Cluster,
    Door,
    Endpoint,
    Instance,
    ParameterGroup,
    Proxy,
    Snapshot,
    SubnetGroup,
    Tagged,
)
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> ARN -> description


def describe(view: View) -> Described:
    return {
        "db_subnet_group": _all(found.subnet_groups(view), _subnet_group),
        "db_cluster_parameter_group": _all(found.parameter_groups(view), _parameter_group),
        "db_cluster": _all(found.clusters(view), _cluster),
        "db_instance": _all(found.instances(view), _instance),
        "db_cluster_snapshot": _all(found.snapshots(view), _snapshot),
        "db_proxy": _all(found.proxies(view), _proxy),
        "db_proxy_endpoint": _all(found.endpoints(view), _endpoint),
    }


def _all(held: Mapping[str, Tagged], describe: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    return {
        one.arn: {"name": one.name} | describe(one) | {"tags": dict(sorted(one.tags.items()))} for one in held.values()
    }


def _subnet_group(one: SubnetGroup) -> dict[str, Any]:
    return {"description": one.description, "vpc": one.vpc, "subnets": sorted(one.subnets)}


def _parameter_group(one: ParameterGroup) -> dict[str, Any]:
    changed = {name: list(said) for name, said in sorted(one.changed.items())}
    return {"family": one.family, "description": one.description, "parameters": changed}


def _cluster(one: Cluster) -> dict[str, Any]:
    """Never the password: a digest of it."""
    kept = {"subnet_group": one.subnet_group, "groups": sorted(one.groups), "writer": one.writer}
    said = {"settings": dict(sorted(one.said.items())), "pending": dict(sorted(one.pending.items()))}
    return kept | said | {"status": one.status, "value": one.password, "password_kept": bool(one.secret)}


def _instance(one: Instance) -> dict[str, Any]:
    kept = {"cluster": one.cluster, "zone": one.zone, "status": one.status}
    return kept | {"settings": dict(sorted(one.said.items())), "pending": dict(sorted(one.pending.items()))}


def _snapshot(one: Snapshot) -> dict[str, Any]:
    return {"cluster": one.cluster, "engine_version": one.version}


def _door(one: Door) -> dict[str, Any]:
    return {"vpc": one.vpc, "subnets": sorted(one.subnets), "groups": sorted(one.groups), "dns": one.address}


def _proxy(one: Proxy) -> dict[str, Any]:
    behind = {"pool": dict(sorted(one.pool.items())), "targets": sorted(one.registered)}
    return _door(one.door) | {"settings": dict(sorted(one.said.items())), "status": one.status} | behind


def _endpoint(one: Endpoint) -> dict[str, Any]:
    return _door(one.door) | {"proxy": one.proxy, "role": one.role, "status": one.status}


SERVICES = {"rds": describe}
