"""Aurora instances. The first one of a cluster is its writer; each has an interface in a subnet of the group."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import interfaces, lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found, shown
from muvi_provision.sandbox.databases.objects import Cluster, Instance
from muvi_provision.sandbox.databases.pages import filters, paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

_APART = ("DBInstanceIdentifier", "DBClusterIdentifier", "Tags", "TagSpecifications", "AvailabilityZone", "Engine")
_DEFAULTS = {
    "AutoMinorVersionUpgrade": True,
    "CACertificateIdentifier": "rds-ca-rsa2048-g1",
    "CopyTagsToSnapshot": False,
    "MonitoringInterval": 0,
    "PreferredMaintenanceWindow": "sun:06:00-sun:06:30",
    "PromotionTier": 1,
    "PubliclyAccessible": False,
}
_PLAIN = (
    "AutoMinorVersionUpgrade",
    "CopyTagsToSnapshot",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "PreferredMaintenanceWindow",
    "PromotionTier",
    "PubliclyAccessible",
    "EnablePerformanceInsights",
)
_WINDOW = ("DBInstanceClass", "CACertificateIdentifier")  # aws-reality 4.3 g


def _instance(call: Call, view: View) -> Instance:
    return found.instances(view)[found.plain(call.params["DBInstanceIdentifier"])]


def _answer(view: View, one: Instance) -> dict[str, Any]:
    return {"DBInstance": shown.instance(view, one)}


@instead("rds", "CreateDBInstance")
def made(call: Call, view: View) -> Any:
    params, name = call.params, found.plain(call.params["DBInstanceIdentifier"])
    if not params.get("DBClusterIdentifier"):
        raise NotImplementedError("an instance without a cluster")
    cluster = found.clusters(view)[found.plain(params["DBClusterIdentifier"])]
    subnet = _place(view, cluster, params.get("AvailabilityZone"))
    one = Instance(
        found.arn(view, "db", name),
        name,
        found.tags_of(params),
        found.fresh("db-", 26).upper().replace("DB-", "db-"),
        cluster.name,
        subnet.availability_zone,
        _interface(view, subnet.id, cluster.groups),
        _DEFAULTS | {key: value for key, value in params.items() if key not in _APART},
        view.today,
    )
    view.backend("rds").databases[name] = one
    cluster.writer = cluster.writer or name
    lifecycles.begin_making(view, "db_instance", one.arn)
    return _answer(view, one)


def _place(view: View, cluster: Cluster, zone: str | None) -> Any:
    """A subnet with room in the zone asked for, else in that with the fewest instances of the cluster."""
    group = found.subnet_groups(view)[cluster.subnet_group]
    subnets = [one for one in (view.find("subnet", wanted) for wanted in group.subnets) if one is not None]
    taken = [one.zone for one in found.members(view, cluster.name)]
    fitting = [one for one in subnets if zone in (None, one.availability_zone) and interfaces.room(view, one.id)]
    return min(fitting, key=lambda one: (taken.count(one.availability_zone), one.availability_zone))


def _interface(view: View, subnet: str, groups: list[str]) -> str:
    made = interfaces.add(view, subnet, "RDSNetworkInterface", "interface", groups)
    view.ec2.enis[made].requester_id = "amazon-rds"
    return made


@instead("rds", "DescribeDBInstances")
def listed(call: Call, view: View) -> Any:
    wanted = found.plain(call.params.get("DBInstanceIdentifier"))
    said = filters(call, "db-cluster-id", "db-instance-id", "engine", "dbi-resource-id", "domain")
    names = {key: [found.plain(one) for one in values] for key, values in said.items()}
    held = [
        one
        for one in found.instances(view).values()
        if wanted in ("", one.name)
        and one.cluster in names.get("db-cluster-id", [one.cluster])
        and one.name in names.get("db-instance-id", [one.name])
        and found.ENGINE in said.get("engine", [found.ENGINE])
        and one.resource_id in said.get("dbi-resource-id", [one.resource_id])
    ]
    return paged(call, "DBInstances", [shown.instance(view, one) for one in held])


@instead("rds", "ModifyDBInstance")
def changed(call: Call, view: View) -> Any:
    """Another class or authority waits for the window unless it is to be applied at once (which is not so at once)."""
    params, one = call.params, _instance(call, view)
    if "NewDBInstanceIdentifier" in params:
        raise NotImplementedError("a new name of an instance")
    for key in [key for key in _PLAIN if key in params]:
        one.said[key] = params[key]
    one.pending |= {key: params[key] for key in _WINDOW if key in params and _coming(one, key) != params[key]}
    if params.get("ApplyImmediately") and one.pending:
        one.due |= one.pending
        one.pending = {}
        lifecycles.begin_making(view, "db_instance_accepted", one.arn)
    return _answer(view, one)


def _coming(one: Instance, key: str) -> Any:
    """The value that it has, or is on its way to."""
    return one.due.get(key, one.said.get(key))


@instead("rds", "DeleteDBInstance")
def going(call: Call, view: View) -> Any:
    one = _instance(call, view)
    lifecycles.begin_deleting(view, "db_instance", one.arn)
    return _answer(view, one)
