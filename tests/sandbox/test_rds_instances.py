"""Aurora instances."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.aurora import TAGS, Place
from tests.sandbox.conftest import Leaping
from tests.sandbox.refusals import refused

ONE = {"DBInstanceIdentifier": "main-1"}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"name": "1a"}, "InvalidParameterValue"),
        ({"name": "main"}, "DBInstanceAlreadyExists"),  # a cluster's
        ({"cluster": "none"}, "DBClusterNotFoundFault"),
        ({"Engine": "postgres"}, "InvalidParameterCombination"),
        ({"EngineVersion": "14.6"}, "InvalidParameterCombination"),
        ({"DBInstanceClass": "db.r6g.medium"}, "InvalidParameterCombination"),
        ({"DBInstanceClass": "db.r7i.large"}, "InvalidParameterCombination"),
        ({"DBInstanceClass": "db.serverless"}, "InvalidParameterCombination"),
        ({"AllocatedStorage": 20}, "InvalidParameterCombination"),
        ({"MasterUsername": "postgres"}, "InvalidParameterCombination"),
        ({"MasterUserPassword": "x" * 10}, "InvalidParameterCombination"),
        ({"DBSubnetGroupName": "data"}, "InvalidParameterCombination"),
        ({"VpcSecurityGroupIds": ["sg-1"]}, "InvalidParameterCombination"),
        ({"BackupRetentionPeriod": 3}, "InvalidParameterCombination"),
        ({"StorageEncrypted": True}, "InvalidParameterCombination"),
        ({"CACertificateIdentifier": "rds-ca-2019"}, "CertificateNotFound"),
        ({"PromotionTier": 16}, "InvalidParameterValue"),
        ({"MonitoringInterval": 60}, "InvalidParameterCombination"),
        ({"MonitoringInterval": 7}, "InvalidParameterCombination"),
        ({"AvailabilityZone": "me-central-1z"}, "InvalidVPCNetworkStateFault"),
        ({"Tags": [{"Key": "aws:x", "Value": ""}]}, "InvalidParameterValue"),
    ],
)
def test_what_a_member_is_given(place: Place, bad: dict[str, Any], code: str) -> None:
    place.made(writer=False)
    assert refused(place.rds.create_db_instance, **place.instance(**bad)) == code
    assert place.rds.create_db_instance(**place.instance(EngineVersion="14"))


def test_an_instance_without_a_cluster_is_not_in_the_sandbox(place: Place) -> None:
    said = {key: value for key, value in place.instance().items() if key != "DBClusterIdentifier"}
    assert refused(place.rds.create_db_instance, **said) == "SandboxNotImplemented"


def test_serverless_has_a_range_first(place: Place) -> None:
    place.made(writer=False, ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 4})
    place.rds.create_db_instance(**place.instance(DBInstanceClass="db.serverless"))


def test_an_instance_as_it_is_shown(slow_place: Place) -> None:
    place = slow_place
    place.made(writer=False)
    made = place.rds.create_db_instance(**place.instance("Main-1", PromotionTier=0))["DBInstance"]
    assert (made["DBInstanceStatus"], "Endpoint" in made) == ("creating", False)
    assert place.until(lambda: place.instance_status() == "available") == pytest.approx(420, abs=5)
    one = place.one("MAIN-1")
    assert (one["DBInstanceIdentifier"], one["DBClusterIdentifier"], one["PromotionTier"]) == ("main-1", "main", 0)
    assert (one["CACertificateIdentifier"], one["PubliclyAccessible"]) == ("rds-ca-rsa2048-g1", False)
    assert one["DBSubnetGroup"]["DBSubnetGroupName"] == "data"
    assert one["Endpoint"]["Address"].startswith("main-1.")
    assert one["TagList"] == TAGS
    assert place.described()["DBClusterMembers"] == [
        {
            "DBInstanceIdentifier": "main-1",
            "IsClusterWriter": True,
            "DBClusterParameterGroupStatus": "in-sync",
            "PromotionTier": 0,
        }
    ]


def test_the_first_one_writes_until_it_goes(place: Place) -> None:
    place.made()
    place.rds.create_db_instance(**place.instance("main-2"))
    find = place.rds.describe_db_instances
    zones = {one["AvailabilityZone"] for one in find()["DBInstances"]}
    assert len(zones) == 2
    assert place.writers() == {"main-1": True, "main-2": False}
    place.rds.delete_db_instance(**ONE)
    assert refused(find, **ONE) == "DBInstanceNotFound"
    assert place.writers() == {"main-2": True}
    place.rds.delete_db_instance(DBInstanceIdentifier="main-2")
    assert place.writers() == {}  # the last one may go


def test_instances_are_listed(place: Place) -> None:
    place.made()
    place.made("other")
    ask = place.rds.describe_db_instances
    for name in ("other", place.described("other")["DBClusterArn"]):
        found = ask(Filters=[{"Name": "db-cluster-id", "Values": [name]}])["DBInstances"]
        assert [one["DBInstanceIdentifier"] for one in found] == ["other-1"]
    assert refused(place.rds.create_db_instance, **place.instance()) == "DBInstanceAlreadyExists"


def test_instances_are_limited(place: Place) -> None:
    place.made()
    place.cloud.quotas |= {"db_instances": 1}
    assert refused(place.rds.create_db_instance, **place.instance("main-2")) == "InstanceQuotaExceeded"
    place.cloud.quotas |= {"db_instances": 40}
    for number in range(2, 17):
        place.rds.create_db_instance(**place.instance(f"main-{number}"))
    assert refused(place.rds.create_db_instance, **place.instance("main-17")) == "InvalidParameterCombination"


def test_an_instance_is_changed(slow_place: Place, clock: Leaping) -> None:
    place, change = slow_place, slow_place.rds.modify_db_instance
    place.made()
    assert refused(change, DBInstanceIdentifier="none") == "DBInstanceNotFound"
    assert refused(change, **ONE, DBInstanceClass="db.r6g.medium") == "InvalidParameterCombination"
    assert refused(change, **ONE, BackupRetentionPeriod=3) == "InvalidParameterCombination"
    change(**ONE, PromotionTier=3, AutoMinorVersionUpgrade=False)
    assert (place.one()["PromotionTier"], place.instance_status()) == (3, "available")
    change(**ONE, DBInstanceClass="db.t4g.large")
    one = place.one()
    assert (one["DBInstanceClass"], one["PendingModifiedValues"]) == (
        "db.t4g.medium",
        {"DBInstanceClass": "db.t4g.large"},
    )
    change(**ONE, DBInstanceClass="db.t4g.large", ApplyImmediately=True)
    seen = []
    for seconds in (0, 16, 285, 20):  # accepted, and shown as it was; begun; still under way; done
        clock.sleep(seconds)
        one = place.one()
        seen.append((one["DBInstanceStatus"], one["DBInstanceClass"], bool(one["PendingModifiedValues"])))
        if one["DBInstanceStatus"] == "modifying":
            assert refused(change, **ONE, PromotionTier=1) == "InvalidDBInstanceState"
    assert seen == [
        ("available", "db.t4g.medium", True),
        ("modifying", "db.t4g.medium", True),
        ("modifying", "db.t4g.medium", True),
        ("available", "db.t4g.large", False),
    ]


def test_an_instance_holds_its_subnet_and_its_groups(slow_place: Place, clock: Leaping) -> None:
    place, delete = slow_place, slow_place.rds.delete_db_instance
    place.made(writer=False)
    place.rds.create_db_instance(**place.instance())
    assert refused(delete, **ONE) == "InvalidDBInstanceState"
    place.until(lambda: place.instance_status() == "available")
    assert refused(delete, **ONE, FinalDBSnapshotIdentifier="x") == "InvalidParameterCombination"
    delete(**ONE, SkipFinalSnapshot=True)
    assert place.instance_status() == "deleting"
    assert refused(delete, **ONE) == "InvalidDBInstanceState"
    held = place.ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [place.net.vpc]}])
    (interface,) = held["NetworkInterfaces"]
    assert (interface["Description"], interface["Groups"][0]["GroupId"]) == ("RDSNetworkInterface", place.guard)
    assert refused(place.ec2.delete_subnet, SubnetId=interface["SubnetId"]) == "DependencyViolation"
    assert refused(place.ec2.delete_security_group, GroupId=place.guard) == "DependencyViolation"
    clock.sleep(421)
    assert refused(delete, **ONE) == "DBInstanceNotFound"
    place.ec2.delete_subnet(SubnetId=interface["SubnetId"])
    place.ec2.delete_security_group(GroupId=place.guard)
