"""Aurora PostgreSQL clusters: the storage, the names and the master user; what runs in one is in ``instances.py``.

Facts: aws-reality 4.2 and 4.4. AvailabilityZones are never sent and never compared: Aurora has three of its own choice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.tagged import ranked, unless_gone
from muvi_provision.day2_data import failures
from muvi_provision.day2_data.db_groups import ClusterParameterGroup, DbSubnetGroup
from muvi_provision.day2_data.db_offers import ENGINE, is_pinned, newest, require_version
from muvi_provision.day2_data.secrets import MASTER_USER, PORT, Secret
from muvi_provision.errors import StepFailed
from muvi_provision.resource import Change, Handle, Live, Resource

VOUCHED_FOR = "muvi:secret-version"
NO_EXTENDED_SUPPORT = "open-source-rds-extended-support-disabled"


class AuroraCluster(
    Resource,
    ready="db_cluster_available",
    gone="db_cluster_gone",
    mutable={"groups", "parameter_group", "version", "secret_version", "protected", "backup_days", "log_exports"},
    outputs={"arn", "writer_host", "reader_host", "secret_arn"},
    within="subnet_group",
    name_limit=63,
    actions={
        "rds:AddTagsToResource", "rds:CreateDBCluster", "rds:DeleteDBCluster", "rds:DescribeDBClusters",
        "rds:DescribeDBEngineVersions", "rds:ModifyDBCluster", "rds:StartDBCluster", "secretsmanager:GetSecretValue",
        # what RDS does in the caller's name where it keeps the master user's password itself
        "kms:DescribeKey", "secretsmanager:CreateSecret", "secretsmanager:TagResource",
    },
    card="aurora",
):  # fmt: skip
    """One database with encrypted storage, in subnets without a way in.

    version: one (14.22), or a major one (14): the newest there is when it is made, and not compared after that.
    secret, secret_version: the secret with the master user, and which version of it, kept as a tag: a new version
    changes the password. Without a secret RDS makes one itself and rotates it.
    log_exports: which logs go to CloudWatch. protected: AWS refuses to delete it; a teardown switches that off.
    Outputs: ``arn``, ``writer_host``, ``reader_host``; ``secret_arn``, of the secret that RDS made ("" if it is ours).
    """

    subnet_group: Handle[DbSubnetGroup]
    groups: tuple[Handle[SecurityGroup], ...]
    database_name: str
    version: str
    parameter_group: Handle[ClusterParameterGroup] | str
    secret: Handle[Secret] | None = None
    secret_version: str = ""
    protected: bool = False
    backup_days: int = 1
    log_exports: frozenset[str] = frozenset()

    def before(self, aws: Aws) -> None:
        require_version(aws, self.version, self.address)

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        name = aws.physical(self).lower()
        raw = next((each for each in clusters(aws) if each["DBClusterIdentifier"] == name), None)
        if raw is None:
            return None
        failure = failures.told(aws, raw["Status"], "db-cluster", name)
        return Live(name, {**raw, **failure}, tags.read(raw.get("TagList")))

    def create(self, aws: Aws) -> str:
        made = aws.rds.create_db_cluster(
            DBClusterIdentifier=aws.physical(self).lower(),
            Engine=ENGINE,
            EngineVersion=newest(aws, self.version),
            EngineLifecycleSupport=NO_EXTENDED_SUPPORT,
            DatabaseName=self.database_name,
            Port=PORT,
            DBSubnetGroupName=self.subnet_group.id,
            VpcSecurityGroupIds=[group.id for group in self.groups],
            DBClusterParameterGroupName=_named(self.parameter_group),
            StorageEncrypted=True,
            CopyTagsToSnapshot=True,
            BackupRetentionPeriod=self.backup_days,
            DeletionProtection=self.protected,
            EnableCloudwatchLogsExports=sorted(self.log_exports),
            Tags=[*aws.tag_pairs(self), *self._vouching()],
            **{"MasterUsername": MASTER_USER, **self._password(aws)},
        )
        return made["DBCluster"]["DBClusterIdentifier"]

    def observe(self, live: Live) -> dict[str, Any]:
        raw = live.raw
        return {
            "subnet_group": raw["DBSubnetGroup"],
            "groups": ranked((each["VpcSecurityGroupId"] for each in raw["VpcSecurityGroups"]), self.groups),
            "database_name": raw.get("DatabaseName", ""),
            "parameter_group": raw["DBClusterParameterGroup"],
            "secret_version": "" if raw.get("MasterUserSecret") else live.tags.get(VOUCHED_FOR, "unknown"),
            "protected": raw.get("DeletionProtection", False),
            "backup_days": raw["BackupRetentionPeriod"],
            "log_exports": frozenset(raw.get("EnabledCloudwatchLogsExports", ())),
            **({"version": raw["EngineVersion"]} if is_pinned(self.version) else {}),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """At once, not in the maintenance window; the tag that vouches for a password comes after it."""
        changed = {change.field for change in changes}
        said = self._changed(aws, live, changed)
        aws.rds.modify_db_cluster(DBClusterIdentifier=live.id, ApplyImmediately=True, **said)
        if "secret_version" in changed:
            arn = live.raw["DBClusterArn"]
            aws.rds.add_tags_to_resource(ResourceName=arn, Tags=tags.pairs({VOUCHED_FOR: self.secret_version}))

    def _changed(self, aws: Aws, live: Live, changed: set[str]) -> dict[str, Any]:
        exported, wanted = set(live.raw.get("EnabledCloudwatchLogsExports", ())), set(self.log_exports)
        spelt: dict[str, dict[str, Any]] = {
            "groups": {"VpcSecurityGroupIds": [group.id for group in self.groups]},
            "parameter_group": {"DBClusterParameterGroupName": _named(self.parameter_group)},
            "version": {"EngineVersion": self.version},
            "protected": {"DeletionProtection": self.protected},
            "backup_days": {"BackupRetentionPeriod": self.backup_days},
            "log_exports": {
                "CloudwatchLogsExportConfiguration": {
                    "EnableLogTypes": sorted(wanted - exported),
                    "DisableLogTypes": sorted(exported - wanted),
                }
            },
        }
        said = {key: value for field in changed & spelt.keys() for key, value in spelt[field].items()}
        if "secret_version" not in changed:
            return said
        own = {"ManageMasterUserPassword": False} if self.secret and live.raw.get("MasterUserSecret") else {}
        return {**said, **own, **self._password(aws, again=True)}

    def delete(self, aws: Aws, live: Live) -> None:
        """Started and unprotected first, which AWS takes its time over: it refuses meanwhile, and we come back."""
        with unless_gone():
            if live.raw["Status"] == "deleting":
                return
            if live.raw["Status"] == "stopped":
                aws.rds.start_db_cluster(DBClusterIdentifier=live.id)
            if live.raw.get("DeletionProtection"):
                off: Any = {"DeletionProtection": False, "ApplyImmediately": True}
                aws.rds.modify_db_cluster(DBClusterIdentifier=live.id, **off)
            aws.rds.delete_db_cluster(DBClusterIdentifier=live.id, SkipFinalSnapshot=True)

    def outputs(self, live: Live) -> dict[str, str]:
        return {
            "arn": live.raw["DBClusterArn"],
            "writer_host": live.raw.get("Endpoint", ""),
            "reader_host": live.raw.get("ReaderEndpoint", ""),
            "secret_arn": live.raw.get("MasterUserSecret", {}).get("SecretArn", ""),
        }

    def _vouching(self) -> list[Any]:
        return tags.pairs({VOUCHED_FOR: self.secret_version}) if self.secret else []

    def _password(self, aws: Aws, *, again: bool = False) -> dict[str, Any]:
        """The password as of that version of the secret, read and sent once; or AWS's own keeping of it."""
        if self.secret is None:
            return {"ManageMasterUserPassword": True}
        chosen = {"SecretId": self.secret.id, "VersionId": self.secret_version}
        said = _master_user(aws.secretsmanager.get_secret_value(**chosen)["SecretString"], self.address, self.secret.id)
        password = {"MasterUserPassword": said["password"]}
        return password if again else {"MasterUsername": said["username"], **password}


def clusters(aws: Aws) -> list[dict[str, Any]]:
    """Every cluster of the region."""
    return aws.listing("rds", "describe_db_clusters", "DBClusters")


def _named(group: Handle[ClusterParameterGroup] | str) -> str:
    return group if isinstance(group, str) else group.id


def _master_user(text: str, where: str, secret: str) -> Mapping[str, str]:
    """What a secret says of the master user. Raises StepFailed for anything else, without repeating it."""
    try:
        said = json.loads(text)
        return {"username": str(said["username"]), "password": str(said["password"])}
    except (ValueError, KeyError, TypeError):
        why = "it should be JSON with username and password"
        again = f"aws secretsmanager put-secret-value --secret-id {secret} --secret-string file://master-user.json"
        what = "the secret of the master user cannot be read"
        raise StepFailed(what, where=where, why=why, next=(again, "muvi run")) from None
