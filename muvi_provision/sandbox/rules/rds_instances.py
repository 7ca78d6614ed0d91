"""Aurora instances: what a member of a cluster may be given, and when."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import classes, engines, found
from muvi_provision.sandbox.databases.objects import Cluster, Instance
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_BOTH = ("CreateDBInstance", "ModifyDBInstance")
_OF_CLUSTER = (  # aws-reality 4.3 a
    "AllocatedStorage",
    "BackupRetentionPeriod",
    "DBName",
    "DBSecurityGroups",
    "DBSubnetGroupName",
    "DeletionProtection",
    "EnableCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication",
    "Iops",
    "KmsKeyId",
    "ManageMasterUserPassword",
    "MasterUserPassword",
    "MasterUsername",
    "MaxAllocatedStorage",
    "MultiAZ",
    "PreferredBackupWindow",
    "StorageEncrypted",
    "StorageType",
    "VpcSecurityGroupIds",
)


def _instance(call: Call, view: View) -> Instance | None:
    return found.instances(view).get(found.plain(call.params["DBInstanceIdentifier"]))


def _cluster(call: Call, view: View) -> Cluster | None:
    one = _instance(call, view)
    name = call.params.get("DBClusterIdentifier") or (one.cluster if one is not None else "")
    return found.clusters(view).get(found.plain(name))


@rule("rds", _BOTH, "InvalidParameterCombination", "what is the cluster's is not said of an instance", source="4.3 a")
def cluster_level(call: Call, view: View) -> str | None:
    if _cluster(call, view) is None:
        return None
    said = [name for name in _OF_CLUSTER if name in call.params]
    belongs = "For Aurora DB instances this is managed by the DB cluster."
    return (
        f"The requested DB Instance will be a member of a DB Cluster. Set {said[0]} for the DB Cluster. {belongs}"
        if said
        else None
    )


@rule(
    "rds",
    "CreateDBInstance",
    "DBInstanceAlreadyExists",
    "an identifier is free, also of clusters",
    source="4.2 a, 4.3 c",
)
def instance_exists(call: Call, view: View) -> str | None:
    name = found.plain(call.params["DBInstanceIdentifier"])
    taken = name in found.instances(view) or name in found.clusters(view)
    return "DB instance already exists" if taken else None


@rule("rds", "CreateDBInstance", "InstanceQuotaExceeded", "a region holds 40 instances", source="4.2 i")
def too_many_instances(call: Call, view: View) -> str | None:
    full = len(found.instances(view)) >= view.quotas["db_instances"]
    return "The quota for DB instances has been exceeded." if full else None


@rule("rds", "CreateDBInstance", "InvalidParameterCombination", "a cluster has 16 instances at most", source="4.3 i")
def too_many_members(call: Call, view: View) -> str | None:
    held = found.members(view, found.plain(call.params.get("DBClusterIdentifier")))
    return "DB cluster already has the maximum number of instances: 16" if len(held) >= 16 else None


@rule("rds", "CreateDBInstance", "InvalidParameterCombination", "an instance has its cluster's engine and version")
def engine_differs(call: Call, view: View) -> str | None:
    cluster, engine = _cluster(call, view), call.params["Engine"]
    if cluster is None:
        return None
    if engine != found.ENGINE:
        return f"The engine name requested for your DB instance ({engine}) doesn't match that of your DB cluster."
    held, version = cluster.said["EngineVersion"], call.params.get("EngineVersion")
    same = version in (None, held, engines.MAJOR)
    requested = f"The engine version that you requested for your DB instance ({version})"
    return None if same else f"{requested} does not match the engine version of your DB cluster ({held})."


@rule("rds", _BOTH, "InvalidParameterCombination", "the class is offered here for the version", source="0.2, 2.3")
def class_orderable(call: Call, view: View) -> str | None:
    cluster, wanted = _cluster(call, view), call.params.get("DBInstanceClass")
    if cluster is None or wanted is None:
        return None
    version = cluster.said["EngineVersion"]
    if classes.orderable(view, wanted, version):
        return None
    combination = (
        f"DBInstanceClass={wanted}, Engine={found.ENGINE}, EngineVersion={version}, LicenseModel=postgresql-license"
    )
    see = "For supported combinations of instance class and database engine version, see the documentation."
    return f"RDS does not support creating a DB instance with the following combination: {combination}. {see}"


@rule(
    "rds",
    _BOTH,
    "InvalidParameterCombination",
    "db.serverless needs a cluster with a serverless scaling range",
    source="4.4",
)
def serverless_scaling(call: Call, view: View) -> str | None:
    cluster, wanted = _cluster(call, view), call.params.get("DBInstanceClass")
    if wanted != "db.serverless" or cluster is None or cluster.said.get("ServerlessV2ScalingConfiguration"):
        return None
    first = "Set the Serverless v2 scaling configuration on the parent DB cluster"
    return f"{first} before creating a Serverless v2 DB instance."


@rule("rds", "CreateDBInstance", "InvalidVPCNetworkStateFault", "the zone is one of the subnet group's")
def zone_covered(call: Call, view: View) -> str | None:
    cluster, zone = _cluster(call, view), call.params.get("AvailabilityZone")
    if cluster is None or zone is None:
        return None
    group = found.subnet_groups(view)[cluster.subnet_group]
    zones = {subnet.availability_zone for subnet in (view.find("subnet", one) for one in group.subnets) if subnet}
    return None if zone in zones else f"The DB subnet group has no subnet in the Availability Zone {zone}."


@rule("rds", _BOTH, "CertificateNotFound", "the certificate authority exists", status=404)
def authority(call: Call, view: View) -> str | None:
    wanted = call.params.get("CACertificateIdentifier")
    return None if wanted in (None, *engines.AUTHORITIES) else f"Certificate {wanted} not found."


@rule("rds", _BOTH, "InvalidParameterValue", "a promotion tier is between 0 and 15")
def tier(call: Call, view: View) -> str | None:
    said = int(call.params.get("PromotionTier", 1))
    return None if 0 <= said <= 15 else "Promotion tier must be between 0 and 15."


@rule("rds", _BOTH, "InvalidParameterCombination", "enhanced monitoring needs an interval, and then a role")
def monitoring(call: Call, view: View) -> str | None:
    every = int(call.params.get("MonitoringInterval", 0))
    if every not in (0, 1, 5, 10, 15, 30, 60):
        return f"Invalid value for MonitoringInterval: {every}"
    one = _instance(call, view)
    role = call.params.get("MonitoringRoleArn") or (one.said.get("MonitoringRoleArn") if one is not None else None)
    lacking = every and not role
    return (
        "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0."
        if lacking
        else None
    )


@rule(
    "rds",
    "CreateDBInstance",
    "InvalidDBClusterStateFault",
    "the cluster that gets an instance is available",
    source="4.3 e",
)
def cluster_busy(call: Call, view: View) -> str | None:
    cluster = _cluster(call, view)
    busy = cluster is not None and cluster.status != "available"
    return f"DB Cluster {call.params.get('DBClusterIdentifier')} is not in available state." if busy else None


@rule("rds", "ModifyDBInstance", "InvalidDBInstanceState", "an instance that is changed is available")
def instance_busy(call: Call, view: View) -> str | None:
    one = _instance(call, view)
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
    one = _instance(call, view)
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
    cluster = _cluster(call, view)
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
