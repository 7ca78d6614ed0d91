"""Tables as a person sees them, at 80 columns and less."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from muvi_provision.cli.drawing import costs, display, tables
from muvi_provision.cli.drawing.sheet import Sheet
from muvi_provision.cli.options import Options
from muvi_provision.cli.orphans import Orphans
from muvi_provision.day1_network.gateways import ElasticIp, NatGateway
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.engine.drift import Drift
from muvi_provision.engine.examine import Finding
from muvi_provision.engine.planner import Plan
from muvi_provision.engine.stack import Step
from muvi_provision.errors import AwsRefused
from muvi_provision.pricing import monthly, prices
from muvi_provision.pricing.price_list import Basis
from muvi_provision.resource import Change, Handle, Live, Resource, Verdict
from muvi_provision.state.records import DELETING, MADE, READY, Contents, Deed, Header, Record
from tests.cli.test_display.conftest import Stream

NETWORK: Handle[Any] = Handle("vpc/main")
STEPS = tuple(
    Step(number, title, lambda stack: None)
    for number, title in (("1.1", "VPC"), ("1.2", "Subnets"), ("1.3", "Domain"), ("1.4", "NAT gateway"))
)
VPC = Vpc("main", cidr="10.0.0.0/16")
SUBNETS = [Subnet(f"app-{zone}", vpc=NETWORK, cidr="10.0.1.0/24", zone=zone) for zone in "abcdef"]
NAT: list[Resource] = [
    ElasticIp("a"),
    NatGateway("a", subnet=Handle("subnet/app-a"), elastic_ip=Handle("elastic-ip/a"), internet=Handle("x/y")),
]
ESTIMATE = monthly(NAT, "me-central-1")
NUMBERS = {"vpc": "1.1", "subnet": "1.2"}
LIVE = Live("id-1", {})


def shown(draw: Callable[..., None], *arguments: Any, columns: int = 80, encoding: str = "utf-8", **words: Any) -> str:
    """What a table writes to a pipe of so many columns. Commands are whole, whatever the width."""
    out = Stream(encoding)
    draw(Sheet(display.console(out, {"COLUMNS": str(columns)})), *arguments, **words)
    long = [line for line in out.getvalue().splitlines() if len(line) > columns]
    assert all(line.startswith("      muvi ") for line in long)
    assert "\x1b" not in out.getvalue()
    return out.getvalue()


def plan(**more: Any) -> Plan:
    """A VPC to change, five subnets to create and one that cannot be changed, a NAT gateway to create."""
    found = [
        Finding(VPC, Verdict.UPDATE, LIVE, (Change("dns_hostnames", False, True),)),
        *(Finding(subnet, Verdict.CREATE) for subnet in SUBNETS[:5]),
        Finding(
            SUBNETS[5],
            Verdict.BLOCKED,
            LIVE,
            (Change("cidr", "10.0.9.0/24", "10.0.1.0/24"),),
            "AWS cannot change cidr in place",
        ),
        Finding(NAT[0], Verdict.SAME, LIVE),
        Finding(NAT[1], Verdict.VANISHED),
    ]
    steps = {finding.address: NUMBERS.get(finding.resource.declared.kind, "1.4") for finding in found}
    return Plan({finding.address: finding for finding in found}, {**steps, "gate/domain": "1.3"}, **more)


def records() -> list[Record]:
    """A VPC and subnets that are ready, one being deleted, a NAT gateway being made."""
    made = [Record("vpc/main", "vpc", "1.1", READY, "vpc-1")]
    made += [Record(f"subnet/app-{zone}", "subnet", "1.2", READY, f"subnet-{zone}") for zone in "abcde"]
    made += [Record("subnet/app-f", "subnet", "1.2", DELETING, "subnet-f")]
    address = "arn:aws:ec2:me-central-1:000011112222:natgateway/" + "nat-0123456789abcdef" * 3
    return [*made, Record("nat-gateway/a", "nat-gateway", "1.4", MADE, address, outputs={"public_ip": "3.4.5.6"})]


def contents(*made: Record) -> Contents:
    deeds = {"gate/domain": Deed("gate/domain", "1.3", "2026-11-02")}
    return Contents(Header("uat", "x"), {record.address: record for record in made}, deeds)


def test_a_plan() -> None:
    orphan = Record("subnet/old", "subnet", "1.2", READY, "subnet-9")
    refused = AwsRefused("x/y said no", why="UnauthorizedOperation", next=("muvi doctor",))
    drawn = plan(
        gates=("gate/domain",), acts=("act/copy-images",), errors={"x/y": refused}, untold={"a/b": "x/y"}, usual_s=160
    )
    left = Orphans((orphan,), (orphan,), region="me-central-1")
    assert shown(tables.plan, drawn, ESTIMATE, steps=STEPS, left=left) == (
        """\
