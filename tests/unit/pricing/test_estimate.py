"""What things cost, against figures worked out by hand from the list."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from muvi_provision.day1_network.gateways import ElasticIp, NatGateway
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.pricing import Estimate, monthly, prices
from muvi_provision.pricing.price_list import FALLBACK, Basis
from muvi_provision.resource import Declared, Handle, Resource

SUBNETS: tuple[Handle[Any], ...] = (Handle("subnet/public-a"), Handle("subnet/public-b"))


def outbound() -> list[Resource]:
    """A NAT gateway and its address."""
    internet: Handle[Any] = Handle("internet-gateway/main")
    address: Handle[Any] = Handle("elastic-ip/a")
    return [ElasticIp("a"), NatGateway("a", subnet=SUBNETS[0], elastic_ip=address, internet=internet)]


def balancers() -> list[Resource]:
    """A public load balancer with an address in two zones, and an internal one."""
    gateway: Handle[Any] = Handle("internet-gateway/main")
    public = LoadBalancer("api", scheme="internet-facing", subnets=SUBNETS, groups=(), gateway=gateway)
    return [public, LoadBalancer("inside", scheme="internal", subnets=SUBNETS, groups=(), gateway=None)]


@pytest.fixture
def kinds() -> Iterator[None]:
    """Resource classes made in a test are forgotten after it."""
    before = dict(Declared.kinds)
    yield
    Declared.kinds.clear()
    Declared.kinds.update(before)


@pytest.mark.parametrize(
    ("region", "hour", "month"),
    # nat 0.0528 + address 0.005 + two balancers 2 x 0.028224 + two addresses 0.010
    [("me-central-1", "0.124248", "90.701040"), ("eu-central-1", "0.121", "88.330")],
)
def test_the_figures_of_a_small_network(region: str, hour: str, month: str) -> None:
    estimate = monthly([*outbound(), *balancers()], region)
    assert estimate.hour == Decimal(hour)
    assert estimate.month == Decimal(month)
    assert not estimate.unpriced
    assert not estimate.is_of_another_region


def test_each_address_has_its_hour() -> None:
    estimate = monthly([*outbound(), *balancers()], "me-central-1")
    assert estimate.by_address == {
        "elastic-ip/a": Decimal("0.005"),
        "nat-gateway/a": Decimal("0.0528"),
        "load-balancer/api": Decimal("0.038224"),
        "load-balancer/inside": Decimal("0.028224"),
    }
    assert estimate.month_of(["nat-gateway/a", "vpc/main"]) == Decimal("0.0528") * 730


def test_what_is_paid_by_use_is_named_and_not_guessed() -> None:
    estimate = monthly([*outbound(), *balancers()], "eu-central-1")
    assert [(price.id, estimate.price_of(price)) for price in estimate.traffic] == [
        ("nat.gb", Decimal("0.052")),
        ("alb.lcu", Decimal("0.008")),
    ]


def test_the_days_the_prices_are_from() -> None:
    assert monthly(balancers(), "eu-central-1").as_of == ("2025-06-05", "2025-11-04")
    assert monthly(outbound()[1:], "eu-central-1").as_of == ("2025-10-28",)


def test_an_unknown_region_is_priced_as_another_and_says_so() -> None:
    estimate = monthly(outbound(), "ap-southeast-7")
    assert (estimate.region, estimate.priced_in, estimate.is_of_another_region) == ("ap-southeast-7", FALLBACK, True)
    assert estimate.hour == monthly(outbound(), FALLBACK).hour


def test_what_has_no_price_in_the_region_is_told(kinds: None) -> None:
    class Graviton(Resource, prices=("aurora.pg.r7g.large", "no.such")):
        """A class of machine that one of the regions does not have."""

    assert monthly([Graviton("a")], "me-central-1").unpriced == ("aurora.pg.r7g.large", "no.such")
    there = monthly([Graviton("a")], "eu-central-1")
    assert (there.hour, there.unpriced) == (Decimal("0.333"), ("no.such",))


def test_pieces_are_paid_by_the_month(kinds: None) -> None:
    class Note(Resource, prices=("secrets.secret",)):
        """Something paid for by the piece."""

        def costs(self) -> tuple[tuple[str, float], ...]:
            return (("secrets.secret", 3.0),)

    estimate = monthly([Note("a")], "me-central-1")
    assert estimate.month == Decimal("1.2")
    assert round(estimate.hour * 730, 6) == Decimal("1.2")


def test_a_resource_with_a_region_of_its_own_is_priced_there(kinds: None) -> None:
    class Faraway(Resource, prices=("nat.hour",), region="us-east-1"):
        """Something that lives in one region wherever the environment is."""

    assert monthly([Faraway("a")], "me-central-1").hour == Decimal("0.045")


def test_what_costs_nothing_costs_nothing() -> None:
    free = Vpc("main", cidr="10.0.0.0/16")
    assert monthly([free], "me-central-1") == Estimate(region="me-central-1")


@pytest.mark.parametrize(
    ("name", "basis"),
    [
        ("nat.hour", Basis.HOUR),
        ("vpce.hour", Basis.HOUR),
        ("fargate.x86.gb", Basis.HOUR),
        ("aurora.pg.t4g.medium", Basis.HOUR),
        ("secrets.secret", Basis.MONTH),
        ("waf.rule", Basis.MONTH),
        ("nat.gb", Basis.USE),
        ("alb.lcu", Basis.USE),
        ("aurora.storage", Basis.USE),
        ("lambda.req", Basis.USE),
    ],
)
def test_what_a_price_is_paid_for(name: str, basis: Basis) -> None:
    assert prices()[name].basis is basis


def test_every_price_has_a_day_a_source_and_exact_figures() -> None:
    for price in prices().values():
        assert price.published and price.source and price.by_region
        assert all(isinstance(amount, Decimal) and amount > 0 for amount in price.by_region.values())
    assert str(prices()["lambda.req"].by_region["eu-central-1"]) == "2E-7"


def test_every_resource_names_prices_that_are_in_the_list() -> None:
    named = {price for kind in Declared.kinds.values() for price in kind.declared.prices}
    assert named <= set(prices())
