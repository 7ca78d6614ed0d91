"""The machines of an Aurora cluster: one that writes, and readers beside it.

Facts: aws-reality 4.3. What belongs to the cluster (storage, users, groups, backups) is never said of an instance.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day2_data import failures
from muvi_provision.day2_data.aurora import AuroraCluster
from muvi_provision.day2_data.db_offers import ENGINE, price_id, require_class
from muvi_provision.errors import AwsRefused
from muvi_provision.resource import Change, Handle, Live, Resource

SERVERLESS = "db.serverless"
AUTHORITY = "rds-ca-rsa2048-g1"  # whose certificate the database shows to its clients


class AuroraInstance(
    Resource,
    ready="db_instance_available",
    gone="db_instance_gone",
    awaits={"cluster", "writer"},
    mutable={"instance_class", "tier", "upgrades_itself", "authority", "public"},
    within="cluster",
    name_limit=63,
    actions={
        "rds:AddTagsToResource", "rds:CreateDBInstance", "rds:DeleteDBInstance", "rds:DescribeDBEngineVersions",
        "rds:DescribeDBInstances", "rds:DescribeOrderableDBInstanceOptions", "rds:ModifyDBInstance",
        "rds:StartDBCluster",
    },
    card="aurora",
):  # fmt: skip
    """One machine. The first in a cluster writes, so a reader waits for its ``writer``.

    version: the cluster's, only to see whether the class can be had. tier: who takes over first when a writer fails.
    upgrades_itself: whether AWS moves it to newer minor versions in the maintenance window.
    also: other classes that somebody sets at their hours (day 5's workflow), which are as good as ``instance_class``.
    """

    cluster: Handle[AuroraCluster]
    instance_class: str
    version: str
    tier: int
    writer: Handle[AuroraInstance] | None = None
    upgrades_itself: bool = True
    authority: str = AUTHORITY
    public: bool = False
    also: tuple[str, ...] = ()

    def before(self, aws: Aws) -> None:
        if self.instance_class == SERVERLESS:
            raise AwsRefused(
                f"{SERVERLESS} needs bounds between which it scales, which no environment file can say yet",
                where=self.address,
                why="AWS refuses it in a cluster without them",
                next=("muvi config show",),
            )
        require_class(aws, self.instance_class, self.version, self.address)

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        name = aws.physical(self).lower()
        raw = next((each for each in instances(aws) if each["DBInstanceIdentifier"] == name), None)
        if raw is None:
            return None
        failure = failures.told(aws, raw["DBInstanceStatus"], "db-instance", name)
        return Live(name, {**raw, **failure}, tags.read(raw.get("TagList")))

    def create(self, aws: Aws) -> str:
        made = aws.rds.create_db_instance(
            DBInstanceIdentifier=aws.physical(self).lower(),
            DBClusterIdentifier=self.cluster.id,
            Engine=ENGINE,
            Tags=aws.tag_pairs(self),
            **self._settings(),
        )
        return made["DBInstance"]["DBInstanceIdentifier"]

    def _settings(self) -> dict[str, Any]:
        return {
            "DBInstanceClass": self.instance_class,
            "PromotionTier": self.tier,
            "AutoMinorVersionUpgrade": self.upgrades_itself,
            "CACertificateIdentifier": self.authority,
            "PubliclyAccessible": self.public,
        }

    def observe(self, live: Live) -> dict[str, Any]:
        raw = live.raw
        size = raw["DBInstanceClass"]
        return {
            "cluster": raw.get("DBClusterIdentifier", ""),
            "instance_class": self.instance_class if size in self.also else size,
            "tier": raw["PromotionTier"],
            "upgrades_itself": raw["AutoMinorVersionUpgrade"],
            "authority": raw.get("CACertificateIdentifier", self.authority),
            "public": raw["PubliclyAccessible"],
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """At once, which restarts it when its class changes."""
        spelt = {
            "instance_class": "DBInstanceClass",
            "tier": "PromotionTier",
            "upgrades_itself": "AutoMinorVersionUpgrade",
            "authority": "CACertificateIdentifier",
            "public": "PubliclyAccessible",
        }
        settings = self._settings()
        said = {spelt[change.field]: settings[spelt[change.field]] for change in changes if change.field in spelt}
        aws.rds.modify_db_instance(DBInstanceIdentifier=live.id, ApplyImmediately=True, **said)

    def delete(self, aws: Aws, live: Live) -> None:
        """No final snapshot: the cluster has them. One of a stopped cluster is started first, or AWS refuses."""
        with unless_gone():
            if live.raw["DBInstanceStatus"] == "deleting":
                return
            if live.raw["DBInstanceStatus"] == "stopped":
                aws.rds.start_db_cluster(DBClusterIdentifier=live.raw["DBClusterIdentifier"])
            aws.rds.delete_db_instance(DBInstanceIdentifier=live.id, SkipFinalSnapshot=True)

    def costs(self) -> tuple[tuple[str, float], ...]:
        return ((price_id(self.instance_class), 1.0),)


def instances(aws: Aws) -> list[dict[str, Any]]:
    """Every database machine of the region."""
    return aws.listing("rds", "describe_db_instances", "DBInstances")
