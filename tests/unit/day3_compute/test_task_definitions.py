"""Task definitions: known by their content, one revision after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.aws.inventory import Inventory
from muvi_provision.day3_compute import containers
from muvi_provision.day3_compute.task_definitions import CONTENT, TaskDefinition
from muvi_provision.engine.examine import examine
from muvi_provision.errors import NameTaken
from muvi_provision.resource import Unknown, Verdict, is_known
from tests.resources.contract import Bench
from tests.resources.examples_compute import DEFINITION, LOGS, ROLES
from tests.unit.hands import by_hand


@pytest.fixture
def stage(bench: Bench) -> Bench:
    bench.stand(*ROLES, LOGS)
    return bench


def real(bench: Bench, **more: Any) -> TaskDefinition:
    made = bench.real(replace(DEFINITION, **more))
    assert isinstance(made, TaskDefinition)
    return made


def revision(bench: Bench, resource: TaskDefinition) -> dict[str, Any]:
    arn = bench.look(resource, None).id
    said = bench.aws.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return dict(said)


def test_what_is_registered(stage: Bench) -> None:
    stage.make(DEFINITION)
    said = revision(stage, real(stage))
    assert (said["family"], said["cpu"], said["memory"], said["networkMode"]) == (
        "uat-gateway",
        "512",
        "1024",
        "awsvpc",
    )
    assert said["requiresCompatibilities"] == ["FARGATE"]
    assert said["runtimePlatform"] == {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
    container = said["containerDefinitions"][0]
    assert container["name"] == "gateway"
    assert {each["name"] for each in container["environment"]} == {"PORT", "ROLE_OF"}
    assert [each["name"] for each in container["secrets"]] == ["KEPT"], "one without a value would stop every start"
    assert container["logConfiguration"]["options"] == {
        "awslogs-group": "/ecs/uat/gateway",
        "awslogs-region": stage.aws.region,
        "awslogs-stream-prefix": "ecs",
    }
    assert container["healthCheck"] == {
        "command": ["CMD", "node", "-e", "process.exit(0)"],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
        "startPeriod": 60,
    }
    assert container["linuxParameters"]["initProcessEnabled"]
    assert not container["readonlyRootFilesystem"]


def test_without_a_health_command_only_the_load_balancer_asks(stage: Bench) -> None:
    stage.make(replace(DEFINITION, health_command=()))
    assert "healthCheck" not in revision(stage, real(stage, health_command=()))["containerDefinitions"][0]


def test_aws_waits_five_minutes_for_a_start_and_no_longer(stage: Bench) -> None:
    stage.make(replace(DEFINITION, grace_s=3600))
    patient = real(stage, grace_s=3600)
    assert revision(stage, patient)["containerDefinitions"][0]["healthCheck"]["startPeriod"] == 300
    stage.silent(patient, None)


def test_one_that_is_as_wanted_is_not_read(stage: Bench) -> None:
    stage.make(DEFINITION)
    stage.border.inventory = Inventory()

    def look() -> None:
        real(stage).find(stage.aws, None)

    called = stage.called(look)
    assert called == {"ecs:ListTaskDefinitions", "tag:GetResources"}


def test_what_differs_is_told_by_its_name(stage: Bench) -> None:
    stage.make(DEFINITION)
    other = real(stage, cpu=256, environment={"PORT": "3002"})
    changes = {change.field: (change.old, change.new) for change in stage.changes(other, stage.look(other, None))}
    assert changes.keys() == {"cpu", "environment", "content"} - {"content"}
    assert changes["cpu"] == (512, 256)


def test_another_content_with_the_same_fields_is_registered_anew(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an update of this program that writes definitions otherwise."""
    live = stage.make(DEFINITION)
    monkeypatch.setattr(containers, "STOP_S", 60)
    resource = real(stage)
    changes = stage.changes(resource, stage.look(resource, live.id))
    assert [change.field for change in changes] == ["content"]
    assert stage.silent(resource, stage.update(resource, live, changes).id).id != live.id


