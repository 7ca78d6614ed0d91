"""The functions of a whole environment: what they are told, what they wait for, and what is left of them."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision import runbook
from muvi_provision.day5_serverless import function_plans, steps
from muvi_provision.engine.stack import Stack, Wanted
from muvi_provision.environment import Environment, load
from muvi_provision.resource import Resource, Verdict
from tests.world import World

OURS = ("5.1", "5.2", "5.3", "5.4")
ADDRESSES = ("function", "function-permission", "rule-target")


def told() -> Any:
    """The days before, and the functions' own steps."""
    return (
        *(step for step in runbook.steps() if step.day <= 3),
        *(step for step in steps.STEPS if step.number in OURS),
    )


def asked_for(environment: Environment) -> dict[str, Resource]:
    stack = Stack(environment)
    stack.record(told())
    nodes = [node for node in stack.nodes.values() if isinstance(node, Wanted) and node.step in OURS]
    return {node.address: node.resource for node in nodes}


def with_function(whole: Environment, name: str = "sync-films", **changes: Any) -> Environment:
    plan = whole.functions[name].model_copy(update=changes)
    return whole.model_copy(update={"functions": {**whole.functions, name: plan}})


def test_what_uat_asks_for(uat: Environment) -> None:
    kinds = Counter(address.partition("/")[0] for address in asked_for(uat))
    every = ("function-code", "function-log-group", "function", "rule", "function-permission", "rule-target")
    assert kinds == dict.fromkeys(every, 9)


def test_prodlike_has_seventeen(prodlike: Environment) -> None:
    assert sum(address.startswith("function/") for address in asked_for(prodlike)) == 17


def test_without_functions_nothing_is_asked_for(tiny: Environment) -> None:
    assert asked_for(tiny.model_copy(update={"functions": {}})) == {}


def test_a_function_that_never_runs_at_times_has_no_rule(tiny: Environment) -> None:
    found = asked_for(with_function(tiny, schedule=None))
    assert "function/sync-films" in found
    assert not {"rule/sync-films", "function-permission/sync-films", "rule-target/sync-films"} & found.keys()


def test_what_a_function_is_told(tiny: Environment) -> None:
    found = function_plans.variables(
        with_function(tiny, environment={"LEVEL": "debug", "DB_NAME": "other"}), "sync-films"
    )
    assert {name: str(value) for name, value in found.items()} == {
        "DB_WRITE_HOST": "${db-proxy/main.host}",
        "DB_READ_HOST": "${db-proxy-endpoint/main-read.host}",
        "DB_NAME": "other",
        "DB_PORT": "5432",
        "DB_SECRET": "${secret/main/rds.arn}",
        "LEVEL": "debug",
    }
    caches = function_plans.variables(tiny, "clean-orders")
    assert str(caches["REDIS_HOST"]) == "${replication-group/main.host}"
    assert (caches["REDIS_PORT"], caches["REDIS_TLS"]) == ("6379", "true")


def test_of_several_databases_each_has_its_name(uat: Environment) -> None:
    found = function_plans.variables(uat, "cancel-expired")
    names = ("DB_WRITE_HOST", "DB_READ_HOST", "DB_NAME", "DB_PORT", "DB_SECRET")
    assert found.keys() == {
        *(f"{database}_{name}" for database in ("MAIN", "PAYMENT") for name in names),
        "REDIS_HOST", "REDIS_PORT", "REDIS_TLS",
    }  # fmt: skip


def test_a_function_stands_on_its_way_out_and_its_doors(tiny: Environment) -> None:
    stack = Stack(tiny)
    stack.record(told())
    needs = set(stack.nodes["function/clean-orders"].needs)
    assert {"route/app", "role/functions", "function-log-group/clean-orders", "security-group/functions"} <= needs
    assert any(need.startswith("security-group-rule/") and need.endswith("-from-functions") for need in needs)
    outside = Stack(with_function(tiny, network=False, databases=()))
    outside.record(told())
    alone = set(outside.nodes["function/sync-films"].needs)
    assert alone == {"function-code/sync-films", "role/functions", "function-log-group/sync-films"}


