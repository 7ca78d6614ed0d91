"""What the internet sees of a cloud: names, and who delegates them."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from muvi_provision.errors import SandboxError
from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.outside import Outside, delegate
from tests.sandbox.conftest import REGION, Connect
from tests.sandbox.refusals import balancer, network
from tests.sandbox.zone_records import alias, batch, plain, zone

NAME = "uat.cinema.example"


class World:
    """A cloud's zones, and who looks at it from outside."""

    def __init__(self, cloud: Cloud, connect: Connect) -> None:
        self.cloud, self.connect = cloud, connect
        self.route53, self.outside = connect(cloud, "route53", "us-east-1"), Outside(cloud)

    def write(self, wanted: str, *changes: dict[str, Any]) -> None:
        self.route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(*changes))

    def servers(self, wanted: str) -> tuple[str, ...]:
        return tuple(sorted(self.route53.get_hosted_zone(Id=wanted)["DelegationSet"]["NameServers"]))


@pytest.fixture
def world(cloud: Cloud, connect: Connect) -> World:
    return World(cloud, connect)


def test_a_zone_that_nobody_delegates_to_is_not_seen(world: World) -> None:
    wanted = zone(world.route53, NAME)
    world.write(wanted, plain("CREATE", f"a.{NAME}", "A", "192.0.2.1"))
    assert world.outside.look_up(NAME, "NS") == ()
    assert world.outside.look_up(f"a.{NAME}", "A") == ()
    delegate(world.cloud, NAME)
    assert world.outside.look_up(NAME, "NS") == world.servers(wanted)
    assert world.outside.look_up(f"A.{NAME}.", "A") == ("192.0.2.1",)


def test_the_registrar_names_the_newest_zone_unless_told_otherwise(world: World) -> None:
    first, second = zone(world.route53, NAME), zone(world.route53, NAME, reference="two")
    for wanted, address in ((first, "192.0.2.1"), (second, "192.0.2.2")):
        world.write(wanted, plain("CREATE", NAME, "A", address))
    delegate(world.cloud, NAME)
    assert world.outside.look_up(NAME, "A") == ("192.0.2.2",)
    delegate(world.cloud, NAME, world.servers(first))
    assert world.outside.look_up(NAME, "A") == ("192.0.2.1",)
    delegate(world.cloud, NAME, ("ns1.elsewhere.example", "ns2.elsewhere.example"))
    assert world.outside.look_up(NAME, "NS") == ("ns1.elsewhere.example", "ns2.elsewhere.example")
    assert world.outside.look_up(NAME, "A") == ()
    with pytest.raises(SandboxError):
        delegate(world.cloud, "nobodys.example.com")


def test_the_zone_above_delegates_too(world: World, cloud: Cloud, connect: Connect) -> None:
    above = zone(world.route53, "cinema.example", "above")
    child = zone(world.route53, NAME)
    world.write(child, plain("CREATE", f"a.{NAME}", "A", "192.0.2.1"))
    world.write(above, plain("CREATE", f"b.{NAME}", "A", "192.0.2.9"))
    assert world.outside.look_up(f"a.{NAME}", "A") == ()
    other = [f"{one}." for one in world.servers(above)]
    world.write(above, plain("CREATE", NAME, "NS", *other))
    assert world.outside.look_up(f"a.{NAME}", "A") == ()
    world.write(above, plain("UPSERT", NAME, "NS", *(f"{one}." for one in world.servers(child))))
    assert world.outside.look_up(f"a.{NAME}", "A") == ("192.0.2.1",)
    delegate(cloud, "cinema.example")
    assert world.outside.look_up(f"b.{NAME}", "A") == ()  # hidden: the child is asked for all below it


def test_a_zone_of_another_account_is_seen_as_well(world: World, loader: Any) -> None:
    from muvi_provision.sandbox.transport import InProcess

    said = {"aws_access_key_id": "999988887777", "aws_secret_access_key": "x", "endpoint_url": "http://127.0.0.1:1"}
    stranger = loader.client("route53", region_name="us-east-1", **said)
    InProcess(world.cloud).attach(stranger.meta.events)
    above = zone(stranger, "cinema.example", "above")
    child = zone(world.route53, NAME)
    change = plain("CREATE", NAME, "NS", *world.servers(child))
    stranger.change_resource_record_sets(HostedZoneId=above, ChangeBatch=batch(change))
    assert world.outside.look_up(NAME, "NS") == world.servers(child)


def test_names_lead_to_names(world: World) -> None:
    wanted = zone(world.route53, NAME)
    delegate(world.cloud, NAME)
    world.write(
        wanted,
        plain("CREATE", f"*.{NAME}", "CNAME", f"real.{NAME}."),
        plain("CREATE", f"real.{NAME}", "A", "192.0.2.1", "192.0.2.2"),
        plain("CREATE", f"real.{NAME}", "TXT", '"some words"'),
        plain("CREATE", f"loop.{NAME}", "CNAME", f"loop.{NAME}"),
    )
    assert world.outside.look_up(f"any.{NAME}", "CNAME") == (f"real.{NAME}",)
    assert world.outside.look_up(f"any.{NAME}", "A") == ("192.0.2.1", "192.0.2.2")
    assert world.outside.look_up(f"real.{NAME}", "TXT") == ("some words",)
    assert world.outside.look_up(f"real.{NAME}", "CNAME") == ()
    assert world.outside.look_up(f"loop.{NAME}", "A") == ()


def test_a_load_balancer_has_addresses(world: World, ec2: Any, elb: Any) -> None:
    front = balancer(elb, network(ec2))
    (shown,) = elb.describe_load_balancers(LoadBalancerArns=[front])["LoadBalancers"]
    addresses = world.outside.look_up(shown["DNSName"], "A")
    assert len(addresses) == 2
    wanted = zone(world.route53, NAME)
    delegate(world.cloud, NAME)
    world.write(wanted, alias("CREATE", NAME, f"dualstack.{shown['DNSName']}", shown["CanonicalHostedZoneId"]))
    assert world.outside.look_up(NAME, "A") == addresses


def test_names_of_a_private_zone_are_inside_only(world: World, ec2: Any) -> None:
    vpc = {"VPCId": network(ec2).vpc, "VPCRegion": REGION}
    wanted = zone(world.route53, NAME, VPC=vpc)
    world.write(wanted, plain("CREATE", NAME, "A", "10.0.0.1"))
    with pytest.raises(SandboxError):
        delegate(world.cloud, NAME)
    assert world.outside.look_up(NAME, "A") == ()
    with pytest.raises(socket.gaierror):
        world.outside.get(f"https://{NAME}/")
    with pytest.raises(ValueError, match="not the address of a page"):
        world.outside.get("ftp://example.com/")


def test_what_the_registrar_was_told_is_kept(world: World, cloud: Cloud) -> None:
    wanted = zone(world.route53, NAME)
    delegate(cloud, NAME)
    kept = persistence.dumped(cloud)
    cloud.reset()
    assert world.outside.look_up(NAME, "NS") == ()
    persistence.load(cloud, kept)
    assert world.outside.look_up(NAME, "NS") == world.servers(wanted)