def test_the_older_revision_stays_to_roll_back_to(stage: Bench) -> None:
    first = stage.make(DEFINITION)
    other = real(stage, cpu=256)
    second = stage.update(other, stage.look(other, first.id), ())
    assert (first.id[-2:], second.id[-2:]) == (":1", ":2")
    described = stage.aws.ecs.describe_task_definition(taskDefinition=first.id)["taskDefinition"]
    assert described["status"] == "ACTIVE"


def test_all_of_them_go_in_the_end(stage: Bench) -> None:
    live = stage.make(DEFINITION)
    for turn in range(12):  # more than one call can delete
        live = stage.update(real(stage, grace_s=turn), live, ())
    by_hand(stage, "ecs", "deregister_task_definition", taskDefinition=live.id)
    resource = real(stage)
    with stage.writing(resource) as aws:
        resource.delete(aws, live)
    for status in ("ACTIVE", "INACTIVE"):
        params: dict[str, Any] = {"familyPrefix": "uat-gateway", "status": status}
        assert stage.aws.ecs.list_task_definitions(**params)["taskDefinitionArns"] == []


def strangers(bench: Bench) -> str:
    """Somebody else's revision of our family."""
    container = {"name": "theirs", "image": "theirs:1", "essential": True, "memory": 128}
    said = by_hand(bench, "ecs", "register_task_definition", family="uat-gateway", containerDefinitions=[container])
    return str(said["taskDefinition"]["taskDefinitionArn"])


def test_a_family_of_somebody_elses_is_left_alone(stage: Bench) -> None:
    strangers(stage)
    with pytest.raises(NameTaken):
        examine(real(stage), None, stage.aws)


def test_a_strangers_revision_stays_when_ours_go(stage: Bench) -> None:
    live = stage.make(DEFINITION)
    theirs = strangers(stage)
    resource = real(stage)
    with stage.writing(resource) as aws:
        resource.delete(aws, live)
    assert stage.aws.ecs.list_task_definitions(familyPrefix="uat-gateway")["taskDefinitionArns"] == [theirs]


def test_beside_a_newer_one_of_somebody_elses_ours_is_the_recorded_one(stage: Bench) -> None:
    live = stage.make(DEFINITION)
    theirs = strangers(stage)
    resource = real(stage)
    assert stage.look(resource, live.id).id == live.id
    teardown = replace(stage.aws, shallow=True)
    by_hand(stage, "ecs", "deregister_task_definition", taskDefinition=live.id)
    left = resource.find(teardown.seen_from(stage.border.inventory.moment()), live.id)
    assert left is not None
    assert left.id == live.id, "an interrupted deletion goes on"
    stage.border.inventory = Inventory()
    assert stage.look(resource, live.id).id == theirs, "which is told rather than taken over"


def test_parts_that_are_not_known_yet_read_as_changed(stage: Bench) -> None:
    live = stage.make(DEFINITION)
    unsure = replace(real(stage), environment={"HOST": Unknown("aurora-cluster/main", "writer_host")})
    found = examine(unsure, None, stage.aws)
    assert found.verdict == Verdict.CREATE, "without a record nothing tells that it is there"
    changes = stage.changes(unsure, stage.look(unsure, live.id))
    assert "environment" in {change.field for change in changes}


def test_who_runs_it_learns_that_another_revision_is_due(stage: Bench) -> None:
    live = stage.make(DEFINITION)
    assert real(stage).outputs(live) == {"arn": live.id}
    other = real(stage, cpu=256)
    assert not is_known(other.outputs(stage.look(other, live.id))["arn"])


@pytest.mark.parametrize(
    ("source", "given"),
    [("arn:aws:x", True), ("arn:aws:x:username::", True), ("", False), (":username::", False)],
)
def test_a_secret_without_a_value_is_not_promised(source: str, given: bool) -> None:
    assert (containers.with_values({"DB_USERNAME": source}) != {}) == given


def test_its_content_is_in_its_tag(stage: Bench) -> None:
    live = stage.make(DEFINITION)
    assert live.tags[CONTENT] == real(stage).wanted()["content"]
    assert real(stage, image="another").wanted()["content"] != live.tags[CONTENT]
