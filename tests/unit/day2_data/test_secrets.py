"""Secrets: what is made up, what is given, what is taken back, and what nobody ever sees."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from muvi_provision.day1_network.authority import CertificateAuthority
from muvi_provision.day2_data.secrets import ENDS, MASTER_USER, Secret, missing_values, new_password
from muvi_provision.engine.examine import compared
from muvi_provision.errors import StepFailed
from muvi_provision.resource import Handle, Live, Verdict, to_json
from tests.unit.day1_network.balancing.conftest import START, Rehearsal

HOST = "main.uat.microservices.internal"
DATABASE = Secret("main/rds", kind="database", of="main", description="Master user")
PASSWORD = Secret("gateway/jwt", kind="password", description="signs sessions")
GIVEN = Secret("payment/key", kind="given", description="a partner's key")
DAYS, BEFORE = 90, 30


def value(rehearsal: Rehearsal, secret: Secret) -> str:
    return rehearsal.aws.secretsmanager.get_secret_value(SecretId=f"uat/{secret.name}")["SecretString"]


def fill(rehearsal: Rehearsal, secret: Secret, text: str) -> None:
    with rehearsal.aws.writing("a person"):
        rehearsal.aws.secretsmanager.put_secret_value(SecretId=f"uat/{secret.name}", SecretString=text)


def authority(rehearsal: Rehearsal, years: int = 10) -> Handle[Any]:
    wanted = CertificateAuthority("internal", common_name="uat internal authority", years=years)
    return rehearsal.handle(wanted, rehearsal.make(wanted))


def certificate(signer: Handle[Any]) -> Secret:
    return Secret(
        "main/lb/certificate",
        kind="certificate",
        description="of the service main",
        of=HOST,
        authority=signer,
        authority_version=signer.version,
        days=DAYS,
        renew_days_before=BEFORE,
    )


def test_a_master_user_is_made_up(rehearsal: Rehearsal) -> None:
    rehearsal.make(DATABASE)
    said = json.loads(value(rehearsal, DATABASE))
    assert (said["username"], said["engine"], said["port"], said["dbname"]) == (MASTER_USER, "postgres", 5432, "main")
    assert re.fullmatch(r"[A-Za-z0-9_-]{30}", said["password"])


def test_passwords_are_never_the_same() -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert set("".join(made)) > set("abcXYZ019_-")


def test_nothing_shows_what_is_in_it(rehearsal: Rehearsal) -> None:
    live = rehearsal.make(DATABASE)
    password = json.loads(value(rehearsal, DATABASE))["password"]
    shown = f"{live} {DATABASE} {to_json(DATABASE)} {DATABASE.observe(live)} {DATABASE.outputs(live)}"
    assert password not in shown
    assert sum(password in str(sent) for _, sent in rehearsal.calls) == 1, "it is sent once"


def test_a_given_one_is_empty_until_somebody_fills_it(rehearsal: Rehearsal) -> None:
    live = rehearsal.make(GIVEN)
    assert GIVEN.outputs(live) == {"arn": live.id, "version": "", "value_from": ""}
    fill(rehearsal, GIVEN, "from a partner")
    live = rehearsal.look(GIVEN, live.id)
    assert GIVEN.outputs(live)["value_from"] == live.id
    assert GIVEN.outputs(live)["version"]
    assert not rehearsal.differs(GIVEN, live)
    assert value(rehearsal, GIVEN) == "from a partner"


def test_the_missing_ones_are_named_from_one_listing(rehearsal: Rehearsal) -> None:
    for secret in (GIVEN, PASSWORD):
        rehearsal.make(secret)
    rehearsal.names()
    names = (GIVEN.name, PASSWORD.name, "not/there")
    assert missing_values(rehearsal.another(), names) == (GIVEN.name, "not/there")
    assert rehearsal.names() == ["secretsmanager:ListSecrets"]
    fill(rehearsal, GIVEN, "from a partner")
    assert missing_values(rehearsal.another(), (GIVEN.name,)) == ()


def test_one_that_waits_for_its_deletion_is_taken_back_with_its_value(rehearsal: Rehearsal) -> None:
    live = rehearsal.make(PASSWORD)
    before = value(rehearsal, PASSWORD)
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.secretsmanager.delete_secret(SecretId=live.id, RecoveryWindowInDays=7)
    live = rehearsal.look(PASSWORD)
    assert rehearsal.differs(PASSWORD, live) == {"kept": False}
    rehearsal.names()
    rehearsal.mend(PASSWORD, live)
    assert rehearsal.names()[0] == "secretsmanager:RestoreSecret"
    assert value(rehearsal, PASSWORD) == before


def test_a_deletion_blocks_no_name(rehearsal: Rehearsal) -> None:
    live = rehearsal.make(PASSWORD)
    rehearsal.remove(PASSWORD, live)
    assert rehearsal.gone(PASSWORD, live.id)
    rehearsal.clock.sleep(300)
    assert rehearsal.make(PASSWORD).id != live.id


def test_another_kind_is_no_change_in_place(rehearsal: Rehearsal) -> None:
    live = rehearsal.make(PASSWORD)
    other = Secret(PASSWORD.name, kind="given", description=PASSWORD.description)
    finding = compared(other, live)
    assert finding.verdict == Verdict.BLOCKED
    assert "kind" in finding.reason


def test_a_certificate_is_signed_by_our_authority(rehearsal: Rehearsal) -> None:
    signer = authority(rehearsal)
    wanted = certificate(signer)
    live = rehearsal.make(wanted)
    said = json.loads(value(rehearsal, wanted))
    leaf, chain = (x509.load_pem_x509_certificate(said[key].encode()) for key in ("certificate", "chain"))
    leaf.verify_directly_issued_by(chain)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [HOST]
    assert leaf.not_valid_after_utc == START + timedelta(days=DAYS)
    assert live.tags[ENDS] == leaf.not_valid_after_utc.isoformat()
    assert "PRIVATE KEY" in said["private_key"]
    assert not rehearsal.differs(wanted, live)


def test_a_certificate_is_renewed_in_good_time(rehearsal: Rehearsal) -> None:
    wanted = certificate(authority(rehearsal))
    live = rehearsal.make(wanted)
    due = START + timedelta(days=DAYS - BEFORE)
    rehearsal.clock.pass_until(due - timedelta(seconds=1))
    assert not rehearsal.differs(wanted, rehearsal.look(wanted, live.id))
    rehearsal.clock.pass_until(due)
    live = rehearsal.look(wanted, live.id)
    assert rehearsal.differs(wanted, live) == {"renewed": False}
    before = value(rehearsal, wanted)
    rehearsal.names()
    live = rehearsal.mend(wanted, live)
    writes = [name for name in rehearsal.names() if ":Put" in name or ":Tag" in name]
    assert writes == ["secretsmanager:PutSecretValue", "secretsmanager:TagResource"]
    assert value(rehearsal, wanted) != before
    assert not rehearsal.differs(wanted, live)


def test_a_new_authority_signs_anew(rehearsal: Rehearsal) -> None:
    signer = authority(rehearsal)
    live = rehearsal.make(certificate(signer))
    moved = certificate(Handle(signer.address, {**signer.values, "version": "another"}))
    assert set(rehearsal.differs(moved, live)) == {"authority_version"}


def test_an_authority_at_its_end_signs_nothing(rehearsal: Rehearsal) -> None:
    wanted = certificate(authority(rehearsal, years=1))
    rehearsal.clock.pass_until(START + timedelta(days=364 - BEFORE + 2))
    with pytest.raises(StepFailed, match="ends on") as refused:
        rehearsal.make(wanted)
    assert "certificate-authority/internal" in refused.value.next[0]


def test_a_first_look_asks_one_listing_for_all(rehearsal: Rehearsal) -> None:
    known = [(secret, rehearsal.make(secret).id) for secret in (DATABASE, PASSWORD, GIVEN)]
    rehearsal.names()
    aws = rehearsal.another()
    assert all(secret.find(aws, each) for secret, each in known)
    assert rehearsal.names() == ["secretsmanager:ListSecrets"]


def test_what_the_listing_does_not_show_as_it_should_be_is_asked_itself(rehearsal: Rehearsal) -> None:
    live = rehearsal.make(PASSWORD)
    rehearsal.names()
    other = Secret(PASSWORD.name, kind="password", description="another purpose")
    assert isinstance(other.find(rehearsal.fresh(), live.id), Live)
    assert rehearsal.names() == ["secretsmanager:ListSecrets", "secretsmanager:DescribeSecret"]


def test_one_without_a_record_is_not_believed_to_be_there(rehearsal: Rehearsal) -> None:
    """A listing goes on showing what a teardown has just deleted."""
    rehearsal.make(PASSWORD)
    rehearsal.names()
    assert PASSWORD.find(rehearsal.another(), None)
    assert rehearsal.names() == ["secretsmanager:ListSecrets", "secretsmanager:DescribeSecret"]
