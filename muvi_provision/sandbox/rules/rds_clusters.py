"""Aurora clusters: names, passwords, what a cluster may be made of, and when it may be changed or deleted."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import engines, found
from muvi_provision.sandbox.databases.objects import Cluster
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_IDENTIFIER = re.compile(r"[a-z](-?[a-z0-9])*")
_RESERVED = {
    "admin",
    "rdsadmin",
    "rds_superuser",
    "rdsrepladmin",
    "rdsproxyadmin",
    "rdstopmgr",
    "user",
    "public",
    "all",
}
_RESERVED |= {"select", "table", "default", "group", "order", "where", "from", "to", "grant", "analyze", "primary"}
_FORBIDDEN = set("/\"'@ ")


@rule(
    "rds",
    ("CreateDBCluster", "CreateDBInstance"),
    "InvalidParameterValue",
    "an identifier: 1-63 letters, digits and single hyphens, a letter first",
    source="4.2 a",
)
def identifier(call: Call, view: View) -> str | None:
    name = "DBClusterIdentifier" if call.operation == "CreateDBCluster" else "DBInstanceIdentifier"
    wanted = str(call.params[name]).lower()
    good = len(wanted) <= 63 and _IDENTIFIER.fullmatch(wanted)
    allowed = "Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens"
    return None if good else f"The parameter {name} is not a valid identifier. {allowed}"


@rule(
    "rds",
    "CreateDBCluster",
    "DBClusterAlreadyExistsFault",
    "an identifier is free, also of instances",
    source="4.2 a, c",
)
def cluster_exists(call: Call, view: View) -> str | None:
    name = found.plain(call.params["DBClusterIdentifier"])
    taken = name in found.clusters(view) or name in found.instances(view)
    return "DB Cluster already exists" if taken else None


@rule("rds", "CreateDBCluster", "DBClusterQuotaExceededFault", "a region holds 40 clusters", source="4.2 i")
def too_many_clusters(call: Call, view: View) -> str | None:
    full = len(found.clusters(view)) >= view.quotas["db_clusters"]
    return "The quota for DB clusters has been exceeded." if full else None


@rule(
    "rds",
    "CreateDBCluster",
    "InvalidParameterValue",
    "a master user: 1-16 letters, digits and _, not reserved",
    source="4.2 a",
)
def master_user(call: Call, view: View) -> str | None:
    user = str(call.params.get("MasterUsername") or "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,15}", user):
        return "The parameter MasterUsername is not a valid identifier, or it is missing"
    reserved = user.lower() in _RESERVED
    return f"MasterUsername {user} cannot be used as it is a reserved word used by the engine" if reserved else None


@rule(
    "rds",
    ("CreateDBCluster", "ModifyDBCluster"),
    "InvalidParameterValue",
    "a password: 8-99 printable characters, none of / \" ' @ or space",
    source="4.2 a",
)
def master_password(call: Call, view: View) -> str | None:
    password = call.params.get("MasterUserPassword")
    if password is None:
        needed = call.operation == "CreateDBCluster" and not call.params.get("ManageMasterUserPassword")
        return "The parameter MasterUserPassword must be provided and must not be blank." if needed else None
    if not 8 <= len(password) <= 99:
        length = "because it is shorter than 8 or longer than 99 characters."
        return f"The parameter MasterUserPassword is not a valid password {length}"
    good = all("!" <= one <= "~" and one not in _FORBIDDEN for one in password)
    allowed = "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."
    return None if good else f"The parameter MasterUserPassword is not a valid password. {allowed}"


@rule(
    "rds",
    ("CreateDBCluster", "ModifyDBCluster"),
    "InvalidParameterCombination",
    "a password is ours or is kept by RDS, not both",
)
def password_kept(call: Call, view: View) -> str | None:
    said, password = call.params.get("ManageMasterUserPassword"), call.params.get("MasterUserPassword")
    one = found.clusters(view).get(found.plain(call.params["DBClusterIdentifier"]))
    kept = one is not None and bool(one.secret) and call.operation == "ModifyDBCluster"
    if password is not None and (said or (kept and said is None)):
        return "You can't specify MasterUserPassword for a DB cluster whose password is managed by AWS Secrets Manager."
    lacking = kept and said is False and password is None
    return "MasterUserPassword is required to turn off password management." if lacking else None


@rule(
    "rds",
    "CreateDBCluster",
    "InvalidParameterValue",
    "a database name: 1-64 letters and digits, a letter first",
    source="4.2 a",
)
def database_name(call: Call, view: View) -> str | None:
    name = call.params.get("DatabaseName")
    good = name is None or (re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", name) and name.lower() not in _RESERVED)
    return None if good else f"DatabaseName {name} is not valid or is a reserved word for this engine"


@rule("rds", "CreateDBCluster", "InvalidParameterCombination", "a key goes with encrypted storage only")
def key_without_encryption(call: Call, view: View) -> str | None:
    bad = call.params.get("KmsKeyId") and not call.params.get("StorageEncrypted")
    return "You can't specify a KMS key ID for an unencrypted DB cluster." if bad else None


@rule("rds", ("CreateDBCluster", "ModifyDBCluster"), "InvalidParameterValue", "backups are kept for 1 to 35 days")
def retention(call: Call, view: View) -> str | None:
    days = int(call.params.get("BackupRetentionPeriod", 1))
    return None if 1 <= days <= 35 else f"Invalid backup retention period: {days}. Must be between 1 and 35."


@rule("rds", ("CreateDBCluster", "ModifyDBCluster"), "InvalidParameterCombination", "only logs that the engine has")
def known_logs(call: Call, view: View) -> str | None:
    said = call.params.get("CloudwatchLogsExportConfiguration", {})
    named = (
        *call.params.get("EnableCloudwatchLogsExports", ()),
        *said.get("EnableLogTypes", ()),
        *said.get("DisableLogTypes", ()),
    )
    unknown = [one for one in named if one not in engines.LOGS]
    if not unknown:
        return None
    return f"You cannot use the log types '{', '.join(unknown)}' with {found.ENGINE}: it has {', '.join(engines.LOGS)}"


@rule("rds", ("CreateDBCluster", "ModifyDBCluster"), "InvalidParameterValue", "a known support agreement")
def support(call: Call, view: View) -> str | None:
    said = call.params.get("EngineLifecycleSupport", "open-source-rds-extended-support")
    known = ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled")
    return None if said in known else f"Invalid engine lifecycle support: {said}"


@rule(
    "rds",
    "CreateDBCluster",
    "InvalidParameterCombination",
    "after standard support it must be extended support",
    source="4.4",
)
def support_ended(call: Call, view: View) -> str | None:
    refused = call.params.get("EngineLifecycleSupport") == "open-source-rds-extended-support-disabled"
    message = "The engine version has reached the end of standard support, and extended support is disabled."
    return message if refused and view.today > engines.ENDS else None


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


@rule("rds", "StopDBCluster", "InvalidDBInstanceState", "all instances of a cluster that is stopped are available")
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
