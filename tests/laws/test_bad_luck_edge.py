"""What is in the way on day 4: it is said in words, the rest is done, and the next run does what is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muvi_provision import environment
from muvi_provision.aws import waits
from muvi_provision.cli.errors import exit_code
from muvi_provision.errors import (
    EnvironmentInvalid,
    MuviError,
    NameTaken,
    QuotaTooLow,
    ReadinessFailed,
    TimedOut,
)
from muvi_provision.resource import Verdict
from muvi_provision.sandbox import outside
from muvi_provision.sandbox.answers import Answer, Refused, error_answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.faults import Faults
from tests.canonical import canonical
from tests.laws.hands import assert_mended, assert_says, client, undone, without
from tests.world import SMALL, World

Worlds = Callable[..., World]
Built = Callable[[str], Any]

DOMAIN, BUCKET = "tiny.cinema.example", "tiny-media-000011112222"
API, MEDIA, GO = ("distribution/api", "dns-record/api"), ("distribution/media", "dns-record/media"), "distribution/go"
READERS = ("bucket-policy/cms", "bucket-policy/media")
EDGE = {*API, *MEDIA, GO, "dns-record/go", *READERS, "dashboard/main"}
"""What waits for the certificate: the dashboard shows the distributions."""


def assert_in_the_plan(one: World, address: str, kind: type[MuviError], *words: str) -> MuviError:
    """The plan says so, and the run says the same without having tried."""
    told = one.plan().errors
    assert set(told) == {address}
    assert_says(told[address], kind, *words)
    report = one.run()
    assert set(report.errors) == {address}
    assert_says(report.errors[address], kind, *words)
    assert report.counts.writes == 0
    assert undone(one) == {address, *report.skipped}
    return report.errors[address]


def test_a_name_that_a_stranger_has(finished: Worlds) -> None:
    """Nobody can ask AWS whose it is, so only trying shows it."""
    one = without(finished(), "distribution/api")
    one.cloud.books.foreign_aliases.add(f"api.{DOMAIN}")
    assert not one.plan().errors
    report = one.run()
    assert set(report.errors) == {"distribution/api"}
    assert_says(report.errors["distribution/api"], NameTaken, "CNAMEAlreadyExists", f"api.{DOMAIN}", "another account")
    assert set(report.skipped) == {"dns-record/api", "dashboard/main"}
    one.cloud.books.foreign_aliases.clear()
    assert_mended(one, made={*API, "dashboard/main"})


def test_a_name_that_another_distribution_of_the_account_has(finished: Worlds) -> None:
    one = without(finished(), "distribution/api")
    do, certificate = client(one, "cloudfront"), one.site().state.record("issued-certificate/edge")
    secure = {"SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}
    config = {
        "CallerReference": "by hand",
        "Comment": "somebody's",
        "Enabled": True,
        "Aliases": {"Quantity": 1, "Items": [f"api.{DOMAIN}"]},
        "ViewerCertificate": {"ACMCertificateArn": certificate and certificate.id, **secure},
        **_somewhere(),
    }
    there = do.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    error = assert_in_the_plan(one, "distribution/api", NameTaken, f"api.{DOMAIN}", there, "somebody's")
    assert there in error.next[0]
    told = do.get_distribution_config(Id=there)
    off = {**told["DistributionConfig"], "Enabled": False}
    etag = do.update_distribution(Id=there, IfMatch=told["ETag"], DistributionConfig=off)["ETag"]
    do.delete_distribution(Id=there, IfMatch=etag)
    assert_mended(one, made={*API, "dashboard/main"})


def _somewhere() -> dict[str, Any]:
    """The least that a distribution leads to."""
    secure = {"Quantity": 1, "Items": ["TLSv1.2"]}
    server = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only", "OriginSslProtocols": secure}
    origin = {"Id": "there", "DomainName": "there.example", "CustomOriginConfig": server}
    kept = {"CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "ViewerProtocolPolicy": "https-only"}
    return {
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "there", **kept},
    }


def test_a_bucket_that_a_stranger_has(finished: Worlds) -> None:
    one = without(finished(), "bucket/media")
    one.cloud.books.foreign_buckets.add(BUCKET)
    assert_in_the_plan(one, "bucket/media", NameTaken, BUCKET, "somebody else's", "buckets.media")
    one.cloud.books.foreign_buckets.clear()
    assert_mended(one, made={"bucket/media", *MEDIA, *READERS, "dashboard/main"})


def test_a_priority_that_a_strangers_rule_has(finished: Worlds) -> None:
    one = without(finished(), "listener-rule/gateway-from-cloudfront")
    do, listener = client(one, "elbv2"), one.site().state.record("listener/gateway")
    answers = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    asked = [{"Field": "path-pattern", "Values": ["/theirs"]}]
    there = do.create_rule(ListenerArn=listener and listener.id, Priority=1, Conditions=asked, Actions=answers)
    arn = there["Rules"][0]["RuleArn"]
    error = assert_in_the_plan(one, "listener-rule/gateway-from-cloudfront", NameTaken, arn, "priority 1")
    assert error.next[0] == f"aws elbv2 delete-rule --rule-arn {arn}"
    do.delete_rule(RuleArn=arn)
    assert_mended(one, made={"listener-rule/gateway-from-cloudfront", *API, "dashboard/main"})


def test_a_priority_that_was_taken_while_ours_was_elsewhere(finished: Worlds) -> None:
    one = finished()
    do, listener = client(one, "elbv2"), one.site().state.record("listener/gateway")
    ours = one.site().state.record("listener-rule/gateway-from-cloudfront")
    do.set_rule_priorities(RulePriorities=[{"RuleArn": ours and ours.id, "Priority": 7}])
    answers = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    asked = [{"Field": "path-pattern", "Values": ["/theirs"]}]
    there = do.create_rule(ListenerArn=listener and listener.id, Priority=1, Conditions=asked, Actions=answers)
    arn = there["Rules"][0]["RuleArn"]
    report = one.run()
    assert set(report.errors) == {"listener-rule/gateway-from-cloudfront"}
    assert_says(report.errors["listener-rule/gateway-from-cloudfront"], NameTaken, arn, "priority 1")
    do.delete_rule(RuleArn=arn)
    assert_mended(one, made={"listener-rule/gateway-from-cloudfront"})


def test_a_certificate_that_is_never_issued(world: Worlds, built: Built) -> None:
    """The domain leads to our zone, and still nothing comes of it: somebody took the proof away."""
    one = world("tiny", speed=1, faults=Faults(never_ready=frozenset({"public_certificate"})))
    report = one.run()
    assert set(report.errors) == {"issued-certificate/edge"}
    assert exit_code(report) == TimedOut.exit_code
    slow = waits.WAITS["certificate_issued"]
    assert_says(report.errors["issued-certificate/edge"], TimedOut, slow.slow, "usually")
    assert set(report.skipped) == EDGE
    assert undone(one) == {"issued-certificate/edge", *EDGE}
    began = one.clock.monotonic()
    assert set(one.run().errors) == {"issued-certificate/edge"}, "and a second run waits for the same one"
    assert slow.limit <= one.clock.monotonic() - began <= 1.1 * slow.limit
    do, zone = client(one, "route53"), one.site().state.record("hosted-zone/public")
    for record in do.list_resource_record_sets(HostedZoneId=zone and zone.id)["ResourceRecordSets"]:
        if record["Type"] == "CNAME":
            batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
            do.change_resource_record_sets(HostedZoneId=zone and zone.id, ChangeBatch=batch)
    one.cloud.faults = Faults()
    assert {finding.address for finding in one.drift().changed} == {"validation-record/edge"}
    assert_mended(one, made={"validation-record/edge", *EDGE})
    assert canonical(one.cloud.snapshot()) == built("tiny")


def test_a_certificate_that_acm_gives_up_on(world: Worlds) -> None:
    """Again and again; each run asks for another one, and a teardown leaves none of them."""
    one = world("tiny", faults=Faults(fail_ready=frozenset({"public_certificate"})))
    before = one.cloud.snapshot()
    for _ in range(3):
        report = one.run()
        assert set(report.errors) == {"public-certificate/edge"}
        error = report.errors["public-certificate/edge"]
        assert_says(error, ReadinessFailed, "failed", "AWS's support has to look at this domain first")
        assert error.next == ("muvi run day4",)
        behind = {"validation-record/edge", "issued-certificate/edge", *EDGE}
        assert set(report.skipped) == behind
        assert undone(one) == {"public-certificate/edge", *behind}
    assert {finding.address for finding in one.plan().of(Verdict.UPDATE)} == {"public-certificate/edge"}
    one.cloud.faults = Faults()
    assert_mended(one, made={"public-certificate/edge", "validation-record/edge", *EDGE})
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


FULL = (
    "WAFLimitsExceededException",
    "AWS WAF could not perform the operation because you exceeded your resource limit.",
)


def test_a_firewall_that_aws_has_no_room_for(finished: Worlds) -> None:
    one = without(finished(), "web-acl/edge")

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        if call.operation == "CreateWebACL":
            return error_answer(call.protocol, Refused(*FULL), call.service)
        return go()

    one._around = around
    report = one.run()
    assert set(report.errors) == {"web-acl/edge"}
    assert exit_code(report) == QuotaTooLow.exit_code
    assert_says(report.errors["web-acl/edge"], QuotaTooLow, FULL[0], "may not have more")
    assert set(report.skipped) == {*API, "dashboard/main"}
    one._around = None
    assert_mended(one, made={"web-acl/edge", *API, "dashboard/main"})


def test_a_firewall_over_its_capacity_is_refused_with_the_file(tmp_path: Path) -> None:
    wrong = tmp_path / "tiny.yaml"
    groups = "".join(f"  more-{number}: {{group: AWSManagedRulesCommonRuleSet}}\n" for number in range(3))
    wrong.write_text((SMALL / "tiny.yaml").read_text().replace("firewall:\n", f"firewall:\n{groups}"))
    with pytest.raises(EnvironmentInvalid, match=r"tiny.yaml:\d+:\d+: the rules take 2315 capacity units, 815 more"):
        environment.load(wrong)


def test_a_zone_that_is_there_already_is_used_and_never_deleted(world: Worlds) -> None:
    one = world("tiny")
    there = client(one, "route53").create_hosted_zone(Name=DOMAIN, CallerReference="theirs")["HostedZone"]["Id"]
    before = one.cloud.snapshot()
    report = one.run()
    assert not report.errors
    zone = one.site().state.record("hosted-zone/public")
    assert zone and there.endswith(zone.id or "?")
    assert one.plan().is_empty
    assert one.drift().is_none
    assert one.run().counts.writes == 0
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


def test_two_zones_that_are_there_already(world: Worlds) -> None:
    one = world("tiny")
    do = client(one, "route53")
    there = [do.create_hosted_zone(Name=DOMAIN, CallerReference=each)["HostedZone"]["Id"] for each in "ab"]
    assert set(one.plan().errors) == {"hosted-zone/public"}
    report = one.run()
    assert set(report.errors) == {"hosted-zone/public"}
    ids = [each.rpartition("/")[2] for each in there]
    assert_says(report.errors["hosted-zone/public"], NameTaken, *ids, "delete the other")
    behind = {"validation-record/edge", "delegation/public", "issued-certificate/edge", *EDGE}
    assert set(report.skipped) - {"gate/delegation"} == behind
    do.delete_hosted_zone(Id=there[0])
    made = behind - {"issued-certificate/edge"}
    assert_mended(one, made=made)
    zone = one.site().state.record("hosted-zone/public")
    assert zone and zone.id == ids[1]


def test_a_domain_that_leads_to_somebody_else(world: Worlds) -> None:
    """Their record above is left as it is; everything is made under CloudFront's own names, and the gate says why."""
    one = world("tiny")
    do = client(one, "route53")
    above = do.list_hosted_zones()["HostedZones"][0]["Id"]
    theirs = {"Name": DOMAIN, "Type": "NS", "TTL": 60, "ResourceRecords": [{"Value": "ns1.elsewhere.example."}]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": theirs}]}
    do.change_resource_record_sets(HostedZoneId=above, ChangeBatch=change)
    before = one.cloud.snapshot()
    report = one.run()
    assert not report.errors
    assert DOMAIN in report.gates["gate/delegation"]
    assert undone(one) == set()
    assert one.plan().is_empty
    assert one.run().counts.writes == 0
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


@pytest.mark.parametrize("speed", [0, 1])
def test_names_come_once_somebody_has_delegated_the_domain(world: Worlds, speed: float) -> None:
    """Until then all answers under CloudFront's own names; then the plan tells what changes, and a run does it."""
    one = world("tiny", speed=speed)
    above = client(one, "route53")
    for zone in above.list_hosted_zones()["HostedZones"]:
        above.delete_hosted_zone(Id=zone["Id"])
    report = one.run()
    assert not report.errors
    assert "gate/delegation" in report.gates
    assert DOMAIN in report.gates["gate/delegation"]
    servers = one.site().state.values("hosted-zone/public") or {}
    assert [each for each in servers["name_servers"].split() if each not in report.gates["gate/delegation"]] == []
    assert undone(one) == set()
    assert one.plan().is_empty
    assert one.run().counts.writes == 0
    outside.delegate(one.cloud, DOMAIN)
    plan, three = one.plan(), {"distribution/api", "distribution/media", GO}
    changes = {finding.address: {change.field for change in finding.changes} for finding in plan.of(Verdict.UPDATE)}
    assert changes == {address: {"aliases", "certificate"} for address in three}
    assert "gate/delegation" not in plan.gates
    assert_mended(one, made=three)
    assert one.drift().is_none
    assert not one.teardown().errors
    assert one.cloud.snapshot().keys() == {"logs", "iam"}, "what was there before"
