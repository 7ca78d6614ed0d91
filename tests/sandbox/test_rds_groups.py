"""Subnet groups, cluster parameter groups, and tags."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.aurora import TAGS, Place
from tests.sandbox.refusals import network, refused

FAMILY = "aurora-postgresql14"


def subnet_group(place: Place, name: str = "other", **more: Any) -> dict[str, Any]:
    said = {"DBSubnetGroupName": name, "DBSubnetGroupDescription": "x", "SubnetIds": list(place.net.subnets)}
    return said | more


def test_a_subnet_group_is_in_two_zones(place: Place) -> None:
    create, net = place.rds.create_db_subnet_group, place.net
    other = network(place.ec2, second=31)
    few = "DBSubnetGroupDoesNotCoverEnoughAZs"
    assert refused(create, **subnet_group(place, SubnetIds=[net.subnets[0]])) == few
    missing = [*net.subnets, "subnet-00000000000000000"]
    assert refused(create, **subnet_group(place, SubnetIds=missing)) == "InvalidSubnet"
    assert refused(create, **subnet_group(place, SubnetIds=[net.subnets[0], other.subnets[1]])) == "InvalidSubnet"
    made = create(**subnet_group(place, SubnetIds=list(net.subnets[:2])))["DBSubnetGroup"]
    assert (made["SubnetGroupStatus"], made["VpcId"], len(made["Subnets"])) == ("Complete", net.vpc, 2)
    change = place.rds.modify_db_subnet_group
    assert refused(change, DBSubnetGroupName="other", SubnetIds=[net.subnets[0]]) == few
    changed = change(DBSubnetGroupName="other", SubnetIds=list(net.subnets), DBSubnetGroupDescription="y")
    assert (len(changed["DBSubnetGroup"]["Subnets"]), changed["DBSubnetGroup"]["DBSubnetGroupDescription"]) == (3, "y")


@pytest.mark.parametrize("name", ["default", "a/b", "Ünder"])
def test_names_of_subnet_groups(place: Place, name: str) -> None:
    assert refused(place.rds.create_db_subnet_group, **subnet_group(place, name)) == "InvalidParameterValue"


def test_subnet_groups_are_found_by_their_name_in_lower_case(place: Place) -> None:
    create, find = place.rds.create_db_subnet_group, place.rds.describe_db_subnet_groups
    assert refused(create, **subnet_group(place, "DATA")) == "DBSubnetGroupAlreadyExists"
    assert find(DBSubnetGroupName="Data")["DBSubnetGroups"][0]["DBSubnetGroupName"] == "data"
    assert refused(find, DBSubnetGroupName="none") == "DBSubnetGroupNotFoundFault"
    assert refused(place.rds.delete_db_subnet_group, DBSubnetGroupName="none") == "DBSubnetGroupNotFoundFault"
    place.rds.delete_db_subnet_group(DBSubnetGroupName="data")
    assert find()["DBSubnetGroups"] == []


def test_a_subnet_group_in_use_stays(place: Place) -> None:
    delete = place.rds.delete_db_subnet_group
    place.made()
    assert refused(delete, DBSubnetGroupName="data") == "InvalidDBSubnetGroupStateFault"
    zone = place.one()["AvailabilityZone"]
    left = [one for one, name in zip(place.net.subnets, "abc", strict=True) if not zone.endswith(name)]
    assert refused(place.rds.modify_db_subnet_group, DBSubnetGroupName="data", SubnetIds=left) == "SubnetAlreadyInUse"
    place.rds.delete_db_instance(DBInstanceIdentifier="main-1")
    place.rds.modify_db_subnet_group(DBSubnetGroupName="data", SubnetIds=left)
    place.rds.delete_db_cluster(DBClusterIdentifier="main", SkipFinalSnapshot=True)
    place.rds.describe_db_clusters()
    delete(DBSubnetGroupName="data")


def test_groups_are_limited(place: Place) -> None:
    place.cloud.quotas |= {"db_subnet_groups": 1, "db_cluster_parameter_groups": 1}
    assert refused(place.rds.create_db_subnet_group, **subnet_group(place)) == "DBSubnetGroupQuotaExceeded"
    place.rds.create_db_cluster_parameter_group(**parameter_group("one"))
    create = place.rds.create_db_cluster_parameter_group
    assert refused(create, **parameter_group("two")) == "DBParameterGroupQuotaExceeded"
    place.cloud.quotas |= {"db_subnet_groups": 2}
    many = [
        place.ec2.create_subnet(VpcId=place.net.vpc, CidrBlock=f"10.30.{number}.0/24")["Subnet"]["SubnetId"]
        for number in range(10, 31)
    ]
    create = place.rds.create_db_subnet_group
    assert refused(create, **subnet_group(place, SubnetIds=[*place.net.subnets, *many])) == "DBSubnetQuotaExceededFault"


def parameter_group(name: str = "uat", **more: Any) -> dict[str, Any]:
    said = {"DBClusterParameterGroupName": name, "DBParameterGroupFamily": FAMILY, "Description": "ours"}
    return said | {"Tags": TAGS} | more


def test_a_parameter_group(place: Place) -> None:
    rds = place.rds
    create, find = rds.create_db_cluster_parameter_group, rds.describe_db_cluster_parameter_groups
    for bad in ({"name": "default.ours"}, {"name": "a--b"}, {"DBParameterGroupFamily": "aurora-postgresql3"}):
        assert refused(create, **parameter_group(**bad)) == "InvalidParameterValue"
    create(**parameter_group())
    assert refused(create, **parameter_group()) == "DBParameterGroupAlreadyExists"
    assert find(DBClusterParameterGroupName="uat")["DBClusterParameterGroups"][0]["DBParameterGroupFamily"] == FAMILY
    assert find(DBClusterParameterGroupName=f"default.{FAMILY}")["DBClusterParameterGroups"]
    assert refused(find, DBClusterParameterGroupName="none") == "DBParameterGroupNotFound"


def changed(name: str, value: str, method: str = "immediate") -> list[dict[str, str]]:
    return [{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}]


def test_parameters(place: Place) -> None:
    rds, named = place.rds, {"DBClusterParameterGroupName": "uat"}
    change, find = rds.modify_db_cluster_parameter_group, rds.describe_db_cluster_parameters
    assert refused(change, **named, Parameters=changed("rds.force_ssl", "1")) == "DBParameterGroupNotFound"
    rds.create_db_cluster_parameter_group(**parameter_group())
    assert find(**named, Source="user")["Parameters"] == []
    assert refused(change, **named, Parameters=changed("no_such", "1")) == "InvalidParameterValue"
    assert refused(change, **named, Parameters=changed("rds.force_ssl", "1") * 21) == "InvalidParameterValue"
    static = changed("shared_preload_libraries", "pg_stat_statements")
    assert refused(change, **named, Parameters=static) == "InvalidParameterCombination"
    default = {"DBClusterParameterGroupName": f"default.{FAMILY}"}
    assert refused(change, **default, Parameters=changed("rds.force_ssl", "1")) == "InvalidParameterValue"
    later = changed("shared_preload_libraries", "pg_stat_statements", "pending-reboot")
    change(**named, Parameters=changed("rds.force_ssl", "1") + later)
    found = {one["ParameterName"]: one for one in find(**named, Source="user")["Parameters"]}
    assert {name: one["ParameterValue"] for name, one in found.items()} == {
        "rds.force_ssl": "1",
        "shared_preload_libraries": "pg_stat_statements",
    }
    assert found["shared_preload_libraries"]["ApplyMethod"] == "pending-reboot"
    assert len(find(**named)["Parameters"]) > 50
    rds.reset_db_cluster_parameter_group(
        **named, Parameters=[{"ParameterName": "rds.force_ssl", "ApplyMethod": "immediate"}]
    )
    assert len(find(**named, Source="user")["Parameters"]) == 1
    rds.reset_db_cluster_parameter_group(**named, ResetAllParameters=True)
    assert find(**named, Source="user")["Parameters"] == []


def test_a_parameter_group_in_use_stays(place: Place) -> None:
    rds, named = place.rds, {"DBClusterParameterGroupName": "uat"}
    create = rds.create_db_cluster
    assert refused(create, **place.cluster(**named)) == "DBClusterParameterGroupNotFound"
    rds.create_db_cluster_parameter_group(**parameter_group("old", DBParameterGroupFamily="aurora-postgresql13"))
    assert refused(create, **place.cluster(DBClusterParameterGroupName="old")) == "InvalidParameterCombination"
    rds.create_db_cluster_parameter_group(**parameter_group())
    place.made(writer=False, **named)
    assert place.described()["DBClusterParameterGroup"] == "uat"
    delete = rds.delete_db_cluster_parameter_group
    assert refused(delete, **named) == "InvalidDBParameterGroupState"
    assert refused(delete, DBClusterParameterGroupName=f"default.{FAMILY}") == "InvalidDBParameterGroupState"
    default = f"default.{FAMILY}"
    rds.modify_db_cluster(DBClusterIdentifier="main", DBClusterParameterGroupName=default, ApplyImmediately=True)
    delete(**named)
    assert refused(delete, **named) == "DBParameterGroupNotFound"


def test_tags(place: Place) -> None:
    rds = place.rds
    arn = rds.describe_db_subnet_groups()["DBSubnetGroups"][0]["DBSubnetGroupArn"]
    assert rds.list_tags_for_resource(ResourceName=arn)["TagList"] == TAGS
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a", "none"])
    assert rds.list_tags_for_resource(ResourceName=arn)["TagList"] == [*TAGS, {"Key": "b", "Value": "2"}]
    add = rds.add_tags_to_resource
    assert refused(add, ResourceName=arn, Tags=[{"Key": "aws:x", "Value": ""}]) == "InvalidParameterValue"
    many = [{"Key": str(number), "Value": ""} for number in range(49)]
    assert refused(add, ResourceName=arn, Tags=many) == "InvalidParameterValue"
    add(ResourceName=arn, Tags=many[:48])


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("cluster:none", "DBClusterNotFoundFault"),
        ("db:none", "DBInstanceNotFound"),
        ("subgrp:none", "DBSubnetGroupNotFoundFault"),
        ("cluster-pg:none", "DBParameterGroupNotFound"),
        ("cluster-snapshot:none", "DBClusterSnapshotNotFoundFault"),
        ("db-proxy:prx-0", "DBProxyNotFoundFault"),
        ("db-proxy-endpoint:prx-endpoint-0", "DBProxyEndpointNotFoundFault"),
    ],
)
def test_what_is_tagged_is_there(place: Place, kind: str, code: str) -> None:
    arn = f"arn:aws:rds:me-central-1:{place.cloud.account}:{kind}"
    assert refused(place.rds.list_tags_for_resource, ResourceName=arn) == code
    assert refused(place.rds.add_tags_to_resource, ResourceName=arn, Tags=TAGS) == code
    assert refused(place.rds.remove_tags_from_resource, ResourceName=arn, TagKeys=["a"]) == code
