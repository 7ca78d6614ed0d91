"""The index of what is tagged in a region."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.effects import tagging
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import address, balancer, group, network, refused, tags, target_group

TAG = {"muvi:env": "uat"}
PAIRS = [{"Key": "muvi:env", "Value": "uat"}]
SMALL = [{"key": "muvi:env", "value": "uat"}]
OURS = [{"Key": "muvi:env", "Values": ["uat"]}]


@pytest.fixture
def index(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "resourcegroupstaggingapi")


def shown(index: Any, **asked: Any) -> list[str]:
    """The ARNs, without what is the same in all of them."""
    found = index.get_resources(TagFilters=OURS, **asked)["ResourceTagMappingList"]
    return [one["ResourceARN"].replace("me-central-1:000011112222", "") for one in found]


def test_the_network_and_what_balances(index: Any, ec2: Any, elb: Any) -> None:
    net = network(ec2)
    allocated = address(ec2)
    ec2.create_tags(Resources=[net.vpc, net.gateway, net.subnets[0], allocated], Tags=PAIRS)
    made = [balancer(elb, net, Tags=PAIRS), target_group(elb, net, Tags=PAIRS)]
    start = "arn:aws:ec2::"
    expected = [f"{start}elastic-ip/{allocated}", f"{start}internet-gateway/{net.gateway}"]
    expected += [f"{start}subnet/{net.subnets[0]}", f"{start}vpc/{net.vpc}"]
    assert shown(index, ResourceTypeFilters=["ec2"]) == expected
    assert shown(index, ResourceTypeFilters=["ec2:vpc", "ec2:subnet"]) == expected[2:]
    found = index.get_resources(ResourceTypeFilters=["elasticloadbalancing"])["ResourceTagMappingList"]
    assert [one["ResourceARN"] for one in found] == made
    assert found[0]["Tags"] == PAIRS
    assert shown(index, ResourceTypeFilters=["rds"]) == []


def test_caches_parameters_names_logs_secrets(index: Any, cloud: Cloud, connect: Connect) -> None:
    net = network(connect(cloud, "ec2"))
    redis, cloud_map = connect(cloud, "elasticache"), connect(cloud, "servicediscovery")
    redis.create_cache_subnet_group(
        CacheSubnetGroupName="g", CacheSubnetGroupDescription="x", SubnetIds=list(net.subnets), Tags=PAIRS
    )
    redis.create_cache_parameter_group(
        CacheParameterGroupName="p", CacheParameterGroupFamily="redis7", Description="x", Tags=PAIRS
    )
    said = {"ReplicationGroupDescription": "x", "CacheNodeType": "cache.t3.micro", "CacheSubnetGroupName": "g"}
    redis.create_replication_group(ReplicationGroupId="r", Tags=PAIRS, **said)
    begun = cloud_map.create_private_dns_namespace(Name="a.internal", Vpc=net.vpc, Tags=PAIRS)["OperationId"]
    namespace = cloud_map.get_operation(OperationId=begun)["Operation"]["Targets"]["NAMESPACE"]
    service = cloud_map.create_service(Name="s", NamespaceId=namespace, Tags=PAIRS)["Service"]["Id"]
    connect(cloud, "ssm").put_parameter(Name="/uat/a", Value="x", Type="String", Tags=PAIRS)
    connect(cloud, "logs").create_log_group(logGroupName="/ecs/a", tags=TAG)
    connect(cloud, "secretsmanager").create_secret(Name="uat/a", SecretString="x", Tags=PAIRS)
    found = shown(index)
    assert found[:7] == [
        "arn:aws:elasticache::cluster:r-001",
        "arn:aws:elasticache::parametergroup:p",
        "arn:aws:elasticache::replicationgroup:r",
        "arn:aws:elasticache::subnetgroup:g",
        "arn:aws:logs::log-group:/ecs/a",
        found[5],
        f"arn:aws:servicediscovery::namespace/{namespace}",
    ]
    assert found[5].startswith("arn:aws:secretsmanager::secret:uat/a-")
    assert found[7:] == [f"arn:aws:servicediscovery::service/{service}", "arn:aws:ssm::parameter/uat/a"]
    redis.delete_replication_group(ReplicationGroupId="r")
    assert shown(index, ResourceTypeFilters=["elasticache:replicationgroup", "elasticache:cluster"]) == []


def test_images_containers_databases(index: Any, cloud: Cloud, connect: Connect) -> None:
    net = network(connect(cloud, "ec2"))
    connect(cloud, "ecr").create_repository(repositoryName="api", tags=PAIRS)
    ecs, rds = connect(cloud, "ecs"), connect(cloud, "rds")
    ecs.create_cluster(clusterName="uat", tags=SMALL)
    container = {"name": "api", "image": "public.example/api:1", "memory": 512, "essential": True}
    fargate = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    ecs.register_task_definition(family="api", containerDefinitions=[container], tags=SMALL, **fargate)
    where = {"subnets": [net.subnets[0]], "securityGroups": [group(connect(cloud, "ec2"), net.vpc)]}
    ecs.create_service(
        cluster="uat",
        serviceName="api",
        taskDefinition="api",
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": where},
        tags=SMALL,
    )
    rds.create_db_subnet_group(
        DBSubnetGroupName="db", DBSubnetGroupDescription="x", SubnetIds=list(net.subnets), Tags=PAIRS
    )
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="pg", DBParameterGroupFamily="aurora-postgresql14", Description="x", Tags=PAIRS
    )
    assert shown(index) == [
        "arn:aws:ecr::repository/api",
        "arn:aws:ecs::cluster/uat",
        "arn:aws:ecs::service/uat/api",
        "arn:aws:ecs::task-definition/api:1",
        "arn:aws:rds::cluster-pg:pg",
        "arn:aws:rds::subgrp:db",
    ]


def test_roles_are_not_in_it_and_what_the_emulator_knows_is(index: Any, cloud: Cloud, connect: Connect) -> None:
    connect(cloud, "iam").create_role(RoleName="task", AssumeRolePolicyDocument=TRUST, Tags=PAIRS)
    connect(cloud, "sns").create_topic(Name="alarms", Tags=PAIRS)
    assert shown(index) == ["arn:aws:sns::alarms"]


TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
    ' "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}'
)


def test_filters_and_pages(index: Any, cloud: Cloud, connect: Connect) -> None:
    ssm = connect(cloud, "ssm")
    for number in range(120):
        ssm.put_parameter(Name=f"/p/{number:03d}", Value="x", Type="String", Tags=PAIRS)
    ssm.put_parameter(Name="/q", Value="x", Type="String", Tags=[{"Key": "muvi:env", "Value": "other"}])
    ssm.put_parameter(Name="/untagged", Value="x", Type="String")
    first = index.get_resources(TagFilters=OURS, ResourcesPerPage=100)
    last = index.get_resources(TagFilters=OURS, ResourcesPerPage=100, PaginationToken=first["PaginationToken"])
    assert (len(first["ResourceTagMappingList"]), len(last["ResourceTagMappingList"])) == (100, 20)
    assert last["PaginationToken"] == ""
    assert refused(index.get_resources, ResourcesPerPage=101) == "InvalidParameterException"
    pages = index.get_paginator("get_resources").paginate(TagFilters=[{"Key": "muvi:env"}])
    assert [len(one["ResourceTagMappingList"]) for one in pages] == [50, 50, 21]
    one = first["ResourceTagMappingList"][3]
    both: dict[str, Any] = {"ResourceARNList": [one["ResourceARN"]], "TagFilters": OURS}
    assert refused(index.get_resources, **both) == "InvalidParameterException"
    by_index: dict[str, Any] = {"ResourceARNList": [one["ResourceARN"]]}
    assert refused(index.tag_resources, Tags={"a": "b"}, **by_index) == "SandboxNotImplemented"
    assert refused(index.untag_resources, TagKeys=["a"], **by_index) == "SandboxNotImplemented"
    assert index.get_resources(ResourceARNList=[one["ResourceARN"]])["ResourceTagMappingList"] == [one]
    assert index.get_resources(TagFilters=[{"Key": "none"}])["ResourceTagMappingList"] == []
    assert index.get_tag_keys()["TagKeys"] == ["muvi:env"]
    assert "other" in index.get_tag_values(Key="muvi:env")["TagValues"]
    assert index.get_tag_values(Key="none")["TagValues"] == []


def test_a_kind_of_another_file(index: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tagging._SOURCES, "x:y", lambda view: {f"arn:aws:x:{view.region}::y": TAG, "arn:bare": {}})
    found = index.get_resources(ResourceTypeFilters=["x:y"])["ResourceTagMappingList"]
    assert found == [{"ResourceARN": "arn:aws:x:me-central-1::y", "Tags": PAIRS}]


def test_it_lags_and_shows_what_is_gone(clock: Leaping, connect: Connect) -> None:
    """aws-reality 1.3, 9."""
    cloud = Cloud(clock, lag_s=60)
    logs, index = connect(cloud, "logs"), connect(cloud, "resourcegroupstaggingapi")
    logs.create_log_group(logGroupName="a", tags=TAG)
    clock.sleep(59)
    assert shown(index) == []
    clock.sleep(2)
    assert shown(index) == ["arn:aws:logs::log-group:a"]
    arn = "arn:aws:logs:me-central-1:000011112222:log-group:a"
    logs.tag_resource(resourceArn=arn, tags={"b": "c"})
    assert index.get_resources()["ResourceTagMappingList"][0]["Tags"] == PAIRS
    clock.sleep(61)
    assert len(index.get_resources()["ResourceTagMappingList"][0]["Tags"]) == 2
    logs.delete_log_group(logGroupName="a")
    clock.sleep(30)
    again = Cloud(clock, lag_s=60)
    persistence.load(again, persistence.dumped(cloud))
    assert shown(index) == ["arn:aws:logs::log-group:a"]  # a ghost
    clock.sleep(31)
    assert shown(index) == []
    assert shown(connect(again, "resourcegroupstaggingapi")) == []
    cloud.reset()
    again.reset()


def test_what_was_tagged_long_ago_is_shown_at_the_first_look(clock: Leaping, connect: Connect) -> None:
    cloud = Cloud(clock, lag_s=60)
    ec2 = connect(cloud, "ec2")
    ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=tags("vpc", **TAG))
    clock.sleep(3600)
    assert len(shown(connect(cloud, "resourcegroupstaggingapi"))) == 1
    cloud.reset()
