"""An empty embedded AWS, a clock that stands still, and the shortest engine that can make and change one object."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from muvi_provision.aws.clients import Aws, Border, SignIn
from muvi_provision.naming import Ownership
from muvi_provision.resource import Handle, Live, Resource, differences
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.transport import InProcess

REGION = "eu-central-1"
START = datetime(2026, 11, 2, 9, 30, 15, tzinfo=UTC)
T = TypeVar("T")


@dataclass
class StandingClock:
    """Time that passes only when somebody sleeps, or a test says so."""

    elapsed: float = 0.0

    def monotonic(self) -> float:
        return self.elapsed

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds

    def pass_until(self, moment: datetime) -> None:
        self.elapsed = (moment - START).total_seconds()

    def next_of(self, arrivals: queue.SimpleQueue[T], within: float | None, *, busy: bool) -> T | None:
        return arrivals.get(timeout=within)


class Counting:
    """Tokens one after the other, and no jitter."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def token(self) -> str:
        return f"{next(self._next):032x}"

    def fraction(self) -> float:
        return 0.5


def after_a_write(aws: Aws) -> Aws:
    moment = aws.border.inventory.moment()
    return aws.seen_from(moment, written=moment)


@dataclass
class Rehearsal:
    """One environment's dealings with a cloud. ``calls`` are (service:Operation, parameters), oldest first.

    blind: the index of tags shows nothing yet.
    """

    clock: StandingClock
    cloud: Cloud
    env: str = "uat"
    lineage: str = "lineage0"
    blind: bool = False
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Counting()
        self.aws = self.another()

    def another(self) -> Aws:
        """The same environment in a new process: nothing read yet."""
        attach = InProcess(self.cloud, around=self._noted).attach
        border = Border(
            SignIn(REGION, access_key="sandbox", secret_key="sandbox", attach=attach), self.clock, self.chance
        )
        return Aws(border, Ownership(self.env, self.lineage), REGION)

    def _noted(self, call: Call, carry_out: Any) -> Answer:
        self.calls.append((call.name, call.params))
        if self.blind and call.operation == "GetResources":
            kind = ("Content-Type", "application/x-amz-json-1.1")
            return Answer(200, (kind,), b'{"PaginationToken": "", "ResourceTagMappingList": []}')
        answer: Answer = carry_out()
        return answer

    def names(self) -> list[str]:
        """The calls since the last time somebody asked."""
        made = [name for name, _ in self.calls]
        self.calls.clear()
        return made

    def fresh(self) -> Aws:
        """As after a write: nothing read before counts."""
        return after_a_write(self.aws)

    def make(self, resource: Resource) -> Live:
        """Creates it in one call and reads it back."""
        with self.aws.writing(resource.address):
            made = resource.create(self.aws.with_token(self.chance.token()))
        return self.look(resource, made)

    def look(self, resource: Resource, known_id: str | None = None) -> Live:
        live = resource.find(self.fresh(), known_id)
        assert live is not None, f"{resource.address} is not there"
        return live

    def gone(self, resource: Resource, known_id: str | None = None) -> bool:
        return resource.find(self.fresh(), known_id) is None

    def differs(self, resource: Resource, live: Live) -> dict[str, Any]:
        return {change.field: change.old for change in differences(resource.wanted(), resource.observe(live))}

    def mend(self, resource: Resource, live: Live) -> Live:
        """Changes what differs, and reads it back."""
        changes = differences(resource.wanted(), resource.observe(live))
        assert {change.field for change in changes} <= resource.declared.mutable
        with self.aws.writing(resource.address):
            resource.update(self.aws.with_token(self.chance.token()), live, changes)
        return self.look(resource, live.id)

    def remove(self, resource: Resource, live: Live) -> None:
        with self.aws.writing(resource.address):
            resource.delete(self.aws, live)

    def handle(self, resource: Resource, live: Live) -> Handle[Any]:
        return Handle(resource.address, {"id": live.id, **resource.outputs(live)})


@dataclass
class Ground:
    """A VPC with two subnets in two zones, two security groups and an internet gateway, made without the product."""

    vpc: Handle[Any]
    subnets: tuple[Handle[Any], ...]
    groups: tuple[Handle[Any], ...]
    gateway: Handle[Any]


@pytest.fixture
def rehearsal() -> Rehearsal:
    clock = StandingClock()
    return Rehearsal(clock, Cloud(clock))


@pytest.fixture
def ground(rehearsal: Rehearsal) -> Iterator[Ground]:
    ec2 = rehearsal.aws.ec2
    with rehearsal.aws.writing("ground"):
        vpc = ec2.create_vpc(CidrBlock="10.240.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        pieces = [("10.240.1.0/24", "a"), ("10.240.2.0/24", "b"), ("10.240.3.0/24", "c")]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{letter}")["Subnet"]["SubnetId"]
            for cidr, letter in pieces
        ]
        groups = [
            ec2.create_security_group(VpcId=vpc, GroupName=name, Description=name)["GroupId"] for name in ("one", "two")
        ]
    rehearsal.calls.clear()
    rehearsal.cloud.log.clear()
    yield Ground(
        vpc=Handle("vpc/main", {"id": vpc}),
        subnets=tuple(Handle(f"subnet/{index}", {"id": one}) for index, one in enumerate(subnets)),
        groups=tuple(Handle(f"security-group/{index}", {"id": one}) for index, one in enumerate(groups)),
        gateway=Handle("internet-gateway/main", {"id": gateway}),
    )
