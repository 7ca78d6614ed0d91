"""The workflow: a drawing in which every way leads somewhere, and hours that the next run leaves as they are."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from muvi_provision.aws import waits
from muvi_provision.day2_data.instances import AuroraInstance
from muvi_provision.day5_serverless import workflow_definition
from muvi_provision.day5_serverless.fingerprints import fingerprint
from muvi_provision.day5_serverless.rules import Rule
from muvi_provision.day5_serverless.targets import RuleTarget
from muvi_provision.environment import Environment
from muvi_provision.environment.serverless import Workflow
from muvi_provision.references import is_known, mentions
from muvi_provision.resource import Live, Unknown
from tests.resources.contract import Bench
from tests.resources.examples_delivery import ACTS, MACHINE, REDRAWN
from tests.unit.day5_serverless.conftest import wanted
from tests.unit.hands import by_hand


def workflow(environment: Environment) -> Workflow:
    assert environment.workflow
    return environment.workflow


def drawn(environment: Environment) -> dict[str, Any]:
    return workflow_definition.definition(environment, workflow(environment))


def passed(states: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The states from one on to the end."""
    state = states[name]
    return [state, *(passed(states, state["Next"]) if "Next" in state else [])]


def moment(environment: Environment, name: str) -> list[dict[str, Any]]:
    """What is done at one moment."""
    whole = drawn(environment)
    (way,) = [way for way in whole["States"][whole["StartAt"]]["Choices"] if way["StringEquals"] == name]
    return passed(whole["States"], way["Next"])


@pytest.mark.parametrize("env", ["prodlike", "tiny"])
def test_every_way_leads_to_an_end_and_no_state_is_left_out(env: str, request: pytest.FixtureRequest) -> None:
    environment: Environment = request.getfixturevalue(env)
    states = drawn(environment)["States"]
    choice = states[workflow_definition.CHOICE]
    assert [way["StringEquals"] for way in choice["Choices"]] == list(workflow(environment).moments)
    reached = [way["Next"] for way in choice["Choices"]]
    reached += [state["Next"] for state in states.values() if "Next" in state]
    assert {workflow_definition.CHOICE, choice["Default"], *reached} == set(states)
    assert all(passed(states, name)[-1].get("End") or passed(states, name)[-1]["Type"] == "Succeed" for name in reached)
    assert all(len(name) <= 80 for name in states), "names of states have a limit"


def test_busy_hours_raise_the_service(prodlike: Environment) -> None:
    (task,) = moment(prodlike, "busy")
    assert task["Resource"].endswith(":aws-sdk:applicationautoscaling:registerScalableTarget")
    assert task["Parameters"] == {
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": "service/prodlike-main/prodlike-main",
        "MinCapacity": 14,
    }


def test_weekends_give_every_machine_of_the_database_another_size(prodlike: Environment) -> None:
    tasks = moment(prodlike, "weekend")
    assert {task["Resource"].rpartition(":")[2] for task in tasks} == {"modifyDBInstance"}
    assert all(task["Parameters"]["ApplyImmediately"] for task in tasks)
    assert all(task["Parameters"]["DbInstanceClass"] == "db.r5.4xlarge" for task in tasks)
    named = [address for task in tasks for address, _ in mentions(task["Parameters"])]
    machines = [address for address in wanted(prodlike, "aurora-instance") if "/main-" in address]
    assert sorted(named) == sorted(machines)


def test_what_is_refused_is_tried_again(prodlike: Environment) -> None:
    tasks = [state for state in drawn(prodlike)["States"].values() if state["Type"] == "Task"]
    for task in tasks:
        (again,) = task["Retry"]
        assert again["ErrorEquals"] == ["States.TaskFailed"]
        assert 1 < again["MaxAttempts"] < 10


def test_an_unknown_moment_fails(tiny: Environment) -> None:
    states = drawn(tiny)["States"]
    assert states[states[workflow_definition.CHOICE]["Default"]]["Type"] == "Fail"


def test_a_moment_that_sets_nothing_is_no_mistake(tiny: Environment) -> None:
    still = workflow(tiny).model_copy(
        update={"moments": {"idle": workflow(tiny).moments["busy"].model_copy(update={"min": None})}}
    )
    whole = workflow_definition.definition(tiny, still)
    assert passed(whole["States"], "idle: nothing") == [{"Type": "Succeed"}]


def test_each_moment_has_its_rule_and_says_its_name(prodlike: Environment) -> None:
    rules, targets = wanted(prodlike, "rule"), wanted(prodlike, "rule-target")
    for name, plan in workflow(prodlike).moments.items():
        rule, target = rules[f"rule/workflow-{name}"], targets[f"rule-target/workflow-{name}"]
        assert isinstance(rule, Rule)
        assert isinstance(target, RuleTarget)
        assert rule.schedule == plan.at
        assert "Asia/Dubai" in rule.description or plan.at.startswith("rate")
        assert target.input is not None
        assert json.loads(target.input) == {"moment": name}
        assert target.target == Unknown("state-machine/main", "arn")
        assert target.role == Unknown("role/events", "arn")


def test_sizes_of_an_hour_are_left_alone(prodlike: Environment) -> None:
    machine = wanted(prodlike, "aurora-instance")["aurora-instance/main-writer"]
    assert isinstance(machine, AuroraInstance)
    assert machine.also == ("db.r5.4xlarge", "db.r5.2xlarge")
    seen = {"PromotionTier": 0, "AutoMinorVersionUpgrade": True, "PubliclyAccessible": False}
    for size, told in (("db.r5.4xlarge", machine.instance_class), ("db.r5.8xlarge", "db.r5.8xlarge")):
        assert machine.observe(Live("x", {**seen, "DBInstanceClass": size}))["instance_class"] == told


def test_the_drawing_is_compared_by_what_it_says(bench: Bench) -> None:
    bench.stand(ACTS)
    live = bench.make(MACHINE)
    same = json.dumps(json.loads(live.raw["definition"]), indent=4, sort_keys=True)
    by_hand(bench, "stepfunctions", "update_state_machine", stateMachineArn=live.id, definition=same)
    bench.silent(bench.real(MACHINE), live.id)
    by_hand(bench, "stepfunctions", "update_state_machine", stateMachineArn=live.id, definition=json.dumps(REDRAWN))
    live = bench.look(bench.real(MACHINE), live.id)
    (change,) = bench.changes(bench.real(MACHINE), live)
    assert (change.field, change.old) == ("definition", fingerprint(REDRAWN))


def test_while_a_part_is_not_known_nothing_is_the_same() -> None:
    document = {"a": [1, Unknown("x/y", "id")], "b": "${z/y.arn}"}
    assert fingerprint(document) == "${x/y.id}", "a plan says what it waits for, not the whole document"
    assert not is_known(fingerprint(document))
    assert fingerprint({"b": 1, "a": (2,)}) == fingerprint({"a": [2], "b": 1})


def test_one_that_is_being_deleted_is_not_there() -> None:
    going = Live("arn", {"status": "DELETING"})
    assert waits.is_going("state_machine_active", going)
    assert waits.outcome("state_machine_active", Live("arn", {"status": "ACTIVE"})) == "success"
    assert dataclasses.replace(MACHINE).declared.gone == "state_machine_gone"
