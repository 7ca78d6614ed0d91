"""Tags of Aurora's objects, and the operations on them that the sandbox does not have."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

# the emulator would not find our clusters and instances, and say that there are none
UNWRITTEN = (
    "AddRoleToDBCluster",
    "AddRoleToDBInstance",
    "CopyDBClusterParameterGroup",
    "CopyDBClusterSnapshot",
    "CreateDBInstanceReadReplica",
    "CreateDBSnapshot",
    "CreateGlobalCluster",
    "DescribeDBLogFiles",
    "FailoverDBCluster",
    "ModifyDBClusterSnapshotAttribute",
    "PromoteReadReplica",
    "PromoteReadReplicaDBCluster",
    "RebootDBInstance",
    "RestoreDBClusterFromSnapshot",
    "RestoreDBClusterToPointInTime",
    "RestoreDBInstanceFromDBSnapshot",
    "RestoreDBInstanceToPointInTime",
    "StartDBInstance",
    "StartExportTask",
    "StopDBInstance",
)


@instead("rds", UNWRITTEN)
def unwritten(call: Call, view: View) -> Any:
    raise NotImplementedError(call.operation)


@instead("rds", "ListTagsForResource")
def listed(call: Call, view: View) -> Any:
    one = found.tagged(view).get(call.params["ResourceName"])
    return {"TagList": one.get_tags()} if one is not None else None


@instead("rds", "AddTagsToResource")
def added(call: Call, view: View) -> Any:
    one = found.tagged(view).get(call.params["ResourceName"])
    if one is None:
        return None
    one.tags |= found.tags_of(call.params)
    return {}


@instead("rds", "RemoveTagsFromResource")
def removed(call: Call, view: View) -> Any:
    one = found.tagged(view).get(call.params["ResourceName"])
    if one is None:
        return None
    for key in call.params["TagKeys"]:
        one.tags.pop(key, None)
    return {}
