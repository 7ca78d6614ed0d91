"""Aurora clusters: names, passwords, and what one may be made of. When it may be changed: ``rds_clusters_life``."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import engines, found
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
    source="RDS API: ModifyDBCluster, ManageMasterUserPassword",
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


@rule(
    "rds",
    "CreateDBCluster",
    "InvalidParameterCombination",
    "a key goes with encrypted storage only",
    source="RDS API: CreateDBCluster, KmsKeyId",
)
def key_without_encryption(call: Call, view: View) -> str | None:
    bad = call.params.get("KmsKeyId") and not call.params.get("StorageEncrypted")
    return "You can't specify a KMS key ID for an unencrypted DB cluster." if bad else None


@rule(
    "rds",
    ("CreateDBCluster", "ModifyDBCluster"),
    "InvalidParameterValue",
    "backups are kept for 1 to 35 days",
    source="RDS API: CreateDBCluster, BackupRetentionPeriod",
)
def retention(call: Call, view: View) -> str | None:
    days = int(call.params.get("BackupRetentionPeriod", 1))
    return None if 1 <= days <= 35 else f"Invalid backup retention period: {days}. Must be between 1 and 35."


@rule(
    "rds",
    ("CreateDBCluster", "ModifyDBCluster"),
    "InvalidParameterCombination",
    "only logs that the engine has",
    source="RDS API: CreateDBCluster, EnableCloudwatchLogsExports",
)
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


@rule(
    "rds",
    ("CreateDBCluster", "ModifyDBCluster"),
    "InvalidParameterValue",
    "a known support agreement",
    source="RDS API: CreateDBCluster, EngineLifecycleSupport",
)
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
