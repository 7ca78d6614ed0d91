"""Rules that several operations share: each of them refuses, too, and lets pass what is right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.aurora import Place
from tests.sandbox.refusals import network, refused

MAIN = {"DBClusterIdentifier": "main"}
ONE = {"DBInstanceIdentifier": "main-1"}
PROXY = {"DBProxyName": "main-proxy"}
READ = {"DBProxyEndpointName": "main-read-only"}
UAT = {"DBClusterParameterGroupName": "uat"}
NONE = {"DBClusterParameterGroupName": "none"}
MINE = {"TargetGroupName": "mine"}
CLUSTERS = {"DBClusterIdentifiers": ["main"]}
GROUP = {"VpcSecurityGroupIds": ["sg-00000000000000000"]}
RESERVED = {"Tags": [{"Key": "aws:x", "Value": ""}]}
STATIC = {"Parameters": [{"ParameterName": "max_connections", "ApplyMethod": "immediate"}]}
SNAPSHOT = {"DBClusterSnapshotIdentifier": "now"}


@pytest.fixture
def whole(place: Place) -> Place:
    """A cluster with its writer behind a proxy with an endpoint, and parameter groups of two families."""
    for name, family in (("uat", "aurora-postgresql14"), ("old", "aurora-postgresql13")):
        place.rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description="x"
        )
    place.made(ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 1})
    place.made("fixed", writer=False)
    place.rds.create_db_instance(**place.instance("fixed-1", "fixed"))
    place.proxied()
    place.rds.create_db_proxy_endpoint(**PROXY, **READ, VpcSubnetIds=list(place.net.subnets))
    place.rds.create_db_cluster_snapshot(**MAIN, DBClusterSnapshotIdentifier="then")
    return place


TABLE: list[tuple[str, dict[str, Any], str]] = [
    ("stop_db_cluster", {"DBClusterIdentifier": "none"}, "DBClusterNotFoundFault"),
    ("create_db_cluster_snapshot", SNAPSHOT | {"DBClusterIdentifier": "none"}, "DBClusterNotFoundFault"),
    (
        "create_db_cluster_snapshot",
        MAIN | {"DBClusterSnapshotIdentifier": "then"},
        "DBClusterSnapshotAlreadyExistsFault",
    ),
    ("delete_db_cluster_snapshot", SNAPSHOT, "DBClusterSnapshotNotFoundFault"),
    ("modify_db_cluster", MAIN | NONE, "DBClusterParameterGroupNotFound"),
    ("modify_db_cluster", MAIN | {"DBClusterParameterGroupName": "old"}, "InvalidParameterCombination"),
    ("modify_db_cluster", MAIN | {"EngineLifecycleSupport": "never"}, "InvalidParameterValue"),
    ("modify_db_cluster", MAIN | {"BackupRetentionPeriod": 0}, "InvalidParameterValue"),
    ("modify_db_cluster", MAIN | GROUP, "InvalidParameterValue"),
    ("modify_db_instance", ONE | {"CACertificateIdentifier": "rds-ca-2019"}, "CertificateNotFound"),
    (
        "modify_db_instance",
        {"DBInstanceIdentifier": "fixed-1", "DBInstanceClass": "db.serverless"},
        "InvalidParameterCombination",
    ),
    ("modify_db_instance", ONE | {"MonitoringInterval": 60}, "InvalidParameterCombination"),
    ("modify_db_instance", ONE | {"PromotionTier": 16}, "InvalidParameterValue"),
    ("modify_db_proxy_endpoint", {"DBProxyEndpointName": "none"}, "DBProxyEndpointNotFoundFault"),
    ("modify_db_proxy_endpoint", {"DBProxyEndpointName": "main-proxy"}, "InvalidDBProxyEndpointStateFault"),
    ("modify_db_proxy_endpoint", READ | GROUP, "InvalidParameterValue"),
    ("register_db_proxy_targets", PROXY | MINE | CLUSTERS, "DBProxyTargetGroupNotFoundFault"),
    ("deregister_db_proxy_targets", PROXY | MINE | CLUSTERS, "DBProxyTargetGroupNotFoundFault"),
    ("describe_db_proxy_targets", PROXY | MINE, "DBProxyTargetGroupNotFoundFault"),
    ("describe_db_cluster_parameters", NONE, "DBParameterGroupNotFound"),
    ("reset_db_cluster_parameter_group", NONE | {"ResetAllParameters": True}, "DBParameterGroupNotFound"),
    ("reset_db_cluster_parameter_group", UAT | STATIC, "InvalidParameterCombination"),
    ("reset_db_cluster_parameter_group", UAT | {"Parameters": [{"ParameterName": "x"}]}, "InvalidParameterValue"),
    (
        "reset_db_cluster_parameter_group",
        {"DBClusterParameterGroupName": "default.aurora-postgresql14", "ResetAllParameters": True},
        "InvalidParameterValue",
    ),
    (
        "create_db_cluster_parameter_group",
        {"DBClusterParameterGroupName": "a", "DBParameterGroupFamily": "aurora-postgresql14", "Description": "x"}
        | RESERVED,
        "InvalidParameterValue",
    ),
]


@pytest.mark.parametrize(("ask", "params", "code"), TABLE, ids=[f"{ask}-{code}" for ask, _, code in TABLE])
def test_it_refuses(whole: Place, ask: str, params: dict[str, Any], code: str) -> None:
    assert refused(getattr(whole.rds, ask), **params) == code


def test_what_is_right_passes(whole: Place) -> None:
    rds = whole.rds
    rds.create_db_cluster_snapshot(**MAIN, **SNAPSHOT)
    rds.modify_db_cluster(**MAIN, **UAT, BackupRetentionPeriod=35, ApplyImmediately=True)
    watching = whole.role("*", "monitoring", service="monitoring.rds.amazonaws.com")
    unknown = {"MonitoringInterval": 60, "MonitoringRoleArn": watching + "-none"}
    assert refused(rds.modify_db_instance, **ONE, **unknown) == "InvalidParameterValue"
    rds.modify_db_instance(**ONE, MonitoringInterval=60, MonitoringRoleArn=watching)
    rds.modify_db_instance(**ONE, MonitoringInterval=30, CACertificateIdentifier="rds-ca-ecc384-g1")
    rds.modify_db_instance(**ONE, DBInstanceClass="db.serverless", ApplyImmediately=True)
    rds.modify_db_proxy_endpoint(**READ, VpcSecurityGroupIds=[whole.guard])
    rds.describe_db_proxy_targets(**PROXY, TargetGroupName="default")
    assert (whole.one()["DBInstanceClass"], whole.described()["DBClusterParameterGroup"]) == ("db.serverless", "uat")


def test_subnets_and_tags(whole: Place) -> None:
    rds, net = whole.rds, whole.net
    other = network(whole.ec2, second=31)
    change = rds.modify_db_subnet_group
    assert refused(change, DBSubnetGroupName="none", SubnetIds=list(net.subnets)) == "DBSubnetGroupNotFoundFault"
    mixed = [*net.subnets, other.subnets[0]]
    assert refused(change, DBSubnetGroupName="data", SubnetIds=mixed) == "InvalidSubnet"
    many = [
        whole.ec2.create_subnet(VpcId=net.vpc, CidrBlock=f"10.30.{number}.0/24")["Subnet"]["SubnetId"]
        for number in range(10, 30)
    ]
    twenty = [*net.subnets, *many]
    assert refused(change, DBSubnetGroupName="data", SubnetIds=twenty) == "DBSubnetQuotaExceededFault"
    change(DBSubnetGroupName="data", SubnetIds=twenty[:20])
    said = {"DBSubnetGroupName": "x", "DBSubnetGroupDescription": "x", "SubnetIds": list(net.subnets)}
    assert refused(rds.create_db_subnet_group, **said, **RESERVED) == "InvalidParameterValue"
    door = PROXY | {"DBProxyEndpointName": "x", "VpcSubnetIds": mixed}
    create = rds.create_db_proxy_endpoint
    assert refused(create, **door) == "InvalidSubnet"
    assert refused(create, **door | {"VpcSubnetIds": list(net.subnets)}, **RESERVED) == "InvalidParameterValue"


def test_states(slow_place: Place) -> None:
    place, rds = slow_place, slow_place.rds
    rds.create_db_cluster(**place.cluster())
    assert refused(rds.stop_db_cluster, **MAIN) == "InvalidDBClusterStateFault"
    assert refused(rds.create_db_cluster_snapshot, **MAIN, **SNAPSHOT) == "InvalidDBClusterStateFault"
    place.until(lambda: place.status() == "available")
    secret = place.secret()
    bare = {"Auth": [{"SecretArn": secret}], "RoleArn": place.role(secret)}
    assert refused(rds.create_db_proxy, **place.proxy(**bare)) == "InvalidParameterValue"  # the role is too new
    place.clock.sleep(30)
    rds.create_db_proxy(**place.proxy(**bare))
