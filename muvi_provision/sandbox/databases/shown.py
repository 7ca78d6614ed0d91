"""Aurora's objects in the shape of AWS's answers."""

from __future__ import annotations

import uuid
from typing import Any

from muvi_provision.sandbox.databases import engines, found, master
from muvi_provision.sandbox.databases.objects import Cluster, Instance, ParameterGroup, Snapshot, SubnetGroup
from muvi_provision.sandbox.view import View

Shown = dict[str, Any]
ZONE = "Z00000000000000000000"  # of the names that AWS gives to databases; another one in every region
_ZONES = 3  # aws-reality 4.2 g: the storage is in three zones, whatever was asked for


def subnet_group(view: View, one: SubnetGroup) -> Shown:
    subnets = [view.find("subnet", wanted) for wanted in one.subnets]
    return {
        "DBSubnetGroupName": one.name,
        "DBSubnetGroupDescription": one.description,
        "VpcId": one.vpc,
        "SubnetGroupStatus": "Complete",
        "Subnets": [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SubnetOutpost": {},
                "SubnetStatus": "Active",
            }
            for subnet in subnets
            if subnet is not None
        ],
        "DBSubnetGroupArn": one.arn,
        "SupportedNetworkTypes": ["IPV4"],
    }


def parameter_group(one: ParameterGroup) -> Shown:
    return {
        "DBClusterParameterGroupName": one.name,
        "DBParameterGroupFamily": one.family,
        "Description": one.description,
        "DBClusterParameterGroupArn": one.arn,
    }


_CLUSTER = (
    "AutoMinorVersionUpgrade",
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DatabaseName",
    "DeletionProtection",
    "EngineLifecycleSupport",
    "EngineVersion",
    "MasterUsername",
    "NetworkType",
    "Port",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "ServerlessV2ScalingConfiguration",
    "StorageEncrypted",
    "StorageType",
)


def cluster(view: View, one: Cluster) -> Shown:
    return {
        **{name: one.said[name] for name in _CLUSTER if name in one.said},
        "AllocatedStorage": 1,
        "AvailabilityZones": sorted(zone.name for zone in view.zones())[:_ZONES],
        "DBClusterIdentifier": one.name,
        "DBClusterArn": one.arn,
        "DbClusterResourceId": one.resource_id,
        "DBClusterParameterGroup": one.said["DBClusterParameterGroupName"],
        "DBSubnetGroup": one.subnet_group,
        "Status": one.status,
        "Endpoint": found.address(view, one.name, "cluster-"),
        "ReaderEndpoint": found.address(view, one.name, "cluster-ro-"),
        "MultiAZ": len(_members(view, one)) > 1,
        "Engine": found.ENGINE,
        "EngineMode": "provisioned",
        "ClusterCreateTime": one.made_at,
        "EarliestRestorableTime": one.made_at,
        "LatestRestorableTime": view.today,
        "DBClusterMembers": _members(view, one),
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group, "Status": "active"} for group in one.groups],
        "HostedZoneId": ZONE,
        "IAMDatabaseAuthenticationEnabled": bool(one.said.get("EnableIAMDatabaseAuthentication")),
        "EnabledCloudwatchLogsExports": sorted(one.said.get("EnableCloudwatchLogsExports", ())),
        "PendingModifiedValues": _pending(one),
        "AssociatedRoles": [],
        "HttpEndpointEnabled": False,
        "CrossAccountClone": False,
        "DomainMemberships": [],
        "TagList": one.get_tags(),
        **({"KmsKeyId": key_arn(view, one.said.get("KmsKeyId"))} if one.said["StorageEncrypted"] else {}),
        **master.shown(view, one, key_arn(view, one.said.get("MasterUserSecretKmsKeyId"))),
    }


def _members(view: View, one: Cluster) -> list[Shown]:
    return [
        {
            "DBInstanceIdentifier": item.name,
            "IsClusterWriter": item.name == one.writer,
            "DBClusterParameterGroupStatus": "in-sync",
            "PromotionTier": item.said["PromotionTier"],
        }
        for item in found.members(view, one.name)
    ]