def test_rules_say_when_in_both_clocks(uat: Environment) -> None:
    found = {plan.name: plan for plan in function_plans.rules(uat)}
    assert found["clean-orders"].description == "drops orders nobody finished; 00:00 UTC is 04:00 in Asia/Dubai"
    assert found["sync-films"].description == "films from the cinema system; counted from when it was switched on"
    starred = with_function(uat, schedule="cron(*/5 * * * ? *)")
    assert {plan.name: plan.schedule for plan in function_plans.rules(starred)}["sync-films"] == "cron(0/5 * * * ? *)"
    long = with_function(uat, purpose="x" * 400)
    assert max(len(plan.description) for plan in function_plans.rules(long)) == 256


def world_of(folder: Path, **words: Any) -> World:
    """One in which functions have code where their file says, which is nowhere yet."""
    world = World(folder / "state", "tiny", **words)
    world.environment = load(Path(__file__).parents[2] / "environments" / "tiny.yaml")
    world.steps = told()
    return world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Days 1 to 3 and the functions' own steps, without any code; its folder is the working directory."""
    folder = tmp_path_factory.mktemp("functions")
    world = world_of(folder)
    with contextlib.chdir(folder):
        report = world.run()
        assert not report.errors
        yield world
    world.cloud.reset()


def give(name: str, text: str = "exports.handler = async () => 1") -> None:
    place = Path("functions") / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "index.js").write_text(text)


def differing(world: World) -> dict[str, Verdict]:
    plan = world.plan()
    assert not plan.errors
    return {a: found.verdict for a, found in plan.findings.items() if found.verdict != Verdict.SAME}


def states(world: World) -> dict[str, str]:
    rules = world.border().client("events", world.region).list_rules(NamePrefix="tiny-")["Rules"]
    return {rule["Name"]: rule["State"] for rule in rules}


def test_without_code_nothing_is_made_up_and_the_gate_says_how_it_comes(made: World) -> None:
    report = made.run(steps=OURS)
    assert not report.errors
    said = report.gates["gate/functions"]
    assert "2 of 2 functions wait for code: sync-films, clean-orders" in said
    assert "`muvi functions copy sync-films clean-orders`" in said
    assert "`muvi functions package sync-films`" in said
    assert differing(made) == {}
    assert set(states(made).values()) == {"DISABLED"}
    assert not {record.kind for record in made.site().state.records()} & set(ADDRESSES)


def test_with_code_for_one_that_one_is_made_and_runs_at_its_times(made: World) -> None:
    give("sync-films")
    due = {f"{kind}/sync-films": Verdict.CREATE for kind in ADDRESSES}
    assert differing(made) == {**due, "rule/sync-films": Verdict.UPDATE}
    report = made.run(steps=OURS)
    assert not report.errors
    assert "1 of 2 functions waits for code: clean-orders" in report.gates["gate/functions"]
    assert differing(made) == {}
    assert states(made) == {"tiny-sync-films": "ENABLED", "tiny-clean-orders": "DISABLED"}


def test_a_second_run_changes_nothing_and_a_plan_is_cheap(made: World) -> None:
    give("sync-films")
    made.run(steps=OURS)
    assert made.run(steps=OURS).counts.writes == 0
    made.plan()
    start = len(made.cloud.log.entries)
    made.plan()
    called = Counter(
        entry.name for entry in made.cloud.log.entries[start:] if entry.name.startswith(("lambda", "events"))
    )
    called.pop("events:ListTagsForResource", None)  # where the index of tags does not show rules
    assert called == {"lambda:ListFunctions": 1, "events:ListRules": 1}


