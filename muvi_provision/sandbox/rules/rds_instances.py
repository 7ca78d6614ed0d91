"""Aurora instances: what a member of a cluster may be given. When: ``rds_instances_life``."""

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


def instance_of(call: Call, view: View) -> Instance | None:
    return found.instances(view).get(found.plain(call.params["DBInstanceIdentifier"]))


def cluster_of(call: Call, view: View) -> Cluster | None:
    one = instance_of(call, view)
    name = call.params.get("DBClusterIdentifier") or (one.cluster if one is not None else "")
    return found.clusters(view).get(found.plain(name))


@rule("rds", _BOTH, "InvalidParameterCombination", "what is the cluster's is not said of an instance", source="4.3 a")
def cluster_level(call: Call, view: View) -> str | None:
    if cluster_of(call, view) is None:
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


@rule(
    "rds",
    "CreateDBInstance",
    "InvalidParameterCombination",
    "an instance has its cluster's engine and version",
    source="RDS API: CreateDBInstance, EngineVersion",
)
def engine_differs(call: Call, view: View) -> str | None:
    cluster, engine = cluster_of(call, view), call.params["Engine"]
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
    cluster, wanted = cluster_of(call, view), call.params.get("DBInstanceClass")
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
    cluster, wanted = cluster_of(call, view), call.params.get("DBInstanceClass")
    if wanted != "db.serverless" or cluster is None or cluster.said.get("ServerlessV2ScalingConfiguration"):
        return None
    first = "Set the Serverless v2 scaling configuration on the parent DB cluster"
    return f"{first} before creating a Serverless v2 DB instance."


@rule(
    "rds",
    "CreateDBInstance",
    "InvalidVPCNetworkStateFault",
    "the zone is one of the subnet group's",
    source="from memory",
)
def zone_covered(call: Call, view: View) -> str | None:
    cluster, zone = cluster_of(call, view), call.params.get("AvailabilityZone")
    if cluster is None or zone is None:
        return None
    group = found.subnet_groups(view)[cluster.subnet_group]
    zones = {subnet.availability_zone for subnet in (view.find("subnet", one) for one in group.subnets) if subnet}
    return None if zone in zones else f"The DB subnet group has no subnet in the Availability Zone {zone}."


@rule(
    "rds",
    _BOTH,
    "CertificateNotFound",
    "the certificate authority exists",
    status=404,
    source="RDS API: CreateDBInstance, CertificateNotFoundFault",
)
def authority(call: Call, view: View) -> str | None:
    wanted = call.params.get("CACertificateIdentifier")
    return None if wanted in (None, *engines.AUTHORITIES) else f"Certificate {wanted} not found."


@rule(
    "rds",
    _BOTH,
    "InvalidParameterValue",
    "a promotion tier is between 0 and 15",
    source="RDS API: CreateDBInstance, PromotionTier",
)
def tier(call: Call, view: View) -> str | None:
    said = int(call.params.get("PromotionTier", 1))
    return None if 0 <= said <= 15 else "Promotion tier must be between 0 and 15."


@rule(
    "rds",
    _BOTH,
    "InvalidParameterCombination",
    "enhanced monitoring needs an interval, and then a role",
    source="RDS API: CreateDBInstance, MonitoringInterval",
)
def monitoring(call: Call, view: View) -> str | None:
    every = int(call.params.get("MonitoringInterval", 0))
    if every not in (0, 1, 5, 10, 15, 30, 60):
        return f"Invalid value for MonitoringInterval: {every}"
    one = instance_of(call, view)
    role = call.params.get("MonitoringRoleArn") or (one.said.get("MonitoringRoleArn") if one is not None else None)
    lacking = every and not role
    return (
        "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0."
        if lacking
        else None
    )
