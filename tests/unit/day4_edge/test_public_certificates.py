"""The certificate: asked for once, proved when the world can see it, and what is said when ACM gives up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.aws import waits
from muvi_provision.day4_edge.certificate_listing import DEAD
from muvi_provision.day4_edge.public_certificates import names_of, problem
from muvi_provision.engine.examine import Finding, examine
from muvi_provision.engine.settling import not_ready
from muvi_provision.errors import AwsRefused
from muvi_provision.resource import Live, Verdict
from muvi_provision.sandbox.outside import delegate
from muvi_provision.state.records import Record
from tests.resources.contract import Bench
from tests.resources.examples_edge_names import CERTIFICATE, DOMAIN, ISSUED, PROOF, PUBLIC
from tests.sandbox.conftest import Leaping

HOUR = 3600


def begun(bench: Bench) -> str:
    with bench.one_write(CERTIFICATE) as aws:
        made = CERTIFICATE.create(aws)
    bench.values[CERTIFICATE.address] = {"id": made}
    return made


def outcome(bench: Bench, name: str, resource: Any) -> str:
    return waits.outcome(name, resource.find(bench.aws, bench.values.get(resource.address, {}).get("id")))


@pytest.fixture
def waiting(slow: Bench, clock: Leaping) -> Bench:
    """All is written, and the world does not know our zone."""
    slow.stand(PUBLIC)
    begun(slow)
    clock.sleep(60)
    live = slow.look(CERTIFICATE, slow.values[CERTIFICATE.address]["id"])
    slow.values[CERTIFICATE.address] |= CERTIFICATE.outputs(live)
    slow.stand(PROOF)
    return slow


def test_it_is_ready_once_it_says_what_proves_it(slow: Bench, clock: Leaping) -> None:
    begun(slow)
    assert outcome(slow, "certificate_asked", CERTIFICATE) == "retry"
    clock.sleep(60)
    assert outcome(slow, "certificate_asked", CERTIFICATE) == "success"
    outputs = CERTIFICATE.outputs(slow.look(CERTIFICATE, None))
    assert outputs["record_name"].endswith(f".{DOMAIN}")
    assert not outputs["record_name"].startswith("_.")
    assert outputs["record_value"].endswith(".acm-validations.aws")


def test_it_is_asked_for_where_cloudfront_looks(bench: Bench) -> None:
    assert begun(bench).startswith("arn:aws:acm:us-east-1:")


def test_without_delegation_nothing_is_waited_for(waiting: Bench, clock: Leaping) -> None:
    issued = waiting.real(ISSUED)
    for _ in range(3):
        live = waiting.look(issued, None)
        assert waits.outcome("certificate_issued", live) == "success"
        assert issued.outputs(live) == {"arn": ""}
        clock.sleep(HOUR)


def test_with_delegation_it_is_waited_for_and_issued(waiting: Bench, clock: Leaping) -> None:
    delegate(waiting.cloud, DOMAIN)
    issued = waiting.real(ISSUED)
    live = waiting.look(issued, None)
    assert (waits.outcome("certificate_issued", live), issued.outputs(live)) == ("retry", {}), "not known yet"
    clock.sleep(600)
    live = waiting.look(issued, None)
    assert waits.outcome("certificate_issued", live) == "success"
    assert issued.outputs(live) == {"arn": waiting.values[CERTIFICATE.address]["id"]}


def test_name_servers_of_another_zone_are_no_delegation(waiting: Bench) -> None:
    delegate(waiting.cloud, DOMAIN, ("ns-1.elsewhere.example", "ns-2.elsewhere.example"))
    assert outcome(waiting, "certificate_issued", waiting.real(ISSUED)) == "success"
    assert waiting.look(waiting.real(ISSUED), None).raw["state"] == "undelegated"


def test_before_there_is_a_certificate_nobody_is_asked_about_it(bench: Bench) -> None:
    start = len(bench.cloud.log.entries)
    live = bench.look(ISSUED, None)
    assert len(bench.cloud.log.entries) == start
    assert ISSUED.outputs(live) == {"arn": ""}
    assert examine(ISSUED, None, bench.aws).verdict == Verdict.SAME


def record(known: str) -> Record:
    return Record(CERTIFICATE.address, CERTIFICATE.declared.kind, "4.2", status="ready", id=known)


def given_up(bench: Bench, clock: Leaping) -> str:
    """Nobody proved it for three days; its ARN."""
    clock.sleep(73 * HOUR)
    known = str(bench.values[CERTIFICATE.address]["id"])
    assert bench.look(CERTIFICATE, known).raw["Status"] == "VALIDATION_TIMED_OUT"
    return known


def test_when_acm_gave_up_the_reason_is_told(waiting: Bench, clock: Leaping) -> None:
    given_up(waiting, clock)
    issued = waiting.real(ISSUED)
    live = waiting.look(issued, None)
    assert waits.outcome("certificate_issued", live) == "failure"
    told = not_ready(issued, live)
    assert told.why == "nothing on the internet saw its proof for 72 hours"
    assert told.next == ("muvi run day4",)


def test_in_place_of_a_dead_one_another_is_asked_for_and_a_teardown_deletes_both(
    waiting: Bench, clock: Leaping
) -> None:
    dead = given_up(waiting, clock)
    live = waiting.look(CERTIFICATE, dead)
    changes = waiting.changes(CERTIFICATE, live)
    assert [(each.field, each.old) for each in changes] == [("alive", False)]
    for _ in range(2):  # the second time after a kill
        with waiting.one_write(CERTIFICATE) as aws:
            CERTIFICATE.update(aws, live, changes)
    new = waiting.look(CERTIFICATE, dead)
    assert new.id != dead
    assert waiting.changes(CERTIFICATE, new) == ()
    assert waiting.look(CERTIFICATE, None).id == new.id
    with waiting.writing(CERTIFICATE) as aws:
        CERTIFICATE.delete(aws, new)
    assert waiting.aws.worldwide.acm.list_certificates()["CertificateSummaryList"] == []
    assert CERTIFICATE.find(waiting.aws, new.id) is None


def test_a_strangers_of_the_same_names_is_not_ours(bench: Bench) -> None:
    aws = bench.aws
    with aws.writing("somebody"):
        aws.worldwide.acm.request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")
    assert CERTIFICATE.find(bench.aws, None) is None
    ours = begun(bench)
    assert bench.look(CERTIFICATE, None).id == ours


@pytest.mark.parametrize("algorithm", ["EC_prime256v1", "EC_secp384r1"])
def test_a_listing_is_asked_for_every_sort_of_key(bench: Bench, algorithm: Any) -> None:
    aws = bench.aws
    with aws.writing(CERTIFICATE.address):
        made = aws.worldwide.acm.request_certificate(
            DomainName=DOMAIN,
            SubjectAlternativeNames=list(names_of(DOMAIN)),
            ValidationMethod="DNS",
            KeyAlgorithm=algorithm,
            Tags=aws.tag_pairs(CERTIFICATE),
        )
    assert bench.look(CERTIFICATE, None).id == made["CertificateArn"]


def test_other_names_need_another_certificate(bench: Bench) -> None:
    known = begun(bench)
    other = replace(CERTIFICATE, names=(DOMAIN, f"*.{DOMAIN}", f"*.api.{DOMAIN}"))
    found: Finding = examine(other, record(known), bench.aws)
    assert (found.verdict, [each.field for each in found.changes]) == (Verdict.BLOCKED, ["names"])


def test_a_domain_too_long_for_a_certificate_is_told_before(bench: Bench) -> None:
    replace(CERTIFICATE, names=names_of("x" * 56 + ".example")).before(bench.aws)
    with pytest.raises(AwsRefused, match="has 65 letters"):
        replace(CERTIFICATE, names=names_of("x" * 57 + ".example")).before(bench.aws)


def test_what_uses_it_is_told_and_passes(bench: Bench) -> None:
    known = begun(bench)
    assert CERTIFICATE.obstacles(bench.aws, Live(known, {})) == ()
    assert CERTIFICATE.obstacles(bench.aws, Live("arn:aws:acm:us-east-1:1:certificate/none", {})) == ()


@pytest.mark.parametrize("status", DEAD)
def test_every_end_has_its_words(status: str) -> None:
    assert problem({"Status": status, "FailureReason": "CAA_ERROR"})


def test_reasons_in_words() -> None:
    assert "CAA record" in problem({"Status": "FAILED", "FailureReason": "CAA_ERROR"})
    assert problem({"Status": "FAILED", "FailureReason": "OTHER"}) == "ACM says only OTHER"
    assert problem({"Status": "FAILED"}) == "ACM says only FAILED"
    assert problem({"Status": "ISSUED"}) == ""


def test_a_plan_asks_acm_once_for_both(bench: Bench) -> None:
    bench.stand(PUBLIC, CERTIFICATE, PROOF)
    bench.border.inventory = type(bench.border.inventory)()
    start, aws = len(bench.cloud.log.entries), replace(bench.aws, as_of=0, written=0)
    known = bench.values[CERTIFICATE.address]["id"]
    assert CERTIFICATE.find(aws, known)
    assert bench.real(ISSUED).find(aws, known)
    called = [entry.name for entry in bench.cloud.log.entries[start:]]
    assert sorted(called) == ["acm:DescribeCertificate", "resourcegroupstaggingapi:GetResources"]
