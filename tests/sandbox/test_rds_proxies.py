"""RDS proxies, their endpoints, and what stands behind them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.aurora import TAGS, Place
from tests.sandbox.conftest import Leaping
from tests.sandbox.refusals import group, network, refused

SECRET = "arn:aws:secretsmanager:me-central-1:000011112222:secret:none-AbCdEf"
ROLE = "arn:aws:iam::000011112222:role/none"
BARE = {"Auth": [{"SecretArn": SECRET, "AuthScheme": "SECRETS"}], "RoleArn": ROLE}
NAMED = {"DBProxyName": "main-proxy"}


def endpoint(place: Place, name: str = "main-read-only", **more: Any) -> dict[str, Any]:
    said = {"DBProxyEndpointName": name, "TargetRole": "READ_ONLY", "VpcSubnetIds": list(place.net.subnets)}
    return NAMED | said | {"VpcSecurityGroupIds": [place.proxy_guard], "Tags": TAGS} | more


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"VpcSubnetIds": ["subnet-00000000000000000"]}, "InvalidSubnet"),
        ({"VpcSecurityGroupIds": ["sg-00000000000000000"]}, "InvalidParameterValue"),
        ({"IdleClientTimeout": 0}, "InvalidParameterValue"),
        ({"IdleClientTimeout": 28_801}, "InvalidParameterValue"),
        ({"Auth": []}, "InvalidParameterCombination"),
        ({"Tags": [{"Key": "aws:x", "Value": ""}]}, "InvalidParameterValue"),
    ],
)
def test_what_a_proxy_is_made_of(place: Place, bad: dict[str, Any], code: str) -> None:
    assert refused(place.rds.create_db_proxy, **place.proxy(**(BARE | bad))) == code
    assert place.rds.create_db_proxy(**place.proxy(**BARE))


def test_a_proxy_is_in_two_zones_of_one_vpc(place: Place) -> None:
    other = network(place.ec2, second=31)
    for subnets in ([place.net.subnets[0]], [place.net.subnets[0], other.subnets[1]]):
        assert refused(place.rds.create_db_proxy, **place.proxy(**BARE, VpcSubnetIds=subnets)) == "InvalidSubnet"
    place.made()
    place.proxied()
    create = place.rds.create_db_proxy_endpoint
    for subnets in ([place.net.subnets[0]], list(other.subnets)):
        assert refused(create, **endpoint(place, VpcSubnetIds=subnets)) == "InvalidSubnet"


def test_a_proxy_takes_its_time(slow_place: Place, clock: Leaping) -> None:
    place, rds = slow_place, slow_place.rds
    create, delete = rds.create_db_proxy, rds.delete_db_proxy
    place.made()
    made = create(**place.proxy(**BARE))["DBProxy"]
    assert (made["Status"], made["Endpoint"].startswith("main-proxy.proxy-")) == ("creating", True)
    assert refused(delete, **NAMED) == "InvalidDBProxyStateFault"
    targets = {"DBClusterIdentifiers": ["main"]}
    assert refused(rds.register_db_proxy_targets, **NAMED, **targets) == "InvalidDBProxyStateFault"
    assert refused(rds.create_db_proxy_endpoint, **endpoint(place)) == "InvalidDBProxyStateFault"
    pool = {"TargetGroupName": "default", "ConnectionPoolConfig": {"MaxConnectionsPercent": 90}}
    assert refused(rds.modify_db_proxy_target_group, **NAMED, **pool) == "InvalidDBProxyStateFault"
    assert refused(rds.modify_db_proxy, **NAMED, RequireTLS=False) == "InvalidDBProxyStateFault"
    assert refused(create, **place.proxy(**BARE)) == "DBProxyAlreadyExistsFault"
    assert place.until(lambda: place.proxy_status() == "available") == pytest.approx(600, abs=5)
    delete(**NAMED)
    assert place.proxy_status() == "deleting"
    assert refused(delete, **NAMED) == "InvalidDBProxyStateFault"
    assert refused(create, **place.proxy(**BARE)) == "DBProxyAlreadyExistsFault"
    clock.sleep(601)
    assert refused(delete, **NAMED) == "DBProxyNotFoundFault"
    create(**place.proxy(**BARE))


def test_its_interfaces_linger(slow_place: Place, clock: Leaping) -> None:
    """aws-reality 4.5 f."""
    place, ec2 = slow_place, slow_place.ec2
    place.made()
    place.proxied()
    place.rds.create_db_proxy_endpoint(**endpoint(place))
    described = [{"Name": "description", "Values": ["RDSProxyNetworkInterface"]}]

    def count() -> int:
        return len(ec2.describe_network_interfaces(Filters=described)["NetworkInterfaces"])

    assert count() == 6
    place.rds.delete_db_proxy(**NAMED)
    clock.sleep(601)
    assert place.rds.describe_db_proxies()["DBProxies"] == []
    assert count() == 6
    assert refused(ec2.delete_security_group, GroupId=place.proxy_guard) == "DependencyViolation"
    assert refused(ec2.delete_subnet, SubnetId=place.net.subnets[2]) == "DependencyViolation"
    clock.sleep(121)
    assert count() == 0
    place.ec2.revoke_security_group_ingress(GroupId=place.guard, IpPermissions=place.rules(place.guard))
    ec2.delete_security_group(GroupId=place.proxy_guard)


def test_proxies_are_limited(place: Place) -> None:
    place.cloud.quotas |= {"db_proxies": 1}
    place.rds.create_db_proxy(**place.proxy(**BARE))
    assert refused(place.rds.create_db_proxy, **place.proxy("other", **BARE)) == "DBProxyQuotaExceededFault"


@pytest.mark.parametrize(
    ("ask", "params"),
    [
        ("describe_db_proxies", {}),
        ("modify_db_proxy", {}),
        ("delete_db_proxy", {}),
        ("describe_db_proxy_targets", {}),
        ("describe_db_proxy_target_groups", {}),
        ("describe_db_proxy_endpoints", {}),
        ("modify_db_proxy_target_group", {"TargetGroupName": "default"}),
        ("register_db_proxy_targets", {"DBClusterIdentifiers": ["main"]}),
        ("deregister_db_proxy_targets", {"DBClusterIdentifiers": ["main"]}),
    ],
)
def test_the_proxy_is_there(place: Place, ask: str, params: dict[str, Any]) -> None:
    assert refused(getattr(place.rds, ask), **NAMED, **params) == "DBProxyNotFoundFault"
    assert refused(place.rds.create_db_proxy_endpoint, **endpoint(place)) == "DBProxyNotFoundFault"


def test_a_proxy_is_changed(slow_place: Place, clock: Leaping) -> None:
    place = slow_place
    place.made()
    place.proxied()
    other = group(place.ec2, place.net.vpc, "other")
    change = place.rds.modify_db_proxy
    assert refused(change, **NAMED, SecurityGroups=["sg-00000000000000000"]) == "InvalidParameterValue"
    assert refused(change, **NAMED, IdleClientTimeout=0) == "InvalidParameterValue"
    change(**NAMED, SecurityGroups=[other], RequireTLS=False, IdleClientTimeout=60)
    (one,) = place.rds.describe_db_proxies(**NAMED)["DBProxies"]
    shown = {key: one[key] for key in ("Status", "VpcSecurityGroupIds", "RequireTLS", "IdleClientTimeout")}
    changed = {"VpcSecurityGroupIds": [other], "RequireTLS": False, "IdleClientTimeout": 60}
    assert shown == {"Status": "modifying"} | changed
    assert refused(place.ec2.delete_security_group, GroupId=other) == "DependencyViolation"
    clock.sleep(61)
    assert place.proxy_status() == "available"
    assert place.rds.list_tags_for_resource(ResourceName=one["DBProxyArn"])["TagList"] == TAGS


def test_the_pool(place: Place) -> None:
    place.made()
    place.proxied()
    change, named = place.rds.modify_db_proxy_target_group, NAMED | {"TargetGroupName": "default"}
    (one,) = place.rds.describe_db_proxy_target_groups(**NAMED)["TargetGroups"]
    assert (one["TargetGroupName"], one["IsDefault"], one["Status"]) == ("default", True, "available")
    assert one["ConnectionPoolConfig"]["MaxConnectionsPercent"] == 100
    for bad in (
        {"MaxConnectionsPercent": 101},
        {"MaxIdleConnectionsPercent": -1},
        {"MaxConnectionsPercent": 40, "MaxIdleConnectionsPercent": 50},
        {"ConnectionBorrowTimeout": 301},
    ):
        assert refused(change, **named, ConnectionPoolConfig=bad) == "InvalidParameterValue"
    asked = {"MaxConnectionsPercent": 80, "MaxIdleConnectionsPercent": 20, "ConnectionBorrowTimeout": 30}
    change(**named, ConnectionPoolConfig=asked)
    (one,) = place.rds.describe_db_proxy_target_groups(**NAMED)["TargetGroups"]
    assert {key: one["ConnectionPoolConfig"][key] for key in asked} == asked
    unknown = NAMED | {"TargetGroupName": "mine"}
    assert refused(change, **unknown, ConnectionPoolConfig=asked) == "DBProxyTargetGroupNotFoundFault"


def test_who_may_be_registered(slow_place: Place, clock: Leaping) -> None:
    place, register = slow_place, slow_place.rds.register_db_proxy_targets
    place.made()
    place.rds.create_db_proxy(**place.proxy(**BARE))
    clock.sleep(601)
    assert refused(register, **NAMED) == "InvalidParameterCombination"
    assert refused(register, **NAMED, DBClusterIdentifiers=["none"]) == "DBClusterNotFoundFault"
    place.rds.create_db_cluster(**place.cluster("other"))
    assert refused(register, **NAMED, DBClusterIdentifiers=["other"]) == "InvalidDBClusterStateFault"
    clock.sleep(121)
    place.rds.create_db_instance(**place.instance("other-1", "other"))
    assert refused(register, **NAMED, DBClusterIdentifiers=["other"]) == "InvalidDBInstanceState"
    register(**NAMED, DBClusterIdentifiers=["main"])
    assert refused(register, **NAMED, DBClusterIdentifiers=["main"]) == "DBProxyTargetAlreadyRegisteredFault"
    clock.sleep(421)
    assert refused(register, **NAMED, DBClusterIdentifiers=["other"]) == "DBProxyTargetAlreadyRegisteredFault"
    leave = place.rds.deregister_db_proxy_targets
    assert refused(leave, **NAMED, DBClusterIdentifiers=["other"]) == "DBProxyTargetNotFoundFault"
    leave(**NAMED, DBClusterIdentifiers=["main"])
    assert place.rds.describe_db_proxy_targets(**NAMED)["Targets"] == []
    register(**NAMED, DBClusterIdentifiers=["other"])


def test_a_proxy_is_in_its_cluster_s_vpc(place: Place) -> None:
    place.made()
    net = network(place.ec2, second=31)
    said = place.proxy(**BARE) | {"VpcSubnetIds": list(net.subnets), "VpcSecurityGroupIds": [group(place.ec2, net.vpc)]}
    place.rds.create_db_proxy(**said)
    register = place.rds.register_db_proxy_targets
    assert refused(register, **NAMED, DBClusterIdentifiers=["main"]) == "InvalidParameterValue"


def test_endpoints(slow_place: Place, clock: Leaping) -> None:
    place, rds = slow_place, slow_place.rds
    place.made()
    place.proxied()
    create, delete = rds.create_db_proxy_endpoint, rds.delete_db_proxy_endpoint
    made = create(**endpoint(place))["DBProxyEndpoint"]
    shown = (made["Status"], made["TargetRole"], made["IsDefault"])
    assert shown == ("creating", "READ_ONLY", False)
    assert made["Endpoint"].startswith("main-read-only.endpoint.proxy-")
    assert rds.list_tags_for_resource(ResourceName=made["DBProxyEndpointArn"])["TagList"] == TAGS
    named = {"DBProxyEndpointName": "main-read-only"}
    assert refused(delete, **named) == "InvalidDBProxyEndpointStateFault"
    assert refused(create, **endpoint(place)) == "DBProxyEndpointAlreadyExistsFault"
    assert refused(create, **endpoint(place, "other", VpcSecurityGroupIds=["sg-1"])) == "InvalidParameterValue"

    def status() -> str:
        return str(rds.describe_db_proxy_endpoints(**named)["DBProxyEndpoints"][0]["Status"])

    assert place.until(lambda: status() == "available") == pytest.approx(300, abs=5)
    listed = rds.describe_db_proxy_endpoints(**NAMED)["DBProxyEndpoints"]
    assert {one["DBProxyEndpointName"]: one["IsDefault"] for one in listed} == {
        "main-proxy": True,
        "main-read-only": False,
    }
    assert refused(delete, DBProxyEndpointName="main-proxy") == "InvalidDBProxyEndpointStateFault"
    other = group(place.ec2, place.net.vpc, "other")
    rds.modify_db_proxy_endpoint(**named, VpcSecurityGroupIds=[other])
    assert rds.describe_db_proxy_endpoints(**named)["DBProxyEndpoints"][0]["VpcSecurityGroupIds"] == [other]
    delete(**named)
    assert status() == "deleting"
    clock.sleep(121)
    assert refused(rds.describe_db_proxy_endpoints, **named) == "DBProxyEndpointNotFoundFault"
    assert refused(delete, **named) == "DBProxyEndpointNotFoundFault"
    create(**endpoint(place))


def test_endpoints_are_limited(place: Place) -> None:
    place.made()
    place.proxied()
    for number in range(19):
        place.rds.create_db_proxy_endpoint(**endpoint(place, f"e{number}"))
    create = place.rds.create_db_proxy_endpoint
    assert refused(create, **endpoint(place, "one-more")) == "DBProxyEndpointQuotaExceededFault"
