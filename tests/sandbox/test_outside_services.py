"""A service on ECS behind a listener's rule, as the internet sees it come up."""

from __future__ import annotations

from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.outside import Outside
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import World
from tests.sandbox.refusals import balancer, forward, refused, target_group

CLOSED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}]


def test_a_service_answers_once_its_tasks_are_well(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    world = World(slow, connect, clock)
    group, front = target_group(world.elb, world.net, "web"), balancer(world.elb, world.net, "web")
    (shown,) = world.elb.describe_load_balancers(LoadBalancerArns=[front])["LoadBalancers"]
    everybody = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    world.ec2.authorize_security_group_ingress(GroupId=shown["SecurityGroups"][0], IpPermissions=everybody)
    said = {"LoadBalancerArn": front, "Port": 80, "Protocol": "HTTP", "DefaultActions": CLOSED}
    listener = world.elb.create_listener(**said)["Listeners"][0]["ListenerArn"]
    wanted = {"cluster": "uat", "serviceName": "web", "taskDefinition": world.definition(), "desiredCount": 1}
    wanted |= {"launchType": "FARGATE", "networkConfiguration": world.place, "loadBalancers": world.behind(group)}
    assert refused(world.ecs.create_service, **wanted) == "InvalidParameterException"  # its group leads nowhere yet
    paths = [{"Field": "path-pattern", "Values": ["/api/*"]}]
    rule = {"ListenerArn": listener, "Priority": 1, "Conditions": paths, "Actions": forward(group)}
    world.elb.create_rule(**rule)
    world.ecs.create_service(**wanted)
    world.wait(200)
    outside, address = Outside(slow), f"http://{shown['DNSName']}/api/films"
    statuses = []
    for _ in range(30):
        state = world.health(group)
        statuses.append((state, outside.get(address).status))
        world.wait(10)
    assert (["healthy"], 200) in statuses
    assert all((status == 200) == (state == ["healthy"]) for state, status in statuses)
    world.ecs.update_service(cluster="uat", service="web", desiredCount=0)
    world.wait(400)
    world.seen()
    assert outside.get(address).status == 503
    assert outside.get(f"http://{shown['DNSName']}/").status == 403


def test_before_its_first_task_is_well_nobody_is_served(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    world = World(slow, connect, clock)
    group = world.balanced()
    world.wait(200)
    (front,) = world.elb.describe_load_balancers()["LoadBalancers"]
    everybody = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    world.ec2.authorize_security_group_ingress(GroupId=front["SecurityGroups"][0], IpPermissions=everybody)
    world.service(world.definition(), desired=1, loadBalancers=world.behind(group))
    seen: list[tuple[str, int]] = []
    for _ in range(60):
        state = ",".join(world.health(group))
        status = Outside(slow).get(f"http://{front['DNSName']}/").status
        if not seen or seen[-1] != (state, status):
            seen.append((state, status))
        world.wait(5)
    assert seen == [("", 503), ("initial", 503), ("healthy", 200)]
