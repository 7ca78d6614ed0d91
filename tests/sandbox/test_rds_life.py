"""Aurora and its proxies over their whole life: nothing that is right may be refused, and nothing is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.aurora import PASSWORD, Place
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.refusals import refused

SECRET = "arn:aws:secretsmanager:me-central-1:000011112222:secret:none-AbCdEf"
NAMES = ("main", "identity", "payments", "fb", "offers", "notification")


class Data:
    """Six clusters with their writers, one with a reader, and a proxy with a read-only endpoint before it."""

    def __init__(self, cloud: Cloud, connect: Connect, clock: Leaping) -> None:
        self.place = Place(cloud, connect, clock)
        self.rds = self.place.rds
        self.secret = self.place.secret()
        self.role = self.place.role(self.secret)
        clock.sleep(30)

    def build(self) -> None:
        place = self.place
        self.rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName="uat", DBParameterGroupFamily="aurora-postgresql14", Description="ours"
        )
        for name in NAMES:
            self.rds.create_db_cluster(**place.cluster(name, DBClusterParameterGroupName="uat"))
        place.until(lambda: {place.status(name) for name in NAMES} == {"available"})
        for name in NAMES:
            self.rds.create_db_instance(**place.instance(f"{name}-1", name))
        place.until(lambda: {place.instance_status(f"{name}-1") for name in NAMES} == {"available"})
        self.rds.create_db_instance(**place.instance("main-2"))
        place.until(lambda: place.instance_status("main-2") == "available")
        place.proxied(Auth=[{"SecretArn": self.secret}], RoleArn=self.role)
        said = {"VpcSubnetIds": list(place.net.subnets), "VpcSecurityGroupIds": [place.proxy_guard]}
        self.rds.create_db_proxy_endpoint(
            DBProxyName="main-proxy", DBProxyEndpointName="main-read-only", TargetRole="READ_ONLY", **said
        )
        place.until(lambda: place.health() == [("AVAILABLE", "")] * 2)

    def tear_down(self) -> None:
        place, rds = self.place, self.rds
        place.until(lambda: self._endpoint() == "available")
        rds.delete_db_proxy_endpoint(DBProxyEndpointName="main-read-only")
        rds.delete_db_proxy(DBProxyName="main-proxy")
        place.until(lambda: place.gone("DBProxyNotFoundFault", rds.describe_db_proxies, DBProxyName="main-proxy"))
        for name in ("main-2", *(f"{name}-1" for name in NAMES)):
            rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        place.until(lambda: rds.describe_db_instances()["DBInstances"] == [])
        for name in NAMES:
            rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
        place.until(lambda: rds.describe_db_clusters()["DBClusters"] == [])
        rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName="uat")

    def _endpoint(self) -> str:
        found = self.rds.describe_db_proxy_endpoints(DBProxyEndpointName="main-read-only")["DBProxyEndpoints"]
        return str(found[0]["Status"])

    def leave(self) -> None:
        """The network, too; the interfaces of the proxy hold it for a while."""
        place, ec2 = self.place, self.place.ec2
        self.rds.delete_db_subnet_group(DBSubnetGroupName="data")
        for one in (place.guard, place.proxy_guard):
            place.patiently("DependencyViolation", ec2.delete_security_group, GroupId=one)
        for one in place.net.subnets:
            place.patiently("DependencyViolation", ec2.delete_subnet, SubnetId=one)
        ec2.detach_internet_gateway(InternetGatewayId=place.net.gateway, VpcId=place.net.vpc)
        ec2.delete_internet_gateway(InternetGatewayId=place.net.gateway)
        ec2.delete_vpc(VpcId=place.net.vpc)
        place.secrets.delete_secret(SecretId=self.secret, ForceDeleteWithoutRecovery=True)
        place.iam.delete_role_policy(RoleName="proxy", PolicyName="read")
        place.iam.delete_role(RoleName="proxy")


@pytest.mark.parametrize("speed", [0, 1, 60])
def test_the_databases_are_built_and_taken_down_again(connect: Connect, clock: Leaping, speed: float) -> None:
    cloud = Cloud(clock, speed=speed)
    before = cloud.snapshot()
    data = Data(cloud, connect, clock)
    network = cloud.snapshot()
    data.build()
    data.tear_down()
    clock.sleep(130)
    assert cloud.snapshot() == network
    data.build()  # every name is free again
    data.tear_down()
    data.leave()
    assert cloud.snapshot() == before


def test_what_stands_is_all_described(connect: Connect, clock: Leaping) -> None:
    cloud = Cloud(clock)
    Data(cloud, connect, clock).build()
    found = cloud.snapshot()
    counts = {kind: len(items) for kind, items in found["rds"][REGION].items()}
    assert counts == {
        "db_subnet_group": 1,
        "db_cluster_parameter_group": 1,
        "db_cluster": 6,
        "db_instance": 7,
        "db_proxy": 1,
        "db_proxy_endpoint": 1,
    }
    assert len(found["ec2"][REGION]["network_interface"]) == 7 + 3 + 3
    assert {one["tags"]["muvi:address"] for one in found["rds"][REGION]["db_cluster"].values()} == {"aurora/main"}
    assert PASSWORD not in repr(found)
    held = connect(cloud, "rds").describe_db_clusters()
    assert PASSWORD not in repr(held)


def test_everything_comes_back(connect: Connect, clock: Leaping, tmp_path: Path) -> None:
    cloud = Cloud(clock, speed=1)
    data = Data(cloud, connect, clock)
    data.build()
    rds: Any = data.rds
    rds.delete_db_instance(DBInstanceIdentifier="main-2")
    before = cloud.snapshot()
    persistence.keep(cloud, tmp_path)
    again = Cloud(clock, speed=1)
    assert persistence.restore(again, tmp_path)
    assert again.snapshot() == before
    for name, service in (("rds", "rds"), ("ec2", "ec2"), ("secrets", "secretsmanager"), ("iam", "iam")):
        setattr(data.place, name, connect(again, service))
    data.rds = data.place.rds
    assert data.place.instance_status("main-2") == "deleting"
    clock.sleep(421)
    assert refused(data.rds.describe_db_instances, DBInstanceIdentifier="main-2") == "DBInstanceNotFound"
    data.rds.create_db_instance(**data.place.instance("main-2"))
    data.place.until(lambda: data.place.instance_status("main-2") == "available")
    data.tear_down()
    data.leave()
    assert again.snapshot() == {}
    assert cloud.snapshot() != {}  # the two share nothing


def test_a_stopped_cluster_starts_by_itself(slow_place: Place, clock: Leaping) -> None:
    """aws-reality 0.8."""
    place, rds = slow_place, slow_place.rds
    assert refused(rds.start_db_cluster, DBClusterIdentifier="main") == "DBClusterNotFoundFault"
    place.made()
    rds.create_db_instance(**place.instance("main-2"))
    assert refused(rds.stop_db_cluster, DBClusterIdentifier="main") == "InvalidDBInstanceState"
    place.until(lambda: place.instance_status("main-2") == "available")
    assert refused(rds.start_db_cluster, DBClusterIdentifier="main") == "InvalidDBClusterStateFault"
    rds.stop_db_cluster(DBClusterIdentifier="main")
    assert (place.status(), place.instance_status()) == ("stopping", "stopping")
    clock.sleep(301)
    assert (place.status(), place.instance_status()) == ("stopped", "stopped")
    gone = {"DBClusterIdentifier": "main", "SkipFinalSnapshot": True}
    assert refused(rds.delete_db_cluster, **gone) == "InvalidDBClusterStateFault"
    assert refused(rds.delete_db_instance, DBInstanceIdentifier="main-1") == "InvalidDBClusterStateFault"
    clock.sleep(7 * 86_400)
    assert place.status() == "starting"
    clock.sleep(601)
    assert (place.status(), place.instance_status()) == ("available", "available")
    rds.stop_db_cluster(DBClusterIdentifier="main")
    clock.sleep(400)
    rds.start_db_cluster(DBClusterIdentifier="main")
    assert place.until(lambda: place.status() == "available") == pytest.approx(600, abs=5)


@pytest.mark.parametrize(
    ("kind", "ask", "state"),
    [
        ("db_cluster", "status", "failed"),
        ("db_instance", "instance_status", "incompatible-parameters"),
        ("db_proxy", "proxy_status", "incompatible-network"),
    ],
)
def test_what_can_fail_fails(place: Place, kind: str, ask: str, state: str) -> None:
    proxy = place.proxy("", Auth=[{"SecretArn": SECRET}], RoleArn=f"arn:aws:iam::{place.cloud.account}:role/none")
    if kind == "db_instance":
        place.made(writer=False)
    for name, fault, shown in (("a", "never_ready", "creating"), ("b", "fail_ready", state)):
        place.cloud.faults = Faults.of({fault: [kind]})
        asked = {"db_cluster": place.cluster(name), "db_instance": place.instance(name)}
        getattr(place.rds, f"create_{kind}")(**asked.get(kind, proxy | {"DBProxyName": name}))
        place.clock.sleep(86_400)
        assert getattr(place, ask)(name) == shown
