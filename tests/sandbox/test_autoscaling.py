"""Services between their limits (aws-reality 7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import World
from tests.sandbox.refusals import refused, target_group

WEB = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/uat/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
WRONG = "ValidationException"


@dataclass
class Scaled:
    world: World
    api: Any
    alarms: Any

    def register(self, least: int | None = 1, most: int | None = 4, **more: Any) -> str:
        said = WEB | {"MinCapacity": least, "MaxCapacity": most} | more
        kept = {key: value for key, value in said.items() if value is not None}
        return str(self.api.register_scalable_target(**kept)["ScalableTargetARN"])

    def policy(self, name: str = "cpu", kind: str = "ECSServiceAverageCPUUtilization", **more: Any) -> dict[str, Any]:
        metric = {"PredefinedMetricType": kind} | ({"ResourceLabel": more.pop("label")} if "label" in more else {})
        configuration = {"TargetValue": 60.0, "PredefinedMetricSpecification": metric} | more
        said = WEB | {"PolicyName": name, "PolicyType": "TargetTrackingScaling"}
        return dict(self.api.put_scaling_policy(**said, TargetTrackingScalingPolicyConfiguration=configuration))

    def raised(self) -> list[dict[str, Any]]:
        return list(self.alarms.describe_alarms(AlarmNamePrefix="TargetTracking-")["MetricAlarms"])

    def targets(self) -> list[dict[str, Any]]:
        return list(self.api.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"])


def scaled(cloud: Cloud, connect: Connect, clock: Leaping) -> Scaled:
    world = World(cloud, connect, clock)
    found = Scaled(world, connect(cloud, "application-autoscaling"), connect(cloud, "cloudwatch"))
    world.service(world.definition(), desired=2)
    return found


@pytest.fixture
def at_once(cloud: Cloud, connect: Connect, clock: Leaping) -> Scaled:
    return scaled(cloud, connect, clock)


@pytest.fixture
def slowly(slow: Cloud, connect: Connect, clock: Leaping) -> Scaled:
    return scaled(slow, connect, clock)


def test_a_service_that_is_not_there(at_once: Scaled) -> None:
    for resource in ("service/uat/none", "service/none/web"):
        with pytest.raises(ClientError, match=f"ECS service doesn't exist: {resource}"):
            at_once.register(ResourceId=resource)
    assert refused(at_once.register, ResourceId="cluster/uat") == WRONG
    assert refused(at_once.register, ScalableDimension="ec2:spot-fleet-request:TargetCapacity") == WRONG
    other = {"ServiceNamespace": "dynamodb", "ResourceId": "table/a"}
    dimension = "dynamodb:table:ReadCapacityUnits"
    assert refused(at_once.register, **other, ScalableDimension=dimension) == "SandboxNotImplemented"


def test_a_service_that_is_not_known_yet(slowly: Scaled) -> None:
    """aws-reality 1.6."""
    assert refused(slowly.register) == WRONG
    slowly.world.wait(3)
    slowly.register()


def test_a_new_account_s_role(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """aws-reality 5.3 b."""
    found = scaled(slow, connect, clock)
    clock.sleep(3)
    name = "AWSServiceRoleForApplicationAutoScaling_ECSService"
    found.world.iam.delete_service_linked_role(RoleName=name)
    with pytest.raises(ClientError, match=f"Unable to assume IAM role: .*{name}"):
        found.register()
    clock.sleep(11)
    found.register()


def test_limits(at_once: Scaled) -> None:
    assert refused(at_once.register, least=None) == WRONG
    assert refused(at_once.register, most=None) == WRONG
    assert refused(at_once.register, least=5) == WRONG
    assert refused(at_once.register, least=-1) == WRONG
    at_once.register(2, 2)
    assert refused(at_once.register, least=3, most=None) == WRONG
    at_once.register(None, 3)
    (found,) = at_once.targets()
    assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 3)


@pytest.mark.parametrize(
    ("before", "limits", "after"),
    [(2, (1, 4), 2), (2, (3, 4), 3), (2, (0, 1), 1), (0, (0, 4), 0), (0, (1, 4), 1)],
)
def test_a_service_is_moved_between_its_limits_at_once(
    at_once: Scaled, before: int, limits: tuple[int, int], after: int
) -> None:
    world = at_once.world
    world.ecs.update_service(cluster="uat", service="web", desiredCount=before)
    at_once.register(*limits)
    assert world.seen()["desiredCount"] == after
    assert len(world.tasks() if after else []) == after
    found = at_once.api.describe_scaling_activities(**WEB)["ScalingActivities"]
    assert [one["Description"] for one in found] == ([f"Setting desired count to {after}."] if after != before else [])


def test_what_is_not_said_of_a_target_stays(at_once: Scaled) -> None:
    arn = at_once.register(Tags={"a": "b"}, SuspendedState={"ScheduledScalingSuspended": True})
    assert at_once.register(2, 5) == arn
    (found,) = at_once.targets()
    assert found["SuspendedState"]["ScheduledScalingSuspended"] is True
    assert found["SuspendedState"]["DynamicScalingInSuspended"] is False
    assert at_once.api.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "b"}
    at_once.api.tag_resource(ResourceARN=arn, Tags={"c": "d"})
    at_once.api.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert at_once.api.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"c": "d"}
    many = {f"k{number}": "v" for number in range(50)}
    assert refused(at_once.api.tag_resource, ResourceARN=arn, Tags=many) == "TooManyTagsException"
    assert refused(at_once.api.list_tags_for_resource, ResourceARN=arn[:-1]) == "ResourceNotFoundException"


def test_a_policy_has_two_alarms(at_once: Scaled) -> None:
    assert refused(at_once.policy) == "ObjectNotFoundException"
    at_once.register()
    made = at_once.policy()
    high, low = at_once.raised()
    assert {one["AlarmName"] for one in made["Alarms"]} == {high["AlarmName"], low["AlarmName"]}
    assert high["AlarmName"].startswith("TargetTracking-service/uat/web-AlarmHigh-")
    assert (high["Threshold"], high["EvaluationPeriods"], high["StateValue"]) == (60.0, 3, "INSUFFICIENT_DATA")
    assert (low["Threshold"], low["EvaluationPeriods"]) == (54.0, 15)
    assert high["AlarmActions"] == [made["PolicyARN"]]
    assert high["Dimensions"] == [{"Name": "ClusterName", "Value": "uat"}, {"Name": "ServiceName", "Value": "web"}]
    again = at_once.policy(DisableScaleIn=True)
    assert again["PolicyARN"] == made["PolicyARN"]
    assert len(at_once.raised()) == 1
    (found,) = at_once.api.describe_scaling_policies(**WEB)["ScalingPolicies"]
    assert found["TargetTrackingScalingPolicyConfiguration"]["DisableScaleIn"] is True
    assert at_once.api.describe_scaling_policies(ServiceNamespace="ecs", PolicyNames=["x"])["ScalingPolicies"] == []
    at_once.api.delete_scaling_policy(PolicyName="cpu", **WEB)
    assert at_once.raised() == []
    assert refused(at_once.api.delete_scaling_policy, PolicyName="cpu", **WEB) == "ObjectNotFoundException"


def test_policies_that_cannot_be(at_once: Scaled) -> None:
    at_once.register()
    assert refused(at_once.policy, TargetValue=0.0) == WRONG
    assert refused(at_once.policy, kind="RDSReaderAverageCPUUtilization") == WRONG
    said = WEB | {"PolicyName": "x", "PolicyType": "TargetTrackingScaling"}
    assert refused(at_once.api.put_scaling_policy, **said) == WRONG
    at_once.policy("cpu")
    with pytest.raises(ClientError, match="Only one TargetTrackingScaling policy for a given metric specification"):
        at_once.policy("other")
    at_once.policy("cpu", TargetValue=70.0)
    steps = said | {"PolicyType": "StepScaling"}
    assert refused(at_once.api.put_scaling_policy, **steps) == "SandboxNotImplemented"


def label(balancer: str, group: str) -> str:
    return balancer.partition(":loadbalancer/")[2] + "/" + group.rpartition(":")[2]


def test_requests_are_counted_at_an_attached_group(at_once: Scaled) -> None:
    """aws-reality 7.4 a, e."""
    world, kind = at_once.world, "ALBRequestCountPerTarget"
    at_once.register()
    group = world.balanced()
    (balancer,) = (one["LoadBalancerArn"] for one in world.elb.describe_load_balancers()["LoadBalancers"])
    loose = target_group(world.elb, world.net, "loose")
    assert refused(at_once.policy, kind=kind) == WRONG
    for wrong in ("nonsense", label(balancer, loose), label(balancer, group)[:-1] + "x"):
        assert refused(at_once.policy, kind=kind, label=wrong) == WRONG
    assert refused(at_once.policy, label=label(balancer, group)) == WRONG
    at_once.policy(kind=kind, label=label(balancer, group), TargetValue=1000.0)
    dimensions = {one["Name"]: one["Value"] for one in at_once.raised()[0]["Dimensions"]}
    assert dimensions["TargetGroup"] == group.rpartition(":")[2]
    assert dimensions["LoadBalancer"] == balancer.partition(":loadbalancer/")[2]


def test_policies_come_one_after_the_other(slowly: Scaled) -> None:
    slowly.world.wait(3)
    slowly.register()
    slowly.policy()
    memory = {"name": "memory", "kind": "ECSServiceAverageMemoryUtilization"}
    assert refused(slowly.policy, **memory) == "ConcurrentUpdateException"
    assert refused(slowly.api.deregister_scalable_target, **WEB) == "ConcurrentUpdateException"
    slowly.world.wait(1)
    slowly.policy(**memory)
    assert len(slowly.raised()) == 4


def test_a_target_outlives_its_service(at_once: Scaled) -> None:
    """aws-reality 7.4 f."""
    at_once.register(Tags={"a": "b"})
    at_once.policy()
    at_once.world.ecs.delete_service(cluster="uat", service="web", force=True)
    assert len(at_once.targets()) == 1
    assert len(at_once.raised()) == 2
    at_once.api.deregister_scalable_target(**WEB)
    assert (at_once.targets(), at_once.raised()) == ([], [])
    assert refused(at_once.api.deregister_scalable_target, **WEB) == "ObjectNotFoundException"


def test_built_and_taken_down_and_kept_over_a_restart(at_once: Scaled, clock: Leaping) -> None:
    cloud = at_once.world.cloud
    before = cloud.snapshot()
    at_once.register(Tags={"a": "b"})
    at_once.policy()
    described = cloud.snapshot()["application-autoscaling"]["me-central-1"]["scalable_target"]["service/uat/web"]
    assert (described["least"], list(described["policies"]), described["tags"]) == (1, ["cpu"], {"a": "b"})
    assert len(cloud.snapshot()["cloudwatch"]["me-central-1"]["alarm"]) == 2
    again = Cloud(clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot()
    again.reset()
    at_once.api.deregister_scalable_target(**WEB)
    assert cloud.snapshot() == before
