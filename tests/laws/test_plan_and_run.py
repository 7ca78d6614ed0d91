"""Laws 1, 2, 5, 6, 7 and 8: plans change nothing, runs settle, teardown leaves nothing, drift is mended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision.aws.clients import WriteRefused
from muvi_provision.naming import ADDRESS, ENVIRONMENT, LINEAGE
from muvi_provision.resource import Declared, Verdict
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from tests.canonical import addresses, canonical
from tests.laws.conftest import ENVIRONMENTS
from tests.world import World

Worlds = Callable[..., World]
UNTAGGABLE = {"route", "route-table-association", "db-proxy-target", "rule-target", "function-permission"}
UNTAGGABLE |= {"bucket-policy", "dashboard", "dns-record", "validation-record", "origin-access-control"}


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_plan_makes_no_mutating_call(world: Worlds, env: str) -> None:
    one = world(env)
    before = one.cloud.snapshot()

    def refuse(call: Call, go: Callable[[], Answer]) -> Answer:
        assert not call.mutating, call.operation
        return go()

    one._around = refuse
    plan = one.plan()
    assert len(plan.of(Verdict.CREATE)) > 100
    assert not plan.errors
    assert one.border().tally.writes == 0
    assert one.cloud.snapshot() == before


def test_a_write_outside_a_write_is_refused_before_it_is_sent(world: Worlds) -> None:
    site = world().site()
    with pytest.raises(WriteRefused, match="CreateVpc"):
        site.aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")
    assert site.aws.border.tally.calls == 0


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_second_run_makes_no_mutating_call_and_a_plan_is_empty(world: Worlds, env: str) -> None:
    one = world(env)
    first = one.run()
    assert not first.errors
    plan = one.plan()
    assert plan.is_empty
    assert {finding.verdict for finding in plan.findings.values()} == {Verdict.SAME}
    second = one.run()
    assert second.counts.writes == 0
    assert second.counts.same == first.counts.created


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_teardown_leaves_what_was_there_before(world: Worlds, env: str) -> None:
    one = world(env)
    before = one.cloud.snapshot()
    one.run()
    report = one.teardown()
    assert not report.errors
    assert one.cloud.snapshot() == before
    assert one.site().state.records() == []


@pytest.mark.parametrize(
    "last", ["1.1", "1.4", "1.6", "1.8", "1.11", "2.1", "2.3", "2.5", "2.6", "3.1", "3.3", "3.6", "3.7"]
)
def test_a_teardown_of_any_prefix_leaves_what_was_there_before(world: Worlds, last: str) -> None:
    one = world("tiny")
    before = one.cloud.snapshot()
    steps = [step.number for step in one.steps]
    assert not one.run(steps=steps[: steps.index(last) + 1]).errors
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_everything_made_bears_the_ownership_tags(world: Worlds, env: str) -> None:
    one = world(env)
    one.run()
    state = one.site().state
    taggable = sorted(
        record.address for record in state.records() if record.kind not in UNTAGGABLE and not _is_not_ours(record.kind)
    )
    assert addresses(one.cloud.snapshot()) == taggable
    found = [tags for tags in _tags(one.cloud.snapshot()) if ADDRESS in tags]
    assert {tags[ENVIRONMENT] for tags in found} == {env}
    assert {tags[LINEAGE] for tags in found} == {state.header.lineage}


def _is_not_ours(kind: str) -> bool:
    """Found rather than made, or the account's rather than this stack's."""
    declared = Declared.kinds[kind].declared
    return declared.is_foreign


def _tags(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        own = [value["tags"]] if isinstance(value.get("tags"), dict) else []
        return own + [tags for item in value.values() for tags in _tags(item)]
    return [tags for item in value for tags in _tags(item)] if isinstance(value, list | tuple) else []


def test_what_vanished_is_seen_and_made_again(world: Worlds, built: Callable[[str], Any]) -> None:
    one = world("tiny")
    one.run()
    site = one.site()
    record = site.state.record("security-group-rule/caches-from-svc-main-6379") or next(
        r for r in site.state.records() if r.kind == "security-group-rule"
    )
    resource = site.recorded(record)
    live = resource.find(site.aws, record.id)
    assert live is not None
    with site.aws.writing("a person in the console"):
        resource.delete(site.aws, live)
    drift = one.drift()
    assert [finding.address for finding in drift.vanished] == [record.address]
    report = one.run()
    assert report.counts.created == 1
    assert one.drift().is_none
    assert canonical(one.cloud.snapshot()) == built("tiny")


def test_what_was_changed_is_seen_and_mended(world: Worlds, built: Callable[[str], Any]) -> None:
    one = world("tiny")
    one.run()
    site = one.site()
    vpc = site.state.record("vpc/main")
    assert vpc is not None and vpc.id is not None
    with site.aws.writing("a person in the console"):
        site.aws.ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": False})
    drift = one.drift()
    assert [(f.address, [c.field for c in f.changes]) for f in drift.changed] == [("vpc/main", ["dns_hostnames"])]
    assert one.plan().of(Verdict.UPDATE)[0].address == "vpc/main"
    report = one.run()
    assert (report.counts.updated, report.counts.created) == (1, 0)
    assert canonical(one.cloud.snapshot()) == built("tiny")


def test_three_caches_instead_of_nine_by_one_word(world: Worlds) -> None:
    one = world("uat")
    before = one.cloud.snapshot()
    shared = one.environment.redis.model_copy(update={"layout": "shared"})
    one.environment = one.environment.model_copy(update={"redis": shared})
    assert not one.run().errors
    state = one.site().state
    made = sorted(r.address.partition("/")[2] for r in state.records() if r.kind == "replication-group")
    assert made == ["main", "notification", "shared"]
    hosts = {name: (state.record(f"parameter/caches/{name}/REDIS_HOST")) for name in one.environment.caches}
    assert all(record is not None for record in hosts.values()), "each cache has a name, wherever it is kept"
    assert one.plan().is_empty
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


def test_many_threads_and_one_make_the_same(world: Worlds) -> None:
    single, many = world("tiny", threads=1), world("tiny", threads=16)
    single.run()
    many.run()
    assert canonical(single.cloud.snapshot()) == canonical(many.cloud.snapshot())
    assert _shape(single) == _shape(many)


def _shape(one: World) -> dict[str, Any]:
    return {r.address: (r.kind, r.step, r.status, sorted(r.needs), r.wanted) for r in one.site().state.records()}
