"""The leaf certificate: imported once, renewed in place, found by its tags."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.x509 import verification

from muvi_provision.day1_network.authority import CertificateAuthority
from muvi_provision.day1_network.certificates import LeafCertificate
from muvi_provision.day1_network.signing import BACK_DATED
from muvi_provision.engine.examine import compared
from muvi_provision.errors import StepFailed
from muvi_provision.resource import Handle, Verdict, to_json
from tests.unit.day1_network.balancing.conftest import START, Rehearsal

NAMES = ("uat.microservices.internal", "*.uat.microservices.internal")
DAYS, BEFORE = 365, 30
ENDS = START + timedelta(days=DAYS)
TRUST: Handle[Any] = Handle("trust-bundle/internal-ca", {"id": "arn:of-the-bundle"})


def new_authority(rehearsal: Rehearsal, years: int = 10) -> Handle[Any]:
    wanted = CertificateAuthority("internal", common_name="uat internal authority", years=years)
    return rehearsal.handle(wanted, rehearsal.make(wanted))


def leaf_of(authority: Handle[Any], **more: Any) -> LeafCertificate:
    fields = {"trust": TRUST, "names": NAMES, "days": DAYS, "renew_days_before": BEFORE, **more}
    return LeafCertificate("internal", authority=authority, authority_version=authority.version, **fields)


@pytest.fixture
def authority(rehearsal: Rehearsal) -> Handle[Any]:
    return new_authority(rehearsal)


@pytest.fixture
def leaf(authority: Handle[Any]) -> LeafCertificate:
    return leaf_of(authority)


def imports(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    return [sent for name, sent in rehearsal.calls if name == "acm:ImportCertificate"]


def served(rehearsal: Rehearsal, arn: str) -> x509.Certificate:
    pem = rehearsal.aws.acm.get_certificate(CertificateArn=arn)["Certificate"]
    return x509.load_pem_x509_certificate(pem.encode())


def test_one_call_imports_it_with_its_tags(rehearsal: Rehearsal, leaf: LeafCertificate) -> None:
    rehearsal.names()
    live = rehearsal.make(leaf)
    (sent,) = imports(rehearsal)
    assert sent.keys() == {"Certificate", "PrivateKey", "CertificateChain", "Tags"}
    assert rehearsal.names() == [
        "secretsmanager:GetSecretValue",
        "acm:ImportCertificate",
        "acm:DescribeCertificate",
        "acm:ListTagsForCertificate",
    ]
    assert rehearsal.aws.ownership.owns(live.tags, "leaf-certificate/internal")
    assert rehearsal.differs(leaf, live) == {}


def test_a_client_that_trusts_the_chain_accepts_it(rehearsal: Rehearsal, leaf: LeafCertificate) -> None:
    live = rehearsal.make(leaf)
    chain = x509.load_pem_x509_certificate(imports(rehearsal)[0]["CertificateChain"])
    builder = verification.PolicyBuilder().store(verification.Store([chain])).time(rehearsal.clock.now())
    server = builder.build_server_verifier(x509.DNSName("main.uat.microservices.internal"))
    assert server.verify(served(rehearsal, live.id), [])


@pytest.mark.parametrize(("early", "renewed"), [(timedelta(seconds=1), True), (timedelta(), False)])
def test_renewal_is_due_to_the_second(
    rehearsal: Rehearsal, leaf: LeafCertificate, early: timedelta, renewed: bool
) -> None:
    made = rehearsal.make(leaf)
    rehearsal.clock.pass_until(ENDS - timedelta(days=BEFORE) - early)
    assert leaf.observe(rehearsal.look(leaf, made.id))["renewed"] is renewed


def test_renewal_keeps_the_arn_and_the_tags_and_changes_the_key(rehearsal: Rehearsal, leaf: LeafCertificate) -> None:
    made = rehearsal.make(leaf)
    before = served(rehearsal, made.id)
    rehearsal.clock.pass_until(ENDS - timedelta(days=BEFORE))
    renewed = rehearsal.mend(leaf, rehearsal.look(leaf, made.id))
    after, again = served(rehearsal, renewed.id), imports(rehearsal)[1]
    assert (renewed.id, renewed.tags) == (made.id, made.tags)
    assert again.keys() == {"CertificateArn", "Certificate", "PrivateKey", "CertificateChain"}
    assert after.public_key() != before.public_key()
    assert after.not_valid_before_utc == rehearsal.clock.now() - BACK_DATED
    assert after.not_valid_after_utc == rehearsal.clock.now() + timedelta(days=DAYS)
    assert rehearsal.differs(leaf, renewed) == {}


def test_a_new_authority_signs_it_anew(rehearsal: Rehearsal, authority: Handle[Any], leaf: LeafCertificate) -> None:
    made = rehearsal.make(leaf)
    old = CertificateAuthority("internal", common_name="uat internal authority", years=10)
    rehearsal.remove(old, rehearsal.look(old))
    anew = leaf_of(new_authority(rehearsal))
    live = rehearsal.look(anew, made.id)
    assert rehearsal.differs(anew, live) == {"authority_version": authority.version}
    mended = rehearsal.mend(anew, live)
    assert (mended.id, rehearsal.differs(anew, mended)) == (made.id, {})


def test_names_change_under_the_same_arn(rehearsal: Rehearsal, authority: Handle[Any], leaf: LeafCertificate) -> None:
    made = rehearsal.make(leaf)
    more = leaf_of(authority, names=(NAMES[0], "extra.internal"))
    live = rehearsal.look(more, made.id)
    assert rehearsal.differs(more, live) == {"names": NAMES}
    mended = rehearsal.mend(more, live)
    assert (mended.id, rehearsal.differs(more, mended)) == (made.id, {})


def test_names_with_nothing_in_common_are_blocked(
    rehearsal: Rehearsal, authority: Handle[Any], leaf: LeafCertificate
) -> None:
    made = rehearsal.make(leaf)
    other = leaf_of(authority, names=("uat.elsewhere.internal",))
    live = rehearsal.look(other, made.id)
    finding = compared(other, live)
    assert finding.verdict == Verdict.BLOCKED
    assert {change.field for change in finding.changes} == {"names", "keeps_a_name"}
    with pytest.raises(ClientError, match="ValidationException"), rehearsal.aws.writing(other.address):
        other.update(rehearsal.aws, live, finding.changes)


def test_the_bundle_is_right_before_the_certificate_is(leaf: LeafCertificate) -> None:
    assert leaf.needs() == (leaf.authority.address, TRUST.address)


def test_an_interrupted_update_is_repeated(rehearsal: Rehearsal, authority: Handle[Any], leaf: LeafCertificate) -> None:
    made = rehearsal.make(leaf)
    rehearsal.cloud.faults = replace(rehearsal.cloud.faults, deny=frozenset({"acm:AddTagsToCertificate"}))
    other = replace(leaf, authority_version=authority.version, names=(*NAMES, "extra.internal"))
    with pytest.raises(ClientError, match="AccessDenied"):
        rehearsal.mend(other, rehearsal.look(other, made.id))
    rehearsal.cloud.faults = replace(rehearsal.cloud.faults, deny=frozenset())
    with rehearsal.aws.writing(other.address):
        other.update(rehearsal.aws, made, ())
    assert rehearsal.differs(other, rehearsal.look(other, made.id)) == {}


def test_found_by_tags_among_strangers(rehearsal: Rehearsal, authority: Handle[Any], leaf: LeafCertificate) -> None:
    theirs = Rehearsal(rehearsal.clock, rehearsal.cloud, lineage="another")
    theirs.make(leaf)
    theirs.make(replace(leaf, names=("other.internal",)))
    made = rehearsal.make(leaf)
    rehearsal.names()
    assert leaf.find(rehearsal.another(), None) == rehearsal.look(leaf, made.id)
    listed = rehearsal.names()
    assert listed.count("acm:ListTagsForCertificate") <= 3  # the stranger of another name is not asked for
    assert rehearsal.calls == []


def test_the_listing_is_asked_for_elliptic_keys(rehearsal: Rehearsal, leaf: LeafCertificate) -> None:
    assert rehearsal.gone(leaf)
    asked = [sent for name, sent in rehearsal.calls if name == "acm:ListCertificates"]
    assert asked == [{"Includes": {"keyTypes": ["EC_prime256v1"]}}]


def test_a_known_one_is_not_searched_for(rehearsal: Rehearsal, leaf: LeafCertificate) -> None:
    made = rehearsal.make(leaf)
    rehearsal.names()
    assert leaf.find(rehearsal.another(), made.id)
    assert rehearsal.names() == ["acm:DescribeCertificate", "acm:ListTagsForCertificate"]


def test_one_that_vanished_is_searched_for(rehearsal: Rehearsal, leaf: LeafCertificate) -> None:
    made = rehearsal.make(leaf)
    rehearsal.remove(leaf, made)
    rehearsal.remove(leaf, made)
    assert rehearsal.gone(leaf, made.id)
    again = rehearsal.make(leaf)
    assert rehearsal.look(leaf, made.id).id == again.id


def test_an_authority_about_to_end_signs_nothing(rehearsal: Rehearsal) -> None:
    leaf = leaf_of(new_authority(rehearsal, years=1))
    ends = START + timedelta(days=365)
    rehearsal.clock.pass_until(ends - timedelta(days=BEFORE))
    with pytest.raises(StepFailed, match="ends on 02 November 2027") as failed:
        rehearsal.make(leaf)
    assert imports(rehearsal) == []
    assert "its own end cannot be moved" in failed.value.why
    assert failed.value.next == (
        "muvi teardown --only certificate-authority/internal --with-users",
        "muvi run day1",
    )


def test_a_leaf_signed_by_an_old_authority_is_not_due_at_once(rehearsal: Rehearsal) -> None:
    leaf = leaf_of(new_authority(rehearsal, years=1), days=825)
    rehearsal.clock.pass_until(START + timedelta(days=365 - BEFORE, seconds=-1))
    assert rehearsal.differs(leaf, rehearsal.make(leaf)) == {}


def test_the_key_is_shown_nowhere(
    rehearsal: Rehearsal, leaf: LeafCertificate, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="muvi_provision"):
        live = rehearsal.make(leaf)
    shown = [leaf, to_json(leaf), leaf.wanted(), leaf.outputs(live), live]
    shown += [record.getMessage() for record in caplog.records if record.name.startswith("muvi_provision")]
    shown += [slot.value for slot in rehearsal.aws.border.inventory._slots.values()]
    assert "PRIVATE" not in repr(shown)
