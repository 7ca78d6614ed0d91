"""What is in the way on day 5, and what comes later: it is said, the rest is done, and no run fights anybody."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muvi_provision import environment
from muvi_provision.engine import events
from muvi_provision.engine.site import Report
from muvi_provision.errors import AwsRefused, EnvironmentInvalid, ReadinessFailed, StepFailed, TimedOut
from muvi_provision.resource import Verdict
from muvi_provision.sandbox.faults import Faults
from tests.laws.deeds import zipped
from tests.laws.hands import assert_mended, assert_says, begun, change, client, push, service, undone, users_of, without
from tests.world import SMALL, World

Worlds = Callable[..., World]

JS = "exports.handler = async () => ({statusCode: 200});\n"
OF_FILMS = ("function/sync-films", "function-permission/sync-films", "rule-target/sync-films")
OF_ORDERS = ("function/clean-orders", "function-permission/clean-orders", "rule-target/clean-orders")


def with_code(one: World, code: Path, name: str = "sync-films") -> None:
    """Writes into the environment file where the code of a function is."""
    plan = one.environment.functions[name].model_copy(update={"code": str(code)})
    change(one, functions={**one.environment.functions, name: plan})


BAD: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "too large": (
        lambda: zipped(index_js=JS, films_bin=random.Random(1).randbytes(51 << 20)),
        ("51.0 MiB as a zip, Lambda takes 50", "s3://BUCKET/KEY"),
    ),
    "no handler": (lambda: zipped(main_js=JS), ("there is no index.js", "index.handler")),
    "broken": (lambda: zipped(index_js=JS)[:40], ("this is no zip",)),
    "empty": (zipped, ("there is no file in it",)),
}


@pytest.mark.parametrize("what", sorted(BAD))
def test_code_that_lambda_would_refuse(finished: Worlds, tmp_path: Path, what: str) -> None:
    """The plan says so; what the function stands on, and all the others, are made."""
    one = without(finished(), "function/sync-films")
    make, words = BAD[what]
    wrong = tmp_path / "code.zip"
    wrong.write_bytes(make())
    with_code(one, wrong)
    report = one.run()
    for errors in (one.plan().errors, report.errors):
        assert set(errors) == {"function-code/sync-films"}
        error = errors["function-code/sync-films"]
        assert_says(error, StepFailed, *words)
        assert error.where == str(wrong)
    assert report.counts.writes == 0
    assert undone(one) == set(OF_FILMS)
    wrong.write_bytes(zipped(index_js=JS))
    assert_mended(one, made=set(OF_FILMS))


def test_an_empty_folder_is_no_code_yet(finished: Worlds, tmp_path: Path) -> None:
    one = without(finished(), "function/sync-films")
    with_code(one, tmp_path / "code")
    (tmp_path / "code").mkdir()
    plan = one.plan()
    assert plan.is_empty
    assert "gate/functions" in plan.gates
    report = one.run()
    assert not report.errors
    assert report.counts.writes == 0
    assert "2 of 2 functions wait for code: sync-films, clean-orders" in report.gates["gate/functions"]
    (tmp_path / "code" / "index.js").write_text(JS)
    assert_mended(one, made=set(OF_FILMS))


CRONS = {
    "cron(0 0 * * * *)": "exactly one of the two day fields must be",
    "cron(0 25 * * ? *)": '"25" is no hour',
    "cron(0 0 * * ?)": "six fields",
    "rate(1 minutes)": r"write rate\(1 minute\)",
    "rate(0 minutes)": "is no rate",
    "every day": "is no schedule",
}


@pytest.mark.parametrize("wrong", sorted(CRONS))
def test_a_time_that_eventbridge_would_refuse(tmp_path: Path, wrong: str) -> None:
    """Refused with the file, by line and column."""
    text = (SMALL / "tiny.yaml").read_text()
    path = tmp_path / "tiny.yaml"
    path.write_text(text.replace('schedule: "cron(0 0 * * ? *)"', f'schedule: "{wrong}"'))
    line = text[: text.index('schedule: "cron')].count("\n") + 1
    with pytest.raises(EnvironmentInvalid, match=rf"tiny.yaml:{line}:\d+: .*{CRONS[wrong]}"):
        environment.load(path)


def test_a_function_comes_once_its_code_is_there_and_changes_when_that_does(finished: Worlds, tmp_path: Path) -> None:
    one, code = finished(), tmp_path / "code"
    assert _rule(one, "clean-orders")["State"] == "DISABLED"
    code.mkdir()
    (code / "index.js").write_text(JS)
    with_code(one, code, "clean-orders")
    plan = one.plan()
    assert {finding.address for finding in plan.of(Verdict.CREATE)} == set(OF_ORDERS)
    (update,) = plan.of(Verdict.UPDATE)
    assert (update.address, [change.field for change in update.changes]) == ("rule/clean-orders", ["enabled"])
    assert_mended(one, made={*OF_ORDERS, "rule/clean-orders"})
    assert _rule(one, "clean-orders")["State"] == "ENABLED"
    os.utime(code / "index.js", (1, 1))
    (code / "index.js").chmod(0o600)
    assert one.plan().is_empty
    assert writes(one, one.run) == {}, "the same code is not sent again"
    (code / "index.js").write_text(JS.replace("200", "404"))
    assert [finding.address for finding in one.plan().of(Verdict.UPDATE)] == ["function/clean-orders"]
    assert writes(one, one.run) == {"lambda:UpdateFunctionCode": 1}
    (code / "index.js").unlink()
    assert one.plan().is_empty, "and what exists keeps what it has"
    assert writes(one, one.run) == {}


def writes(one: World, job: Callable[[], Report]) -> dict[str, int]:
    """The mutating calls of a run without errors, by name."""
    before = one.cloud.log.counts.copy()
    report = job()
    assert not report.errors, report.errors
    made = one.cloud.log.counts - before
    reads = ("Get", "List", "Describe", "Batch", "Head")
    found = {name: count for name, count in made.items() if not name.partition(":")[2].startswith(reads)}
    assert sum(found.values()) == report.counts.writes, found
    return found


def _rule(one: World, name: str) -> Any:
    return client(one, "events").describe_rule(Name=f"tiny-{name}")


def test_scaling_comes_with_the_first_image(world: Worlds) -> None:
    """Before that it would start copies that end again and again."""
    one = world("tiny")
    assert not one.run().errors
    scaling = client(one, "application-autoscaling")
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    push(one, "first", "main")
    made = {"scalable-target/main", *(f"scaling-policy/main-{each}" for each in ("cpu", "memory", "requests"))}
    assert {finding.address for finding in one.plan().of(Verdict.CREATE)} == made
    assert_mended(one, made={*made, "task-definition/main", "service/main"})
    (there,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert there["ResourceId"] == "service/tiny-main/tiny-main"


def test_neither_scaling_nor_the_hours_are_fought(finished: Worlds) -> None:
    """How many copies there are is automatic scaling's to say, the least number and the sizes are the hour's."""
    one = finished()
    machine = client(one, "stepfunctions")
    arn = one.site().state.record("state-machine/main")
    client(one, "ecs").update_service(cluster="tiny-main", service="tiny-main", desiredCount=7)
    for moment in ("busy", "quiet"):
        started = machine.start_execution(stateMachineArn=arn and arn.id, input=json.dumps({"moment": moment}))
        one.clock.sleep(600)
        assert machine.describe_execution(executionArn=started["executionArn"])["status"] == "SUCCEEDED"
        assert one.plan().is_empty
        assert one.drift().is_none
        assert one.run().counts.writes == 0
        assert service(one, "main")["desiredCount"] == 7
        bounds = client(one, "application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
        least = {each["ResourceId"]: each["MinCapacity"] for each in bounds["ScalableTargets"]}
        assert least["service/tiny-main/tiny-main"] == one.environment.workflow.moments[moment].min  # type: ignore[union-attr]


def test_a_failure_that_only_the_body_tells(finished: Worlds) -> None:
    """PutTargets and RemoveTargets are answered 200 even when nothing was done."""
    one = without(finished(), "rule-target/sync-films")
    one.cloud.faults = Faults(crash={"target:tiny-sync-films/tiny-sync-films": "ManagedRuleException"})
    report = one.run()
    assert set(report.errors) == {"rule-target/sync-films"} == undone(one)
    assert_says(report.errors["rule-target/sync-films"], AwsRefused, "PutTargets", "ManagedRuleException")
    one.cloud.faults = Faults()
    assert_mended(one, made={"rule-target/sync-films"})
    one.cloud.faults = Faults(crash={"target:tiny-sync-films/tiny-sync-films": "ManagedRuleException"})
    report = one.teardown()
    assert set(report.errors) == {"rule-target/sync-films"}
    assert_says(report.errors["rule-target/sync-films"], AwsRefused, "RemoveTargets", "ManagedRuleException")
    assert {"rule/sync-films", "vpc/main"} <= report.skipped.keys()
    one.cloud.faults = Faults()
    assert not one.teardown().errors
    assert one.cloud.snapshot().keys() == {"logs", "iam", "route53"}


def test_a_function_that_lambda_gives_up_on(finished: Worlds) -> None:
    one = without(finished(), "function/sync-films")
    one.cloud.faults = Faults(fail_ready=frozenset({"lambda_function"}))
    report = one.run()
    assert set(report.errors) == {"function/sync-films"}
    assert_says(report.errors["function/sync-films"], ReadinessFailed, "tiny-sync-films")
    assert set(report.skipped) == {"rule-target/sync-films"}
    assert undone(one) == {"function/sync-films", "rule-target/sync-films"}
    one.cloud.faults = Faults()
    assert not one.teardown(only=users_of(one, "function/sync-films")).errors
    assert_mended(one, made=set(OF_FILMS))


def test_a_function_that_is_never_ready(finished: Worlds) -> None:
    one = without(finished(speed=1), "function/sync-films")
    one.cloud.faults = Faults(never_ready=frozenset({"lambda_function"}))
    report = one.run()
    assert set(report.errors) == {"function/sync-films"}
    assert_says(report.errors["function/sync-films"], TimedOut, "usually")
    assert set(report.skipped) == {"rule-target/sync-films"}


WAITS = "its network interfaces go twenty minutes after it, or an hour"


def lambdas(one: World) -> list[Any]:
    """Lambda's network interfaces."""
    every = client(one, "ec2").describe_network_interfaces()["NetworkInterfaces"]
    return [each for each in every if each["Description"].startswith("AWS Lambda VPC ENI")]


