"""Aurora instances: when one may be added, changed or deleted."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.rds_instances import cluster_of, instance_of
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


@rule(
    "rds",
    "CreateDBInstance",
    "InvalidDBClusterStateFault",
    "the cluster that gets an instance is available",
    source="4.3 e",
)
def cluster_busy(call: Call, view: View) -> str | None:
    cluster = cluster_of(call, view)
    busy = cluster is not None and cluster.status != "available"
    return f"DB Cluster {call.params.get('DBClusterIdentifier')} is not in available state." if busy else None


@rule("rds", "ModifyDBInstance", "InvalidDBInstanceState", "an instance that is changed is available", source="13")
def instance_busy(call: Call, view: View) -> str | None:
    one = instance_of(call, view)
    busy = one is not None and one.status != "available"
    return "Database instance is not in available state." if busy else None


@rule(
    "rds",
    "DeleteDBInstance",
    "InvalidDBInstanceState",
    "an instance is not deleted twice, nor while it is being made",
    source="4.3 f",
)
def instance_not_deletable(call: Call, view: View) -> str | None:
    one = instance_of(call, view)
    if one is None:
        return None
    if one.status == "deleting":
        return f"Instance {one.name} is already being deleted."
    busy = one.status in ("creating", "modifying")
    return f"Instance {one.name} is currently {one.status} - try again later" if busy else None


@rule(
    "rds",
    "DeleteDBInstance",
    "InvalidDBClusterStateFault",
    "the cluster that loses an instance is not stopped",
    source="0.8",
)
def cluster_stopped(call: Call, view: View) -> str | None:
    cluster = cluster_of(call, view)
    stopped = cluster is not None and cluster.status in ("stopped", "stopping", "starting")
    return "Cannot delete an instance of a DB cluster that is stopped, stopping or starting." if stopped else None


@rule(
    "rds",
    "DeleteDBInstance",
    "InvalidParameterCombination",
    "a member of a cluster has no final snapshot",
    source="4.3 f",
)
def no_final_snapshot(call: Call, view: View) -> str | None:
    named = call.params.get("FinalDBSnapshotIdentifier")
    return "FinalDBSnapshotIdentifier can not be specified when deleting a DB Cluster instance." if named else None