Plan: 6 to create, 1 to change, 1 that cannot be changed, 1 not possible yet, 1
as it should be.
+ create  ~ change  ! cannot be changed; at the right: USD a month
    1.1   VPC                         ~ 1 VPC
    1.2   Subnets                     + 5 subnets, ! 1 subnet
    1.3   Domain                      for you: domain
    1.4   NAT gateway                 + 1 NAT gateway                  38.54 USD

To be changed
  vpc/main
    dns_hostnames: False → True

Cannot be changed in place; it would have to be made anew
  subnet/app-f: AWS cannot change cidr in place
    cidr: 10.0.9.0/24 → 10.0.1.0/24
      muvi teardown --only subnet/app-f --with-users
      muvi run

1 recorded thing is wanted by no step any more and stays as it is:
  subnet/old
  left as they are they cost nothing
      muvi teardown --only subnet/old

To be done once
  copy images

For you to do, when its turn comes
  domain

In the way
  x/y: MUVI-1010 AWS refused the request
    x/y said no
    UnauthorizedOperation
      muvi doctor
  Nothing can be told of 1 a, because x/y could not be looked at.

AWS usually takes about 3 minutes to make it ready.

All of it costs about 0.058 USD an hour, 42.19 USD a month (730 hours).
What is used comes on top: NAT gateway traffic 0.0528 USD per GB.
List prices of 2025-10-28 to 2025-11-04, without taxes, discounts and free
tiers.
"""
    )


def test_a_long_value_is_cut() -> None:
    found = {"vpc/main": Finding(VPC, Verdict.UPDATE, LIVE, (Change("policy", "a" * 9000, "b" * 9000),))}
    assert len(shown(tables.plan, Plan(found, {"vpc/main": "1.1"}), steps=STEPS)) < 900


def test_an_empty_plan_is_one_line() -> None:
    same = Plan({"vpc/main": Finding(VPC, Verdict.SAME, LIVE)}, {"vpc/main": "1.1"})
    assert shown(tables.plan, same, steps=STEPS) == "Nothing to do: 1 thing looked at, all as they should be.\n"


def test_a_plan_with_something_left_over_does_not_say_that_all_is_well() -> None:
    same = Plan({"vpc/main": Finding(VPC, Verdict.SAME, LIVE)}, {"vpc/main": "1.1"})
    many = [Record(f"subnet/old-{number}", "subnet", "1.2", READY, f"subnet-{number}") for number in range(11)]
    drawn = shown(tables.plan, same, steps=STEPS, left=Orphans(tuple(many), tuple(many)))
    assert drawn.startswith("Nothing to make or change: 1 thing looked at; but something is left over.\n")
    assert "as they should be" not in drawn
    assert "\n11 recorded things are wanted by no step any more and stay as they are:\n" in drawn
    assert "subnet/old-8" not in drawn.replace("--only subnet/old-8", "")
    assert "and 3 subnets" in drawn
    assert "--only subnet/old-10" in drawn.splitlines()[-1]


def test_a_plan_of_what_is_blocked_is_not_empty() -> None:
    found = plan().of(Verdict.BLOCKED)
    drawn = shown(tables.plan, Plan({found[0].address: found[0]}, {found[0].address: "1.2"}), steps=STEPS)
    assert drawn.startswith("Plan: 1 that cannot be changed.\n")
    assert "cidr: 10.0.9.0/24 → 10.0.1.0/24" in drawn


def test_commands_lead_to_the_same_environment() -> None:
    out = Stream()
    again = Options(env="prodlike", sandbox=True).again
    tables.plan(Sheet(display.console(out, {"COLUMNS": "80"}), again), plan(), steps=STEPS)
    assert "\n      muvi teardown --only subnet/app-f --with-users -e prodlike --sandbox\n" in out.getvalue()


def test_every_price_by_use_has_words() -> None:
    used = [price for price in prices().values() if price.basis is Basis.USE]
    assert used
    assert {price.id for price in used} <= costs.USED.keys()
    assert {price.unit for price in used} <= costs.UNITS.keys()


def test_a_verbose_plan_names_every_address() -> None:
    drawn = shown(tables.plan, plan(), steps=STEPS, verbose=True)
    assert all(f" {finding.address}\n" in drawn for finding in plan().findings.values())
    assert "          = elastic-ip/a\n" in drawn


def test_money_of_another_region_is_called_so() -> None:
    elsewhere = monthly(NAT, "ap-southeast-7")
    assert "ap-southeast-7 is not in the price list: these are the prices of eu-central-1." in shown(
        tables.plan, plan(), elsewhere, steps=STEPS
    )


def test_drift() -> None:
    found = plan().findings
    refused = AwsRefused("no", next=("muvi doctor",))
    drawn = shown(tables.drift, Drift(found, {"x/y": refused}, {"nat-gateway/a": "pending"}))
    assert drawn.startswith("9 things looked at: 2 changed, 6 gone, 1 not readable.\n")
    for line in ("Changed by somebody else", "  nat-gateway/a: pending", "  x/y: MUVI-1010 AWS refused the request"):
        assert f"\n{line}\n" in drawn
    same = Drift({"vpc/main": Finding(VPC, Verdict.SAME, LIVE)})
    assert shown(tables.drift, same) == "No difference: 1 thing looked at, all as recorded.\n"
    assert shown(tables.drift, same, verbose=True).endswith("\nAs recorded\n  vpc/main\n")


def test_verify() -> None:
    checks = [
        tables.Checked(
            "1.2", "every subnet has room to grow, also when a load balancer needs eight addresses more", True
        ),
        tables.Checked("1.4", "the app tier reaches the internet", False, "no route to nat-1"),
        tables.Checked("1.4", "nothing comes in", None, "not made yet"),
    ]
    same = Drift({"vpc/main": Finding(VPC, Verdict.SAME, LIVE)})
    assert shown(tables.verify, same, checks) == (
        """\