def test_other_code_is_sent_and_nothing_else(made: World) -> None:
    give("sync-films")
    made.run(steps=OURS)
    give("sync-films", "exports.handler = async () => 2")
    assert differing(made) == {"function/sync-films": Verdict.UPDATE}
    start = len(made.cloud.log.entries)
    assert not made.run(steps=OURS).errors
    written = [entry.name for entry in made.cloud.log.entries[start:] if entry.mutating]
    assert written == ["lambda:UpdateFunctionCode"]
    assert differing(made) == {}


def test_without_its_code_on_this_machine_a_function_stays_as_it_is(made: World) -> None:
    give("sync-films")
    made.run(steps=OURS)
    (Path("functions") / "sync-films" / "index.js").unlink()
    (Path("functions") / "sync-films").rmdir()
    assert differing(made) == {}
    report = made.run(steps=OURS)
    assert not report.errors
    assert report.counts.writes == 0
    assert "sync-films" not in report.gates["gate/functions"].partition(".")[0]
    assert states(made)["tiny-sync-films"] == "ENABLED"


def test_code_that_lambda_would_refuse_is_told_in_the_plan(made: World) -> None:
    place = Path("functions") / "sync-films"
    place.mkdir(parents=True, exist_ok=True)
    (place / "main.js").write_text("")
    (place / "index.js").unlink(missing_ok=True)
    plan = made.plan()
    assert list(plan.errors) == ["function-code/sync-films"]
    assert "there is no index.js" in plan.errors["function-code/sync-films"].what
    (place / "main.js").unlink()


def test_drift_sees_what_was_changed_by_hand(made: World) -> None:
    give("sync-films")
    made.run(steps=OURS)
    client = made.border().client("lambda", made.region)
    with made.site().aws.writing("somebody"):
        client.update_function_configuration(FunctionName="tiny-sync-films", MemorySize=1024)
        client.remove_permission(FunctionName="tiny-sync-films", StatementId="tiny-sync-films")
    drift = made.drift()
    assert [finding.address for finding in drift.changed] == ["function/sync-films"]
    assert [finding.address for finding in drift.vanished] == ["function-permission/sync-films"]
    assert not made.run(steps=OURS).errors
    assert made.drift().is_none


def test_teardown_leaves_nothing(made: World) -> None:
    give("sync-films")
    give("clean-orders")
    assert not made.run(steps=OURS).errors
    assert not made.teardown().errors
    assert not made.site().state.records()
    assert not made.border().client("lambda", made.region).list_functions()["Functions"]


def test_it_is_finished_wherever_it_was_killed(tmp_path: Path) -> None:
    world = world_of(tmp_path, seed=5)
    with contextlib.chdir(tmp_path):
        world.run(steps={step.number for step in world.steps if step.day <= 3})
        give("sync-films")
        give("clean-orders")
        for point in range(40):
            if not world.killed_at_call(world.run, point % 7, ("before", "after")[point % 2]):
                break
        assert differing(world) == {}
        assert len(world.border().client("lambda", world.region).list_functions()["Functions"]) == 2
        for point in range(60):
            if not world.killed_at_call(world.teardown, point % 11, ("before", "after")[point % 2]):
                break
        assert not world.site().state.records()
    world.cloud.reset()


def test_at_the_pace_of_aws_functions_hold_the_network_for_twenty_minutes(tmp_path: Path) -> None:
    world = world_of(tmp_path, speed=1)
    with contextlib.chdir(tmp_path):
        give("sync-films")
        give("clean-orders")
        assert not world.run().errors
        assert differing(world) == {}
        began = world.clock.monotonic()
        assert not world.teardown(
            only=["rule-target/sync-films", "function-permission/sync-films", "function/sync-films"]
        ).errors
        assert world.clock.monotonic() - began < 120, "the other one still uses their interfaces"
        world.run(steps=OURS)
        began = world.clock.monotonic()
        report = world.teardown()
        assert not report.errors
        assert 1200 <= world.clock.monotonic() - began < 2000
        assert not world.site().state.records()
    world.cloud.reset()
