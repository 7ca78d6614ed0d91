"""Law 7 on days 4 and 5: what somebody changed or took away is seen, told by its name, and put right by a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision.engine.examine import examine
from muvi_provision.engine.stack import Wanted
from muvi_provision.resource import resolve
from tests.canonical import canonical
from tests.laws.deeds import (
    SCALED,
    addresses,
    alarm,
    closing,
    configured,
    counting,
    firewall,
    function,
    input_of,
    known,
    pipeline,
    project,
    put_rule,
    record,
    rule_of,
    saying,
    scaling,
    signing,
    zipped,
)
from tests.laws.hands import begun, client, undone
from tests.world import World

Finished = Callable[..., World]
Deed = Callable[[World], Any]

BUCKETS = {name: {"Bucket": f"tiny-{name}-000011112222"} for name in ("media", "cms", "menu")}
NOBODY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::tiny-cms-000011112222/*",
}
SHUT = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
STEP = {"StartAt": "Nothing", "States": {"Nothing": {"Type": "Pass", "End": True}}}


DEEDS: dict[tuple[str, str], Deed] = {
    ("distribution/api", "named"): lambda one: configured(one, "api", lambda said: said.update(Comment="mine")),
    ("distribution/api", "behaviours"): lambda one: configured(
        one, "api", lambda said: said["DefaultCacheBehavior"].update(ViewerProtocolPolicy="allow-all")
    ),
    ("distribution/media", "origins"): lambda one: configured(
        one, "media", lambda said: [each.update(OriginAccessControlId="") for each in said["Origins"]["Items"]]
    ),
    ("distribution/go", "enabled"): lambda one: configured(one, "go", lambda said: said.update(Enabled=False)),
    ("web-acl/edge", "rules"): firewall,
    ("web-acl/edge", "otherwise"): closing,
    ("ip-set/allow-list", "addresses"): addresses,
    ("origin-access-control/buckets", "signing"): signing,
    ("bucket/media", "origins"): lambda one: client(one, "s3").delete_bucket_cors(**BUCKETS["media"]),
    ("bucket/media", "versioned"): lambda one: client(one, "s3").put_bucket_versioning(
        **BUCKETS["media"], VersioningConfiguration={"Status": "Suspended"}
    ),
    ("bucket/media", "expire_days"): lambda one: client(one, "s3").delete_bucket_lifecycle(**BUCKETS["media"]),
    ("bucket/cms", "public"): lambda one: client(one, "s3").delete_public_access_block(**BUCKETS["cms"]),
    ("bucket/menu", "public"): lambda one: client(one, "s3").put_public_access_block(
        **BUCKETS["menu"], PublicAccessBlockConfiguration=SHUT
    ),
    ("bucket-policy/cms", "intact"): lambda one: client(one, "s3").put_bucket_policy(
        **BUCKETS["cms"], Policy=json.dumps({"Version": "2012-10-17", "Statement": [NOBODY]})
    ),
    ("dns-record/api", "target"): lambda one: record(
        one, "api.", lambda each: each["AliasTarget"].update(DNSName="d000.cloudfront.net"), "A"
    ),
    ("validation-record/edge", "record_value"): lambda one: record(
        one, "_", saying("_x.acm-validations.aws."), "CNAME"
    ),
    ("delegation/public", "name_servers"): lambda one: record(
        one, "tiny.cinema", saying("ns1.elsewhere.example."), "NS", zone="parent-zone/public"
    ),
    ("listener-rule/gateway-others", "plain"): lambda one: rule_of(
        one, "listener-rule/gateway-others", Conditions=[{"Field": "path-pattern", "Values": ["/shut"]}]
    ),
    ("listener-rule/gateway-from-cloudfront", "priority"): lambda one: client(one, "elbv2").set_rule_priorities(
        RulePriorities=[{"RuleArn": known(one, "listener-rule/gateway-from-cloudfront"), "Priority": 7}]
    ),
    ("rule/sync-films", "schedule"): lambda one: put_rule(one, "tiny-sync-films", ScheduleExpression="rate(1 day)"),
    ("rule/workflow-quiet", "enabled"): lambda one: client(one, "events").disable_rule(Name="tiny-workflow-quiet"),
    ("rule-target/workflow-busy", "input"): input_of,
    ("function/sync-films", "memory"): lambda one: function(one, MemorySize=1024),
    ("function/sync-films", "environment"): lambda one: function(one, Environment={"Variables": {"MINE": "1"}}),
    ("function/sync-films", "sha256"): lambda one: client(one, "lambda").update_function_code(
        FunctionName="tiny-sync-films", ZipFile=zipped(index_js="exports.handler = null;")
    ),
    ("function-log-group/sync-films", "retention_days"): lambda one: client(one, "logs").delete_retention_policy(
        logGroupName="/aws/lambda/tiny-sync-films"
    ),
    ("scalable-target/main", "max"): lambda one: client(one, "application-autoscaling").register_scalable_target(
        **SCALED, MaxCapacity=99
    ),
    ("scaling-policy/main-cpu", "value"): scaling,
    ("alarm/gateway-cpu", "threshold"): alarm,
    ("metric-filter/root-use", "pattern"): counting,
    ("dashboard/main", "graphs"): lambda one: client(one, "cloudwatch").put_dashboard(
        DashboardName="tiny-muvi", DashboardBody=json.dumps({"widgets": []})
    ),
    ("state-machine/main", "definition"): lambda one: client(one, "stepfunctions").update_state_machine(
        stateMachineArn=known(one, "state-machine/main"), definition=json.dumps(STEP)
    ),
    ("pipeline/gateway", "stages"): pipeline,
    ("build-project/gateway", "variables"): project,
}  # fmt: skip


@pytest.mark.parametrize("speed", [0, 1])
def test_whatever_was_changed_is_seen_and_mended(finished: Finished, speed: float) -> None:
    """At AWS's own speed much of it is still being changed when the run looks, and refuses another change."""
    one = finished(speed=speed)
    before = canonical(one.cloud.snapshot())
    for deed in DEEDS.values():
        deed(one)
    drift = one.drift()
    seen = {(finding.address, change.field) for finding in drift.changed for change in finding.changes}
    assert DEEDS.keys() - seen == set()
    assert {address for address, _ in seen} == {address for address, _ in DEEDS}
    assert drift.vanished == []
    begun(one)
    report = one.run()
    assert not report.errors, report.errors
    assert set(begun(one)) == {("update", address) for address, _ in DEEDS}
    assert canonical(one.cloud.snapshot()) == before
    assert one.drift().is_none
    assert one.run().counts.writes == 0
    assert not one.teardown().errors