No difference: 1 thing looked at, all as recorded.

1 of 3 checks hold
  ✓ 1.2   every subnet has room to grow, also when a load balancer needs eight
          addresses more
  ✗ 1.4   the app tier reaches the internet
          no route to nat-1
  ? 1.4   nothing comes in
          not made yet
"""
    )


def test_a_teardown_preview() -> None:
    drawn = shown(tables.teardown_preview, records(), STEPS, estimate=ESTIMATE, kept=records()[:1])
    assert drawn == (
        """\
8 things would be deleted, for good, the last step first:
  - 1.4   NAT gateway                 1 NAT gateway                    38.54 USD
  - 1.2   Subnets                     6 subnets
  - 1.1   VPC                         1 VPC

Kept
  1 VPC

Only what is recorded and bears this environment's tags is deleted; all else
stays.

This saves about 0.058 USD an hour, 42.19 USD a month (730 hours).
List prices of 2025-10-28 to 2025-11-04, without taxes, discounts and free
tiers.
"""
    )
    assert shown(tables.teardown_preview, [], STEPS).startswith("Nothing to delete")


@pytest.mark.parametrize("columns", [20, 40, 59, 60, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_every_table_fits_every_width_and_encoding(columns: int, encoding: str) -> None:
    for draw, arguments in (
        (tables.plan, (plan(), ESTIMATE)),
        (tables.teardown_preview, (records(),)),
    ):
        for verbose in (False, True):
            words: dict[str, Any] = {"steps": STEPS, "columns": columns, "encoding": encoding, "verbose": verbose}
            assert shown(draw, *arguments, **words)


def test_colour_only_where_it_is_wanted() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for environ, no_color, coloured in (
        ({"TERM": "xterm"}, False, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False, False),
        ({"TERM": "xterm"}, True, False),
    ):
        out = Terminal()
        tables.drift(Sheet(display.console(out, environ, no_color=no_color)), Drift({}))
        assert ("\x1b[32m" in out.getvalue()) == coloured


def test_an_obstacle_that_many_share_is_told_once() -> None:
    low = {f"service/{name}": AwsRefused("too little", why="a quota", next=("aws ask",)) for name in ("a", "b")}
    drawn = shown(tables.plan, plan(errors=low), None, steps=STEPS)
    assert "2 not possible yet" in drawn
    assert "In the way\n  service/a, service/b: MUVI-1010" in drawn
    assert drawn.count("a quota") == drawn.count("aws ask") == 1
