"""Aurora clusters and their snapshots: when one may be changed, stopped, upgraded or deleted."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import engines, found
from muvi_provision.sandbox.databases.objects import Cluster
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


def _cluster(call: Call, view: View) -> Cluster | None:
    return found.clusters(view).get(found.plain(call.params["DBClusterIdentifier"]))


@rule(
    "rds",
    ("ModifyDBCluster", "StopDBCluster", "CreateDBClusterSnapshot"),
    "InvalidDBClusterStateFault",
    "a cluster that is changed or stopped is available",
    source="4.2 f, g",
)
def cluster_busy(call: Call, view: View) -> str | None:
    one = _cluster(call, view)
    busy = one is not None and one.status != "available"
    return f"DB cluster {one.name} is not in available state." if busy and one is not None else None


@rule("rds", "StartDBCluster", "InvalidDBClusterStateFault", "only a stopped cluster is started", source="0.8")
def cluster_running(call: Call, view: View) -> str | None:
    one = _cluster(call, view)
    running = one is not None and one.status != "stopped"
    return "The DB cluster is not in the stopped state." if running else None


@rule(
    "rds",
    "StopDBCluster",
    "InvalidDBInstanceState",
    "all instances of a cluster that is stopped are available",
    source="RDS API: StopDBCluster",
)
def members_busy(call: Call, view: View) -> str | None:
    names = [
        one.name
        for one in found.members(view, found.plain(call.params["DBClusterIdentifier"]))
        if one.status != "available"
    ]
    return f"The DB instances {', '.join(names)} are not available." if names else None


@rule(
    "rds",
    "DeleteDBCluster",
    "InvalidDBClusterStateFault",
    "a cluster that is deleted is neither stopped nor on its way, and has no instance that stays",
    source="4.2 f, 0.8",
)
def cluster_not_deletable(call: Call, view: View) -> str | None:
    one = _cluster(call, view)
    if one is None:
        return None
    if one.status not in ("available", "failed"):
        return f"Cluster {one.name} is not in available state."
    staying = [item.name for item in found.members(view, one.name) if item.status != "deleting"]
    return "Cluster cannot be deleted, it still contains DB instances in non-deleting state." if staying else None


@rule(
    "rds",
    "DeleteDBCluster",
    "InvalidParameterCombination",
    "a final snapshot has a name, or is not wanted",
    source="4.2 f",
)
def final_snapshot(call: Call, view: View) -> str | None:
    skipped, name = bool(call.params.get("SkipFinalSnapshot")), call.params.get("FinalDBSnapshotIdentifier")
    if skipped and name:
        return "FinalDBSnapshotIdentifier can not be specified when deleting a cluster with SkipFinalSnapshot"
    unsaid = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
    return None if skipped or name else unsaid


@rule("rds", "DeleteDBCluster", "InvalidParameterCombination", "a protected cluster is not deleted", source="4.2 f")
def protected(call: Call, view: View) -> str | None:
    one = _cluster(call, view)
    message = "Cannot delete protected Cluster, please disable deletion protection and try again."
    return message if one is not None and one.said["DeletionProtection"] else None


@rule(
    "rds",
    ("DeleteDBCluster", "CreateDBClusterSnapshot"),
    "DBClusterSnapshotAlreadyExistsFault",
    "names of snapshots are unique",
    source="4.2 f",
)
def snapshot_exists(call: Call, view: View) -> str | None:
    name = call.params.get("FinalDBSnapshotIdentifier") or call.params.get("DBClusterSnapshotIdentifier")
    taken = name is not None and found.plain(name) in found.snapshots(view)
    return f"Cannot create the snapshot because one with the identifier {name} already exists." if taken else None


@rule(
    "rds",
    ("DeleteDBCluster", "CreateDBClusterSnapshot"),
    "SnapshotQuotaExceeded",
    "a region holds 100 manual snapshots of clusters",
    source="4.2 i",
)
def too_many_snapshots(call: Call, view: View) -> str | None:
    wanted = call.params.get("FinalDBSnapshotIdentifier") or call.params.get("DBClusterSnapshotIdentifier")
    full = len(found.snapshots(view)) >= view.quotas["db_cluster_snapshots"]
    return "Cannot create more than the allowed number of manual snapshots." if wanted and full else None


@rule(
    "rds",
    "DeleteDBClusterSnapshot",
    "InvalidDBClusterSnapshotStateFault",
    "a snapshot that is deleted is not being made",
    source="RDS API: DeleteDBClusterSnapshot",
)
def snapshot_busy(call: Call, view: View) -> str | None:
    one = found.snapshots(view).get(found.plain(call.params["DBClusterSnapshotIdentifier"]))
    busy = one is not None and one.status != "available"
    return "Cannot delete the snapshot because it is not currently in the available state." if busy else None


@rule(
    "rds",
    "ModifyDBCluster",
    "InvalidParameterCombination",
    "a version goes up only",
    source="RDS API: DescribeDBEngineVersions, ValidUpgradeTarget",
)
def downgrade(call: Call, view: View) -> str | None:
    one, asked = _cluster(call, view), call.params.get("EngineVersion")
    if one is None or asked in (None, engines.MAJOR):
        return None
    now, wanted = one.said["EngineVersion"], str(asked)
    lower = engines.number(wanted) < engines.number(now)
    return f"Cannot upgrade {found.ENGINE} from {now} to {wanted}" if lower else None
