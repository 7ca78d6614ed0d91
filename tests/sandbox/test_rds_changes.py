"""Aurora: what an upgrade, a new password and a snapshot take, and what is refused for want of room or of sense."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.aurora import Place
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.redis_stand import Stand
from tests.sandbox.refusals import refused

MAIN = {"DBClusterIdentifier": "main"}
NOW = MAIN | {"ApplyImmediately": True}


def test_an_upgrade_shows_once_it_is_done(slow_place: Place, clock: Leaping) -> None:
    place, change = slow_place, slow_place.rds.modify_db_cluster
    place.made()
    assert refused(change, **NOW, EngineVersion="14.20") == "InvalidParameterCombination"
    change(**NOW, EngineVersion="14.22")  # which it has
    assert place.status() == "available"
    change(**NOW, EngineVersion="14.23")
    seen = place.described()
    assert (seen["Status"], place.instance_status(), seen["EngineVersion"]) == ("upgrading", "upgrading", "14.22")
    assert seen["PendingModifiedValues"] == {"EngineVersion": "14.23"}
    clock.sleep(601)
    seen = place.described()
    assert (seen["Status"], place.instance_status(), seen["EngineVersion"]) == ("available", "available", "14.23")
    assert (place.one()["EngineVersion"], seen["PendingModifiedValues"]) == ("14.23", {})


def test_a_new_password_has_a_status_of_its_own(slow_place: Place, clock: Leaping) -> None:
    slow_place.made(writer=False)
    slow_place.rds.modify_db_cluster(**NOW, MasterUserPassword="another-one")
    assert slow_place.status() == "resetting-master-credentials"
    clock.sleep(31)
    assert slow_place.status() == "available"


def test_a_snapshot_takes_its_time(slow_place: Place, clock: Leaping) -> None:
    """aws-reality 1.2: the last one of a cluster keeps it longer."""
    place, rds, named = slow_place, slow_place.rds, {"DBClusterSnapshotIdentifier": "then"}
    place.made(writer=False)
    made = rds.create_db_cluster_snapshot(**MAIN, **named)["DBClusterSnapshot"]
    assert (made["Status"], made["PercentProgress"]) == ("creating", 0)
    assert refused(rds.delete_db_cluster_snapshot, **named) == "InvalidDBClusterSnapshotStateFault"
    clock.sleep(181)
    (found,) = rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert (found["Status"], found["PercentProgress"]) == ("available", 100)
    rds.delete_db_cluster_snapshot(**named)
    rds.delete_db_cluster(**MAIN, FinalDBSnapshotIdentifier="last")
    clock.sleep(200)
    assert place.status() == "deleting"
    clock.sleep(150)
    assert refused(rds.describe_db_clusters, **MAIN) == "DBClusterNotFoundFault"


def test_so_many_snapshots(clock: Leaping, connect: Connect) -> None:
    place = Place(Cloud(clock, quotas={"db_cluster_snapshots": 1}), connect, clock)
    place.made(writer=False)
    place.rds.create_db_cluster_snapshot(**MAIN, DBClusterSnapshotIdentifier="one")
    again = {"DBClusterSnapshotIdentifier": "two"}
    assert refused(place.rds.create_db_cluster_snapshot, **MAIN, **again) == "SnapshotQuotaExceeded"
    assert refused(place.rds.delete_db_cluster, **MAIN, FinalDBSnapshotIdentifier="two") == "SnapshotQuotaExceeded"
    place.rds.delete_db_cluster(**MAIN, SkipFinalSnapshot=True)


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("log_min_duration_statement", "500ms", "500"),
        ("log_min_duration_statement", "-2", "-1"),
        ("rds.force_ssl", "on", "1"),
        ("log_statement", "everything", "ddl"),
        ("max_connections", "1", "{DBInstanceClassMemory/9531392}"),
    ],
)
def test_what_a_parameter_takes(place: Place, name: str, bad: str, good: str) -> None:
    group = {"DBClusterParameterGroupName": "uat"}
    place.rds.create_db_cluster_parameter_group(
        **group, DBParameterGroupFamily="aurora-postgresql14", Description="ours"
    )
    change = place.rds.modify_db_cluster_parameter_group

    def said(value: str) -> dict[str, Any]:
        method = "pending-reboot" if name == "max_connections" else "immediate"
        return {"Parameters": [{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}]}

    assert refused(change, **group, **said(bad)) == "InvalidParameterValue"
    change(**group, **said(good))
    told = place.rds.describe_db_cluster_parameters(**group, Source="user")["Parameters"]
    assert [(one["ParameterName"], one["ParameterValue"], bool(one["AllowedValues"])) for one in told] == [
        (name, good, True)
    ]


@pytest.mark.parametrize(
    "tag", [{"Key": "a,b", "Value": "v"}, {"Key": "k", "Value": "(v)"}, {"Key": "k" * 129, "Value": ""}]
)
def test_how_tags_are_spelt(place: Place, clock: Leaping, connect: Connect, tag: dict[str, str]) -> None:
    assert refused(place.rds.create_db_cluster, **place.cluster(Tags=[tag])) == "InvalidParameterValue"
    place.rds.create_db_cluster(**place.cluster(Tags=[{"Key": "Owner", "Value": "a/b=c+d-e@f:g é"}]))
    stand = Stand(place.cloud, connect, clock)
    assert stand.refusing(Tags=[tag]) == "InvalidParameterValue"
    stand.make(Tags=[{"Key": "Owner", "Value": "a/b=c+d-e@f:g é"}])


def small(place: Place) -> list[str]:
    """Two subnets with one address left each."""
    made = []
    for number, zone in enumerate("ab"):
        said = {"CidrBlock": f"10.30.200.{16 * number}/28", "AvailabilityZone": f"me-central-1{zone}"}
        subnet = place.ec2.create_subnet(VpcId=place.net.vpc, **said)["Subnet"]["SubnetId"]
        made.append(subnet)
        for _ in range(10):
            place.ec2.create_network_interface(SubnetId=subnet)
    return made


def test_each_needs_an_address(place: Place, clock: Leaping, connect: Connect) -> None:
    """aws-reality 4.5 e."""
    subnets, rds = small(place), place.rds
    rds.create_db_subnet_group(DBSubnetGroupName="small", DBSubnetGroupDescription="x", SubnetIds=subnets)
    place.made(writer=False, DBSubnetGroupName="small")
    for number in range(2):
        rds.create_db_instance(**place.instance(f"main-{number}"))
    assert refused(rds.create_db_instance, **place.instance("main-2")) == "InvalidVPCNetworkStateFault"
    secret = place.secret()
    door = {"Auth": [{"SecretArn": secret}], "RoleArn": place.role(secret), "VpcSubnetIds": subnets}
    assert refused(rds.create_db_proxy, **place.proxy() | door) == "InsufficientAvailableIPsInSubnetFault"
    rds.create_db_proxy(**place.proxy() | door | {"VpcSubnetIds": list(place.net.subnets)})
    stand = Stand(place.cloud, connect, clock)
    stand.redis.create_cache_subnet_group(
        CacheSubnetGroupName="small", CacheSubnetGroupDescription="x", SubnetIds=subnets
    )
    guard = {"CacheSubnetGroupName": "small", "SecurityGroupIds": [place.guard]}
    assert stand.refusing(**guard) == "InvalidVPCNetworkStateFault"
    rds.delete_db_instance(DBInstanceIdentifier="main-0", SkipFinalSnapshot=True)
    rds.delete_db_instance(DBInstanceIdentifier="main-1", SkipFinalSnapshot=True)
    stand.make(**guard)
