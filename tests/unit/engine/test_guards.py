"""Before any write: each refusal, and what must not be refused."""

from __future__ import annotations

import pytest

from muvi_provision import environment, runbook
from muvi_provision.engine.guards import (
    Forbidden,
    confirm_account,
    confirm_region,
    refuse_mixed_endpoints,
    refuse_production_aliases,
    refuse_production_identity,
    refuse_production_profile,
    refuse_production_range,
)
from muvi_provision.errors import GuardRefused, ProductionRefused, UsageError, WrongAccount

NAMES = tuple(environment.load(runbook.pages() / "environments" / "uat.yaml").production.names)
FORBIDDEN = Forbidden(accounts=("999988887777",), names=NAMES, ranges=("10.230.0.0/16", "172.16.0.0/20"))
PRODUCTION = [
    "prod", "muvi-prod", "muvi_prod", "prod-admin", "prod_admin", "production", "muvi-production-eu", "PROD", "Prod-1",
    "muvi-prod-admin", "prod1", "cinema.production",
]  # fmt: skip
HARMLESS = ["prodlike", "product-team", "uat", "muvi-uat", "reproduce", "default", "products", "muvi-prodlike", ""]


@pytest.mark.parametrize("name", PRODUCTION)
def test_a_profile_that_says_production(name: str) -> None:
    with pytest.raises(ProductionRefused, match="profile") as caught:
        refuse_production_profile(name, FORBIDDEN)
    assert repr(name) in caught.value.what
    assert caught.value.exit_code == 5
    assert caught.value.next


@pytest.mark.parametrize("name", HARMLESS)
def test_a_profile_that_only_sounds_like_it(name: str) -> None:
    refuse_production_profile(name, FORBIDDEN)


def test_no_profile() -> None:
    refuse_production_profile(None, FORBIDDEN)


@pytest.mark.parametrize("name", PRODUCTION)
def test_an_alias_that_says_production(name: str) -> None:
    with pytest.raises(ProductionRefused, match="account alias"):
        refuse_production_aliases(["harmless", name], FORBIDDEN)


def test_aliases_that_only_sound_like_it() -> None:
    refuse_production_aliases(HARMLESS, FORBIDDEN)
    refuse_production_aliases([], FORBIDDEN)


@pytest.mark.parametrize(
    "network", ["10.230.0.0/16", "10.230.7.0/24", "10.0.0.0/8", "0.0.0.0/0", "10.230.255.255/32", "172.16.15.0/24"]
)
def test_a_network_that_overlaps_productions(network: str) -> None:
    with pytest.raises(ProductionRefused, match="overlaps production's") as caught:
        refuse_production_range(network, FORBIDDEN)
    assert caught.value.where == "network.range"


@pytest.mark.parametrize("network", ["10.240.0.0/16", "10.229.0.0/16", "10.231.0.0/16", "172.16.16.0/20"])
def test_a_network_beside_productions(network: str) -> None:
    refuse_production_range(network, FORBIDDEN)
    refuse_production_range(network, Forbidden())


def test_a_production_account_whatever_it_is_pinned_to() -> None:
    with pytest.raises(ProductionRefused, match="999988887777"):
        confirm_account("999988887777", FORBIDDEN, pinned="999988887777", remembered="999988887777")


@pytest.mark.parametrize(
    ("pinned", "remembered", "said"),
    [
        ("111122223333", None, "the environment file says 111122223333"),
        (None, "444455556666", "the state says 444455556666"),
        ("000011112222", "444455556666", "the state says"),
        ("111122223333", "000011112222", "the environment file says"),
    ],
)
def test_another_account_than_the_pinned_one(pinned: str | None, remembered: str | None, said: str) -> None:
    with pytest.raises(WrongAccount, match=said) as caught:
        confirm_account("000011112222", FORBIDDEN, pinned=pinned, remembered=remembered)
    assert caught.value.exit_code == 5
    assert "000011112222" in caught.value.what


@pytest.mark.parametrize(
    ("pinned", "remembered"),
    [(None, None), (None, ""), ("000011112222", None), ("000011112222", "000011112222"), (None, "000011112222")],
)
def test_the_right_account(pinned: str | None, remembered: str | None) -> None:
    confirm_account("000011112222", FORBIDDEN, pinned=pinned, remembered=remembered)


def test_another_region_than_what_was_made_is_in() -> None:
    with pytest.raises(UsageError, match="what was made is in eu-central-1") as caught:
        confirm_region("me-central-1", "eu-central-1")
    assert "muvi teardown --region eu-central-1" in caught.value.next
    confirm_region("me-central-1", "me-central-1")
    confirm_region("me-central-1", "")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::000011112222:user/muvi-prod",
        "arn:aws:iam::000011112222:user/production/ada",
        "arn:aws:sts::000011112222:assumed-role/muvi-prod-admin/ada",
        "arn:aws:sts::000011112222:assumed-role/AWSReservedSSO_production_0123/ada@cinema.example",
        "arn:aws-cn:sts::000011112222:federated-user/prod",
    ],
)
def test_a_user_or_role_that_says_production(arn: str) -> None:
    with pytest.raises(ProductionRefused, match=r"user|role"):
        refuse_production_identity(arn, FORBIDDEN)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::000011112222:user/ada",
        "arn:aws:iam::000011112222:root",
        "arn:aws:sts::000011112222:assumed-role/uat-admin/ada@production.example",
        "arn:aws:sts::000011112222:assumed-role/uat-admin",
    ],
)
def test_a_user_or_role_that_does_not(arn: str) -> None:
    refuse_production_identity(arn, FORBIDDEN)


def test_calls_that_would_go_to_several_places() -> None:
    here = "http://127.0.0.1:4566"
    for endpoints in ({"sts": here, "ec2": None}, {"sts": None, "iam": here}, {"sts": here, "ec2": f"{here}7"}):
        with pytest.raises(GuardRefused, match="same place") as caught:
            refuse_mixed_endpoints(endpoints)
        assert caught.value.exit_code == 5
        assert caught.value.next
    refuse_mixed_endpoints({"sts": None, "ec2": None})
    refuse_mixed_endpoints({"sts": here, "ec2": f"{here}/"})
