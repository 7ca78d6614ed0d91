"""Services: what is refused and what gets through, with nothing to wait for."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import World, trust
from tests.sandbox.refusals import group, network, refused, target_group

WRONG = "InvalidParameterException"


@pytest.fixture
def world(cloud: Cloud, connect: Connect, clock: Leaping) -> World:
    return World(cloud, connect, clock)


def test_a_definition_in_use_goes_later(world: World) -> None:
    arn = world.definition()
    world.service(arn, desired=1)
    world.ecs.deregister_task_definition(taskDefinition=arn)
    world.ecs.update_service(cluster="uat", service="web", desiredCount=2)  # it goes on with what it has
    assert refused(world.service, definition=arn, name="other") == "ClientException"
    world.ecs.delete_task_definitions(taskDefinitions=[arn])
    assert world.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"] == "DELETE_IN_PROGRESS"
    world.ecs.delete_service(cluster="uat", service="web", force=True)
    world.wait(1)
    world.seen()
    assert refused(world.ecs.describe_task_definition, taskDefinition=arn) == "ClientException"


def test_a_service_s_target_group(world: World) -> None:
    definition, alone = world.definition(), target_group(world.elb, world.net, "alone")
    said: dict[str, Any] = {"definition": definition, "desired": 1}
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        world.service(loadBalancers=world.behind(alone), **said)
    instances = target_group(world.elb, world.net, "instances", TargetType="instance")
    assert refused(world.service, loadBalancers=world.behind(instances), **said) == WRONG
    behind = world.behind(world.balanced())
    for wrong in ({"containerName": "none"}, {"containerPort": 81}, {"targetGroupArn": alone[:-1] + "0"}):
        assert refused(world.service, loadBalancers=[behind[0] | wrong], **said) == WRONG
    assert refused(world.service, loadBalancers=behind * 6, **said) == WRONG
    assert refused(world.service, healthCheckGracePeriodSeconds=60, **said) == WRONG
    world.service(loadBalancers=behind, healthCheckGracePeriodSeconds=60, **said)
    found = world.seen()
    assert (found["healthCheckGracePeriodSeconds"], found["loadBalancers"]) == (60, behind)


def test_where_a_service_is_put(world: World) -> None:
    definition, other = world.definition(), network(world.ec2, second=31)
    strange, good = group(world.ec2, other.vpc, "strange"), world.place["awsvpcConfiguration"]
    bad = [
        {"subnets": ["subnet-00000000000000000"]},
        {"securityGroups": ["sg-00000000000000000"]},
        {"securityGroups": [strange]},
        {"securityGroups": [world.group] * 6},
        {"subnets": list(world.net.subnets) * 6},
        {"subnets": []},
        {"subnets": [world.net.subnets[0], other.subnets[0]]},
    ]
    for wrong in bad:
        assert (
            refused(world.service, definition=definition, networkConfiguration={"awsvpcConfiguration": good | wrong})
            == WRONG
        )
    world.service(definition)
    wrong_place = {"awsvpcConfiguration": good | bad[0]}
    assert refused(world.ecs.update_service, cluster="uat", service="web", networkConfiguration=wrong_place) == WRONG
    assert refused(world.ec2.delete_subnet, SubnetId=world.net.subnets[0]) == "DependencyViolation"
    assert refused(world.ec2.delete_security_group, GroupId=world.group) == "DependencyViolation"


def test_a_name_and_a_token(world: World) -> None:
    definition = world.definition()
    assert refused(world.service, definition=definition, name="not a name") == WRONG
    assert refused(world.service, definition="none:1") == "ClientException"
    assert refused(world.service, definition=definition, cluster="none") == "ClusterNotFoundException"
    made = world.service(definition, clientToken="t")
    assert world.service(definition, clientToken="t")["serviceArn"] == made["serviceArn"]
    with pytest.raises(ClientError, match="Creation of service was not idempotent"):
        world.service(definition, desired=1, clientToken="t")
    assert refused(world.service, definition=definition) == WRONG
    assert len(world.tasks()) == 2


def test_how_many_tasks_are_wanted(world: World) -> None:
    definition = world.definition()
    assert refused(world.service, definition=definition, desired=-1) == WRONG
    said = {"cluster": "uat", "serviceName": "web", "taskDefinition": definition, "launchType": "FARGATE"}
    assert refused(world.ecs.create_service, networkConfiguration=world.place, **said) == WRONG
    world.service(definition, desired=0)
    assert refused(world.ecs.update_service, cluster="uat", service="web", desiredCount=-1) == WRONG
    world.ecs.update_service(cluster="uat", service="web", desiredCount=1)


@pytest.mark.parametrize("token", ["t" * 37, "a b", "\u00e9"])
def test_tokens(world: World, token: str) -> None:
    definition = world.definition()
    assert refused(world.service, definition=definition, clientToken=token) == WRONG
    world.service(definition, clientToken="t" * 36)


def test_zones_are_balanced_where_there_is_room(world: World) -> None:
    """aws-reality 5.7 g."""
    tight, definition = {"minimumHealthyPercent": 0, "maximumPercent": 100}, world.definition()
    world.service(definition, "tight", deploymentConfiguration=tight)
    assert world.seen("tight")["availabilityZoneRebalancing"] == "DISABLED"
    wanted = {"definition": definition, "name": "other", "availabilityZoneRebalancing": "ENABLED"}
    assert refused(world.service, deploymentConfiguration=tight, **wanted) == WRONG
    world.service(definition)
    assert world.seen()["availabilityZoneRebalancing"] == "ENABLED"
    update = {"cluster": "uat", "service": "web", "deploymentConfiguration": tight}
    assert refused(world.ecs.update_service, **update) == WRONG
    world.ecs.update_service(availabilityZoneRebalancing="DISABLED", **update)
    assert world.seen()["availabilityZoneRebalancing"] == "DISABLED"


def test_a_name_is_free_once_the_service_is_gone(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    world = World(slow, connect, clock)
    definition = world.definition()
    world.service(definition)
    delete = {"cluster": "uat", "service": "web"}
    with pytest.raises(ClientError, match="while it is scaled above 0"):
        world.ecs.delete_service(**delete)
    world.ecs.delete_service(force=True, **delete)
    with pytest.raises(ClientError, match="still Draining"):
        world.service(definition)
    assert refused(world.ecs.update_service, desiredCount=1, **delete) == "ServiceNotActiveException"
    world.ecs.delete_service(**delete)
    clock.sleep(60)
    assert refused(world.ecs.delete_service, **delete) == "ServiceNotFoundException"
    world.service(definition)
    clock.sleep(61)
    assert world.seen()["runningCount"] == 2


def test_a_definition_that_its_target_group_does_not_fit(world: World) -> None:
    world.service(world.definition(), desired=1, loadBalancers=world.behind(world.balanced()))
    other = world.definition("web", world.container(name="other"))
    update = {"cluster": "uat", "service": "web"}
    assert refused(world.ecs.update_service, taskDefinition=other, **update) == WRONG
    moved = [world.seen()["loadBalancers"][0] | {"containerName": "other"}]
    world.ecs.update_service(taskDefinition=other, loadBalancers=moved, **update)
    assert world.seen()["taskDefinition"] == other


def test_without_a_launch_type_it_waits_for_instances(world: World) -> None:
    definition = world.definition()
    said = {"cluster": "uat", "taskDefinition": definition, "networkConfiguration": world.place}
    assert refused(world.ecs.run_task, **said) == WRONG
    world.ecs.create_service(serviceName="web", desiredCount=1, **said)
    assert world.messages()[0].endswith("Reason: No Container Instances were found in your cluster.")
    providers = {"capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE"}]}
    world.ecs.put_cluster_capacity_providers(cluster="uat", **providers)
    world.ecs.create_service(serviceName="other", desiredCount=1, **said)  # as is usual in its cluster
    assert world.seen("other")["runningCount"] == 1
    assert len(world.ecs.run_task(**said)["tasks"]) == 1


def test_percentages_leave_room(world: World) -> None:
    definition = world.definition()
    for wrong in ((100, 100), (50, 0), (150, 200)):
        percentages = {"maximumPercent": wrong[0], "minimumHealthyPercent": wrong[1]}
        assert refused(world.service, definition=definition, deploymentConfiguration=percentages) == WRONG
    world.service(definition, deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 0})
    full = {"minimumHealthyPercent": 100}
    assert refused(world.ecs.update_service, cluster="uat", service="web", deploymentConfiguration=full) == WRONG
    found = world.seen()["deploymentConfiguration"]
    assert (found["maximumPercent"], found["minimumHealthyPercent"]) == (100, 0)
    assert found["deploymentCircuitBreaker"] == {"enable": False, "rollback": False}


def test_what_an_update_leaves_alone(world: World) -> None:
    world.service(world.definition(), desired=2, propagateTags="SERVICE", enableECSManagedTags=True)
    breaker = {"enable": True, "rollback": True}
    updated = world.ecs.update_service(
        cluster="uat", service="web", deploymentConfiguration={"deploymentCircuitBreaker": breaker}
    )["service"]
    assert (updated["desiredCount"], updated["propagateTags"]) == (2, "SERVICE")
    assert updated["deploymentConfiguration"]["maximumPercent"] == 200
    assert len(updated["deployments"]) == 1
    with pytest.raises(ClientError, match="couldn't be updated because a valid taskRoleArn is not being used"):
        world.ecs.update_service(cluster="uat", service="web", enableExecuteCommand=True)
    world.iam.create_role(RoleName="task", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    own = world.definition("web", taskRoleArn=f"arn:aws:iam::{world.cloud.account}:role/task")
    world.ecs.update_service(cluster="uat", service="web", taskDefinition=own)
    assert len(world.seen()["deployments"]) == 1
    exec_on = world.ecs.update_service(cluster="uat", service="web", enableExecuteCommand=True)["service"]
    assert (exec_on["enableExecuteCommand"], len(exec_on["deployments"])) == (True, 1)  # only for new tasks
    assert refused(world.ecs.update_service, cluster="uat", service="none") == "ServiceNotFoundException"


def test_tags_are_asked_for(world: World) -> None:
    tags = [{"key": "a", "value": "b"}]
    made = world.service(world.definition(), desired=1, tags=tags, propagateTags="SERVICE", enableECSManagedTags=True)
    assert "tags" not in world.seen()
    found = world.ecs.describe_services(cluster="uat", services=["web"], include=["TAGS"])["services"][0]
    assert found["tags"] == tags
    arn = made["serviceArn"]
    world.ecs.tag_resource(resourceArn=arn, tags=[{"key": "c", "value": "d"}])
    world.ecs.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert world.ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "c", "value": "d"}]
    arns = [task["taskArn"] for task in world.tasks()]
    (task,) = world.ecs.describe_tasks(cluster="uat", tasks=arns, include=["TAGS"])["tasks"]
    assert {tag["key"] for tag in task["tags"]} == {"a", "aws:ecs:clusterName", "aws:ecs:serviceName"}
    tagged = world.connect(world.cloud, "resourcegroupstaggingapi")
    found = tagged.get_resources(TagFilters=[{"Key": "c", "Values": ["d"]}])["ResourceTagMappingList"]
    assert [one["ResourceARN"] for one in found] == [arn]


def test_how_many_at_a_time(world: World) -> None:
    ecs, definition = world.ecs, world.definition()
    assert refused(ecs.describe_services, cluster="uat", services=[f"s{n}" for n in range(11)]) == WRONG
    assert refused(ecs.describe_tasks, cluster="uat", tasks=[]) == WRONG
    assert refused(ecs.list_tasks, cluster="uat", serviceName="none") == "ServiceNotFoundException"
    for number in range(11):
        world.service(definition, f"s{number}", desired=0)
    first = ecs.list_services(cluster="uat")
    assert (len(first["serviceArns"]), bool(first["nextToken"])) == (10, True)
    pages = ecs.get_paginator("list_services").paginate(cluster="uat")
    assert sum(len(page["serviceArns"]) for page in pages) == 11
    (missing,) = ecs.describe_tasks(cluster="uat", tasks=["none"])["failures"]
    assert missing["reason"] == "MISSING"


def test_roles_that_ecs_cannot_assume(world: World) -> None:
    world.iam.create_role(RoleName="strange", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
    for name in ("strange", "none"):
        role = f"arn:aws:iam::{world.cloud.account}:role/{name}"
        definition = world.definition(name, taskRoleArn=role)
        with pytest.raises(ClientError, match="Unable to assume role"):
            world.service(definition, name)
        place = {"launchType": "FARGATE", "networkConfiguration": world.place}
        assert refused(world.ecs.run_task, cluster="uat", taskDefinition=definition, **place) == WRONG


def test_a_launch_type_that_does_not_fit(world: World) -> None:
    definition = world.definition(requiresCompatibilities=["EC2"])
    assert refused(world.service, definition=definition) == WRONG
    said = {"taskDefinition": world.definition("fits"), "launchType": "FARGATE"}
    assert refused(world.ecs.run_task, cluster="uat", **said) == WRONG
    assert world.ecs.run_task(cluster="uat", networkConfiguration=world.place, **said)["failures"] == []
    assert refused(world.ecs.stop_task, cluster="uat", task="none") == WRONG
