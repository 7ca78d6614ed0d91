"""The two secrets of the authority."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.day1_network.authority import CertificateAuthority, TrustBundle
from muvi_provision.naming import Ownership
from muvi_provision.resource import Handle, to_json
from tests.unit.day1_network.balancing.conftest import Rehearsal

AUTHORITY = CertificateAuthority("internal", common_name="uat internal authority", years=10)


def bundle(authority: Handle[Any]) -> TrustBundle:
    return TrustBundle("internal-ca", authority=authority, authority_version=authority.version)


def value(rehearsal: Rehearsal, name: str) -> str:
    return rehearsal.aws.secretsmanager.get_secret_value(SecretId=name)["SecretString"]


@pytest.fixture
def made(rehearsal: Rehearsal) -> Handle[Any]:
    return rehearsal.handle(AUTHORITY, rehearsal.make(AUTHORITY))


def soft_delete(rehearsal: Rehearsal, name: str) -> None:
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.secretsmanager.delete_secret(SecretId=name, RecoveryWindowInDays=30)


def test_one_call_makes_it_and_one_reads_it(rehearsal: Rehearsal) -> None:
    live = rehearsal.make(AUTHORITY)
    assert [name for name, _ in rehearsal.calls] == ["secretsmanager:CreateSecret", "secretsmanager:ListSecrets"]
    sent = rehearsal.calls[0][1]
    assert (sent["Name"], sent["ClientRequestToken"]) == ("uat/internal-ca/authority", f"{1:032x}")
    assert AUTHORITY.outputs(live) == {"version": f"{1:032x}"}
    assert rehearsal.differs(AUTHORITY, live) == {}
    assert Ownership("uat", "lineage0").owns(live.tags, "certificate-authority/internal")


def test_both_halves_are_in_the_one_secret_and_the_certificate_alone_in_the_other(
    rehearsal: Rehearsal, made: Handle[Any]
) -> None:
    trust = bundle(made)
    live = rehearsal.make(trust)
    both = json.loads(value(rehearsal, "uat/internal-ca/authority"))
    assert both.keys() == {"certificate", "private_key"}
    assert value(rehearsal, "uat/internal-ca/certificate") == both["certificate"]
    assert rehearsal.differs(trust, live) == {}


def test_how_it_was_born_cannot_be_changed(rehearsal: Rehearsal, made: Handle[Any]) -> None:
    other = CertificateAuthority("internal", common_name="another", years=5)
    differs = rehearsal.differs(other, rehearsal.look(other))
    assert differs == {"common_name": "uat internal authority", "years": 10}
    assert not other.declared.mutable & differs.keys()


def test_born_before_its_tags_told(rehearsal: Rehearsal, made: Handle[Any]) -> None:
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.secretsmanager.untag_resource(SecretId=made.id, TagKeys=["muvi:years", "muvi:common-name"])
    assert AUTHORITY.observe(rehearsal.look(AUTHORITY)) == {"kept": True}


def test_a_scheduled_deletion_is_seen_and_taken_back_with_the_value(rehearsal: Rehearsal, made: Handle[Any]) -> None:
    before = value(rehearsal, made.id)
    soft_delete(rehearsal, made.id)
    live = rehearsal.look(AUTHORITY, made.id)
    assert rehearsal.differs(AUTHORITY, live) == {"kept": False}
    again = rehearsal.mend(AUTHORITY, live)
    assert rehearsal.differs(AUTHORITY, again) == {}
    assert (again.id, AUTHORITY.outputs(again)) == (made.id, {"version": made.version})
    assert value(rehearsal, made.id) == before


def test_a_bundle_is_restored_without_being_renewed(rehearsal: Rehearsal, made: Handle[Any]) -> None:
    trust = bundle(made)
    live = rehearsal.make(trust)
    soft_delete(rehearsal, live.id)
    rehearsal.names()
    mended = rehearsal.mend(trust, rehearsal.look(trust))
    assert rehearsal.names() == [
        "secretsmanager:ListSecrets",
        "secretsmanager:DescribeSecret",  # the listing may be minutes behind, and its id was not known
        "secretsmanager:RestoreSecret",
        "secretsmanager:ListSecrets",
    ]
    assert rehearsal.differs(trust, mended) == {}


def test_a_bundle_is_restored_and_renewed_in_one_go(rehearsal: Rehearsal, made: Handle[Any]) -> None:
    old = bundle(made)
    live = rehearsal.make(old)
    rehearsal.remove(AUTHORITY, rehearsal.look(AUTHORITY))
    soft_delete(rehearsal, live.id)
    new = bundle(rehearsal.handle(AUTHORITY, rehearsal.make(AUTHORITY)))
    live = rehearsal.look(new, live.id)
    assert rehearsal.differs(new, live) == {"kept": False, "authority_version": made.version}
    rehearsal.names()
    assert rehearsal.differs(new, rehearsal.mend(new, live)) == {}
    assert rehearsal.names() == [
        "secretsmanager:RestoreSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:TagResource",
        "secretsmanager:ListSecrets",
    ]
    assert value(rehearsal, live.id) == json.loads(value(rehearsal, "uat/internal-ca/authority"))["certificate"]


def test_an_interrupted_renewal_of_the_bundle_is_repeated(rehearsal: Rehearsal, made: Handle[Any]) -> None:
    live = rehearsal.make(bundle(made))
    rehearsal.remove(AUTHORITY, rehearsal.look(AUTHORITY))
    new = bundle(rehearsal.handle(AUTHORITY, rehearsal.make(AUTHORITY)))
    for _ in range(2):
        with rehearsal.aws.writing("somebody"):
            rehearsal.aws.secretsmanager.tag_resource(
                SecretId=live.id, Tags=[{"Key": "muvi:signed-by", "Value": made.version}]
            )
        mended = rehearsal.mend(new, rehearsal.look(new))
        assert rehearsal.differs(new, mended) == {}
    stages = mended.raw.get("VersionIdsToStages") or mended.raw["SecretVersionsToStages"]
    assert len([version for version, held in stages.items() if "AWSCURRENT" in held]) == 1


def test_the_name_is_free_again_at_once(rehearsal: Rehearsal, made: Handle[Any]) -> None:
    live = rehearsal.look(AUTHORITY, made.id)
    soft_delete(rehearsal, made.id)
    rehearsal.remove(AUTHORITY, live)
    rehearsal.remove(AUTHORITY, live)
    assert rehearsal.gone(AUTHORITY, made.id)
    assert rehearsal.make(AUTHORITY).id


def test_somebody_elses_secret_of_that_name_is_shown(rehearsal: Rehearsal) -> None:
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.secretsmanager.create_secret(Name="uat/internal-ca/authority", SecretString="theirs")
    live = rehearsal.look(AUTHORITY)
    assert not rehearsal.aws.ownership.owns(live.tags, AUTHORITY.address)
    assert AUTHORITY.observe(live) == {"kept": True}


def test_refusals_rise(rehearsal: Rehearsal, made: Handle[Any]) -> None:
    soft_delete(rehearsal, made.id)
    with pytest.raises(ClientError, match="InvalidRequestException"):
        rehearsal.make(bundle(made))


def test_no_secret_is_shown_anywhere(rehearsal: Rehearsal, made: Handle[Any], caplog: pytest.LogCaptureFixture) -> None:
    trust = bundle(made)
    with caplog.at_level("DEBUG", logger="muvi_provision"):
        shown: list[Any] = [rehearsal.make(trust), rehearsal.look(AUTHORITY)]
    for resource in (AUTHORITY, trust):
        shown += [resource, to_json(resource), resource.wanted(), resource.outputs(rehearsal.look(resource))]
    shown += [record.getMessage() for record in caplog.records if record.name.startswith("muvi_provision")]
    shown += [slot.value for slot in rehearsal.aws.border.inventory._slots.values()]
    assert "PRIVATE" not in repr(shown)
    assert "BEGIN" not in repr(shown)


def test_it_costs_two_secrets() -> None:
    trust = TrustBundle("internal-ca", authority=Handle(AUTHORITY.address), authority_version="1")
    assert AUTHORITY.costs() == trust.costs() == (("secrets.secret", 1.0),)
