"""What containers write into their log groups."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.ecs_world import World, allow, trust

GROUP = "/ecs/web"


@pytest.fixture
def world(slow: Cloud, connect: Connect, clock: Leaping) -> World:
    return World(slow, connect, clock)


def streams(world: World) -> list[str]:
    return sorted(one["logStreamName"] for one in world.logs.describe_log_streams(logGroupName=GROUP)["logStreams"])


def lines(world: World, **asked: Any) -> list[str]:
    return [one["message"] for one in world.logs.filter_log_events(logGroupName=GROUP, **asked)["events"]]


def test_a_task_has_a_stream_and_says_that_it_starts(world: World) -> None:
    begin = world.clock.now()
    world.service(world.definition(), desired=2)
    world.wait(59)
    assert streams(world) == []
    world.wait(2)
    tasks = sorted(one["taskArn"].rpartition("/")[2] for one in world.tasks())
    assert streams(world) == [f"web/web/{task}" for task in tasks]
    found = world.logs.filter_log_events(logGroupName=GROUP)["events"]
    expected = ["[sandbox] web started: web:1, web:1", "[sandbox] web answers at port 8080"]
    assert [one["message"] for one in found] == expected * 2
    assert {one["timestamp"] for one in found} == {round(begin.timestamp() * 1000) + 60_000}
    assert len({one["eventId"] for one in found}) == 4
    assert lines(world, startTime=round(begin.timestamp() * 1000) + 61_000) == []
    world.ecs.update_service(cluster="uat", service="web", desiredCount=1)
    assert lines(world, filterPattern='"SIGTERM"') == ["[sandbox] web ends: SIGTERM"]


def test_one_that_fails_says_so(world: World) -> None:
    world.cloud.faults = Faults(crash={"web": "exit"})
    world.service(world.definition(), desired=1)
    world.wait(75)
    assert lines(world)[-1] == "[sandbox] web fails as it was told to: exit code 1"
    world.cloud.faults = Faults(crash={"web": "unhealthy"})
    group = world.balanced()
    world.service(world.definition(), "other", desired=1, loadBalancers=world.behind(group))
    world.wait(300)
    assert "[sandbox] web gives its health checks no good answer, as it was told to" in lines(world)


def test_one_whose_image_is_not_there_writes_nothing(world: World) -> None:
    world.service(world.definition("web", world.container(tag="none")), desired=1)
    world.wait(65)
    assert world.tasks("STOPPED")
    assert streams(world) == []


def test_a_role_that_may_not_write(world: World) -> None:
    world.iam.create_role(RoleName="quiet", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    said = allow("ecr:*", "logs:CreateLogStream")
    world.iam.put_role_policy(RoleName="quiet", PolicyName="p", PolicyDocument=said)
    world.wait(11)
    quiet = f"arn:aws:iam::{world.cloud.account}:role/quiet"
    world.service(world.definition("web", executionRoleArn=quiet), desired=1)
    world.wait(61)
    assert len(streams(world)) == 1
    assert lines(world) == []


def test_a_group_that_went_takes_nothing(world: World) -> None:
    world.service(world.definition(), desired=1)
    world.wait(61)
    world.logs.delete_log_group(logGroupName=GROUP)
    world.ecs.update_service(cluster="uat", service="web", desiredCount=0)
    assert world.logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"] == []
    world.logs.create_log_group(logGroupName=GROUP)
    world.wait(31)
    assert (world.tasks(), streams(world)) == ([], [])


def test_containers_without_logs_and_of_other_regions(world: World) -> None:
    other = world.connect(world.cloud, "logs", region="eu-central-1")
    other.create_log_group(logGroupName=GROUP)
    options = {"awslogs-group": GROUP, "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "web"}
    away = world.container(logConfiguration={"logDriver": "awslogs", "options": options})
    silent = {"name": "side", "image": "public.ecr.aws/x/y:1", "essential": False}
    world.service(world.definition("web", away, silent), desired=1)
    world.wait(61)
    assert world.seen()["runningCount"] == 1
    assert streams(world) == []
    assert len(other.filter_log_events(logGroupName=GROUP)["events"]) == 2


def test_lines_are_counted_and_kept_over_a_restart(world: World, connect: Connect) -> None:
    counted = {"metricName": "Starts", "metricNamespace": "uat", "metricValue": "1"}
    world.logs.put_metric_filter(
        logGroupName=GROUP, filterName="starts", filterPattern="started", metricTransformations=[counted]
    )
    world.service(world.definition(), desired=2)
    world.wait(61)
    before = world.logs.filter_log_events(logGroupName=GROUP)["events"]
    again = Cloud(world.clock, speed=1)
    persistence.load(again, persistence.dumped(world.cloud))
    logs = connect(again, "logs")
    connect(again, "ecs").update_service(cluster="uat", service="web", desiredCount=0)
    after = logs.filter_log_events(logGroupName=GROUP)["events"]
    assert {one["eventId"] for one in before} < {one["eventId"] for one in after}
    assert len(after) == 6
    metric = {"Metric": {"Namespace": "uat", "MetricName": "Starts"}, "Period": 300, "Stat": "Sum"}
    asked = {"StartTime": world.clock.now().replace(hour=0, minute=0), "EndTime": world.clock.now()}
    found = connect(again, "cloudwatch").get_metric_data(MetricDataQueries=[{"Id": "a", "MetricStat": metric}], **asked)
    assert sum(found["MetricDataResults"][0]["Values"]) == 2.0
    assert set(world.cloud.snapshot()["logs"][REGION]) == {"log_group", "metric_filter"}
    again.reset()
