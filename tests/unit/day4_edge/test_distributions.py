"""Distributions: their names and whose they are, what a change keeps, and how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws import waits
from muvi_provision.aws.patience import DELETING, patience_for
from muvi_provision.aws.translation import translated
from muvi_provision.day4_edge.distributions import Distribution
from muvi_provision.engine.examine import examine
from muvi_provision.engine.patient import is_conflict
from muvi_provision.errors import NameTaken
from muvi_provision.resource import Live, Unknown, Verdict, to_json
from muvi_provision.sandbox.outside import delegate
from tests.resources.contract import Bench
from tests.resources.examples_edge import API, BALANCING, MEDIA, SECRET, UNKEPT, VIEWER
from tests.resources.examples_edge_names import CERTIFICATE, DOMAIN, ISSUED, PROOF, PUBLIC
from tests.sandbox.conftest import Leaping
from tests.unit.hands import by_hand

NAME = f"api.{DOMAIN}"
ISSUED_ARN: Any = Unknown(ISSUED.address, "arn")
NAMED = replace(API, aliases=(NAME,), certificate=ISSUED_ARN)
GO = Distribution(
    "go",
    origins=({"id": "go", "domain": "short-links.cinema.example", "reach": "https"},),
    behaviours=({"path": "*", "origin": "go", "cache": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "methods": "all"},),
    aliases=(NAME,),
)
MINUTES_5, MINUTES_6 = 300.0, 360.0


@pytest.fixture
def ground(bench: Bench) -> Iterator[Bench]:
    bench.stand(*BALANCING, UNKEPT, VIEWER)
    yield bench
    bench.cloud.books.foreign_aliases.clear()


@pytest.fixture
def zoned(ground: Bench) -> Bench:
    """With a certificate that nobody can issue yet."""
    ground.stand(PUBLIC, CERTIFICATE, PROOF, ISSUED)
    return ground


def issued(bench: Bench) -> None:
    delegate(bench.cloud, DOMAIN)
    bench.make(ISSUED)
    assert bench.values[ISSUED.address]["arn"], "it is issued at once in this cloud"


def config(bench: Bench, live: Live) -> dict[str, Any]:
    found: dict[str, Any] = by_hand(bench, "cloudfront", "get_distribution_config", Id=live.id)
    return found


def changed_by_hand(bench: Bench, live: Live, **said: Any) -> None:
    told = config(bench, live)
    new = {**told["DistributionConfig"], **said}
    by_hand(bench, "cloudfront", "update_distribution", Id=live.id, IfMatch=told["ETag"], DistributionConfig=new)


def test_it_has_its_names_once_there_is_a_certificate(zoned: Bench) -> None:
    live = zoned.make(NAMED)
    assert live.raw["Aliases"]["Quantity"] == 0
    issued(zoned)
    resource = zoned.real(NAMED)
    changes = zoned.changes(resource, zoned.look(resource, live.id))
    assert {change.field for change in changes} == {"aliases", "certificate"}
    live = zoned.update(resource, live, changes)
    assert live.raw["Aliases"]["Items"] == [NAME]
    assert not zoned.changes(resource, live)


def test_with_a_certificate_from_the_beginning_it_is_right_at_once(zoned: Bench) -> None:
    issued(zoned)
    live = zoned.make(NAMED)
    assert not zoned.changes(zoned.real(NAMED), live)
    assert live.raw["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    older = replace(NAMED, tls="TLSv1.2_2019")
    (change,) = zoned.changes(zoned.real(older), live)
    assert change.field == "tls"
    assert not zoned.changes(zoned.real(older), zoned.update(zoned.real(older), live, (change,)))


def test_a_name_that_another_distribution_of_the_account_has_is_told_before(zoned: Bench) -> None:
    issued(zoned)
    live = zoned.make(replace(NAMED, name="older"))
    with pytest.raises(NameTaken, match=rf"{NAME} already belongs to distribution {live.id} \(uat-older\)"):
        zoned.real(NAMED).before(zoned.aws)
    zoned.real(MEDIA).before(zoned.aws)


def test_a_name_that_another_account_has_is_told_by_its_name(zoned: Bench) -> None:
    issued(zoned)
    zoned.cloud.books.foreign_aliases.add(NAME)
    with pytest.raises(ClientError) as refused:
        zoned.make(NAMED)
    told = translated(refused.value, NAMED.address)
    assert isinstance(told, NameTaken)
    assert NAME in told.what
    assert "production" in told.why


def test_the_headers_value_is_sent_and_told_to_nobody(ground: Bench) -> None:
    live, resource = ground.make(API), ground.real(API)
    arn = ground.values[SECRET.address]["id"]
    value = by_hand(ground, "secretsmanager", "get_secret_value", SecretId=arn)["SecretString"]
    (origin,) = config(ground, live)["DistributionConfig"]["Origins"]["Items"]
    assert origin["CustomHeaders"]["Items"] == [{"HeaderName": "X-Muvi-Origin", "HeaderValue": value}]
    seen = ground.look(resource, live.id)
    told = (seen.raw, resource.observe(seen), resource.wanted(), to_json(resource), repr(resource))
    assert not [each for each in told if value in json.dumps(each, default=str)]


def test_another_value_is_sent_and_then_remembered(ground: Bench) -> None:
    live = ground.make(API)
    arn = ground.values[SECRET.address]["id"]
    by_hand(ground, "secretsmanager", "put_secret_value", SecretId=arn, SecretString="another-value")
    secret = ground.real(SECRET)
    ground.values[SECRET.address] |= secret.outputs(ground.look(secret, arn))
    resource = ground.real(API)
    (change,) = ground.changes(resource, ground.look(resource, live.id))
    assert change.field == "secret_version"
    assert not ground.changes(resource, ground.update(resource, live, (change,)))
    (origin,) = config(ground, live)["DistributionConfig"]["Origins"]["Items"]
    assert origin["CustomHeaders"]["Items"][0]["HeaderValue"] == "another-value"


def test_a_change_keeps_what_is_not_ours(ground: Bench) -> None:
    live, resource = ground.make(GO), ground.real(GO)
    here: Any = {"LocationConstraint": ground.aws.region}
    by_hand(
        ground, "s3", "create_bucket", Bucket="logs", ObjectOwnership="ObjectWriter", CreateBucketConfiguration=here
    )
    logging = {"Enabled": True, "IncludeCookies": False, "Bucket": "logs.s3.amazonaws.com", "Prefix": "cdn/"}
    changed_by_hand(ground, live, Logging=logging, PriceClass="PriceClass_All")
    live = ground.look(resource, live.id)
    (change,) = ground.changes(resource, live)
    assert (change.field, change.old) == ("edges", "PriceClass_All")
    live = ground.update(resource, live, (change,))
    assert config(ground, live)["DistributionConfig"]["Logging"] == logging
    assert not ground.changes(resource, live)


def test_only_a_thorough_look_sees_the_root(ground: Bench) -> None:
    live, resource = ground.make(GO), ground.real(GO)
    changed_by_hand(ground, live, DefaultRootObject="start.html")
    assert not ground.changes(resource, ground.look(resource, live.id))
    seen = resource.find(replace(ground.aws, thorough=True), live.id)
    assert seen
    (change,) = ground.changes(resource, seen)
    assert (change.field, change.old) == ("root", "start.html")


def test_a_plan_looks_at_all_of_them_at_once(ground: Bench) -> None:
    made = [ground.make(each) for each in (API, GO)]
    ground.border.inventory = type(ground.border.inventory)()
    plan = replace(ground.aws, as_of=0, written=0)
    looks = zip((API, GO), made, strict=True)
    start = len(ground.cloud.log.entries)
    assert all(ground.real(wanted).find(plan, live.id) for wanted, live in looks)
    called = [entry.name for entry in ground.cloud.log.entries[start:]]
    assert sorted(called) == ["cloudfront:ListDistributions", "resourcegroupstaggingapi:GetResources"]


def test_one_that_only_looks_like_ours_is_nobodys_business(ground: Bench) -> None:
    live = ground.make(GO)
    by_hand(ground, "cloudfront", "untag_resource", Resource=live.raw["ARN"], TagKeys={"Items": ["muvi:address"]})
    assert ground.real(GO).find(ground.aws, None) is None


def test_one_of_another_copy_of_this_project_is_shown_as_that(ground: Bench) -> None:
    live = ground.make(GO)
    others = {"Items": [{"Key": "muvi:lineage", "Value": "another"}]}
    by_hand(ground, "cloudfront", "tag_resource", Resource=live.raw["ARN"], Tags=others)
    with pytest.raises(NameTaken, match="its tag muvi:lineage is another"):
        examine(ground.real(GO), None, ground.aws)


def test_the_same_call_again_makes_no_second_one(ground: Bench) -> None:
    """A create that was interrupted is asked for with the same token, refused, and looked for."""
    resource, aws = ground.real(GO), ground.aws.with_token("0123456789abcdef0123456789abcdef")
    with aws.writing(GO.address):
        made = resource.create(aws)
        with pytest.raises(ClientError) as refused:
            resource.create(aws)
    assert is_conflict(refused.value)
    assert ground.look(resource, None).id == made


def test_it_is_ready_when_all_places_know(slow: Bench, clock: Leaping) -> None:
    with slow.one_write(GO) as aws:
        made = GO.create(aws)
    assert waits.outcome("distribution_deployed", GO.find(slow.aws, made)) == "retry"
    clock.sleep(MINUTES_5)
    assert waits.outcome("distribution_deployed", GO.find(slow.aws, made)) == "success"


def test_it_is_switched_off_first_and_goes_minutes_later(slow: Bench, clock: Leaping) -> None:
    with slow.one_write(GO) as aws:
        made = GO.create(aws)
    clock.sleep(MINUTES_5)
    live = slow.look(GO, made)
    with slow.writing(GO) as aws:
        GO.release(aws, live)
        GO.release(aws, live)
    assert slow.look(GO, made).raw["Enabled"] is False
    with pytest.raises(ClientError) as refused, slow.writing(GO) as aws:
        GO.delete(aws, live)
    assert patience_for(refused.value, DELETING)
    clock.sleep(MINUTES_6)
    with slow.writing(GO) as aws:
        GO.delete(aws, live)
        GO.delete(aws, live)
    assert GO.find(slow.aws, made) is None


def test_one_switched_off_by_hand_is_switched_on_again(ground: Bench) -> None:
    live, resource = ground.make(GO), ground.real(GO)
    changed_by_hand(ground, live, Enabled=False)
    finding = examine(resource, None, ground.aws)
    assert (finding.verdict, [change.field for change in finding.changes]) == (Verdict.UPDATE, ["enabled"])


def test_one_that_was_called_otherwise_by_hand_is_called_by_its_name_again(ground: Bench) -> None:
    """By its comment it is found when nobody knows its id."""
    live, resource = ground.make(GO), ground.real(GO)
    changed_by_hand(ground, live, Comment="mine now")
    live = ground.look(resource, live.id)
    (change,) = ground.changes(resource, live)
    assert change.field == "named"
    assert not ground.changes(resource, ground.update(resource, live, (change,)))
    assert ground.look(resource, None).id == live.id