def _pending(one: Cluster) -> Shown:
    spelt = {"EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled"}
    kept = {key: value for key, value in (one.pending | one.due).items() if key != "Port"}
    return {spelt.get(key, key): value for key, value in kept.items()}


def key_arn(view: View, key: str | None) -> str:
    """Of a key of ours, by id, ARN or alias, or of the one that RDS has in every account; empty when there is none."""
    if key is None or str(key).endswith("alias/aws/rds"):
        own = uuid.uuid5(uuid.NAMESPACE_URL, f"aws/rds/{view.account}/{view.region}")
        return f"arn:aws:kms:{view.region}:{view.account}:key/{own}"
    keys = view.backend("kms")
    named = keys.get_alias_name(key)
    wanted = next((one for one in keys.keys.values() if named in one.aliases), None) or keys.keys.get(
        keys.get_key_id(key)
    )
    return str(wanted.arn) if wanted is not None else ""


_INSTANCE = (
    "AutoMinorVersionUpgrade",
    "CACertificateIdentifier",
    "CopyTagsToSnapshot",
    "DBInstanceClass",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
    "PreferredMaintenanceWindow",
    "PromotionTier",
    "PubliclyAccessible",
)
_OF_CLUSTER = (
    "BackupRetentionPeriod",
    "EngineLifecycleSupport",
    "EngineVersion",
    "MasterUsername",
    "PreferredBackupWindow",
    "StorageEncrypted",
)


def instance(view: View, one: Instance) -> Shown:
    owner = found.clusters(view)[one.cluster]
    answering = one.status not in ("creating", "")
    host = {"Address": found.address(view, one.name, ""), "Port": owner.said["Port"], "HostedZoneId": ZONE}
    return {
        **{name: owner.said[name] for name in _OF_CLUSTER if name in owner.said},
        **{name: one.said[name] for name in _INSTANCE if name in one.said},
        "AllocatedStorage": 1,
        "AvailabilityZone": one.zone,
        "DBClusterIdentifier": one.cluster,
        "DBInstanceIdentifier": one.name,
        "DBInstanceArn": one.arn,
        "DbiResourceId": one.resource_id,
        "DBInstanceStatus": one.status,
        "DBParameterGroups": [
            {
                "DBParameterGroupName": engines.default_group(owner.said["EngineVersion"]),
                "ParameterApplyStatus": "in-sync",
            }
        ],
        "DBSubnetGroup": subnet_group(view, found.subnet_groups(view)[owner.subnet_group]),
        "DBName": owner.said.get("DatabaseName", "postgres"),
        "Engine": found.ENGINE,
        "DeletionProtection": False,
        "DbInstancePort": 0,
        "InstanceCreateTime": one.made_at,
        "LicenseModel": "postgresql-license",
        "MultiAZ": False,
        "NetworkType": "IPV4",
        "PendingModifiedValues": one.pending | one.due,
        "PerformanceInsightsEnabled": bool(one.said.get("EnablePerformanceInsights")),
        "IAMDatabaseAuthenticationEnabled": bool(owner.said.get("EnableIAMDatabaseAuthentication")),
        "EnabledCloudwatchLogsExports": sorted(owner.said.get("EnableCloudwatchLogsExports", ())),
        "StorageType": "aurora",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group, "Status": "active"} for group in owner.groups],
        "TagList": one.get_tags(),
        **({"Endpoint": host} if answering else {}),
        **({"KmsKeyId": key_arn(view, owner.said.get("KmsKeyId"))} if owner.said["StorageEncrypted"] else {}),
    }


def snapshot(one: Snapshot) -> Shown:
    return {
        "DBClusterSnapshotIdentifier": one.name,
        "DBClusterSnapshotArn": one.arn,
        "DBClusterIdentifier": one.cluster,
        "SnapshotCreateTime": one.made_at,
        "Engine": found.ENGINE,
        "EngineVersion": one.version,
        "SnapshotType": "manual",
        "Status": one.status,
        "PercentProgress": 100 if one.status == "available" else 0,
        "TagList": one.get_tags(),
    }