def test_the_network_goes_after_lambdas_interfaces_and_the_role_too(finished: Worlds) -> None:
    """They stay for twenty minutes, and without their role nobody could take them away (aws-reality 7.1 f)."""
    one = finished(speed=1)
    assert lambdas(one)
    began = one.clock.monotonic()
    begun(one)
    assert not one.teardown().errors
    assert one.clock.monotonic() - began > 1200
    told = {event.why for event in one.heard if isinstance(event, events.Waiting)}
    assert WAITS in told
    gone = [event.resource for event in one.heard if isinstance(event, events.Deleted)]
    ordered = ("function/sync-films", "role/functions", "security-group/functions", "subnet/app-a", "vpc/main")
    assert sorted(ordered, key=gone.index)[0] == ordered[0]
    assert lambdas(one) == []
    assert one.cloud.snapshot().keys() == {"logs", "iam", "route53"}


def test_killed_while_lambdas_interfaces_stay(finished: Worlds) -> None:
    """The function is gone by then; the next teardown waits for what is left of it all the same."""
    one = finished(speed=1)
    assert one.killed_around(one.teardown, "DeleteFunction", "after")
    assert client(one, "lambda").list_functions()["Functions"] == []
    assert lambdas(one)
    one.heard.clear()
    assert not one.teardown().errors
    assert WAITS in {event.why for event in one.heard if isinstance(event, events.Waiting)}
    assert lambdas(one) == []
    assert one.cloud.snapshot().keys() == {"logs", "iam", "route53"}
