"""Looking up Aurora's objects, and how they are named."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from muvi_provision.sandbox import objects
from muvi_provision.sandbox.databases.objects import (
    Cluster,
    Endpoint,
    Instance,
    ParameterGroup,
    Proxy,
    Registration,
    Snapshot,
    SubnetGroup,
    Tagged,
)
from muvi_provision.sandbox.objects import Kind
from muvi_provision.sandbox.view import View

ENGINE = "aurora-postgresql"


def plain(identifier: Any) -> str:
    """Identifiers are stored in lower case (aws-reality 1.4); an ARN will do as well."""
    return str(identifier or "").rpartition(":")[2].lower()


def clusters(view: View) -> Mapping[str, Cluster]:
    found: Mapping[str, Cluster] = view.backend("rds").clusters
    return found


def instances(view: View) -> Mapping[str, Instance]:
    found: Mapping[str, Instance] = view.backend("rds").databases
    return found


def snapshots(view: View) -> Mapping[str, Snapshot]:
    found: Mapping[str, Snapshot] = view.backend("rds").cluster_snapshots
    return found


def subnet_groups(view: View) -> Mapping[str, SubnetGroup]:
    found: Mapping[str, SubnetGroup] = view.backend("rds").subnet_groups
    return found


def parameter_groups(view: View) -> Mapping[str, ParameterGroup]:
    found: Mapping[str, ParameterGroup] = view.backend("rds").db_cluster_parameter_groups
    return found


def proxies(view: View) -> Mapping[str, Proxy]:
    found: Mapping[str, Proxy] = view.backend("rds").db_proxies
    return found


def endpoints(view: View) -> dict[str, Endpoint]:
    """Of all proxies; the one that every proxy has of itself is not among them."""
    return {name: one for proxy in proxies(view).values() for name, one in proxy.endpoints.items()}


def registrations(view: View) -> list[Registration]:
    return [one for proxy in proxies(view).values() for one in proxy.registered.values()]


def members(view: View, cluster: str) -> list[Instance]:
    """A cluster's instances, in the order in which they were made."""
    return [one for one in instances(view).values() if one.cluster == cluster]


def tagged(view: View) -> dict[str, Tagged]:
    """Everything that can have tags, by ARN."""
    kept: tuple[Mapping[str, Tagged], ...] = (
        clusters(view),
        instances(view),
        snapshots(view),
        subnet_groups(view),
        parameter_groups(view),
        proxies(view),
        endpoints(view),
    )
    return {one.arn: one for held in kept for one in held.values()}


def arn(view: View, kind: str, name: str) -> str:
    return f"arn:aws:rds:{view.region}:{view.account}:{kind}:{name}"


def fresh(prefix: str, length: int = 17) -> str:
    """An id that AWS makes up."""
    return f"{prefix}{uuid.uuid4().hex[:length]}"


def address(view: View, *labels: str) -> str:
    """A name in the region's part of AWS's domain; the middle is the account's in that region."""
    own = hashlib.sha256(f"{view.account}/{view.region}".encode()).hexdigest()[:12]
    *first, last = labels
    return ".".join((*first, f"{last}{own}", view.region, "rds.amazonaws.com"))


def tags_of(params: Mapping[str, Any]) -> dict[str, str]:
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in params.get("Tags", ())}


# a change of a kind is a life cycle of its own, of the same objects: what is of the kind, its mark, AWS's code, them
_KINDS: dict[str, tuple[str, str, Callable[[View], Iterable[Any]]]] = {
    "db_cluster db_cluster_change db_cluster_password db_cluster_upgrade db_cluster_stop db_cluster_rest"
    " db_cluster_start": (
        ":cluster:",
        "DBClusterNotFoundFault",
        lambda view: clusters(view).values(),
    ),
    "db_instance db_instance_accepted db_instance_change": (
        ":db:",
        "DBInstanceNotFound",
        lambda view: instances(view).values(),
    ),
    "db_proxy db_proxy_change": (":db-proxy:", "DBProxyNotFoundFault", lambda view: proxies(view).values()),
    "db_proxy_endpoint": (
        ":db-proxy-endpoint:",
        "DBProxyEndpointNotFoundFault",
        lambda view: endpoints(view).values(),
    ),
    "db_cluster_snapshot": (
        ":cluster-snapshot:",
        "DBClusterSnapshotNotFoundFault",
        lambda view: snapshots(view).values(),
    ),
    "db_proxy_target": (":target:", "DBProxyTargetNotFoundFault", registrations),
}
for _names, (_mark, _missing, _held) in _KINDS.items():
    for _name in _names.split():
        objects.register(Kind(_name, _mark, _missing, _held))
