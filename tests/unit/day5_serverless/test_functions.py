"""Functions: not made up without code, ready when AWS says so, changed one thing after the other, and gone at last."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.aws import waits
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.inventory import Inventory
from muvi_provision.aws.patience import CREATING, DELETING, error_of, patience_for
from muvi_provision.day5_serverless import function_reads, function_states
from muvi_provision.day5_serverless.functions import Function
from muvi_provision.errors import AwsRefused
from muvi_provision.resource import Handle, Live, Unknown, differences
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from tests.resources import examples_functions as examples
from tests.resources.contract import Bench
from tests.resources.examples_functions import FUNCTION, GROUND, OUTSIDE
from tests.sandbox.conftest import Leaping
from tests.unit.day3_compute.conftest import stand


def clearing(bench: Bench) -> Aws:
    return replace(bench.aws, certain=True, shallow=True)


def seen(bench: Bench, function: Function) -> Live:
    live = bench.real(function).find(bench.aws, None)
    assert live is not None
    return live


def outcome(bench: Bench, function: Function = FUNCTION) -> str:
    return waits.outcome("function_active", seen(bench, function))


def create(bench: Bench, function: Function = FUNCTION) -> None:
    resource = bench.real(function)
    with bench.writing(resource) as aws:
        resource.create(aws)


def delete(bench: Bench, function: Function) -> None:
    resource = bench.real(function)
    live = resource.find(clearing(bench), bench.aws.physical(resource))
    assert live is not None
    with bench.writing(resource) as aws:
        resource.delete(aws, live)


@pytest.fixture
def ground(bench: Bench) -> Bench:
    bench.stand(*GROUND)
    return bench


def test_without_code_it_is_not_made_yet() -> None:
    assert replace(FUNCTION, sha256="").dormant() == "its code is not there yet"
    assert FUNCTION.dormant() == "", "not known yet is not missing"
    assert replace(FUNCTION, sha256="abc").dormant() == ""


def test_one_that_is_there_keeps_its_code_where_there_is_none_for_it(ground: Bench) -> None:
    live = ground.make(FUNCTION)
    elsewhere = ground.real(replace(FUNCTION, sha256="", memory=512))
    changes = differences(elsewhere.wanted(), elsewhere.observe(live))
    assert {change.field for change in changes} == {"memory"}


def test_it_is_made_as_it_is_wanted(ground: Bench) -> None:
    ground.make(FUNCTION)
    said: Any = ground.aws.lambda_.get_function(FunctionName="uat-sync-films")
    told = said["Configuration"]
    assert told["Architectures"] == ["x86_64"]
    assert told["LoggingConfig"]["LogGroup"] == "/aws/lambda/uat-sync-films"
    assert told["Description"] == "films"
    assert told["CodeSha256"] == ground.values["function-code/sync-films"]["sha256"]
    assert told["VpcConfig"]["SubnetIds"] == [ground.values[f"subnet/app-{zone}"]["id"] for zone in "ab"]
    assert said["Tags"]["muvi:address"] == "function/sync-films"


def test_code_and_settings_are_changed_one_after_the_other(ground: Bench) -> None:
    """A second change while the first goes on would be refused."""
    live = ground.make(FUNCTION)
    other = examples.OTHER_CODE
    changed = ground.real(
        replace(FUNCTION, code=Handle(other.address), sha256=examples.out(other, "sha256"), memory=512)
    )
    before = ground.border.tally.writes
    live = ground.update(changed, live, ground.changes(changed, live))
    assert ground.border.tally.writes == before + 1
    assert [change.field for change in ground.changes(changed, live)] == ["memory"]
    live = ground.update(changed, live, ground.changes(changed, live))
    ground.silent(changed, live.id)


def test_equal_code_is_not_sent_again(ground: Bench) -> None:
    live = ground.make(FUNCTION)
    ground.make(examples.CODE)
    ground.silent(ground.real(FUNCTION), live.id)


def test_variables_that_do_not_fit_are_told_before() -> None:
    large = replace(FUNCTION, environment={"A": "x" * 4089, "LATER": Unknown("aurora-cluster/main", "writer_host")})
    with pytest.raises(AwsRefused, match="4097 bytes, Lambda takes 4096"):
        large.before(None)  # type: ignore[arg-type]
    replace(FUNCTION, environment={"A": "x" * 4088}).before(None)  # type: ignore[arg-type]


def test_in_a_plan_all_functions_share_one_call_and_in_a_run_each_is_asked(ground: Bench) -> None:
    ground.make(FUNCTION)
    ground.make(OUTSIDE)
    real = [ground.real(each) for each in (FUNCTION, OUTSIDE)]
    ground.border.inventory = Inventory()
    count = len(ground.cloud.log.entries)
    for each in real:
        assert each.find(replace(ground.aws, as_of=0, written=0), None)
    for each in real:
        live = each.find(replace(ground.aws, as_of=0, written=0, thorough=True), None)
        assert live
        assert live.raw["State"] == "Active"
    called = Counter(entry.name for entry in ground.cloud.log.entries[count:])
    assert called == {
        "lambda:ListFunctions": 1,
        "resourcegroupstaggingapi:GetResources": 1,
        "lambda:GetFunctionConfiguration": 2,
    }


def test_the_first_one_in_the_network_takes_a_minute_and_the_next_seconds(slow: Bench, clock: Leaping) -> None:
    stand(slow, clock, *GROUND)
    create(slow)
    assert outcome(slow) == "retry"
    clock.sleep(61)
    assert outcome(slow) == "success"
    twin = replace(FUNCTION, name="twin")
    create(slow, twin)
    clock.sleep(10)
    assert outcome(slow, twin) == "success"


def test_a_change_goes_on_after_its_answer(slow: Bench, clock: Leaping) -> None:
    stand(slow, clock, *GROUND)
    create(slow)
    clock.sleep(61)
    changed = slow.real(replace(FUNCTION, memory=512))
    live = seen(slow, FUNCTION)
    with slow.writing(changed) as aws:
        changed.update(aws, live, slow.changes(changed, live))
        assert outcome(slow) == "retry"
        with pytest.raises(Exception, match="An update is in progress") as caught:
            changed.update(aws, live, slow.changes(changed, live))
    row = patience_for(caught.value, CREATING)
    assert row
    assert row.lasting
    clock.sleep(10)
    assert outcome(slow) == "success"


def test_a_new_role_is_waited_for(slow: Bench, clock: Leaping) -> None:
    stand(slow, clock, *(each for each in GROUND if each is not examples.ROLE))
    slow.make(examples.ROLE)
    with pytest.raises(Exception, match="cannot be assumed by Lambda") as caught:
        create(slow)
    assert patience_for(caught.value, CREATING)


def test_one_that_failed_says_why_in_words() -> None:
    cloud = Cloud(speed=0, faults=Faults(fail_ready=frozenset({"lambda_function"})))
    bench = Bench(cloud)
    bench.stand(*GROUND)
    create(bench)
    live = seen(bench, FUNCTION)
    assert waits.outcome("function_active", live) == "failure"
    assert waits.reason("function_active", live).startswith("AWS had a fault: ")
    cloud.reset()


@pytest.mark.parametrize(
    ("raw", "state", "problem"),
    [
        ({}, "ready", ""),
        ({"State": "Pending"}, "going on", ""),
        ({"State": "Inactive"}, "ready", ""),
        ({"State": "Active", "LastUpdateStatus": "InProgress"}, "going on", ""),
        ({"State": "Deleting"}, "deleting", ""),
        ({"State": "Failed", "StateReasonCode": "SubnetOutOfIPAddresses"}, "failed", "no free address left"),
        ({"State": "Failed", "StateReasonCode": "EniLimitExceeded", "StateReason": "no"}, "failed", "L-9FEE3D26): no"),
        ({"State": "Failed", "StateReasonCode": "SomethingNew", "StateReason": "no"}, "failed", "SomethingNew: no"),
        (
            {"State": "Active", "LastUpdateStatus": "Failed", "LastUpdateStatusReasonCode": "InvalidSubnet"},
            "failed",
            "a subnet that it stands in is not there",
        ),
    ],
)
def test_states(raw: dict[str, str], state: str, problem: str) -> None:
    told = function_states.judged(raw)
    assert told["Readiness"] == state
    assert problem in told["Problem"]


def test_its_interfaces_outlive_it_and_so_does_its_end(slow: Bench, clock: Leaping) -> None:
    stand(slow, clock, *GROUND)
    create(slow)
    clock.sleep(90)
    function = slow.real(FUNCTION)
    delete(slow, FUNCTION)
    assert function.find(slow.aws, "uat-sync-films") is None, "for a run it is gone: the name is free"
    assert function.find(clearing(slow), None) is None
    held = function.find(clearing(slow), "uat-sync-films")
    assert held, "for a teardown it is not, while its interfaces hold the network"
    assert slow.aws.ownership.owns(held.tags, function.address)
    assert all("AWS Lambda VPC ENI" in each.what and each.passes for each in function.obstacles(slow.aws, held))
    assert len(function.obstacles(slow.aws, held)) == 2
    before = slow.border.tally.writes
    function.release(slow.aws, held)
    function.delete(slow.aws, held)
    assert slow.border.tally.writes == before, "there is nothing left to ask AWS for"
    clock.sleep(1300)
    assert function.find(clearing(slow), "uat-sync-films") is None


def test_interfaces_that_another_function_uses_are_not_waited_for(slow: Bench, clock: Leaping) -> None:
    stand(slow, clock, *GROUND)
    create(slow)
    create(slow, replace(FUNCTION, name="twin"))
    clock.sleep(90)
    delete(slow, FUNCTION)
    function: Any = slow.real(FUNCTION)
    assert function.find(clearing(slow), "uat-sync-films") is None
    subnets = {each.id for each in function.subnets}
    assert len(function_reads.interfaces(slow.aws, subnets, {each.id for each in function.groups})) == 2


def test_outside_of_the_network_nothing_is_waited_for(ground: Bench) -> None:
    ground.make(OUTSIDE)
    delete(ground, OUTSIDE)
    count = len(ground.cloud.log.entries)
    assert ground.real(OUTSIDE).find(clearing(ground), "uat-clean") is None
    assert [entry.name for entry in ground.cloud.log.entries[count:]] == ["lambda:ListFunctions"]


def test_it_leaves_the_network_before_it_is_deleted(slow: Bench, clock: Leaping) -> None:
    stand(slow, clock, *GROUND)
    create(slow)
    clock.sleep(90)
    function, live = slow.real(FUNCTION), seen(slow, FUNCTION)
    with slow.writing(function) as aws:
        function.release(aws, live)
        function.release(aws, live)  # the first one still goes on, which is no failure
        assert function_reads.place(seen(slow, FUNCTION).raw) == (frozenset(), frozenset())
        with pytest.raises(Exception, match="update is in progress") as caught:
            function.delete(aws, live)
        assert error_of(caught.value)[1] == "ResourceConflictException"
        assert patience_for(caught.value, DELETING)
        clock.sleep(60)
        function.delete(aws, live)
        function.delete(aws, live)
    assert function.find(slow.aws, live.id) is None
