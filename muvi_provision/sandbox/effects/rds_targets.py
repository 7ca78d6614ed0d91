"""What stands behind a proxy: its one target group, the cluster it follows, and each of that cluster's instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox import lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found, health
from muvi_provision.sandbox.databases.objects import Proxy, Registration
from muvi_provision.sandbox.databases.pages import paged
from muvi_provision.sandbox.effects.rds_proxies import proxy_of
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

GROUP = "default"  # aws-reality 4.5 a


def _group(view: View, one: Proxy) -> dict[str, Any]:
    return {
        "DBProxyName": one.name,
        "TargetGroupName": GROUP,
        "TargetGroupArn": found.arn(view, "target-group", one.resource_id.replace("prx-", "prx-tg-")),
        "IsDefault": True,
        "Status": "available",
        "ConnectionPoolConfig": {"SessionPinningFilters": []} | one.pool,
        "CreatedDate": one.made_at,
        "UpdatedDate": one.changed_at,
    }


@instead("rds", "DescribeDBProxyTargetGroups")
def groups(call: Call, view: View) -> Any:
    return paged(call, "TargetGroups", [_group(view, proxy_of(call, view))])


@instead("rds", "ModifyDBProxyTargetGroup")
def group_changed(call: Call, view: View) -> Any:
    one = proxy_of(call, view)
    one.pool |= call.params.get("ConnectionPoolConfig", {})
    one.changed_at = view.today
    return {"DBProxyTargetGroup": _group(view, one)}


def _targets(view: View, proxy: Proxy) -> Iterator[dict[str, Any]]:
    """The cluster's own entry has no health; each instance's has (4.5 b)."""
    for registered in proxy.registered.values():
        cluster = found.clusters(view)[registered.cluster]
        port = cluster.said["Port"]
        yield {"RdsResourceId": cluster.name, "Port": port, "Type": "TRACKED_CLUSTER"}
        for one in found.members(view, cluster.name):
            yield {
                "Endpoint": found.address(view, one.name, ""),
                "TrackedClusterId": cluster.name,
                "RdsResourceId": one.name,
                "Port": port,
                "Type": "RDS_INSTANCE",
                "Role": "READ_WRITE" if one.name == cluster.writer else "READ_ONLY",
                "TargetHealth": health.of(view, proxy, registered, one),
            }


@instead("rds", "DescribeDBProxyTargets")
def targets(call: Call, view: View) -> Any:
    return paged(call, "Targets", list(_targets(view, proxy_of(call, view))))


@instead("rds", "RegisterDBProxyTargets")
def registered(call: Call, view: View) -> Any:
    if call.params.get("DBInstanceIdentifiers"):
        raise NotImplementedError("an instance behind a proxy that is in no cluster")
    proxy = proxy_of(call, view)
    for name in map(found.plain, call.params["DBClusterIdentifiers"]):
        arn = found.arn(view, "target", f"{proxy.resource_id}/{name}")
        proxy.registered[name] = Registration(arn, name)
        lifecycles.begin_making(view, "db_proxy_target", arn)
    return {"DBProxyTargets": list(_targets(view, proxy))}


@instead("rds", "DeregisterDBProxyTargets")
def deregistered(call: Call, view: View) -> Any:
    proxy = proxy_of(call, view)
    for name in map(found.plain, call.params.get("DBClusterIdentifiers", ())):
        view.books.phases.pop((view.region, proxy.registered.pop(name).arn), None)
    return {}
