"""Policies: filled in, compared by what they mean, and nothing put beside them unseen."""

from __future__ import annotations

import json
from urllib.parse import quote

from muvi_provision.day2_data.policy_documents import meaning, policy_document
from muvi_provision.day2_data.roles import Role
from muvi_provision.resource import Unknown, is_known, mentions
from tests.unit.day1_network.balancing.conftest import Rehearsal

ARNS = ("arn:aws:secretsmanager:eu-central-1:000011112222:secret:uat/a", "arn:aws:secretsmanager:::secret:uat/b")
DOCUMENT = policy_document("database-proxies", secrets=ARNS, region="eu-central-1")


def test_several_values_take_the_place_of_one() -> None:
    read, decrypt = DOCUMENT["Statement"]
    assert read["Resource"] == ARNS
    assert decrypt["Condition"]["StringEquals"] == {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}


def test_a_statement_about_nothing_is_left_out() -> None:
    (left,) = policy_document("database-proxies", secrets=(), region="eu-central-1")["Statement"]
    assert left["Sid"] == "DecryptThem"


def test_outputs_stay_outputs() -> None:
    document = policy_document("database-proxies", secrets=(Unknown("secret/a", "arn"),), region="eu-central-1")
    assert ("secret/a", "arn") in set(mentions(document))
    assert not is_known(meaning(document))


def test_iam_may_write_the_same_otherwise() -> None:
    other = {
        "Statement": [
            {**DOCUMENT["Statement"][1], "Action": ["kms:Decrypt"]},
            {**DOCUMENT["Statement"][0], "Resource": list(reversed(ARNS))},
        ],
        "Version": "2012-10-17",
    }
    assert meaning(other) == meaning(DOCUMENT) == meaning(quote(json.dumps(other)))
    assert meaning({**other, "Statement": other["Statement"][:1]}) != meaning(DOCUMENT)
    assert meaning("") is meaning({}) is None


def test_what_somebody_put_beside_it_is_seen_and_taken_away(rehearsal: Rehearsal) -> None:
    role = Role("database-proxies", trust="rds.amazonaws.com", policy=DOCUMENT)
    live = rehearsal.mend(role, rehearsal.make(role))
    assert not rehearsal.differs(role, live)
    with rehearsal.aws.writing("somebody"):
        text = json.dumps(DOCUMENT)
        rehearsal.aws.iam.put_role_policy(RoleName=live.id, PolicyName="more", PolicyDocument=text)
    live = rehearsal.look(role, live.id)
    assert set(rehearsal.differs(role, live)) == {"policy"}
    assert not rehearsal.differs(role, rehearsal.mend(role, live))
