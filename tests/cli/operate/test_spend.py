"""What was spent: asked only after a yes, by service, tag and day, and in words when AWS cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.cli import spending
from muvi_provision.cli.spending import Spent, period, spent
from muvi_provision.clock import SystemClock
from muvi_provision.errors import AwsRefused, StepFailed
from muvi_provision.sandbox.costs import Cost
from tests.cli.conftest import Run
from tests.cli.test_every_command import told
from tests.cli.test_refusals import refused
from tests.world import World

ECS, RDS = "Amazon Elastic Container Service", "Amazon Relational Database Service"


class Sitting:
    """What ``spent`` needs of a session, over a cloud in this process."""

    def __init__(self, world: World) -> None:
        self.connection = world.site()
        self.environment = world.environment


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, "tiny")
    yesterday = (made.clock.now() - timedelta(days=1)).date()
    before = yesterday - timedelta(days=1)
    ours = {"muvi:env": "tiny"}
    made.cloud.books.costs.spent += [
        Cost(yesterday.isoformat(), ECS, 1.25, ours),
        Cost(before.isoformat(), ECS, 0.75, ours),
        Cost(before.isoformat(), RDS, 4.0, {"muvi:env": "other"}),
        Cost(before.isoformat(), RDS, 0.5),
    ]
    return made


@pytest.fixture
def ask(world: World) -> Iterator[Callable[..., Spent]]:
    def asked(by: spending.By, days: int = 30) -> Spent:
        sitting: Any = Sitting(world)
        return spent(sitting, by, *period(world.clock.now(), days, month=False))

    yield asked


def amounts(found: Spent) -> dict[str, tuple[Decimal, Decimal]]:
    return {line.name: (line.ours, line.account) for line in found.lines}


def test_each_service_and_our_part_of_it(ask: Callable[..., Spent], world: World) -> None:
    found = ask("service")
    assert amounts(found) == {RDS: (Decimal(0), Decimal("4.5")), ECS: (Decimal(2), Decimal(2))}
    assert [line.name for line in found.lines] == [RDS, ECS]  # the dearest first
    assert (found.ours, found.account, found.is_tagged) == (2, Decimal("6.5"), True)
    assert found.requests == world.cloud.books.costs.requests == 1


def test_each_tag_and_each_day(ask: Callable[..., Spent], world: World) -> None:
    assert amounts(ask("tag")) == {
        "other": (Decimal(0), Decimal(4)),
        "tiny": (Decimal(2), Decimal(2)),
        spending.UNTAGGED: (Decimal(0), Decimal("0.5")),
    }
    yesterday = (world.clock.now() - timedelta(days=1)).date()
    days = ask("day")
    assert [line.name for line in days.lines] == [(yesterday - timedelta(days=1)).isoformat(), yesterday.isoformat()]
    assert [line.ours for line in days.lines] == [Decimal("0.75"), Decimal("1.25")]
    assert amounts(ask("day", days=1)) == {yesterday.isoformat(): (Decimal("1.25"), Decimal("1.25"))}


def test_without_the_tag_only_the_account_is_known(ask: Callable[..., Spent], world: World) -> None:
    costs = world.cloud.books.costs
    costs.spent = [Cost(one.day, one.service, one.amount) for one in costs.spent]
    found = ask("service")
    assert (found.is_tagged, found.ours, found.account) == (False, 0, Decimal("6.5"))


def test_an_account_of_yesterday_has_no_figures_yet(ask: Callable[..., Spent], world: World) -> None:
    world.cloud.books.costs.ready = False
    with pytest.raises(StepFailed, match="no figures yet"):
        ask("service")


def test_who_may_not_see_the_bill_is_told_where_it_is_switched_on() -> None:
    said = {"Error": {"Code": "AccessDeniedException", "Message": "User not enabled for cost explorer access"}}
    error = spending._told(ClientError(said, "GetCostAndUsage"))  # type: ignore[arg-type]
    assert isinstance(error, AwsRefused)
    assert "Billing console" in error.why


def test_months_begin_on_the_first_and_the_last_day_is_left_out() -> None:
    first = datetime(2026, 11, 1, 3, tzinfo=UTC)
    assert [each.isoformat() for each in period(first, 30, month=True)] == ["2026-11-01", "2026-11-02"]
    assert [each.isoformat() for each in period(first, 7, month=False)] == ["2026-10-25", "2026-11-02"]


@pytest.mark.usefixtures("small", "cloud")
def test_the_command(run: Run) -> None:
    document = run("spend", "--month", "--by", "day", "--sandbox", "--json")
    data = told(document, "spend")
    today = SystemClock().now().date()
    assert (data["from"], data["tagged"], data["lines"]) == (today.replace(day=1).isoformat(), False, [])
    assert "Cost allocation tags" in document.document["warnings"][0]
    assert "nothing was spent" in run("spend", "--sandbox").out
    refused(run("spend", "--by", "servce", "--sandbox"), 2, 'did you mean "service"?')
    refused(run("spend", "--days", "3", "--month", "--sandbox"), 2, "take one")


@pytest.mark.usefixtures("small")
def test_it_asks_before_it_costs(run: Run, aws: dict[str, str]) -> None:
    refused(run("spend", env=aws), 2, "AWS bills 0.01 USD", "muvi spend --yes")
    declined = run("spend", env=aws, typed="n\n")
    refused(declined, 3, "answered no")
    answered = run("spend", "--yes", env=aws)
    assert answered.code == 0, answered.err
    assert "asking cost 0.01 USD" in answered.err
