"""Aurora clusters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.aurora import TAGS, Place
from tests.sandbox.conftest import Leaping
from tests.sandbox.refusals import group, network, refused

GONE = {"DBClusterIdentifier": "main", "SkipFinalSnapshot": True}
NOW = {"DBClusterIdentifier": "main", "ApplyImmediately": True}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"DBClusterIdentifier": "1a"}, "InvalidParameterValue"),
        ({"DBClusterIdentifier": "a--b"}, "InvalidParameterValue"),
        ({"DBClusterIdentifier": "a-"}, "InvalidParameterValue"),
        ({"DBClusterIdentifier": "a" * 64}, "InvalidParameterValue"),
        ({"MasterUsername": "admin"}, "InvalidParameterValue"),
        ({"MasterUsername": "rdsadmin"}, "InvalidParameterValue"),
        ({"MasterUsername": "1user"}, "InvalidParameterValue"),
        ({"MasterUsername": "a" * 17}, "InvalidParameterValue"),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "a" * 100}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with space in"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with/slash/in"}, "InvalidParameterValue"),
        ({"MasterUserPassword": 'with"quote"in'}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with@at@in"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with-ümlaut"}, "InvalidParameterValue"),
        ({"DatabaseName": "my-db"}, "InvalidParameterValue"),
        ({"BackupRetentionPeriod": 0}, "InvalidParameterValue"),
        ({"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
        ({"EngineVersion": "14.9"}, "InvalidParameterCombination"),
        ({"EngineVersion": "14.99"}, "InvalidParameterCombination"),
        ({"EnableCloudwatchLogsExports": ["audit"]}, "InvalidParameterCombination"),
        ({"StorageEncrypted": False, "KmsKeyId": "alias/aws/rds"}, "InvalidParameterCombination"),
        ({"EngineLifecycleSupport": "never"}, "InvalidParameterValue"),
        ({"KmsKeyId": "alias/none"}, "KMSKeyNotAccessibleFault"),
        ({"KmsKeyId": "0d0d0d0d-0000-0000-0000-000000000000"}, "KMSKeyNotAccessibleFault"),
        ({"DBSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault"),
        ({"DBClusterParameterGroupName": "none"}, "DBClusterParameterGroupNotFound"),
        ({"VpcSecurityGroupIds": ["sg-00000000000000000"]}, "InvalidParameterValue"),
        ({"Tags": [{"Key": "aws:x", "Value": ""}]}, "InvalidParameterValue"),
        ({"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
    ],
)
def test_what_a_cluster_is_made_of(place: Place, bad: dict[str, Any], code: str) -> None:
    assert refused(place.rds.create_db_cluster, **place.cluster(**bad)) == code
    assert place.rds.create_db_cluster(**place.cluster())


def test_what_must_be_said(place: Place) -> None:
    for name in ("MasterUsername", "MasterUserPassword"):
        said = place.cluster()
        del said[name]
        assert refused(place.rds.create_db_cluster, **said) == "InvalidParameterValue"


def test_without_extended_support_there_is_an_end(place: Place, clock: Leaping) -> None:
    """aws-reality 0.11, 4.4."""
    said = {"EngineLifecycleSupport": "open-source-rds-extended-support-disabled"}
    place.made("before", writer=False, **said)
    clock.sleep(100 * 86_400)
    assert refused(place.rds.create_db_cluster, **place.cluster(**said)) == "InvalidParameterCombination"
    place.made(writer=False)


def test_groups_are_of_the_same_vpc(place: Place) -> None:
    other = group(place.ec2, network(place.ec2, second=31).vpc)
    bad = place.cluster(VpcSecurityGroupIds=[other])
    assert refused(place.rds.create_db_cluster, **bad) == "InvalidVPCNetworkStateFault"
    place.made(writer=False)
    assert refused(place.rds.modify_db_cluster, **NOW, VpcSecurityGroupIds=[other]) == "InvalidVPCNetworkStateFault"


def test_a_cluster_as_it_is_shown(place: Place) -> None:
    said = {
        "EnableCloudwatchLogsExports": ["postgresql"],
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "DatabaseName": "app",
        "CopyTagsToSnapshot": True,
        "BackupRetentionPeriod": 3,
        "EngineVersion": "14",
    }
    place.made("Main", writer=False, **said)
    one = place.described("MAIN")
    assert {key: one[key] for key in ("DBClusterIdentifier", "Status", "DBSubnetGroup", "Port", "MasterUsername")} == {
        "DBClusterIdentifier": "main",
        "Status": "available",
        "DBSubnetGroup": "data",
        "Port": 5432,
        "MasterUsername": "postgres",
    }
    ask = {"Engine": "aurora-postgresql", "EngineVersion": "14", "DefaultOnly": True}
    (default,) = place.rds.describe_db_engine_versions(**ask)["DBEngineVersions"]
    assert one["EngineVersion"] == default["EngineVersion"]
    for key in ("EngineLifecycleSupport", "DatabaseName", "CopyTagsToSnapshot", "BackupRetentionPeriod"):
        assert one[key] == said[key]
    assert one["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert one["DBClusterParameterGroup"] == "default.aurora-postgresql14"
    assert len(one["AvailabilityZones"]) == 3
    assert one["VpcSecurityGroups"] == [{"VpcSecurityGroupId": place.guard, "Status": "active"}]
    assert one["Endpoint"].startswith("main.cluster-")
    assert one["ReaderEndpoint"].startswith("main.cluster-ro-")
    assert one["StorageEncrypted"]
    assert one["KmsKeyId"].startswith("arn:aws:kms:me-central-1:")
    assert one["TagList"] == TAGS
    assert one["DBClusterMembers"] == []


def test_a_password_that_rds_keeps(place: Place) -> None:
    said = place.cluster(ManageMasterUserPassword=True)
    del said["MasterUserPassword"]
    place.rds.create_db_cluster(**said)
    secret = place.described()["MasterUserSecret"]
    assert (secret["SecretStatus"], "secret:rds!cluster-" in secret["SecretArn"]) == ("active", True)
    held = place.secrets.get_secret_value(SecretId=secret["SecretArn"])["SecretString"]
    place.rds.create_db_instance(**place.instance())
    place.proxied(Auth=[{"SecretArn": secret["SecretArn"]}], RoleArn=place.role(secret["SecretArn"]))
    assert place.health() == [("AVAILABLE", "")]
    password = {"MasterUserPassword": "correct-horse"}
    change = place.rds.modify_db_cluster
    assert refused(change, **NOW, **password) == "InvalidParameterCombination"
    assert refused(change, **NOW, ManageMasterUserPassword=False) == "InvalidParameterCombination"
    change(**NOW, **password, ManageMasterUserPassword=False)
    assert "MasterUserSecret" not in place.described()
    find = place.secrets.describe_secret
    assert refused(find, SecretId=secret["SecretArn"]) == "ResourceNotFoundException"
    change(**NOW, ManageMasterUserPassword=True)
    again = place.described()["MasterUserSecret"]["SecretArn"]
    assert place.secrets.get_secret_value(SecretId=again)["SecretString"] != held
    place.rds.delete_db_instance(DBInstanceIdentifier="main-1")
    place.rds.delete_db_cluster(**GONE)
    place.rds.describe_db_clusters()
    assert refused(find, SecretId=again) == "ResourceNotFoundException"


def test_a_key_of_ours(place: Place, connect: Any) -> None:
    kms = connect(place.cloud, "kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/ours", TargetKeyId=key["KeyId"])
    for number, named in enumerate((key["KeyId"], key["Arn"], "alias/ours")):
        place.made(f"x{number}", writer=False, KmsKeyId=named)
        assert place.described(f"x{number}")["KmsKeyId"] == key["Arn"]


def test_clusters_are_listed(place: Place) -> None:
    find = place.rds.describe_db_clusters
    assert refused(find, DBClusterIdentifier="main") == "DBClusterNotFoundFault"
    for name in ("main", "other"):
        place.made(name, writer=False)
    named = [{"Name": "db-cluster-id", "Values": ["other"]}]
    assert [one["DBClusterIdentifier"] for one in find(Filters=named)["DBClusters"]] == ["other"]
    assert find(DBClusterIdentifier=place.described()["DBClusterArn"])["DBClusters"][0]["DBClusterIdentifier"] == "main"
    assert refused(find, Filters=[{"Name": "tag:x", "Values": ["y"]}]) == "InvalidParameterValue"


def test_the_tagging_service_lists_them(place: Place, connect: Any) -> None:
    place.made()
    found = connect(place.cloud, "resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["rds"])
    listed = {one["ResourceARN"]: one["Tags"] for one in found["ResourceTagMappingList"]}
    assert listed[place.described()["DBClusterArn"]] == TAGS
    assert listed[place.one()["DBInstanceArn"]] == TAGS


def test_names_are_taken(place: Place) -> None:
    create = place.rds.create_db_cluster
    place.made()
    assert refused(create, **place.cluster()) == "DBClusterAlreadyExistsFault"
    assert refused(create, **place.cluster("MAIN")) == "DBClusterAlreadyExistsFault"
    assert refused(create, **place.cluster("main-1")) == "DBClusterAlreadyExistsFault"  # an instance's


def test_a_name_is_free_once_the_cluster_is_gone(slow_place: Place, clock: Leaping) -> None:
    place, rds = slow_place, slow_place.rds
    rds.create_db_cluster(**place.cluster())
    assert place.status() == "creating"
    assert refused(rds.modify_db_cluster, **NOW, DeletionProtection=True) == "InvalidDBClusterStateFault"
    assert refused(rds.delete_db_cluster, **GONE) == "InvalidDBClusterStateFault"
    assert refused(rds.create_db_instance, **place.instance()) == "InvalidDBClusterStateFault"
    assert place.until(lambda: place.status() == "available") == pytest.approx(120, abs=5)
    rds.delete_db_cluster(**GONE)
    assert place.status() == "deleting"
    assert refused(rds.delete_db_cluster, **GONE) == "InvalidDBClusterStateFault"
    assert refused(rds.create_db_cluster, **place.cluster()) == "DBClusterAlreadyExistsFault"
    clock.sleep(121)
    assert refused(rds.delete_db_cluster, **GONE) == "DBClusterNotFoundFault"
    assert rds.describe_db_cluster_snapshots()["DBClusterSnapshots"] == []
    rds.create_db_cluster(**place.cluster())


def test_clusters_are_limited(place: Place) -> None:
    place.cloud.quotas |= {"db_clusters": 1}
    place.made(writer=False)
    assert refused(place.rds.create_db_cluster, **place.cluster("other")) == "DBClusterQuotaExceededFault"


def test_the_last_snapshot_is_wanted_or_not(place: Place) -> None:
    delete, named = place.rds.delete_db_cluster, {"DBClusterIdentifier": "main"}
    place.made(writer=False, CopyTagsToSnapshot=True)
    assert refused(delete, **named) == "InvalidParameterCombination"
    assert refused(delete, **GONE, FinalDBSnapshotIdentifier="last") == "InvalidParameterCombination"
    delete(**named, FinalDBSnapshotIdentifier="last")
    place.made(writer=False)
    assert refused(delete, **named, FinalDBSnapshotIdentifier="last") == "DBClusterSnapshotAlreadyExistsFault"
    find = place.rds.describe_db_cluster_snapshots
    (kept,) = find(DBClusterSnapshotIdentifier="last")["DBClusterSnapshots"]
    assert (kept["SnapshotType"], kept["TagList"]) == ("manual", TAGS)
    assert len(place.cloud.snapshot()["rds"]["me-central-1"]["db_cluster_snapshot"]) == 1
    place.rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="now", DBClusterIdentifier="main")
    for name in ("last", "now"):
        place.rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)
    assert refused(find, DBClusterSnapshotIdentifier="last") == "DBClusterSnapshotNotFoundFault"


def test_a_protected_cluster_is_not_deleted(place: Place) -> None:
    place.made(writer=False, DeletionProtection=True)
    assert refused(place.rds.delete_db_cluster, **GONE) == "InvalidParameterCombination"
    place.rds.modify_db_cluster(**NOW, DeletionProtection=False)
    assert place.status() == "available"
    place.rds.delete_db_cluster(**GONE)


def test_a_cluster_goes_after_its_instances(slow_place: Place, clock: Leaping) -> None:
    place, rds = slow_place, slow_place.rds
    place.made()
    assert refused(rds.delete_db_cluster, **GONE) == "InvalidDBClusterStateFault"
    rds.delete_db_instance(DBInstanceIdentifier="main-1")
    rds.delete_db_cluster(**GONE)
    clock.sleep(200)
    assert place.status() == "deleting"
    clock.sleep(225)
    assert refused(rds.describe_db_clusters, DBClusterIdentifier="main") == "DBClusterNotFoundFault"
    assert rds.describe_db_instances()["DBInstances"] == []


def test_a_cluster_is_changed(slow_place: Place, clock: Leaping) -> None:
    place, change = slow_place, slow_place.rds.modify_db_cluster
    place.made(EnableCloudwatchLogsExports=["postgresql"])
    other = group(place.ec2, place.net.vpc, "other")
    change(**NOW, VpcSecurityGroupIds=[other])
    assert place.status() == "modifying"
    assert refused(change, **NOW, MasterUserPassword="another-one") == "InvalidDBClusterStateFault"
    clock.sleep(31)
    assert place.status() == "available"
    assert [one["VpcSecurityGroupId"] for one in place.one()["VpcSecurityGroups"]] == [other]
    place.ec2.revoke_security_group_ingress(GroupId=place.guard, IpPermissions=place.rules(place.guard))
    place.ec2.delete_security_group(GroupId=place.guard)
    assert refused(place.ec2.delete_security_group, GroupId=other) == "DependencyViolation"
    before = place.cloud.snapshot()["rds"]["me-central-1"]["db_cluster"]
    change(**NOW, MasterUserPassword="another-one")
    after = place.cloud.snapshot()["rds"]["me-central-1"]["db_cluster"]
    assert [one["value"] for one in before.values()] != [one["value"] for one in after.values()]
    clock.sleep(31)
    logs = {"EnableLogTypes": ["instance"], "DisableLogTypes": ["postgresql"]}
    change(**NOW, CloudwatchLogsExportConfiguration=logs)
    assert place.described()["EnabledCloudwatchLogsExports"] == ["instance"]
    bad = {"EnableLogTypes": ["audit"]}
    assert refused(change, **NOW, CloudwatchLogsExportConfiguration=bad) == "InvalidParameterCombination"
    clock.sleep(31)
    assert refused(change, **NOW, MasterUserPassword="short") == "InvalidParameterValue"
    assert refused(change, **NOW, EngineVersion="14.9") == "InvalidParameterCombination"
    assert refused(change, DBClusterIdentifier="none") == "DBClusterNotFoundFault"


def test_some_changes_wait_for_the_window(place: Place) -> None:
    place.made(writer=False)
    change = place.rds.modify_db_cluster
    change(DBClusterIdentifier="main", BackupRetentionPeriod=7)
    one = place.described()
    assert (one["BackupRetentionPeriod"], one["PendingModifiedValues"]["BackupRetentionPeriod"]) == (1, 7)
    change(**NOW, BackupRetentionPeriod=7)
    one = place.described()
    assert (one["BackupRetentionPeriod"], one["PendingModifiedValues"]) == (7, {})
