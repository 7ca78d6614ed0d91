"""Services: made, started, rolled out, failed with a reason, and ended."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws import waits
from muvi_provision.aws.inventory import Inventory
from muvi_provision.aws.patience import CREATING, DELETING, patience_for
from muvi_provision.day3_compute.services import WAITING_FOR, EcsService
from muvi_provision.errors import QuotaTooLow
from muvi_provision.resource import Unknown
from muvi_provision.sandbox.faults import Faults
from tests.resources.contract import Bench
from tests.resources.examples_compute import CLUSTER, DEFINITION, EXECUTION, SERVICE
from tests.sandbox.conftest import Leaping
from tests.unit.day3_compute.conftest import PULLING, push
from tests.unit.hands import by_hand

PLAIN = replace(SERVICE, names=())


def real(bench: Bench, **more: Any) -> EcsService:
    made = bench.real(replace(PLAIN, **more))
    assert isinstance(made, EcsService)
    return made


def shown(bench: Bench) -> dict[str, Any]:
    answer = bench.aws.ecs.describe_services(cluster="uat-main", services=["uat-gateway"], include=["TAGS"])
    return dict(answer["services"][0])


def test_without_an_image_it_is_made_and_waits(ground: Bench) -> None:
    live = ground.make(PLAIN)
    assert shown(ground)["desiredCount"] == 0
    assert live.tags[WAITING_FOR] == "uat-gateway:latest"
    ground.silent(real(ground), live.id)


def test_it_is_started_once_its_image_is_there(connected: Bench) -> None:
    live = connected.make(PLAIN)
    push(connected)
    resource = real(connected, tasks=2)
    changes = connected.changes(resource, connected.look(resource, live.id))
    assert [str(change) for change in changes] == ["running: waiting for its image -> started"]
    live = connected.update(resource, live, changes)
    assert shown(connected)["desiredCount"] == 2
    assert WAITING_FOR not in live.tags
    connected.silent(resource, live.id)


def test_a_tag_that_an_interruption_left_is_all_that_is_taken_off(connected: Bench) -> None:
    live = connected.make(PLAIN)
    push(connected)
    resource = real(connected, tasks=2)
    live = connected.update(resource, live, connected.changes(resource, live))
    waits = [{"key": WAITING_FOR, "value": "uat-gateway:latest"}]
    by_hand(connected, "ecs", "tag_resource", resourceArn=live.id, tags=waits)
    connected.border.inventory = Inventory()
    live = connected.look(resource, live.id)
    (change,) = connected.changes(resource, live)
    assert change.field == "running"

    def update() -> None:
        with connected.writing(resource) as aws:
            resource.update(aws, live, (change,))

    assert connected.called(update) == {"ecs:UntagResource"}


def test_with_an_image_it_starts_at_once(connected: Bench) -> None:
    push(connected)
    live = connected.make(replace(PLAIN, tasks=3))
    said = shown(connected)
    assert (said["desiredCount"], said["launchType"], said["platformVersion"]) == (3, "FARGATE", "LATEST")
    assert said["enableExecuteCommand"]
    assert (said["propagateTags"], said["enableECSManagedTags"]) == ("SERVICE", True)
    breaker = said["deploymentConfiguration"]["deploymentCircuitBreaker"]
    assert (breaker["enable"], breaker["rollback"]) == (True, True)
    assert said["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"
    assert WAITING_FOR not in live.tags


def test_how_many_run_is_nobodys_business_but_scalings(connected: Bench) -> None:
    push(connected)
    live = connected.make(PLAIN)
    by_hand(connected, "ecs", "update_service", cluster="uat-main", service="uat-gateway", desiredCount=7)
    connected.silent(real(connected), live.id)
    changed = real(connected, minimum_percent=50)
    connected.update(changed, live, connected.changes(changed, live))
    assert shown(connected)["desiredCount"] == 7


def test_an_image_that_went_away_does_not_roll_out_a_version_that_cannot_start(connected: Bench) -> None:
    digest = push(connected)
    live = connected.make(PLAIN)
    by_hand(connected, "ecr", "batch_delete_image", repositoryName="uat-gateway", imageIds=[{"imageDigest": digest}])
    connected.make(replace(DEFINITION, secrets={}, cpu=256))
    connected.values["image/gateway"] = {**connected.values["image/gateway"], "digest": ""}
    connected.silent(real(connected), live.id)


def test_a_new_version_is_all_that_is_sent(connected: Bench) -> None:
    push(connected)
    live = connected.make(PLAIN)
    connected.make(replace(DEFINITION, secrets={}, cpu=256))
    resource = real(connected)
    changes = connected.changes(resource, connected.look(resource, live.id))
    assert [change.field for change in changes] == ["task_definition"]
    with connected.writing(resource) as aws:
        resource.update(aws, live, changes)
    last = connected.cloud.log.entries[-1]
    assert last.name == "ecs:UpdateService"
    said = shown(connected)
    assert (said["taskDefinition"], said["desiredCount"]) == (resource.task_definition, 1)


def test_a_version_not_yet_registered_shows_as_one_to_come(connected: Bench) -> None:
    push(connected)
    live = connected.make(PLAIN)
    due = replace(real(connected), task_definition=Unknown(DEFINITION.address, "arn"))
    assert [change.field for change in connected.changes(due, connected.look(due, live.id))] == ["task_definition"]


@pytest.mark.parametrize(("many", "calls"), [(9, 1), (11, 2)])
def test_a_plan_reads_ten_services_in_one_call(ground: Bench, many: int, calls: int) -> None:
    names = [f"service-{number:02}" for number in range(many)]
    for name in names:
        ground.make(replace(DEFINITION, name=name))
        ground.make(replace(PLAIN, name=name))
    ground.border.inventory = Inventory()
    aws = ground.aws.seen_from(0)
    start = len(ground.cloud.log.entries)
    assert all(ground.real(replace(PLAIN, name=name)).find(aws, None) for name in names)
    called = [entry.name for entry in ground.cloud.log.entries[start:]]
    assert called == ["ecs:ListTaskDefinitions", *["ecs:DescribeServices"] * calls]


def test_one_without_a_task_definition_is_found_by_its_id(ground: Bench) -> None:
    live = ground.make(PLAIN)
    definition = ground.values[DEFINITION.address]["arn"]
    by_hand(ground, "ecs", "deregister_task_definition", taskDefinition=definition)
    ground.border.inventory = Inventory()
    aws = ground.aws.seen_from(0)
    assert real(ground).find(aws, None) is None
    found = real(ground).find(aws, live.id)
    assert found is not None
    assert found.id == live.id


def test_without_the_cluster_its_id_still_tells_where_it_was(ground: Bench) -> None:
    live = ground.make(PLAIN)
    lost = replace(real(ground), cluster=PLAIN.cluster)
    again = lost.find(ground.aws, live.id)
    assert again is not None
    assert again.id == live.id


def quota(bench: Bench, cpu_in_all: int, **more: Any) -> QuotaTooLow:
    with pytest.raises(QuotaTooLow) as caught:
        real(bench, cpu_in_all=cpu_in_all, **more).before(bench.aws)
    return caught.value


def test_more_than_the_account_may_run_is_told_before(ground: Bench) -> None:
    told = quota(ground, 8 * 1024, maximum_percent=200)
    assert told.what == "all services together run 8 vCPU on Fargate, and this account may run 6"
    assert "16" in told.why
    assert told.next[0].startswith("aws service-quotas request-service-quota-increase --service-code fargate")
    assert "--desired-value 16" in told.next[0]


def test_without_room_for_two_versions_only_one_is_told_of(ground: Bench) -> None:
    assert "new version" not in quota(ground, 7 * 1024, maximum_percent=100).why


def test_what_fits_is_let_through(ground: Bench) -> None:
    real(ground, cpu_in_all=6 * 1024).before(ground.aws)


def test_a_quota_nobody_may_read_stops_nobody(ground: Bench) -> None:
    ground.cloud.faults = Faults(deny=frozenset({"service-quotas:GetServiceQuota"}))
    try:
        real(ground, cpu_in_all=100 * 1024).before(ground.aws)
    finally:
        ground.cloud.faults = Faults()


def test_it_costs_what_its_copies_take(ground: Bench) -> None:
    assert dict(real(ground, tasks=3, cpu=512, memory=2048).costs()) == {"fargate.x86.vcpu": 1.5, "fargate.x86.gb": 6.0}


# as slow as AWS, by a clock that leaps


def outcome(bench: Bench, resource: EcsService, known_id: str) -> tuple[str, str]:
    """As the engine looks after it has written."""
    now = bench.border.inventory.moment()
    live = resource.find(bench.aws.seen_from(now, written=now), known_id)
    assert live is not None
    return waits.outcome("service_rolled_out", live), waits.reason("service_rolled_out", live)


def until_over(bench: Bench, clock: Leaping, resource: EcsService, known_id: str) -> tuple[str, str]:
    for _ in range(120):
        told = outcome(bench, resource, known_id)
        if told[0] != "retry":
            return told
        clock.sleep(10)
    raise AssertionError("it neither succeeded nor failed in twenty minutes")


def begin(bench: Bench, **more: Any) -> tuple[EcsService, str]:
    """Created, as the engine does it, and not yet waited for."""
    resource = real(bench, **more)
    with bench.writing(resource) as aws:
        return resource, resource.create(aws)


def test_it_is_ready_once_its_copies_run(running: Bench, clock: Leaping) -> None:
    resource, arn = begin(running)
    assert outcome(running, resource, arn) == ("retry", "")
    assert until_over(running, clock, resource, arn) == ("success", "")
    assert shown(running)["runningCount"] == 1


def test_containers_that_end_are_given_up_with_their_exit_code(running: Bench, clock: Leaping) -> None:
    running.cloud.faults = Faults(crash={"uat-gateway": "exit"})
    state, why = until_over(running, clock, *begin(running))
    assert state == "failure"
    assert "Essential container in task exited, exit code 1; the program ended by itself" in why


def test_without_a_way_out_it_says_so(running: Bench, clock: Leaping) -> None:
    table = running.values["route-table/app"]["id"]
    by_hand(running, "ec2", "delete_route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    state, why = until_over(running, clock, *begin(running))
    assert state == "failure"
    assert "NAT gateway" in why


def test_a_secret_without_a_value_says_so(running: Bench, clock: Leaping) -> None:
    made = by_hand(running, "secretsmanager", "create_secret", Name="uat/gateway/key")["ARN"]
    with_secret = running.real(replace(DEFINITION, secrets={"KEY": made}))
    with running.writing(with_secret) as aws:
        arn = with_secret.create(aws)
    role = running.real(replace(EXECUTION, managed=(PULLING,)))
    may = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": made}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    name = running.look(role, None).id
    by_hand(running, "iam", "put_role_policy", RoleName=name, PolicyName="more", PolicyDocument=document)
    clock.sleep(60)
    state, why = until_over(running, clock, *begin(running, task_definition=arn))
    assert state == "failure"
    assert "muvi secrets set" in why


def test_more_than_fits_into_the_quota_is_told(running: Bench, clock: Leaping) -> None:
    running.cloud.quotas["fargate_vcpus"] = 0
    state, why = until_over(running, clock, *begin(running))
    assert state == "failure"
    assert "request-service-quota-increase" in why


def test_a_version_that_does_not_start_is_rolled_back_and_told(running: Bench, clock: Leaping) -> None:
    resource, arn = begin(running)
    assert until_over(running, clock, resource, arn)[0] == "success"
    live = running.look(resource, arn)
    running.cloud.faults = Faults(crash={"uat-gateway": "exit"})
    worse = running.real(replace(DEFINITION, secrets={}, cpu=256))
    with running.writing(worse) as aws:
        due = replace(resource, task_definition=worse.create(aws))
    with running.writing(due) as aws:
        due.update(aws, live, running.changes(due, live))
    state, why = until_over(running, clock, due, arn)
    assert state == "failure"
    assert "exit code 1" in why
    clock.sleep(1200)
    state, why = outcome(running, due, arn)
    assert (state, shown(running)["taskDefinition"]) == ("failure", resource.task_definition)
    assert "put the version before it back" in why


def test_it_drains_before_it_is_gone(running: Bench, clock: Leaping) -> None:
    resource, arn = begin(running)
    until_over(running, clock, resource, arn)
    live = running.look(resource, arn)
    with running.writing(resource) as aws:
        resource.delete(aws, live)
    draining = running.look(resource, arn)
    assert waits.is_going("service_rolled_out", draining)
    assert resource.find(running.aws, None) is None, "who does not know its id may make another, once AWS lets him"
    with running.writing(resource) as aws:
        resource.delete(aws, live)
    clock.sleep(600)
    assert resource.find(running.aws, arn) is None


def test_while_it_drains_another_of_its_name_is_made_later(running: Bench, clock: Leaping) -> None:
    resource, arn = begin(running)
    until_over(running, clock, resource, arn)
    with running.writing(resource) as aws:
        resource.delete(aws, running.look(resource, arn))
    with pytest.raises(ClientError) as refused:
        begin(running)
    assert patience_for(refused.value, CREATING)


def test_a_cluster_with_a_service_in_it_is_asked_again_later(running: Bench) -> None:
    begin(running)
    cluster = running.real(CLUSTER)
    with pytest.raises(ClientError) as refused, running.writing(cluster) as aws:
        cluster.delete(aws, running.look(cluster, None))
    assert patience_for(refused.value, DELETING)
