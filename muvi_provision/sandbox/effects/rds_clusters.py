"""Aurora clusters: everything that happens to one happens later, and a cluster comes to be without an instance."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import endings, engines, found, master, shown
from muvi_provision.sandbox.databases.objects import Cluster, Snapshot
from muvi_provision.sandbox.databases.pages import filters, paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.interfaces import regroup
from muvi_provision.sandbox.view import View

_APART = ("DBClusterIdentifier", "Tags", "MasterUserPassword", "ManageMasterUserPassword", "VpcSecurityGroupIds")
_WINDOW = ("EngineVersion", "BackupRetentionPeriod", "EnableIAMDatabaseAuthentication", "Port")  # aws-reality 4.2 g
_PLAIN = (
    "AutoMinorVersionUpgrade",
    "CopyTagsToSnapshot",
    "DBClusterParameterGroupName",
    "DeletionProtection",
    "EngineLifecycleSupport",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "ServerlessV2ScalingConfiguration",
)
_QUIET = {"DeletionProtection", "CopyTagsToSnapshot", "PreferredBackupWindow", "PreferredMaintenanceWindow"}
_DEFAULTS = {
    "AutoMinorVersionUpgrade": True,
    "BackupRetentionPeriod": 1,
    "CopyTagsToSnapshot": False,
    "DeletionProtection": False,
    "EngineLifecycleSupport": "open-source-rds-extended-support",  # aws-reality 0.11
    "NetworkType": "IPV4",
    "Port": 5432,
    "PreferredBackupWindow": "03:00-03:30",
    "PreferredMaintenanceWindow": "sun:05:00-sun:05:30",
    "StorageEncrypted": False,
}


def _cluster(call: Call, view: View) -> Cluster:
    return found.clusters(view)[found.plain(call.params["DBClusterIdentifier"])]


def _answer(view: View, one: Cluster) -> dict[str, Any]:
    return {"DBCluster": shown.cluster(view, one)}


@instead("rds", "CreateDBCluster")
def made(call: Call, view: View) -> Any:
    params, name = call.params, found.plain(call.params["DBClusterIdentifier"])
    if not params.get("DBSubnetGroupName"):
        raise NotImplementedError("the default subnet group")
    group = found.subnet_groups(view)[found.plain(params["DBSubnetGroupName"])]
    one = Cluster(
        found.arn(view, "cluster", name),
        name,
        found.tags_of(params),
        found.fresh("cluster-", 26).upper().replace("CLUSTER", "cluster"),
        group.name,
        list(params.get("VpcSecurityGroupIds") or [view.ec2.get_default_security_group(group.vpc).id]),
        master.digest(params.get("MasterUserPassword", "")),
        _said(params),
        view.today,
    )
    if params.get("ManageMasterUserPassword"):
        master.keep(view, one, params.get("MasterUserSecretKmsKeyId"))
    view.backend("rds").clusters[name] = one
    lifecycles.begin_making(view, "db_cluster", one.arn)
    return _answer(view, one)


def _said(params: dict[str, Any]) -> dict[str, Any]:
    said = _DEFAULTS | {key: value for key, value in params.items() if key not in _APART}
    said["EngineVersion"] = version = engines.resolved(params.get("EngineVersion")) or ""
    said["DBClusterParameterGroupName"] = found.plain(
        said.get("DBClusterParameterGroupName") or engines.default_group(version)
    )
    return said


@instead("rds", "DescribeDBClusters")
def listed(call: Call, view: View) -> Any:
    wanted = found.plain(call.params.get("DBClusterIdentifier"))
    said = filters(call, "db-cluster-id", "engine", "db-cluster-resource-id", "clone-group-id", "domain")
    ids = [found.plain(one) for one in said.get("db-cluster-id", ())]
    held = [
        one
        for one in found.clusters(view).values()
        if wanted in ("", one.name)
        and ("db-cluster-id" not in said or one.name in ids)
        and found.ENGINE in said.get("engine", [found.ENGINE])
        and one.resource_id in said.get("db-cluster-resource-id", [one.resource_id])
    ]
    return paged(call, "DBClusters", [shown.cluster(view, one) for one in held])


@instead("rds", "ModifyDBCluster")
def changed(call: Call, view: View) -> Any:
    """aws-reality 4.2 g: some changes wait for the window unless they are to be applied at once."""
    params, one = dict(call.params), _cluster(call, view)
    if "NewDBClusterIdentifier" in params:
        raise NotImplementedError("a new name of a cluster")
    if "EngineVersion" in params:
        params["EngineVersion"] = engines.resolved(params["EngineVersion"])
    before = _state(one)
    _rekey(view, one, params)
    for key in [key for key in _PLAIN if key in params]:
        one.said[key] = params[key]
    one.pending |= {key: params[key] for key in _WINDOW if key in params and one.said.get(key) != params[key]}
    if params.get("ApplyImmediately"):
        one.due = {key: one.pending.pop(key) for key in ("EngineVersion",) if key in one.pending}
        one.said |= one.pending
        one.pending = {}
    _regroup(view, one, params.get("VpcSecurityGroupIds"))
    _relog(one, params.get("CloudwatchLogsExportConfiguration", {}))
    if _state(one) != before:
        _begin(view, one, before["password"])
    return _answer(view, one)


def _begin(view: View, one: Cluster, password: str) -> None:
    """What AWS calls the change depends on what changes."""
    if one.due:
        lifecycles.begin_making(view, "db_cluster_upgrade", one.arn)
        endings.follow(view, one.name, "upgrading")
    else:
        kind = "db_cluster_password" if one.password != password else "db_cluster_change"
        lifecycles.begin_making(view, kind, one.arn)


def _rekey(view: View, one: Cluster, params: dict[str, Any]) -> None:
    if "MasterUserPassword" in params:
        master.forget(view, one)
        one.password = master.digest(params["MasterUserPassword"])
    elif params.get("ManageMasterUserPassword") and not one.secret:
        master.keep(view, one, params.get("MasterUserSecretKmsKeyId"))


def _state(one: Cluster) -> dict[str, Any]:
    """What it takes the cluster a while to change."""
    loud = {key: value for key, value in one.said.items() if key not in _QUIET}
    return loud | {"password": one.password, "groups": sorted(one.groups), "due": dict(one.due)}


def _regroup(view: View, one: Cluster, groups: list[str] | None) -> None:
    if groups:
        one.groups = list(groups)
        for member in found.members(view, one.name):
            regroup(view, view.ec2.enis[member.interface], one.groups)


def _relog(one: Cluster, said: dict[str, Any]) -> None:
    held = set(one.said.get("EnableCloudwatchLogsExports", ()))
    kept = held - set(said.get("DisableLogTypes", ())) | set(said.get("EnableLogTypes", ()))
    if kept != held:
        one.said["EnableCloudwatchLogsExports"] = sorted(kept)


@instead("rds", "DeleteDBCluster")
def going(call: Call, view: View) -> Any:
    """Instances that are on their way out keep it until they are gone."""
    one = _cluster(call, view)
    if name := call.params.get("FinalDBSnapshotIdentifier"):
        keep(view, one, found.plain(name), dict(one.tags) if one.said["CopyTagsToSnapshot"] else {})
    lifecycles.begin_deleting(view, "db_cluster", one.arn)
    phases = view.books.phases
    members = [phases[view.region, item.arn].until for item in found.members(view, one.name)]
    longer = view.seconds(endings.SNAPSHOT_S) if name else 0  # aws-reality 1.2: a final snapshot comes first
    phases[view.region, one.arn].until = max(phases[view.region, one.arn].until, *members, 0) + longer
    return _answer(view, one)


@instead("rds", "StopDBCluster")
def stopping(call: Call, view: View) -> Any:
    one = _cluster(call, view)
    lifecycles.begin_making(view, "db_cluster_stop", one.arn)
    endings.follow(view, one.name, "stopping")
    return _answer(view, one)


@instead("rds", "StartDBCluster")
def starting(call: Call, view: View) -> Any:
    one = _cluster(call, view)
    lifecycles.begin_making(view, "db_cluster_start", one.arn)
    endings.follow(view, one.name, "starting")
    return _answer(view, one)


def keep(view: View, cluster: Cluster, name: str, tags: dict[str, str]) -> Snapshot:
    """A manual snapshot, which stays (and costs) until somebody deletes it (4.2 f)."""
    arn = found.arn(view, "cluster-snapshot", name)
    one = Snapshot(arn, name, tags, cluster.name, cluster.said["EngineVersion"], view.today)
    view.backend("rds").cluster_snapshots[name] = one
    lifecycles.begin_making(view, "db_cluster_snapshot", arn)
    return one


@instead("rds", "CreateDBClusterSnapshot")
def snapshot_made(call: Call, view: View) -> Any:
    name = found.plain(call.params["DBClusterSnapshotIdentifier"])
    return {"DBClusterSnapshot": shown.snapshot(keep(view, _cluster(call, view), name, found.tags_of(call.params)))}


@instead("rds", "DescribeDBClusterSnapshots")
def snapshots(call: Call, view: View) -> Any:
    wanted, cluster = call.params.get("DBClusterSnapshotIdentifier"), call.params.get("DBClusterIdentifier")
    automated = call.params.get("SnapshotType") == "automated"
    held = [
        shown.snapshot(one)
        for one in found.snapshots(view).values()
        if wanted in (None, one.name) and cluster in (None, one.cluster) and not automated
    ]
    return paged(call, "DBClusterSnapshots", held)


@instead("rds", "DeleteDBClusterSnapshot")
def snapshot_gone(call: Call, view: View) -> Any:
    name = found.plain(call.params["DBClusterSnapshotIdentifier"])
    gone = view.backend("rds").cluster_snapshots.pop(name)
    gone.status = "deleted"
    return {"DBClusterSnapshot": shown.snapshot(gone)}