GONE: dict[str, Deed] = {
    "rule-target/sync-films": lambda one: client(one, "events").remove_targets(
        Rule="tiny-sync-films", Ids=["tiny-sync-films"]
    ),
    "function-permission/sync-films": lambda one: client(one, "lambda").remove_permission(
        FunctionName="tiny-sync-films", StatementId="tiny-sync-films"
    ),
    "alarm/gateway-cpu": lambda one: client(one, "cloudwatch").delete_alarms(AlarmNames=["tiny-gateway-cpu"]),
    "scaling-policy/main-cpu": lambda one: client(one, "application-autoscaling").delete_scaling_policy(
        **SCALED, PolicyName="tiny-main-cpu"
    ),
    "bucket-policy/cms": lambda one: client(one, "s3").delete_bucket_policy(**BUCKETS["cms"]),
    "listener-rule/gateway-others": lambda one: client(one, "elbv2").delete_rule(
        RuleArn=known(one, "listener-rule/gateway-others")
    ),
    "dashboard/main": lambda one: client(one, "cloudwatch").delete_dashboards(DashboardNames=["tiny-muvi"]),
    "metric-filter/root-use": lambda one: client(one, "logs").delete_metric_filter(
        logGroupName="aws-cloudtrail-logs", filterName="tiny-root-use"
    ),
    "pipeline/gateway": lambda one: client(one, "codepipeline").delete_pipeline(name="tiny-gateway"),
    "build-project/gateway": lambda one: client(one, "codebuild").delete_project(name="tiny-gateway"),
    "connection/source": lambda one: client(one, "codeconnections").delete_connection(
        ConnectionArn=known(one, "connection/source")
    ),
    "state-machine/main": lambda one: client(one, "stepfunctions").delete_state_machine(
        stateMachineArn=known(one, "state-machine/main")
    ),
    "dns-record/media": lambda one: record(one, "media.", lambda _: False, "A", "AAAA"),
}
WITH_IT = {"dns-record/media"}
"""Its mark beside it is left, so that it is one that was changed."""


def test_whatever_vanished_is_seen_and_made_again(finished: Finished) -> None:
    one = finished()
    before = canonical(one.cloud.snapshot())
    for deed in GONE.values():
        deed(one)
    drift = one.drift()
    assert {finding.address for finding in drift.vanished} == GONE.keys() - WITH_IT
    assert {finding.address for finding in drift.changed} == WITH_IT
    assert not one.plan().errors
    begun(one)
    report = one.run()
    assert not report.errors, report.errors
    made = {address for verb, address in begun(one) if verb == "create"}
    assert made == GONE.keys() - WITH_IT
    assert undone(one) == set()
    assert canonical(one.cloud.snapshot()) == before
    assert one.drift().is_none
    assert one.run().counts.writes == 0
    assert not one.teardown().errors


PARENTS: dict[str, tuple[Deed, set[str]]] = {
    "a function": (
        lambda one: client(one, "lambda").delete_function(FunctionName="tiny-sync-films"),
        {"function/sync-films", "function-permission/sync-films"},
    ),
    "a rule": (
        lambda one: (
            client(one, "events").remove_targets(Rule="tiny-workflow-busy", Ids=["tiny-workflow-busy"]),
            client(one, "events").delete_rule(Name="tiny-workflow-busy"),
        ),
        {"rule/workflow-busy", "rule-target/workflow-busy"},
    ),
    "the bounds of a service": (
        lambda one: client(one, "application-autoscaling").deregister_scalable_target(**SCALED),
        {"scalable-target/main", *(f"scaling-policy/main-{figure}" for figure in ("cpu", "memory", "requests"))},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(PARENTS))
def test_what_took_others_along(finished: Finished, what: str) -> None:
    one = finished()
    deed, lost = PARENTS[what]
    before = canonical(one.cloud.snapshot())
    deed(one)
    assert {finding.address for finding in one.drift().vanished} == lost
    plan = one.plan()
    assert not plan.errors
    begun(one)
    assert not one.run().errors
    assert begun(one) == sorted(("create", address) for address in lost)
    assert canonical(one.cloud.snapshot()) == before
    assert one.run().counts.writes == 0


def test_a_plan_needs_nothing_that_is_only_known_later(finished: Finished) -> None:
    """Whatever one of those it stands on has vanished: each look goes on without its values."""
    site, nodes = (one := finished()).site(), one.stack().nodes
    found = {a: node.resource for a, node in nodes.items() if isinstance(node, Wanted)}
    looks = [(a, need) for a, wanted in found.items() for need in wanted.needs() if not found[need].declared.lookup]
    assert len(looks) > 200
    for address, lost in looks:
        resource = resolve(found[address], lambda each: {} if each == lost else site.state.values(each))  # noqa: B023
        for record_of in (site.state.record(address), None):
            examine(resource, record_of, site.aws)
        resource.dormant()
        resource.before(site.aws)
