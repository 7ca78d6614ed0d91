"""What follows from the file without being written in it: subnets, NAT gateways, route tables, defaults."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from muvi_provision.environment import Environment
from muvi_provision.environment.network import NatPlan, RouteTablePlan, SubnetPlan

Loaded = Callable[[str], Environment]


def test_subnets_are_ordered_by_tier_then_zone(valid: str, loaded: Loaded) -> None:
    subnets = loaded(valid).subnets
    assert [subnet.name for subnet in subnets] == ["public-a", "public-b", "app-a", "app-b", "private-a", "private-b"]
    assert subnets[2] == SubnetPlan(name="app-a", tier="app", zone="me-central-1a", letter="a", cidr="10.240.4.0/24")


def test_zones_keep_the_order_of_the_file(valid: str, loaded: Loaded) -> None:
    environment = loaded(valid.replace("[a, b]", "[c, a]"))
    assert [(plan.name, plan.cidr) for plan in environment.subnets[:2]] == [
        ("public-c", "10.240.1.0/24"),
        ("public-a", "10.240.2.0/24"),
    ]
    assert environment.nat_gateways == (NatPlan("c", "public-c"),)


def test_one_nat_gateway_serves_one_app_table(valid: str, loaded: Loaded) -> None:
    environment = loaded(valid)
    assert environment.nat_gateways == (NatPlan(name="a", subnet="public-a"),)
    assert environment.route_tables == (
        RouteTablePlan(name="public", tier="public", nat=None, subnets=("public-a", "public-b")),
        RouteTablePlan(name="app", tier="app", nat="a", subnets=("app-a", "app-b")),
        RouteTablePlan(name="private", tier="private", nat=None, subnets=("private-a", "private-b")),
    )


def test_a_nat_gateway_a_zone_gives_an_app_table_a_zone(valid: str, loaded: Loaded) -> None:
    environment = loaded(valid.replace("nat_gateways: 1", "nat_gateways: 2"))
    assert environment.nat_gateways == (NatPlan("a", "public-a"), NatPlan("b", "public-b"))
    assert environment.route_tables[1:3] == (
        RouteTablePlan("app-a", "app", "a", ("app-a",)),
        RouteTablePlan("app-b", "app", "b", ("app-b",)),
    )


def test_every_subnet_has_exactly_one_route_table(valid: str, loaded: Loaded) -> None:
    for count in (1, 2):
        environment = loaded(valid.replace("nat_gateways: 1", f"nat_gateways: {count}"))
        routed = [name for table in environment.route_tables for name in table.subnets]
        assert sorted(routed) == sorted(subnet.name for subnet in environment.subnets)


def test_a_service_runs_its_own_image_unless_told(valid: str, loaded: Loaded) -> None:
    services = loaded(valid.replace("port: 5002,", "port: 5002, image: gateway,")).services
    assert services["gateway"].image == "gateway"
    assert services["main"].image == "gateway"


def test_defaults(valid: str, loaded: Loaded) -> None:
    environment = loaded(valid)
    gateway, database, cache = (
        environment.services["gateway"],
        environment.databases["main"],
        environment.caches["main"],
    )
    assert (gateway.protocol, gateway.cpu, gateway.memory, gateway.tasks) == ("http", 512, 1024, 1)
    assert (gateway.scaling.min, gateway.scaling.max) == (1, 10)
    assert (database.instance_class, database.reader, cache.node_type) == ("db.t4g.medium", False, "cache.t3.micro")
    assert (environment.security_groups.caches, environment.network.gateway_endpoints) == ("shared", ("s3",))


def test_names_keep_file_order(valid: str, loaded: Loaded) -> None:
    assert list(loaded(valid).load_balancers) == ["api", "internal"]
    swapped = valid.replace(
        "  api: {scheme: internet-facing}\n  internal: {scheme: internal}",
        "  internal: {scheme: internal}\n  api: {scheme: internet-facing}",
    )
    assert list(loaded(swapped).load_balancers) == ["internal", "api"]


def test_the_least_file_is_six_keys(valid: str, loaded: Loaded) -> None:
    least = "\n".join(line for line in valid.split("security_groups")[0].splitlines() if not line.startswith("account"))
    environment = loaded(least)
    assert (environment.account, environment.services, environment.proxies) == (None, {}, ())


def test_nothing_can_be_changed_afterwards(valid: str, loaded: Loaded) -> None:
    environment = loaded(valid)
    with pytest.raises(ValidationError):
        environment.name = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        environment.subnets[0].cidr = "x"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["uat", "prodlike", "a", "load-test-2"])
def test_names_that_are_accepted(name: str, valid: str, loaded: Loaded) -> None:
    assert loaded(valid.replace("name: uat", f"name: {name}")).name == name


@pytest.mark.parametrize("region", ["me-central-1", "eu-central-1", "ap-northeast-3", "af-south-1"])
def test_regions_that_are_accepted(region: str, valid: str, loaded: Loaded) -> None:
    assert loaded(valid.replace("me-central-1", region)).subnets[0].zone == f"{region}a"
